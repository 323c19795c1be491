"""Indicators on one scale made into one score an area; more is more of the phenomenon.

`arithmetic`, `geometric` and `penalised` take a table that is normalised already; `mpi` and `ampi` begin with
the values. An area that lacks an indicator which counts (a weight above 0) has no score: NaN.
"""

from typing import Any

import numpy as np

from geo.errors import BadIndicator
from geo.fragility.checked import (
    ByIndicator,
    Floats,
    Values,
    by_name,
    checked_values,
    checked_weights,
    complain,
    sign_of,
)
from geo.fragility.normalise import ampi_scale, mpi_scale


def arithmetic(normalised: Any, weights: ByIndicator | None = None) -> Floats:
    """The weighted mean, sum of w_j I_j: a surplus in one indicator makes up for a want in another. (areas,)

    OECD and JRC, "Handbook on constructing composite indicators" (2008), section 6.10. Raises BadIndicator,
    BadWeights.

    >>> arithmetic([[1.0, 3.0], [2.0, 6.0]], [0.25, 0.75]).tolist()
    [2.5, 5.0]
    """
    table, shares = counted(normalised, weights)
    return table @ shares


def geometric(normalised: Any, weights: ByIndicator | None = None) -> Floats:
    """The weighted geometric mean, product of I_j^w_j: what is low is made up for less. (areas,)

    OECD and JRC, "Handbook on constructing composite indicators" (2008), section 6.11. All numbers must be
    above 0: bring indicators onto a scale such as 1 to 100 first. An area whose indicators differ scores
    lower, which suits well-being and not fragility: for that take the mean of the opposite, with polarities
    turned round. Raises BadIndicator, BadWeights.

    >>> geometric([[1.0, 4.0], [2.0, 8.0]]).round(12).tolist()
    [2.0, 4.0]
    """
    given = checked_values(normalised)
    shares = checked_weights(weights, given)
    return np.exp(logarithms(given, shares) @ shares)


def logarithms(normalised: Values, weights: Floats) -> Floats:
    """The natural logarithms of a table, 0 where an indicator does not count.

    Raises BadIndicator where a number that counts is not above 0.
    """
    table = np.where(weights > 0, normalised.table, 1.0)
    complain(np.any(table <= 0, axis=0), normalised, "has values that are not above 0, as a product needs")
    return np.log(table)


def penalised(normalised: Any, weights: ByIndicator | None = None, phenomenon: str = "negative") -> Floats:
    """The mean with a penalty for imbalance, M +- S * cv = M +- S^2 / M, cv = S / M. (areas,)

    + where more of the phenomenon is worse (`phenomenon` "negative", as fragility), - where it is better
    ("positive"). M and S are the mean and the population deviation of the area's own indicators: S^2 = sum of
    (I_j - M)^2 / m, and with weights sum of w_j (I_j - M)^2. De Muro, Mazziotta and Pareto (2011), as in
    `mpi_scale`; weights: M. Mazziotta and A. Pareto, "Weighting in composite indices construction: the case
    of the Mazziotta-Pareto index", Rivista Italiana di Economia, Demografia e Statistica (2022). Raises
    BadIndicator where the mean of an area is not above 0, BadWeights, BadChoice.

    >>> penalised([[90.0, 110.0]]).tolist(), penalised([[90.0, 110.0]], phenomenon="positive").tolist()
    ([101.0], [99.0])
    """
    table, shares = counted(normalised, weights)
    mean = checked_means(table @ shares)
    variance = (table - mean[:, None]) ** 2 @ shares
    score: Floats = mean + sign_of(phenomenon) * variance / mean
    return score


def mpi(
    values: Any,
    polarity: ByIndicator | None = None,
    phenomenon: str = "negative",
    weights: ByIndicator | None = None,
) -> Floats:
    """The Mazziotta-Pareto index of areas: `mpi_scale`, then `penalised`. (areas,)

    For areas of one year beside each other; their mean is 100 in every indicator. De Muro, Mazziotta and
    Pareto (2011). Raises BadIndicator, BadWeights, BadChoice.
    """
    given = checked_values(values)
    return penalised(mpi_scale(given, polarity), by_name(weights, given), phenomenon)


def ampi(
    values: Any,
    polarity: ByIndicator | None = None,
    reference: ByIndicator | None = None,
    goalposts: tuple[ByIndicator, ByIndicator] | None = None,
    phenomenon: str = "negative",
    weights: ByIndicator | None = None,
) -> Floats:
    """The adjusted Mazziotta-Pareto index of areas: `ampi_scale`, then `penalised`. (areas,)

    `values`: (areas, indicators), NaN for no data; for several years all units of all years, one below the
    other, so that one set of goalposts serves them all and scores of different years compare. `polarity`: 1
    where more of an indicator is more of the phenomenon, -1 where it is less; what is told of each indicator
    stands in their order, or goes by the columns' names as a dict or a Series. `reference`, `goalposts`: see
    `ampi_scale`. A negative phenomenon (fragility) adds S^2 / M, a positive one (well-being) subtracts it.
    The units of an indicator make no difference. M. Mazziotta and A. Pareto, "Measuring well-being over time:
    the adjusted Mazziotta-Pareto index versus other non-compensatory indices", Social Indicators Research 136
    (2018), 967-976. Raises BadIndicator, BadWeights, BadChoice.

    >>> ampi([[10.0, 1.0], [20.0, 3.0], [30.0, 2.0]], [1, 1]).round(2).tolist()
    [70.0, 116.96, 116.96]
    """
    given = checked_values(values)
    scaled = ampi_scale(given, polarity, reference, goalposts)
    return penalised(scaled, by_name(weights, given), phenomenon)


def counted(normalised: Any, weights: ByIndicator | None) -> tuple[Floats, Floats]:
    """A table and its weights, checked, without the indicators whose weight is 0."""
    given = checked_values(normalised)
    shares = checked_weights(weights, given)
    return given.table[:, shares > 0], shares[shares > 0]


def checked_means(means: Floats) -> Floats:
    """The means of areas, by which a penalty is divided; raises BadIndicator where one is not above 0."""
    wrong = np.flatnonzero(means <= 0)
    if wrong.size:
        raise BadIndicator(
            f"The indicators of area {wrong[0]} have the mean {means.flat[wrong[0]]:g}: a coefficient of "
            "variation needs a mean above 0."
        )
    return means
