"""Who is how fragile beside the others: percentile ranks, the worst share, and the ranking of gaps. Pure.

Areas with few residents and areas without a figure are left out, and named: they never change the rank of
another area.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from scipy.stats import rankdata

from app.errors import BadParameter
from app.fragility.queries import AreaFigure, Indicator
from app.fragility.rules import is_small, natural

FEW, NO_VALUE = "few residents", "no value"
WORST = 0.2


@dataclass(frozen=True, slots=True)
class Standing:
    """An area among the others. `percentile`: 0 the least fragile, 1 the most; None where it is left out,
    and then `left_out` says why."""

    code: str
    name: str | None
    value: float | None
    residents: float | None
    percentile: float | None
    left_out: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """How fragile and how unserved an area is: `gap` is `percentile` times `far`.

    `far`: the percentile rank of the metres to the nearest house, 1 the farthest; 1 everywhere in a city
    without a house. `rank`: 1 for the greatest gap; areas with the same gap share one.
    """

    rank: int
    code: str
    name: str | None
    value: float
    residents: float | None
    percentile: float
    metres: float | None
    house: UUID | None
    far: float
    gap: float


def percentiles(values: Sequence[float]) -> list[float]:
    """The percentile rank of each value among all: (rank - 1) / (N - 1), of equal ones the smallest rank.

    That of the Social Vulnerability Index (B. E. Flanagan and others, "A Social Vulnerability Index for
    Disaster Management", Journal of Homeland Security and Emergency Management 8(1), 2011): 0 for the
    smallest, 1 for the greatest. A single value, and values that are all equal, have rank 0: none of them is
    above another.

    >>> percentiles([10.0, 30.0, 20.0, 20.0, 50.0])
    [0.0, 0.75, 0.25, 0.25, 1.0]
    """
    if len(values) < 2:
        return [0.0] * len(values)
    ranks = rankdata(values, method="min")
    found: list[float] = ((ranks - 1) / (len(values) - 1)).tolist()
    return found


def standings(figures: Iterable[AreaFigure], indicator: Indicator) -> list[Standing]:
    """Every area with its rank towards the fragile end of the indicator, in the order of the figures.

    Raises BadParameter for an indicator of which neither more nor less is more fragile.
    """
    if indicator.polarity == 0:
        raise BadParameter(
            "indicator",
            "“%(indicator)s” tells neither by more nor by less of it who is more fragile: no area is worst.",
            indicator=indicator.slug,
        )
    given = list(figures)
    why = [_left_out(each) for each in given]
    ranked = percentiles(
        [
            each.value * indicator.polarity
            for each, out in zip(given, why, strict=True)
            if out is None and each.value is not None
        ]
    )
    ranks = iter(ranked)
    return [
        Standing(each.code, each.name, each.value, each.residents, None if out else next(ranks), out)
        for each, out in zip(given, why, strict=True)
    ]


def _left_out(figure: AreaFigure) -> str | None:
    # An index has no value where few people live: what tells most is why it has none.
    if is_small(figure.residents):
        return FEW
    return NO_VALUE if figure.value is None else None


def worst(areas: Iterable[Standing], share: float = WORST) -> list[Standing]:
    """The areas whose percentile is at least 1 - `share`, the most fragile first.

    None where nobody has a higher figure than another: a rank of 0 is the worst of nothing.
    """
    least = max(1 - share, 0.0) - 1e-12
    found = [
        each
        for each in areas
        if each.percentile is not None and each.percentile >= least and (each.percentile > 0 or share >= 1)
    ]
    return sorted(found, key=lambda each: (-(each.percentile or 0.0), natural(each.code)))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The house that is nearest to the inner point of an area, and how far it is; None: there is no house."""

    metres: float | None = None
    house: UUID | None = None


def ranked_gaps(areas: Sequence[Standing], nearest: dict[str, Nearest]) -> list[Gap]:
    """The areas that are not left out, those first that are fragile and far from every house."""
    there = [(each, nearest.get(each.code, Nearest())) for each in areas if each.percentile is not None]
    if any(near.metres is None for _, near in there):
        far = [1.0] * len(there)
    else:
        far = percentiles([near.metres or 0.0 for _, near in there])
    gaps = np.array(
        [(each.percentile or 0.0) * share for (each, _), share in zip(there, far, strict=True)], dtype=float
    )
    ranks = rankdata(-gaps, method="min").astype(int).tolist()
    made = [
        Gap(
            rank,
            each.code,
            each.name,
            each.value or 0.0,
            each.residents,
            each.percentile or 0.0,
            near.metres,
            near.house,
            share,
            float(gap),
        )
        for rank, (each, near), share, gap in zip(ranks, there, far, gaps, strict=True)
    ]
    return sorted(made, key=lambda each: (each.rank, natural(each.code)))
