"""What an index is made of, hashed and computed: without a database."""

from dataclasses import replace

import numpy as np
import pytest

from app.errors import BadParameter, Invalid
from app.fragility.indices import ready
from app.fragility.indices.computing import computed
from app.fragility.indices.inputs import Figure, Inputs
from app.fragility.indices.reading import draft
from app.fragility.indices.rules import (
    METHODS,
    Definition,
    Part,
    canonical_json,
    checked,
    hash_of,
    shown_as,
)
from app.fragility.indices.words import METHOD_NAMES, METHOD_WORDS, method_in_words
from tests.app.fragility.index_refusals import OUT_OF_SCALE
from tests.app.fragility.zones import wanted
from tests.app.pages.test_catalog import translated

PARTS = (Part("b", -1, 0.25), Part("a", 1, 0.75))


def values(rows: list[list[float]], residents: list[float] | None = None) -> Inputs:
    """Inputs of the series a, b, ... and areas 00, 01, ..."""
    table = np.array(rows)
    names = tuple("abcdefgh"[: table.shape[1]])
    figures = tuple(Figure("z", name, 2011, name, {}, {}, 1, "", "") for name in names)
    codes = tuple(f"{row:02}" for row in range(len(table)))
    people = np.array(residents or [500.0] * len(table))
    return Inputs(2011, codes, figures, table, people, (), "")


def test_a_canonical_text_has_one_form() -> None:
    assert canonical_json({"b": [0.1, 2.0], "a": "è"}) == '{"a":"è","b":[0.1,2.0]}'
    # Of `{"a":1}`, as sha256sum tells it.
    assert hash_of({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


def test_a_definition_is_the_same_in_whatever_order_it_was_written() -> None:
    first, second = Definition(PARTS), Definition(PARTS[::-1])
    assert hash_of(first.canonical()) == hash_of(second.canonical())
    assert hash_of(replace(first, seed=2).canonical()) != hash_of(first.canonical())
    assert list(first.canonical()["indicators"][0].values()) == ["a", 1, 0.75, "", ""]


def test_weights_add_up_to_one_or_are_all_left_out() -> None:
    thirds = [{"series": each, "polarity": 1, "weight": "0,333"} for each in "abc"]
    found = checked(draft(wanted(indicators=thirds), ()).definition)
    assert [part.weight for part in found.parts] == pytest.approx([1 / 3] * 3, abs=1e-15)
    assert checked(found) is found, "what was checked once keeps every digit"
    alike = draft(wanted(indicators=[{"series": each, "polarity": 1} for each in "abcdefg"]), ()).definition
    assert checked(alike) is alike


def test_what_a_method_does_not_heed_makes_no_other_definition() -> None:
    plain = Definition(PARTS, method="z", goalposts="year", reference="areas")
    odd = Definition(PARTS, method="z", goalposts="years", reference="residents")
    assert hash_of(checked(odd).canonical()) == hash_of(checked(plain).canonical())
    assert checked(Definition(PARTS, method="mean")).goalposts == "years"


def test_every_field_that_is_wrong_is_named_at_once() -> None:
    said = wanted(slug="1", names={}, colour="red", runs="many", indicators=[{"series": "a", "weight": "x"}])
    with pytest.raises(Invalid) as refused:
        draft(said, ())
    assert [problem.name for problem in refused.value.problems] == [
        *("colour", "slug", "names", "runs", "weight_a"),
    ]
    with pytest.raises(Invalid) as refused:
        checked(Definition((Part("a", 1, 1.0),), method="guess", few_residents="burnt", runs=1))
    assert [problem.name for problem in refused.value.problems] == [
        *("method", "few_residents", "runs", "indicators"),
    ]


def test_the_scores_of_an_ampi_are_those_of_a_hand_calculation() -> None:
    # a: 10, 20, 30 become 70, 100, 130; b: 1, 3, 2 become 70, 130, 100. The mean of 100 and 130 is 115, its
    # deviation 15: 115 + 225 / 115. The fourth area has few residents, the fifth lacks b.
    given = values([[10, 1], [20, 3], [30, 2], [1000, 50], [15, np.nan]], [500, 500, 500, 150, 500])
    found = computed(Definition((Part("a", 1, 0.5), Part("b", 1, 0.5)), runs=50), given)
    assert [each.score for each in found.scores] == [
        pytest.approx(70), pytest.approx(115 + 225 / 115), pytest.approx(115 + 225 / 115), None, None,
    ]  # fmt: skip
    assert [each.rank for each in found.scores] == [3, 1, 1, None, None]
    assert [(each.few_residents, each.missing) for each in found.scores[3:]] == [(True, []), (False, ["b"])]
    assert sum(found.scores[1].parts.values()) == pytest.approx(115 + 225 / 115)
    assert found.scores[0].rank_low == found.scores[0].rank_high == 3, "it is last by any method"
    assert (found.facts["scored"], found.facts["few_residents"], found.facts["missing"]) == (3, 1, 1)
    assert found.facts["ranges"]["a"] == {"lowest": 10, "mean": 20, "highest": 30}


def test_areas_of_few_residents_count_where_the_definition_says_so() -> None:
    given = values([[10, 1], [20, 3], [30, 2], [1000, 50]], [500, 500, 500, 150])
    found = computed(
        Definition((Part("a", 1, 0.5), Part("b", 1, 0.5)), few_residents="marked", runs=50), given
    )
    assert [each.few_residents for each in found.scores] == [False, False, False, True]
    assert found.scores[3].rank == 1


def test_the_reference_may_be_the_mean_of_the_residents() -> None:
    given = values([[10, 10], [10, 10], [30, 30]], [300, 300, 2400])
    parts = (Part("a", 1, 0.5), Part("b", 1, 0.5))
    uneven = computed(Definition(parts, reference="residents", runs=50), given)
    # The mean of the residents is 26: 10 lies 16 below it, of a range of 20 that is worth 60 points.
    assert [each.score for each in uneven.scores] == pytest.approx([52, 52, 112])


def test_goalposts_over_all_years_make_years_comparable() -> None:
    first, second = np.array([[10.0, 1], [20, 3], [30, 2]]), np.array([[50.0, 1], [20, 3], [30, 2]])
    definition = Definition((Part("a", 1, 0.5), Part("b", 1, 0.5)), runs=50)
    before = computed(definition, replace(values(first.tolist()), others=(second,)))
    after = computed(definition, replace(values(second.tolist()), others=(first,)))
    assert before.scores[1].score == pytest.approx(after.scores[1].score), "an area that stayed as it was"
    assert before.scores[0].score != pytest.approx(after.scores[0].score)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_ranks_and_says_how(method: str) -> None:
    given = values([[1, 9], [2, 5], [3, 1], [9, 2]])
    found = computed(Definition((Part("a", 1, 0.5), Part("b", -1, 0.5)), method=method, runs=50), given)
    assert found.scores[0].rank == 4
    assert found.scores[3].rank == 1
    words = method_in_words(Definition(PARTS, method=method))
    assert set(words) == set(METHOD_NAMES[method]) == set(METHOD_WORDS[method]) == {"it", "en"}
    assert "200" in words["it"]


def test_what_rounding_leaves_is_no_spread() -> None:
    given = values([[0.3, 1.0], [0.1 + 0.2, 2.0], [0.3, 4.0]])
    with pytest.raises(BadParameter, match="a has one value everywhere"):
        computed(Definition((Part("a", 1, 0.5), Part("b", 1, 0.5)), runs=50), given)


def test_what_the_mathematics_refuses_is_told_as_a_bad_parameter() -> None:
    given = values([[-1000.0, -1000.0], *[[float(n % 2), float(n % 3)] for n in range(200)]])
    parts = (Part("a", 1, 0.5), Part("b", 1, 0.5))
    with pytest.raises(BadParameter) as refused:
        computed(Definition(parts, method="mpi", runs=50), given)
    assert (refused.value.said(), refused.value.said(lambda text: translated()[text][0])) == OUT_OF_SCALE


def test_the_published_lists_say_what_they_are_and_how_far_they_were_checked() -> None:
    counted = {each.slug: (len(each.items), each.method, each.complete) for each in ready.lists()}
    assert counted == {"idise": (9, "ampi", False), "ivsm": (7, "ampi", True), "svi": (16, "svi", True)}
    for each in ready.lists():
        assert len({item.key for item in each.items}) == len(each.items)
        assert all(set(item.names) == {"it", "en"} and item.polarity in (1, -1) for item in each.items)
        assert set(each.checked) == {"it", "en"}
        assert each.link.startswith("https://")
    svi = ready.list_named("svi")
    themes = [item.theme for item in svi.items]
    assert {theme: themes.count(theme) for theme in svi.themes} == {
        "socioeconomic": 5, "household": 5, "minority": 1, "housing": 5,
    }  # fmt: skip
    idise = ready.list_named("idise")
    assert [item.key for item in idise.items if not item.known] == ["ninth"]
    with pytest.raises(BadParameter, match="“ninth” is not one of employment"):
        ready.parts_of(idise, {"ninth": "a"})


def test_the_newest_year_has_the_plain_name() -> None:
    assert [shown_as("need", year, 2021) for year in (2021, 2011)] == ["need", "need_2011"]
