"""Zones drawn around points of which only the areas are known."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import Crs, projected, to_wgs84
from geo.errors import BadZones

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]

_DECIMALS = 6  # of a degree: about 0.1 m
_BISECTIONS = 40
# A cell that is smaller than its area keeps what is within this many radii of the circle of that area.
_REACH = 3.0


class ApproximateZones(NamedTuple):
    """`polygons`: (n,) valid polygons in EPSG:4326; `area_km2`: (n,) their areas in the projected system."""

    polygons: Geometries
    area_km2: Floats


def approximate_zones(
    lon: npt.ArrayLike, lat: npt.ArrayLike, area_km2: npt.ArrayLike, *, crs: Crs
) -> ApproximateZones:
    """Zones around points: the Voronoi cell of each point, cut to a circle of about its own area.

    `lon`, `lat`: (n,) degrees, EPSG:4326; `area_km2`: (n,) square kilometres, above 0; `crs`: a projected
    system in metres. The circle is around the point, with the radius at which circle and cell have the given
    area in common, found by bisection; a cell that is smaller than its area is kept whole, as far as three
    times the radius of a circle of that area. So no cell at the edge reaches far out, and the sum of the
    areas stays near the true one. Zones have 6 decimals, do not overlap and share their common edges vertex
    for vertex. Raises BadZones for no points, arrays of different lengths, values that are not finite, areas
    that are not above 0, and points that coincide at 6 decimals.
    """
    x, y, area = (np.asarray(values, dtype=np.float64) for values in (lon, lat, area_km2))
    _check_points(x, y, area)
    seeds: Geometries = np.asarray(
        shapely.points(np.round(x, _DECIMALS), np.round(y, _DECIMALS)), dtype=object
    )
    centres = projected(seeds, crs)
    reach = _REACH * np.sqrt(area * 1e6 / np.pi)
    cells = _cut_to_area(voronoi_cells(centres, reach.max()), centres, area * 1e6, reach)
    polygons = _coverage(to_wgs84(cells, crs), seeds)
    return ApproximateZones(polygons, shapely.area(projected(polygons, crs)) / 1e6)


def _check_points(lon: Floats, lat: Floats, area: Floats) -> None:
    if not (lon.ndim == 1 and lon.shape == lat.shape == area.shape and lon.size):
        raise BadZones(
            f"Zones need as many longitudes as latitudes and areas, and at least one: got {lon.size}, "
            f"{lat.size} and {area.size}."
        )
    wrong = np.flatnonzero(~(np.isfinite(lon) & np.isfinite(lat) & np.isfinite(area) & (area > 0)))
    if wrong.size:
        row = wrong[0]
        raise BadZones(
            f"Point {row} ({lon[row]}, {lat[row]}) with {area[row]} km2 makes no zone: its numbers must be "
            "finite and its area above 0."
        )
    points, counts = np.unique(np.round([lon, lat], _DECIMALS), axis=1, return_counts=True)
    if counts.max() > 1:
        x, y = points[:, counts.argmax()]
        raise BadZones(f"{counts.max()} points coincide at {x}, {y}: every zone needs a point of its own.")


def voronoi_cells(centres: Geometries, reach: float) -> Geometries:
    """The Voronoi cell of each point, in the order of the points, to a frame at least `reach` beyond all.

    `centres`: (n,) points that differ, in plane coordinates; `reach`: in their unit.
    """
    frame = shapely.buffer(shapely.multipoints(centres), reach, cap_style="square")
    if len(centres) == 1:
        return np.array([frame], dtype=object)
    diagram = shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=frame, ordered=True)
    return shapely.get_parts(diagram)


def _cut_to_area(cells: Geometries, centres: Geometries, area: Floats, reach: Floats) -> Geometries:
    """Each cell within the circle around its centre that leaves `area` (square metres) of it.

    `reach`: metres, the greatest radius of each circle.
    """
    high = reach
    low = np.zeros_like(high)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        small = shapely.area(_within(cells, centres, middle)) < area
        low, high = np.where(small, middle, low), np.where(small, high, middle)
    return _within(cells, centres, high)


def _within(cells: Geometries, centres: Geometries, radius: Floats) -> Geometries:
    return shapely.intersection(cells, shapely.buffer(centres, radius, quad_segs=16))


def _coverage(cells: Geometries, seeds: Geometries) -> Geometries:
    """The cells with rounded coordinates and without the slivers that rounding each alone would leave.

    All edges are noded together on the grid of the rounding, so that a vertex where a neighbour's circle
    meets a common edge becomes a vertex of both; the faces that hold the seeds are the zones.
    """
    edges = shapely.unary_union(shapely.boundary(cells), grid_size=10.0**-_DECIMALS)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    owner, face = shapely.STRtree(faces).query(seeds, predicate="within")
    if not np.array_equal(np.sort(owner), np.arange(len(seeds))):
        raise BadZones(f"{len(seeds)} points lie too near to each other to draw a zone around each.")
    zones = faces[face[np.argsort(owner)]]
    # The grid leaves 7.680550000000001 where 7.68055 is meant, which makes longer files.
    rounded: Geometries = shapely.transform(zones, lambda coordinates: np.round(coordinates, _DECIMALS))
    return rounded
