"""What the planner's page works out of figures: orders, ranks, legend, the worst, the drawing, colours."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.errors import BadParameter, NotFound
from app.fragility import asked, choices, planner, rules
from app.fragility.palettes import PALETTES, PICKED, SPOTS, colours
from app.fragility.queries import AreaPair, Indicator, Layer
from app.fragility.scatter import HEIGHT, WIDTH, scatter

LAYERS = [Layer(slug, {"en": slug}, 6, False, ["a test"], ["CC0-1.0"]) for slug in ("empty", "zones")]


def figure(slug: str, polarity: int, layer: str = "zones") -> Indicator:
    words = {"en": slug}
    return Indicator(slug, layer, words, words, {"en": "%"}, 2011, polarity, 1, "a test", "CC0-1.0", slug)


FIGURES = [figure("residents", 0), figure("jobless", 1), figure("graduates", -1), figure("tenants", 1)]
# code, name, value, other, residents: "06" has few residents, "05" no value.
AREAS = [
    AreaPair("01", "Centro", 4.0, 40.0, 900),
    AreaPair("02", "aurora", 9.0, 10.0, 900),
    AreaPair("03", "Barca", 9.0, 20.0, 900),
    AreaPair("04", None, 1.0, 30.0, 900),
    AreaPair("05", "Lingotto", None, 50.0, 900),
    AreaPair("06", "Collina", 20.0, 5.0, 111),
]


def chosen(**asked: str) -> choices.Choices:
    return choices.read(asked, LAYERS, FIGURES)


def rows_of(view: choices.Choices) -> list[planner.Row]:
    classes = rules.classes([area.value for area in AREAS], view.method, view.classes)
    return planner.rows(AREAS, view, classes, {})


def codes(rows: object) -> list[str]:
    return [row.code for row in rows]  # type: ignore[attr-defined]


def test_an_empty_address_shows_the_first_fragile_figure_with_its_fragile_end_first() -> None:
    view = chosen()
    assert (view.layer.slug, view.indicator.slug) == ("zones", "jobless")
    assert view.other is not None
    assert view.other.slug == "graduates"
    assert (view.sort, view.down) == ("figure", True)
    assert (chosen(indicator="graduates").sort, chosen(indicator="graduates").down) == ("figure", False)
    assert chosen(x="none").other is None


def test_an_index_and_a_part_of_it_are_not_compared_unless_somebody_asks() -> None:
    index = figure("need", 1)
    there = [index, *FIGURES]

    def second(first: str, *made_of: str) -> str | None:
        view = choices.read({"indicator": first}, LAYERS, there, {"need": made_of})
        return view.other.slug if view.other else None

    assert second("need", "jobless", "graduates") == "tenants"
    assert second("jobless", "jobless", "graduates") == "graduates", "two parts are no whole"
    assert second("need", "jobless", "graduates", "tenants") == "jobless", "where there is nothing else"
    assert second("tenants", "jobless") == "need"
    assert choices.part_of(index, FIGURES[1], {"need": ["jobless"]}) == (FIGURES[1], index)
    assert choices.part_of(FIGURES[1], index, {"need": ["jobless"]}) == (FIGURES[1], index)
    assert choices.part_of(FIGURES[3], index, {"need": ["jobless"]}) is None


def test_codes_are_sorted_as_people_count() -> None:
    rows = [replace(rows_of(chosen())[0], code=code) for code in ("10", "1", "Z", "09bis", "9", "2", "a1")]
    assert codes(planner.ordered(rows, "code", False)) == ["1", "2", "9", "09bis", "10", "Z", "a1"]


def test_of_the_years_of_the_leading_figure_the_newest_is_meant() -> None:
    newer = replace(FIGURES[1], slug="jobless_2021", year=2021)
    assert rules.leading([*FIGURES, newer]) == newer
    assert rules.leading([newer, *FIGURES]) == newer
    assert rules.leading([*FIGURES, replace(newer, layer="empty")]) == FIGURES[1]
    assert rules.leading(FIGURES[:1]) is None
    there = asked.ground({}, LAYERS, [*FIGURES, newer])
    assert (there.layer.slug, asked.ranked({}, there).indicator) == ("zones", newer)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"classes": "8"}, BadParameter),
        ({"classes": "2"}, BadParameter),
        ({"method": "magic"}, BadParameter),
        ({"palette": "rainbow"}, BadParameter),
        ({"paint": "fire"}, BadParameter),
        ({"show": "7"}, BadParameter),
        ({"sort": "-luck"}, BadParameter),
        ({"page": "0"}, BadParameter),
        ({"kind": "castle"}, BadParameter),
        ({"colour": "red"}, BadParameter),
        ({"x": "luck"}, NotFound),
        ({"indicator": "luck"}, NotFound),
        ({"layer": "moons"}, NotFound),
    ],
)
def test_what_cannot_be_chosen_is_refused(asked: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        chosen(**asked)


def test_ranks_count_from_the_fragile_end_and_leave_out_few_residents_and_no_data() -> None:
    ranks = {row.code: row.rank for row in rows_of(chosen())}
    assert ranks == {"01": 3, "02": 1, "03": 1, "04": 4, "05": None, "06": None}
    falling = {row.code: row.rank for row in rows_of(chosen(indicator="graduates"))}
    assert falling["04"] == 1
    assert falling["02"] == falling["03"] == 3


def test_no_column_puts_what_is_missing_first() -> None:
    rows = rows_of(chosen())
    assert codes(planner.ordered(rows, "figure", True)) == ["06", "02", "03", "01", "04", "05"]
    assert codes(planner.ordered(rows, "figure", False)) == ["04", "01", "02", "03", "06", "05"]
    assert codes(planner.ordered(rows, "name", False)) == ["02", "03", "01", "06", "05", "04"]
    assert codes(planner.ordered(rows, "code", True)) == ["06", "05", "04", "03", "02", "01"]
    assert codes(planner.ordered(rows, "rank", False))[-2:] == ["05", "06"]


def test_a_click_on_the_legend_picks_and_puts_back() -> None:
    view = chosen(classes="3", method="equal", show="2")
    rows = rows_of(view)
    classes = rules.classes([area.value for area in AREAS], "equal", 3)
    legend = planner.legend(rows, view, classes)
    assert [(entry.key, entry.areas, entry.pressed) for entry in legend] == [
        ("0", 2, False),
        ("1", 2, False),
        ("2", 1, True),
        ("none", 1, False),
    ]
    assert [entry.after for entry in legend] == ["0,2", "1,2", "", "2,none"]
    assert [entry.low for entry in legend] == pytest.approx([1, 22 / 3, 41 / 3, None])
    almost = replace(view, show=("0", "1", "2"))
    assert planner.legend(rows, almost, classes)[-1].after == "", "all picked is none picked"
    assert codes(planner.table(rows, view).rows) == ["06"]


def test_the_page_of_the_table_is_that_of_the_marked_area() -> None:
    view = chosen(sort="code")
    many = [AreaPair(f"{number:04}", None, float(number), None, 900) for number in range(600)]
    rows = planner.rows(many, view, None, {})
    assert [len(planner.table(rows, replace(view, page=page)).rows) for page in (1, 2, 3, 9)] == [
        *(250, 250, 100, 100)
    ]
    marked = planner.table(rows, replace(view, area="0251"))
    assert (marked.page, marked.pages, marked.found) == (2, 3, 600)
    assert planner.table(rows, replace(view, area="0251", page=1)).page == 1


def test_the_worst_fifth_is_by_percentile_rank_with_the_smallest_of_equal_ranks() -> None:
    ten = {str(number): float(number) for number in range(11)}
    assert planner.worst(ten, 1) == {"8", "9", "10"}
    assert planner.worst(ten, -1) == {"0", "1", "2"}
    assert planner.worst(ten | {"gap": None}, 1) == {"8", "9", "10"}, "no data changes nobody's rank"
    assert planner.worst({"a": 1.0, "b": 1.0, "c": 1.0}, 1) == set()


def test_the_summary_leaves_out_few_residents() -> None:
    view = chosen(x="tenants")
    found = planner.summary(rows_of(view), view)
    assert (found.counted, found.small, found.missing) == (4, 1, 1)
    without = [replace(row, value=None) if row.small else row for row in rows_of(view)]
    told = planner.summary(without, view)
    assert (told.small, told.missing) == (1, 1), (
        "an index has no value where few people live, and that is why"
    )
    assert found.median == pytest.approx(6.5)
    assert codes(found.first) == ["02", "03", "01", "04"]
    assert found.both == []
    assert planner.summary(rows_of(view), chosen(x="residents")).both is None


def test_who_is_in_the_worst_fifth_by_a_figure_does_not_hang_on_the_other_one() -> None:
    """By the second figure 6, 7 and 10 are worst of eleven; 6 to 10 have the first one, 10 is its worst."""
    view = chosen(indicator="jobless", x="tenants")
    most = {6: 11.0, 7: 10.0, 10: 9.0}
    areas = [AreaPair(str(n), None, float(n) if n > 5 else None, most.get(n, n / 10), 900) for n in range(11)]
    assert codes(planner.summary(planner.rows(areas, view, None, {}), view).both) == ["10"]


def test_the_drawing_holds_every_point_and_its_correlations_leave_out_few_residents() -> None:
    drawn = scatter(rows_of(chosen()))
    assert drawn is not None
    assert len(drawn.points) == 5
    assert all(0 < point.x < WIDTH and 0 < point.y < HEIGHT for point in drawn.points)
    assert [tick.value for tick in drawn.across] == [0, 10, 20, 30, 40]
    assert [tick.value for tick in drawn.up] == [0, 5, 10, 15, 20]
    assert drawn.counted == 4
    # Ranks 2, 3.5, 3.5, 1 against 4, 1, 2, 3: by hand -3.5 / sqrt(4.5 * 5).
    assert drawn.spearman == pytest.approx(-3.5 / 22.5**0.5)
    assert scatter([row for row in rows_of(chosen()) if row.code == "05"]) is None
    same = scatter([replace(row, other=7.0) for row in rows_of(chosen())])
    assert same is not None
    assert same.spearman is None


BLIND = {
    "nobody": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""How linear red, green and blue look to whom one kind of cones is missing: G. M. Machado et al., "A
physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15 (2009), severity 1."""
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    parts = XYZ @ np.clip(light, 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(parts > 216 / 24389, np.cbrt(parts), (24389 / 27 * parts + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eyes", BLIND)
def test_neighbouring_colours_differ_for_every_kind_of_eyes(eyes: str) -> None:
    def apart(one: str, other: str) -> float:
        seen = [lab(np.array(BLIND[eyes]) @ linear(colour)) for colour in (one, other)]
        return float(np.linalg.norm(seen[0] - seen[1]))

    for palette in PALETTES:
        assert min(apart(one, other) for one, other in pairwise(colours(palette, 7))) > 10, palette
    spots = sorted(set(SPOTS.values()))
    assert min(apart(one, other) for one in spots for other in spots if one != other) > 18


def test_palettes_fall_from_light_to_dark_and_every_number_of_classes_has_its_colours() -> None:
    for palette in PALETTES:
        light = [float(XYZ[1] @ linear(colour)) for colour in colours(palette, 7)]
        assert all((one + 0.05) / (other + 0.05) > 1.3 for one, other in pairwise(light)), palette
        assert [len(set(colours(palette, count))) for count in range(len(PICKED))] == list(range(8))


def test_the_first_palette_is_that_of_the_citys_map() -> None:
    module = Path(rules.__file__).parents[1] / "static" / "js" / "class-rules.js"
    assert json.dumps(PALETTES["purples"]) in module.read_text()
