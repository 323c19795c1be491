"""A drawn polygon as an area with figures of its own: read, checked, and answered by areal interpolation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.errors import BadParameter
from app.fragility.overlay import House, houses
from app.fragility.queries import Indicator, Layer
from app.fragility.rules import residents_of
from app.statements import rows
from app.tables.places import KINDS, VISIBLE
from geo.areas import Overlap, interpolated_counts, interpolated_means, overlap_of
from geo.coverage import in_metres
from geo.proximity import Floats, nearest_of

MOST_CORNERS = 10_000
MOST_KM2 = 500.0
LEAST_M2 = 1.0
COUNT = "count"
SUM, BY_RESIDENTS, BY_GROUND = "sum", "by residents", "by ground"
"""How a figure was carried over: parts of counts added up; rates weighed by residents, or by ground."""
_WHERE = re.compile(r"\[(\S+) (\S+)\]")


@dataclass(frozen=True, slots=True)
class Figure:
    """What an indicator comes to in the polygon; `value` None where no area under it has one. `covered`: the
    share of the polygon that lies on areas with a value."""

    indicator: Indicator
    value: float | None
    how: str
    covered: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A polygon with its figures: how many areas it touches, the share of it that they cover, what stands in
    it by kind, and the house nearest to a point inside it."""

    shape: BaseGeometry
    km2: float
    areas: int
    covered: float
    figures: Sequence[Figure]
    places: Mapping[str, int]
    house: House | None
    house_metres: float | None


def corners(words: str) -> BaseGeometry:
    """Read `lon,lat;lon,lat;…`, the corners in turn; the last is joined to the first."""
    points = []
    for number, part in enumerate(filter(None, words.replace(" ", "").split(";")), start=1):
        try:
            lon, lat = (params.number({"corner": word}, "corner") for word in part.split(","))
        except (BadParameter, ValueError):
            raise BadParameter(
                "polygon",
                "corner %(number)s, “%(corner)s”, is not a longitude and a latitude such as 7.68,45.07.",
                number=number,
                corner=part[:40],
            ) from None
        points.append((lon, lat))
    if len(set(points)) < 3:
        raise BadParameter("polygon", "needs at least 3 corners, such as 7.67,45.06;7.69,45.06;7.69,45.08.")
    return shapely.Polygon(points)


def of_geojson(body: Any) -> BaseGeometry:
    """Read a polygon, alone or as the geometry of a feature."""
    given: Any = body.get("geometry", body) if isinstance(body, dict) else None
    try:
        shape: Any = shapely.geometry.shape(given)
    except (ShapelyError, TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError):
        shape = None
    if not isinstance(shape, shapely.Polygon) or shape.is_empty:
        raise BadParameter("polygon", "is not a polygon as GeoJSON, alone or in a feature.")
    flat: BaseGeometry = shapely.force_2d(shape)
    return flat


def checked(shape: BaseGeometry, city: City) -> float:
    """The square kilometres of a polygon that an answer can be given for; raises BadParameter."""
    if (count := shapely.get_num_coordinates(shape) - 1) > MOST_CORNERS:
        raise BadParameter(
            "polygon", "has %(count)s corners; %(most)s are the most.", count=int(count), most=MOST_CORNERS
        )
    west, south, east, north = city.extent
    if not np.isfinite(shapely.get_coordinates(shape)).all() or not shapely.box(
        west, south, east, north
    ).covers(shapely.MultiPoint(shapely.get_coordinates(shape))):
        raise BadParameter("polygon", "lies outside %(city)s and its surroundings.", city=city.slug)
    if not shape.is_valid:
        raise _crossed(shape)
    m2 = float(shapely.area(in_metres(np.array([shape], dtype=object), city.metric_srid))[0])
    if m2 < LEAST_M2:
        raise BadParameter("polygon", "covers no ground: its corners lie on one line.")
    if m2 > MOST_KM2 * 1e6:
        raise BadParameter(
            "polygon",
            "covers %(km2)s square kilometres; %(most)s are the most.",
            km2=f"{m2 / 1e6:.0f}",
            most=f"{MOST_KM2:g}",
        )
    return m2 / 1e6


def _crossed(shape: BaseGeometry) -> BadParameter:
    """Its corners on one line are no crossing, though they are no polygon either."""
    if not shape.convex_hull.area:
        return BadParameter("polygon", "covers no ground: its corners lie on one line.")
    found = _WHERE.search(shapely.is_valid_reason(shape))
    at = f"{float(found[1]):.5f},{float(found[2]):.5f}" if found else "?"
    return BadParameter("polygon", "crosses or touches itself at %(at)s: draw its corners in turn.", at=at)


@dataclass(frozen=True, slots=True)
class _Area:
    code: str
    shape: bytes


@dataclass(frozen=True, slots=True)
class _Value:
    indicator: str
    area_code: str
    value: float


@dataclass(frozen=True, slots=True)
class _Counted:
    kind: str
    places: int


def drawn(
    db: Connection, city: City, layer: Layer, indicators: Sequence[Indicator], shape: BaseGeometry
) -> Drawn:
    """The polygon with what the layer's indicators come to in it; raises BadParameter where it covers none
    of the areas."""
    km2 = checked(shape, city)
    key: dict[str, Any] = {"city": city.id, "layer": layer.slug, "shape": shapely.to_wkb(shape)}
    sql = """SELECT code, ST_AsBinary(geom) AS shape FROM areas WHERE city_id = %(city)s
            AND layer = %(layer)s AND ST_Intersects(geom, ST_GeomFromWKB(%(shape)s, 4326)) ORDER BY code"""
    areas = rows(db, _Area, sql, key)
    under = shapely.from_wkb(np.array([bytes(each.shape) for each in areas], dtype=object))
    overlap = overlap_of(under, np.array([shape], dtype=object), crs=city.metric_srid) if areas else None
    if overlap is None or not len(overlap.m2):
        raise BadParameter("polygon", "covers no area of the layer %(layer)s.", layer=layer.slug)
    values = _values(db, city.id, [each.code for each in areas], indicators)
    residents = residents_of(indicators, layer.slug)
    people = values[residents.slug] if residents else None
    house, metres = _nearest(houses(db, city.id), shape)
    return Drawn(
        shape,
        km2,
        len(overlap.m2),
        min(float(overlap.m2.sum() / overlap.target_m2[0]), 1.0),
        [figure(each, overlap, values[each.slug], people) for each in indicators],
        _places(db, key),
        house,
        metres,
    )


def figure(indicator: Indicator, overlap: Overlap, given: Floats, residents: Floats | None) -> Figure:
    """What an indicator comes to: a count by the parts of the areas that lie in the polygon, a rate by the
    residents of those parts, and by their ground where those are not known or nobody lives there.

    `given` and `residents` are those of the areas, in their order.
    """
    means = interpolated_means(overlap, given)
    how, found = BY_GROUND, float(means.values[0])
    if indicator.measure == COUNT:
        how, found = SUM, float(interpolated_counts(overlap, given).values[0])
    elif residents is not None:
        people = np.where(np.isnan(given), np.nan, residents)
        total = float(np.nan_to_num(interpolated_counts(overlap, people).values[0]))
        if total > 0:
            how = BY_RESIDENTS
            found = float(interpolated_counts(overlap, people * given).values[0]) / total
    return Figure(indicator, None if np.isnan(found) else found, how, float(means.covered[0]))


def _values(
    db: Connection, city_id: int, codes: Sequence[str], indicators: Sequence[Indicator]
) -> dict[str, Floats]:
    """The values of each indicator in the areas, in their order; NaN where there is none."""
    sql = """SELECT indicator, area_code, value FROM indicator_values
        WHERE city_id = %(city)s AND indicator = ANY(%(slugs)s) AND area_code = ANY(%(codes)s)"""
    slugs = [each.slug for each in indicators]
    found = rows(db, _Value, sql, {"city": city_id, "slugs": slugs, "codes": list(codes)})
    at = {code: number for number, code in enumerate(codes)}
    values = {slug: np.full(len(codes), np.nan) for slug in slugs}
    for each in found:
        values[each.indicator][at[each.area_code]] = each.value
    return values


def _places(db: Connection, key: Mapping[str, Any]) -> dict[str, int]:
    """How many public places have their pin in the polygon or on its border, by kind."""
    sql = f"""WITH drawn AS MATERIALIZED (SELECT ST_GeomFromWKB(%(shape)s, 4326) AS shape)
        SELECT kind, count(*) AS places FROM places CROSS JOIN drawn
        WHERE city_id = %(city)s AND {VISIBLE} AND geom && shape
            AND ST_Covers(shape, ST_SetSRID(ST_MakePoint(lon, lat), 4326)) GROUP BY kind"""
    found = {each.kind: each.places for each in rows(db, _Counted, sql, key)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def _nearest(there: Sequence[House], shape: BaseGeometry) -> tuple[House | None, float | None]:
    if not there:
        return None, None
    inside = shape.representative_point()
    which, metres = nearest_of([(inside.x, inside.y)], [(each.lon, each.lat) for each in there])
    return there[int(which[0])], round(float(metres[0]), 1)


def in_words(shape: BaseGeometry) -> str:
    """The outer corners as an address carries them, to a tenth of a metre."""
    points = shapely.get_coordinates(shapely.get_exterior_ring(shape))[:-1]
    return ";".join(f"{_short(lon)},{_short(lat)}" for lon, lat in points.tolist())


def _short(degrees: float) -> str:
    return f"{degrees:.6f}".rstrip("0").rstrip(".")
