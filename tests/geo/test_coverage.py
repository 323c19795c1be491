"""Simplified layers: fewer vertices, the same neighbours, no gap and no overlap."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import coverage
from geo.errors import BadZones


def ragged(side: int, steps: int, seed: int) -> list[shapely.Polygon]:
    """A grid of cells whose borders wander; neighbours have the same vertices."""
    chance = np.random.default_rng(seed)
    ways: dict[tuple[int, int, int, int], np.ndarray] = {}

    def way(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        key = (x0, y0, x1, y1)
        if key not in ways:
            line = np.linspace((x0, y0), (x1, y1), steps)
            part = np.linspace(0, 1, steps)
            aside = chance.uniform(-0.3, 0.3, steps) * np.minimum(part, 1 - part)
            ways[key] = line + np.outer(aside, (y1 - y0, x1 - x0))
        return ways[key]

    return [
        shapely.Polygon(
            np.vstack([
                way(x, y, x + 1, y)[:-1], way(x + 1, y, x + 1, y + 1)[:-1],
                way(x, y + 1, x + 1, y + 1)[::-1][:-1], way(x, y, x, y + 1)[::-1],
            ])
        )
        for x in range(side) for y in range(side)
    ]  # fmt: skip


def ragged_layers() -> st.SearchStrategy[list[shapely.Polygon]]:
    return st.builds(ragged, st.integers(1, 4), st.integers(3, 30), st.integers(0, 99))


@given(ragged_layers(), st.sampled_from([0.0, 0.01, 0.05, 0.2]))
def test_neighbours_keep_their_borders(layer: list[shapely.Polygon], tolerance: float) -> None:
    made = coverage.simplified(layer, tolerance)

    assert shapely.is_valid(made).all()
    assert shapely.coverage_is_valid(made)  # no overlap, and what touches shares its vertices
    union = shapely.union_all(made)
    assert not union.interiors
    assert union.area == pytest.approx(shapely.area(made).sum())
    assert shapely.get_num_coordinates(made).sum() <= shapely.get_num_coordinates(layer).sum()


def test_a_corner_goes_where_its_triangle_is_smaller_than_the_square_of_the_tolerance() -> None:
    # The notch at (1, 0.1) makes a triangle of 2 x 0.1 / 2 = 0.1.
    notched = shapely.Polygon([(0, 0), (1, 0.1), (2, 0), (2, 2), (0, 2)])
    (kept,) = coverage.simplified([notched], 0.31)  # 0.31 ** 2 = 0.0961
    (gone,) = coverage.simplified([notched], 0.32)  # 0.32 ** 2 = 0.1024
    assert shapely.get_num_coordinates(kept) == 6
    assert shapely.get_num_coordinates(gone) == 5


def test_an_empty_layer_stays_empty() -> None:
    assert coverage.simplified([], 1.0).size == 0


@pytest.mark.parametrize("tolerance", [-1.0, float("nan"), float("inf")])
def test_a_tolerance_that_is_none(tolerance: float) -> None:
    with pytest.raises(BadZones, match="give 0 or more"):
        coverage.simplified([shapely.box(0, 0, 1, 1)], tolerance)


def test_lines_are_no_layer() -> None:
    with pytest.raises(BadZones, match="is not a polygon"):
        coverage.simplified([shapely.LineString([(0, 0), (1, 1)])], 1.0)


def test_overlaps_and_gaps_are_told_in_square_metres() -> None:
    # A ring of eight squares of 10 m around a hole, and a ninth that lies on two of them by 10 m by 2 m each.
    x, y = (np.delete(axis.ravel(), 4) * 10 for axis in np.meshgrid(range(3), range(3)))
    ring = shapely.box(x, y, x + 10, y + 10)
    clean = coverage.coverage_report(ring, crs=None)
    assert clean.gap_m2.tolist() == [100]
    assert clean.gaps[0].equals(shapely.box(10, 10, 20, 20))
    assert not clean.overlap_m2.size
    assert not clean.unmatched.any()
    assert not clean.whole
    filled = coverage.coverage_report([*ring, shapely.box(10, 8, 20, 22)], crs=None)
    pairs = list(zip(filled.first.tolist(), filled.second.tolist(), filled.overlap_m2.tolist(), strict=True))
    assert pairs == [(1, 8, 20.0), (6, 8, 20.0)]
    assert not filled.gaps.size
    assert filled.unmatched[8]
    mended = coverage.coverage_report([*ring, shapely.box(10, 10, 20, 20)], crs=None)
    assert mended.whole


def test_overlaps_and_gaps_come_back_in_degrees_and_small_ones_are_left_out() -> None:
    zones = shapely.box([7.6, 7.61], [45.0, 45.0], [7.6100001, 7.62], [45.01, 45.01])
    told = coverage.coverage_report(zones, crs="EPSG:32632")
    # 1e-7 degrees by 0.01 degrees at 45 degrees north: 7.88 mm by 1,111 m.
    assert told.overlap_m2 == pytest.approx([8.76], abs=0.05)
    assert shapely.bounds(told.overlaps[0]) == pytest.approx([7.61, 45.0, 7.6100001, 45.01])
    assert coverage.coverage_report(zones, crs="EPSG:32632", least_m2=10).whole


@given(ragged_layers())
@settings(max_examples=20)
def test_a_layer_whose_borders_are_shared_is_whole(layer: list[shapely.Polygon]) -> None:
    told = coverage.coverage_report(layer, crs=None, least_m2=0)
    assert told.whole
    assert not told.unmatched.any()
