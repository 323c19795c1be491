"""Which polygon holds which point: against shapely asked one by one, and by hand."""

import doctest

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import coverage, holding, rates
from geo.errors import BadChoice, BadCoordinate
from geo.holding import holder


def test_examples() -> None:
    assert [doctest.testmod(module).failed for module in (holding, rates, coverage)] == [0, 0, 0]


def one_by_one(polygons: list[shapely.Polygon], x: list[float], y: list[float]) -> list[int]:
    points = [shapely.Point(*each) for each in zip(x, y, strict=True)]
    holds = [[n for n, polygon in enumerate(polygons) if polygon.intersects(point)] for point in points]
    return [each[0] if each else -1 for each in holds]


corners = st.tuples(st.integers(0, 6), st.integers(0, 6))
triangles = st.lists(corners, min_size=3, max_size=3).map(lambda each: shapely.Polygon(each))
points = st.tuples(
    st.one_of(st.integers(-1, 7).map(float), st.floats(-1, 7)),
    st.one_of(st.integers(-1, 7).map(float), st.floats(-1, 7)),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(triangles.filter(lambda each: each.is_valid and each.area > 0), max_size=12),
    st.lists(points, max_size=30),
)
def test_the_first_that_holds_a_point(
    polygons: list[shapely.Polygon], asked: list[tuple[float, float]]
) -> None:
    x, y = [each[0] for each in asked], [each[1] for each in asked]
    assert holder(polygons, x, y).tolist() == one_by_one(polygons, x, y)


def test_holes_parts_and_polygons_without_a_point() -> None:
    ring = shapely.box(0, 0, 9, 9) - shapely.box(1, 1, 8, 8)
    islands = shapely.MultiPolygon([shapely.box(2, 2, 3, 3), shapely.box(6, 6, 7, 7)])
    asked = np.array([(0.5, 0.5), (1.0, 4.0), (4.0, 4.0), (2.5, 2.5), (7.0, 7.0), (9.5, 0.0)])
    there = holder([shapely.Polygon(), ring, islands], *asked.T)
    assert there.tolist() == [1, 1, -1, 2, 2, -1]


def test_nothing_of_either() -> None:
    assert holder([], [1.0], [1.0]).tolist() == [-1]
    assert holder([shapely.box(0, 0, 1, 1)], [], []).tolist() == []


def test_the_interval_of_a_count() -> None:
    """Garwood's limits of 0, 1, 5 and 20 events, as tables of exact Poisson limits print them."""
    low, high = rates.poisson_interval([0, 1, 5, 20])
    assert low == pytest.approx([0.0, 0.025318, 1.623486, 12.216520], abs=1e-5)
    assert high == pytest.approx([3.688879, 5.571643, 11.668332, 30.888380], abs=1e-5)


def test_a_rate_of_people_who_are_not_known_is_none() -> None:
    rate, low, high = rates.rates([2, 2, 0], [np.nan, 0, 500])
    assert np.isnan([rate[:2], low[:2], high[:2]]).all()
    assert (rate[2], low[2]) == (0.0, 0.0)
    assert high[2] == pytest.approx(2 * 3.688879, abs=1e-5)


def test_points_that_stand_nowhere() -> None:
    square = [shapely.box(0, 0, 1, 1)]
    for x, y in (([1.0], [1.0, 2.0]), ([0.0, np.nan], [0.0, 1.0]), (["a"], [1.0])):
        with pytest.raises(BadCoordinate):
            holder(square, x, y)
    assert holder([shapely.Polygon()], [1.0], [1.0]).tolist() == [-1]


@pytest.mark.parametrize(
    ("counts", "people", "level"),
    [
        ([-1], [10], 0.95),
        ([1], [-10], 0.95),
        ([1], [10], 1.0),
        ([np.inf], [10], 0.95),
        ([1], [np.inf], 0.95),
        ([1, 2], [10, 20, 30], 0.95),
        (["a"], [10], 0.95),
    ],
)
def test_what_is_no_count(counts: list[float], people: list[float], level: float) -> None:
    with pytest.raises(BadChoice):
        rates.rates(counts, people, level=level)


def test_a_rate_is_for_some_people() -> None:
    for per in (0, -5, np.nan):
        with pytest.raises(BadChoice, match="people above 0"):
            rates.rates([1], [10], per=per)


def test_areas_that_overlap_or_leave_a_hole() -> None:
    squares = [shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2), shapely.box(3, 1, 5, 3)]
    assert coverage.overlaps(squares) == [(1, 2)]
    assert coverage.overlaps(squares, width=1.01) == []
    around = [
        shapely.box(0, 0, 3, 1),
        shapely.box(0, 2, 3, 3),
        shapely.box(0, 0, 1, 3),
        shapely.box(2, 0, 3, 3),
    ]
    assert [hole.bounds for hole in coverage.holes(around)] == [(1.0, 1.0, 2.0, 2.0)]
    assert [hole.bounds for hole in coverage.holes(around, width=0.5)] == [(1.0, 1.0, 2.0, 2.0)]
    assert coverage.holes(around, width=1.0).tolist() == []
