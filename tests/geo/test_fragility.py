"""Composite indices: worked out by hand, what must not change them, and what is refused."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import fragility
from geo.errors import BadChoice, BadIndicator, BadPopulation, BadWeights, GeoError
from geo.fragility import ampi, ampi_scale, arithmetic, explain, geometric, mpi, penalised, svi, uncertainty
from geo.graph import Graph

Floats = npt.NDArray[np.float64]

# Three areas, two indicators; the second is better where it is more.
TABLE = np.array([[10.0, 9.0], [20.0, 5.0], [30.0, 7.0]])
SIGNS = [1, -1]


def tables(least: int = 3) -> st.SearchStrategy[Floats]:
    """Tables of 3 to 12 areas and 2 to 5 indicators, each with spread, some numbers missing."""

    def made(seed: int, areas: int, indicators: int, holes: float) -> Floats:
        chance = np.random.default_rng(seed)
        table = np.round(chance.lognormal(3.0, 1.0, (areas, indicators)), 3)
        table[chance.random(table.shape) < holes] = np.nan
        table[:2] = [np.arange(indicators) + 1.0, np.arange(indicators) + 50.0]
        return table

    return st.builds(
        made, st.integers(0, 10**6), st.integers(least, 12), st.integers(2, 5), st.sampled_from([0, 0.2])
    )


def signs_of(table: Floats) -> Floats:
    return np.where(np.arange(table.shape[1]) % 2, -1.0, 1.0)


# By hand.


def test_ampi_of_a_negative_phenomenon_adds_and_of_a_positive_one_subtracts() -> None:
    # Goalposts around the means 20 and 7, half a range (10 and 2) to each side: 10..30 and 5..9. So the table
    # is 70 100 130 and, turned round, 70 130 100; means 70 115 115, variances 0 225 225.
    assert ampi_scale(TABLE, SIGNS).T.tolist() == [[70.0, 100.0, 130.0], [70.0, 130.0, 100.0]]
    penalty = 225 / 115
    assert ampi(TABLE, SIGNS) == pytest.approx([70, 115 + penalty, 115 + penalty])
    assert ampi(TABLE, SIGNS, phenomenon="positive") == pytest.approx([70, 115 - penalty, 115 - penalty])


def test_a_reference_is_worth_100_and_goalposts_hold_for_all_years() -> None:
    # Two areas in two years, 1 and 3, then 5 and 9: Sup - Inf = 8, so around 5 the goalposts are 1 and 9.
    years = [[1.0], [3.0], [5.0], [9.0]]
    assert ampi_scale(years, reference=5).ravel().tolist() == [70.0, 85.0, 100.0, 130.0]
    # The second year alone, beside the range that is known from both years.
    assert ampi_scale(years[2:], reference=5, goalposts=(1, 9)).ravel().tolist() == [100.0, 130.0]
    # Without a reference goalposts are Min and Max as they stand.
    assert ampi_scale(years[2:], goalposts=([1], [17])).ravel().tolist() == [85.0, 100.0]


def test_years_below_each_other_score_as_each_year_by_the_goalposts_of_all() -> None:
    first, second = TABLE, TABLE[::-1] * [1.5, 0.8]
    both = np.vstack([first, second])
    known = {"reference": both.mean(axis=0), "goalposts": (both.min(axis=0), both.max(axis=0))}
    apart = [ampi(year, SIGNS, **known) for year in (first, second)]
    assert ampi(both, SIGNS) == pytest.approx(np.concatenate(apart))


def test_mpi_has_mean_100_and_deviation_10_by_n() -> None:
    # 1 and 3: mean 2, deviation 1 by n, so 90 and 110; the second indicator the other way round.
    scores = mpi([[1.0, 1.0], [3.0, 3.0]], [1, -1])
    assert scores == pytest.approx([101.0, 101.0])
    assert mpi([[1.0, 1.0], [3.0, 3.0]], [1, -1], "positive") == pytest.approx([99.0, 99.0])


def test_weights_weigh_the_mean_and_the_variance() -> None:
    # 0.75 * 80 + 0.25 * 120 = 90; 0.75 * 100 + 0.25 * 900 = 300.
    assert penalised([[80.0, 120.0]], [0.75, 0.25]) == pytest.approx([90 + 300 / 90])
    assert arithmetic([[80.0, 120.0]], [0.75, 0.25]).tolist() == [90.0]
    assert geometric([[16.0, 81.0]], [0.75, 0.25]) == pytest.approx([24.0])
    # An indicator that does not count may be missing.
    assert arithmetic([[80.0, np.nan], [1.0, 2.0]], [1, 0]).tolist() == [80.0, 1.0]


def test_svi_ranks_again_the_sums_of_ranks() -> None:
    # Five counties; the second has no income, the fifth no residents at all. Ranks of income (less is worse)
    # among three: 9 -> 0, 5 -> 0.5, 1 -> 1; of crowding among four: 1 -> 0, 2 and 2 -> 0.3333, 4 -> 1.
    table = [[9.0, 2.0], [-999, 4.0], [5.0, 1.0], [1.0, 2.0], [-999, -999]]
    found = svi(table, ["income", "housing"], [-1, 1])
    assert found.themes == ("income", "housing")
    assert np.array_equal(found.percentiles[:, 0], [0, np.nan, 0.5, 1, np.nan], equal_nan=True)
    assert np.array_equal(found.percentiles[:, 1], [0.3333, 1, 0, 0.3333, np.nan], equal_nan=True)
    assert np.array_equal(found.total, [0.3333, np.nan, 0.5, 1.3333, np.nan], equal_nan=True)
    assert np.array_equal(found.overall, [0, np.nan, 0.5, 1, np.nan], equal_nan=True)
    assert found.total_flags.tolist() == [0, 1, 0, 1, 0]
    assert found.theme_flags.tolist() == [[0, 0], [0, 1], [0, 0], [1, 0], [0, 0]]


def test_few_residents_are_left_out_or_drawn_to_the_mean_and_marked() -> None:
    values = np.array([[5.0, 1.0], [50.0, 9.0], [7.0, 2.0], [8.0, 3.0]])
    left_out = fragility.suppressed(values, [900, 16, 200, np.nan], fewest=200)
    assert left_out.few.tolist() == [False, True, False, True]
    assert np.isnan(left_out.values[[1, 3]]).all()
    assert left_out.values[[0, 2]].tolist() == [[5, 1], [7, 2]]
    # m = 44 / 220 = 0.2; rates 0.1, 0.3, 0.2; sum of n (r - m)^2 = 1 + 1 + 0; A = 2 / 220 - 0.2 / (220 / 3).
    drawn = fragility.smoothed([10, 30, 4], [100, 100, 20], fewest=50)
    between = 2 / 220 - 0.2 * 3 / 220
    own = between / (between + 0.2 / 100)
    assert drawn.rates == pytest.approx([0.2 - 0.1 * own, 0.2 + 0.1 * own, 0.2])
    assert drawn.own[0] == pytest.approx(own)
    assert drawn.few.tolist() == [False, False, True]


def test_smoothing_knows_nobody_where_nobody_lives() -> None:
    drawn = fragility.smoothed([2, np.nan, 0, 0], [100, 50, 0, 300])
    assert np.isnan(drawn.rates).tolist() == [False, True, True, False]
    assert fragility.smoothed([0, 0], [10, 20]).rates.tolist() == [0, 0]
    graph = Graph.from_edges([("a", "b", 1.0), ("b", "a", 1.0)], ids=["a", "b", "c", "d"])
    around = fragility.smoothed_locally([2, 4, 0, 3], [100, 50, 0, 300], graph)
    assert np.isnan(around.rates).tolist() == [False, False, True, False]
    assert around.rates[3] == pytest.approx(0.01)  # no neighbours: its own mean
    assert 0.02 < around.rates[0] < around.rates[1] < 0.08


# What must not change an index.


@given(tables(), st.floats(0.001, 1000), st.floats(-500, 500))
@settings(max_examples=40)
def test_the_units_of_an_indicator_make_no_difference(table: Floats, factor: float, shift: float) -> None:
    signs = signs_of(table)
    told = ampi(table, signs)
    other = table.copy()
    other[:, 0] = other[:, 0] * factor + shift
    other[:, 1] = -other[:, 1]  # more becomes less: so does the polarity
    turned = signs * np.where(np.arange(len(signs)) == 1, -1, 1)
    assert ampi(other, turned) == pytest.approx(told, rel=1e-6, nan_ok=True)


@given(tables(), st.randoms())
@settings(max_examples=40)
def test_neither_the_order_of_areas_nor_of_indicators_makes_a_difference(table: Floats, random: Any) -> None:
    areas, indicators = list(range(len(table))), list(range(table.shape[1]))
    random.shuffle(areas)
    random.shuffle(indicators)
    signs, themes = signs_of(table), [str(number % 2) for number in indicators]
    other = table[areas][:, indicators]
    there = signs[indicators]
    for index in (ampi, mpi):
        assert index(other, there) == pytest.approx(index(table, signs)[areas], nan_ok=True)
    kept = svi(table, ["one"] * len(themes), signs).overall
    assert svi(other, ["one"] * len(themes), there).overall == pytest.approx(kept[areas], nan_ok=True)


@given(tables(), st.integers(1, 4))
@settings(max_examples=40)
def test_areas_without_data_change_no_others(table: Floats, more: int) -> None:
    signs = signs_of(table)
    longer = np.vstack([table, np.full((more, table.shape[1]), np.nan)])
    for scaled in (fragility.percentile_ranks, fragility.min_max, fragility.z_scores, ampi_scale, ampi, mpi):
        alone, among = scaled(table, signs), scaled(longer, signs)
        assert among[: len(table)] == pytest.approx(alone, nan_ok=True)
        assert np.isnan(among[len(table) :]).all()
    ranks = uncertainty(table, signs, runs=50).median
    assert np.array_equal(uncertainty(longer, signs, runs=50).median[: len(table)], ranks, equal_nan=True)


@given(tables(), st.sampled_from(["arithmetic", "geometric", "penalised"]), st.booleans())
@settings(max_examples=40)
def test_the_parts_add_up_to_the_score(table: Floats, method: str, weighed: bool) -> None:
    normalised = ampi_scale(table, signs_of(table))
    weights = np.arange(table.shape[1], dtype=float) if weighed else np.ones(table.shape[1])
    weights /= weights.sum()
    told = explain(normalised, method, weights, "positive")
    scores = {
        "arithmetic": arithmetic(normalised, weights),
        "geometric": geometric(normalised, weights),
        "penalised": penalised(normalised, weights, "positive"),
    }
    assert told.parts.sum(axis=1) == pytest.approx(scores[method], nan_ok=True)
    assert told.level + told.imbalance == pytest.approx(told.parts, nan_ok=True)
    known = ~np.isnan(told.score)
    assert (told.parts[known][:, weights == 0] == 0).all()


@given(tables(), st.floats(0.1, 0.9))
@settings(max_examples=25)
def test_more_of_it_never_scores_less(table: Floats, by: float) -> None:
    # Between goalposts from outside, so that only one area changes. AMPI itself may fall when imbalance goes.
    low, high = np.full(table.shape[1], -1e3), np.full(table.shape[1], 1e3)
    scaled = fragility.goalposts(table, low, high, scale=(1, 100))
    worse = table.copy()
    worse[0, 0] += by * 100
    after = fragility.goalposts(worse, low, high, scale=(1, 100))
    assert arithmetic(after)[0] > arithmetic(scaled)[0]
    assert geometric(after)[0] > geometric(scaled)[0]


# Uncertainty.


def test_ranks_are_certain_where_every_choice_agrees() -> None:
    table = np.arange(1.0, 9.0)[:, None] ** [1, 2, 3]
    told = uncertainty(table, runs=200)
    for ranks in (told.median, told.low, told.high):
        assert ranks.tolist() == [8, 7, 6, 5, 4, 3, 2, 1]
    assert told.runs == 200


def test_ranks_are_those_of_the_goalposts_of_the_index() -> None:
    # Between 0 and 100 the first indicator hardly tells the areas apart, and the second decides.
    table, posts = np.array([[5.0, 10.0], [4.0, 20.0], [3.0, 29.0]]), ([0, 10], [100, 30])
    only = {"normalisations": ("goalposts",), "aggregations": ("arithmetic",), "leave_one_out": False}
    assert uncertainty(table, [1, 1], choices=fragility.Choices(**only), runs=200).low.min() == 1
    told = uncertainty(table, choices=fragility.Choices(**only, goalposts=posts), runs=200)
    assert told.low.tolist() == told.high.tolist() == [3, 2, 1]


def test_an_unbalanced_area_has_the_widest_interval() -> None:
    chance = np.random.default_rng(3)
    table = np.repeat(chance.uniform(20, 80, (30, 1)), 4, axis=1) + chance.uniform(-2, 2, (30, 4))
    table[0] = [100, 0, 100, 0]
    told = uncertainty(table, runs=400, seed=1)
    width = told.high - told.low
    assert width.argmax() == 0
    assert (told.low <= told.median).all()
    assert (told.median <= told.high).all()
    again = uncertainty(table, runs=400, seed=1)
    assert again.low.tolist() == told.low.tolist()
    assert uncertainty(table, runs=400, seed=2).low.tolist() != told.low.tolist()


def test_runs_without_any_choice_give_the_plain_ranks() -> None:
    chance = np.random.default_rng(5)
    table = chance.lognormal(size=(20, 3))
    only = fragility.Choices(("percentile ranks",), ("geometric",), weight_spread=0, leave_one_out=False)
    # Of fragility the geometric mean of what is sound; the least sound comes first.
    sound = geometric(1 + 99 * fragility.percentile_ranks(table, [-1, -1, -1]))
    assert uncertainty(table, choices=only, runs=2).low.tolist() == [1 + (sound < one).sum() for one in sound]
    for name, scale in (("goalposts", ampi_scale), ("z-scores", fragility.mpi_scale)):
        only = fragility.Choices((name,), ("penalised",), weight_spread=0, leave_one_out=False)
        scores = penalised(scale(table))
        told = uncertainty(table, choices=only, runs=3)
        assert told.median.tolist() == [1 + (scores > score).sum() for score in scores]
        assert told.low.tolist() == told.high.tolist()


@pytest.mark.parametrize("scaled", [fragility.z_scores, fragility.mpi_scale, ampi_scale, fragility.min_max])
def test_no_unit_is_too_small_for_an_index(scaled: Any) -> None:
    # The squares of such numbers are 0 to a computer.
    assert np.array_equal(scaled(TABLE * 2.0**-700, SIGNS), scaled(TABLE, SIGNS))
    assert np.array_equal(
        fragility.principal_components(TABLE * 2.0**-700).shares, fragility.principal_components(TABLE).shares
    )


# What is refused.

ONE = [[1.0, 5.0], [1.0, 6.0]]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ampi(ONE), BadIndicator, "The indicator 0 has one value everywhere"),
        (lambda: mpi(ONE), BadIndicator, "The indicator 0 has one value everywhere"),
        (lambda: svi(ONE, ["a", "a"]), BadIndicator, "The indicator 0 has one value everywhere"),
        (lambda: fragility.min_max(ONE), BadIndicator, "one value everywhere"),
        (lambda: fragility.z_scores(ONE), BadIndicator, "one value everywhere"),
        (lambda: uncertainty(ONE), BadIndicator, "one value everywhere"),
        (lambda: fragility.principal_components(ONE), BadIndicator, "one value everywhere"),
        (
            lambda: ampi(pd.DataFrame({"rent": [1.0, 2.0], "jobs": [3.0, 3.0]})),
            BadIndicator,
            "The indicator 'jobs' has one value everywhere",
        ),
        (lambda: mpi([[0.3, 1.0], [0.1 + 0.2, 2.0]]), BadIndicator, "0 has one value everywhere"),
        (lambda: ampi([[np.nan, 1.0], [np.nan, 2.0]]), BadIndicator, "The indicator 0 has no value at all"),
        (lambda: svi([[-999, 1.0], [-999, 2.0]], ["a", "b"]), BadIndicator, "0 has no value at all"),
        (lambda: ampi([[1.0, np.inf], [2.0, 2.0]]), BadIndicator, "The indicator 1 has an infinite value"),
        (lambda: ampi([["many", 1.0], ["few", 2.0]]), BadIndicator, "must be numbers"),
        (lambda: ampi([[1.0, 2.0], [3.0]]), BadIndicator, "numbers, in rows of one length"),
        (lambda: ampi([[1j, 2.0], [3.0, 4.0]]), BadIndicator, "must be numbers"),
        (lambda: ampi([[1e308, 2.0], [-1e308, 4.0]]), BadIndicator, "The indicator 0 has a value beyond"),
        (lambda: ampi([1.0, 2.0]), BadIndicator, r"an \(areas, indicators\) array"),
        (lambda: ampi(TABLE, ["POS", "NEG"]), BadIndicator, "Polarities, 1 or -1, must be numbers"),
        (lambda: ampi(TABLE, [[1, 1]]), BadIndicator, r"2 indicators, not an array of the shape \(1, 2\)"),
        (lambda: ampi(TABLE, 1), BadIndicator, "2 indicators, not a single number"),
        (lambda: ampi(TABLE, reference="mean"), BadIndicator, "References must be numbers"),
        (
            lambda: ampi(TABLE, reference=[20, 1e20]),
            BadIndicator,
            "The indicator 1 has a reference so far off",
        ),
        (lambda: ampi(TABLE, goalposts=5), BadIndicator, "a pair of lows and highs, not 5"),
        (lambda: ampi(TABLE, goalposts=("low", 9)), BadIndicator, "Goalposts must be numbers"),
        (lambda: ampi(TABLE, goalposts=(-1e308, 1e308)), BadIndicator, "goalposts that are not finite"),
        (lambda: ampi(TABLE, phenomenon=["negative"]), BadChoice, "negative .* or positive, not"),
        (lambda: arithmetic(TABLE, ["a", "b"]), BadWeights, "Weights must be numbers"),
        (lambda: svi(TABLE, None), BadChoice, "Themes are the name of one for each indicator, not None"),
        (lambda: svi(TABLE, ["a", "b"], no_data="none"), BadChoice, "finite number or NaN, not 'none'"),
        (lambda: fragility.min_max(TABLE, scale=5), BadChoice, "A scale must rise"),
        (lambda: fragility.smoothed(["a"], [1]), BadPopulation, "The number of events must be numbers"),
        (lambda: fragility.smoothed([[1]], [[1]]), BadPopulation, r"an array of the shape \(1, 1\)"),
        (lambda: fragility.smoothed([1], [1], "few"), BadChoice, "a number from 0, not 'few'"),
        (lambda: fragility.smoothed_locally([1], [1], [[0]]), BadChoice, "told by a Graph, not by a list"),
        (lambda: fragility.suppressed(4, [1], 2), BadIndicator, "one row for each area"),
        (lambda: uncertainty(TABLE, runs=1.5), BadChoice, "1.5 runs: ask for a whole number"),
        (lambda: uncertainty(TABLE, seed=-1), BadChoice, "seed must be a whole number from 0, not -1"),
        (lambda: fragility.Choices(weight_spread="much"), BadChoice, "from 0 below 1, not 'much'"),
        (lambda: ampi(TABLE, [1]), BadIndicator, "one for each of the 2 indicators, not 1"),
        (lambda: ampi(TABLE, [1, 0]), BadIndicator, "The indicator 1 has the polarity 0"),
        (lambda: ampi(TABLE, reference=[1, 2, 3]), BadIndicator, "References must be one for all or"),
        (lambda: ampi(TABLE, reference=[1, np.nan]), BadIndicator, "1 has a reference that is no finite"),
        (lambda: ampi(TABLE, goalposts=([0, 9], [1, 9])), BadIndicator, "The indicator 1 has goalposts"),
        (lambda: ampi(TABLE, goalposts=(0, 1, 2)), BadIndicator, "a pair of lows and highs"),
        (lambda: ampi(TABLE, phenomenon="bad"), BadChoice, "negative .* or positive, not 'bad'"),
        (lambda: ampi(TABLE, goalposts=(1000, 1001)), BadIndicator, "area 0 have the mean"),
        (lambda: arithmetic(TABLE, [0.5, 0.6]), BadWeights, "add up to 1.1: they must add up to 1"),
        (lambda: arithmetic(TABLE, [-0.5, 1.5]), BadWeights, "Weight 0 is -0.5"),
        (lambda: arithmetic(TABLE, [1.0]), BadWeights, "one for each of the 2 indicators, not 1"),
        (lambda: uncertainty(TABLE, weights=[0.5, 0.6]), BadWeights, "add up to 1.1"),
        (lambda: explain(TABLE, "ampi"), BadChoice, "'ampi' is no way of putting indicators together"),
        (lambda: geometric([[0.0, 1.0]]), BadIndicator, "The indicator 0 has values that are not above 0"),
        (lambda: svi(TABLE, ["a"]), BadChoice, "1 themes do not fit 2 indicators"),
        (lambda: fragility.min_max(TABLE, scale=(1, 0)), BadChoice, "A scale must rise"),
        (lambda: fragility.smoothed([1, 2], [10, -1]), BadPopulation, "The population of area 1 is -1"),
        (lambda: fragility.smoothed([-1], [10]), BadPopulation, "The number of events of area 0 is -1"),
        (lambda: fragility.smoothed([1], [10, 20]), BadPopulation, "for each of 2 areas, not 1"),
        (lambda: fragility.suppressed(TABLE, [1, 2, -3], 5), BadPopulation, "The population of area 2 is -3"),
        (lambda: fragility.suppressed(TABLE, [1, 2, 3], -5), BadChoice, "a number from 0, not -5"),
        (lambda: uncertainty(TABLE, runs=0), BadChoice, "0 runs"),
        (lambda: fragility.Choices(("ranks",)), BadChoice, "'ranks' is no normalisation"),
        (lambda: fragility.Choices(("z-scores",), ("geometric",)), BadChoice, "go together"),
        (lambda: fragility.Choices(weight_spread=1), BadChoice, "from 0 below 1, not 1"),
        (lambda: fragility.principal_components([[1, np.nan], [2, 3]]), BadIndicator, "1 areas have every"),
    ],
)
def test_bad_input_is_named(make: Any, error: type[GeoError], words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_what_is_told_of_indicators_goes_by_their_names() -> None:
    table = pd.DataFrame(TABLE, columns=["rent", "jobs"])
    weighed = ampi(TABLE, SIGNS, weights=[0.25, 0.75])
    for signs in ({"jobs": -1, "rent": 1}, pd.Series({"jobs": -1, "rent": 1}), pd.Series(SIGNS)):
        assert (
            ampi(table, signs, weights=pd.Series({"jobs": 0.75, "rent": 0.25})).tolist() == weighed.tolist()
        )
    posts = pd.Series({"jobs": 0, "rent": 5}), pd.Series({"jobs": 10, "rent": 35})
    assert (
        ampi(table, SIGNS, goalposts=posts).tolist()
        == ampi(TABLE, SIGNS, goalposts=([5, 0], [35, 10])).tolist()
    )
    assert ampi(TABLE, pd.Series({"rent": 1, "jobs": -1})).tolist() == ampi(TABLE, SIGNS).tolist()
    by_name = svi(table, {"jobs": "work", "rent": "home"}, {"rent": 1, "jobs": -1})
    assert by_name.themes == ("home", "work")
    assert by_name.total.tolist() == svi(TABLE, ["home", "work"], SIGNS).total.tolist()
    with pytest.raises(BadIndicator, match="There is no indicator 'rents': there are rent, jobs"):
        ampi(table, {"rents": 1, "jobs": -1})
    with pytest.raises(BadIndicator, match="Of the indicator 'jobs' nothing is told"):
        ampi(table, {"rent": 1})


def test_what_is_masked_is_no_data() -> None:
    masked = np.ma.masked_equal(TABLE, 5.0)
    assert np.isnan(ampi(masked, SIGNS)).tolist() == [False, True, False]


def test_tables_of_pandas_are_taken_with_every_kind_of_no_data() -> None:
    table = pd.DataFrame({"rent": [10, 20, 30, None], "jobs": pd.array([9, 5, 7, None], dtype="Int64")})
    assert ampi(table, SIGNS)[:3] == pytest.approx(ampi(TABLE, SIGNS))
    assert np.isnan(ampi(table, SIGNS)[3])


def test_an_indicator_with_one_value_everywhere_has_a_place_between_goalposts() -> None:
    assert ampi(ONE, goalposts=([0, 5], [2, 7])) == pytest.approx([85 + 225 / 85, 100])
    assert fragility.goalposts(ONE, 0, 10).tolist() == [[0.1, 0.5], [0.1, 0.6]]
