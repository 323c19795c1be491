"""Indicators of different units brought onto one scale, on which more is more of the phenomenon.

Each function takes (areas, indicators) values, NaN for no data, and their polarity (`checked_polarity`), and
gives a table of the same shape with NaN in the same places: an area without data changes no other's number.
An indicator with one value everywhere is refused (BadIndicator), save between goalposts that were given from
outside, where it has a place of its own.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo.errors import BadChoice, BadIndicator
from geo.fragility.checked import (
    ByIndicator,
    Floats,
    Indices,
    Values,
    by_name,
    check_spread,
    checked_polarity,
    checked_values,
    complain,
    spread,
)
from geo.numeric import GREATEST, floats, is_finite, near_one


def min_max(
    values: Any, polarity: ByIndicator | None = None, scale: tuple[float, float] = (0.0, 1.0)
) -> Floats:
    """Each indicator from its least to its greatest value: I = (x - min) / (max - min), on `scale`.

    With polarity -1, I = (max - x) / (max - min). OECD and JRC, "Handbook on constructing composite
    indicators" (2008), section 5.3. Raises BadIndicator; BadChoice for a scale that does not rise.

    >>> min_max([[10.0], [20.0], [40.0]], [-1]).ravel().round(3).tolist()
    [1.0, 0.667, 0.0]
    """
    given = checked_values(values)
    check_spread(given)
    return _between(given, checked_polarity(polarity, given), spread(given.table), scale)


def goalposts(
    values: Any,
    lows: ByIndicator,
    highs: ByIndicator,
    polarity: ByIndicator | None = None,
    scale: tuple[float, float] = (0.0, 1.0),
) -> Floats:
    """Each indicator between bounds fixed from outside: I = (x - low) / (high - low), on `scale`.

    With polarity -1, I = (high - x) / (high - low). `lows`, `highs`: one for all, or (indicators,). A value
    beyond a goalpost leaves the scale and is not cut off. Years stay comparable, and an indicator may have
    one value everywhere. UNDP, "Human Development Report", technical note 1. Raises BadIndicator where a
    goalpost is not finite or the low one is not below the high one; BadChoice for a scale that does not rise.

    >>> goalposts([[20.0], [52.5], [85.0]], 20, 85).ravel().tolist()
    [0.0, 0.5, 1.0]
    """
    given = checked_values(values)
    return _between(given, checked_polarity(polarity, given), checked_goalposts(lows, highs, given), scale)


def checked_goalposts(lows: ByIndicator, highs: ByIndicator, values: Values) -> tuple[Floats, Floats]:
    """Two (indicators,) arrays of finite bounds, the low ones below the high ones. Raises BadIndicator."""
    low, high = (per_indicator(bound, values, "Goalposts") for bound in (lows, highs))
    complain(
        ~((np.abs(low) <= GREATEST) & (np.abs(high) <= GREATEST) & (low < high)),
        values,
        "has goalposts that are not finite numbers, the low one below the high one",
    )
    return low, high


def per_indicator(given: ByIndicator, values: Values, what: str) -> Floats:
    """One number for all indicators or one for each, as (indicators,). Raises BadIndicator."""
    numbers = floats(by_name(given, values), what, BadIndicator)
    if numbers.shape not in ((), (values.count,)):
        raise BadIndicator(
            f"{what} must be one for all or one for each of the {values.count} indicators: "
            f"got the shape {numbers.shape}."
        )
    return np.broadcast_to(numbers, (values.count,))


def z_scores(values: Any, polarity: ByIndicator | None = None) -> Floats:
    """How many standard deviations above the mean: I = (x - mean) / s, s with n - 1; its negative for -1.

    OECD and JRC, "Handbook on constructing composite indicators" (2008), section 5.2. The mean and the
    deviation are those of the areas with data. Raises BadIndicator.

    >>> z_scores([[1.0], [2.0], [3.0]]).ravel().tolist()
    [-1.0, 0.0, 1.0]
    """
    return _standardised(values, polarity, ddof=1)


def mpi_scale(values: Any, polarity: ByIndicator | None = None) -> Floats:
    """Mean 100 and standard deviation 10: z = 100 +- 10 (x - mean) / S, S with n; - for polarity -1.

    P. De Muro, M. Mazziotta and A. Pareto, "Composite indices of development and poverty: an application to
    MDGs", Social Indicators Research 104 (2011), 1-18. Raises BadIndicator.

    >>> mpi_scale([[1.0], [3.0]]).ravel().tolist()
    [90.0, 110.0]
    """
    scaled: Floats = 100.0 + 10.0 * _standardised(values, polarity, ddof=0)
    return scaled


def ampi_scale(
    values: Any,
    polarity: ByIndicator | None = None,
    reference: ByIndicator | None = None,
    goalposts: tuple[ByIndicator, ByIndicator] | None = None,
) -> Floats:
    """About 70 to 130, 100 at the reference: r = (x - Min) / (Max - Min) * 60 + 70.

    With polarity -1, r = (Max - x) / (Max - Min) * 60 + 70. Min and Max are the reference -+ (Sup - Inf) / 2,
    with Inf and Sup the least and the greatest value over all units and years. M. Mazziotta and A. Pareto,
    "On a generalized non-compensatory composite index for measuring socio-economic phenomena", Social
    Indicators Research 127 (2016), 983-1003.

    `values`: (areas, indicators); several years stand below each other, (areas * years, indicators).
    `reference`: the value that is worth 100, one for each indicator (a city's, a base year's); without it
    the mean of all that is given. `goalposts`: (lows, highs), where the range is known better than from
    these values; with a reference the range from low to high lies around it, as (Sup - Inf) does, and
    without one the goalposts are Min and Max as they stand. An indicator with one value everywhere is
    allowed only with goalposts. Raises BadIndicator.

    >>> ampi_scale([[10.0], [20.0], [30.0]]).ravel().tolist()
    [70.0, 100.0, 130.0]
    """
    given = checked_values(values)
    signs = checked_polarity(polarity, given)
    if goalposts is None:
        check_spread(given)
        low, high = spread(given.table)
        centre = np.nanmean(given.table, axis=0) if reference is None else reference
    else:
        low, high = checked_goalposts(*_pair(goalposts), given)
        centre = (low + high) / 2 if reference is None else reference
    middle = per_indicator(centre, given, "References")
    complain(~(np.abs(middle) <= GREATEST), given, "has a reference that is no finite number")
    half = (high - low) / 2
    lost = middle - half >= middle + half
    complain(lost, given, "has a reference so far off that nothing is left of its range beside it")
    return _between(given, signs, (middle - half, middle + half), (70.0, 130.0))


def _pair(goalposts: Any) -> tuple[ByIndicator, ByIndicator]:
    try:
        low, high = goalposts.to_numpy() if hasattr(goalposts, "to_numpy") else goalposts
    except (TypeError, ValueError):
        raise BadIndicator(f"Goalposts are a pair of lows and highs, not {goalposts!r}.") from None
    return low, high


def percentile_ranks(values: Any, polarity: ByIndicator | None = None) -> Floats:
    """The share of the other areas that an area exceeds: (rank - 1) / (N - 1), ties at the least rank.

    Ranks run from the lowest, with polarity -1 from the highest; N counts the areas with data. B. E.
    Flanagan and others, "A social vulnerability index for disaster management", Journal of Homeland Security
    and Emergency Management 8 (2011), 3. Raises BadIndicator.

    >>> percentile_ranks([[3.0], [7.0], [np.nan], [3.0], [9.0], [8.0]]).ravel().tolist()
    [0.0, 0.5, nan, 0.0, 1.0, 0.75]
    """
    given = checked_values(values)
    check_spread(given)
    return ranked_shares(given.table * checked_polarity(polarity, given))


def ranked_shares(table: Floats) -> Floats:
    """(rank_min - 1) / (N - 1) down each column, NaN left out; 0 in a column where all are equal."""
    known = ~np.isnan(table)
    shares: Floats = below(table) / np.maximum(known.sum(axis=0) - 1.0, 1.0)
    return np.where(known, shares, np.nan)


def below(table: Floats) -> Indices:
    """How many values of its column each value exceeds: rank_min - 1. NaN counts as greater than all."""
    counted = [np.searchsorted(np.sort(column), column) for column in table.T]
    return np.array(counted, dtype=np.int64).reshape(table.shape[::-1]).T


def _standardised(values: Any, polarity: ByIndicator | None, ddof: int) -> Floats:
    given = checked_values(values)
    check_spread(given)
    table = near_one(given.table)
    away = table - np.nanmean(table, axis=0)
    scaled: Floats = checked_polarity(polarity, given) * away / np.nanstd(table, axis=0, ddof=ddof)
    return scaled


def _between(
    values: Values, signs: Floats, bounds: tuple[Floats, Floats], scale: tuple[float, float]
) -> Floats:
    rises = isinstance(scale, Sequence) and len(scale) == 2 and all(map(is_finite, scale))
    if not (rises and scale[0] < scale[1]):
        raise BadChoice(f"A scale must rise from one finite number to another, which {scale!r} does not.")
    bottom, top = scale
    low, high = bounds
    above = np.where(signs > 0, values.table - low, high - values.table)
    placed: Floats = above / (high - low) * (top - bottom) + bottom
    return placed
