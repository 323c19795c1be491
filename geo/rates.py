"""Rates of events among people, with the interval in which the true rate lies."""

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from geo.errors import BadChoice
from geo.numeric import floats, from_zero, is_finite

Floats = npt.NDArray[np.float64]


def poisson_interval(counts: npt.ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """The exact interval of the mean of a Poisson variable of which `counts` were seen: low and high, (n,).

    The interval that leaves (1 - level) / 2 on either side: low = chi2(alpha / 2; 2 k) / 2, 0 for k = 0, and
    high = chi2(1 - alpha / 2; 2 k + 2) / 2, where chi2(p; f) is the quantile of the chi-square distribution
    with f degrees of freedom. F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28
    (1936). Raises BadChoice for a negative count and for a level outside (0, 1).

    >>> low, high = poisson_interval([0, 10])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 4.7954], [3.6889, 18.3904])
    """
    seen = floats(counts, "Counts", BadChoice)
    if not (is_finite(level) and 0 < level < 1):
        raise BadChoice(f"An interval cannot hold {level!r} of the cases: give a level between 0 and 1.")
    if (wrong := seen[~from_zero(seen)]).size:
        raise BadChoice(f"A count of {wrong[0]:g} is none: counts are finite numbers from 0.")
    tail = (1 - level) / 2
    # With no degrees of freedom there is no distribution; the limit of its quantiles is 0.
    low = np.where(seen > 0, chi2.ppf(tail, 2 * np.maximum(seen, 1)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * seen + 2) / 2


def rates(
    counts: npt.ArrayLike, people: npt.ArrayLike, per: float = 1000.0, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Events for `per` people, and the exact interval of each rate: rate, low and high, (n,) each.

    `counts`: (n,) events; `people`: (n,) among whom they were counted; NaN where that is not known, and 0
    people, make NaN, because nothing can be said. The people are taken as known exactly, so the interval is
    `poisson_interval` of the counts over the people. Raises BadChoice for a negative or infinite
    number of either, for two lengths, and for a `per` that is not above 0.

    >>> [round(float(each[0]), 2) for each in rates([3], [1500])]
    [2.0, 0.41, 5.84]
    """
    seen, among = floats(counts, "Counts", BadChoice), floats(people, "People", BadChoice)
    if seen.shape != among.shape:
        raise BadChoice(f"Counts of the shape {seen.shape} do not fit people of the shape {among.shape}.")
    if (wrong := among[(among < 0) | np.isinf(among)]).size:
        raise BadChoice(f"{wrong[0]:g} people cannot live somewhere: give a finite number from 0.")
    if not (is_finite(per) and per > 0):
        raise BadChoice(f"A rate is for a number of people above 0, not for {per!r}.")
    low, high = poisson_interval(seen, level)
    divisor = np.where(among > 0, among, np.nan) / per
    return seen / divisor, low / divisor, high / divisor
