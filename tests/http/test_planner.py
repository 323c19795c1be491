"""The planner's page without scripts: its address says everything, and what it cannot say is told."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app.cluster import Cluster
from app.db import Database
from app.fragility.membership import put_points
from app.settings import Settings
from app.web import create_app
from tests.conftest import fresh_database
from tests.http.conftest import MILANO, TORINO, add_city

SIDE = 6


@pytest.fixture(scope="module")
def app(
    cluster: Cluster, database_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Six times six zones whose figure is high in the west and low in the east; tests only read it."""
    with fresh_database(cluster, database_template) as database:
        owner = Database(database.owner_url, size=1)
        with owner.transaction() as db:
            furnish(db)
        owner.close()
        var: Path = tmp_path_factory.mktemp("var")
        made = create_app(replace(Settings(), database_url=database.app_url, var=var))
        yield made
        made.extensions["cortile"].database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def furnish(db: Connection) -> None:
    """Zones with four figures; in zone 00 live few people, zone 35 has no data; a second layer has the same
    codes, a third no figures, and Milano a layer of the same name."""
    for city, name in ((TORINO, "torino"), (MILANO, "milano")):
        add_city(db, city, name)
        for position, layer in enumerate(("zones", "twin", "bare")):
            db.exec_driver_sql(
                f"""INSERT INTO area_layers (city_id, slug, names, position)
                VALUES ({city}, '{layer}', '{{"en": "{layer.title()}"}}', {position});
                INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
                SELECT {city}, '{layer}', lpad(n::text, 2, '0'), 'Name ' || n, 'a test', 'CC0-1.0',
                    '2026-01-02',
                    ST_Multi(ST_MakeEnvelope(7.6 + mod(n, {SIDE}) * 0.01, 45 + n / {SIDE} * 0.01,
                        7.61 + mod(n, {SIDE}) * 0.01, 45.01 + n / {SIDE} * 0.01, 4326))
                FROM generate_series(0, {SIDE * SIDE - 1}) AS n"""
            )
            put_points(db, city, layer)
    figures = {
        "residents": ("zones", 0, "CASE n WHEN 0 THEN 50 ELSE 1000 + n END"),
        "jobless": ("zones", 1, f"CASE WHEN mod(n, {SIDE}) < 3 THEN 20 + mod(n, 5) ELSE 4 + mod(n, 3) END"),
        "graduates": ("zones", -1, f"100 - mod(n, {SIDE}) * 2"),
        "flat": ("zones", 1, "7"),
        "twins": ("twin", 1, "n"),
    }
    for slug, (layer, polarity, value) in figures.items():
        db.exec_driver_sql(
            f"""INSERT INTO indicators (city_id, slug, series, layer, names, descriptions, units, year,
                polarity, source, licence, position)
            VALUES ({TORINO}, '{slug}', '{slug}', '{layer}', '{{"en": "The {slug}"}}',
                '{{"en": "What {slug} says."}}',
                '{{"en": "%%"}}', 2011, {polarity}, 'Census of 2011', 'CC0-1.0', {list(figures).index(slug)});
            INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
            SELECT {TORINO}, '{slug}', lpad(n::text, 2, '0'), {value}, '2026-01-02'
            FROM generate_series(0, {SIDE * SIDE - 2}) AS n"""
        )


def page_of(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/torino/areas?lang=en{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def codes(page: str) -> list[str]:
    return re.findall(r'<tr id="area-(\w+)"', page)


def buttons(page: str) -> dict[str, tuple[str, str]]:
    """Of each line of the legend whether it is pressed, and what is picked after a click."""
    found = re.findall(r'name="show" value="([^"]*)" aria-pressed="(\w+)" data-legend="([^"]*)"', page)
    return {key: (pressed, after) for after, pressed, key in found}


def test_the_page_has_table_legend_and_scatter_without_scripts(client: FlaskClient) -> None:
    page = page_of(client)
    assert len(codes(page)) == 36
    assert codes(page)[-1] == "35", "no data comes last"
    assert set(buttons(page)) >= {"0", "none"}
    assert len(re.findall(r"<circle [^>]*data-code", page)) == 35
    words = html.unescape(re.sub(r"<[^>]+>", " ", page))
    assert "Spearman’s rank correlation" in words
    assert "over 34 zones" in words
    assert words.count("Census of 2011") >= 2, "no figure without its source"
    assert "1 zone with fewer than 200 residents has no rank." in words


def test_a_layer_without_figures_is_offered_only_where_none_is_needed(client: FlaskClient) -> None:
    for path in ("/torino/areas", "/torino/areas/zones", "/torino/fragility/drawn"):
        page = client.get(path, headers={"Accept": "text/html"}).text
        assert ">Twin</" in page, path
        assert ">Bare</" not in page, path
    counts = client.get("/torino/fragility/counts?layer=zones", headers={"Accept": "text/html"}).text
    assert ">Bare</" in counts


def test_the_legend_filters_by_address(client: FlaskClient) -> None:
    page = page_of(client, "&indicator=jobless&method=equal&classes=3&show=2")
    assert buttons(page) == {
        "0": ("false", "0,2"),
        "1": ("false", "1,2"),
        "2": ("true", ""),
        "none": ("false", "2,none"),
    }
    assert all(int(code) % SIDE < 3 for code in codes(page))
    assert len(codes(page)) == 18
    assert len(re.findall(r'<circle [^>]*class="[^"]*dimmed', page)) == 17


def test_the_second_figure_is_another_one_and_a_row_has_one_link(client: FlaskClient) -> None:
    page = page_of(client, "&indicator=jobless&x=jobless")
    second = page[page.index('<select class="form-select" id="x"') :].partition("</select>")[0]
    assert re.findall('value="([^"]*)"', second) == ["none", "residents", "graduates", "flat"]
    assert 'value="graduates" selected' in second, "as if none were named"
    row = page[page.index('<tr id="area-14"') :].partition("</tr>")[0]
    assert re.findall('href="([^"]*)"', row) == ["/torino/areas/zones/14"]
    none = client.get("/torino/areas?lang=it&x=none").get_data(as_text=True)
    assert '<option value="none" selected>nessuno<' in none


def test_every_column_orders_the_table_and_turns(client: FlaskClient) -> None:
    rising, falling = codes(page_of(client, "&sort=x")), codes(page_of(client, "&sort=-x"))
    assert rising[0] == "05", "the fewest graduates, and the smallest code of equal ones"
    assert falling[0] == "00"
    assert rising[-1] == falling[-1] == "35"
    page = page_of(client, "&sort=-name")
    assert re.search(r'aria-sort="descending"><a href="[^"]*sort=name', page)


def test_an_area_is_marked_and_told(client: FlaskClient) -> None:
    page = page_of(client, "&indicator=jobless&area=14")
    assert re.search(r'<tr id="area-14"[^>]*aria-current="true"', page)
    assert re.search(r'<circle [^>]*data-code="14" class="[^"]*marked', page)
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "Name 14 · Zone 14" in words
    assert "24.0% , rank 1 of 34" in words
    nowhere = html.unescape(page_of(client, "&area=99"))
    assert nowhere.index("There is no zone “99”") < nowhere.index("<form"), "before anything else"


def test_residents_of_another_layer_with_the_same_codes_say_nothing(client: FlaskClient) -> None:
    page = page_of(client, "&layer=twin&indicator=twins")
    assert "few residents" not in re.sub(r"(?s).*<tbody>|</tbody>.*", "", page)
    values = client.get("/torino/areas/twin/values?indicator=twins").json
    assert values
    assert values["few_residents"] == []


def test_hot_spots_are_the_same_each_time_and_need_not_be_sent_twice(client: FlaskClient) -> None:
    first = client.get("/torino/areas/zones/hotspots?indicator=jobless&lang=en")
    told = first.json
    assert told
    assert told["moran"]["i"] > 0.5
    assert told["moran"]["p"] == pytest.approx(2 / 10_000)
    assert told["neighbours"] == "queen"
    assert told["few_residents"] == ["00"]
    assert told["no_data"] == ["35"]
    assert len(told["areas"]) == 34
    assert told["areas"]["13"]["moran"]["spot"] == "high-high"
    assert told["areas"]["13"]["gi"]["spot"] == "hot"
    assert told["areas"]["22"]["moran"]["spot"] == "low-low"
    assert told["areas"]["22"]["gi"]["spot"] == "cold"
    assert all(each["gi"]["q"] >= each["gi"]["p"] for each in told["areas"].values())
    again = client.get(
        "/torino/areas/zones/hotspots?indicator=jobless&lang=en",
        headers={"If-None-Match": first.headers["ETag"]},
    )
    assert again.status_code == 304


def test_the_page_tells_of_hot_spots_or_why_there_are_none(client: FlaskClient) -> None:
    words = html.unescape(page_of(client, "&indicator=jobless&paint=moran"))
    assert "alike figures lie together more than by chance" in words
    assert "high among high" in words
    assert buttons(words)["none"] == ("false", "none"), "left out: few residents and no data"
    flat = html.unescape(page_of(client, "&indicator=flat&paint=gi"))
    assert "Nothing can be said of hot spots" in flat
    assert len(codes(flat)) == 36


def test_values_come_in_the_classes_that_are_asked_for(client: FlaskClient) -> None:
    asked = "/torino/areas/zones/values?indicator=residents&method={}&classes=3"
    uppers = {}
    for method in ("quantile", "equal", "jenks"):
        told = client.get(asked.format(method)).json
        assert told
        uppers[method] = told["classes"]["upper"]
    assert uppers["equal"] == pytest.approx([50 + 984 / 3, 50 + 2 * 984 / 3, 1034])
    assert uppers["jenks"][0] == 50, "the gap lies above the zone where few people live"
    assert uppers["quantile"] == [1011, 1022, 1034], "told by figures that zones have"
    refused = client.get(asked.format("magic"), headers={"Accept": "application/json"})
    assert refused.status_code == 400


def test_its_questions_and_downloads_lead_somewhere(client: FlaskClient) -> None:
    page = page_of(client, "&indicator=jobless&paint=gi")
    ends = re.findall(r'<ul class="(?:question-list|downloads)">(.*?)</ul>', page, re.DOTALL)
    links = [html.unescape(link) for link in re.findall(r'<a [^>]*href="([^"]+)"', "".join(ends))]
    assert len(links) == 14
    reader = {"Accept": "text/html,*/*;q=0.8"}
    assert {link: client.get(link, headers=reader).status_code for link in links} == dict.fromkeys(links, 200)
    assert "/fragility/gaps" not in page_of(client, "&indicator=residents"), "which has no fragile end"
