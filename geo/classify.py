"""Classes of values for maps that shade areas."""

import numpy as np
import numpy.typing as npt

from geo.errors import BadClasses

Floats = npt.NDArray[np.float64]


def quantile_breaks(values: npt.ArrayLike, classes: int = 5) -> Floats:
    """The upper bounds of classes that hold about equally many values each.

    `values`: (n,) in any unit, NaN for no data, which is left out. Returns at most `classes` bounds, rising
    and all different, each of them one of the values and the last the greatest; none where there is no
    value. Class i holds the values v with break[i - 1] < v <= break[i], the first one all up to break[0].

    Bound i is the smallest value that at least i / classes of the values do not exceed: the quantile of
    definition 1 in R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American
    Statistician 50 (1996). Equal values stay in one class, so ties make fewer classes, never empty ones.
    Raises BadClasses for fewer than one class and for infinite values.

    >>> quantile_breaks([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], classes=5).tolist()
    [2.0, 4.0, 6.0, 8.0, 10.0]
    """
    if classes < 1:
        raise BadClasses(f"Values cannot be divided into {classes} classes: ask for at least 1.")
    given = np.asarray(values, dtype=np.float64)
    ranked = np.sort(given[~np.isnan(given)])
    if np.isinf(ranked).any():
        raise BadClasses("An infinite value cannot be classified: give NaN for no data.")
    if not ranked.size:
        return ranked
    # In integers: 0.6 * 5 in floating point is not always 3, and the rank would be one too high.
    ranks = -(-np.arange(1, classes + 1) * ranked.size // classes) - 1
    return np.unique(ranked[ranks])
