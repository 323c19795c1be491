"""Indices as records: one version of a definition and its data, for ever; shown wherever indicators are."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from uuid_utils import compat

from app import statements as statements_module
from app.cli import commands
from app.cluster import Cluster
from app.db import Database
from app.errors import CortileError
from app.fragility.indices import files, queries, service
from app.fragility.indices.inputs import figures_of
from app.fragility.indices.queries import Version
from app.fragility.indices.reading import draft, from_toml
from app.settings import Settings
from app.web import create_app
from tests.app.fragility.index_refusals import DRAFTS, LOST, TAKEN, Refusal
from tests.app.fragility.zones import fill, wanted
from tests.app.pages.test_catalog import translated
from tests.conftest import FreshDatabase, fresh_database
from tests.house.test_routes import NAMED, SAID
from tests.http.conftest import TORINO, add_person, csrf, sign_in
from tests.http.test_problems import told

INDICES, HTML = "/torino/fragility/indices", {"Accept": "text/html"}
HIGH = 115 + 225 / 115
"""The score of a zone whose indicators are worth 100 and 130: see test_index_rules.py."""


@dataclass
class Place:
    """The city of this module: its database, by both roles, and its application."""

    fresh: FreshDatabase
    owner: Connection
    serving: Database
    app: Flask
    at: datetime = datetime(2026, 3, 1, tzinfo=UTC)

    def compute(self, said: dict[str, Any], year: int | None = None) -> tuple[Version, bool]:
        self.at += timedelta(minutes=1)
        with self.serving.transaction() as db:
            return service.compute(db, TORINO, draft(said, figures_of(db, TORINO)), year, (None, self.at))

    def publish(self, slug: str, number: int) -> list[str]:
        self.at += timedelta(minutes=1)
        with self.serving.transaction() as db:
            found = service.publish(db, TORINO, (slug, number), compat.uuid7(), (None, self.at))
        return [each.indicator for each in found]

    def client(self, role: str | None = None, language: str = "en") -> FlaskClient:
        client = self.app.test_client()
        client.set_cookie("language", language)
        if role:
            sign_in(client, self.owner, add_person(self.owner, f"{compat.uuid7()}@x.example", role=role))
        return client

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.owner.execute(text(sql))]


@pytest.fixture(scope="module")
def place(
    cluster: Cluster, database_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    with fresh_database(cluster, database_template) as fresh:
        owner, serving = Database(fresh.owner_url, size=1), Database(fresh.app_url, size=1)
        settings = replace(Settings(), database_url=fresh.app_url, base_url="https://city.example")
        app = create_app(replace(settings, var=tmp_path_factory.mktemp("var")))
        with owner.reading() as db:
            fill(db)
            yield Place(fresh, db, serving, app)
        for database in (owner, serving, app.extensions["cortile"].database):
            database.close()


@pytest.fixture
def clean(place: Place) -> Iterator[Place]:
    """The same without what a test before has made of it."""
    yield place
    place.owner.exec_driver_sql(
        """TRUNCATE index_publications, index_scores, index_versions, indices, indicator_value_revisions;
        DELETE FROM indicators WHERE city_id = 1272 AND starts_with(source, 'Cortile');
        UPDATE indicator_values SET value = 10
        WHERE city_id = 1272 AND indicator = 'a' AND area_code = '01'"""
    )


def test_the_same_definition_and_data_are_the_same_version(clean: Place) -> None:
    first, new = clean.compute(wanted("a", "b"), 2011)
    assert (first.version, first.year, new) == (1, 2011, True)
    # The rows lie in another order now, and the indicators are named in another.
    clean.owner.exec_driver_sql(
        """CREATE TEMPORARY TABLE held AS SELECT * FROM indicator_values WHERE indicator IN ('a', 'b');
        DELETE FROM indicator_values WHERE indicator IN ('a', 'b');
        INSERT INTO indicator_values SELECT * FROM held ORDER BY value DESC; DROP TABLE held"""
    )
    again, new = clean.compute(wanted("b", "a"), 2011)
    assert (again, new) == (first, False)
    assert clean.rows("SELECT count(*) FROM index_scores WHERE city_id = 1272") == [(5,)]
    clean.owner.exec_driver_sql(
        "UPDATE indicator_values SET value = 10.000000000000002 WHERE indicator = 'a' AND area_code = '01'"
    )
    changed, new = clean.compute(wanted("a", "b"), 2011)
    assert (changed.version, new) == (2, True)
    assert changed.definition_hash == first.definition_hash
    assert changed.data_hash != first.data_hash, "the last digit of a double counts"
    other, new = clean.compute(wanted("a", "b", seed=2), 2011)
    assert (other.version, other.data_hash, new) == (3, changed.data_hash, True)


def test_a_version_holds_the_score_of_every_area_and_why_there_is_none(clean: Place) -> None:
    version, _ = clean.compute(wanted("a", "b"), 2011)
    with clean.serving.reading() as db:
        scores = queries.scores(db, TORINO, "need", 1)
        assert queries.score_of(db, TORINO, "need", 1, "02") == scores[0]
        assert queries.score_of(db, TORINO, "need", 1, "99") is None
    assert [(each.code, each.rank) for each in scores] == [
        *(("02", 1), ("03", 1), ("01", 3), ("04", None), ("05", None)),
    ]
    assert [each.score for each in scores[:3]] == pytest.approx([HIGH, HIGH, 70])
    assert (scores[3].few_residents, scores[3].missing) == (True, [])
    assert (scores[4].few_residents, scores[4].missing) == (False, ["b"])
    assert [source["indicator"] for source in version.sources] == ["a", "b"]
    newest, _ = clean.compute(wanted("a", "b"))
    assert [source["indicator"] for source in newest.sources] == ["a_2021", "b_2021"], "without a year, 2021"


def test_versions_are_only_ever_added_to(clean: Place) -> None:
    clean.compute(wanted("a", "b"), 2011)
    clean.publish("need", 1)
    for table in ("index_versions", "index_scores", "index_publications"):
        for sql in (f"UPDATE {table} SET version = 7", f"DELETE FROM {table}"):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                clean.serving.transaction() as db,
            ):
                db.execute(text(f"{sql} WHERE city_id = 1272"))
    with pytest.raises(IntegrityError), clean.serving.transaction() as db:
        db.execute(text("DELETE FROM indices WHERE city_id = 1272"))


VALUES = """SELECT indicator, area_code, round(value::numeric, 3)::float, revision FROM indicator_values
    WHERE city_id = 1272 AND indicator LIKE 'need%' ORDER BY 1, 2"""


def test_what_is_published_shows_wherever_indicators_show(clean: Place) -> None:
    version, _ = clean.compute(wanted("a", "b"), 2011)
    client = clean.client()
    assert client.get("/torino/areas/zones/values?indicator=need").status_code == 404
    assert clean.publish("need", 1) == ["need"]
    body = client.get("/torino/areas/zones/values?indicator=need").get_json()
    assert body["values"] == {"01": pytest.approx(70), "02": pytest.approx(HIGH), "03": pytest.approx(HIGH)}
    told_of = body["indicator"]
    assert (told_of["name"], told_of["year"], told_of["polarity"], told_of["decimals"]) == (
        "Need",
        2011,
        1,
        1,
    )
    assert told_of["source"] == f"Cortile, Need, version 1, {version.hash[:12]}"
    assert told_of["licence"] == "CC BY 4.0"
    said = clean.client(language="it").get("/torino/fragility/gaps?f=html").text
    assert f"Fonte: Cortile, Bisogno, versione 1, {version.hash[:12]}, 2011" in said
    page = client.get("/torino/ogc/collections/areas-zones/items").get_json()
    figures = {each["properties"]["code"]: each["properties"].get("need") for each in page["features"]}
    assert figures["02"] == pytest.approx(HIGH)
    assert figures["04"] is None
    codebook = csv.DictReader(io.StringIO(client.get("/torino/data/codebook.csv").text))
    assert {row["column"]: row["source"] for row in codebook}["need"] == f"{told_of['source']}, 2011"
    rows = csv.DictReader(io.StringIO(client.get("/torino/data/zones.csv").text))
    assert {row["code"]: row["need"] for row in rows}["04"] == ""


def test_where_an_index_ranks_the_interval_of_the_rank_stands_beside(clean: Place) -> None:
    clean.compute(wanted("a", "b"), 2011)
    clean.publish("need", 1)
    client = clean.client()
    names = ("code", "rank", "rank_low", "rank_high")
    sql = "SELECT area_code, rank, rank_low, rank_high FROM index_scores WHERE rank IS NOT NULL"
    scored = {row[0]: dict(zip(names, row, strict=True)) for row in clean.rows(sql)}
    gaps = client.get("/torino/fragility/gaps?f=json").get_json()["features"]
    for each in (feature["properties"] for feature in gaps):
        told = [each[f"index_{name}"] for name in ("rank", "rank_low", "rank_high")]
        assert told == [scored[each["code"]][name] for name in ("rank", "rank_low", "rank_high")]
    rank, low, high = (round(scored["02"][name]) for name in ("rank", "rank_low", "rank_high"))
    assert f"rank {rank} ({low}–{high})" in client.get("/torino/fragility/gaps?f=html").text
    assert f" of 3 ({low}–{high})." in client.get("/torino/areas?area=02").text
    plain = client.get("/torino/fragility/gaps?f=csv&indicator=a").text
    for row in csv.DictReader(io.StringIO(plain)):
        assert {row[f"index_{name}"] for name in names[1:]} == {""}, "no other figure has a rank of an index"


def test_publishing_again_keeps_what_was_shown_in_history(clean: Place) -> None:
    clean.compute(wanted("a", "b"), 2011)
    clean.publish("need", 1)
    clean.compute(wanted("a", "b", few_residents="marked"), 2011)
    assert clean.rows(VALUES)[0] == ("need", "01", 70.0, 1), "computing shows nothing"
    clean.publish("need", 2)
    shown = clean.rows(VALUES)
    assert [(code, revision) for _, code, _, revision in shown] == [
        *(("01", 2), ("02", 2), ("03", 2), ("04", 1)),
    ]
    clean.publish("need", 1)
    assert [(code, revision) for _, code, _, revision in clean.rows(VALUES)] == [
        *(("01", 3), ("02", 3), ("03", 3)),
    ]
    history = "SELECT area_code, revision FROM indicator_value_revisions WHERE city_id = 1272 ORDER BY 1, 2"
    assert clean.rows(history) == [
        *(("01", 1), ("01", 2), ("02", 1), ("02", 2), ("03", 1), ("03", 2), ("04", 1)),
    ]
    before = clean.rows(VALUES)
    clean.publish("need", 1)
    assert (clean.rows(VALUES), len(clean.rows(history))) == (before, 7), "what is shown already stays"
    clean.publish("need", 2)
    assert clean.rows(VALUES)[3] == ("need", "04", pytest.approx(clean.rows(VALUES)[3][2]), 2), "it came back"
    assert len(clean.rows("SELECT FROM index_publications WHERE city_id = 1272")) == 4


def test_the_newest_year_has_the_plain_name_and_the_others_their_year(clean: Place) -> None:
    clean.compute(wanted("a", "b"), 2011)
    clean.compute(wanted("a", "b"), 2021)
    assert clean.publish("need", 1) == ["need"]
    assert clean.publish("need", 2) == ["need", "need_2011"]
    sql = """SELECT slug, series, year, source LIKE '%version 1%' FROM indicators
        WHERE city_id = 1272 AND series = 'need' ORDER BY year"""
    assert clean.rows(sql) == [("need_2011", "need", 2011, True), ("need", "need", 2021, False)]
    assert {row[1] for row in clean.rows(VALUES) if row[0] == "need"} == {"01", "02", "03", "05"}
    assert {row[1] for row in clean.rows(VALUES) if row[0] == "need_2011"} == {"01", "02", "03"}
    with clean.serving.reading() as db:
        there = figures_of(db, TORINO)
        assert "need" not in {figure.series for figure in there}, "no index is made of an index"
        assert [each.year for each in queries.published(db, TORINO, "zones")] == [2021, 2011]
        assert queries.published(db, TORINO, "bare") == []


def test_no_figure_is_written_over_by_the_scores_of_a_year(clean: Place) -> None:
    clean.compute(wanted("a", "b"), 2011)
    clean.compute(wanted("a", "b"), 2021)
    clean.publish("need", 1)
    clean.owner.exec_driver_sql(
        """INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
        VALUES (1272, 'need_2011', 'need_2011', 'bare', '{}', '{}', 2011, 1, 'a test', 'CC0-1.0')"""
    )
    sql = "SELECT slug, layer, year, source FROM indicators WHERE city_id = 1272 ORDER BY slug"
    before = clean.rows(sql)
    try:
        with pytest.raises(CortileError) as refused:
            clean.publish("need", 2)
        assert (refused.value.said(), refused.value.said(lambda text: translated()[text][0])) == TAKEN
        assert clean.rows(sql) == before
    finally:
        clean.owner.exec_driver_sql("DELETE FROM indicators WHERE city_id = 1272 AND slug = 'need_2011'")


def test_the_address_of_who_computed_an_index_is_not_public(clean: Place) -> None:
    clean.compute(wanted("a", "b"), 2011)
    person = add_person(clean.owner, "officer@city.example", role="officer")
    clean.owner.execute(text("UPDATE people SET name = NULL WHERE id = :id"), {"id": person})
    clean.owner.execute(text("UPDATE index_versions SET computed_by = :id"), {"id": person})
    page = clean.client().get(f"{INDICES}/need", headers=HTML).text
    assert "officer@" not in page
    assert "an officer of the city" in page


@pytest.mark.parametrize("refusal", DRAFTS, ids=[case[2][:40] for case in DRAFTS])
def test_what_cannot_be_is_refused_in_both_languages(clean: Place, refusal: Refusal) -> None:
    said, year, english, italian = refusal
    clean.compute(wanted("a", "b"), 2011)
    with pytest.raises(CortileError) as refused:
        clean.compute(said, year)
    assert (refused.value.said(), refused.value.said(lambda text: translated()[text][0])) == (
        english,
        italian,
    )
    assert clean.rows("SELECT slug, names ->> 'en' FROM indices WHERE city_id = 1272") == [("need", "Need")]
    assert clean.rows("SELECT version FROM index_versions WHERE city_id = 1272") == [(1,)]


def test_what_is_not_there_is_told_in_both_languages(clean: Place) -> None:
    clean.compute(wanted("a", "b"), 2011)
    for address, english, italian in LOST:
        assert told(clean.app.test_client(), address, "en") == (404, english)
        assert told(clean.app.test_client(), address, "it") == (404, italian)


def test_a_version_can_be_taken_away_and_made_again(clean: Place) -> None:
    weights = [{"series": "a", "weight": 0.3}, {"series": "b", "weight": 0.7}]
    listed = {"large_households": "a", "neet": "b"}
    clean.compute(wanted(indicators=weights), 2011)
    clean.compute(wanted(after="ivsm", items=listed, incomplete=True), 2011)
    client, of = clean.client(), f"{INDICES}/need/versions"
    for number in (1, 2):
        body = client.get(f"{of}/{number}", headers={"Accept": "application/json"}).get_json()
        with clean.serving.transaction() as db:
            written = from_toml(client.get(f"{of}/{number}?f=toml").text, "x", figures_of(db, TORINO))
            made, new = service.compute(db, TORINO, written, 2011, (None, clean.at))
        assert (made.version, made.hash, new) == (number, body["hash"], False)
    assert body["definition"]["without"] == [
        *("crowding", "economic_hardship", "low_education", "need_of_care", "young_and_adult_single_parents"),
    ]
    assert body["address"] == "https://city.example/torino/fragility/indices/need/versions/2"
    assert body["hash"] in body["citation"]
    assert [each["code"] for each in body["scores"]] == ["02", "03", "01", "04", "05"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{of}/1?f=csv").text)))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "", ""]
    assert float(rows[0]["part_a"]) + float(rows[0]["part_b"]) == pytest.approx(float(rows[0]["score"]))
    areas = client.get(f"{of}/1?f=geojson").get_json()["features"]
    assert [(each["id"], each["geometry"]["type"]) for each in areas][:1] == [("01", "MultiPolygon")]
    assert areas[4]["properties"]["missing"] == ["b"]
    assert client.get(f"{of}/1?f=bibtex").text.startswith(
        "@misc{cortile-torino-need-1,\n  author = {{Cortile "
    )
    everything = client.get(f"{INDICES}?f=json").get_json()
    assert [each["version"] for each in everything["versions"]] == [2, 1]
    assert {each["list"]: len(each["has"]) for each in everything["lists"]} == {
        "idise": 0,
        "ivsm": 2,
        "svi": 0,
    }
    assert client.get(f"{INDICES}?f=csv").text.splitlines()[1].startswith("need,zones,2,2011,ampi,")
    assert client.get(f"{INDICES}?f=xml").status_code == 400
    page = client.get(f"{of}/2", headers=HTML).text
    assert "It is not that index: 2 of the 7 indicators were there." in page
    assert "Crowded dwellings" in page


FORM = {
    "slug": "need",
    "layer": "zones",
    "name_it": "Bisogno",
    "name_en": "Need",
    "method": "ampi",
    "goalposts": "year",
    **{f"use_{series}": "1" for series in ("a", "b")},
    **{f"polarity_{series}": "1" for series in ("a", "b")},
    "year": "2011",
}


def test_an_officer_makes_and_publishes_an_index_by_the_form(clean: Place) -> None:
    client = clean.client("officer")
    page = client.get(f"{INDICES}/new", headers=HTML).text
    assert 'name="use_a"' in page
    assert "<script type=" not in page.partition("<main")[2], "the form needs no script"
    sent = {"csrf_token": csrf(client), **FORM, "weight_a": "0,4", "weight_b": "0.6", "publish": "yes"}
    answer = client.post(f"{INDICES}/new", data=sent, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{INDICES}/need/versions/1")
    assert "Computed." in client.get(answer.headers["Location"], headers=HTML).text
    assert client.post(f"{INDICES}/new", data=sent, headers=HTML).status_code == 303
    assert "is there already" in client.get(f"{INDICES}/need", headers=HTML).text
    assert [row[1] for row in clean.rows(VALUES)] == ["01", "02", "03"]
    by = "SELECT made_by = computed_by FROM indices JOIN index_versions USING (city_id)"
    assert clean.rows(by) == [(True,)]
    clean.compute(wanted("a", "b"), 2011)
    assert (
        client.post(f"{INDICES}/need/versions/2/publish", data={"csrf_token": csrf(client)}).status_code
        == 303
    )
    assert clean.rows(VALUES)[0] == ("need", "01", 70.0, 1), "the same score as before"
    after = {
        **sent,
        "csrf_token": csrf(client),
        "slug": "ivsm-here",
        "after": "ivsm",
        "item_neet": "a",
        "item_crowding": "b",
        "publish": "",
    }
    assert client.post(f"{INDICES}/new", data={**after, "incomplete": "yes"}).status_code == 303


def test_what_is_wrong_in_the_form_stands_beside_its_field(clean: Place) -> None:
    for language, rule in (("en", "must not be negative."), ("it", "non può essere negativo.")):
        client = clean.client("officer", language)
        sent = {"csrf_token": csrf(client), **FORM, "weight_a": "1.5", "weight_b": "-0.5"}
        answer = client.post(f"{INDICES}/new", data=sent, headers=HTML)
        assert answer.status_code == 422
        assert f'<p class="wrong" id="weight_b-wrong">{rule}</p>' in answer.text
        assert 'value="1.5"' in answer.text, "what was written stays"
        sent["weight_b"] = "0.1"
        program = client.post(f"{INDICES}/new", data=sent, headers={"Accept": "application/json"})
        assert (program.status_code, program.get_json()["errors"][0]["parameter"]) == (422, "weights")
    assert clean.rows("SELECT FROM indices WHERE city_id = 1272") == []


def test_only_officers_make_indices(clean: Place) -> None:
    clean.compute(wanted("a", "b"), 2011)
    for role, status in (("moderator", 403), (None, 401)):
        client = clean.client(role)
        form = {"csrf_token": csrf(client), **FORM}
        assert client.get(f"{INDICES}/new").status_code == status
        assert client.post(f"{INDICES}/new", data=form).status_code == status
        assert client.post(f"{INDICES}/need/versions/1/publish", data=form).status_code == status
        assert "Make an index" not in client.get(INDICES, headers=HTML).text
    assert clean.rows(VALUES) == []


def test_every_statement_about_indices_says_its_city(clean: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: set[str] = set()
    original = statements_module.executed

    def noted(db: Connection, sql: str, params: Any, **how: Any) -> Any:
        ran.add(sql)
        return original(db, sql, params, **how)

    monkeypatch.setattr(statements_module, "executed", noted)
    event.listen(clean.serving.engine, "before_cursor_execute", lambda *told: ran.add(told[2]))
    clean.compute(wanted("a", "b"), 2011)
    clean.publish("need", 1)
    for path in ("", "/need", "/need/versions/1?f=geojson"):
        assert clean.client().get(INDICES + path).status_code == 200
    assert len(ran) > 15
    for statement in ran:
        assert len(SAID.findall(statement)) >= len(NAMED.findall(statement)), statement


def test_the_command_line_does_the_same(clean: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("typed")
    environment = {
        "DATABASE_URL": clean.fresh.app_url,
        "OWNER_DATABASE_URL": clean.fresh.owner_url,
        "CORTILE_VAR": str(folder),
        "BASE_URL": "https://city.example",
    }

    def typed(*words: str) -> Result:
        return CliRunner().invoke(commands, ["index", *words], env=environment)

    assert typed("list", "--city", "torino").output.startswith("No indices yet")
    version, _ = clean.compute(wanted("a", "b"), 2011)
    index = service.Index("need", "zones", {"en": "Need"}, {}, "CC BY 4.0", clean.at)
    (folder / "need.toml").write_text(files.as_toml(index, version), encoding="utf-8")
    done = typed("compute", str(folder / "need.toml"), "--year", "2021", "--publish", "--city", "torino")
    assert done.output.splitlines()[0].startswith("need  version 2, 2021, ampi, published  ")
    assert done.output.splitlines()[1] == "4 of 5 areas have a score."
    assert typed("publish", "need", "--version", "1", "--city", "torino").output == (
        "need: 2021, version 2\nneed_2011: 2011, version 1\n"
    )
    ranking = typed("show", "need", "--version", "1", "--city", "torino").output.splitlines()
    assert ranking[1].split() == ["1", "(1", "to", "2)", "02", "116.96", "Zona", "2"]
    assert "few residents or no data" in ranking[5]
    assert typed("show", "need", "--as", "csv", "--city", "torino").output.startswith("code,name,score,")
    assert "Say which city with --city; there are: " in typed("list").output
    (folder / "bad.toml").write_text("[", encoding="utf-8")
    assert "is not TOML" in str(typed("compute", str(folder / "bad.toml"), "--city", "torino").exception)
