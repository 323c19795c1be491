"""Whether indicators say the same thing twice: the principal components of their correlations."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.errors import BadIndicator
from geo.fragility.checked import Floats, check_spread, checked_values
from geo.numeric import near_one


@dataclass(frozen=True, eq=False)
class Components:
    """What correlated indicators have in common.

    `eigenvalues`: (indicators,) falling, they add up to the number of indicators; `shares`: (indicators,) of
    the variance; `loadings`: (indicators, components), the correlation of an indicator with a component.
    """

    eigenvalues: Floats
    shares: Floats
    loadings: Floats


def principal_components(values: Any) -> Components:
    """The eigenvalues and loadings of the indicators' correlations, over the areas that have them all.

    One component that holds most of the variance means that the indicators measure one thing; an eigenvalue
    near 0 that one of them repeats others. A component points to where the sum of its loadings is not
    negative. OECD and JRC, "Handbook on constructing composite indicators" (2008), sections 4.1 and 6.1.
    Raises BadIndicator, also for fewer than two areas with every indicator.

    >>> principal_components([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]]).eigenvalues.round(12).tolist()
    [2.0, 0.0]
    """
    given = checked_values(values)
    whole = given.table[~np.isnan(given.table).any(axis=1)]
    if len(whole) < 2:
        raise BadIndicator(f"{len(whole)} areas have every indicator: correlations need at least 2.")
    check_spread(given, whole)
    found, vectors = np.linalg.eigh(np.atleast_2d(np.corrcoef(near_one(whole), rowvar=False)))
    values_down, vectors = np.maximum(found[::-1], 0.0), vectors[:, ::-1]
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    return Components(values_down, values_down / given.count, vectors * np.sqrt(values_down))
