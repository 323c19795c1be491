"""Which relations there can be, and what can become of one. Pure."""

from dataclasses import dataclass
from uuid import UUID

from app.errors import BadParameter, Conflict, Sentence
from app.tables.network import MAX_NOTE
from app.tables.places import KINDS

Ends = tuple[tuple[str, ...], tuple[str, ...]]
"""Kinds that the tail can be of, and kinds of the head that go with them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of relation says, and between places of which kinds."""

    sentence: Sentence
    ends: tuple[Ends, ...]

    def fits(self, tail: str, head: str) -> bool:
        """Whether a place of the kind `tail` can have this relation to one of the kind `head`."""
        return any(tail in tails and head in heads for tails, heads in self.ends)


ORGANISED = ("house", "project", "enterprise")
"""Kinds behind which there are people who do something together."""

RULES: dict[str, Rule] = {
    "part_of": Rule(
        Sentence(
            "A project is part of a larger project, a community enterprise or a neighbourhood house; an event"
            " of a larger event or a project; an enterprise of a larger one; a house of a larger one; a site"
            " or another place of a larger site or place."
        ),
        (
            (("project",), ("project", "enterprise", "house")),
            (("event",), ("event", "project")),
            (("enterprise",), ("enterprise",)),
            (("house",), ("house",)),
            (("site", "place"), ("site", "place")),
        ),
    ),
    "hosted_by": Rule(
        Sentence(
            "An event, a project or a community enterprise is hosted by whoever gives it room: a house, an"
            " enterprise, or another place such as a library; an event also by a project."
        ),
        (
            (("event",), ("house", "enterprise", "project", "place")),
            (("project", "enterprise"), ("house", "enterprise", "place")),
        ),
    ),
    "supports": Rule(
        Sentence(
            "A house, a project, a community enterprise or another place supports a house, a project, an"
            " enterprise or an event, with money, time, tools or advice."
        ),
        ((("house", "project", "enterprise", "place"), ("house", "project", "enterprise", "event")),),
    ),
    "regenerates": Rule(
        Sentence("A project, a community enterprise or a house regenerates a site."),
        ((ORGANISED, ("site",)),),
    ),
    "organised_by": Rule(
        Sentence("An event or a project is organised by a house, a project or a community enterprise."),
        ((("event", "project"), ORGANISED),),
    ),
    "about": Rule(
        Sentence("A story is about any place; an event is about a site, a project or another place."),
        ((("story",), KINDS), (("event",), ("site", "project", "place"))),
    ),
}

PROPOSED, CONFIRMED, ENDED, REFUSED, WITHDRAWN = ("proposed", "confirmed", "ended", "refused", "withdrawn")
CONFIRM, REFUSE, END, WITHDRAW = ("confirm", "refuse", "end", "withdraw")
NEXT = {
    (PROPOSED, CONFIRM): CONFIRMED,
    (PROPOSED, REFUSE): REFUSED,
    (PROPOSED, WITHDRAW): WITHDRAWN,
    (CONFIRMED, END): ENDED,
    (CONFIRMED, WITHDRAW): WITHDRAWN,
    (ENDED, WITHDRAW): WITHDRAWN,
}
"""What can become of a relation: what was said wrongly is withdrawn, what is not true any more has ended."""
STATE_WORDS = {
    PROPOSED: Sentence("proposed"),
    CONFIRMED: Sentence("confirmed"),
    ENDED: Sentence("ended"),
    REFUSED: Sentence("refused"),
    WITHDRAWN: Sentence("withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something of a relation: a person, and whether they may settle any (SETTLE_RELATIONS)."""

    person: UUID | None
    settles: bool = False


def next_state(state: str, action: str) -> str:
    """The state after an action; raises Conflict, naming the state, where it does not allow it."""
    if (state, action) not in NEXT:
        raise Conflict(
            "This relation is %(state)s already, so that cannot be done to it any more.",
            state=STATE_WORDS[state],
        )
    return NEXT[state, action]


def check_kind(kind: str) -> Rule:
    """The rule of a kind of relation; raises BadParameter, naming those there are."""
    if kind not in RULES:
        raise BadParameter(
            "kind", "%(kind)s is not one of %(kinds)s.", kind=kind[:60], kinds=", ".join(RULES)
        )
    return RULES[kind]


def check_ends(kind: str, tail: str, head: str) -> None:
    """Raise BadParameter where places of these kinds cannot have the relation."""
    rule = check_kind(kind)
    if not rule.fits(tail, head):
        raise BadParameter("head", "is not of a kind that goes with this: %(rule)s", rule=rule.sentence)


def check_note(note: str | None) -> str | None:
    """A note without blanks around it, None where nothing is left; raises BadParameter where it is long."""
    kept = (note or "").strip()
    if len(kept) > MAX_NOTE:
        raise BadParameter("note", "is longer than %(most)s characters.", most=MAX_NOTE)
    return kept or None
