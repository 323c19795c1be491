"""Checks of geometries on their way in: what is wrong with which row, and repairs that keep the shape.

Arrays of geometries are (n,) object arrays of shapely geometries or None, in EPSG:4326 (longitude first,
degrees) unless said otherwise. Nothing here raises for a bad geometry: each row gets the code of its
problem, so that a file with one bad row can still be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

PROBLEMS = {
    "missing": "There is no geometry.",
    "unreadable": "The geometry cannot be read: its bytes are not well-known binary of closed rings.",
    "curved": "The geometry has curves: only straight segments are accepted.",
    "unsupported_type": "Only points, lines, polygons and their multiples are accepted.",
    "empty": "The geometry is empty.",
    "too_many_vertices": "The geometry has more vertices than accepted.",
    "not_finite": "A coordinate is not a finite number.",
    "out_of_range": "A longitude is not between -180 and 180 or a latitude not between -90 and 90 degrees.",
    "beyond_repair": "The geometry is invalid, and no area or length is left when it is repaired.",
    "outside": "The geometry is not inside the bounds.",
}
"""A stable code for each problem of a geometry, and the sentence that explains it. The first one counts."""

Geometries = npt.NDArray[np.object_]
Objects = npt.NDArray[np.object_]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_FINE = -1
_NUMBER = {code: number for number, code in enumerate(PROBLEMS)}
_CODES: Objects = np.array([*PROBLEMS, None], dtype=object)  # so that _FINE, the last, is None
_POINT = 0
_ACCEPTED_TYPES = (0, 1, 3, 4, 5, 6)  # shapely's type ids: no linear rings, no collections
_GRID = 1e-9  # degrees: a tenth of a millimetre
_CURVED_WKB_TYPES = range(8, 15)  # ISO 13249-3: circular string to surface


@dataclass(frozen=True, eq=False)
class Checked:
    """What `check` found. Four (n,) arrays, one entry for each row that was given, in the same order.

    `geometries`: 2D and repaired where `problem` is None, else as far as the checks came. `problem`: a key
    of PROBLEMS or None. `repaired`: the geometry was invalid and is valid now. `flattened`: a height or
    measure was taken off.
    """

    geometries: Geometries
    problem: Objects
    repaired: Flags
    flattened: Flags


def from_wkb(values: Sequence[bytes | None] | Objects) -> tuple[Geometries, Objects]:
    """Read well-known binary (ISO or EWKB) without stopping at what cannot be read.

    `values`: (n,) bytes or None. Returns two (n,) arrays: geometries, None where there is none, and for
    each row its problem ("missing", "curved", "unreadable") or None.
    """
    raw = _object_array(values)
    try:
        geometries = np.asarray(shapely.from_wkb(raw, on_invalid="ignore"), dtype=object)
    except (shapely.GEOSException, NotImplementedError):  # curves stop the reader for the whole array
        geometries = _object_array([_read_one(value) for value in raw])
    problem = np.full(len(raw), None, dtype=object)
    for row in np.flatnonzero(shapely.is_missing(geometries)):
        problem[row] = _why_not_read(raw[row])
    return geometries, problem


def check(
    geometries: Sequence[BaseGeometry | None] | Geometries,
    *,
    bounds: BaseGeometry | None,
    max_vertices: int = 10_000,
    problem: Objects | None = None,
) -> Checked:
    """Find what is wrong with each geometry, take heights off and repair what can be repaired.

    `geometries`: (n,). `bounds`: the polygon or multipolygon, EPSG:4326, that must cover every geometry;
    None for no bounds. `problem`: (n,) problems found while reading, which are kept. Invalid polygons are
    repaired by shapely's `make_valid` (method "structure"), of which only the areas are kept, and of
    invalid lines only the lines. Outer rings come out counterclockwise, as RFC 7946 (section 3.1.6) asks.
    """
    shapes = _object_array(geometries)
    number = np.full(len(shapes), _FINE, dtype=np.int8)
    if problem is not None:
        for row in np.flatnonzero(problem.astype(bool)):
            number[row] = _NUMBER[problem[row]]
    types = shapely.get_type_id(shapes)
    _mark(number, types == -1, "missing")
    _mark(number, ~np.isin(types, _ACCEPTED_TYPES), "unsupported_type")
    _mark(number, shapely.is_empty(shapes), "empty")
    _mark(number, shapely.get_num_coordinates(shapes) > max_vertices, "too_many_vertices")
    flattened = (number == _FINE) & (shapely.has_z(shapes) | shapely.has_m(shapes))
    if flattened.any():
        shapes[flattened] = shapely.force_2d(shapes[flattened])
    _mark_bad_coordinates(number, shapes)
    repaired = _repair(number, shapes, types != _POINT)
    areas = (number == _FINE) & (shapely.get_dimensions(shapes) == 2)
    if areas.any():
        shapes[areas] = shapely.orient_polygons(shapes[areas])
    if bounds is not None:
        _mark_outside(number, shapes, types == _POINT, bounds)
    return Checked(shapes, _CODES[number], repaired, flattened)


def anchor(geometries: Geometries) -> tuple[Floats, Floats]:
    """One point for each geometry, on it, to sort and to show it by.

    A point is its own anchor; of several points it is the one nearest to their middle, of a line a vertex
    near its middle, of an area a point well inside. Returns `lon`, `lat`: two (n,) arrays in the units of
    the geometries, NaN for a geometry that is missing or empty.
    """
    points = np.array(geometries, dtype=object)
    others = shapely.get_type_id(points) != _POINT
    if others.any():
        with np.errstate(over="ignore"):  # slivers thinner than a double can tell; the point is still on them
            points[others] = shapely.point_on_surface(points[others])
    points[shapely.is_empty(points)] = None  # of which shapely gives NaN; an empty point it refuses
    return shapely.get_x(points), shapely.get_y(points)


def swapped_inside(lon: Floats, lat: Floats, bounds: BaseGeometry) -> int:
    """How many points would be inside if longitude and latitude had been swapped in the file.

    `lon`, `lat`: (n,) degrees as read; `bounds`: polygon or multipolygon, EPSG:4326. Give the points that
    are outside: where many come back, the axes of the file are the other way round.
    """
    return int(_inside(np.asarray(lat, dtype=float), np.asarray(lon, dtype=float), bounds).sum())


def _object_array(values: Any) -> Objects:
    # np.array would look into sequences of geometries for coordinates.
    array: Objects = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _read_one(value: bytes | None) -> BaseGeometry | None:
    try:
        return shapely.from_wkb(value, on_invalid="ignore")
    except (shapely.GEOSException, NotImplementedError):
        return None


def _why_not_read(value: bytes | None) -> str:
    if not value:
        return "missing"
    order: Literal["little", "big"] = "little" if value[0] == 1 else "big"
    # The upper three bits are EWKB's flags for z, m and a CRS; ISO adds 1000, 2000 or 3000 for z and m.
    kind = (int.from_bytes(value[1:5], order) & 0x1FFFFFFF) % 1000
    return "curved" if kind in _CURVED_WKB_TYPES else "unreadable"


def _mark(number: npt.NDArray[np.int8], rows: Flags, code: str) -> None:
    """Give these rows a problem, unless they have one already."""
    number[rows & (number == _FINE)] = _NUMBER[code]


def _mark_bad_coordinates(number: npt.NDArray[np.int8], shapes: Geometries) -> None:
    fine = np.flatnonzero(number == _FINE)
    coordinates, owner = shapely.get_coordinates(shapes[fine], return_index=True)
    # Two comparisons, false for NaN too, tell in one pass that nearly every file has nothing to mark.
    if (np.abs(coordinates) <= (180.0, 90.0)).all():
        return
    for bad, code in (
        (~np.isfinite(coordinates), "not_finite"),
        (np.abs(coordinates) > (180.0, 90.0), "out_of_range"),
    ):
        rows = np.zeros(len(shapes), dtype=bool)
        rows[fine[owner[bad.any(axis=1)]]] = True
        _mark(number, rows, code)


def _repair(number: npt.NDArray[np.int8], shapes: Geometries, may_be_invalid: Flags) -> Flags:
    """Replace invalid geometries by valid ones and say which; mark those of which nothing is left."""
    repaired = np.zeros(len(shapes), dtype=bool)
    candidates = np.flatnonzero((number == _FINE) & may_be_invalid)
    for row in candidates[~shapely.is_valid(shapes[candidates])]:
        valid = _repair_one(shapes[row])
        if valid is None:
            number[row] = _NUMBER["beyond_repair"]
        else:
            shapes[row] = valid
            repaired[row] = True
    return repaired


def _repair_one(shape: BaseGeometry) -> BaseGeometry | None:
    try:
        valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
        if not shapely.is_valid(valid):  # happens where vertices are all but equal
            valid = shapely.set_precision(valid, _GRID)
    except shapely.GEOSException:
        return None
    parts = shapely.get_parts(valid)
    kept = parts[shapely.get_dimensions(parts) == shapely.get_dimensions(shape)]
    size = shapely.area(kept) + shapely.length(kept)
    if not (size > 0).any() or not shapely.is_valid(valid):
        return None
    return valid if len(kept) == len(parts) else shapely.union_all(kept)


def _mark_outside(
    number: npt.NDArray[np.int8], shapes: Geometries, points: Flags, bounds: BaseGeometry
) -> None:
    outside = np.zeros(len(shapes), dtype=bool)
    point_rows = np.flatnonzero((number == _FINE) & points)
    x, y = shapely.get_coordinates(shapes[point_rows]).T
    outside[point_rows] = ~_inside(x, y, bounds)
    other_rows = np.flatnonzero((number == _FINE) & ~points)
    shapely.prepare(bounds)
    outside[other_rows] = ~shapely.covers(bounds, shapes[other_rows])
    _mark(number, outside, "outside")


def _inside(x: Floats, y: Floats, bounds: BaseGeometry) -> Flags:
    """Whether each point is inside or on the edge of the bounds; the bounding box first, as it is cheap."""
    west, south, east, north = bounds.bounds
    inside: Flags = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    if not bounds.equals(shapely.box(west, south, east, north)):
        inside[inside] = shapely.intersects_xy(bounds, x[inside], y[inside])
    return inside
