"""The p-median: good choices, and how good a choice can be at the most.

A question is an (n, m) array of what each demand costs if it is served by each candidate, weights multiplied
in, and what it costs if none of the chosen is nearer (`outside`). Greedy and interchange find a choice; the
Lagrangean relaxation finds a bound that no choice goes below, and says which candidates can still matter.
"""

import time
from dataclasses import dataclass

import numpy as np
import scipy.sparse

from geo.proximity import Floats, Indices

_TRIES = 40
_ROUNDS, _MOMENTUM = 600, 0.8
_PATIENCE, _PROGRESS = 20, 1e-5
"""After so many rounds in which the bound has not grown by such a share the steps are halved."""
CLOSE = 1e-9
"""Of an objective: what differs by less is the same."""


@dataclass(frozen=True, eq=False)
class Question:
    """Choose `p` columns so that the sum over rows of the least chosen cost, or `outside`, is least.

    `costs`: (n, m), finite, from 0, none above its row's `outside`: (n,).
    """

    costs: Floats
    outside: Floats
    p: int

    def least(self, chosen: Indices) -> Floats:
        """What each demand costs with this choice, (n,)."""
        if not len(chosen):
            return self.outside
        least: Floats = np.minimum(self.outside, self.costs[:, chosen].min(axis=1))
        return least

    def objective(self, chosen: Indices) -> float:
        """What a choice costs altogether."""
        return float(self.least(chosen).sum())


@dataclass(frozen=True, eq=False)
class Bound:
    """None costs less than `value`. `multipliers`: (n,); `reduced`: (m,), what each candidate takes off."""

    value: float
    multipliers: Floats
    reduced: Floats


def greedy(question: Question, start: Indices) -> Indices:
    """One candidate after another, each time the one that helps most; the first of equals.

    A. A. Kuehn and M. J. Hamburger, "A heuristic program for locating warehouses", Management Science 9
    (1963), 643-666.
    """
    chosen, least = start.tolist(), question.least(start)
    while len(chosen) < question.p:
        gain = np.maximum(least[:, None] - question.costs, 0.0).sum(axis=0)
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
        least = np.minimum(least, question.costs[:, chosen[-1]])
    return np.array(chosen, dtype=np.int64)


def interchange(question: Question, chosen: Indices, until: float) -> Indices:
    """Exchange one chosen for one other, the pair that helps most, as long as any does.

    M. B. Teitz and P. Bart, "Heuristic methods for estimating the generalized vertex median of a weighted
    graph", Operations Research 16 (1968), 955-961, with R. A. Whitaker's account of all exchanges at once,
    INFOR 21 (1983), 95-108. Ends at `until` (`time.monotonic`) with the best so far.
    """
    chosen, costs = chosen.copy(), question.costs
    while time.monotonic() < until:
        held = np.column_stack([costs[:, chosen], question.outside])
        owner = held.argmin(axis=1)
        first = held.min(axis=1)[:, None]
        held[np.arange(len(held)), owner] = np.inf
        second = np.minimum(held.min(axis=1), question.outside)[:, None]
        kept = np.minimum(costs, first)
        gain = first.sum() - kept.sum(axis=0)
        # Who loses the nearest goes to the newcomer or to the second nearest.
        lost = np.minimum(costs, second) - kept
        change = _by_owner(owner, len(chosen) + 1) @ lost
        change = change[:-1] - gain
        change[:, chosen] = np.inf
        out, into = np.unravel_index(change.argmin(), change.shape)
        if not change[out, into] < -CLOSE * first.sum():
            break
        chosen[out] = into
    return chosen


def _by_owner(owner: Indices, owners: int) -> scipy.sparse.csr_array:
    """The matrix that adds up the rows of each owner."""
    n = len(owner)
    return scipy.sparse.csr_array((np.ones(n), (owner, np.arange(n))), shape=(owners, n))


def perturbed(question: Question, chosen: Indices, until: float) -> Indices:
    """Some of the chosen for others at random, then interchange; the best of some dozens of such tries.

    Iterated local search: H. R. Lourenço, O. C. Martin and T. Stützle in "Handbook of metaheuristics" (2003).
    The tries are the same ones each time.
    """
    chance, m = np.random.default_rng(0), question.costs.shape[1]
    best, upper = chosen, question.objective(chosen)
    others = m - len(chosen)
    for _ in range(_TRIES if others else 0):
        if time.monotonic() > until:
            break
        size = min(max(2, len(chosen) // 4), len(chosen), others)
        tried = best.copy()
        into = chance.choice(np.setdiff1d(np.arange(m), best), size, replace=False)
        tried[chance.choice(len(tried), size, replace=False)] = into
        tried = interchange(question, tried, until)
        if (met := question.objective(tried)) < upper * (1 - CLOSE):
            best, upper = tried, met
    return best


def relaxed(question: Question, chosen: Indices, until: float) -> Bound:
    """The best bound of some hundred steps of the subgradient.

    L(u) = sum_i u_i + the p least of sum_i min(0, c_ij - u_i), which no choice goes below, whatever u. G.
    Cornuéjols, M. L. Fisher and G. L. Nemhauser, "Location of bank accounts to optimize float", Management
    Science 23 (1977), 789-810. A step goes on in the direction of the one before, too: P. M. Camerini, L.
    Fratta and F. Maffioli, Mathematical Programming Study 3 (1975), 26-34.
    """
    costs, outside, upper = question.costs, question.outside, question.objective(chosen)
    u = np.sort(np.column_stack([costs[:, chosen], outside]), axis=1)[:, :2].mean(axis=1)
    nearest = costs.min(axis=1)
    best, scale, waited = Bound(float(nearest.sum()), nearest, np.zeros(costs.shape[1])), 1.0, 0
    below, direction = np.empty_like(costs), np.zeros(len(u))
    for _ in range(_ROUNDS):
        np.minimum(np.subtract(costs, u[:, None], out=below), 0.0, out=below)
        reduced = below.sum(axis=0)
        picked = np.argsort(reduced, kind="stable")[: question.p]
        value = float(u.sum() + reduced[picked].sum())
        waited = 0 if value > best.value * (1 + _PROGRESS) else waited + 1
        if value > best.value:
            best = Bound(value, u, reduced)
        if waited >= _PATIENCE:
            scale, waited, u, direction = scale / 2, 0, best.multipliers, np.zeros(len(u))
        direction = 1.0 - (below[:, picked] < 0).sum(axis=1) + _MOMENTUM * direction
        slope = np.where((direction > 0) & (u >= outside), 0.0, direction)
        size = float(slope @ slope)
        if not size or upper - best.value <= CLOSE * upper or scale < 1e-3 or time.monotonic() > until:
            break
        u = np.clip(u + scale * (upper - value) / size * slope, 0.0, outside)
    return best


def undecided(question: Question, bound: Bound, upper: float) -> tuple[Indices, Indices]:
    """The candidates that a choice better than `upper` may have or not, and those that it must have.

    With one candidate more forced in, or out, the bound grows by the difference of what it and the last, or
    next, one takes off; where that goes above `upper`, the candidate is decided.
    """
    order = np.argsort(bound.reduced, kind="stable")
    chosen, others = order[: question.p], order[question.p :]
    room = upper * (1 + CLOSE) - bound.value
    maybe = others[bound.reduced[others] - bound.reduced[chosen[-1]] <= room]
    following = bound.reduced[others[0]] if len(others) else np.inf
    doubtful = following - bound.reduced[chosen] <= room
    return np.sort(np.concatenate([chosen[doubtful], maybe])), np.sort(chosen[~doubtful])
