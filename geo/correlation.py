"""How far two figures of the same things go together."""

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from geo.errors import BadChoice
from geo.numeric import floats, near_one

Floats = npt.NDArray[np.float64]

_ROUNDING = 1e-12


def pearson(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """How near the pairs come to a straight line: from -1 (falling) over 0 to 1 (rising).

    `x`, `y`: (n,) in any units, NaN for no data; pairs that lack one of the two are left out. NaN where fewer
    than three pairs are left, or one of the two is the same everywhere. Raises BadChoice for two lengths.

    r = sum((x - mean x) (y - mean y)) / sqrt(sum((x - mean x)^2) sum((y - mean y)^2)), K. Pearson, "Notes on
    regression and inheritance in the case of two parents", Proceedings of the Royal Society 58 (1895).
    """
    return _pearson(*_pairs(x, y))


def spearman(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """How far the two put the same things in the same order: Pearson's coefficient of their ranks.

    Equal values share the mean of their ranks. Input, missing values and errors as in `pearson`; one far
    value weighs no more than any other. C. Spearman, "The proof and measurement of association between two
    things", The American Journal of Psychology 15 (1904).
    """
    first, second = _pairs(x, y)
    return _pearson(rankdata(first), rankdata(second))


def _pairs(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    first, second = (floats(each, "Figures", BadChoice) for each in (x, y))
    if first.shape != second.shape or first.ndim != 1:
        raise BadChoice(f"Figures of shapes {first.shape} and {second.shape} are not pairs of one each.")
    both = np.isfinite(first) & np.isfinite(second)
    return first[both], second[both]


def _pearson(x: Floats, y: Floats) -> float:
    if x.size < 3 or _same(x) or _same(y):
        return float("nan")
    x, y = near_one(x), near_one(y)
    x, y = x - x.mean(), y - y.mean()
    return float(np.clip((x @ y) / np.sqrt((x @ x) * (y @ y)), -1, 1))


def _same(values: Floats) -> bool:
    """Whether all are one value, but for what computing leaves behind: 0.1 + 0.2 and 0.3."""
    near = near_one(values)
    return bool(np.ptp(near) <= _ROUNDING * np.abs(near).max())
