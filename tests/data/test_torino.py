"""The demonstration city is whole: every row, every language, every figure, all where it should be."""

import csv
import datetime
import tomllib
from pathlib import Path

import numpy as np
import pytest

from app.network.relating import RULES
from geo.tessellation import approximate_zones

TORINO = Path(__file__).parents[2] / "data" / "torino"
KINDS = {"house": 8, "site": 12, "project": 6}


def table(name):
    with (TORINO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(rows, name):
    return np.array([float(row[name]) for row in rows])


@pytest.fixture(scope="module")
def city():
    return tomllib.loads((TORINO / "city.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def places():
    return table("places.csv")


@pytest.fixture(scope="module")
def zones():
    return table("zones.csv")


@pytest.fixture(scope="module")
def indicators():
    return tomllib.loads((TORINO / "indicators.toml").read_text(encoding="utf-8"))


def inside(rows, box):
    west, south, east, north = box
    lon, lat = column(rows, "lon"), column(rows, "lat")
    return ((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)).all()


def test_the_city_is_torino(city):
    assert (city["id"], city["slug"], city["metric_srid"]) == (1272, "torino", 32632)
    west, south, east, north = city["home"]
    assert city["extent"][0] < west < east < city["extent"][2]
    assert city["extent"][1] < south < north < city["extent"][3]


def test_every_text_has_every_language(city, indicators):
    languages = set(city["languages"])
    assert languages == {"it", "en"}
    texts = [city["names"], *(layer["names"] for layer in city["layers"])]
    for indicator in indicators["indicators"]:
        texts += [indicator["names"], indicator["units"], indicator["descriptions"]]
    assert all(set(text) == languages and all(text.values()) for text in texts)


def test_relations_are_between_its_places_and_say_which_are_examples(places):
    relations, kinds = table("relations.csv"), {place["external_id"]: place["kind"] for place in places}
    assert len(relations) == 11
    for relation in relations:
        assert RULES[relation["kind"]].fits(kinds[relation["tail"]], kinds[relation["head"]]), relation
    leads = [relation for relation in relations if "rete delle Case" in relation["note"]]
    assert {relation["tail"] for relation in leads} == {"cascina-roccafranca"}
    assert {relation["head"] for relation in leads} == {
        name for name, kind in kinds.items() if kind == "house" and name != "cascina-roccafranca"
    }
    assert all("Dimostrazione" in relation["note"] for relation in relations if relation not in leads)


def test_places_are_complete(places):
    found = {kind: sum(place["kind"] == kind for place in places) for kind in KINDS}
    assert found == KINDS
    assert len(places) == sum(KINDS.values())
    assert len({place["external_id"] for place in places}) == len(places)
    for place in places:
        texts = ("title", "summary", "title_en", "summary_en", "address", "source", "licence")
        assert all(place[name].strip() for name in texts), place["external_id"]
        assert place["language"] == "it"
        assert place["summary"] != place["summary_en"]
        assert 0 < float(place["accuracy_m"]) <= 1200


def test_statuses_follow_the_kind_and_the_dates(places):
    expected = {"house": "active", "site": "proposed", "project": "active"}
    ended = [place for place in places if place["status"] != expected[place["kind"]]]
    assert [(place["title"], place["status"]) for place in ended] == [("Nido I Puffi", "ended")]
    assert datetime.date.fromisoformat(ended[0]["valid_to"]) == datetime.date(2022, 6, 30)


def test_places_and_zones_are_in_the_first_view(city, places, zones):
    assert inside(places, city["home"])
    assert inside(zones, city["home"])


def test_openstreetmap_is_named_wherever_its_licence_is(places):
    for place in places:
        assert place["licence"] == "ODbL 1.0"
        assert "© OpenStreetMap contributors" in place["source"]


def test_the_zones_add_up_to_the_census(zones):
    assert len(zones) == len({zone["zone"] for zone in zones}) == 94
    assert sum(int(zone["residents"]) for zone in zones) == 870_420
    assert {zone["circoscrizione"] for zone in zones} == set("12345678")
    # Torino has 130 km2.
    assert column(zones, "area_km2").sum() == pytest.approx(130, abs=0.5)


def test_every_indicator_has_a_value_in_every_zone(zones, indicators):
    values = table("indicator_values.csv")
    slugs = [indicator["slug"] for indicator in indicators["indicators"]]
    assert len(slugs) == 14
    assert list(values[0]) == ["zone", *slugs]
    assert [row["zone"] for row in values] == [zone["zone"] for zone in zones]
    assert [row["residents"] for row in values] == [zone["residents"] for zone in zones]
    for indicator in indicators["indicators"]:
        figures = column(values, indicator["slug"])
        assert np.isfinite(figures).all()
        assert (figures >= 0).all()
        if indicator["units"]["en"] == "%":
            assert figures.max() <= 100
        assert indicator["polarity"] in {-1, 0, 1}
        assert 0 <= indicator["decimals"] <= 2


def test_the_indicators_belong_to_a_layer_of_the_city(city, indicators):
    assert indicators["layer"] in {layer["slug"] for layer in city["layers"]}
    assert indicators["year"] == 2011
    assert "ISTAT" in indicators["source"]
    assert indicators["licence"] == "CC BY 3.0 IT"


def test_the_drawn_zones_are_as_accurate_as_the_readme_says(city, zones):
    areas = column(zones, "area_km2")
    drawn = approximate_zones(column(zones, "lon"), column(zones, "lat"), areas, crs=city["metric_srid"])
    share = drawn.area_km2 / areas
    assert share.max() < 1.001
    assert (share > 0.999).mean() >= 2 / 3
    assert share.min() > 0.5
