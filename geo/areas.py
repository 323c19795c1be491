"""Layers of polygons: values carried from one layer to another, classes of values, and the cells of points.

Geometries are EPSG:4326, longitude first, and are measured in the metres of a projected system that the
caller names; with `crs=None` they are in plane metres already. Whether the areas of a layer overlap or leave
holes is told by `coverage_report`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geo.coverage import CoverageReport, checked_polygons, coverage_report, in_metres
from geo.crs import Crs, to_wgs84
from geo.errors import BadClasses, BadCoordinate, BadIndicator, BadZones
from geo.numeric import GREATEST, floats, is_finite, is_whole, shape_told
from geo.proximity import checked
from geo.tessellation import voronoi_cells

__all__ = [
    "BREAKS",
    "CoverageReport",
    "Interpolated",
    "Overlap",
    "breaks",
    "coverage_report",
    "equal_breaks",
    "interpolated_counts",
    "interpolated_means",
    "jenks_breaks",
    "overlap_of",
    "quantile_breaks",
    "voronoi_areas",
]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]

_TWICE = 1e-3
"""Official areas overlap by a few square metres; by more than this share of a source they are wrong."""


# Values from one layer to another.


@dataclass(frozen=True, eq=False)
class Overlap:
    """How two layers lie on each other.

    `sources`, `targets`: (pairs,) positions in the two layers; `m2`: (pairs,) square metres in common, above
    0; `source_m2`: (sources,) and `target_m2`: (targets,), the whole polygons.
    """

    sources: Indices
    targets: Indices
    m2: Floats
    source_m2: Floats
    target_m2: Floats


@dataclass(frozen=True, eq=False)
class Interpolated:
    """Values of a layer told for another.

    `values`: (targets,), NaN where no source with a value lies; `covered`: (targets,) from 0 to 1, the share
    of the target on which one does; `outside`: of counts, what lies in no target, so that the values and it
    add up to what the sources had; 0 for means.
    """

    values: Floats
    covered: Floats
    outside: float


def overlap_of(sources: npt.ArrayLike, targets: npt.ArrayLike, *, crs: Crs | None) -> Overlap:
    """Where the polygons of two layers lie on each other, and by how many square metres.

    `sources`, `targets`: (n,) and (m,) polygons. One overlap serves any number of indicators. `crs` should be
    equal in area, or nearly so, as UTM is over a city. Raises UnknownCrs, and BadZones for anything that is
    no valid polygon with an area.
    """
    old, new = (in_metres(checked_polygons(layer), crs) for layer in (sources, targets))
    target, source = shapely.STRtree(old).query(new, predicate="intersects")
    m2 = shapely.area(shapely.intersection(old[source], new[target]))
    there = m2 > 0
    return Overlap(source[there], target[there], m2[there], shapely.area(old), shapely.area(new))


def interpolated_counts(overlap: Overlap, counts: npt.ArrayLike) -> Interpolated:
    """Counts, such as residents, shared out by area: y_t = sum over s of y_s * area(s and t) / area(s).

    M. F. Goodchild and N. S. Lam, "Areal interpolation: a variant of the traditional spatial problem",
    Geo-Processing 1 (1980), 297-312, for extensive values. It supposes that people live evenly spread
    within a source. `counts`: (sources,), NaN for no data. Nothing is lost or counted twice: where targets
    overlap by less than a thousandth of a source, their shares are made smaller to fit; by more, BadZones
    is raised. Raises BadIndicator for counts that do not fit the sources or are infinite.

    One source of 2 m2 under two targets, of which one reaches a quarter of it:

    >>> half = shapely.box([0, 1.5], [0, 0], [1.5, 2], [1, 1])
    >>> interpolated_counts(overlap_of([shapely.box(0, 0, 2, 1)], half, crs=None), [80.0]).values.tolist()
    [60.0, 20.0]
    """
    given = _values(counts, overlap)
    shares = overlap.m2 / overlap.source_m2[overlap.sources]
    taken = np.bincount(overlap.sources, weights=shares, minlength=len(given))
    if (taken > 1 + _TWICE).any():
        source = int(np.argmax(taken))
        raise BadZones(
            f"The target areas overlap: {taken[source]:.1%} of source area {source} would be given away."
        )
    shares = shares / np.maximum(taken, 1.0)[overlap.sources]
    known = ~np.isnan(given)
    inside = _summed(overlap, np.where(known, given, 0.0)[overlap.sources] * shares)
    left = np.maximum(1.0 - taken, 0.0)
    return _told(overlap, known, inside, float((given[known] * left[known]).sum()))


def interpolated_means(overlap: Overlap, means: npt.ArrayLike) -> Interpolated:
    """Means and rates, such as metres a resident, averaged by area: y_t = sum of y_s A_st / sum of A_st.

    A_st is the area in common; sources without a value are left out. Goodchild and Lam (1980), for
    intensive values. It supposes that each square metre counts the same: to weigh by people, interpolate
    the people who have something and the people asked as counts, and divide. `means`: (sources,), NaN for no
    data. Raises BadIndicator for means that do not fit the sources or are infinite.
    """
    given = _values(means, overlap)
    known = ~np.isnan(given)
    weights = np.where(known[overlap.sources], overlap.m2, 0.0)
    ground = _summed(overlap, weights)
    inside = _summed(overlap, np.where(known, given, 0.0)[overlap.sources] * weights)
    return _told(overlap, known, inside / np.where(ground > 0, ground, 1.0), 0.0)


def _values(values: npt.ArrayLike, overlap: Overlap) -> Floats:
    given = floats(values, "Values of source areas", BadIndicator)
    if given.shape != overlap.source_m2.shape:
        told = shape_told(given)
        raise BadIndicator(f"{len(overlap.source_m2)} source areas need one value each, not {told}.")
    if np.isinf(given).any():
        raise BadIndicator("An infinite value cannot be interpolated: give NaN for no data.")
    return given


def _summed(overlap: Overlap, of_pairs: Floats) -> Floats:
    return np.bincount(overlap.targets, weights=of_pairs, minlength=len(overlap.target_m2)).astype(float)


def _told(overlap: Overlap, known: npt.NDArray[np.bool_], inside: Floats, outside: float) -> Interpolated:
    ground = _summed(overlap, np.where(known[overlap.sources], overlap.m2, 0.0))
    covered = np.minimum(ground / overlap.target_m2, 1.0)
    return Interpolated(np.where(ground > 0, inside, np.nan), covered, outside)


def voronoi_areas(lonlat: Any, *, crs: Crs | None, within: Any = None, reach: float = 1000.0) -> Geometries:
    """The ground that is nearer to each point than to any other, in the order of the points. (n,) polygons

    G. Voronoi, "Nouvelles applications des paramètres continus à la théorie des formes quadratiques", Journal
    für die reine und angewandte Mathematik 133 (1908); distances are straight, in the plane of `crs`.
    `lonlat`: (n, 2). `within`: a polygon to which the cells are cut; without one they end at a frame `reach`
    metres beyond all points. A cell may be cut to several pieces, or be empty. Raises BadCoordinate,
    UnknownCrs, and BadZones for no points and for points that coincide.

    >>> voronoi_areas([(0, 0), (4, 0)], crs=None, reach=1.0)[0].bounds
    (-1.0, -1.0, 2.0, 1.0)
    """
    places = checked(lonlat) if crs is not None else _in_plane(lonlat)
    if not (is_finite(reach) and reach > 0):
        raise BadZones(f"The reach must be a finite number of metres above 0, not {reach!r}.")
    if not len(places):
        raise BadZones("Without a point there is no cell.")
    if len(np.unique(places, axis=0)) < len(places):
        raise BadZones("Points coincide: every cell needs a point of its own.")
    points: Geometries = np.asarray(shapely.points(places), dtype=object)
    centres = in_metres(points, crs)
    west, south, east, north = shapely.total_bounds(centres)
    frame = shapely.box(west - reach, south - reach, east + reach, north + reach)
    if within is not None:
        frame = in_metres(checked_polygons([within]), crs)[0]
        left, bottom, right, top = shapely.bounds(frame)
        # Cells must go on to the end of what they are cut to, however far off that is.
        reach = max(reach, west - left, south - bottom, right - east, top - north)
    cells: Geometries = shapely.intersection(voronoi_cells(centres, reach), frame)
    return cells if crs is None else to_wgs84(cells, crs)


def _in_plane(points: Any) -> Floats:
    given = floats(points, "Points", BadCoordinate)
    given = given if given.size else given.reshape(0, 2)
    if given.ndim != 2 or given.shape[1] != 2 or not np.isfinite(given).all():
        raise BadCoordinate("Points must be an (n, 2) array of finite coordinates.")
    return given


# Classes of values, for maps that shade areas.


def quantile_breaks(values: npt.ArrayLike, classes: int = 5) -> Floats:
    """The upper bounds of classes that hold about equally many values each.

    `values`: (n,) in any unit, NaN for no data, which is left out. Returns at most `classes` bounds, rising
    and all different, the last of them the greatest value; none where there is no value. Class i holds the
    values v with break[i - 1] < v <= break[i], the first one all up to break[0].

    Bound i is the quantile of i / classes by definition 7 in R. J. Hyndman and Y. Fan, "Sample quantiles in
    statistical packages", The American Statistician 50 (1996): on the straight line between the two values
    that stand before and after the place (n - 1) i / classes, as in R, numpy and mapclassify. Equal values
    stay in one class; where ties would leave a class empty it is left out, so ties make fewer classes. Raises
    BadClasses for fewer than one class and for infinite values.

    >>> quantile_breaks([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], classes=5).round(9).tolist()
    [2.8, 4.6, 6.4, 8.2, 10.0]
    """
    ranked = _ranked(values, classes)
    if not ranked.size:
        return ranked
    # In integers: in floating point the place of a value is not always whole, and it would change its class.
    before, rest = np.divmod((ranked.size - 1) * np.arange(1, classes + 1), classes)
    after = ranked[np.minimum(before + 1, ranked.size - 1)]
    bounds = np.unique(np.minimum(ranked[before] + rest / classes * (after - ranked[before]), after))
    return bounds[np.unique(np.searchsorted(bounds, ranked))]


def reached(values: npt.ArrayLike, bounds: npt.ArrayLike) -> Floats:
    """The same classes, each told by the greatest value in it, which some area has, not by one in between.

    `values`: (n,), NaN for no data; `bounds`: (k,) upper bounds as the functions here give them, so that no
    class is empty. A bound that is rounded for a legend then lies on no other side of a value than it did.

    >>> reached([1, 2, 3], quantile_breaks([1, 2, 3], classes=2)).tolist()
    [2.0, 3.0]
    """
    ranked = _ranked(values, 1)
    upper = np.asarray(bounds, dtype=np.float64)
    return ranked[np.searchsorted(ranked, upper, side="right") - 1] if ranked.size else upper


def equal_breaks(values: npt.ArrayLike, classes: int = 5) -> Floats:
    """The upper bounds of classes that are equally wide: min + i (max - min) / classes.

    As `quantile_breaks`, but a class may be empty. One bound where all values are equal. Raises BadClasses.

    >>> equal_breaks([0, 1, 2, 10]).tolist()
    [2.0, 4.0, 6.0, 8.0, 10.0]
    """
    ranked = _ranked(values, classes)
    if not ranked.size or ranked[0] == ranked[-1]:
        return ranked[:1]
    return np.linspace(ranked[0], ranked[-1], classes + 1)[1:]


def jenks_breaks(values: npt.ArrayLike, classes: int = 5) -> Floats:
    """The upper bounds of natural classes: those within which the values differ least from their mean.

    As `quantile_breaks`, each bound one of the values. The sum over all classes of the squared distances to
    the mean of the class is the least that there is: W. D. Fisher, "On grouping for maximum homogeneity",
    Journal of the American Statistical Association 53 (1958), 789-798; G. F. Jenks, "The data model concept
    in statistical mapping", International Yearbook of Cartography 7 (1967). Found exactly, from all values
    and the same each time, by dynamic programming (H. Wang and M. Song, "Ckmeans.1d.dp", The R Journal 3
    (2011), 29-33); as values are added the last class never begins earlier, so that half of the beginnings
    need not be tried. Time grows with n log n and the number of classes. Raises BadClasses.

    >>> jenks_breaks([1, 2, 3, 10, 11, 30], classes=3).tolist()
    [3.0, 11.0, 30.0]
    """
    ranked = _ranked(values, classes)
    distinct, counts = np.unique(ranked, return_counts=True)
    if len(distinct) <= classes:
        return distinct
    return distinct[_last_of_classes(distinct, counts.astype(np.float64), classes)]


BREAKS: dict[str, Callable[[npt.ArrayLike, int], Floats]] = {
    "quantile": quantile_breaks,
    "equal": equal_breaks,
    "jenks": jenks_breaks,
}


def breaks(values: npt.ArrayLike, classes: int = 5, method: str = "quantile") -> Floats:
    """The upper bounds of classes by one of `BREAKS`: "quantile", "equal" or "jenks". Raises BadClasses."""
    if not isinstance(method, str) or method not in BREAKS:
        raise BadClasses(f"There are no classes called {method!r}: there are {', '.join(BREAKS)}.")
    return BREAKS[method](values, classes)


def _ranked(values: npt.ArrayLike, classes: int) -> Floats:
    """The values in order, without no data."""
    if not is_whole(classes) or classes < 1:
        raise BadClasses(f"Values cannot be divided into {classes!r} classes: ask for a whole number from 1.")
    given = floats(values, "Values", BadClasses)
    ranked = np.sort(given[~np.isnan(given)])
    if np.isinf(ranked).any():
        raise BadClasses("An infinite value cannot be classified: give NaN for no data.")
    if (np.abs(ranked) > GREATEST).any():
        raise BadClasses(f"A value beyond {GREATEST:g} is too great to be classified.")
    return ranked


def _last_of_classes(distinct: Floats, counts: Floats, classes: int) -> Indices:
    """The position of the last value of each class, of rising values that occur so many times."""
    # Around their mean, so that the differences of the sums below lose no digits.
    away = distinct - np.average(distinct, weights=counts)
    n, s, ss = (np.concatenate([[0.0], np.cumsum(counts * away**power)]) for power in (0, 1, 2))

    def within(first: Indices, last: int) -> Floats:
        """The squared distances to the mean in the class from each of `first` to `last`."""
        apart: Floats = ss[last + 1] - ss[first] - (s[last + 1] - s[first]) ** 2 / (n[last + 1] - n[first])
        return apart

    size = len(distinct)
    least = ss[1:] - s[1:] ** 2 / n[1:]
    firsts = np.zeros((classes, size), dtype=np.int64)
    for number in range(1, classes):
        least, firsts[number] = _one_more_class(least, within, number)
    lasts = [size - 1]
    for number in range(classes - 1, 0, -1):
        lasts.append(int(firsts[number, lasts[-1]]) - 1)
    return np.array(lasts[::-1], dtype=np.int64)


def _one_more_class(
    least: Floats, within: Callable[[Indices, int], Floats], number: int
) -> tuple[Floats, Indices]:
    """The least sums, up to each value, with one class more than `least` has; where the last class begins."""
    size = len(least)
    better, firsts = np.full(size, np.inf), np.zeros(size, dtype=np.int64)
    # From low to high are the values to do; from early to late may their last class begin.
    to_do = [(number, size - 1, number, size - 1)]
    while to_do:
        low, high, early, late = to_do.pop()
        if low > high:
            continue
        middle = (low + high) // 2
        starts = np.arange(early, min(late, middle) + 1)
        sums = least[starts - 1] + within(starts, middle)
        best = int(np.argmin(sums))
        better[middle], firsts[middle] = sums[best], starts[best]
        to_do += [(low, middle - 1, early, starts[best]), (middle + 1, high, starts[best], late)]
    return better, firsts
