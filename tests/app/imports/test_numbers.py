"""Numbers as people write them."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.numbers import parse_numbers


def parsed(*texts: str | None) -> tuple[list[float], list[bool]]:
    values, bad = parse_numbers(pa.chunked_array([list(texts)], pa.string()))
    return values.tolist(), bad.tolist()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("45.07", 45.07),
        ("45,07", 45.07),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1.234.567,8", 1234567.8),
        ("1 234,5", 1234.5),
        ("1'234.5", 1234.5),
        (" -7,6 ", -7.6),
        ("1e3", 1000.0),
        (".5", 0.5),
    ],
)
def test_each_way_of_writing_is_read(text: str, number: float) -> None:
    # "x" makes sure that the careful reading is used for the text beside it.
    assert parsed(text, "x") == ([number, pytest.approx(np.nan, nan_ok=True)], [False, True])


@pytest.mark.parametrize("text", ["abc", "1.2.3", "1,2,3", "45° 4'", "--1", "1-2", "0x10"])
def test_what_is_no_number_is_said_to_be_none(text: str) -> None:
    assert parsed(text)[1] == [True]


def test_nothing_is_no_number_and_no_mistake() -> None:
    values, bad = parsed(None, "1,5", " ")
    assert np.isnan(values[0])
    assert np.isnan(values[2])
    assert bad == [False, False, False]


@given(st.lists(st.floats(-1e9, 1e9).map(lambda value: round(value, 6)), min_size=1))
def test_decimal_commas_and_points_are_the_same_numbers(numbers: list[float]) -> None:
    points = [f"{number:.6f}" for number in numbers]
    commas = [text.replace(".", ",") for text in points]
    assert parsed(*points) == parsed(*commas)
    assert parsed(*points)[0] == pytest.approx(numbers)
