"""Rates of areas with few people: left out below a threshold, or drawn towards a mean, and marked either way.

A rate of few people swings with each of them, so that the smallest areas come first and last in a ranking.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import BadChoice, BadIndicator, BadPopulation
from geo.fragility.checked import Flags, Floats, without_marker
from geo.graph import Graph
from geo.numeric import floats, is_finite, shape_told


@dataclass(frozen=True, eq=False)
class Suppressed:
    """`values`: (areas, indicators), NaN in areas with few people; `few`: (areas,), which ones those are."""

    values: Floats
    few: Flags


@dataclass(frozen=True, eq=False)
class Smoothed:
    """Rates drawn towards a mean.

    `rates`: (areas,) events for each person; `raw`: (areas,) as counted; `own`: (areas,) from 0 to 1, how
    much of a rate is the area's own, the rest is the mean's; `few`: (areas,), which areas have so few people
    that their rate is to be marked. NaN where nothing is known or nobody lives.
    """

    rates: Floats
    raw: Floats
    own: Floats
    few: Flags


def suppressed(values: Any, population: npt.ArrayLike, fewest: float) -> Suppressed:
    """The values without those of areas that have fewer than `fewest` people, or an unknown number.

    `values`: (areas, indicators); `population`: (areas,), NaN where unknown. The areas left out change no
    other's percentile or score, which they would if they stayed. Raises BadPopulation for a population that
    is negative or infinite, BadChoice for a threshold that is, BadIndicator for values that are no numbers.

    >>> suppressed([[5.0], [50.0], [7.0]], [900, 16, 300], fewest=200).values.ravel().tolist()
    [5.0, nan, 7.0]
    """
    table = without_marker(values, np.nan)
    if not table.ndim:
        raise BadIndicator("Values must be one row for each area, not one number.")
    people = checked_counts(population, len(table), "population")
    few = few_people(people, fewest)
    return Suppressed(np.where(few.reshape(-1, *[1] * (table.ndim - 1)), np.nan, table), few)


def smoothed(events: npt.ArrayLike, population: npt.ArrayLike, fewest: float = 0) -> Smoothed:
    """Rates drawn towards the mean of all areas, the more the fewer people: global empirical Bayes.

    rate_i = C_i r_i + (1 - C_i) m with r_i = e_i / n_i, m = sum of e / sum of n, C_i = A / (A + m / n_i) and
    A = sum of n_i (r_i - m)^2 / sum of n - m / mean of n, or 0 where that is negative: then the areas
    differ by chance only. R. J. Marshall, "Mapping disease and mortality rates using empirical Bayes
    estimators", Journal of the Royal Statistical Society C 40 (1991), 283-294.

    `events`, `population`: (areas,) counts, NaN where unknown; a percentage is events / population * 100.
    `fewest`: areas with fewer people are marked. Raises BadPopulation, BadChoice.

    >>> smoothed([3, 0, 40], [100, 10, 1000]).rates.round(4).tolist()
    [0.0387, 0.0387, 0.0387]
    """
    happened, people, known = _checked(events, population)
    mean = _share(happened[known].sum(), people[known].sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where(known, happened / people, np.nan)
        apart = np.where(known, people * (raw - mean) ** 2, 0.0).sum() / people[known].sum()
        between = np.maximum(apart - mean / people[known].mean(), 0.0) if known.any() else np.nan
    return _drawn(raw, people, np.full(len(raw), mean), np.full(len(raw), between), fewest)


def smoothed_locally(
    events: npt.ArrayLike, population: npt.ArrayLike, graph: Graph, fewest: float = 0
) -> Smoothed:
    """Rates drawn towards the mean of the area and its neighbours: local empirical Bayes.

    As `smoothed`, with the mean m_i, the population and A_i of the area i together with its neighbours
    instead of all areas: Marshall (1991). `graph`: its nodes are the areas, in their order; who
    has an edge from i is a neighbour of i. An area without neighbours keeps its rate as the mean. Raises
    BadPopulation, BadChoice.
    """
    happened, people, known = _checked(events, population)
    if not isinstance(graph, Graph):
        raise BadChoice(f"Neighbours are told by a Graph, not by a {type(graph).__name__}.")
    if len(graph) != len(people):
        raise BadChoice(f"A graph of {len(graph)} nodes does not fit {len(people)} areas.")
    there = known[graph.tails] & known[graph.heads]
    alone = np.flatnonzero(known)
    area = np.concatenate([alone, graph.tails[there]])
    near = np.concatenate([alone, graph.heads[there]])

    def over_neighbours(weights: Floats) -> Floats:
        return np.bincount(area, weights=weights, minlength=len(people)).astype(np.float64)

    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where(known, happened / people, np.nan)
        around = over_neighbours(people[near])
        mean = over_neighbours(happened[near]) / around
        apart = over_neighbours(people[near] * (raw[near] - mean[area]) ** 2) / around
        between = np.maximum(apart - mean * over_neighbours(np.ones(len(near))) / around, 0.0)
    return _drawn(raw, people, mean, between, fewest)


def _drawn(raw: Floats, people: Floats, mean: Floats, between: Floats, fewest: float) -> Smoothed:
    """Each raw rate drawn towards its mean, by the variance between areas beside that of its own counts."""
    with np.errstate(divide="ignore", invalid="ignore"):
        # Without any event there is no variance of either kind, and the mean is the rate.
        own = np.where(between > 0, between / (between + mean / people), 0.0)
    own = np.where(np.isnan(raw), np.nan, own)
    return Smoothed(own * raw + (1.0 - own) * mean, raw, own, few_people(people, fewest))


def few_people(population: Floats, fewest: float) -> Flags:
    """Which areas have fewer than `fewest` people, or an unknown number. Raises BadChoice."""
    if not (is_finite(fewest) and fewest >= 0):
        raise BadChoice(f"The fewest people that count must be a number from 0, not {fewest!r}.")
    return ~(population >= fewest)


def checked_counts(counts: npt.ArrayLike, areas: int, what: str) -> Floats:
    """Counts of each area, (areas,), NaN where unknown. Raises BadPopulation for negative ones."""
    given = floats(counts, f"The {what}", BadPopulation)
    if given.shape != (areas,):
        told = shape_told(given)
        raise BadPopulation(f"The {what} must be one number for each of {areas} areas, not {told}.")
    wrong = np.flatnonzero((given < 0) | np.isinf(given))
    if wrong.size:
        raise BadPopulation(
            f"The {what} of area {wrong[0]} is {given[wrong[0]]:g}: it must be a finite number from 0."
        )
    return given


def _checked(events: npt.ArrayLike, population: npt.ArrayLike) -> tuple[Floats, Floats, Flags]:
    """Events, population, and where there is both, and somebody who lives there."""
    people = checked_counts(population, np.size(population), "population")
    happened = checked_counts(events, len(people), "number of events")
    return happened, people, ~np.isnan(happened) & (people > 0)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else np.nan
