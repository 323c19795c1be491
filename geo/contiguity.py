"""Areas that touch each other, as a graph."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import BadZones
from geo.graph import Graph
from geo.proximity import checked, metres_between


def contiguity(
    areas: Sequence[shapely.Geometry] | npt.NDArray[np.object_],
    ids: Iterable[Hashable] | None = None,
    rook: bool = False,
) -> Graph:
    """Edges both ways between areas that share a point (queen), or a stretch of border (`rook`).

    `areas`: polygons in longitude and latitude, EPSG:4326; those that overlap are neighbours as well. A node
    stands at a point inside its area, and the metres of an edge are those between the two points. An area
    that touches none is a node without edges. The words are those of chess: L. Anselin, "Spatial
    econometrics" (1988), section 3.1. Raises BadZones for an area without a shape and
    for ids that are not one for each; BadCoordinate, BadGraph for an id twice.

    >>> quarters = [shapely.box(x, y, x + 1, y + 1) for y in (0, 1) for x in (0, 1)]
    >>> contiguity(quarters).size, contiguity(quarters, rook=True).size
    (12, 8)
    """
    shapes = np.array(areas, dtype=object)
    if shapes.ndim != 1 or not (shapely.is_geometry(shapes) | shapely.is_missing(shapes)).all():
        raise BadZones("Areas must be a row of polygons.")
    named: list[Hashable] = list(range(len(shapes)) if ids is None else ids)
    if len(named) != len(shapes):
        raise BadZones(f"{len(named)} ids do not fit {len(shapes)} areas: give one for each.")
    empty = np.flatnonzero(shapely.is_missing(shapes) | ~(shapely.area(shapes) > 0))
    if empty.size:
        raise BadZones(f"The area {named[empty[0]]!r} has no shape: give a polygon for each area.")
    lonlat = checked(shapely.get_coordinates(shapely.point_on_surface(shapes)))
    tails, heads = shapely.STRtree(shapes).query(shapes, "intersects").astype(np.int64)
    apart = tails != heads
    tails, heads = tails[apart], heads[apart]
    if rook:
        along = shapely.length(shapely.intersection(shapes[tails], shapes[heads])) > 0
        tails, heads = tails[along], heads[along]
    kind = np.broadcast_to(np.array("rook" if rook else "queen"), (len(tails),))
    return Graph(_row(named), tails, heads, metres_between(lonlat[tails], lonlat[heads]), kind, lonlat)


def _row(named: list[Hashable]) -> npt.NDArray[np.object_]:
    row = np.empty(len(named), dtype=object)
    row[:] = named
    return row
