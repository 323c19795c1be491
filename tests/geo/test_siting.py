"""Where to build: spopt's San Francisco, every choice tried by hand where there are few, and bad input."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access import Costs
from geo.errors import BadSiting
from geo.siting import Siting, maximal_covering, p_median, set_covering

Floats = npt.NDArray[np.float64]

TRACTS = np.loadtxt(Path(__file__).parent / "data" / "san_francisco.csv", delimiter=",", skiprows=1)
RESIDENTS, METRES = TRACTS[:, 0], TRACTS[:, 1:]

COSTS = st.lists(
    st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0, 5.0, 8.0, np.inf]), min_size=6, max_size=6),
    min_size=5,
    max_size=5,
)
WEIGHTS = st.lists(st.integers(0, 5), min_size=5, max_size=5).filter(any)
EXISTING = st.sets(st.integers(0, 5), max_size=2)


def test_four_stores_of_san_francisco() -> None:
    # spopt 0.7.0, tests of the p-median (`mean_dist`), solved there by CBC.
    found = p_median(METRES, RESIDENTS, 4)

    assert found.mean == pytest.approx(2982.1268579890657, abs=1e-5)
    assert (found.status, found.gap < 1e-6, len(found.chosen)) == ("optimal", True, 4)
    served = METRES[np.arange(205), found.assignment]
    assert served.tolist() == METRES[:, list(found.chosen)].min(axis=1).tolist()
    assert (RESIDENTS * served).sum() == pytest.approx(found.objective)


def test_four_stores_of_san_francisco_within_5_km() -> None:
    # spopt's tests of MCLP: 21 tracts are not covered, 89.756 % are.
    found = maximal_covering(METRES, RESIDENTS, 4, 5000)

    assert (found.assignment == -1).sum() == 21
    assert 100 * (found.assignment >= 0).mean() == pytest.approx(89.75609756097561)
    assert found.objective == RESIDENTS[found.assignment >= 0].sum()
    assert found.status == "optimal"


def test_every_tract_of_san_francisco_within_5_km() -> None:
    found = set_covering(METRES, 5000)

    assert (found.objective, found.status) == (8.0, "optimal")
    assert METRES[np.arange(205), found.assignment].max() <= 5000
    # No seven of the sixteen do.
    near = METRES <= 5000
    assert not any(near[:, seven].any(axis=1).all() for seven in map(list, combinations(range(16), 7)))


def median_of(costs: Floats, weights: Floats, open_: list[int]) -> float:
    least = costs[:, open_].min(axis=1)
    return float((weights * np.where(weights > 0, least, 0.0)).sum())


def choices(existing: set[int], p: int) -> list[list[int]]:
    free = sorted(set(range(6)) - existing)
    return [[*those, *existing] for those in combinations(free, p)]


@settings(max_examples=60)
@given(costs=COSTS, weights=WEIGHTS, existing=EXISTING, p=st.integers(1, 3))
def test_no_other_choice_has_a_better_median(
    costs: list[list[float]], weights: list[int], existing: set[int], p: int
) -> None:
    matrix, held = np.array(costs), np.array(weights, dtype=float)
    with np.errstate(invalid="ignore"):
        best = min(median_of(matrix, held, open_) for open_ in choices(existing, p))
    if best == np.inf:
        with pytest.raises(BadSiting, match=r"reached by no candidate|too few to reach everybody"):
            p_median(matrix, held, p, existing)
        return
    found = p_median(matrix, held, p, existing)

    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    checked(found, matrix, held, existing, p)


@settings(max_examples=60)
@given(costs=COSTS, weights=WEIGHTS, existing=EXISTING, p=st.integers(1, 3), limit=st.sampled_from([0, 2, 4]))
def test_no_other_choice_covers_more(
    costs: list[list[float]], weights: list[int], existing: set[int], p: int, limit: float
) -> None:
    matrix, held = np.array(costs), np.array(weights, dtype=float)
    near = matrix <= limit
    best = max(held[near[:, open_].any(axis=1)].sum() for open_ in choices(existing, p))
    found = maximal_covering(matrix, held, p, limit, existing)

    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert held[found.assignment >= 0].sum() == found.objective
    checked(found, np.where(near, matrix, np.inf), held, existing, p)


@settings(max_examples=40)
@given(costs=COSTS, existing=EXISTING)
def test_no_smaller_choice_covers_everybody(costs: list[list[float]], existing: set[int]) -> None:
    matrix = np.array(costs)
    near = matrix <= 4
    enough = [
        p
        for p in range(7 - len(existing))
        for open_ in choices(existing, p)
        if near[:, open_].any(axis=1).all()
    ]
    if not near.any(axis=1).all():
        with pytest.raises(BadSiting, match="within 4 of no candidate"):
            set_covering(matrix, 4, existing)
        return
    found = set_covering(matrix, 4, existing)

    assert len(found.chosen) == found.objective == found.bound == min(enough)
    assert (found.assignment >= 0).all()


def checked(found: Siting, matrix: Floats, held: Floats, existing: set[int], p: int) -> None:
    """The choice is p new ones; everybody is served by the first of the nearest, if by anybody."""
    assert len(set(found.chosen) - existing) == len(found.chosen) == p
    assert found.existing == tuple(sorted(existing))
    open_ = sorted([*found.chosen, *existing])
    for row, serving in zip(matrix, found.assignment.tolist(), strict=True):
        nearest = [j for j in open_ if row[j] == row[open_].min() and row[j] < np.inf]
        assert serving == (nearest[0] if nearest else -1)
    assert found.total == held.sum()
    assert found.status == "optimal"


def city(areas: int, candidates: int, seed: int) -> tuple[Floats, Floats]:
    chance = np.random.default_rng(seed)
    where = chance.normal(size=(areas, 2)) * 3000
    apart = where[:, None, :] - where[chance.choice(areas, candidates, replace=False)][None, :, :]
    return np.linalg.norm(apart, axis=2), chance.integers(50, 2000, areas).astype(float)


def test_a_choice_and_its_bound_hold_when_the_time_runs_out() -> None:
    # A time in which nothing but the first choice is made: it is worse than the best, and says how much.
    costs, weights = city(400, 80, seed=3)
    best = p_median(costs, weights, 8)
    hurried = p_median(costs, weights, 8, seconds=1e-6)

    assert best.status == "optimal"
    assert hurried.status == "best found"
    assert hurried.bound <= best.objective <= hurried.objective
    assert hurried.gap == pytest.approx((hurried.objective - hurried.bound) / hurried.objective)


def test_existing_candidates_serve_and_are_not_counted() -> None:
    costs, weights = city(200, 40, seed=1)
    alone = p_median(costs, weights, 3)
    beside = p_median(costs, weights, 1, existing=alone.chosen[:2])

    # Two of the best three stand: the third is the one that is missing.
    assert beside.chosen == alone.chosen[2:]
    assert beside.objective == pytest.approx(alone.objective)


def test_where_nothing_is_left_to_gain() -> None:
    # A house in every area: nobody comes nearer. Nothing in reach of anybody: nobody is covered.
    costs, weights = city(12, 12, seed=4)
    done = p_median(np.column_stack([costs, costs]), weights, 2, existing=range(12))
    none = maximal_covering(costs + 1, weights / 7, 2, limit=0.5)

    assert (done.objective, done.bound, done.gap, done.status) == (0.0, 0.0, 0.0, "optimal")
    assert (none.objective, none.gap, none.status) == (0.0, 0.0, "optimal")
    assert set(none.assignment) == {-1}


def test_pairs_are_the_same_as_the_matrix() -> None:
    matrix = np.array([[1.0, np.inf, 4.0], [np.inf, 2.0, 3.0]])
    for question in (lambda costs: p_median(costs, [1, 2], 1), lambda costs: set_covering(costs, 2)):
        dense, sparse = question(matrix), question(Costs.of(matrix))
        assert dense.chosen == sparse.chosen
        assert dense.objective == sparse.objective
    # Only the third reaches both: 4 + 2 * 3.
    assert p_median(matrix, [1, 2], 1).objective == 10


def test_the_same_question_has_the_same_answer() -> None:
    # Everybody is equally far from everything: the first candidates are as good as any.
    found = p_median(np.ones((5, 4)), np.ones(5), 2)
    assert (found.chosen, found.assignment.tolist()) == ((0, 1), [0] * 5)
    costs, weights = city(80, 20, seed=2)
    assert p_median(costs, weights, 5).chosen == p_median(costs, weights, 5).chosen


SQUARE = [[0.0, 4.0], [4.0, 0.0]]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (lambda: p_median(SQUARE, [1, 1], 3), "3 cannot be chosen: there are 2 candidates"),
        (lambda: p_median(SQUARE, [1, 1], 2, existing=[0]), "2 cannot be chosen: there are 1 candidates"),
        (lambda: p_median(SQUARE, [1, 1], 0), "p must be a whole number from 1, not 0"),
        (lambda: p_median(SQUARE, [1, 1], 1.5), "p must be a whole number"),
        (lambda: p_median(SQUARE, [1, -1], 1), "weight at 1 is -1"),
        (lambda: p_median(SQUARE, [1, np.nan], 1), "weight at 1 is nan"),
        (lambda: p_median(SQUARE, ["a", 1], 1), "Weights must be numbers"),
        (lambda: p_median(SQUARE, [1e308, 1], 1), "weight at 0 is 1e"),
        (lambda: p_median([["a"]], [1], 1), "Costs must be numbers"),
        (lambda: p_median(SQUARE, [1, 1], 1, existing=[0.7]), "positions from 0 to 1"),
        (lambda: p_median(SQUARE, [1, 1], 1, existing=[True, False]), "positions from 0 to 1"),
        (lambda: p_median(SQUARE, [1, 1], 1, seconds=None), "time limit"),
        (lambda: set_covering(SQUARE, "near"), "limit must be a finite number"),
        (lambda: p_median(SQUARE, [1], 1), r"shape \(1,\) are not one for each of 2"),
        (lambda: p_median(SQUARE, [0, 0], 1), "All weights are 0"),
        (lambda: p_median([[0, -4.0]], [1], 1), "cost from 0 to 1 is -4"),
        (lambda: p_median([[0, np.nan]], [1], 1), "cost from 0 to 1 is nan"),
        (lambda: p_median([], [], 1), "array from demand to candidate"),
        (lambda: p_median(SQUARE, [1, 1], 1, existing=[2]), "positions from 0 to 1"),
        (lambda: p_median(SQUARE, [1, 1], 1, existing=[0, 0]), "each once"),
        (lambda: p_median(SQUARE, [1, 1], 1, seconds=0), "time limit"),
        (
            lambda: p_median([[1, np.inf], [np.inf, np.inf]], [1, 1], 1),
            "reached by no candidate, the first at 1",
        ),
        (lambda: p_median([[1, np.inf], [np.inf, 1]], [1, 1], 1), "too few to reach everybody: it takes 2"),
        (lambda: maximal_covering(SQUARE, [1, 1], 1, np.nan), "limit must be a finite number"),
        (lambda: set_covering([[1.0], [9.0]], 5), "1 demands are within 5 of no candidate, the first at 1"),
    ],
)
def test_questions_that_cannot_be_answered(question: Any, said: str) -> None:
    with pytest.raises(BadSiting, match=said):
        question()
