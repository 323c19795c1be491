"""Where to build, what one more house changes, and figures of a drawn polygon: worked out by hand.

Nine areas in a row, the middle of each about 788 m from the next; one house, in 01. By renting they rank from
01 (0) to 07 (1), so that of a thousand residents each the fragile ones of area n are 1000 (n - 1) / 6. Sites
stand in the middle of 01, 02 (two), 04, 05 (two) and 07, one of them hidden.
"""

import json
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from app.fragility import siting, solving
from tests.http.siting_refusals import LOST, REFUSED, SQUARE
from tests.http.test_overlay import SIDE, Town, metres, middle, town  # noqa: F401

WHERE = "siting?layer=zone&indicator=renting"
STEP = metres(middle(4), middle(5))


@pytest.fixture(scope="module", autouse=True)
def told(town: Town) -> Town:  # noqa: F811
    town.db.execute(text("UPDATE indicators SET measure = 'count' WHERE slug = 'residents'"))
    return town


def test_another_point_inside_an_area_is_another_search(told: Town) -> None:
    """What is kept of a search hangs on where the areas are, not only on their figures."""
    before = told.ask(f"{WHERE}&p=1&metres=1234")["before"]["mean_metres"]
    moved = "UPDATE area_points SET lon = lon + :by WHERE city_id = 1272 AND layer = 'zone' AND code = '07'"
    told.db.execute(text(moved), {"by": 0.004})
    try:
        assert told.ask(f"{WHERE}&p=1&metres=1234")["before"]["mean_metres"] > before + 50
    finally:
        told.db.execute(text(moved), {"by": -0.004})


def area_of(told: Town, key: str) -> str:
    return next(code for code, keys in told.sites.items() if key in keys)


def built(told: Town, path: str) -> tuple[list[str], dict[str, Any]]:
    """The areas of the sites that are chosen, in their order, and all that is said."""
    found = told.ask(path)
    assert found["proven_best"], found
    return [area_of(told, each["id"]) for each in found["features"]], found


def test_the_shortest_ways(told: Town) -> None:
    """In steps between areas: none built 91 / 21, at 05 25 / 21, at 07 and 04 12 / 21."""
    areas, found = built(told, f"{WHERE}&p=1")
    assert areas == ["05"]
    assert found["before"]["mean_metres"] == pytest.approx(91 / 21 * STEP, rel=1e-3)
    assert found["after"]["mean_metres"] == pytest.approx(25 / 21 * STEP, rel=1e-3)
    assert found["features"][0]["properties"]["areas"] == "04 05 06 07"
    areas, found = built(told, f"{WHERE}&p=2")
    assert areas == ["07", "04"], "in the order of what each adds"
    means = [each["properties"]["mean_metres"] for each in found["features"]]
    assert means == pytest.approx([27 / 21 * STEP, 12 / 21 * STEP], rel=1e-3)
    assert [row["areas"] for row in told.rows(f"{WHERE}&p=2")] == ["06 07", "03 04 05"]
    assert {each["code"]: each["why"] for each in found["left_out"]} == {
        "08": "no value",
        "09": "few residents",
    }
    assert (found["indicator"]["year"], found["residents"]["source"]) == (2011, "the census")


def test_the_most_residents_near_and_every_area_near(told: Town) -> None:
    areas, found = built(told, f"{WHERE}&objective=reach&p=1&metres=900")
    assert areas == ["05"]
    near = [found[when]["fragile_residents_within"] for when in ("before", "after")]
    assert near == pytest.approx([1000 / 6, 13 * 1000 / 6], abs=0.1)
    assert [found[when]["residents_within"] for when in ("before", "after")] == [2000, 5000]
    areas, found = built(told, f"{WHERE}&objective=cover&worst=0.5&metres=900")
    assert areas == ["05", "07"]
    assert [found[when]["fragile_areas_within"] for when in ("before", "after")] == [0, 4]
    areas, found = built(told, f"{WHERE}&objective=cover&worst=0.5&metres=100")
    assert (areas, found["beyond"]) == (["04", "05", "07"], ["06"])
    everywhere = told.ask(f"{WHERE}&candidates=areas&p=1")
    assert [each["id"] for each in everywhere["features"]] == ["06"], "21 / 21, where no site is"


def test_pages_say_it_in_both_languages(told: Town) -> None:
    page = told.page(f"{WHERE}&p=2")
    assert "No other choice is better: that is proven." in page
    assert f"/torino/fragility/what-if?site={told.sites['07'][0]}" in page
    assert 'class="sketch-reach"' in page
    for language in ("en", "it"):
        assert 'indicator=renting&amp;metres=1234"' in told.page(f"{WHERE}&p=2&metres=1234", language)
    assert "è dimostrato" in told.page(f"{WHERE}&p=2", "it")
    assert "Nothing has to be built" in told.page(f"{WHERE}&objective=cover&metres=9000")
    assert "3.0% from the best" in _unproven(told)
    assert "What would change" in told.page(
        f"what-if?layer=zone&indicator=renting&site={told.sites['07'][0]}"
    )
    assert "nothing is saved" in told.page(f"drawn?layer=zone&polygon={SQUARE}").lower()


def test_how_well_positions_are_known_is_said_in_every_form(told: Town) -> None:
    site = told.sites["07"][0]
    moved = "UPDATE places SET accuracy_m = :metres WHERE city_id = 1272 AND kind = 'site'"
    told.db.execute(text(moved), {"metres": 600})
    try:
        for path in (f"{WHERE}&p=1", f"what-if?layer=zone&site={site}", "far?area=05", "places?area=05"):
            assert "position known to about 600 m" in told.page(path), path
            assert 600 in {float(row["accuracy_m"] or 0) for row in told.rows(path)}, path
        assert told.ask(f"{WHERE}&p=1")["features"][0]["properties"]["accuracy_m"] == 600
        assert told.ask(f"what-if?layer=zone&site={site}")["accuracy_m"] == 600
    finally:
        told.db.execute(text(moved), {"metres": None})
    assert "how accurate the position is, is not known" in told.page(f"{WHERE}&p=1")


def test_a_choice_that_reaches_nobody_says_so(told: Town) -> None:
    """Where the points of the areas lie a hundred metres off their sites."""
    path = "siting?layer=zone&indicator=renting&objective=reach&status=active&p=1"
    told.db.execute(text("UPDATE area_points SET lat = lat + 0.001 WHERE city_id = 1272 AND layer = 'zone'"))
    try:
        assert "But they reach nobody" in told.page(f"{path}&metres=10")
        assert "that is proven" not in told.page(f"{path}&metres=10")
    finally:
        told.db.execute(
            text("UPDATE area_points SET lat = lat - 0.001 WHERE city_id = 1272 AND layer = 'zone'")
        )
    assert "that is proven" in told.page(f"{path}&metres=900")


def test_what_has_no_answer_yet_offers_no_files_of_it(told: Town) -> None:
    for empty, asked in (("what-if", "what-if?lon=7.6&lat=45.06"), ("drawn", f"drawn?polygon={SQUARE}")):
        assert "f=csv" not in told.page(empty)
        assert "f=csv" in told.page(asked)


def _unproven(told: Town) -> str:
    """A plan that ran out of time, put where kept ones are looked for."""
    told.ask(f"{WHERE}&p=3&metres=777")
    for key, plan in list(solving._kept.items()):
        if getattr(key[0], "metres", None) == 777:
            solving._kept[key] = siting.Plan(
                plan.steps, plan.before, plan.after, plan.total, False, 0.03, plan.served, (), plan.left_out
            )
    return told.page(f"{WHERE}&p=3&metres=777")


def test_one_more_house(told: Town) -> None:
    site = told.sites["07"][0]
    found = told.ask(f"what-if?layer=zone&indicator=renting&site={site}&metres=900")
    rows = {each["id"]: each["properties"] for each in found["features"]}
    assert list(rows)[:3] == ["07", "06", "05"], "those first whose fragile residents save the most"
    assert rows["06"]["saved"] == pytest.approx(4 * STEP, rel=1e-3)
    assert (rows["07"]["rank_before"], rows["07"]["metres_after"]) == (1, 0.0)
    assert rows["07"]["rank_after"] > 1
    assert (rows["07"]["within_before"], rows["06"]["within_after"], rows["05"]["within_after"]) == (
        *(False, True, False),
    )
    assert rows["03"]["saved"] == 0
    assert [found[when]["residents_within"] for when in ("before", "after")] == [2000, 4000]
    lon, lat = middle(7)
    same = told.rows(f"what-if?layer=zone&indicator=renting&lon={lon}&lat={lat}&metres=900")
    assert [row["metres_after"] for row in same] == [str(row["metres_after"]) for row in rows.values()]
    assert told.get(f"what-if?layer=zone&site={LOST}").status_code == 404


def test_a_city_without_a_house(told: Town) -> None:
    told.db.execute(text("UPDATE places SET moderation = 'hidden' WHERE id = :id"), {"id": told.house})
    try:
        _, found = built(told, f"{WHERE}&p=1")
        assert found["before"]["mean_metres"] is None
        assert found["after"]["mean_metres"] > 0
        lon, lat = middle(2)
        first = told.ask(f"what-if?layer=zone&indicator=renting&lon={lon}&lat={lat}")["features"][0]
        assert (first["id"], first["properties"]["metres_before"]) == ("02", None)
    finally:
        told.db.execute(text("UPDATE places SET moderation = 'published' WHERE id = :id"), {"id": told.house})


def corners(west: float, east: float) -> str:
    """A strip over the row of areas, from so many areas to so many."""
    x, y = 7.60 + west * SIDE, 7.60 + east * SIDE
    return f"{x:.6f},45.05;{y:.6f},45.05;{y:.6f},45.08;{x:.6f},45.08"


def test_a_drawn_partition_has_all_residents(told: Town) -> None:
    edges = (-0.5, 1.4, 3.75, 8.2, 10)
    parts = [told.ask(f"drawn?layer=zone&polygon={corners(*pair)}") for pair in pairwise(edges)]
    drawn = [part["features"][0]["properties"] for part in parts]
    assert sum(each["residents"] for each in drawn) == pytest.approx(8100, abs=1e-3)
    assert drawn[1]["residents"] == pytest.approx(2350, rel=1e-3)
    assert sum(sum(each["places"].values()) for each in drawn) == 11


def test_figures_of_a_drawn_area(told: Town) -> None:
    """Half of 02, whose figure is 20, and all of 03, whose is 30; by residents."""
    found = told.ask(f"drawn?layer=zone&polygon={corners(1.5, 3)}")
    (feature,) = found["features"]
    assert feature["properties"]["residents"] == pytest.approx(1500, rel=1e-4)
    assert feature["properties"]["renting"] == pytest.approx(80 / 3, rel=1e-4)
    assert feature["properties"]["house_id"] == told.house
    how = {each["slug"]: (each["how"], each["year"]) for each in found["figures"]}
    assert (how["residents"], how["renting"]) == (("sum", 2021), ("by residents", 2011))
    path = found["address"].removeprefix("https://city.example/torino/fragility/")
    assert told.ask(path)["features"] == found["features"]
    rows = {row["figure"]: row for row in told.rows(f"drawn?layer=zone&polygon={corners(1.5, 3)}")}
    assert (rows["renting"]["source"], rows["places_site"]["value"]) == ("an office", "2")
    # Nobody is known to live in the areas of this layer: then ground weighs.
    (only,) = told.ask(f"drawn?layer=district&polygon={SQUARE}")["figures"]
    assert (only["how"], only["value"]) == ("by ground", 1.0)


def test_a_polygon_that_is_sent(told: Town) -> None:
    def sent(body: Any, language: str = "en") -> Any:
        return told.client.post(
            "/torino/fragility/drawn?layer=zone", json=body, headers={"Accept-Language": language}
        )

    ring = [[7.61, 45.06], [7.62, 45.06], [7.62, 45.07], [7.61, 45.07], [7.61, 45.06]]
    hole = [[7.612, 45.062], [7.618, 45.062], [7.618, 45.068], [7.612, 45.068], [7.612, 45.062]]
    found = json.loads(sent({"type": "Polygon", "coordinates": [ring, hole]}).data)
    assert found["address"] is None
    assert found["features"][0]["properties"]["residents"] == pytest.approx(640, rel=1e-3)
    many = [[7.61 + 0.01 * n / 10_100, 45.06] for n in range(10_100)]
    long = {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[*many, [7.62, 45.07], many[0]]]},
    }
    for body, language, sentence in (
        (long, "en", "polygon: has 10101 corners; 10000 are the most."),
        (long, "it", "polygon: ha 10101 vertici; il massimo è 10000."),
        ([1], "en", "polygon: is not a polygon as GeoJSON, alone or in a feature."),
        ({"type": "Point"}, "it", "polygon: non è un poligono in GeoJSON, da solo o in una feature."),
    ):
        answer = sent(body, language)
        assert (answer.status_code, answer.get_json()["detail"]) == (400, sentence)
    huge = b'{"type": "Polygon", "coordinates": [[[1' + b"0" * 400 + b", 1], [1, 2], [2, 2]]]}"
    for raw in (huge, b"[" * 100_000):
        assert told.client.post("/torino/fragility/drawn?layer=zone", data=raw).status_code == 400


@pytest.mark.parametrize(("path", "english", "italian"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_is_wrong_is_said_in_both_languages(told: Town, path: str, english: str, italian: str) -> None:
    for language, sentence in (("en", english), ("it", italian)):
        answer = told.get(path.replace("{house}", told.house), language)
        assert (answer.status_code, answer.get_json()["detail"]) == (400, sentence)


def test_too_many_to_compare_and_too_many_who_ask(told: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as few:
        few.setattr(siting, "MOST_PAIRS", 45)
        for language, sentence in (
            ("en", "candidates: more than 5 for 9 areas are too many to compare: name a status, or a layer of"
             " larger areas."),
            ("it", "candidates: più di 5 per 9 zone sono troppi da confrontare: indica uno stato, o un"
             " livello di zone più grandi."),
        ):  # fmt: skip
            assert told.get(WHERE, language).get_json()["detail"] == sentence
    monkeypatch.setattr(solving, "WAIT_SECONDS", 0)
    with solving._turn:
        for language, sentence in (
            ("en", "Others are asking where to build; please try again in some seconds."),
            ("it", "Altre persone stanno chiedendo dove costruire; riprova tra qualche secondo."),
        ):
            answer = told.get(f"{WHERE}&p=4", language)
            assert (answer.status_code, answer.get_json()["detail"]) == (503, sentence)
            assert answer.headers["Retry-After"] == "10"
    assert told.get(f"{WHERE}&p=4").status_code == 200
