"""The page of an area and of two: its figures by hand, in every form, and what it refuses."""

import csv
import doctest
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from uuid_utils import compat

from app.cluster import Cluster
from app.db import Database
from app.fragility.indices import service
from app.fragility.indices.inputs import figures_of
from app.fragility.indices.reading import draft
from app.fragility.membership import settle
from app.pages import area_paths
from app.places.membership import begin_alone
from app.progress import Silent
from app.settings import Settings
from app.web import create_app
from tests.app.fragility.zones import fill, wanted
from tests.conftest import fresh_database
from tests.http.area_refusals import REFUSED
from tests.http.conftest import MILANO, TORINO, add_place

ZONES = "/torino/areas/zones"
AT = datetime(2026, 3, 1, tzinfo=UTC)
HIGH = 115 + 225 / 115
"""The score of a zone whose two indicators are worth 100 and 130: see test_index_rules.py."""


@pytest.fixture(scope="module")
def app(
    cluster: Cluster, database_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Five zones in a row, with an index of two figures, a house in the first and places in the third."""
    with fresh_database(cluster, database_template) as database:
        owner = Database(database.owner_url, size=1)
        with owner.transaction() as db:
            furnish(db)
        made = create_app(
            replace(
                Settings(),
                database_url=database.app_url,
                base_url="https://city.example",
                var=tmp_path_factory.mktemp("var"),
            )
        )
        with made.extensions["cortile"].database.transaction() as db:
            version, _ = service.compute(
                db, TORINO, draft(wanted("a", "b"), figures_of(db, TORINO)), 2011, (None, AT)
            )
            service.publish(db, TORINO, ("need", version.version), compat.uuid7(), (None, AT))
        yield made
        made.extensions["cortile"].database.close()
        owner.close()


def furnish(db: Connection) -> None:
    begin_alone(db)
    fill(db)
    db.exec_driver_sql(
        """INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        SELECT 1272, 'bare', code, NULL, 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.7, 45, 7.71, 45.1, 4326))
        FROM unnest(ARRAY['compare', '~x']) AS code"""
    )
    add_place(db, 7.615, 45.05, kind="house", title="Casa")
    add_place(db, 7.615, 45.05, kind="house", title="Rumore", city_id=MILANO)
    for number in range(7):
        add_place(db, 7.635, 45.05, kind="site", title=f"Muro {number}", id=str(UUID(int=number + (7 << 76))))
    add_place(db, 7.635, 45.05, kind="site", title="Segreto", moderation="hidden")
    for city in (TORINO, MILANO):
        settle(db, city, ["zones", "bare"], Silent())
    # Behind the back of who settles areas, and a figure whose area may come later.
    db.exec_driver_sql(
        """INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        VALUES (1272, 'bare', 'Ž/"1"', 'By hand', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.72, 45, 7.73, 45.1, 4326)));
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'a', 'nowhere', 99999, '2026-01-02')"""
    )
    # Figures that are apart by less than can be seen, and a zone that is only drawn.
    db.exec_driver_sql(
        """INSERT INTO indicators (city_id, slug, series, layer, names, units, year, polarity, source,
            licence)
        VALUES (1272, 'close', 'close', 'bare', '{"en": "Close"}', '{"en": "%%"}', 2011, 1, 'A census 2011',
            'CC0-1.0');
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        SELECT 1272, 'close', code, value, '2026-01-02'
        FROM (VALUES ('01', 12.34), ('02', 12.26), ('03', 12.16)) AS told (code, value);
        UPDATE areas SET approximate = true WHERE city_id = 1272 AND layer = 'bare' AND code = '01'"""
    )


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def page_of(client: FlaskClient, path: str, language: str = "en") -> str:
    """The words of a page."""
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return words_of(answer.get_data(as_text=True))


def words_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def area(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.content_type) == (200, "application/geo+json")
    found: dict[str, Any] = json.loads(answer.data)
    assert found["geometry"]["type"] == "MultiPolygon"
    told: dict[str, Any] = found["properties"]
    return told


def rows(client: FlaskClient, path: str) -> dict[tuple[str, str], dict[str, str]]:
    answer = client.get(path)
    assert answer.content_type == "text/csv; charset=utf-8"
    read = csv.DictReader(io.StringIO(answer.get_data(as_text=True)))
    return {(row["section"], row["key"]): row for row in read}


def test_an_area_stands_among_those_that_count(client: FlaskClient) -> None:
    """Of a (10, 20, 30 and 15; zone 04 has few residents, and no area is called nowhere) the median is 17.5;
    30 is the highest of four."""
    said = area(client, f"{ZONES}/03")
    of = {each["slug"]: each for each in said["indicators"]}
    assert [of["a"][name] for name in ("value", "median", "counted", "rank", "share")] == [30, 17.5, 4, 1, 1]
    assert [of["b"][name] for name in ("value", "rank", "share")] == [2, 2, 0.5]
    assert [of["flat"][name] for name in ("rank", "share")] == [1, 0]
    assert of["empty"]["value"] is None
    assert [each["code"] for each in said["neighbours"]] == ["02", "04"]
    assert [each["few_residents"] for each in said["neighbours"]] == [False, True]
    sites = said["places"]["kinds"]["site"]
    assert (sites["places"], sites["rate"]) == (7, 7.0)
    assert [sites["low"], sites["high"]] == pytest.approx([2.814, 14.423], abs=1e-3), "Garwood's for 7"
    assert said["house"]["metres"] == pytest.approx(1577, abs=2)
    assert [each["title"] for each in said["near"]["houses"]] == ["Casa"]
    assert said["gap"] == {"rank": 1, "of": 3, "indicator": "need"}
    few = area(client, f"{ZONES}/04")
    assert few["few_residents"]
    assert {each["rank"] for each in few["indicators"]} == {None}
    assert few["gap"] is None


def test_the_parts_of_the_score_add_up(client: FlaskClient) -> None:
    need = area(client, f"{ZONES}/02")["indices"][0]
    assert (need["index"], need["version"], need["year"], need["scored"]) == ("need", 1, 2011, 3)
    assert need["score"] == pytest.approx(HIGH)
    assert sum(part["part"] for part in need["parts"]) == pytest.approx(need["score"])
    assert [part["series"] for part in need["parts"]] == ["b", "a"], "what pushes it up comes first"
    scores = [area(client, f"{ZONES}/{code}")["indices"][0]["score"] for code in ("01", "02", "03")]
    assert sum(part["mean"] for part in need["parts"]) == pytest.approx(sum(scores) / 3)
    lacking = area(client, f"{ZONES}/05")["indices"][0]
    assert (lacking["score"], lacking["missing"]) == (None, ["b"])


def test_the_page_says_it_in_words(client: FlaskClient) -> None:
    words = page_of(client, f"{ZONES}/03")
    assert "7 places are pinned here." in words
    assert "Muro 6" in words
    assert "Muro 1 Site" not in words, "the newest five alone"
    assert "Segreto" not in words
    assert "more fragile than 100% of the others" in words
    assert "higher than in" in words
    need = area(client, f"{ZONES}/03")["indices"][0]
    assert f"of 3 ({need['rank_low']:.0f}–{need['rank_high']:.0f}) Need, 2011" in words
    assert "2 zones touch it." in words
    assert words.count("a test") >= 3, "no figure without its source"
    assert "Fewer than 200 people live here" in page_of(client, f"{ZONES}/04")
    assert "No data: B." in page_of(client, f"{ZONES}/05")
    assert "1 è la zona più fragile." in page_of(client, f"{ZONES}/03", "it")
    alone = page_of(client, "/torino/areas/bare/01?indicator=x")
    assert "There is no house" not in alone
    assert "Each figure is of one year only (2011)" in alone
    trend = client.get(f"{ZONES}/01?f=html").get_data(as_text=True)
    assert trend.count('<polyline class="line-own"') == 2, "a and b have two years"


def test_every_form_has_the_same_figures(client: FlaskClient) -> None:
    said, table = area(client, f"{ZONES}/03"), rows(client, f"{ZONES}/03?f=csv")
    for each in said["indicators"]:
        row = table["indicator", each["slug"]]
        assert row["value"] == ("" if each["value"] is None else str(each["value"]))
        assert row["source"] == each["source"]
    assert float(table["places for 1000 residents", "site"]["value"]) == 7.0
    assert float(table["index", "need"]["value"]) == said["indices"][0]["score"]
    both = json.loads(client.get(f"{ZONES}/compare?a=03&b=01&f=json").data)
    assert both["a"]["indicators"] == said["indicators"]
    difference = {(row["section"], row["key"]): row["difference"] for row in both["compared"]}
    assert difference["indicator", "a"] == 20
    assert difference["places", "site"] == 7
    assert difference["nearest house", "metres"] == pytest.approx(1577, abs=2)
    assert difference["part of need", "a"] == pytest.approx(
        next(part["part"] for part in said["indices"][0]["parts"] if part["series"] == "a")
        - next(p["part"] for p in both["b"]["indices"][0]["parts"] if p["series"] == "a")
    )
    side = rows(client, f"{ZONES}/compare?a=03&b=01&f=csv")
    assert float(side["indicator", "a"]["difference"]) == 20
    words = page_of(client, f"{ZONES}/compare?a=03&b=01")
    assert "Zona 3 (03) is the more fragile one" in words
    assert "+20.0" in words


def test_two_are_compared_as_they_are_displayed(client: FlaskClient) -> None:
    def close(a: str, b: str) -> str:
        words = page_of(client, f"/torino/areas/bare/compare?a={a}&b={b}")
        return words[words.index("Close (%)") : words.index("What is there")]

    assert "12.3 12.3 0.0" in close("01", "02")
    assert "12.3 12.3 0.0" in close("02", "01")
    assert "12.2 12.3 ▲ more fragile -0.1" in close("03", "02")


def test_the_size_of_a_drawing_is_cortiles_and_a_year_is_told_once(client: FlaskClient) -> None:
    words = page_of(client, "/torino/areas/bare/01")
    assert "km² as drawn" in words
    assert "km² as drawn" not in page_of(client, "/torino/areas/bare/02")
    assert "Source: A census 2011. Licence" in words
    assert "2011, 2011" not in words
    size = rows(client, "/torino/areas/bare/01?f=csv&lang=en")["area", "square_metres"]
    assert size["source"] == "Cortile’s measure of the shape, which is drawn approximately"


def test_an_index_has_its_formula(client: FlaskClient) -> None:
    words = page_of(client, "/torino/fragility/indices/need")
    assert "r = 60 × ( x − min ) / ( max − min ) + 70" in words
    assert "score = M + S 2 / M" in words
    assert "M : the mean of all r of the zone" in words


def test_two_are_chosen_by_a_form(client: FlaskClient) -> None:
    words = client.get(f"{ZONES}/compare?a=03&lang=en", headers={"Accept": "text/html"}).get_data(
        as_text=True
    )
    assert "Choose two zones" in words
    assert re.search(r'<option value="03" selected>03 · Zona 3', words)
    assert words.count("<option") == 12


def test_a_code_that_is_a_word_of_another_address_has_a_tilde(client: FlaskClient) -> None:
    assert doctest.testmod(area_paths).failed == 0
    assert "Choose two zones" in page_of(client, "/torino/areas/bare/compare")
    assert area(client, "/torino/areas/bare/~compare")["code"] == "compare"
    assert area(client, "/torino/areas/bare/~~x")["code"] == "~x"
    table = client.get("/torino/areas?layer=bare&indicator=x").get_data(as_text=True)
    assert 'href="/torino/areas/bare/~compare"' in table


def test_an_area_that_was_written_by_hand_has_its_page_and_a_file_its_name(client: FlaskClient) -> None:
    by_hand = "/torino/areas/bare/%C5%BD/%221%22"
    said = area(client, by_hand)
    assert said["name"] == "By hand"
    assert 7.72 < said["lon"] < 7.73, "the point inside is looked for"
    answer = client.get(f"{by_hand}?f=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="torino-bare--1-.csv"'


def test_an_index_is_told_in_the_readers_language_in_every_form(client: FlaskClient) -> None:
    for form in ("json", "csv"):
        for language, source in (("en", "Cortile, Need, version 1"), ("it", "Cortile, Bisogno, versione 1")):
            assert source in client.get(f"{ZONES}/03?f={form}&lang={language}").text, (form, language)
    assert "la mappa pubblica di Cortile" in client.get(f"{ZONES}/03?f=csv&lang=it").text


@pytest.mark.parametrize(("path", "status", "english", "italian"), REFUSED, ids=[each[0] for each in REFUSED])
def test_refusals_say_what_is_wrong(
    client: FlaskClient, path: str, status: int, english: str, italian: str
) -> None:
    for language, words in (("en", english), ("it", italian)):
        answer = client.get(
            f"{ZONES}/{path}", headers={"Accept": "application/json", "Accept-Language": language}
        )
        assert (answer.status_code, answer.json and answer.json["detail"]) == (status, words)
