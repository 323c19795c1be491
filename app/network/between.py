"""Everything that lies between two places: a piece of the graph that is sure to hold the shortest way.

A way of at most so many metres leaves nowhere the ellipse of the points that are together so far from its
two ends, because no edge is shorter than the geodesic between its places. So one statement reads the places
of the ellipse with the edges among them, as numbers that numpy takes without making an object of each; what
is read may be more than the ellipse, never less.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection

from app.network.asked import Asked
from app.network.edges import Spot, measured, stated_edges
from app.network.rules import DEGREE_EAST, DEGREE_NORTH, Origin
from app.places.selection import Selection, parameters, pins
from app.statements import row
from geo.proximity import Floats, Indices

_PLACE = np.dtype([("id", "V16"), ("lon", ">f8"), ("lat", ">f8")])
_MORE = 1.02
"""A box is made so many times wider: the chord between two places lies a little below the ground."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the graph: places, and edges between them by their numbers, each with its metres.

    An edge may be there several times, and in both directions.
    """

    ids: list[UUID]
    edges: Indices
    metres: Floats


def between(db: Connection, asked: Asked, ends: tuple[Spot, Spot], metres: float, most: int) -> Piece | None:
    """The places that are together at most so many metres away from both ends; None if more than `most`."""
    selection, ellipse = _ellipse(asked.city_id, ends, metres)
    sql = _sql(selection.shape(), asked.stated)
    values = parameters(selection) | asked.values | ellipse | {"most": most}
    places, pairs = row(db, sql, values, once=True)  # a general plan takes the ellipse for a handful
    there = np.frombuffer(places or b"", dtype=_PLACE)
    if len(there) > most:
        return None
    edges = np.frombuffer(pairs or b"", dtype=">i4").reshape(-1, 2).astype(np.int64)
    spots = np.column_stack([there["lon"], there["lat"]]).astype(float)
    ids = [UUID(bytes=each) for each in there["id"].tolist()]
    return Piece(ids, edges, measured(spots[edges[:, 0]], spots[edges[:, 1]]))


def _ellipse(city_id: int, ends: tuple[Spot, Spot], metres: float) -> tuple[Selection, dict[str, float]]:
    """A selection with a box around the ellipse, and the values by which the SQL cuts off its corners.

    In a plane with the shortest degrees of the box as its units nothing is farther away than on the ground.
    """
    origin = Origin(shapely.MultiPoint(ends))
    straight = _straight(ends)
    aside = math.sqrt(max(metres**2 - straight**2, 0.0)) / 2
    box = origin.box(_MORE * aside + straight / 50 + 1)
    narrowest = math.cos(math.radians(max(abs(box.south), abs(box.north))))
    values = {"east": DEGREE_EAST * narrowest, "north": DEGREE_NORTH, "longest": _MORE * metres + 1}
    if box.west > box.east:  # in degrees, near ones are far apart here
        values["longest"] = math.inf
    for number, (lon, lat) in enumerate(ends):
        values |= {f"x{number}": lon * values["east"], f"y{number}": lat * DEGREE_NORTH}
    return Selection(city_id, bbox=box), values


def _straight(ends: tuple[Spot, Spot]) -> float:
    first, last = (np.array([end], dtype=float) for end in ends)
    return float(measured(first, last)[0])


@lru_cache(maxsize=4)
def _sql(selection: Selection, stated: bool) -> str:
    here = "point(lon * %(east)s::float8, lat * %(north)s::float8)"
    far = " + ".join(f"({here} <-> point(%(x{n})s::float8, %(y{n})s::float8))" for n in (0, 1))
    related = f" UNION ALL SELECT tail, head FROM ({stated_edges('region')}) AS r" if stated else ""
    return f"""WITH region AS MATERIALIZED (
            SELECT id, lon, lat, row_number() OVER () - 1 AS number
            FROM (SELECT * FROM ({pins(selection, "id, lon, lat")}) AS pins
                WHERE {far} <= %(longest)s::float8 LIMIT %(most)s + 1) AS kept),
        edges AS (SELECT n.id AS tail, unnest(n.heads) AS head
            FROM region AS r JOIN neighbours AS n ON n.city_id = %(city)s AND n.id = r.id{related})
        SELECT (SELECT string_agg(uuid_send(id) || float8send(lon) || float8send(lat), '' ORDER BY number)
                FROM region),
            (SELECT string_agg(int8send((t.number << 32) + h.number), '')
                FROM edges AS e JOIN region AS t ON t.id = e.tail JOIN region AS h ON h.id = e.head
                WHERE (SELECT count(*) FROM region) <= %(most)s)"""
