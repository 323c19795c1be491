"""Simplified layers: fewer vertices, the same neighbours, no gap and no overlap."""

import numpy as np
import pytest
import shapely
from hypothesis import given
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
