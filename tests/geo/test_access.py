"""Floating catchments and gravity: PySAL's toy, figures by hand, and that nothing of a supply is lost."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import access
from geo.access import Costs, Decay
from geo.errors import BadAccess, BadChoice

# The toy of PySAL's `access`: two suburbs and, third, the city between them.
TOY = [[1.0, 80.0, 40.0], [80.0, 1.0, 40.0], [40.0, 40.0, 1.0]]
PEOPLE, DOCTORS = [100, 50, 10], [15, 20, 100]

AMOUNTS = st.lists(st.integers(0, 500), min_size=4, max_size=4)
COST = st.sampled_from([0.5, 5.0, 12.0, 25.0, 60.0, np.inf])
COSTS = st.lists(st.lists(COST, min_size=3, max_size=3), min_size=4, max_size=4)


def test_two_steps_of_the_toy() -> None:
    found = access.two_step_fca(TOY, PEOPLE, DOCTORS, 61)

    # By hand: 15/110, 20/60, 100/160; the first reaches itself and the city.
    assert found.ratios == pytest.approx([15 / 110, 20 / 60, 100 / 160])
    assert found.scores == pytest.approx([0.76136364, 0.95833333, 1.09469697], abs=5e-9)
    assert (found.unserved, found.unreached) == ((), ())


def test_the_limit_is_included() -> None:
    assert access.two_step_fca(TOY, PEOPLE, DOCTORS, 40).scores == pytest.approx(
        access.two_step_fca(TOY, PEOPLE, DOCTORS, 61).scores
    )
    alone = access.two_step_fca(TOY, PEOPLE, DOCTORS, 39)
    assert alone.scores == pytest.approx([0.15, 0.4, 10])


def test_bands_of_the_toy_by_hand() -> None:
    # Weights 1 up to 10 and 0.5 up to 60: ratios 15 / 105, 20 / 55, 100 / 85.
    found = access.enhanced_two_step_fca(TOY, PEOPLE, DOCTORS, [(10, 1), (60, 0.5)])

    assert found.ratios == pytest.approx([15 / 105, 20 / 55, 100 / 85])
    assert found.scores == pytest.approx(
        [15 / 105 + 50 / 85, 20 / 55 + 50 / 85, 100 / 85 + 7.5 / 105 + 10 / 55]
    )


def simple(three: bool) -> list[float]:
    """The two and the three steps of the toy at power 1 within 61, written out as sums over names."""
    near = {(i, j): TOY[i][j] for i in range(3) for j in range(3) if TOY[i][j] <= 61}
    weight = {pair: 1 / cost for pair, cost in near.items()}
    if three:
        total = [sum(weight[pair] for pair in near if pair[0] == i) for i in range(3)]
        weight = {(i, j): weight[i, j] * weight[i, j] / total[i] for i, j in near}
    ratio = [DOCTORS[j] / sum(PEOPLE[i] * weight[i, j] for i in range(3) if (i, j) in near) for j in range(3)]
    return [sum(ratio[j] * weight[i, j] for j in range(3) if (i, j) in near) for i in range(3)]


def test_two_and_three_steps_with_power_1() -> None:
    # The scenario "gridlock" of PySAL's tests of `access`: gravity of power -1 up to a cost of 61.
    def decay(costs: Any) -> Any:
        return access.power(1.0)(costs) * access.within(61)(costs)

    assert access.gravity(TOY, PEOPLE, DOCTORS, decay).scores == pytest.approx(simple(three=False))
    assert access.three_step_fca(TOY, PEOPLE, DOCTORS, decay).scores == pytest.approx(simple(three=True))


def test_three_steps_do_not_ask_twice() -> None:
    # One demand of 100 between two supplies of 10, equally near: each is asked by half of it.
    found = access.three_step_fca([[5, 5]], [100], [10, 10], access.within(10))
    assert found.ratios.tolist() == [0.2, 0.2]
    assert found.scores.tolist() == [0.2]


def test_potential_and_its_decays() -> None:
    assert access.potential(TOY, DOCTORS, access.power(2.0)) == pytest.approx(
        [15 + 20 / 6400 + 100 / 1600, 15 / 6400 + 20 + 100 / 1600, 35 / 1600 + 100]
    )
    assert access.potential([[0, np.inf]], [3, 5], access.exponential(0.1)).tolist() == [3.0]
    # Dai (2010): half way to the limit, (e^-0.125 - e^-0.5) / (1 - e^-0.5) = 0.2759662 / 0.3934693.
    assert access.potential([[10]], [1], access.gaussian(20)) == pytest.approx([0.2759662 / 0.3934693])


@settings(max_examples=40)
@given(costs=COSTS, demand=AMOUNTS, supply=AMOUNTS)
def test_no_capacity_is_lost_or_made(costs: list[list[float]], demand: list[int], supply: list[int]) -> None:
    decays: list[Decay] = [access.within(25), access.bands(), access.gaussian(30), access.exponential(0.1)]
    for decay in (*decays, access.power(1.5)):
        for method in (access.gravity, access.three_step_fca):
            found = method(costs, demand, supply[:3], decay)
            reached = sum(held for j, held in enumerate(supply[:3]) if j not in found.unreached)
            assert (found.scores * demand).sum() == pytest.approx(reached)
            assert (found.scores[list(found.unserved)] == 0).all()


def test_pairs_are_the_same_as_the_matrix_in_any_order() -> None:
    matrix = np.array([[5.0, np.inf], [0.0, 12.0], [np.inf, np.inf]])
    pairs = Costs([1, 0, 1], [1, 0, 0], [12.0, 5.0, 0.0], (3, 2))
    from_both = [access.enhanced_two_step_fca(each, [10, 20, 30], [3, 4]) for each in (matrix, pairs)]

    assert from_both[0].scores == pytest.approx(from_both[1].scores)
    assert from_both[1].unserved == (2,)
    assert from_both[1].scores[2] == 0


def test_what_nobody_reaches_is_named() -> None:
    # The second supply is reached by people of whom there are none, the third by nobody.
    found = access.two_step_fca([[1, np.inf, 99], [np.inf, 1, 99]], [10, 0], [5, 6, 7], 10)

    assert found.unreached == (1, 2)
    assert found.unserved == ()
    assert found.scores.tolist() == [0.5, 0]


@pytest.mark.parametrize(
    ("costs", "demand", "supply", "said"),
    [
        (TOY, [100, -50, 10], DOCTORS, "demand at 1 is -50"),
        (TOY, PEOPLE, [15, np.nan, 100], "supply at 1 is nan"),
        (TOY, PEOPLE[:2], DOCTORS, r"demand of the shape \(2,\) is not one number for each of 3"),
        ([["far", 2]], [1], [1, 1], "Costs must be numbers"),
        (TOY, ["many", 1, 1], DOCTORS, "The demand must be numbers"),
        (TOY, [1e308, 1, 1], DOCTORS, "demand at 0 is 1e\\+308"),
        ([[1, np.nan]], [1], [1, 1], "cost from 0 to 1 is nan"),
        ([[1, -2]], [1], [1, 1], "cost from 0 to 1 is -2"),
        ([1, 2], [1], [1, 1], r"array from demand to supply, not \(2,\)"),
    ],
)
def test_input_that_cannot_be(costs: Any, demand: Any, supply: Any, said: str) -> None:
    with pytest.raises(BadAccess, match=said):
        access.two_step_fca(costs, demand, supply, 61)


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (([0.5], [0], [1]), "positions, whole numbers from 0"),
        ((["a"], [0], [1]), "ends of pairs must be numbers"),
        (([0, 3], [0, 0], [1, 1]), "end at 3, and there are 3"),
        (([0, 0], [1, 1], [1, 2]), "pair from 0 to 1 is there twice"),
        (([0], [1, 1], [1, 2]), "1 origins, 2 destinations and 2 costs"),
        (([0], [1], [np.inf]), "cost from 0 to 1 is inf"),
    ],
)
def test_pairs_that_cannot_be(pairs: Any, said: str) -> None:
    with pytest.raises(BadAccess, match=said):
        Costs(*pairs, (3, 2))


def test_decays_that_cannot_be() -> None:
    for make in (access.within, access.gaussian, access.power, access.exponential):
        for wrong in (-1.0, np.nan, np.inf, "10", None):
            with pytest.raises(BadChoice):
                make(wrong)
    with pytest.raises(BadChoice, match="above 0"):
        access.gaussian(0.0)
    with pytest.raises(BadChoice, match="least cost"):
        access.power(1.0, least=np.nan)
    with pytest.raises(BadChoice, match="A decay is a function"):
        access.potential([[1]], [1], None)
    with pytest.raises(BadAccess, match="The shape is"):
        Costs([], [], [], (-1, 2))
    for steps in (
        [],
        [10, 1, 20, 0.5],
        [(10, 1), (20,)],
        {10: 1},
        [(10, 1), (10, 0.5)],
        [(10, -1)],
        [(np.nan, 1)],
    ):
        with pytest.raises(BadChoice, match="Bands"):
            access.bands(steps)
    with pytest.raises(BadAccess, match="cost of 0"):
        access.potential([[0]], [1], access.power(1.0))
    # So far that exp(-beta c) is 0, and so near that c^-beta is infinite.
    assert access.potential([[1e308]], [1], access.exponential(1e10)).tolist() == [0.0]
    with pytest.raises(BadAccess, match="finite weight"):
        access.potential([[1e-300]], [1], access.power(2.0))
    with pytest.raises(BadAccess, match="finite weight"):
        access.potential([[1]], [1], lambda costs: -costs)
