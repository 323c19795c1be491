"""The SQL that writes relations between places, and what becomes of them when places are merged.

Every change of a relation keeps the version before in the history. Whoever writes holds the graph of the city
(`neighbours.hold`), after the places are locked: so two people cannot close a circle together. Never commits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.range import Range
from sqlalchemy import Connection, text

from app.places.neighbours import hold
from app.places.versions import Key
from app.statements import row, rows
from app.tables.network import OPEN, relations

ALL = tuple(column.name for column in relations.columns)
STATED = "state IN ('confirmed', 'ended')"
"""What both sides say; a relation that has ended was true before."""
LASTING = "state IN ('proposed', 'confirmed', 'ended')"
NO_CIRCLES = ("part_of",)
"""Kinds that make no circle: nothing is a part of its own parts."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation as it is now; the persons in it are never public."""

    id: UUID
    tail: UUID
    head: UUID
    kind: str
    valid: Range[datetime]
    state: str
    note: str | None
    proposed_by: UUID | None
    proposed_at: datetime
    tail_by: UUID | None
    head_by: UUID | None
    decided_by: UUID | None
    revision: int
    recorded_at: datetime


_NAMES = tuple(Relation.__dataclass_fields__)


def current(db: Connection, key: Key) -> Relation | None:
    """A relation as it is now, whatever its state; None where there is none."""
    sql = f"SELECT {', '.join(_NAMES)} FROM relations WHERE city_id = %(city)s AND id = %(id)s"
    found = rows(db, Relation, sql, {"city": key[0], "id": key[1]})
    return found[0] if found else None


def add(db: Connection, city_id: int, made: Relation) -> None:
    """Write the first version of a relation."""
    names, values = ", ".join(_NAMES), ", ".join(f":{name}" for name in _NAMES)
    sql = f"INSERT INTO relations (city_id, {names}) VALUES (:city, {values})"
    db.execute(text(sql), {"city": city_id, **{name: getattr(made, name) for name in _NAMES}})


def supersede(db: Connection, key: Key, at: datetime, **changed: Any) -> None:
    """Keep the version that there is in the history, and write the next with what is `changed`."""
    names = ", ".join(ALL)
    sql = f"""INSERT INTO relation_revisions ({names}, superseded_at)
        SELECT {names}, :at FROM relations WHERE city_id = :city AND id = :id"""
    db.execute(text(sql), {"city": key[0], "id": key[1], "at": at})
    assigned = "".join(f"{name} = :{name}, " for name in changed)
    sql = f"""UPDATE relations SET {assigned}revision = revision + 1, recorded_at = :at
        WHERE city_id = :city AND id = :id"""
    db.execute(text(sql), {"city": key[0], "id": key[1], "at": at, **changed})


def overlapping(db: Connection, city_id: int, like: Relation) -> UUID | None:
    """Another relation of this kind from this tail to this head, which is true at a time that this one is.

    Of two that wait or hold there is one at the most, whatever their times.
    """
    sql = f"""SELECT (SELECT id FROM relations
        WHERE city_id = %(city)s AND tail = %(tail)s AND head = %(head)s AND kind = %(kind)s
            AND id <> %(id)s AND ({OPEN} OR {LASTING} AND valid && %(valid)s::tstzrange)
        ORDER BY id LIMIT 1)"""
    values = {"city": city_id, "tail": like.tail, "head": like.head, "kind": like.kind, "id": like.id}
    found: UUID | None = row(db, sql, values | {"valid": like.valid})[0]
    return found


def circular(db: Connection, city_id: int, like: Relation) -> bool:
    """Whether the head of a relation leads back to its tail, by relations of the kind that wait or hold."""
    if like.kind not in NO_CIRCLES:
        return False
    sql = f"""WITH RECURSIVE way AS (
            SELECT %(head)s::uuid AS place
            UNION
            SELECT r.head FROM way JOIN relations r
                ON r.city_id = %(city)s AND r.tail = way.place AND r.kind = %(kind)s AND r.id <> %(id)s
            WHERE {OPEN}
        ) SELECT EXISTS (SELECT FROM way WHERE place = %(tail)s)"""
    values = {"city": city_id, "head": like.head, "tail": like.tail, "kind": like.kind, "id": like.id}
    return bool(row(db, sql, values)[0])


@dataclass(frozen=True, slots=True)
class Handed:
    """Relations that a merger changed, by what it did to them."""

    tails: Sequence[UUID] = ()
    heads: Sequence[UUID] = ()
    dropped: Sequence[UUID] = ()


def hand_on(db: Connection, city_id: int, way: tuple[UUID, UUID], at: datetime) -> Handed:
    """Let the relations of the first place be those of the second.

    Withdrawn are those that would be with itself, that the second has already, or that would close a circle.
    """
    hold(db, city_id)
    goes, stays = way
    moved: dict[str, list[UUID]] = {"tail": [], "head": [], "dropped": []}
    for relation in _of_place(db, city_id, goes):
        end = "tail" if relation.tail == goes else "head"
        if _fits(db, city_id, _with(relation, end, stays)):
            supersede(db, (city_id, relation.id), at, **{end: stays})
        else:
            end = "dropped"
            supersede(db, (city_id, relation.id), at, state="withdrawn")
        moved[end].append(relation.id)
    return Handed(moved["tail"], moved["head"], moved["dropped"])


def take_back(db: Connection, city_id: int, way: tuple[UUID, UUID], handed: Handed, at: datetime) -> None:
    """Undo `hand_on`: what was decided about a relation since then stays decided."""
    hold(db, city_id)
    goes, stays = way
    for end, ids in (("tail", handed.tails), ("head", handed.heads)):
        for relation in _there(db, city_id, ids):
            if getattr(relation, end) == stays:
                supersede(db, (city_id, relation.id), at, **{end: goes})
    for relation in _there(db, city_id, handed.dropped):
        before = _state_before(db, (city_id, relation.id))
        if relation.state == "withdrawn" and _fits(db, city_id, relation):
            supersede(db, (city_id, relation.id), at, state=before)


def _fits(db: Connection, city_id: int, relation: Relation) -> bool:
    return (
        relation.tail != relation.head
        and overlapping(db, city_id, relation) is None
        and not circular(db, city_id, relation)
    )


def _with(relation: Relation, end: str, place: UUID) -> Relation:
    values = {name: getattr(relation, name) for name in _NAMES}
    return Relation(**{**values, end: place})


def _of_place(db: Connection, city_id: int, place: UUID) -> list[Relation]:
    """The relations of a place that wait, hold or held, in the order in which they were proposed."""
    sql = f"""SELECT {", ".join(_NAMES)} FROM relations
        WHERE city_id = %(city)s AND (tail = %(place)s OR head = %(place)s) AND {LASTING}
        ORDER BY proposed_at, id"""
    return rows(db, Relation, sql, {"city": city_id, "place": place})


def _there(db: Connection, city_id: int, ids: Iterable[UUID]) -> list[Relation]:
    found = (current(db, (city_id, each)) for each in ids)
    return [relation for relation in found if relation]


def _state_before(db: Connection, key: Key) -> str:
    sql = """SELECT state FROM relation_revisions WHERE city_id = %(city)s AND id = %(id)s
        ORDER BY revision DESC LIMIT 1"""
    return str(row(db, sql, {"city": key[0], "id": key[1]})[0])
