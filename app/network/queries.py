"""The questions of the spatial graph; each takes a connection and gives finished features.

Distances are geodesic metres on WGS 84 (`geography`), between the nearest points of two shapes. Candidates
come from the ranges of Morton codes that cover a box, as everywhere; their true distances decide.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

import shapely
from psycopg.types.numeric import Int8
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from app.cql.form import Form
from app.cql.properties import Property, Type
from app.network.rules import MOST_FOUND, Origin
from app.params import Cursor
from app.places.counts import LEVELS
from app.places.queries import COLUMNS, SHOWN, feature_sql
from app.places.selection import Selection, conditions, filters, overlapping, parameters, pins, shapes
from app.statements import row, row_of_bytes, rows
from app.tables.places import VISIBLE
from geo import curve
from geo.proximity import SAME

METRES = Property(
    "metres",
    Type.NUMBER,
    "round(metres::numeric, 2)",
    {"en": "Distance in metres", "it": "Distanza in metri"},
)
WITH_METRES = Form(properties=(*SHOWN, METRES))
NEAREST = Property(
    "nearest", Type.IDENTIFIER, "nearest", {"en": "The nearest house", "it": "La casa più vicina"}
)
WITH_NEAREST = Form(properties=(*SHOWN, METRES, NEAREST))
BLOCKS = (*sorted(LEVELS, reverse=True), 10, 8, 6, 4)
"""Levels of cells whose 3 x 3 blocks are counted to learn how dense it is somewhere."""
ENOUGH = 3.0
"""So many times more places than asked for should lie within the first distance that is tried."""
ORIGIN = "ST_GeomFromWKB(%(origin)s, 4326)"
WIDEST = 5_000_000.0
"""Metres; beyond, everything is asked."""
PAGE = f"""page AS MATERIALIZED (SELECT * FROM candidates WHERE metres <= %(metres)s
            ORDER BY round(metres::numeric, 6), id LIMIT %(limit)s + 1),
        kept AS (SELECT * FROM page ORDER BY round(metres::numeric, 6), id LIMIT %(limit)s)
        SELECT coalesce(string_agg({feature_sql(WITH_METRES)}, ','), ''), count(*),
            (SELECT count(*) FROM page)"""


@dataclass(frozen=True, slots=True)
class Found:
    """Features, separated by commas, nearest first, how many, and whether there are more."""

    features: bytes
    count: int
    more: bool


def within(db: Connection, selection: Selection, origin: Origin, metres: float, limit: int) -> Found:
    """The places of the selection at most so many metres from the origin, nearest first, at most `limit`."""
    if not selection.unfiltered:
        return _within(db, selection, origin, metres, limit)
    boxed = replace(selection, bbox=origin.box(metres))
    return _first(db, boxed, origin, metres, limit)


def nearest(db: Connection, selection: Selection, origin: Origin, k: int) -> Found:
    """The `k` places of the selection nearest to the origin, nearest first; fewer where there are fewer.

    Under a filter it is guessed from the kept counts around how far to look, which is doubled until there are
    enough.
    """
    if selection.unfiltered:
        return _first(db, selection, origin, WIDEST, k)
    metres = _guess(db, selection, origin, k)
    while True:
        found = _within(db, selection, origin, metres, k)
        if found.count == k or metres >= WIDEST:
            return found
        metres = min(WIDEST, metres * (2.0 if found.count else 4.0))


def _first(db: Connection, selection: Selection, origin: Origin, metres: float, limit: int) -> Found:
    """The same by the index of shapes, in whose order of degrees more than asked for are taken.

    If nothing that lies beyond the last of these in degrees can be as near in metres, those are the ones. If
    it can, they still say how far to look.
    """
    values = values_of(selection, origin, metres, limit)
    body, count, found, seen, degrees, far = row_of_bytes(db, first_statement(selection.shape()), values)
    reach = float(far) + SAME if found > limit else metres
    if seen < _taken(limit) or origin.degrees(reach) < degrees:
        return Found(body, count, found > limit)
    return _within(db, selection, origin, reach, limit)


def _within(db: Connection, selection: Selection, origin: Origin, metres: float, limit: int) -> Found:
    boxed = replace(selection, bbox=origin.box(metres))
    values = values_of(boxed, origin, metres, limit)
    body, count, found = row_of_bytes(db, _within_sql(boxed.shape()), values, once=selection.once)
    return Found(body, count, found > limit)


def values_of(selection: Selection, origin: Origin, metres: float, limit: int) -> dict[str, Any]:
    """What the statements of `within` and `nearest` ask for."""
    asked = {"origin": shapely.to_wkb(origin.shape), "self": origin.place, "metres": metres, "limit": limit}
    asked["taken"] = _taken(limit)
    # Where an index of shapes is asked, nobody needs the ranges of codes that cover the box.
    ranged = replace(selection, bbox=None) if selection.unfiltered else selection
    return parameters(ranged) | selection.bbox_values() | asked


def _taken(limit: int) -> int:
    """So many of the nearest in degrees hold the `limit` nearest in metres, up to some 50 degrees north."""
    return 3 * (limit + 1) + 10


@lru_cache(maxsize=8)
def first_statement(selection: Selection) -> str:
    """The SQL of `within` and `nearest` without a filter, as long as what it takes is enough."""
    box = f" AND ({overlapping(selection)})" if selection.bbox else ""
    # The literal limit tells a plan that is made once for all values that few are wanted, so that it takes
    # the index in its order; the limit around it stops that early.
    return f"""WITH ordered AS (SELECT {COLUMNS}, geom <-> {ORIGIN} AS degrees FROM places
            WHERE {conditions(selection)}{box} AND id IS DISTINCT FROM %(self)s::uuid
            ORDER BY geom <-> {ORIGIN} LIMIT {_taken(MOST_FOUND)}),
        candidates AS MATERIALIZED (SELECT *, ST_Distance(geom::geography, {ORIGIN}::geography) AS metres
            FROM (SELECT * FROM ordered LIMIT %(taken)s) AS taken),
        {PAGE}, (SELECT count(*) FROM candidates), (SELECT max(degrees) FROM candidates),
            (SELECT max(metres) FROM page) FROM kept"""


@lru_cache(maxsize=64)
def _within_sql(selection: Selection) -> str:
    # OFFSET 0: or the distance would be computed once to compare it and once more to tell it.
    return f"""WITH {_candidates(selection)},
        origin AS MATERIALIZED (SELECT {ORIGIN}::geography AS geog),
        candidates AS (SELECT around.*, ST_Distance(around.geom::geography, origin.geog) AS metres
            FROM around CROSS JOIN origin WHERE id IS DISTINCT FROM %(self)s::uuid OFFSET 0),
        {PAGE} FROM kept"""


def _candidates(selection: Selection) -> str:
    """CTEs for what may be near: by the index of shapes, or, under a filter, by ranges of codes."""
    if selection.unfiltered:
        where = f"{conditions(selection)} AND ({overlapping(selection)})"
        return f"around AS (SELECT {COLUMNS} FROM places WHERE {where})"
    return f"""{shapes(selection, COLUMNS)},
        around AS ({pins(selection, COLUMNS)} UNION ALL SELECT {COLUMNS} FROM shapes)"""


def _guess(db: Connection, selection: Selection, origin: Origin, k: int) -> float:
    """A distance within which `k` places are likely: from the finest block of cells that holds enough."""
    here = origin.shape.representative_point()
    for level, places in sorted(_counted(db, selection, here).items(), reverse=True):
        if places >= k + 1:
            side = 3 * math.cos(math.radians(here.y)) * curve.EQUATOR_M / 2**level
            return float(side * math.sqrt(min(1.0, ENOUGH * (k + 1) / (math.pi * places))))
    return WIDEST


def _counted(db: Connection, selection: Selection, here: shapely.Point) -> dict[int, int]:
    """How many places of the kinds and statuses stand in the 3 x 3 cells around a point, level by level."""
    code = int(curve.encode([here.x], [here.y])[0])
    ranges = [(level, *cells) for level in BLOCKS for cells in _block(code, level)]
    levels, firsts, lasts = zip(*ranges, strict=True)
    values = parameters(selection) | {
        "levels": list(levels),
        "kept": [max(level, min(LEVELS)) for level in levels],
        "firsts": [Int8(first) for first in firsts],
        "lasts": [Int8(last) for last in lasts],
    }
    return {each.level: int(each.places) for each in rows(db, _Counted, _blocks(selection.shape()), values)}


@dataclass(frozen=True, slots=True)
class _Counted:
    level: int
    places: int


def _block(code: int, level: int) -> list[tuple[int, int]]:
    """The cells around a point as ranges of kept cells: of their own level, or of the coarsest kept one."""
    drop = 2 * max(0, min(LEVELS) - level)
    return [(cell << drop, ((cell + 1) << drop) - 1) for cell in curve.around(code, level)]


@lru_cache(maxsize=16)
def _blocks(selection: Selection) -> str:
    return f"""SELECT a.level, coalesce(sum(k.places), 0)::bigint AS places
        FROM unnest(%(levels)s::int[], %(kept)s::int[], %(firsts)s::bigint[], %(lasts)s::bigint[])
            AS a (level, kept, first, last)
        CROSS JOIN LATERAL (SELECT places FROM place_counts WHERE city_id = %(city)s AND level = a.kept
            AND cell BETWEEN a.first AND a.last AND {filters(selection)} OFFSET 0) AS k
        GROUP BY a.level"""


@dataclass(frozen=True, slots=True)
class Gaps:
    """A page of features with their `nearest` and its `metres`, and where the next page begins."""

    features: bytes
    count: int
    after: Cursor | None


def gaps(db: Connection, selection: Selection, metres: float, limit: int) -> Gaps:
    """The places of the selection with no (other) house within so many metres; at 0 metres, all of them.

    Each says which house is nearest and how far that is. They are in the order of the map, near ones
    together.
    Places are looked at in that order until the page is full.
    """
    values = parameters(selection) | {"metres": metres, "limit": limit}
    body, count, found, morton, last = row_of_bytes(db, _gaps(selection.shape()), values, once=selection.once)
    return Gaps(body, count, Cursor(morton, last) if found > limit else None)


@lru_cache(maxsize=16)
def _gaps(selection: Selection) -> str:
    # A degree of latitude is never shorter; of longitude the cosine of a place's own latitude shortens it.
    reach = "%(metres)s / 110574.0"
    aside = "%(metres)s / (111319.0 * greatest(cos(radians(abs(s.lat) + %(metres)s / 110574.0)), 0.001))"
    return f"""WITH houses AS MATERIALIZED (
            SELECT id, geom, geom::geography AS geog FROM places
            WHERE city_id = %(city)s AND {VISIBLE} AND kind = 'house'),
        page AS MATERIALIZED (
            SELECT {COLUMNS} FROM places AS s WHERE {conditions(selection)}
                AND (morton, id) > (%(after)s, %(after_id)s)
                AND (%(metres)s = 0 OR NOT EXISTS (SELECT FROM houses AS t
                    WHERE t.id <> s.id AND t.geom && ST_Expand(s.geom, {aside}, {reach})
                        AND ST_DWithin(t.geog, s.geom::geography, %(metres)s)))
            ORDER BY morton, id LIMIT %(limit)s + 1),
        numbered AS (SELECT page.*, n.id AS nearest, n.metres,
                row_number() OVER (ORDER BY morton, page.id) AS number
            FROM page LEFT JOIN LATERAL (
                SELECT t.id, ST_Distance(t.geog, page.geom::geography) AS metres FROM houses AS t
                WHERE t.id <> page.id ORDER BY 2, 1 LIMIT 1
            ) AS n ON true),
        kept AS (SELECT * FROM numbered WHERE number <= %(limit)s ORDER BY number)
        SELECT coalesce(string_agg({feature_sql(WITH_NEAREST)}, ',' ORDER BY number), ''), count(*),
            (SELECT count(*) FROM page), (array_agg(morton ORDER BY number))[count(*)],
            (array_agg(id ORDER BY number))[count(*)]
        FROM kept"""


def shape_of(db: Connection, city_id: int, place_id: UUID) -> BaseGeometry | None:
    """The public shape of a place, EPSG:4326; None where the public has no such place."""
    sql = f"""SELECT (SELECT ST_AsBinary(geom) FROM places
        WHERE city_id = %(city)s AND id = %(id)s AND {VISIBLE})"""
    wkb = row(db, sql, {"city": city_id, "id": place_id})[0]
    return None if wkb is None else shapely.from_wkb(wkb)
