"""Turns, ratios and tables of the measurements."""

import pytest

from benchmarks.results import Result, Target, alternated, replaced


def test_the_floor_and_ours_take_turns_and_medians_count() -> None:
    turns: list[str] = []
    ours, floor = iter([8.0, 9.0, 4.0]), iter([10.0, 10.0, 2.0])

    def our() -> float:
        turns.append("ours")
        return next(ours)

    def below() -> float:
        turns.append("floor")
        return next(floor)

    # Ratios of the rounds: 0.8, 0.9, 2.0.
    assert alternated(our, below, 3) == (8.0, 10.0, 0.9)
    assert turns == ["floor", "ours"] * 3


@pytest.mark.parametrize(
    ("target", "ratio", "reached"),
    [
        (Target(0.8), 0.80, "yes"),
        (Target(0.8), 0.79, "NO"),
        (Target(2.0, at_least=False), 2.0, "yes"),
        (Target(2.0, at_least=False), 2.01, "NO"),
    ],
)
def test_a_target_is_judged_by_what_is_printed(target: Target, ratio: float, reached: str) -> None:
    assert Result("x", "1", "2", ratio, target).cells()[-1] == reached


def test_without_a_target_nothing_is_judged() -> None:
    assert Result("x", "1 ms").cells() == ("x", "1 ms", "", "", "", "")


def test_a_table_replaces_what_stands_between_its_markers_only() -> None:
    text = "a\n<!-- items: begin -->\nold\n<!-- items: end -->\nb\n<!-- pins: begin -->\n<!-- pins: end -->\n"
    new = replaced(text, "items", r"new \1")
    assert new == text.replace("old", r"new \1")
    with pytest.raises(ValueError, match="no markers <!-- page: begin -->"):
        replaced(text, "page", "new")
