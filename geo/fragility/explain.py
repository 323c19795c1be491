"""What each indicator has done to the score of an area."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.fragility.aggregate import checked_means, logarithms
from geo.fragility.checked import ByIndicator, Floats, checked_values, checked_weights, one_of, sign_of

METHODS = ("arithmetic", "geometric", "penalised")


@dataclass(frozen=True, eq=False)
class Explanation:
    """Scores taken apart.

    `score`: (areas,). `parts`: (areas, indicators), which add up to the score. `level`, `imbalance`: (areas,
    indicators), which add up to the parts: what an indicator brings by being high or low, and what it brings
    by lying apart from the area's others (0 for an arithmetic mean). All NaN for an area without a score; 0
    for an indicator whose weight is 0.
    """

    score: Floats
    parts: Floats
    level: Floats
    imbalance: Floats


def explain(
    normalised: Any,
    method: str = "penalised",
    weights: ByIndicator | None = None,
    phenomenon: str = "negative",
) -> Explanation:
    """Each indicator's part in the score of each area; the parts add up to the score.

    `normalised`: (areas, indicators) as the method got them: `ampi_scale` or `mpi_scale` before `penalised`.
    With M the weighted mean, S^2 the weighted variance and G the weighted geometric mean of an area:

    - arithmetic: w_j I_j, the mean itself, term by term.
    - penalised (MPI, AMPI): w_j I_j +- w_j (I_j - M)^2 / M. The mean and the variance are both sums over the
      indicators, so the score M +- S^2 / M falls apart exactly: into what the mean and what the penalty
      brings, as the authors do (M. Mazziotta and A. Pareto, "Il metodo per la sintesi degli indicatori",
      Istat, 2010), and each of these into its terms. An indicator answers for the imbalance by its own
      distance from the mean, above or below it.
    - geometric: w_j G + w_j G ln(I_j / G). The second terms add up to 0, because the logarithms do; it is the
      additive logarithmic mean decomposition (LMDI) against an area whose indicators all equal G: B. W. Ang,
      "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33 (2005), 867-871.
      A part is negative where an indicator is below G / e.

    Raises BadChoice, BadIndicator, BadWeights.

    >>> explain([[90.0, 110.0]]).parts.tolist()
    [[45.5, 55.5]]
    """
    one_of("way of putting indicators together", method, METHODS)
    given = checked_values(normalised)
    shares = checked_weights(weights, given)
    table = np.where(shares > 0, given.table, 0.0)
    if method == "geometric":
        logs = logarithms(given, shares)
        mean = np.exp(logs @ shares)[:, None]
        level, imbalance = shares * mean, shares * mean * (logs - np.log(mean))
    else:
        mean, level = (table @ shares)[:, None], shares * table
        imbalance = np.zeros_like(level)
        if method == "penalised":
            apart = (table - checked_means(mean)) ** 2 / mean
            imbalance = sign_of(phenomenon) * shares * apart
    level = np.where(np.isnan(mean), np.nan, level)
    imbalance = np.where(np.isnan(mean), np.nan, imbalance)
    parts = level + imbalance
    return Explanation(parts.sum(axis=1), parts, level, imbalance)
