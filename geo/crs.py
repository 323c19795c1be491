"""Coordinate reference systems: from what a file says to longitude and latitude, and to metres and back."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from geo.errors import UnknownCrs

WGS84 = CRS.from_epsg(4326)

Geometries = npt.NDArray[np.object_]
Crs = CRS | str | int


def parse_crs(value: Crs) -> CRS:
    """The coordinate reference system that a text, number or pyproj CRS names.

    `value` is anything that pyproj reads: "EPSG:32632", 32632, "OGC:CRS84", WKT, PROJJSON or a PROJ string.
    Raises UnknownCrs for what PROJ does not know, and for systems that do not say where on Earth a point is
    by two coordinates (vertical, geocentric, local).
    """
    try:
        crs = CRS.from_user_input(value)
    except ProjError:
        raise UnknownCrs(
            f"{_shortened(value)} is not a coordinate reference system: give one that PROJ knows, "
            "such as EPSG:32632."
        ) from None
    if not (crs.is_geographic or crs.is_projected):
        raise UnknownCrs(
            f"{_shortened(value)} does not give positions on Earth by two coordinates: give a geographic or "
            "projected system, such as EPSG:32632."
        )
    return crs


def northing_first(crs: Crs) -> bool:
    """Whether the authority of the system gives the coordinate that grows northwards first."""
    return parse_crs(crs).axis_info[0].direction.lower() == "north"


def to_wgs84(geometries: Geometries, crs: Crs) -> Geometries:
    """Geometries in EPSG:4326, longitude first, in two dimensions.

    `geometries`: (n,) shapely geometries or None in `crs`, x (east) first whatever axis order the system
    itself has, as GDAL and GeoJSON give them. They come back as they are where `crs` is WGS 84 already.
    Coordinates that cannot be transformed become infinite. Raises UnknownCrs.
    """
    source = parse_crs(crs)
    if _is_wgs84(source):
        return geometries
    return _transformed(geometries, _transformer(source, WGS84))


def projected(geometries: Geometries, crs: Crs) -> Geometries:
    """Geometries from EPSG:4326 in the metres of a projected system, x first, in two dimensions.

    `geometries`: (n,) shapely geometries or None, longitude first. Raises UnknownCrs where `crs` is not
    projected or does not count in metres.
    """
    target = parse_crs(crs)
    if not target.is_projected or any(axis.unit_conversion_factor != 1 for axis in target.axis_info[:2]):
        raise UnknownCrs(
            f"{_shortened(crs)} does not count in metres: give a projected system, such as EPSG:32632."
        )
    return _transformed(geometries, _transformer(WGS84, target))


def _transformed(geometries: Geometries, transformer: Transformer) -> Geometries:
    transform: Callable[..., Any] = transformer.transform
    moved: Geometries = shapely.transform(geometries, transform, interleaved=False)
    return moved


# To compare or pair two systems takes PROJ milliseconds, and a file comes in many batches.
@lru_cache(maxsize=64)
def _is_wgs84(crs: CRS) -> bool:
    return bool(crs.equals(WGS84, ignore_axis_order=True))


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Transformer:
    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except ProjError:
        raise UnknownCrs(f"PROJ knows no way from {source.name} to {target.name}.") from None


def _shortened(value: Crs) -> str:
    text = value.name if isinstance(value, CRS) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
