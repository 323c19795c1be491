"""The edges of the graph as the public knows them: those around some places, or all of them.

An edge leads both ways: two places are neighbours if one of them has the other in its list. Metres are
geodesic, between the positions that the public is told now, to a micrometre.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from app.errors import BadParameter
from app.network.asked import Asked
from app.statements import row, rows
from app.tables.network import BALL
from app.tables.places import VISIBLE
from geo.proximity import SAME, Floats, metres_between

RELATION, NEIGHBOUR = "relation", "neighbour"
MOST_EDGES = 80_000
"""So many are read at once; more are refused."""
MOST_PLACES = 10_000
"""Of so many places the neighbours are read at once."""
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge between two public places; `kind`, `id` and `note` are those of a relation.

    `tail` and `head` of neighbours: the head is in the list of the tail; where each has the other, the tail
    is the smaller id.
    """

    sort: str
    tail: UUID
    head: UUID
    kind: str | None
    id: UUID | None
    note: str | None
    metres: float
    tail_at: Spot
    head_at: Spot

    @property
    def pair(self) -> tuple[UUID, UUID]:
        """Its ends, the smaller id first."""
        return (self.tail, self.head) if self.tail < self.head else (self.head, self.tail)


@dataclass(frozen=True, slots=True)
class _Row:
    sort: str
    id: UUID | None
    kind: str | None
    note: str | None
    tail: UUID
    head: UUID
    tail_lon: float
    tail_lat: float
    head_lon: float
    head_lat: float


def edges_around(db: Connection, asked: Asked, place_ids: Sequence[UUID]) -> list[Edge]:
    """The edges that begin or end at these places; raises BadParameter where they are very many."""
    return _measured(_once(_found(db, asked, "around", {"ids": list(place_ids)})))


def edges_among(db: Connection, asked: Asked, place_ids: Sequence[UUID]) -> list[Edge]:
    """The edges between these places; raises BadParameter where they are very many."""
    return _measured(_once(_found(db, asked, "among", {"ids": list(place_ids)})))


def directed_edges(db: Connection, asked: Asked, place_ids: Sequence[UUID]) -> list[Edge]:
    """The edges between these places, with neighbours that have each other told twice, once each way."""
    return _measured(_found(db, asked, "among", {"ids": list(place_ids)}))


def all_edges(db: Connection, asked: Asked) -> list[Edge]:
    """Every edge of a city; raises BadParameter where they are very many."""
    refuse_many(db, asked)
    return _measured(_once(_found(db, asked, "all", {})))


def _found(db: Connection, asked: Asked, which: str, values: dict[str, Any]) -> list[_Row]:
    values |= asked.values | {"most": MOST_EDGES + 1}
    found = rows(db, _Row, _sql(asked.stated, asked.near, which), values)
    if len(found) > MOST_EDGES:
        raise BadParameter(
            "over",
            "asks for more than %(most)s edges, which is too much for one answer. Take all of them away as"
            " network.csv, or ask over relations only.",
            most=f"{MOST_EDGES:,}",
        )
    return found


def refuse_many(db: Connection, asked: Asked) -> None:
    """Raise BadParameter where a question over all neighbours of the city is too large."""
    sql = f"""SELECT count(*) FROM (SELECT FROM neighbours WHERE city_id = %(city)s
        LIMIT {MOST_PLACES + 1}) AS counted"""
    if asked.near and row(db, sql, {"city": asked.city_id})[0] > MOST_PLACES:
        raise BadParameter(
            "over",
            "asks for the neighbours of more than %(most)s places, which is too much for one answer. Take all"
            " edges away as network.csv, or ask over relations only.",
            most=f"{MOST_PLACES:,}",
        )


def _once(found: Iterable[_Row]) -> list[_Row]:
    """The rows, with neighbours that have each other told once."""
    lists = {(each.tail, each.head) for each in found if each.sort == NEIGHBOUR}
    return [
        each
        for each in found
        if each.sort == RELATION or each.tail < each.head or (each.head, each.tail) not in lists
    ]


def _measured(found: Sequence[_Row]) -> list[Edge]:
    ends = np.array(
        [(each.tail_lon, each.tail_lat, each.head_lon, each.head_lat) for each in found], dtype=float
    ).reshape(-1, 4)
    metres = measured(ends[:, :2], ends[:, 2:])
    return [
        Edge(
            sort=each.sort,
            tail=each.tail,
            head=each.head,
            kind=each.kind,
            id=each.id,
            note=each.note,
            metres=far,
            tail_at=(each.tail_lon, each.tail_lat),
            head_at=(each.head_lon, each.head_lat),
        )
        for each, far in zip(found, metres.tolist(), strict=True)
    ]


def measured(first: Floats, second: Floats) -> Floats:
    """Geodesic metres between points, row by row, to a micrometre."""
    rounded: Floats = np.round(metres_between(first, second) / SAME) / (1 / SAME)
    return rounded


PUBLIC = f"(SELECT id, lon, lat FROM places WHERE city_id = %(city)s AND {VISIBLE})"
_IDS = "ANY(%(ids)s::uuid[])"
_AMONG = "IN (SELECT unnest(%(ids)s::uuid[]))"  # which is hashed, where ANY is gone through for each row
_TOUCHING = {
    "around": f"(tail = {_IDS} OR head = {_IDS})",
    "among": f"tail = {_IDS} AND head {_AMONG}",
    "all": "true",
    "region": "tail IN (SELECT id FROM region) AND head IN (SELECT id FROM region)",
}


@lru_cache(maxsize=9)
def _sql(stated: bool, near: bool, which: str) -> str:
    sorts = []
    if stated:
        sorts.append(
            f"SELECT 'relation' AS sort, id, kind, note, tail, head FROM ({stated_edges(which)}) AS r"
        )
    if near:
        said = "'neighbour' AS sort, NULL::uuid AS id, NULL AS kind, NULL AS note, tail, head"
        sorts.append(f"SELECT {said} FROM ({_near(which)}) AS n")
    return f"""SELECT e.*, t.lon AS tail_lon, t.lat AS tail_lat, h.lon AS head_lon, h.lat AS head_lat
        FROM ({" UNION ALL ".join(sorts)}) AS e
        JOIN {PUBLIC} AS t ON t.id = e.tail JOIN {PUBLIC} AS h ON h.id = e.head LIMIT %(most)s"""


def stated_edges(which: str) -> str:
    """The relations that were known at one time, and true at another."""
    columns, touching = "id, kind, note, tail, head, state, valid", _TOUCHING[which]
    return f"""SELECT {columns} FROM (
            SELECT {columns} FROM relations WHERE city_id = %(city)s AND {touching}
                AND (%(as_of)s::timestamptz IS NULL OR recorded_at <= %(as_of)s)
            UNION ALL
            SELECT {columns} FROM relation_revisions WHERE city_id = %(city)s AND {touching}
                AND recorded_at <= %(as_of)s::timestamptz AND superseded_at > %(as_of)s
        ) AS known WHERE state = ANY(%(stated)s::text[]) AND valid && %(during)s::tstzrange"""


def _near(which: str) -> str:
    if which == "all":
        return "SELECT id AS tail, unnest(heads) AS head FROM neighbours WHERE city_id = %(city)s"
    lists = f"""SELECT id AS tail, unnest(heads) AS head FROM neighbours
        WHERE city_id = %(city)s AND id = {_IDS}"""
    if which == "among":
        return f"SELECT tail, head FROM ({lists}) AS l WHERE head {_AMONG}"
    # Who has a place in its list is found by the index of the balls around those that reach to it.
    return f"""{lists} UNION SELECT o.id, h.id
        FROM (SELECT id, pin FROM neighbours WHERE city_id = %(city)s AND id = {_IDS}) AS h
        CROSS JOIN LATERAL (SELECT id FROM neighbours
            WHERE city_id = %(city)s AND {BALL} &&& h.pin AND h.id = ANY(heads)) AS o"""
