"""Polygons side by side: whether they overlap or leave holes; drawn with fewer points and no gap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import Crs, projected, to_wgs84
from geo.errors import BadZones

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class CoverageReport:
    """What is wrong with a layer of polygons that should lie side by side.

    `first`, `second`: (overlaps,) positions of areas that lie on each other, first < second; `overlaps`:
    (overlaps,) their common ground, and `overlap_m2` its square metres. `gaps`: (gaps,) ground that areas
    enclose and none covers, `gap_m2` its square metres: a mistake, or a lake. `unmatched`: (areas,) whether
    an edge of an area does not run along its neighbour's, vertex for vertex: simplifying leaves slivers.
    """

    first: Indices
    second: Indices
    overlaps: Geometries
    overlap_m2: Floats
    gaps: Geometries
    gap_m2: Floats
    unmatched: Flags

    @property
    def whole(self) -> bool:
        """Whether the areas neither overlap nor leave a gap."""
        return not (len(self.first) or len(self.gaps))


def coverage_report(polygons: npt.ArrayLike, *, crs: Crs | None, least_m2: float = 1.0) -> CoverageReport:
    """Where areas of one layer overlap or leave holes, with square metres.

    `polygons`: (n,) polygons or multipolygons, EPSG:4326, measured in the projected `crs`; with None they are
    in plane metres already. Overlaps and gaps of `least_m2` square metres or less are left out. Geometries
    come back in the system that they were given in. Raises UnknownCrs; BadZones for anything that is no
    valid polygon with an area.

    >>> report = coverage_report(shapely.box([0, 9], [0, 0], [10, 20], [10, 10]), crs=None)
    >>> report.first.tolist(), report.second.tolist(), report.overlap_m2.tolist(), report.whole
    ([0], [1], [10.0], False)
    """
    plane = in_metres(checked_polygons(polygons), crs)
    first, second = shapely.STRtree(plane).query(plane, predicate="intersects")
    first, second = first[first < second], second[first < second]
    common = shapely.intersection(plane[first], plane[second])
    shared = shapely.area(common) > least_m2
    parts = shapely.get_parts(shapely.union_all(plane))
    rings: Geometries = np.asarray(shapely.get_rings(parts), dtype=object)
    holes: Geometries = np.asarray(shapely.polygons(rings[~_outer(parts)]), dtype=object)
    gaps = holes[shapely.area(holes) > least_m2]
    order = np.lexsort((second[shared], first[shared]))
    told = [common[shared][order], gaps]
    return CoverageReport(
        first=first[shared][order],
        second=second[shared][order],
        overlaps=told[0] if crs is None else to_wgs84(told[0], crs),
        overlap_m2=shapely.area(told[0]),
        gaps=told[1] if crs is None else to_wgs84(told[1], crs),
        gap_m2=shapely.area(told[1]),
        unmatched=~shapely.is_empty(shapely.coverage_invalid_edges(plane)),
    )


def _outer(parts: Geometries) -> Flags:
    """Which of the rings of polygons, in their order, are the outer ones."""
    counts = shapely.get_num_interior_rings(parts) + 1
    outer = np.zeros(counts.sum(), dtype=bool)
    outer[np.cumsum(counts) - counts] = True
    return outer


def checked_polygons(polygons: npt.ArrayLike) -> Geometries:
    """An (n,) array of polygons and multipolygons, valid, with an area. Raises BadZones."""
    given = np.asarray(polygons, dtype=object)
    if given.ndim != 1:
        raise BadZones(f"Areas must be a row of polygons, not {str(polygons)[:60]}.")
    kinds = np.full(len(given), -1)
    kinds[shapely.is_geometry(given)] = shapely.get_type_id(given[shapely.is_geometry(given)])
    wrong = np.flatnonzero(~np.isin(kinds, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)))
    if wrong.size:
        raise BadZones(f"Area {wrong[0]} ({str(given[wrong[0]])[:60]}) is not a polygon.")
    crossed = np.flatnonzero(~shapely.is_valid(given))
    if crossed.size:
        why = shapely.is_valid_reason(given[crossed[0]])
        raise BadZones(f"Area {crossed[0]} is no valid polygon: {why}.")
    empty = np.flatnonzero(shapely.area(given) <= 0)
    if empty.size:
        raise BadZones(f"Area {empty[0]} covers nothing.")
    return given


def in_metres(geometries: Geometries, crs: Crs | None) -> Geometries:
    """EPSG:4326 in the metres of a projected system; with None, coordinates that are plane metres already.

    Raises UnknownCrs, and BadZones where coordinates are no degrees, or the system does not reach so far.
    """
    if crs is None:
        return geometries
    _check(np.abs(shapely.bounds(geometries)) > (180.0, 90.0, 180.0, 90.0), "no longitude and latitude")
    plane = projected(geometries, crs)
    _check(np.isinf(shapely.bounds(plane)), "out of reach of the projected system")
    return plane


def _check(wrong: Flags, what: str) -> None:
    """Raise BadZones for the first geometry with coordinates that are `wrong`, (n, 4) of its bounds."""
    if wrong.any():
        raise BadZones(f"Geometry {int(wrong.any(axis=1).argmax())} has coordinates that are {what}.")


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


def overlaps(polygons: npt.ArrayLike, width: float = 0.0) -> list[tuple[int, int]]:
    """The pairs of polygons that overlap, and not by a sliver: positions, the smaller one first.

    `polygons`: (n,) valid polygons or multipolygons in any plane coordinates; what two have in common counts
    where it is wider than `width` somewhere, in the units of the coordinates. Slivers are what projecting
    leaves of a long border that has more vertices on one side. Those that share a border do not overlap.
    """
    given = np.asarray(polygons, dtype=object)
    one, other = shapely.STRtree(given).query(given, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.buffer(shapely.intersection(given[one], given[other]), -width / 2)
    there = shapely.area(common) > 0
    return sorted(zip(one[there].tolist(), other[there].tolist(), strict=True))


def holes(polygons: npt.ArrayLike, width: float = 0.0) -> Geometries:
    """What the polygons enclose together and none of them covers, but for slivers: (k,) polygons.

    `polygons`: (n,) valid polygons or multipolygons in any plane coordinates; gaps up to `width`, in the
    units of the coordinates, are closed first, and holes that are not wider vanish by it.

    >>> [float(shapely.area(hole)) for hole in holes([shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)])]
    [1.0]
    """
    given = np.asarray(polygons, dtype=object)
    wider = shapely.buffer(given, width / 2, join_style="mitre") if width else given
    parts = shapely.get_parts(shapely.union_all(wider))
    rings = [ring for part in parts for ring in part.interiors]
    made: Geometries = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    return shapely.buffer(made, width / 2, join_style="mitre") if width and len(made) else made
