"""Correlations, against published figures."""

import math

import pytest

from geo.correlation import pearson, spearman
from geo.errors import BadChoice

ANSCOMBE_X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
ANSCOMBE_Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]


def test_anscombes_first_set() -> None:
    # R's cor() of its data set `anscombe` (F. J. Anscombe, The American Statistician 27, 1973).
    assert pearson(ANSCOMBE_X, ANSCOMBE_Y) == pytest.approx(0.81642051634484, abs=1e-13)


def test_ranks_that_almost_disagree() -> None:
    # Intelligence and hours of television, the worked example of Wikipedia's "Spearman's rank correlation":
    # rho = 1 - 6 * 194 / (10 * 99) = -29/165.
    intelligence = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    assert spearman(intelligence, hours) == pytest.approx(-29 / 165, abs=1e-12)


def test_equal_values_share_their_rank() -> None:
    # By hand: ranks 1, 2.5, 2.5, 4 against 1..4: 4.5 / sqrt(4.5 * 5).
    assert spearman([1, 2, 2, 3], [1, 2, 3, 4]) == pytest.approx(4.5 / math.sqrt(22.5))


def test_a_curve_keeps_the_order_and_a_far_value_weighs_no_more() -> None:
    assert spearman([1, 2, 3, 4], [1, 8, 27, 64_000]) == pytest.approx(1)
    assert pearson([1, 2, 3, 4], [1, 8, 27, 64_000]) < 0.8


def test_missing_values_go_and_nothing_is_said_of_too_few() -> None:
    nan = float("nan")
    assert pearson([1, nan, 2, 3, 9], [2, 5, 4, 6, nan]) == pytest.approx(1)
    assert math.isnan(pearson([1, 2, nan], [1, 2, 3]))
    assert math.isnan(spearman([5, 5, 5], [1, 2, 3]))
    with pytest.raises(BadChoice, match="not pairs"):
        pearson([1, 2], [1, 2, 3])


def test_no_unit_matters_and_rounding_is_no_spread() -> None:
    x, y = [1.0, 2.0, 4.0], [1.0, 2.0, 3.0]
    for unit in (2.0**-700, 2.0**900):
        assert pearson([value * unit for value in x], y) == pearson(x, y)
    assert math.isnan(pearson([0.3, 0.3, 0.1 + 0.2], y))
    with pytest.raises(BadChoice, match="must be numbers"):
        pearson(["a", "b", "c"], y)
