"""Which polygon of a layer holds each of very many points: found by a grid, decided by exact predicates."""

import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import BadCoordinate
from geo.numeric import floats

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

NOBODY = -1
_CELLS_A_POLYGON, _MOST_CELLS = 16, 4096
"""Cells along an axis: so many times the square root of the polygons, because the places of a city crowd."""


def holder(polygons: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike) -> Indices:
    """The first of the polygons that holds each point, its border included; -1 where none does.

    `polygons`: (m,) polygons or multipolygons, the one that wins where two hold a point before the other;
    `x`, `y`: (n,) finite coordinates in the same plane. Returns (n,) positions in `polygons`.
    Raises BadCoordinate for points that are no pairs of finite numbers.

    Points are sorted into the cells of a grid, so that those in the box of a polygon lie in a few runs, one
    for each row of cells. They are asked of it all at once: GEOS' test of a point is exact (it computes the
    side of an edge without rounding errors), and one polygon at a time stays in the processor's cache.

    >>> squares = shapely.box([0, 1], [0, 0], [1, 2], [1, 1])
    >>> holder(squares, [0.5, 1.0, 1.5, 3.0], [0.5, 0.5, 0.5, 0.5]).tolist()
    [0, 0, 1, -1]
    """
    shapes: Geometries = np.asarray(polygons, dtype=object)
    east, north = (floats(axis, "Coordinates", BadCoordinate) for axis in (x, y))
    if not (east.ndim == 1 and east.shape == north.shape):
        raise BadCoordinate(f"Coordinates of the shapes {east.shape} and {north.shape} are no row of points.")
    if (wrong := np.flatnonzero(~(np.isfinite(east) & np.isfinite(north)))).size:
        raise BadCoordinate(f"Point {wrong[0]} ({east[wrong[0]]:g}, {north[wrong[0]]:g}) stands nowhere.")
    found = np.full(len(east), NOBODY, dtype=np.int64)
    if not len(shapes) or not len(east):
        return found
    shapely.prepare(shapes)
    point, polygon = _candidates(shapely.bounds(shapes), east, north)
    held = shapely.intersects_xy(shapes[polygon], east[point], north[point])
    # Of several polygons that hold a point the first is written last, and stays.
    found[point[held][::-1]] = polygon[held][::-1]
    return found


def _candidates(bounds: Floats, x: Floats, y: Floats) -> tuple[Indices, Indices]:
    """Every pair of a point and a polygon whose cells it stands in, polygon by polygon in their order."""
    with_area = ~np.isnan(bounds[:, 0])
    if not with_area.any():
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    west, south = bounds[with_area, 0].min(), bounds[with_area, 1].min()
    cells = int(np.clip(_CELLS_A_POLYGON * np.sqrt(len(bounds)), 1, _MOST_CELLS))
    width = max((bounds[with_area, 2].max() - west) / cells, np.finfo(float).tiny)
    height = max((bounds[with_area, 3].max() - south) / cells, np.finfo(float).tiny)

    def column(values: Floats) -> Indices:
        return _cell((values - west) / width, cells)

    def row(values: Floats) -> Indices:
        return _cell((values - south) / height, cells)

    numbers = row(y) * cells + column(x)
    order = np.argsort(numbers, kind="stable")
    sorted_numbers = numbers[order]
    polygons = np.flatnonzero(with_area)
    first, last = row(bounds[polygons, 1]), row(bounds[polygons, 3])
    rows, of = _spread(first, last - first + 1)
    begins = np.searchsorted(sorted_numbers, rows * cells + column(bounds[polygons, 0])[of])
    ends = np.searchsorted(sorted_numbers, rows * cells + column(bounds[polygons, 2])[of], side="right")
    places, run = _spread(begins, ends - begins)
    return order[places], polygons[of[run]]


def _cell(position: Floats, cells: int) -> Indices:
    """The number of a column or row; what lies beyond the grid stands in its outermost one."""
    return np.clip(np.floor(position), 0, cells - 1).astype(np.int64)


def _spread(begin: Indices, length: Indices) -> tuple[Indices, Indices]:
    """The numbers of all runs, one run after the other, and the run of each."""
    of = np.repeat(np.arange(len(begin)), length)
    ends = np.cumsum(length)
    return np.arange(len(of)) - (ends - length)[of] + begin[of], of
