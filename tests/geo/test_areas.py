"""Values carried from layer to layer, classes of values, cells of points: by hand, and what is conserved."""

import warnings

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import (
    BREAKS,
    breaks,
    equal_breaks,
    interpolated_counts,
    interpolated_means,
    jenks_breaks,
    overlap_of,
    quantile_breaks,
    voronoi_areas,
)
from geo.crs import projected, to_wgs84
from geo.errors import BadClasses, BadCoordinate, BadIndicator, BadZones, UnknownCrs

UTM = "EPSG:32632"


def squares(side, count, west=0.0, south=0.0):
    """A grid of count x count squares, in plane metres."""
    x, y = (axis.ravel() * side for axis in np.meshgrid(np.arange(count), np.arange(count)))
    return shapely.box(west + x, south + y, west + x + side, south + y + side)


# Interpolation.


def test_counts_are_shared_out_by_area_and_means_are_averaged_by_it():
    # Sources: two squares of 10 m side by side. Targets: the left 5 m, the next 10 m, and 10 m more, of which
    # 5 m lie on the second source and 5 m on nothing.
    sources = shapely.box([0, 10], [0, 0], [10, 20], [10, 10])
    targets = shapely.box([0, 5, 15], [0, 0, 0], [5, 15, 25], [10, 10, 10])
    overlap = overlap_of(sources, targets, crs=None)
    counts = interpolated_counts(overlap, [100, 40])
    assert counts.values.tolist() == [50, 70, 20]
    assert counts.covered.tolist() == [1, 1, 0.5]
    assert counts.outside == 0
    means = interpolated_means(overlap, [3, 5])
    assert means.values.tolist() == [3, 4, 5]
    assert means.covered.tolist() == [1, 1, 0.5]


def test_what_lies_in_no_target_is_told():
    overlap = overlap_of(squares(10, 2), [shapely.box(5, 0, 20, 10)], crs=None)
    told = interpolated_counts(overlap, [8, 4, 2, 1])
    assert told.values.tolist() == [8]
    assert told.outside == 7  # half of the 8, the whole 2 and the whole 1


def test_no_data_is_left_out_and_told():
    sources, targets = squares(10, 2), shapely.box([0, 0], [0, 10], [20, 10], [10, 20])
    overlap = overlap_of(sources, targets, crs=None)
    told = interpolated_counts(overlap, [np.nan, 6, np.nan, np.nan])
    assert told.values.tolist()[0] == 6
    assert np.isnan(told.values[1])
    assert told.covered.tolist() == [0.5, 0]
    means = interpolated_means(overlap, [np.nan, 6, 2, 4])
    assert means.values.tolist() == [6, 2]


def test_metres_are_those_of_the_system_and_not_degrees():
    # Of a parish 1 degree high and 1 wide, the northern half of the latitudes is the smaller half.
    parish, halves = [shapely.box(8, 45, 9, 46)], shapely.box([8, 8], [45, 45.5], [9, 9], [45.5, 46])
    south, north = interpolated_counts(overlap_of(parish, halves, crs=UTM), [1000]).values
    assert south + north == pytest.approx(1000)
    assert south == pytest.approx(502.2, abs=0.1)  # cos 45.25 / (cos 45.25 + cos 45.75)
    with pytest.raises(UnknownCrs, match="does not count in metres"):
        overlap_of(parish, halves, crs=4326)


@given(
    st.integers(1, 5), st.integers(1, 5), st.floats(-30, 130), st.floats(-30, 130), st.floats(5, 70)
)  # fmt: skip
@settings(max_examples=40)
def test_mass_is_conserved(sources, targets, west, south, side):
    counts = np.arange(1.0, sources**2 + 1) ** 2
    overlap = overlap_of(squares(20, sources), squares(side, targets, west, south), crs=None)
    told = interpolated_counts(overlap, counts)
    assert np.nansum(told.values) + told.outside == pytest.approx(counts.sum())
    assert told.outside >= 0
    means = interpolated_means(overlap, counts)
    known = ~np.isnan(means.values)
    assert (means.values[known] >= 1 - 1e-9).all()
    assert (means.values[known] <= counts.max() + 1e-9).all()
    # A mean is the same everywhere where the sources have one.
    flat = interpolated_means(overlap, np.full(len(counts), 7.0)).values
    assert flat[known] == pytest.approx(np.full(known.sum(), 7.0))


def test_targets_that_overlap_give_nothing_away_twice():
    source = [shapely.box(0, 0, 100, 100)]
    slight = shapely.box([0, 50], [0, 0], [50.01, 100], [100, 100])
    assert interpolated_counts(overlap_of(source, slight, crs=None), [60]).values.sum() == pytest.approx(60)
    twice = shapely.box([0, 40], [0, 0], [50, 100], [100, 100])
    with pytest.raises(BadZones, match=r"overlap: 110.0% of source area 0"):
        interpolated_counts(overlap_of(source, twice, crs=None), [60])


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ([shapely.Point(0, 0)], "Area 0 .*POINT.* is not a polygon"),
        ([shapely.box(0, 0, 1, 1), None], "Area 1 .*None.* is not a polygon"),
        (
            [shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])],
            "Area 0 is no valid polygon: Self-intersection",
        ),
        ([shapely.Polygon()], "Area 0 covers nothing"),
        (["square"], "Area 0 .*square.* is not a polygon"),
        (shapely.box(0, 0, 1, 1), "must be a row of polygons, not POLYGON"),
    ],
)
def test_bad_areas_are_named(layer, words):
    with pytest.raises(BadZones, match=words):
        overlap_of(layer, squares(1, 1), crs=None)
    with pytest.raises(BadZones, match=words):
        overlap_of(squares(1, 1), layer, crs=None)


def test_metres_are_not_taken_for_degrees():
    degrees, metres = [shapely.box(8, 45, 9, 46)], [shapely.box(5e5, 5e6, 6e5, 5.1e6)]
    with pytest.raises(BadZones, match="Geometry 0 has coordinates that are no longitude and latitude"):
        overlap_of(degrees, metres, crs=UTM)


def test_values_must_fit_their_areas():
    overlap = overlap_of(squares(10, 1), squares(5, 2), crs=None)
    for interpolated in (interpolated_counts, interpolated_means):
        with pytest.raises(BadIndicator, match="1 source areas need one value each, not 2"):
            interpolated(overlap, [1, 2])
        with pytest.raises(BadIndicator, match="must be numbers"):
            interpolated(overlap, ["many"])
        with pytest.raises(BadIndicator, match="infinite"):
            interpolated(overlap, [np.inf])


# Cells.


def test_cells_are_nearer_to_their_point_than_to_any_other():
    points = shapely.points([(500_000, 5_000_000), (500_400, 5_000_000), (500_000, 5_000_900)])
    lonlat = shapely.get_coordinates(to_wgs84(points, UTM))
    cells = projected(voronoi_areas(lonlat, crs=UTM, reach=100), UTM)
    # The frame is 600 m by 1,100 m; half-way between the first two, at 200 m, runs a border.
    assert shapely.area(cells).sum() == pytest.approx(600 * 1100, rel=1e-6)
    assert shapely.bounds(cells[1])[0] == pytest.approx(500_200, abs=0.01)
    assert shapely.contains(cells, points).all()
    within = shapely.buffer(to_wgs84(points, UTM)[0], 0.001)
    cut = voronoi_areas(lonlat, crs=UTM, within=within)
    assert shapely.is_empty(cut).tolist() == [False, True, True]


def test_cells_fill_what_they_are_cut_to_however_far_it_goes():
    within = shapely.box(-5000, -9000, 5000, 5000)
    cells = voronoi_areas([(0, 0), (4, 0), (2, 3)], crs=None, within=within, reach=1)
    assert shapely.area(cells).sum() == pytest.approx(within.area)
    # Beyond x = 2, half-way between the first two, only the second and the third have ground.
    assert shapely.bounds(cells[0])[2] == pytest.approx(2)
    assert shapely.contains_xy(cells, [-4000, 4000, 2], [-4000, -4000, 4000]).all()


def test_one_point_has_all_the_ground_and_points_that_coincide_have_none():
    assert voronoi_areas([(3, 4)], crs=None, reach=2)[0].bounds == (1, 2, 5, 6)
    with pytest.raises(BadZones, match="coincide"):
        voronoi_areas([(3, 4), (3, 4)], crs=None)
    with pytest.raises(BadZones, match="Without a point"):
        voronoi_areas([], crs=None)
    with pytest.raises(BadCoordinate, match="no longitude and latitude"):
        voronoi_areas([(300, 4)], crs=UTM)
    for wrong in ([(np.nan, 1), (1, 2)], [(1, 2, 3)], [1, 2], [("a", "b")]):
        with pytest.raises(BadCoordinate, match="Points must be"):
            voronoi_areas(wrong, crs=None)
    for reach in (0, -1, np.nan, "far"):
        with pytest.raises(BadZones, match="The reach must be"):
            voronoi_areas([(0, 0), (4, 0)], crs=None, reach=reach)


# Classes.


@pytest.mark.parametrize(
    ("values", "classes", "upper"),
    [
        # Ten values, five classes of two: places 9 i / 5 = 1.8, 3.6, 5.4, 7.2, 9 after the first.
        ([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 5, [2.8, 4.6, 6.4, 8.2, 10]),
        # Seven values: places 2, 4, 6, so classes of 3, 2 and 2.
        ([1, 2, 3, 4, 5, 6, 7], 3, [3, 5, 7]),
        # Fewer values than classes: 5, 6, 7, 8, 9, of which those between the two values hold none.
        ([4, 9], 5, [5, 9]),
        # Ties: places 1.75, 3.5, 5.25, 7 of 1 1 1 1 2 3 4 5 give 1, 1.5, 3.25, 5; up to 1.5 there is nothing.
        ([1, 1, 1, 1, 2, 3, 4, 5], 4, [1, 3.25, 5]),
        ([7, 7, 7], 5, [7]),
        ([3, np.nan, 1, np.nan, 2, 4], 2, [2.5, 4]),
        ([np.nan, np.nan], 5, []),
        ([], 5, []),
        ([5, 6], 1, [6]),
    ],
)
def test_quantiles_by_hand(values, classes, upper):
    assert quantile_breaks(values, classes) == pytest.approx(upper)


def test_places_are_whole_where_they_are():
    # 33.3 % of 6 is 1.9999999999999998 in floating point: the third value would not be in the first class.
    assert quantile_breaks(range(1, 8), 3).tolist() == [3, 5, 7]
    assert len(quantile_breaks(range(1, 101), 100)) == 100


def test_equal_and_natural_classes_by_hand():
    assert equal_breaks([0, 7, np.nan, 10], 4).tolist() == [2.5, 5, 7.5, 10]
    assert equal_breaks([3, 3], 4).tolist() == [3]
    assert equal_breaks([np.nan]).tolist() == []
    # Two crowds and one alone: 1 2 3 | 20 21 22 | 90.
    assert jenks_breaks([90, 2, 21, 1, 22, 3, 20], 3).tolist() == [3, 22, 90]
    # 0 1 | 2 4 has squared distances 0.5 + 2, 0 1 2 | 4 has 2 + 0: the second is less.
    assert jenks_breaks([4, 0, 2, 1, np.nan], 2).tolist() == [2, 4]
    # A million in the first class must not hide what is left of the others.
    assert jenks_breaks([1e9, 1e9 + 1, 1e9 + 5, 1e9 + 6], 2).tolist() == [1e9 + 1, 1e9 + 6]
    assert jenks_breaks([5, 5, 5, 8], 3).tolist() == [5, 8]
    assert jenks_breaks([]).tolist() == []


def test_classes_are_those_that_mapclassify_publishes():
    # PySAL's example: emissions of 58 places in California, and the bins in mapclassify's documentation.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mapclassify

        values = mapclassify.load_example().to_numpy()
    assert quantile_breaks(values) == pytest.approx([1.464, 5.798, 13.278, 54.616, 4111.45])
    assert equal_breaks(values) == pytest.approx([822.394, 1644.658, 2466.921, 3289.185, 4111.45], abs=1e-3)
    assert jenks_breaks(values) == pytest.approx([75.29, 192.05, 370.5, 722.85, 4111.45])


def test_natural_classes_are_those_of_mapclassify():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it would be quicker with numba
        import mapclassify

        chance = np.random.default_rng(0)
        for count, classes in ((12, 3), (40, 5), (60, 7)):
            values = chance.lognormal(size=count)
            theirs = mapclassify.FisherJenks(values, k=classes).bins
            assert jenks_breaks(values, classes) == pytest.approx(theirs)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.integers(1, 9), st.sampled_from(["quantile", "jenks"]))
def test_no_class_is_empty_and_every_value_has_one(values, classes, method):
    upper = breaks(values, classes, method)
    assert len(upper) <= classes
    assert upper[-1] == max(values)
    filled = np.searchsorted(upper, values, side="left")
    assert set(filled) == set(range(len(upper)))


def test_bad_classes_are_named():
    for method in BREAKS:
        with pytest.raises(BadClasses, match="into 0 classes"):
            breaks([1, 2], 0, method)
        with pytest.raises(BadClasses, match="infinite"):
            breaks([1, np.inf], 5, method)
        with pytest.raises(BadClasses, match="a whole number from 1"):
            breaks([1, 2], 2.5, method)
        with pytest.raises(BadClasses, match="too great"):
            breaks([-1e308, 2, 1e308], 2, method)
        with pytest.raises(BadClasses, match="must be numbers"):
            breaks(["a"], 2, method)
    with pytest.raises(BadClasses, match="'pretty': there are quantile, equal, jenks"):
        breaks([1, 2], 5, "pretty")
