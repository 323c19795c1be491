"""The shortest way on foot from one spot to another."""

from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import LineString
from sqlalchemy import Connection

from app.network.graph import GRAPH, Link, graph, links
from app.network.rules import Origin
from app.network.streets import Spot, plane
from app.statements import rows
from geo.streets import part

DETOUR = 2.0
"""So many times longer than the straight line a way is at first taken to be at the most. In cities the mean
is about 1.3 (Barthélemy, Spatial Networks, Physics Reports 499, 2011), across a river it is more."""
LEAST_M, WIDEST_M = 300.0, 60_000.0
"""How far around both ends the streets are looked at, at the least and at the most."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way along streets from spot to spot; `line` in EPSG:4326, from the first to the second."""

    metres: float
    line: LineString


@dataclass(frozen=True, slots=True)
class _Step:
    edge: int
    node: int
    cost: float
    source: int | None
    line: bytes | None


_STEPS = f"""SELECT way.edge, way.node, way.cost, e.source, ST_AsBinary(e.geom) AS line
    FROM pgr_dijkstra({GRAPH}, -1, -2, false) AS way
    LEFT JOIN street_edges AS e ON e.city_id = %(city)s AND e.id = way.edge AND way.edge > 0
    ORDER BY way.seq"""
_LINES = """SELECT id AS edge, source AS node, metres AS cost, source, ST_AsBinary(geom) AS line
    FROM street_edges WHERE city_id = %(city)s AND id = ANY(%(edges)s::bigint[])"""


def shortest(db: Connection, city_id: int, begin: Spot, end: Spot) -> Way | None:
    """The shortest way between two spots; None where none leads from the one to the other.

    Streets are looked at in a box around both spots. A way of so many metres leaves no box that reaches half
    as far around them; so where the way that was found is longer, a wider box is asked, and what is answered
    is the shortest of all ways, whatever the first box was.
    """
    if begin.component != end.component:
        return None
    ends = shapely.MultiPoint([(begin.lon, begin.lat), (end.lon, end.lat)])
    around = max(LEAST_M, DETOUR * _straight(begin, end) / 2)
    while True:
        values = graph(
            city_id, Origin(ends).box(around), [*links([begin, end], away=False), *_same(begin, end)]
        )
        steps = rows(db, _Step, _STEPS, values)
        metres = sum(step.cost for step in steps)
        if steps and metres <= 2 * around:
            return Way(metres, _drawn(db, city_id, steps, (begin, end)))
        if not steps and around >= WIDEST_M:
            return None
        around = metres / 2 + 1 if steps else min(WIDEST_M, 3 * around)


def _straight(begin: Spot, end: Spot) -> float:
    east, degree = plane((begin.lat + end.lat) / 2)
    return degree * float(shapely.distance(_point(begin, east), _point(end, east)))


def _point(spot: Spot, east: float) -> shapely.Point:
    return shapely.Point(spot.lon * east, spot.lat)


def _same(begin: Spot, end: Spot) -> list[Link]:
    """The way along one street, where both spots are on it."""
    if begin.edge != end.edge:
        return []
    return [Link(-1, -2, abs(begin.along - end.along) * begin.metres)]


def _drawn(db: Connection, city_id: int, steps: list[_Step], ends: tuple[Spot, Spot]) -> LineString:
    begin, end = ends
    edges = f"{{{begin.edge},{end.edge}}}"
    found = rows(db, _Step, _LINES, {"city": city_id, "edges": edges})
    street: dict[int, Any] = {each.edge: shapely.from_wkb(each.line) for each in found}
    points: list[tuple[float, ...]] = [(begin.lon, begin.lat)]
    for step in steps:
        points += _points(step, ends, street)
    points.append((end.lon, end.lat))
    kept = [point for place, point in enumerate(points) if not place or point != points[place - 1]]
    return LineString(kept if len(kept) > 1 else kept * 2)


def _points(step: _Step, ends: tuple[Spot, Spot], street: dict[int, Any]) -> list[tuple[float, ...]]:
    """The points of one step, in the direction in which it is walked."""
    if step.line is not None:
        line = list(shapely.from_wkb(step.line).coords)
        return line if step.node == step.source else line[::-1]
    begin, end = ends
    cuts = {  # by the number of the edge in `links` and `_same`
        -11: (begin, begin.along, 0.0),
        -12: (begin, begin.along, 1.0),
        -13: (end, 0.0, end.along),
        -14: (end, 1.0, end.along),
        -15: (begin, begin.along, end.along),
    }
    if step.edge not in cuts:
        return []  # the last row, where the way ends
    spot, first, last = cuts[step.edge]
    return list(part(street[spot.edge], first, last, plane(spot.lat)[0]).coords)
