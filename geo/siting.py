"""Where to build: p-median, maximal covering, set covering, with the best that any choice could reach.

Costs are an (n, m) array from each of n demands (areas, residents) to each of m candidates (places where one
could build), in metres, minutes or anything that adds up, with infinity where there is no way; or
`geo.access.Costs`, which become such an array. Candidates that stand already (`existing`) cost nothing, serve
whoever they are nearest to, and are not counted in p.

Every answer carries the bound that no other choice can pass, and the gap between the two. Small questions are
answered for certain; a large one as well as it can be in its time, with the gap that is left. Of choices that
are equally good any may come, and the same one each time, unless time ran out.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo import medians, programmes
from geo.access import Costs
from geo.errors import BadSiting
from geo.medians import CLOSE, Question
from geo.numeric import GREATEST, floats, from_zero, is_finite, is_whole
from geo.proximity import Floats, Indices

OPTIMAL, BEST_FOUND = "optimal", "best found"
_OPTIMAL_GAP = 1e-6
"""HiGHS calls a choice feasible to a millionth; a smaller gap is none."""
_SEARCHING = 0.6
"""The share of the time after which the search gives way to the integer programme."""

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Siting:
    """A choice of where to build.

    `chosen`: the candidates to build at, rising; `existing`: those that stood already. `assignment`: (n,) the
    open candidate that serves each demand, the first of the nearest; -1 where none does. `objective`: what
    the question asks for (see there); `bound`: no choice does better; `gap`: the difference as a share of the
    objective. `status`: "optimal" where the gap is below a millionth, else "best found". `total`: the
    weights added up, so that objective / total is a mean cost, or the share covered.
    """

    chosen: tuple[int, ...]
    existing: tuple[int, ...]
    assignment: Indices
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float
    total: float

    @property
    def mean(self) -> float:
        """The objective for one of the demand: the mean cost of a p-median, the share that is covered."""
        return self.objective / self.total


@dataclass(frozen=True, eq=False)
class _Places:
    """Costs, weights and existing candidates that have been checked; `free` are the other candidates."""

    costs: Floats
    weights: Floats
    existing: Indices
    free: Indices
    began: float
    until: float

    @classmethod
    def of(
        cls,
        costs: Costs | npt.ArrayLike,
        weights: npt.ArrayLike | None,
        existing: Iterable[int],
        seconds: float,
    ) -> "_Places":
        began = time.monotonic()
        matrix = costs.matrix() if isinstance(costs, Costs) else floats(costs, "Costs", BadSiting)
        if matrix.ndim != 2 or not matrix.size:
            raise BadSiting(f"Costs must be an (n, m) array from demand to candidate, not {matrix.shape}.")
        if (wrong := np.argwhere(~(from_zero(matrix) | (matrix == np.inf)))).size:
            i, j = wrong[0]
            rule = "costs are numbers from 0, and infinity where there is no way"
            raise BadSiting(f"The cost from {i} to {j} is {matrix[i, j]:g}: {rule}.")
        if not (is_finite(seconds) and seconds > 0):
            raise BadSiting(f"The time limit must be a number of seconds above 0, not {seconds!r}.")
        held = _weights(weights, len(matrix))
        there = _existing(existing, matrix.shape[1])
        free = np.setdiff1d(np.arange(matrix.shape[1]), there)
        return cls(matrix, held, there, free, began, began + seconds)

    def check_p(self, p: int) -> int:
        """`p`, if so many can be chosen."""
        if not is_whole(p) or p < 1:
            raise BadSiting(f"p must be a whole number from 1, not {p!r}.")
        if p > len(self.free):
            raise BadSiting(
                f"{p} cannot be chosen: there are {len(self.free)} candidates that stand not yet."
            )
        return int(p)

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.until - time.monotonic()

    def standing(self) -> Floats:
        """What each demand costs with what stands already; infinity where nothing serves it."""
        if not len(self.existing):
            return np.full(len(self.costs), np.inf)
        least: Floats = self.costs[:, self.existing].min(axis=1)
        return least

    def answer(self, chosen: Indices, reached: Flags, objective: float, bound: float) -> Siting:
        """The choice with its assignment; `reached`: (n, m) who may serve whom."""
        open_ = np.sort(np.concatenate([self.free[chosen], self.existing]))
        allowed = np.where(reached[:, open_], self.costs[:, open_], np.inf)
        nearest = open_[allowed.argmin(axis=1)]
        assignment = np.where(np.isfinite(allowed.min(axis=1)), nearest, -1)
        gap = abs(objective - bound) / max(abs(objective), 1e-300) if objective != bound else 0.0
        status = OPTIMAL if gap <= _OPTIMAL_GAP else BEST_FOUND
        lists = tuple(np.sort(self.free[chosen]).tolist()), tuple(self.existing.tolist())
        took = time.monotonic() - self.began
        return Siting(*lists, assignment, objective, bound, gap, status, took, float(self.weights.sum()))


def p_median(
    costs: Costs | npt.ArrayLike,
    weights: npt.ArrayLike,
    p: int,
    existing: Iterable[int] = (),
    seconds: float = 20.0,
) -> Siting:
    """The p candidates from which everybody together is nearest to an open one.

    The objective is the least sum_i w_i min_j c_ij, j over the chosen and the existing. S. L. Hakimi,
    "Optimum locations of switching centers and the absolute centers and medians of a graph", Operations
    Research 12 (1964), 450-459; C. S. ReVelle and R. W. Swain, "Central facilities location", Geographical
    Analysis 2 (1970), 30-42. `geo.medians` finds a choice and a bound, `geo.programmes` decides what they
    leave open.

    `weights`: (n,) finite, from 0: residents, or residents times fragility. Raises BadSiting where p is more
    than the candidates, where somebody with a weight is reached by no candidate, or by no choice of p.

    >>> found = p_median([[0, 4, 9], [4, 0, 5], [9, 5, 0]], [1, 1, 3], 1)
    >>> found.chosen, found.objective, found.assignment.tolist(), found.status
    ((2,), 14.0, [2, 2, 2], 'optimal')
    """
    places = _Places.of(costs, weights, existing, seconds)
    p = places.check_p(p)
    needed = places.weights > 0
    costs_of = places.costs[needed] * places.weights[needed, None]
    standing = np.where(needed, places.standing() * np.where(needed, places.weights, 1.0), 0.0)[needed]
    matrix = np.minimum(costs_of[:, places.free], standing[:, None])
    start = np.empty(0, dtype=np.int64)
    if np.isinf(matrix).any():
        start, penalty = _everybody(places, matrix, np.flatnonzero(needed), p)
        matrix = np.minimum(matrix, penalty)
    standing = np.minimum(standing, matrix.max(axis=1))
    chosen, objective, bound = _solved(Question(matrix, standing, p), start, places)
    return places.answer(chosen, np.isfinite(places.costs), objective, bound)


def maximal_covering(
    costs: Costs | npt.ArrayLike,
    weights: npt.ArrayLike,
    p: int,
    limit: float,
    existing: Iterable[int] = (),
    seconds: float = 20.0,
) -> Siting:
    """The p candidates that bring the most demand within a limit of an open one.

    The objective is the sum of the weights that are covered, by the chosen and the existing: c_ij <= limit.
    R. Church and C. ReVelle, "The maximal covering location problem", Papers of the Regional Science
    Association 32 (1974), 101-118. Solved as the p-median whose costs are 0 within the limit and 1 beyond.

    `weights`: (n,) finite, from 0. Nobody has to be covered; whoever is not has the assignment -1. Raises
    BadSiting where p is more than the candidates.

    >>> found = maximal_covering([[0, 4, 9], [4, 0, 5], [9, 5, 0]], [2, 2, 3], 1, limit=4)
    >>> found.chosen, found.objective, found.assignment.tolist()
    ((0,), 4.0, [0, 0, -1])
    """
    places = _Places.of(costs, weights, existing, seconds)
    p = places.check_p(p)
    reached = _within(places, limit)
    open_yet = ~reached[:, places.existing].any(axis=1) & (places.weights > 0)
    sets, which = np.unique(reached[np.ix_(open_yet, places.free)], axis=0, return_inverse=True)
    weight = np.bincount(which.ravel(), places.weights[open_yet], minlength=len(sets)).astype(float)
    question = Question(np.where(sets, 0.0, weight[:, None]), weight, p)
    chosen, missed, least = _solved(question, np.empty(0, dtype=np.int64), places)
    total = float(places.weights.sum())
    # Not rounding, but people, decide whether a choice that covers nobody is the best.
    least = missed if missed - least <= CLOSE * total else least
    return places.answer(chosen, reached, total - missed, total - least)


def set_covering(
    costs: Costs | npt.ArrayLike, limit: float, existing: Iterable[int] = (), seconds: float = 20.0
) -> Siting:
    """The fewest candidates that bring everybody within a limit of an open one.

    The objective is how many are to be built. C. Toregas, R. Swain, C. ReVelle and L. Bergman, "The location
    of emergency service facilities", Operations Research 19 (1971), 1363-1373. Raises BadSiting, which names
    the first, where somebody is beyond the limit of every candidate.

    >>> found = set_covering([[0, 4, 9], [4, 0, 5], [9, 5, 0]], limit=4)
    >>> found.chosen, found.objective
    ((0, 2), 2.0)
    """
    places = _Places.of(costs, None, existing, seconds)
    reached = _within(places, limit)
    if (never := np.flatnonzero(~reached.any(axis=1))).size:
        raise BadSiting(
            f"{len(never)} demands are within {limit:g} of no candidate, the first at {never[0]}."
        )
    asked = reached[np.ix_(~reached[:, places.existing].any(axis=1), places.free)]
    chosen, fewest = _covered(asked, places)
    return places.answer(chosen, reached, float(len(chosen)), float(fewest))


def _solved(question: Question, start: Indices, places: _Places) -> tuple[Indices, float, float]:
    """A choice, its objective, and the bound that no choice goes below."""
    until = time.monotonic() + _SEARCHING * places.left
    chosen = medians.interchange(question, medians.greedy(question, start), until)
    bound = medians.relaxed(question, chosen, until)
    if question.objective(chosen) - bound.value <= CLOSE * question.objective(chosen):
        return chosen, question.objective(chosen), min(bound.value, question.objective(chosen))
    chosen = medians.perturbed(question, chosen, until)
    upper = question.objective(chosen)
    free, decided = medians.undecided(question, bound, upper)
    if not len(free):
        return decided, question.objective(decided), question.objective(decided)
    kept = np.concatenate([free, decided])
    smaller = Question(question.costs[:, kept], question.outside, question.p)
    most = bound.multipliers + (upper * (1 + CLOSE) - bound.value)
    solved = programmes.median(smaller, np.arange(len(free), len(kept)), most, places.left)
    if solved.chosen is not None and question.objective(kept[solved.chosen]) < upper:
        chosen = kept[solved.chosen]
        upper = question.objective(chosen)
    return chosen, upper, min(max(bound.value, solved.bound), upper)


def _everybody(places: _Places, matrix: Floats, rows: Indices, p: int) -> tuple[Indices, float]:
    """A choice of at most p that reaches everybody, and a cost that is worse than all of it."""
    reached = np.isfinite(matrix)
    if (never := np.flatnonzero(~reached.any(axis=1))).size:
        raise BadSiting(f"{len(never)} demands are reached by no candidate, the first at {rows[never[0]]}.")
    asked = reached[~reached.all(axis=1)]
    cover, fewest = _covered(asked, places)
    if fewest > p:
        raise BadSiting(f"{p} are too few to reach everybody: it takes {fewest} at least.")
    if len(cover) > p:
        raise BadSiting(f"No {p} that reach everybody were found in the time given.")
    return cover, 2 * float(matrix[:, cover].min(axis=1).sum()) + 1.0


def _covered(reached: Flags, places: _Places) -> tuple[Indices, int]:
    """A cover of the rows, and how many columns any cover has at least."""
    if not len(reached):
        return np.empty(0, dtype=np.int64), 0
    first = _greedy_cover(reached)
    solved = programmes.cover(reached, places.left)
    fewest = int(np.ceil(max(solved.bound, 1.0) - 1e-6))
    if solved.chosen is not None and len(solved.chosen) < len(first):
        first = solved.chosen
    return first, min(fewest, len(first))


def _greedy_cover(reached: Flags) -> Indices:
    chosen, rows = [], reached
    while len(rows):
        chosen.append(int(rows.sum(axis=0).argmax()))
        rows = rows[~rows[:, chosen[-1]]]
    return np.array(chosen, dtype=np.int64)


def _within(places: _Places, limit: float) -> Flags:
    if not (is_finite(limit) and limit >= 0):
        raise BadSiting(f"The limit must be a finite number from 0, not {limit!r}.")
    reached: Flags = places.costs <= limit
    return reached


def _weights(weights: npt.ArrayLike | None, n: int) -> Floats:
    held = np.ones(n) if weights is None else floats(weights, "Weights", BadSiting)
    if held.shape != (n,):
        raise BadSiting(f"Weights of the shape {held.shape} are not one for each of {n} demands.")
    if (wrong := np.flatnonzero(~from_zero(held))).size:
        raise BadSiting(
            f"The weight at {wrong[0]} is {held[wrong[0]]:g}: it must be a number from 0 to {GREATEST:g}."
        )
    if not held.any():
        raise BadSiting("All weights are 0: there is nobody to be near to.")
    return held


def _existing(existing: Iterable[int], m: int) -> Indices:
    given = list(existing) if isinstance(existing, Iterable) else [existing]
    if not all(map(is_whole, given)) or len(set(given)) < len(given) or not set(given) <= set(range(m)):
        raise BadSiting(f"Existing candidates are positions from 0 to {m - 1}, each once, not {given}.")
    return np.array(sorted(given), dtype=np.int64)
