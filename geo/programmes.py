"""Integer programmes of siting, solved by HiGHS through `scipy.optimize.milp`, within a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.optimize
import scipy.sparse

from geo.medians import Question
from geo.proximity import Floats, Indices

_LEAST_SECONDS = 0.05
_MOST_LEVELS = 30_000
"""A programme that is larger than this is not begun: HiGHS would not have left its first steps in time."""


@dataclass(frozen=True, eq=False)
class Solved:
    """`chosen` columns, or None where none were found in time; no choice has an objective below `bound`."""

    chosen: Indices | None
    bound: float


def median(question: Question, decided: Indices, most: Floats, seconds: float) -> Solved:
    """The p-median over all columns of a question but the `decided`, which are chosen.

    For each demand the candidates in the order of their costs, D_1 < D_2 < ..., and z_k = 1 where none of
    those up to D_k is chosen: the demand costs D_1 + sum_k (D_k+1 - D_k) z_k, with z_k >= z_k-1 - the chosen
    at D_k. S. Elloumi, "A tighter formulation of the p-median problem", Journal of Combinatorial Optimization
    19 (2010), 69-83: demands that have the same candidates up to some cost share one z. `most`: (n,) what a
    demand can cost at the most in a choice worth finding.
    """
    free = np.setdiff1d(np.arange(question.costs.shape[1]), decided)
    outside = question.least(decided)
    levels = _Levels.of(question.costs[:, free], outside, most)
    held = levels.shared(outside > most)
    if len(held.cost) > _MOST_LEVELS or seconds < _LEAST_SECONDS:
        return Solved(None, -np.inf)
    fixed = float(levels.first.sum())
    n = len(free)
    cost = np.concatenate([np.zeros(n), held.cost])
    pick = scipy.sparse.csr_array((np.ones(n), (np.zeros(n, int), np.arange(n))), shape=(1, len(cost)))
    p = question.p - len(decided)
    rules = [
        scipy.optimize.LinearConstraint(pick, p, p),
        scipy.optimize.LinearConstraint(held.rows(n), held.least, np.inf),
    ]
    upper = np.concatenate([np.ones(n), held.upper])
    solved = _solve(cost, n, upper, rules, seconds)
    chosen = None if solved.chosen is None else np.sort(np.concatenate([decided, free[solved.chosen]]))
    return Solved(chosen, solved.bound + fixed)


def cover(reached: npt.NDArray[np.bool_], seconds: float) -> Solved:
    """The fewest columns so that each row has a chosen one: (n, m), each row with at least one.

    C. Toregas, R. Swain, C. ReVelle and L. Bergman, "The location of emergency service facilities",
    Operations Research 19 (1971), 1363-1373. Rows that ask for the same count once.
    """
    rows = scipy.sparse.csr_array(np.unique(reached, axis=0).astype(float))
    m = reached.shape[1]
    rule = scipy.optimize.LinearConstraint(rows, 1, np.inf)
    return _solve(np.ones(m), m, np.ones(m), [rule], seconds)


def _solve(cost: Floats, whole: int, upper: Floats, rules: list[Any], seconds: float) -> Solved:
    """The least cost; the first `whole` variables are 0 or 1, the chosen those that are 1."""
    integrality = np.zeros(len(cost))
    integrality[:whole] = 1
    found = scipy.optimize.milp(
        cost,
        integrality=integrality,
        bounds=scipy.optimize.Bounds(0, upper),
        constraints=rules,
        options={"time_limit": max(seconds, _LEAST_SECONDS), "mip_rel_gap": 0.0},
    )
    bound = getattr(found, "mip_dual_bound", None)
    told = -np.inf if bound is None or np.isnan(bound) else float(bound)
    chosen = None if found.x is None else np.flatnonzero(found.x[:whole] > 0.5)
    return Solved(chosen, told)


@dataclass(frozen=True, eq=False)
class _Levels:
    """For each demand the candidates that are nearer than outside, by cost: pairs, in the order of both.

    `first`: (n,) the least that a demand can cost. `ends`: where each level's pairs end, `rows`, `values`: of
    which demand, and what it costs; `following`: what it costs at the next level.
    """

    first: Floats
    columns: Indices
    begins: Indices
    ends: Indices
    rows: Indices
    following: Floats
    values: Floats

    @classmethod
    def of(cls, costs: Floats, outside: Floats, most: Floats) -> "_Levels":
        """Candidates that cost a demand more than `most` are none for it."""
        rows, columns = np.nonzero((costs < outside[:, None]) & (costs <= most[:, None]))
        order = np.lexsort((columns, costs[rows, columns], rows))
        rows, columns = rows[order], columns[order]
        values = costs[rows, columns]
        new = np.ones(len(rows), dtype=bool)
        new[1:] = (np.diff(rows) != 0) | (np.diff(values) != 0)
        begins = np.flatnonzero(new)
        level_rows, level_values = rows[begins], values[begins]
        last = np.ones(len(begins), dtype=bool)
        last[:-1] = np.diff(level_rows) != 0
        following = np.where(last, outside[level_rows], np.roll(level_values, -1))
        first = outside.copy()
        leading = np.ones(len(begins), dtype=bool)
        leading[1:] = last[:-1]
        first[level_rows[leading]] = level_values[leading]
        ends = np.append(begins[1:], len(rows))
        return cls(first, columns, begins, ends, level_rows, following, level_values)

    def shared(self, must: npt.NDArray[np.bool_]) -> "_Shared":
        """One z for each set of candidates; of the rows where `must`, one of them all has to be chosen."""
        # A set is told by the sum of its members' random numbers: of a million sets, two that differ agree
        # once in ten million questions.
        marks = np.random.default_rng(0).integers(0, 2**63, self.columns.max(initial=-1) + 1, dtype=np.uint64)
        sums = np.cumsum(np.append(np.uint64(0), marks[self.columns]), dtype=np.uint64)
        leading = np.ones(len(self.rows), dtype=bool)
        leading[1:] = np.diff(self.rows) != 0
        base = sums[self.begins[leading]][np.cumsum(leading) - 1] if len(self.rows) else sums[:0]
        names, level = np.unique(sums[self.ends] - base, return_inverse=True)
        cost = np.bincount(level, self.following - self.values, minlength=len(names)).astype(float)
        last = np.append(leading[1:], True)[: len(leading)]
        upper = np.ones(len(names))
        upper[level[last & must[self.rows]]] = 0.0
        before = np.where(leading, -1, np.roll(level, 1))
        _, kept = np.unique(level * (len(names) + 1) + before + 1, return_index=True)
        return _Shared(cost, upper, level[kept], before[kept], self, kept)


@dataclass(frozen=True, eq=False)
class _Shared:
    """The z of a programme, and its rules: z + the chosen of a level, less the z before, at least `least`."""

    cost: Floats
    upper: Floats
    level: Indices
    before: Indices
    levels: _Levels
    kept: Indices

    @property
    def least(self) -> Floats:
        return np.where(self.before < 0, 1.0, 0.0)

    def rows(self, candidates: int) -> scipy.sparse.csr_array:
        """The matrix of the rules, over candidates and then z."""
        begins, ends = self.levels.begins[self.kept], self.levels.ends[self.kept]
        sizes = ends - begins
        rule = np.repeat(np.arange(len(self.kept)), sizes)
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        columns = self.levels.columns[np.repeat(begins, sizes) + within]
        later = np.flatnonzero(self.before >= 0)
        row = np.concatenate([rule, np.arange(len(self.kept)), later])
        column = np.concatenate([columns, candidates + self.level, candidates + self.before[later]])
        value = np.concatenate([np.ones(len(rule) + len(self.kept)), -np.ones(len(later))])
        shape = (len(self.kept), candidates + len(self.cost))
        return scipy.sparse.csr_array((value, (row, column)), shape=shape)
