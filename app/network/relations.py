"""The questions about relations, and about neighbours as they are kept. Only public places have any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.range import Range
from sqlalchemy import Connection

from app.statements import row, rows
from app.tables.network import RELATION_STATES
from app.tables.places import VISIBLE

STATED = ("confirmed", "ended")
"""The states of relations that the public is told: at their time, they are or were true."""
MOST = 500


@dataclass(frozen=True, slots=True)
class Related:
    """A relation as one of its places sees it: `outward` from the place to the other, else the other way."""

    id: UUID
    kind: str
    outward: bool
    state: str
    valid: Range[datetime]
    note: str | None
    recorded_at: datetime
    place: UUID
    place_kind: str
    place_status: str
    place_title: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class When:
    """A time in the world, and a time by which something was known; None: at any time, and now."""

    at: datetime | None = None
    as_of: datetime | None = None


def relations_of(
    db: Connection, city_id: int, place_id: UUID, when: When = When(), states: Sequence[str] = STATED
) -> list[Related]:
    """The relations of a place in both directions, with the other place; of places that are public now.

    `states`: which of RELATION_STATES; those that wait are for the owners of the places. At most 500, in the
    order of kind, direction and the time of their proposal.
    """
    assert set(states) <= set(RELATION_STATES), states
    columns = "id, kind, tail, head, state, valid, note, recorded_at, proposed_at"
    touching = "city_id = %(city)s AND (tail = %(place)s OR head = %(place)s)"
    sql = f"""WITH known AS (
            SELECT {columns} FROM relations
            WHERE {touching} AND (%(as_of)s::timestamptz IS NULL OR recorded_at <= %(as_of)s)
            UNION ALL
            SELECT {columns} FROM relation_revisions
            WHERE {touching} AND recorded_at <= %(as_of)s::timestamptz AND superseded_at > %(as_of)s
        )
        SELECT r.id, r.kind, r.tail = %(place)s AS outward, r.state, r.valid, r.note, r.recorded_at,
            p.id AS place, p.kind AS place_kind, p.status AS place_status, p.title AS place_title,
            p.lon, p.lat
        FROM known r JOIN places p ON p.city_id = %(city)s AND {VISIBLE}
            AND p.id = CASE WHEN r.tail = %(place)s THEN r.head ELSE r.tail END
        WHERE r.state = ANY(%(states)s::text[])
            AND (%(at)s::timestamptz IS NULL OR r.valid @> %(at)s::timestamptz)
            AND EXISTS (SELECT FROM places WHERE city_id = %(city)s AND id = %(place)s AND {VISIBLE})
        ORDER BY r.kind, outward DESC, r.proposed_at, r.id LIMIT {MOST}"""
    values = {"city": city_id, "place": place_id, "states": list(states), "at": when.at, "as_of": when.as_of}
    return rows(db, Related, sql, values)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One of the places that are nearest to another: which by nearness (from 1), and geodesic metres."""

    place: UUID
    rank: int
    metres: float
    kind: str
    status: str
    title: str | None
    lon: float
    lat: float


def neighbours_of(db: Connection, city_id: int, place_id: UUID) -> list[Neighbour]:
    """The kept list of a place, nearest first, as far as it is public now.

    `neighbours.state_of` tells whether the lists of the city are right; where they are stale, this is as they
    were before. Metres are between the anchors of the two, that is, between their public positions.
    """
    sql = f"""SELECT p.id AS place, kept.rank::int AS rank, kept.metres, p.kind, p.status, p.title,
            p.lon, p.lat
        FROM neighbours n
            CROSS JOIN LATERAL unnest(n.heads, n.metres) WITH ORDINALITY AS kept (head, metres, rank)
            JOIN places p ON p.city_id = %(city)s AND p.id = kept.head AND {VISIBLE}
        WHERE n.city_id = %(city)s AND n.id = %(place)s
            AND EXISTS (SELECT FROM places WHERE city_id = %(city)s AND id = %(place)s AND {VISIBLE})
        ORDER BY kept.rank"""
    return rows(db, Neighbour, sql, {"city": city_id, "place": place_id})


@dataclass(frozen=True, slots=True)
class _Kind:
    id: UUID
    kind: str


def kinds_of(db: Connection, city_id: int, place_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The kinds of those of the places that are public."""
    sql = f"""SELECT id, kind FROM places
        WHERE city_id = %(city)s AND id = ANY(%(ids)s::uuid[]) AND {VISIBLE}"""
    return {each.id: each.kind for each in rows(db, _Kind, sql, {"city": city_id, "ids": list(place_ids)})}


def owned(db: Connection, city_id: int, place_ids: Sequence[UUID], person: UUID) -> set[UUID]:
    """Those of the places that somebody owns."""
    sql = """SELECT coalesce(array_agg(place_id), '{}') FROM place_owners
        WHERE city_id = %(city)s AND place_id = ANY(%(ids)s::uuid[]) AND person_id = %(person)s"""
    return set(row(db, sql, {"city": city_id, "ids": list(place_ids), "person": person})[0])
