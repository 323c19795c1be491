"""The coordinate reference systems that features are given in and asked for by; pure.

Inside, everything is longitude and latitude in EPSG:4326. A system of the city counts in metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.errors import BadParameter
from app.params import Bbox, bbox, numbers
from geo.crs import northing_first, to_wgs84

OGC = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
ALONG_A_SIDE = 16


@dataclass(frozen=True, slots=True)
class Crs:
    """A system: its address, its EPSG code, whether north comes first, the decimals that it is told by."""

    uri: str = OGC
    srid: int = 4326
    flipped: bool = False
    decimals: int = 7

    def geojson(self, geometry: str) -> str:
        """SQL for the GeoJSON of an EPSG:4326 geometry in this system, in the order of its axes."""
        sql = geometry if self.srid == 4326 else f"ST_Transform({geometry}, {int(self.srid)})"
        sql = f"ST_FlipCoordinates({sql})" if self.flipped else sql
        return f"ST_AsGeoJSON({sql}, {int(self.decimals)}, 0)"

    def to_wgs84(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry of this system in EPSG:4326, longitude first; infinite where it has no place there."""
        if self.flipped:
            geometry = shapely.transform(geometry, lambda points: points[:, ::-1])
        if self.srid == 4326:
            return geometry
        moved: BaseGeometry = to_wgs84(np.array([geometry], dtype=object), self.srid)[0]
        return moved


CRS84 = Crs()


@lru_cache(maxsize=64)
def systems(metric_srid: int) -> dict[str, Crs]:
    """The systems of a city, by their addresses, the one that is meant where none is named first."""
    there = [
        CRS84,
        Crs(f"{EPSG}4326", 4326, True),
        Crs(f"{EPSG}3857", 3857, False, 3),
        Crs(f"{EPSG}{metric_srid}", metric_srid, northing_first(metric_srid), 3),
    ]
    return {crs.uri: crs for crs in there}


def system(values: Mapping[str, str], name: str, metric_srid: int) -> Crs:
    """The system that a parameter names by its address; CRS84 where it is not given."""
    words = values.get(name)
    if words is None:
        return CRS84
    there = systems(metric_srid)
    found = there.get(words.strip("[]").replace("https://", "http://", 1))
    if found is None:
        raise BadParameter(
            name, "“%(word)s” is not one of %(allowed)s.", word=words[:80], allowed=", ".join(there)
        )
    return found


def box(values: Mapping[str, str], crs: Crs) -> tuple[Bbox | None, BaseGeometry | None]:
    """The box that `bbox` states in this system, in EPSG:4326 degrees.

    A box of a projected system has bent sides there: it comes as the box around it, and as the polygon that
    it is, with 16 points on every side.
    """
    if "bbox" not in values or crs is CRS84:
        return bbox(values), None
    low_x, low_y, high_x, high_y = numbers(values, "bbox")
    if crs.srid == 4326:
        flat = ",".join(map(repr, (low_y, low_x, high_y, high_x)))
        return bbox({"bbox": flat}), None
    if low_x > high_x or low_y > high_y:
        raise BadParameter("bbox", "its first corner must be lower than its second one in both axes.")
    corners: BaseGeometry = shapely.box(low_x, low_y, high_x, high_y)
    if corners.area == 0:  # a point or a line, which is no valid polygon
        corners = shapely.make_valid(corners)
    outline = crs.to_wgs84(shapely.segmentize(corners, max(corners.length / (4 * ALONG_A_SIDE), 1e-9)))
    west, south, east, north = outline.bounds
    if not np.isfinite(outline.bounds).all():
        raise BadParameter("bbox", "lies where %(crs)s has no coordinates.", crs=crs.uri)
    return Bbox(west, south, east, north), outline
