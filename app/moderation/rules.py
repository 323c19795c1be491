"""What can be decided about what, what becomes of it, and what a decision must say. Pure."""

from dataclasses import dataclass
from uuid import UUID

from app.errors import BadParameter, Conflict, Sentence
from app.tables.moderation import ACTIONS, REASONS, SORTS

APPROVE, REFUSE, HIDE, MERGE, ASK, UNDO, RESTORE, REMOVE = ACTIONS
REASONED = (REFUSE, HIDE, REMOVE)
MOST_AT_ONCE = 100
"""So many things may be decided in one go."""

AFTER = {
    ("place", "held", APPROVE): "published",
    ("place", "held", REFUSE): "hidden",
    ("place", "published", HIDE): "hidden",
    ("place", "hidden", APPROVE): "published",
    ("change", "waiting", APPROVE): "approved",
    ("change", "waiting", REFUSE): "refused",
    ("photo", "held", APPROVE): "published",
    ("photo", "held", REFUSE): "hidden",
    ("photo", "published", HIDE): "hidden",
    ("photo", "hidden", APPROVE): "published",
    **{("photo", state, REMOVE): "removed" for state in ("held", "published", "hidden")},
    **{(sort, "waiting", APPROVE): "granted" for sort in ("report", "claim", "appeal")},
    **{(sort, "waiting", REFUSE): "refused" for sort in ("report", "claim", "appeal")},
}
"""What becomes of a sort of thing in a state by an action. To ask its author leaves everything as it is."""
PENDING = ("held", "waiting")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be decided about; as a text, `sort:id`."""

    sort: str
    id: UUID

    def __str__(self) -> str:
        return f"{self.sort}:{self.id}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done, and why; `words` are told to those whom it concerns, and never to the public."""

    action: str
    reason: str | None = None
    words: str | None = None


def thing_of(written: str) -> Thing:
    """Read `sort:id`."""
    sort, _, key = written.partition(":")
    try:
        if sort in SORTS:
            return Thing(sort, UUID(key))
    except ValueError:
        pass
    raise BadParameter("item", "“%(item)s” is nothing that can be decided about.", item=written[:60])


def verdict_of(action: str, reason: str | None, words: str | None) -> Verdict:
    """What was chosen in a form; refuses what says nothing to those whom it concerns."""
    if action not in (APPROVE, REFUSE, HIDE, ASK, REMOVE):
        raise BadParameter("action", "“%(action)s” is nothing that can be decided.", action=action[:40])
    if reason is not None and reason not in REASONS:
        raise BadParameter("reason", "“%(reason)s” is not one of the reasons.", reason=reason[:40])
    if action in REASONED and reason is None:
        raise BadParameter("reason", "is needed: whoever wrote this is told why.")
    if action == ASK and words is None:
        raise BadParameter("words", "are needed: what do you want to ask?")
    return Verdict(action, None if action == APPROVE else reason, words)


def next_state(sort: str, state: str, action: str) -> str:
    """The state after `action`; raises Conflict, naming both, where it cannot be."""
    if action == ASK and state in PENDING:
        return state
    after = AFTER.get((sort, state, action))
    if after is None:
        raise Conflict(
            "This cannot be done any more: somebody has decided already (it is %(state)s now). Nothing was"
            " changed.",
            state=STATES.get(state, state),
        )
    return after


def choices(sort: str, state: str) -> list[str]:
    """What can be done with a thing, the first being what is hoped for."""
    possible = [action for each, before, action in AFTER if (each, before) == (sort, state)]
    if state in PENDING:
        possible += [HIDE] * (sort == "report") + [ASK] * (sort != "appeal")
    return possible


STATES = {
    "published": Sentence("public"),
    "held": Sentence("held"),
    "hidden": Sentence("hidden"),
    "waiting": Sentence("waiting"),
    "approved": Sentence("approved"),
    "granted": Sentence("granted"),
    "refused": Sentence("refused"),
    "withdrawn": Sentence("withdrawn"),
    "outdated": Sentence("outdated"),
    "merged": Sentence("merged"),
    "removed": Sentence("removed for good"),
}
