"""The form by which somebody proposes a relation: what it offers, and what it says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils import compat

from app.errors import BadParameter, Invalid
from app.network.relating import CONFIRM, END, REFUSE, RULES, WITHDRAW, Speaker, check_note
from app.network.service import Proposal
from app.network.told import Stated
from app.places.content import Reader, moment_in
from app.tables.places import KINDS

INWARD = "-in"
"""What the name of a kind ends in where the relation is the other place's: `hosted_by-in` is “hosts”."""
FIELDS = ("kind", "other", "q", "note", "since", "until", "id")


@dataclass(frozen=True, slots=True)
class Option:
    """A relation that a place can have, seen from it, and the kinds of places that it can have it with."""

    kind: str
    outward: bool
    kinds: tuple[str, ...]

    @property
    def value(self) -> str:
        """Its name in the form."""
        return self.kind + ("" if self.outward else INWARD)


def options(kind: str) -> list[Option]:
    """The relations that a place of this kind can have, each way."""
    found = []
    for name, rule in RULES.items():
        heads = {head for tails, heads in rule.ends if kind in tails for head in heads}
        tails = {tail for tails, heads in rule.ends if kind in heads for tail in tails}
        for outward, others in ((True, heads), (False, tails)):
            if others:
                found.append(Option(name, outward, tuple(each for each in KINDS if each in others)))
    return found


def chosen(form: Mapping[str, Any], kind: str) -> Option | None:
    """The relation that was chosen for a place of this kind; None where none was that it can have."""
    return next((option for option in options(kind) if option.value == form.get("kind")), None)


def fitting(form: Mapping[str, Any], kind: str) -> tuple[str, ...]:
    """The kinds of places that go with what was chosen; before that, with anything that can be chosen."""
    if option := chosen(form, kind):
        return option.kinds
    there = {each for option in options(kind) for each in option.kinds}
    return tuple(each for each in KINDS if each in there)


def proposal_of(form: Mapping[str, Any], here: UUID, time_zone: str) -> Proposal:
    """What a form proposes about the place `here`; raises Invalid, which names every wrong field.

    `kind` is the name of a kind of relation, or that with `-in` after it; `other` the other place; `since`
    and `until` are days in the time zone, the last one included, or moments.
    """
    reader, zone = Reader(form), ZoneInfo(time_zone)
    kind = reader.read("kind", lambda _, value: str(value), "")
    other = reader.read("other", _identifier, None)
    proposal = Proposal(
        reader.read("id", _identifier, None) or compat.uuid7(),
        here,
        other or here,
        kind.removesuffix(INWARD),
        reader.read("note", lambda _, value: check_note(str(value)), None),
        reader.read("since", moment_in(zone, days=0), None),
        reader.read("until", moment_in(zone, days=1), None),
    )
    _complete(reader, proposal, other)
    if reader.problems:
        raise Invalid(reader.problems)
    if not kind.endswith(INWARD):
        return proposal
    return Proposal(
        proposal.id, proposal.head, here, proposal.kind, proposal.note, proposal.since, proposal.until
    )


def _complete(reader: Reader, proposal: Proposal, other: UUID | None) -> None:
    """Note what is missing."""
    if proposal.kind not in RULES:
        reader.problems.append(BadParameter("kind", "is needed: choose how the two belong together."))
    if other is None and not any(each.name == "other" for each in reader.problems):
        reader.problems.append(BadParameter("other", "is needed: find the other place and choose it."))
    if proposal.since and proposal.until and proposal.until <= proposal.since:
        reader.problems.append(BadParameter("until", "is before the beginning."))


def _identifier(name: str, value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise BadParameter(name, "“%(word)s” is not an identifier.", word=str(value)[:40]) from None


def last_day(form: Mapping[str, Any], time_zone: str, now: datetime) -> datetime:
    """Until when a relation was true, as `until` says; `now` where it says nothing. Raises Invalid."""
    reader = Reader(form)
    end = reader.read("until", moment_in(ZoneInfo(time_zone), days=1), now)
    if reader.problems:
        raise Invalid(reader.problems)
    return end


def doings(relation: Stated, by: Speaker) -> tuple[str, ...]:
    """What the speaker can do about a relation now, as the service lets them."""
    ends = (relation.tail, relation.head)
    speaks = by.settles or any(end.own for end in ends)
    if relation.state == "proposed":
        confirms = by.settles or any(end.own and not end.said for end in ends)
        answers = ((CONFIRM,) if confirms else ()) + ((REFUSE,) if speaks else ())
        return answers + ((WITHDRAW,) if relation.mine else ())
    if not speaks:
        return ()
    return {"confirmed": (END, WITHDRAW), "ended": (WITHDRAW,)}.get(relation.state, ())
