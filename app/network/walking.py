"""How far it is on foot: to places, and what lies within some minutes.

Each question is asked of the city's streets where they are loaded, and answered by the straight line where
they are not, or where it begins at a spot without a street near; the answer says which.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from app.cql.form import Form
from app.cql.properties import Property, Type
from app.errors import BadParameter
from app.network import ways
from app.network.graph import GRAPH, graph, links
from app.network.queries import METRES, within
from app.network.queries import nearest as nearest_straight
from app.network.rules import HOUR_M, METRES_A_MINUTE, MOST_LOOKED_AT, Origin
from app.network.streets import Load, Spot, nearest_edge, snapping, spot, walked
from app.places.queries import COLUMNS, SHOWN, feature_sql
from app.places.selection import Selection, parameters, pins, shapes
from app.statements import row_of_bytes, rows
from geo.proximity import metres_between

STREETS, STRAIGHT = "streets", "straight line"
NOT_LOADED, NO_STREET, NO_WAY = "no streets loaded", "no street near", "no way on foot"
FIRST_M = 400.0

MINUTES = Property(
    "minutes",
    Type.NUMBER,
    f"round((metres / {METRES_A_MINUTE})::numeric, 1)",
    {"en": "Minutes on foot", "it": "Minuti a piedi"},
)
WITH_MINUTES = Form(properties=(*SHOWN, METRES, MINUTES))


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on: `streets` where the method is STREETS, else why it is not, in a word."""

    method: str
    streets: Load | None = None
    why: str | None = None


def told(basis: Basis) -> dict[str, str | None]:
    """What an answer rests on, in the words of the API."""
    said: dict[str, str | None] = {"method": basis.method}
    if basis.why:
        said["why"] = basis.why
    if basis.method == STREETS and basis.streets:
        day = basis.streets.extracted_at
        said |= {"source": basis.streets.source, "licence": basis.streets.licence}
        said["streets_as_of"] = day.date().isoformat() if day else None
    return said


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk from one shape to another; metres and line are None where no way leads there."""

    basis: Basis
    metres: float | None
    line: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class Found:
    """Features, separated by commas, nearest first; how many of each kind there are in all, listed or not."""

    basis: Basis
    features: bytes
    count: int
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Start:
    """From where somebody walks: a shape, and the spot at which it meets the streets, where it does."""

    origin: Origin
    basis: Basis
    spot: Spot | None = None


def start(db: Connection, city_id: int, origin: Origin) -> Start:
    """Where a walk begins."""
    loaded = walked(db, city_id)
    if loaded is None:
        return Start(origin, Basis(STRAIGHT, None, NOT_LOADED))
    found = spot(db, city_id, origin.shape)
    if found is None:
        return Start(origin, Basis(STRAIGHT, loaded, NO_STREET))
    return Start(origin, Basis(STREETS, loaded), found)


def walk(db: Connection, city_id: int, begin: Origin, end: Origin) -> Walk:
    """The shortest walk from one shape to another, with the way from each to its street."""
    first = start(db, city_id, begin)
    last = spot(db, city_id, end.shape) if first.spot else None
    if first.spot is None or last is None:
        line = shapely.shortest_line(begin.shape, end.shape)
        ends = np.array(line.coords)
        far = float(metres_between(ends[:1], ends[1:])[0])
        why = first.basis.why or NO_STREET
        return Walk(Basis(STRAIGHT, first.basis.streets, why), far, line)
    way = ways.shortest(db, city_id, first.spot, last)
    if way is None:
        return Walk(replace(first.basis, why=NO_WAY), None, None)
    line = shapely.LineString([*_door(begin, first.spot), *way.line.coords, *_door(end, last)])
    return Walk(first.basis, first.spot.away + way.metres + last.away, line)


def _door(origin: Origin, spot: Spot) -> list[tuple[float, ...]]:
    """The point of a shape from which its street is nearest, unless it stands on it."""
    if spot.away < 0.01:
        return []
    return list(shapely.shortest_line(origin.shape, shapely.Point(spot.lon, spot.lat)).coords)[:1]


def reached(db: Connection, selection: Selection, begin: Start, metres: float, limit: int) -> Found:
    """The places of the selection at most so many metres on foot from the start, nearest first.

    Raises BadParameter where there are more places around than can be measured for one answer.
    """
    boxed = replace(selection, bbox=begin.origin.box(metres))
    if begin.spot is None:
        found = within(db, selection, begin.origin, metres, limit)
        return Found(begin.basis, found.features, found.count, _kinds(db, boxed, begin, metres))
    values = parameters(boxed) | question(selection.city_id, begin, metres) | {"limit": limit}
    sql = _reached(boxed.shape())
    body, count, looked_at, kinds = row_of_bytes(db, sql, values, once=selection.once)
    if looked_at > MOST_LOOKED_AT:
        raise BadParameter(
            "minutes",
            "more than %(most)s places lie around; ask for fewer minutes, or for one kind.",
            most=f"{MOST_LOOKED_AT:,}",
        )
    return Found(begin.basis, body, count, kinds or {})


def nearest(db: Connection, selection: Selection, begin: Start, k: int) -> Found:
    """The `k` places of the selection that are nearest on foot, within an hour's walk.

    Everything within some metres is measured, then within twice as many, until there are enough.
    """
    if begin.spot is None:
        found = nearest_straight(db, selection, begin.origin, k)
        return Found(begin.basis, found.features, found.count, {})
    metres = FIRST_M
    while True:
        reach = reached(db, selection, begin, metres, k)
        if reach.count == k or metres >= HOUR_M:
            return reach
        metres = min(HOUR_M, 2 * metres)


def question(city_id: int, begin: Start, metres: float) -> dict[str, Any]:
    """The parameters of NODES, for a start that has a street."""
    assert begin.spot is not None, "only streets are asked"
    spot, origin = begin.spot, begin.origin
    there = Origin(shapely.Point(spot.lon, spot.lat))
    return {
        **graph(city_id, there.box(metres), links([spot], away=True)),
        **snapping(spot.lat),
        "metres": metres,
        "self": origin.place,
        "edge": spot.edge,
        "along": spot.along,
        "away": spot.away,
    }


NODES = f"""nodes AS MATERIALIZED (SELECT node, min(agg_cost) AS far
    FROM pgr_drivingDistance({GRAPH}, ARRAY[-1]::bigint[], %(metres)s::float8, false)
    WHERE node > 0 GROUP BY node)"""
"""A CTE of the crossings that are reached within %(metres)s, and how far each is."""


@lru_cache(maxsize=64)
def _reached(selection: Selection) -> str:
    # `snapped` costs so much that joins on top of it look all the same to the planner: it is MATERIALIZED, so
    # that these are planned apart, as hash joins.
    return f"""WITH {shapes(selection, COLUMNS)}, {NODES},
        candidates AS MATERIALIZED (SELECT * FROM (
            {pins(selection, COLUMNS)} UNION ALL SELECT {COLUMNS} FROM shapes) AS around
            WHERE id IS DISTINCT FROM %(self)s::uuid LIMIT {MOST_LOOKED_AT} + 1),
        snapped AS MATERIALIZED (SELECT candidates.*, spot.* FROM candidates
            CROSS JOIN LATERAL ({nearest_edge("candidates.geom")}) AS spot),
        measured AS (SELECT snapped.*, away + least(a.far + along * edge_metres,
                b.far + (1 - along) * edge_metres,
                CASE WHEN edge = %(edge)s::bigint
                    THEN %(away)s::float8 + abs(along - %(along)s::float8) * edge_metres END) AS metres
            FROM snapped LEFT JOIN nodes AS a ON a.node = first_node
            LEFT JOIN nodes AS b ON b.node = last_node),
        page AS MATERIALIZED (SELECT * FROM measured WHERE metres <= %(metres)s),
        kept AS (SELECT * FROM page ORDER BY round(metres::numeric, 3), id LIMIT %(limit)s)
        SELECT coalesce(string_agg({feature_sql(WITH_MINUTES)}, ','
                ORDER BY round(metres::numeric, 3), id), ''), count(*),
            (SELECT count(*) FROM candidates),
            (SELECT jsonb_object_agg(kind, places) FROM
                (SELECT kind, count(*) AS places FROM page GROUP BY kind) AS each)
        FROM kept"""


def _kinds(db: Connection, boxed: Selection, begin: Start, metres: float) -> dict[str, int]:
    """How many places of each kind lie within so many metres of the straight line."""
    values = parameters(boxed) | {"origin": shapely.to_wkb(begin.origin.shape), "metres": metres}
    values["self"] = begin.origin.place
    sql = _kinds_within(boxed.shape())
    return {each.kind: each.places for each in rows(db, _Kind, sql, values, once=boxed.once)}


@dataclass(frozen=True, slots=True)
class _Kind:
    kind: str
    places: int


@lru_cache(maxsize=64)
def _kinds_within(selection: Selection) -> str:
    return f"""WITH {shapes(selection, COLUMNS)},
        around AS ({pins(selection, COLUMNS)} UNION ALL SELECT {COLUMNS} FROM shapes)
        SELECT kind, count(*) AS places FROM around WHERE id IS DISTINCT FROM %(self)s::uuid
            AND ST_Distance(geom::geography, ST_GeomFromWKB(%(origin)s, 4326)::geography) <= %(metres)s
        GROUP BY kind"""
