"""How far the ranks of areas depend on how an index is made, and not on the areas."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.errors import BadChoice
from geo.fragility.aggregate import checked_means
from geo.fragility.checked import (
    ByIndicator,
    Flags,
    Floats,
    Indices,
    Values,
    checked_polarity,
    checked_values,
    checked_weights,
    one_of,
    sign_of,
)
from geo.fragility.normalise import ampi_scale, below, min_max, mpi_scale, percentile_ranks
from geo.numeric import is_finite, is_whole

NORMALISATIONS = ("min-max", "z-scores", "percentile ranks", "goalposts")
AGGREGATIONS = ("arithmetic", "geometric", "penalised")
_IMPOSSIBLE = ("z-scores", "geometric")


@dataclass(frozen=True, eq=False)
class Choices:
    """What somebody else could have chosen as well.

    `normalisations`: of `NORMALISATIONS`; `aggregations`: of `AGGREGATIONS`; `weight_spread`: from 0 below 1,
    each weight is multiplied by a number drawn evenly from 1 - spread to 1 + spread; `leave_one_out`:
    whether an indicator may be left out. No matter of choice are `phenomenon`: whether imbalance makes a
    score higher ("negative") or lower ("positive") - a geometric mean makes it lower, so of a negative
    phenomenon the mean of its opposite is taken, on the same scale turned round; and `reference` and
    `goalposts`, those of the index, for the normalisation by goalposts (`ampi_scale`).
    """

    normalisations: tuple[str, ...] = NORMALISATIONS
    aggregations: tuple[str, ...] = AGGREGATIONS
    weight_spread: float = 0.25
    leave_one_out: bool = True
    phenomenon: str = "negative"
    reference: ByIndicator | None = None
    goalposts: tuple[ByIndicator, ByIndicator] | None = None

    def __post_init__(self) -> None:
        for name in self.normalisations:
            one_of("normalisation", name, NORMALISATIONS)
        for name in self.aggregations:
            one_of("aggregation", name, AGGREGATIONS)
        if not is_finite(self.weight_spread) or not 0 <= self.weight_spread < 1:
            raise BadChoice(f"Weights can be spread by a share from 0 below 1, not {self.weight_spread!r}.")
        sign_of(self.phenomenon)
        if not self.pairs():
            raise BadChoice("There must be a normalisation and an aggregation that go together.")

    def pairs(self) -> list[tuple[str, str]]:
        """Every normalisation with every aggregation, without z-scores under a geometric mean."""
        every = [(how, then) for how in self.normalisations for then in self.aggregations]
        return [pair for pair in every if pair != _IMPOSSIBLE]


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """The ranks of areas over all runs, 1 the most of the phenomenon; (areas,) each, NaN without a rank.

    `median`: the rank in the middle; `low`, `high`: nine of ten runs lie from the one to the other. All three
    are ranks that occurred. `runs`: how many there were.
    """

    median: Floats
    low: Floats
    high: Floats
    runs: int


def uncertainty(
    values: Any,
    polarity: ByIndicator | None = None,
    weights: ByIndicator | None = None,
    choices: Choices | None = None,
    runs: int = 1000,
    seed: int = 0,
) -> Uncertainty:
    """Makes the index `runs` times, each by choices drawn at random, and tells where each area ranked.

    Each run draws, evenly, a normalisation with an aggregation, which indicator is left out (or none), and
    the weights around the given ones: the Monte Carlo of M. Saisana, A. Saltelli and S. Tarantola,
    "Uncertainty and sensitivity analysis techniques as tools for the quality assessment of composite
    indicators", Journal of the Royal Statistical Society A 168 (2005), 307-323. Areas that lack an indicator
    have no rank. The same seed gives the same answer. Holds areas * runs numbers in memory. Raises
    BadIndicator, BadWeights, BadChoice.

    >>> values = [[9.0, 8.0, 7.0], [1.0, 9.0, 2.0], [2.0, 1.0, 1.0]]
    >>> uncertainty(values, runs=200).median.tolist()
    [1.0, 2.0, 3.0]
    """
    if not is_whole(runs) or runs < 1:
        raise BadChoice(f"Ranks cannot be told from {runs!r} runs: ask for a whole number, at least 1.")
    if not is_whole(seed) or seed < 0:
        raise BadChoice(f"The seed must be a whole number from 0, not {seed!r}.")
    choices = choices or Choices()
    given = checked_values(values)
    signs, shares = checked_polarity(polarity, given), checked_weights(weights, given)
    complete = np.all(np.isfinite(given.table[:, shares > 0]), axis=1)
    random = np.random.default_rng(seed)
    pairs = choices.pairs()
    drawn = random.integers(len(pairs), size=runs)
    weighed = _weights(random, shares, choices, runs)
    ranks = np.empty((int(complete.sum()), runs), dtype=np.int64)
    for number, (how, then) in enumerate(pairs):
        of_pair = drawn == number
        if of_pair.any() and len(ranks):
            sign = sign_of(choices.phenomenon)
            upward = -sign * signs if then == "geometric" else signs
            table = np.where(shares > 0, _normalised(how, given, upward, choices), 1.0)[complete]
            ranks[:, of_pair] = _ranked(_scores(table, weighed[:, of_pair], then, sign))
    return _told(ranks, complete)


def _normalised(how: str, values: Values, polarity: Floats, choices: Choices) -> Floats:
    """The table on the scale of that name: all above 0, as a geometric mean needs, save z-scores."""
    if how == "goalposts":
        return ampi_scale(values, polarity, choices.reference, choices.goalposts)
    if how == "z-scores":
        return mpi_scale(values, polarity)
    if how == "min-max":
        return min_max(values, polarity, (1.0, 100.0))
    return 1.0 + 99.0 * percentile_ranks(values, polarity)


def _weights(random: np.random.Generator, shares: Floats, choices: Choices, runs: int) -> Floats:
    """The weights of each run, (indicators, runs); each run's add up to 1."""
    spread = choices.weight_spread
    drawn = shares[:, None] * random.uniform(1 - spread, 1 + spread, (len(shares), runs))
    counting = np.flatnonzero(shares)
    if choices.leave_one_out and len(counting) > 1:
        left_out = random.integers(len(counting) + 1, size=runs)
        leaving = np.flatnonzero(left_out < len(counting))
        drawn[counting[left_out[leaving]], leaving] = 0.0
    weighed: Floats = drawn / drawn.sum(axis=0)
    return weighed


def _scores(table: Floats, weights: Floats, aggregation: str, sign: float) -> Floats:
    """Numbers in the order of the scores of each area in each run, (areas, runs); see `aggregate`."""
    if aggregation == "geometric":
        return -sign * (np.log(table) @ weights)
    mean = table @ weights
    if aggregation == "arithmetic":
        return mean
    checked_means(mean)
    # Around a number near them all, so that the difference of squares loses no digits.
    centre = table.mean()
    variance = np.maximum((table - centre) ** 2 @ weights - (mean - centre) ** 2, 0.0)
    scores: Floats = mean + sign * variance / mean
    return scores


def _ranked(scores: Floats) -> Indices:
    """Ranks down each column from the greatest score; areas that tie share the best rank."""
    # Scores that differ in the last digits only tie: the order of a sum must not decide.
    return 1 + below(-np.round(scores, 9))


def _told(ranks: Indices, complete: Flags) -> Uncertainty:
    told = np.full((3, len(complete)), np.nan)
    if ranks.size:
        told[:, complete] = np.quantile(ranks, (0.5, 0.05, 0.95), axis=1, method="inverted_cdf")
    return Uncertainty(told[0], told[1], told[2], ranks.shape[1])
