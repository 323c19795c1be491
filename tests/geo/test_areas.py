"""Quantile classes, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import quantile_breaks
from geo.errors import BadClasses


@pytest.mark.parametrize(
    ("values", "classes", "breaks"),
    [
        # Ten values, five classes of two.
        ([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 5, [2, 4, 6, 8, 10]),
        # Seven values: ranks ceil(7 i / 3) = 3, 5, 7, so classes of 3, 2 and 2.
        ([1, 2, 3, 4, 5, 6, 7], 3, [3, 5, 7]),
        # Fewer values than classes: ranks ceil(2 i / 5) = 1, 1, 2, 2, 2.
        ([4, 9], 5, [4, 9]),
        # Ties: ranks 2, 4, 6, 8 of 1 1 1 1 2 3 4 5 give 1, 1, 3, 5, of which one 1 goes.
        ([1, 1, 1, 1, 2, 3, 4, 5], 4, [1, 3, 5]),
        ([7, 7, 7], 5, [7]),
        ([3, np.nan, 1, np.nan, 2, 4], 2, [2, 4]),
        ([np.nan, np.nan], 5, []),
        ([], 5, []),
        ([5, 6], 1, [6]),
    ],
)
def test_breaks_by_hand(values, classes, breaks):
    assert quantile_breaks(values, classes).tolist() == breaks


def test_ranks_are_whole_numbers():
    # 0.6 * 5 rounds to 3.0000000000000004 in some orders of multiplication; the third class ends at 3.
    assert quantile_breaks(range(1, 6), 5).tolist() == [1, 2, 3, 4, 5]
    assert quantile_breaks(range(1, 101), 100).tolist() == list(range(1, 101))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.integers(1, 9))
def test_no_class_is_empty_and_every_value_has_one(values, classes):
    breaks = quantile_breaks(values, classes)
    assert len(breaks) <= classes
    assert breaks[-1] == max(values)
    filled = np.searchsorted(breaks, values, side="left")
    assert set(filled) == set(range(len(breaks)))


def test_bad_input_is_named():
    with pytest.raises(BadClasses, match="into 0 classes"):
        quantile_breaks([1, 2], 0)
    with pytest.raises(BadClasses, match="infinite"):
        quantile_breaks([1, np.inf])
