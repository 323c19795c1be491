"""What people do to relations: propose, confirm, refuse, end, withdraw. They never commit.

A relation holds when both sides say so. Its owners speak for a place; a moderator speaks for any. Who
proposes a relation has spoken for the places that are theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.range import TimestamptzRange
from sqlalchemy import Connection

from app.errors import BadParameter, Conflict, Forbidden, NotFound
from app.network import relating
from app.network.relating import CONFIRM, CONFIRMED, END, PROPOSED, REFUSE, WITHDRAW, Speaker
from app.network.relations import kinds_of, owned
from app.places import counts, neighbours, relations, versions
from app.places.relations import Relation
from app.places.versions import Key


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody states: `tail` is in this relation to `head`, in the world from `since` until `until`."""

    id: UUID
    tail: UUID
    head: UUID
    kind: str
    note: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def propose_relation(db: Connection, city_id: int, proposal: Proposal, by: Speaker, at: datetime) -> Relation:
    """State a relation; it holds at once where the speaker speaks for both sides. The same id is it once.

    Raises BadParameter where the relation cannot be, NotFound where the public has no such place, Conflict
    where it is there already, would close a circle, or the id belongs to another one.
    """
    _locked(db, city_id, (proposal.tail, proposal.head))
    if there := relations.current(db, (city_id, proposal.id)):
        return _proposed_before(there, proposal, by)
    made = _made(proposal, by, at)
    _check(db, city_id, made)
    relations.add(db, city_id, _spoken(db, city_id, made, by))
    return _now(db, (city_id, proposal.id))


def confirm_relation(db: Connection, key: Key, by: Speaker, at: datetime) -> Relation:
    """Agree to a relation for the side that is one's own; it holds when both sides have.

    Raises NotFound, Forbidden where neither side is the speaker's, and Conflict where nothing waits.
    """
    there = _taken(db, key)
    relating.next_state(there.state, CONFIRM)
    agreed = _spoken(db, key[0], there, by)
    if not by.settles and not _sides(db, key[0], there, by):
        raise _not_yours()
    if agreed != there:
        said = {name: getattr(agreed, name) for name in ("tail_by", "head_by", "state", "decided_by")}
        relations.supersede(db, key, at, **said)
    return _now(db, key)


def refuse_relation(db: Connection, key: Key, by: Speaker, at: datetime) -> Relation:
    """Say that a proposed relation is not so; for an owner of either place, or a moderator."""
    return _settled(db, key, (REFUSE, by, at), {})


def end_relation(db: Connection, key: Key, by: Speaker, at: datetime, end: datetime) -> Relation:
    """Say until when a relation was true; for an owner of either place, or a moderator.

    Raises BadParameter where that is not after its beginning.
    """
    since = _taken(db, key).valid.lower
    if since is not None and end <= since:
        raise BadParameter("end", "is not after the beginning, %(since)s.", since=f"{since:%Y-%m-%d}")
    return _settled(db, key, (END, by, at), {"valid": TimestamptzRange(since, end, "[)")})


def withdraw_relation(db: Connection, key: Key, by: Speaker, at: datetime) -> Relation:
    """Take a relation back that was stated wrongly; for who proposed it, while it waits, too."""
    there = _taken(db, key)
    if there.state == PROPOSED and by.person is not None and there.proposed_by == by.person:
        by = replace(by, settles=True)
    return _settled(db, key, (WITHDRAW, by, at), {})


def _settled(
    db: Connection, key: Key, act: tuple[str, Speaker, datetime], changed: Mapping[str, Any]
) -> Relation:
    action, by, at = act
    there = _taken(db, key)
    if not by.settles and not _sides(db, key[0], there, by):
        raise _not_yours()
    state = relating.next_state(there.state, action)
    relations.supersede(db, key, at, state=state, decided_by=by.person, **changed)
    return _now(db, key)


def _locked(db: Connection, city_id: int, ends: tuple[UUID, UUID]) -> None:
    """Keep writers away from both places and from the relations of the city."""
    counts.seat(db)
    versions.lock(db, city_id, ends)
    neighbours.hold(db, city_id)


def _taken(db: Connection, key: Key) -> Relation:
    """A relation between public places, kept from other writers; raises NotFound."""
    there = relations.current(db, key)
    if there is None:
        raise _no_relation(key)
    _locked(db, key[0], (there.tail, there.head))
    there = relations.current(db, key)
    if there is None or len(kinds_of(db, key[0], (there.tail, there.head))) < 2:
        raise _no_relation(key)
    return there


def _now(db: Connection, key: Key) -> Relation:
    there = relations.current(db, key)
    assert there, "it was written in this transaction"
    return there


def _proposed_before(there: Relation, proposal: Proposal, by: Speaker) -> Relation:
    same = (there.tail, there.head, there.kind) == (proposal.tail, proposal.head, proposal.kind)
    if not same or there.proposed_by != by.person:
        raise Conflict(
            "The identifier %(relation)s belongs to another relation already; nothing was changed.",
            relation=proposal.id,
        )
    return there


def _made(proposal: Proposal, by: Speaker, at: datetime) -> Relation:
    relating.check_kind(proposal.kind)
    if proposal.tail == proposal.head:
        raise BadParameter("head", "is the same place: a place has no relation with itself.")
    if proposal.since and proposal.until and proposal.until <= proposal.since:
        raise BadParameter("until", "is not after since.")
    return Relation(
        id=proposal.id,
        tail=proposal.tail,
        head=proposal.head,
        kind=proposal.kind,
        valid=TimestamptzRange(proposal.since, proposal.until, "[)"),
        state=PROPOSED,
        note=relating.check_note(proposal.note),
        proposed_by=by.person,
        proposed_at=at,
        tail_by=None,
        head_by=None,
        decided_by=None,
        revision=1,
        recorded_at=at,
    )


def _check(db: Connection, city_id: int, made: Relation) -> None:
    """Raise what stands against a new relation."""
    kinds = kinds_of(db, city_id, (made.tail, made.head))
    for end in (made.tail, made.head):
        if end not in kinds:
            raise NotFound("There is no place %(place)s here; it may have been removed.", place=end)
    relating.check_ends(made.kind, kinds[made.tail], kinds[made.head])
    if relations.overlapping(db, city_id, made):
        raise Conflict("This relation is there already.")
    if relations.circular(db, city_id, made):
        raise Conflict("This would close a circle: the one is a part of the other already.")


def _spoken(db: Connection, city_id: int, relation: Relation, by: Speaker) -> Relation:
    """The relation once the speaker has agreed for the sides that they speak for."""
    sides = _sides(db, city_id, relation, by)
    tail_by = relation.tail_by or (by.person if relation.tail in sides else None)
    head_by = relation.head_by or (by.person if relation.head in sides else None)
    settled = by.settles or bool(tail_by and head_by)
    said = replace(relation, tail_by=tail_by, head_by=head_by)
    return replace(said, state=CONFIRMED, decided_by=by.person) if settled else said


def _sides(db: Connection, city_id: int, relation: Relation, by: Speaker) -> set[UUID]:
    """Which of the two places the speaker speaks for."""
    ends = (relation.tail, relation.head)
    if by.settles:
        return set(ends)
    return owned(db, city_id, ends, by.person) if by.person else set()


def _not_yours() -> Forbidden:
    return Forbidden("Only an owner of one of the two places, or a moderator, can do this.")


def _no_relation(key: Key) -> NotFound:
    return NotFound("There is no relation %(relation)s here; it may have been removed.", relation=key[1])
