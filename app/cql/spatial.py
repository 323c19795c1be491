"""Geometries in a filter: relations that the index helps to find, and measures in metres."""

import json
import math
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from app.cql.parse import Tree
from app.cql.properties import Condition, Type
from app.cql.work import Found, Typed, Work, called, told
from app.crs import CRS84
from app.errors import BadParameter
from app.params import Bbox

# ST_Disjoint knows no index, and what is not disjoint intersects.
RELATIONS = {
    "s_intersects": "ST_Intersects({0}, {1})",
    "s_disjoint": "NOT ST_Intersects({0}, {1})",
    "s_equals": "ST_Equals({0}, {1})",
    "s_touches": "ST_Touches({0}, {1})",
    "s_crosses": "ST_Crosses({0}, {1})",
    "s_overlaps": "ST_Overlaps({0}, {1})",
    "s_within": "ST_Within({0}, {1})",
    "s_contains": "ST_Contains({0}, {1})",
}
OF_COLLECTIONS = ("s_intersects", "s_disjoint")
METRES_A_DEGREE = 110_000.0  # a little less than the shortest degree of latitude, so that no box is too small

HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Function:
    """A function of geometries that gives a number."""

    arguments: int
    sql: str
    titles: dict[str, str]


FUNCTIONS = {
    "distance": Function(
        2,
        "ST_Distance(({0})::geography, ({1})::geography)",
        {"en": "Metres between two geometries", "it": "Metri tra due geometrie"},
    ),
    "area": Function(
        1,
        "ST_Area(({0})::geography)",
        {"en": "Square metres of a polygon", "it": "Metri quadrati di un poligono"},
    ),
    "length": Function(
        1, "ST_Length(({0})::geography)", {"en": "Metres of a line", "it": "Metri di una linea"}
    ),
}


def literal(work: Work, node: dict[str, Any]) -> Typed:
    """A geometry or a box that was written, in EPSG:4326, longitude first."""
    shape = work.crs.to_wgs84(_shape(work, node))
    bounds = shape.bounds
    if (
        not all(map(math.isfinite, bounds))
        or max(map(abs, bounds[::2])) > 180
        or max(map(abs, bounds[1::2])) > 90
    ):
        raise BadParameter(
            work.name,
            "has a %(kind)s that lies outside the world in %(crs)s.",
            kind=told(node),
            crs=work.crs.uri,
        )
    if not shape.is_valid:
        raise BadParameter(
            work.name,
            "has a %(kind)s that is not valid: %(reason)s.",
            kind=told(node),
            reason=shapely.is_valid_reason(shape),
        )
    parameter = work.bind(shapely.to_wkb(shape), "bytea")
    return Typed(f"ST_GeomFromWKB({parameter}, 4326)", Type.GEOMETRY, node, shape=shape)


def _shape(work: Work, node: dict[str, Any]) -> BaseGeometry:
    if "bbox" in node:
        return _box(work, node["bbox"])
    try:
        shape = shapely.from_geojson(json.dumps(node))
    except (ShapelyError, ValueError):
        shape = None
    if shape is None or shape.is_empty:
        raise BadParameter(work.name, "has a %(kind)s whose coordinates make no geometry.", kind=told(node))
    return shapely.force_2d(shape)


def _box(work: Work, numbers: Tree) -> BaseGeometry:
    if not isinstance(numbers, list) or len(numbers) not in (4, 6):
        raise BadParameter(work.name, "needs 4 numbers for a BBOX.")
    if not all(isinstance(n, (int, float)) and math.isfinite(n) for n in numbers):
        raise BadParameter(work.name, "needs 4 numbers for a BBOX.")
    first, second = numbers[:2], numbers[2:4] if len(numbers) == 4 else numbers[3:5]
    (west, south), (east, north) = first, second
    if work.crs is CRS84 and west > east:
        halves = [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
        return shapely.union_all(halves)
    box = shapely.box(west, south, east, north)
    if box.area == 0:  # a point or a line, which is no valid polygon
        return shapely.make_valid(box)
    return box if work.crs.srid in (4326, 3857) else shapely.segmentize(box, box.length / 64)


def related(work: Work, op: str, left: Typed, right: Typed) -> Found:
    """The relation of two geometries, and the box of the one that was written."""
    for value in (left, right):
        if value.type != Type.GEOMETRY:
            raise BadParameter(
                work.name,
                "“%(word)s” is %(type)s where %(expected)s is needed.",
                word=value.name,
                type=called(value.type),
                expected=called(Type.GEOMETRY),
            )
        if value.shape and value.shape.geom_type == "GeometryCollection" and op not in OF_COLLECTIONS:
            raise BadParameter(work.name, "%(op)s does not take a collection of geometries.", op=op.upper())
    written = left.shape or right.shape
    box = _around(written) if written is not None and op != "s_disjoint" else None
    both_written = left.shape is not None and right.shape is not None
    return RELATIONS[op].format(left.sql, right.sql), None if both_written else box


def _around(shape: BaseGeometry) -> Bbox:
    """The box of a shape, a tenth of a millimetre wider, so that it is one where the shape is a line."""
    west, south, east, north = shape.bounds
    low, high = max(-90.0, south - HAIR), min(90.0, north + HAIR)
    return Bbox(max(-180.0, west - HAIR), low, min(180.0, east + HAIR), high)


def measured(op: str, args: list[Typed]) -> Typed:
    """A measure in metres; a distance remembers from where."""
    written = [arg.shape for arg in args if arg.shape is not None]
    shape = written[0] if op == "distance" and len(written) == 1 else None
    return Typed(FUNCTIONS[op].sql.format(*(arg.sql for arg in args)), Type.NUMBER, shape=shape)


def within(op: str, left: Typed, right: Typed) -> Bbox | None:
    """The box of what is nearer to a written geometry than a written number of metres."""
    if op in (">", ">="):
        left, right = right, left
    elif op not in ("<", "<="):
        return None
    if left.shape is None or not isinstance(right.literal, float):
        return None
    west, south, east, north = left.shape.bounds
    up = right.literal / METRES_A_DEGREE
    low, high = south - up, north + up
    across = math.cos(math.radians(min(89.0, max(abs(low), abs(high)))))
    if up < 0 or low < -85 or high > 85:
        return None
    west, east = west - up / across, east + up / across
    return Bbox(west, low, east, high) if west >= -180 and east <= 180 else None


def outlined(shape: BaseGeometry, column: str) -> Condition:
    """The condition that a geometry column touches a shape in EPSG:4326."""
    sql = f"ST_Intersects({column}, ST_GeomFromWKB(%(outline)s::bytea, 4326))"
    return Condition(sql, (("outline", shapely.to_wkb(shape)),), Bbox(*shape.bounds))
