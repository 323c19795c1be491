"""A small map as SVG, which needs no script and can be printed: areas, points and distances on one sheet."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from app.statements import rows

WIDTH, MOST_HEIGHT, EDGE = 720.0, 640.0, 12.0
ZOOM = 12
"""At this zoom a pixel of Web Mercator is about as large as one of a sketch of a city."""
_RADIUS = 6378137.0


@dataclass(frozen=True, slots=True)
class _Outline:
    code: str
    shape: bytes


@dataclass(frozen=True, slots=True)
class Sketch:
    """Outlines of areas by code, as the `d` of SVG paths, and where on the sheet a position lies."""

    height: float
    paths: dict[str, str]
    west: float
    north: float
    scale: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """A position on the sheet."""
        x, y = _mercator(lon, lat)
        return self._x(x), self._y(y)

    def length(self, metres: float, lat: float) -> float:
        """How long so many metres are on the sheet, at a latitude."""
        return round(metres / math.cos(math.radians(lat)) * self.scale, 1)

    def ring(self, lonlat: Iterable[Sequence[float]]) -> str:
        """A closed line as the `d` of a path."""
        return _path([self.at(each[0], each[1]) for each in lonlat])

    def _x(self, x: float) -> float:
        return round((x - self.west) * self.scale + EDGE, 1)

    def _y(self, y: float) -> float:
        return round((self.north - y) * self.scale + EDGE, 1)


def sketch_of(db: Connection, city_id: int, layer: str) -> Sketch | None:
    """The sheet of a layer; None where it has not been drawn for small scales."""
    sql = """SELECT code, ST_AsBinary(geom) AS shape FROM area_shapes
        WHERE city_id = %(city)s AND layer = %(layer)s AND zoom = %(zoom)s ORDER BY code COLLATE "C" """
    found = rows(db, _Outline, sql, {"city": city_id, "layer": layer, "zoom": ZOOM})
    if not found:
        return None
    shapes = shapely.from_wkb(np.array([bytes(each.shape) for each in found], dtype=object))
    west, south, east, north = shapely.total_bounds(shapes)
    scale = min((WIDTH - 2 * EDGE) / (east - west), (MOST_HEIGHT - 2 * EDGE) / (north - south))
    beside = (WIDTH - 2 * EDGE) / scale - (east - west)
    height = round((north - south) * scale + 2 * EDGE, 1)
    sheet = Sketch(height, {}, west - beside / 2, north, scale)
    for each, shape in zip(found, shapes, strict=True):
        sheet.paths[each.code] = _drawn(sheet, shape)
    return sheet


def _drawn(sheet: Sketch, shape: BaseGeometry) -> str:
    rings = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            rings.append(_path([(sheet._x(x), sheet._y(y)) for x, y in ring.coords]))
    return "".join(rings)


def _path(points: Sequence[tuple[float, float]]) -> str:
    kept = [each for number, each in enumerate(points) if not number or each != points[number - 1]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z"


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    north = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return _RADIUS * math.radians(lon), _RADIUS * north
