"""Numbers on their way in: what is none is refused in one sentence, whatever numpy would make of it."""

import math
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import GeoError

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

GREATEST = 1e150
"""The square of a greater number is infinite to a computer."""


def floats(given: Any, what: str, error: type[GeoError]) -> Floats:
    """Numbers as an array of floats, of the shape in which they come; what is missing is NaN.

    `given`: anything numpy or pandas makes an array of; None, NA and masked entries are missing. It is not
    changed, and an array of floats comes back as it is. `what`: how the sentence of an error begins, such as
    "The demand". Raises `error` for text, dates, complex numbers, and rows of different lengths.

    >>> floats([1, None, 3], "Rents", GeoError).tolist()
    [1.0, nan, 3.0]
    """
    try:
        if hasattr(given, "to_numpy"):  # pandas has several kinds of no data
            given = given.to_numpy(dtype=np.float64, na_value=np.nan)
        if isinstance(given, np.ma.MaskedArray):
            given = np.ma.filled(given.astype(np.float64), np.nan)
        array = np.asarray(given)
        if array.dtype.kind not in "biufO":
            raise TypeError
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise error(f"{what} must be numbers, in rows of one length.") from None


def from_zero(amounts: Floats) -> Flags:
    """Which numbers can be costs, weights or amounts: from 0 to `GREATEST`, neither NaN nor infinite."""
    good: Flags = (amounts >= 0) & (amounts <= GREATEST)
    return good


def near_one(table: Floats) -> Floats:
    """Each column times a power of two, so that its greatest number is about 1; NaN stays.

    It changes no digit, and no unit is then so small that the squares of its numbers vanish.

    >>> near_one(np.array([3.0, -96.0])).tolist()
    [0.0234375, -0.75]
    """
    _, exponents = np.frexp(np.nanmax(np.abs(table), axis=0))
    scaled: Floats = np.ldexp(table, -exponents)
    return scaled


def is_finite(given: Any) -> bool:
    """Whether something is one finite number: neither text, nor an array, nor True.

    >>> [is_finite(each) for each in (2, np.float64(0.5), np.inf, "2", [2], None, True)]
    [True, True, False, False, False, False, False]
    """
    return not isinstance(given, bool) and isinstance(given, Real) and math.isfinite(given)


def is_whole(given: Any) -> bool:
    """Whether something is one whole number.

    >>> [is_whole(each) for each in (2, np.int64(2), 2.0, True)]
    [True, True, False, False]
    """
    return not isinstance(given, bool) and isinstance(given, Integral)


def shape_told(array: npt.NDArray[Any]) -> str:
    """How many there are, of a row of numbers; the shape of anything else.

    >>> shape_told(np.zeros(3)), shape_told(np.zeros((1, 3))), shape_told(np.zeros(()))
    ('3', 'an array of the shape (1, 3)', 'a single number')
    """
    if not array.ndim:
        return "a single number"
    return str(len(array)) if array.ndim == 1 else f"an array of the shape {array.shape}"
