"""Polygons side by side, drawn with fewer points and no gap between them."""

import numpy as np
import numpy.typing as npt
import shapely

from geo.errors import BadZones

Geometries = npt.NDArray[np.object_]


def simplified(polygons: npt.ArrayLike, tolerance: float) -> Geometries:
    """The polygons with fewer vertices; neighbours go on sharing their borders, vertex for vertex.

    `polygons`: (n,) polygons or multipolygons of one layer, in any plane coordinates; they should not
    overlap, and common borders should have the same vertices on both sides (where they do not, each side is
    simplified for itself). `tolerance`: in the units of the coordinates; a corner goes where the triangle
    that it makes is smaller than the square of it. Returns (n,) geometries in the same order; none vanishes.
    Raises BadZones for a tolerance below 0 or not finite, and for anything that is not a polygon.

    The method is that of M. Visvalingam and J. D. Whyatt, "Line generalisation by repeated elimination of
    points", The Cartographic Journal 30(1), 1993, applied to the borders of the coverage, each once.
    """
    given = np.asarray(polygons, dtype=object)
    if not (np.isfinite(tolerance) and tolerance >= 0):
        raise BadZones(f"A layer cannot be simplified by {tolerance}: give 0 or more.")
    kinds = shapely.get_type_id(given)
    if not np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)).all():
        wrong = given[~np.isin(kinds, (3, 6))][0]
        raise BadZones(f"{str(wrong)[:60]} is not a polygon: only a layer of polygons can be simplified.")
    made: Geometries = shapely.coverage_simplify(given, tolerance)
    return made
