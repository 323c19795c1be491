"""What may be asked of the spatial graph: from where, how far, how many. Pure."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from app import params
from app.cities import City
from app.errors import BadParameter
from app.params import Bbox
from geo.geometry import check

MOST_NEIGHBOURS, MOST_METRES, MOST_FOUND = 100, 50_000.0, 1_000
NEIGHBOURS, GAP = 20, 1_000.0
MOST_VERTICES = 1_000
# The shortest degree of latitude (at the equator) and of longitude at the equator, in metres on WGS 84; a
# parallel is never shorter than the equator times its cosine.
DEGREE_NORTH, DEGREE_EAST = 110_574.0, 111_319.0

_NUMBERS = re.compile(r"[-+.\d\s]+,[-+.\d\s]+")


@dataclass(frozen=True, slots=True)
class Origin:
    """From where distances are measured: a shape in EPSG:4326, which may be that of a place."""

    shape: BaseGeometry
    place: UUID | None = None

    def box(self, metres: float) -> Bbox:
        """A box that holds everything at most so many metres away, and a little more."""
        west, south, east, north = self.shape.bounds
        up = metres / DEGREE_NORTH
        south, north = max(-90.0, south - up), min(90.0, north + up)
        narrowest = math.cos(math.radians(max(abs(south), abs(north))))
        aside = metres / (DEGREE_EAST * narrowest) if narrowest > 1e-6 else 360.0
        if east - west + 2 * aside >= 360.0:
            return Bbox(-180.0, south, 180.0, north)
        return Bbox(_turned(west - aside), south, _turned(east + aside), north)

    def degrees(self, metres: float) -> float:
        """How far in the plane of degrees anything at most so many metres away can be.

        Infinite where the plane is cut: at the antimeridian and the poles, near ones are far apart in it.
        """
        box, (west, south, east, north) = self.box(metres), self.shape.bounds
        if not (-180.0 < box.west <= west and east <= box.east < 180.0 and abs(box.south) < 90.0 > box.north):
            return math.inf
        aside = max(west - box.west, box.east - east)
        return math.hypot(aside, max(south - box.south, box.north - north))


def _turned(lon: float) -> float:
    return (lon + 180.0) % 360.0 - 180.0


def origin(values: Mapping[str, str], city: City) -> Origin:
    """Read `lon` and `lat`, or `shape`, a point, a line or a polygon as well-known text, in the extent."""
    asked = _shape(values["shape"]) if "shape" in values else _point(values)
    return _inside("shape" if "shape" in values else "lon", asked, city)


def _inside(name: str, shape: BaseGeometry, city: City) -> Origin:
    west, south, east, north = city.extent
    if not shapely.box(west, south, east, north).covers(shape):
        raise BadParameter(name, "lies outside %(city)s and its surroundings.", city=city.slug)
    return Origin(shape)


def _point(values: Mapping[str, str]) -> BaseGeometry:
    for name in ("lon", "lat"):
        if name not in values:
            raise BadParameter(name, "is needed: say from where, by lon and lat, by place or by shape.")
    lon, lat = (params.number(values, name) for name in ("lon", "lat"))
    _check_degrees("lon", lon, 180)
    _check_degrees("lat", lat, 90)
    return shapely.Point(lon, lat)


def _check_degrees(name: str, value: float, limit: int) -> None:
    if abs(value) > limit:
        raise BadParameter(
            name,
            "%(value)s is not between -%(limit)s and %(limit)s degrees.",
            value=f"{value:g}",
            limit=limit,
        )


def _shape(words: str) -> BaseGeometry:
    try:
        read = shapely.from_wkt(words)
    except shapely.GEOSException:
        read = None
    if read is None:
        raise BadParameter("shape", "is not well-known text, such as LINESTRING (7.67 45.07, 7.69 45.06).")
    checked = check([read], bounds=None, max_vertices=MOST_VERTICES)
    if checked.problem[0]:
        raise BadParameter(
            "shape",
            "is not a point, a line or a polygon in degrees with at most %(most)s vertices.",
            most=MOST_VERTICES,
        )
    shape: BaseGeometry = checked.geometries[0]
    return shape


def neighbours(values: Mapping[str, str]) -> int:
    """Read `k`, how many of the nearest."""
    return params.whole(values, "k", NEIGHBOURS, 1, MOST_NEIGHBOURS)


def metres(values: Mapping[str, str], default: float | None = None) -> float | None:
    """Read `metres`, how far; None where it is not given and there is no default."""
    if "metres" not in values:
        return default
    far = params.number(values, "metres")
    if not 0 <= far <= MOST_METRES:
        raise BadParameter("metres", "%(value)s is not between 0 and 50,000 metres.", value=f"{far:g}")
    return far


METRES_A_MINUTE = 80.0
"""How fast somebody walks: 1.33 m/s, 4.8 km/h, on steps too. It is the pace of Transport for London's
measure of accessibility (PTAL), and within what adults walk at their ease (Bohannon and Williams Andrews,
Normal walking speed, Physiotherapy 97, 2011)."""
KM_AN_HOUR = METRES_A_MINUTE * 60 / 1000
MINUTES, MOST_MINUTES = 15, 60
HOUR_M = MOST_MINUTES * METRES_A_MINUTE
MOST_LOOKED_AT = 20_000
"""So many places at the most are measured for one answer."""


def minutes(values: Mapping[str, str]) -> int:
    """Read `minutes`, how far on foot."""
    return params.whole(values, "minutes", MINUTES, 1, MOST_MINUTES)


def walked_minutes(metres: float) -> float:
    """How long somebody walks so far, in minutes to one decimal."""
    return round(metres / METRES_A_MINUTE, 1)


def end(values: Mapping[str, str], name: str, city: City) -> Origin | UUID:
    """Read one end of a walk: `lon,lat` in the city's extent, or the identifier of a place."""
    words = values.get(name, "")
    parts = words.partition(",")
    if parts[1]:
        lon, lat = (params.number({name: part}, name) for part in (parts[0], parts[2]))
        _check_degrees(name, lon, 180)
        _check_degrees(name, lat, 90)
        return _inside(name, shapely.Point(lon, lat), city)
    if place := identifier(words):
        return place
    raise BadParameter(
        name, "is needed: a longitude and a latitude, such as 7.68,45.07, or the identifier of a place."
    )


def identifier(words: str) -> UUID | None:
    """The identifier of a place that the words are, or that the address of its page ends in."""
    try:
        return UUID(urlsplit(words.strip()).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return None


def is_name(words: str) -> bool:
    """Whether the words are neither an identifier nor two numbers, so that they can only be a name."""
    return identifier(words) is None and not _NUMBERS.fullmatch(words)
