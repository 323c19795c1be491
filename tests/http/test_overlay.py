"""Places laid over areas: counts and rates, worst areas, gaps, and what is far from every house, by hand."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shapely
from flask.testing import FlaskClient
from pyproj import Geod
from sqlalchemy import Connection, text

from app.cities import all_cities
from app.cluster import Cluster
from app.db import Database
from app.fragility import far
from app.imports.streets.service import import_streets
from app.places.counts import recounted
from app.progress import Silent
from app.settings import Settings
from app.web import create_app
from tests.conftest import fresh_database
from tests.http.conftest import MILANO, TORINO, add_city, add_place
from tests.http.overlay_refusals import REFUSED, TOO_MANY
from tests.membership import put_areas
from tests.streets import at, write

EARTH = Geod(ellps="WGS84")
SIDE = 0.01
CODES = [f"0{number}" for number in range(1, 10)]
LIVE = 1000
INDICATORS = """INSERT INTO indicators
        (city_id, slug, series, layer, names, units, year, polarity, source, licence)
    SELECT 1272, slug, slug, layer, jsonb_build_object('en', initcap(slug)), units, year, polarity, source,
        licence
    FROM (VALUES
        ('residents', 'zone', '{}'::jsonb, 2021, 0, 'the census', 'CC-BY-4.0'),
        ('renting', 'zone', '{"en": "%"}', 2011, 1, 'an office', 'CC0-1.0'),
        ('owning', 'zone', '{"en": "%"}', 2011, -1, 'an office', 'CC0-1.0'),
        ('same', 'zone', '{}', 2011, 1, 'an office', 'CC0-1.0'),
        ('elsewhere', 'district', '{}', 2011, 1, 'an office', 'CC0-1.0')
    ) AS told (slug, layer, units, year, polarity, source, licence);
    INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
    SELECT 1272, slug, '0' || number, CASE slug
            WHEN 'residents' THEN CASE number WHEN 9 THEN 100 ELSE 1000 END
            WHEN 'renting' THEN 10 * number WHEN 'owning' THEN 100 - number
            WHEN 'elsewhere' THEN 1 ELSE 5 END,
        '2026-01-02'
    FROM unnest(ARRAY['residents', 'renting', 'owning', 'same', 'elsewhere']) AS slug,
        generate_series(1, 9) AS number
    WHERE slug = 'residents' OR number <> 8"""


def square(number: int) -> shapely.Polygon:
    """The areas lie in a row from west to east."""
    return shapely.box(7.60 + SIDE * number, 45.06, 7.60 + SIDE * (number + 1), 45.07)


def middle(number: int) -> tuple[float, float]:
    return 7.605 + SIDE * (number - 1), 45.065


@dataclass
class Town:
    """A row of nine areas, 01 to 09, in each of which as many sites stand as its number modulo 3 says.

    01 has the only house. 08 has no figure, and in 09 a hundred people live. A second layer has one area, 01
    too, that holds everything. On the border of 02 and 03 stands a project.
    """

    client: FlaskClient
    db: Connection
    house: str
    sites: dict[str, list[str]] = field(default_factory=dict)

    def get(self, path: str, language: str = "en", **headers: str) -> Any:
        said = {"Accept": "application/json", "Accept-Language": language, **headers}
        return self.client.get(f"/torino/fragility/{path}", headers=said)

    def ask(self, path: str) -> dict[str, Any]:
        answer = self.get(path)
        assert (answer.status_code, answer.content_type) == (200, "application/geo+json"), answer.data
        found: dict[str, Any] = json.loads(answer.data)
        return found

    def rows(self, path: str) -> list[dict[str, str]]:
        answer = self.get(f"{path}{'&' if '?' in path else '?'}f=csv")
        assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8"), answer.data
        return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))

    def page(self, path: str, language: str = "en") -> str:
        answer = self.get(path, language, Accept="text/html")
        assert answer.status_code == 200, answer.data
        return str(answer.get_data(as_text=True))


@pytest.fixture(scope="module")
def town(
    cluster: Cluster, database_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    with fresh_database(cluster, database_template) as fresh:
        owner = Database(fresh.owner_url, size=1)
        with owner.transaction() as db:
            house, sites = furnish(db, tmp_path_factory.mktemp("streets") / "town.osm.pbf")
        app = create_app(replace(Settings(), database_url=fresh.app_url, base_url="https://city.example"))
        with owner.reading() as db:
            yield Town(app.test_client(), db, house, sites)
        app.extensions["cortile"].database.close()
        owner.close()


def furnish(db: Connection, file: Path) -> tuple[str, dict[str, list[str]]]:
    add_city(db, TORINO, "torino")
    add_city(db, MILANO, "milano")
    house = add_place(db, *middle(1), kind="house", title="Casa")
    sites = {
        code: [add_place(db, *middle(number), kind="site") for _ in range(number % 3)]
        for number, code in enumerate(CODES, start=1)
    }
    add_place(db, 7.60 + 2 * SIDE, 45.065, kind="project")
    add_place(db, *middle(7), kind="site", moderation="hidden", title="Segreto")
    add_place(db, *middle(7), kind="site", city_id=MILANO, title="Rumore")
    put_areas(db, TORINO, "zone", {code: str(square(number)) for number, code in enumerate(CODES)})
    put_areas(db, TORINO, "district", {"01": str(shapely.box(7.5, 45, 7.8, 45.2))})
    put_areas(db, MILANO, "zone", {"01": str(shapely.box(7.5, 45, 7.8, 45.2))})
    db.execute(text("UPDATE area_layers SET position = 1 WHERE slug = 'district'"))
    db.execute(text(INDICATORS.replace(":", r"\:")))
    return house, sites


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(EARTH.inv(*one, *other)[2])


def test_counts_rates_and_the_nearest_house(town: Town) -> None:
    """Interval of 2 among 1,000: chi-square quantiles by table, 0.2422 and 7.2247."""
    found = town.ask("counts?layer=zone")
    rows = {each["properties"]["code"]: each["properties"] for each in found["features"]}
    assert [row["places"] for row in rows.values()] == [2, 3, 0, 1, 2, 0, 1, 2, 0]
    assert (rows["02"]["site"], rows["02"]["project"], rows["01"]["house"]) == (2, 1, 1)
    two = rows["05"]
    assert [two["rate"], two["low"], two["high"]] == pytest.approx([2.0, 0.2422, 7.2247], abs=1e-4)
    assert rows["05"]["house_id"] == town.house
    inner = town.db.execute(
        text("SELECT lon, lat FROM area_points WHERE layer = 'zone' AND code = '05'")
    ).one()
    assert rows["05"]["house_metres"] == pytest.approx(metres(inner, middle(1)), abs=0.01)
    assert [code for code, row in rows.items() if row["few_residents"]] == ["09"]
    shape = shapely.geometry.shape(found["features"][4]["geometry"])
    assert shape.symmetric_difference(square(4)).area < 1e-9
    assert (found["residents"]["year"], found["residents"]["source"]) == (2021, "the census")
    assert [row["places"] for row in town.rows("counts?kind=site")] == [
        "1",
        "2",
        "0",
        "1",
        "2",
        "0",
        "1",
        "2",
        "0",
    ]


def test_what_stands_in_no_area_is_told(town: Town) -> None:
    before = town.ask("counts?layer=zone")["outside"]
    lost = add_place(town.db, 7.45, 45.065, kind="story")
    try:
        found = town.ask("counts?layer=zone")
        assert (before, found["outside"], town.ask("counts?layer=district")["outside"]) == (0, 1, 1)
        assert town.ask("counts?layer=zone&kind=site")["outside"] == 0
        assert "1 place lies in none of these areas." in town.page("counts?layer=zone&kind=story")
        assert "1 luogo non sta in nessuna di queste zone." in town.page("counts?layer=zone", "it")
    finally:
        with recounted(town.db, TORINO, ("id = :id", "false"), {"id": lost}):
            town.db.execute(text("DELETE FROM places WHERE id = :id"), {"id": lost})


def test_tables_say_whose_figure_they_rest_on(town: Town) -> None:
    for path, prefix, said in (
        ("gaps?indicator=renting", "", ("renting", "2011", "an office", "CC0-1.0")),
        ("counts?layer=zone", "", ("residents", "2021", "the census", "CC-BY-4.0")),
        ("places?indicator=renting", "figure_", ("renting", "2011", "an office", "CC0-1.0")),
        ("far?indicator=renting&metres=10", "figure_", ("renting", "2011", "an office", "CC0-1.0")),
    ):
        row = town.rows(path)[0]
        names = ("figure", *(prefix + name for name in ("year", "source", "licence")))
        assert tuple(row[name] for name in names) == said, path


def test_a_refused_question_can_be_asked_anew(town: Town) -> None:
    for path in ("far?metres=1.500", "siting?p=99", "counts?layer=wards"):
        answer = town.get(path, Accept="text/html")
        assert answer.status_code == 400
        page = answer.get_data(as_text=True)
        assert f'href="/torino/fragility/{path.split("?")[0]}"' in page
        assert 'href="/torino/"' in page
        assert 'hreflang="it"' in page
    assert "Ask again" not in town.get("nothing?p=1", Accept="text/html").get_data(as_text=True)


def test_a_page_of_many_says_which_it_is_when_it_was_and_the_way_back(town: Town) -> None:
    page = town.page("gaps?indicator=renting&limit=3&after=07")
    assert "Areas 2 to 4 of 7." in page
    assert re.search(r'rel="first" href="[^"]*gaps\?indicator=renting&amp;limit=3"', page)
    now = datetime.now(UTC).astimezone(ZoneInfo("Europe/Rome"))
    assert f"the public map of Cortile as it was on {now:%B} {now.day}, {now.year}" in page
    assert 'href="/torino/areas?layer=zone&amp;indicator=renting"' in page
    assert 'rel="first"' not in town.page("gaps?indicator=renting")


def test_two_layers_with_the_same_code_do_not_mix(town: Town) -> None:
    (row,) = (each["properties"] for each in town.ask("counts?layer=district")["features"])
    assert (row["places"], row["residents"], row["rate"]) == (11, None, None)
    assert "residents not known" in town.page("counts?layer=district")


def test_areas_page_by_key(town: Town) -> None:
    pages = [town.ask("counts?layer=zone&limit=4")]
    while link := next((link for link in pages[-1]["links"] if link["rel"] == "next"), None):
        pages.append(json.loads(town.client.get(link["href"]).data))
    assert [len(page["features"]) for page in pages] == [4, 4, 1]
    assert [each["id"] for page in pages for each in page["features"]] == CODES
    first = town.ask("gaps?indicator=renting&limit=3")
    second = town.ask(next(x for x in first["links"] if x["rel"] == "next")["href"].split("/fragility/")[1])
    assert [each["properties"]["rank"] for each in (*first["features"], *second["features"])] == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]


def test_gaps_are_the_product_of_two_ranks(town: Town) -> None:
    """Of the seven areas that are ranked, both ranks go by sixths from west to east."""
    found = town.ask("gaps?layer=zone&indicator=renting")
    rows = [each["properties"] for each in found["features"]]
    assert [row["code"] for row in rows] == ["07", "06", "05", "04", "03", "02", "01"]
    assert [row["gap"] for row in rows] == pytest.approx([(n / 6) ** 2 for n in range(6, -1, -1)])
    assert [row["percentile"] for row in rows] == pytest.approx([n / 6 for n in range(6, -1, -1)])
    assert found["left_out"] == [
        {"code": "08", "name": None, "why": "no value"},
        {"code": "09", "name": None, "why": "few residents"},
    ]
    opposite = [each["properties"]["code"] for each in town.ask("gaps?indicator=owning")["features"]]
    assert opposite == [row["code"] for row in rows]  # less of it is more fragile
    page = town.page("gaps?indicator=renting")
    assert "fewer than 200 people live there: 1 area (09)" in page
    assert "it has no figure: 1 area (08)" in page
    assert "an office, 2011" in page
    assert [row["code"] for row in town.rows("gaps?indicator=renting")][-2:] == ["08", "09"]


def test_no_spread_ranks_nobody_above_another(town: Town) -> None:
    rows = [each["properties"] for each in town.ask("gaps?indicator=same")["features"]]
    assert {(row["rank"], row["gap"]) for row in rows} == {(1, 0.0)}
    assert town.ask("places?indicator=same")["numberReturned"] == 0
    assert "No area stands out" in town.page("places?indicator=same")
    assert "none stands out" in town.page("gaps?indicator=same")


def test_places_of_an_area_and_of_the_worst(town: Town) -> None:
    """At least 0.8 are 06 and 07 (5/6 and 1); 09, where few live, is worst of all and does not count."""
    worst = town.ask("places?indicator=renting")
    assert worst["areas"] == ["07", "06"]
    assert [(each["id"], each["properties"]["area"]) for each in worst["features"]] == [
        (town.sites["07"][0], "07")
    ]
    half = town.ask("places?indicator=renting&worst=0.5")
    assert half["areas"] == ["07", "06", "05", "04"]
    assert half["numberMatched"] == 4
    one = town.ask("places?area=02&limit=2")
    assert (one["numberMatched"], one["numberReturned"]) == (3, 2)
    after = next(link for link in one["links"] if link["rel"] == "next")["href"]
    rest = json.loads(town.client.get(after).data)
    found = [each["properties"]["kind"] for each in (*one["features"], *rest["features"])]
    assert found == ["project", "site", "site"]  # the one on the border belongs to the smaller code
    assert [row["area"] for row in town.rows("places?area=05&kind=site")] == ["05", "05"]
    assert (
        town.get("places?area=02&limit=2&f=csv").headers["Link"].startswith("<https://city.example/torino/")
    )


def test_every_page_of_places_once(town: Town) -> None:
    path, found = "places?indicator=renting&worst=1&limit=2&status=active", []
    while path:
        page = town.ask(path)
        found += [(each["properties"]["area"], each["id"]) for each in page["features"]]
        links = [link["href"] for link in page["links"] if link["rel"] == "next"]
        path = links[0].split("/fragility/")[1] if links else ""
    assert len(found) == len(set(found)) == page["numberMatched"] == 9
    assert [area for area, _ in found] == ["07", "05", "05", "04", "02", "02", "02", "01", "01"]


def test_what_is_far_comes_with_its_distance(town: Town) -> None:
    found = town.ask("far?indicator=renting&worst=1&metres=2000&limit=3")
    rows = [each["properties"] for each in found["features"]]
    assert [row["area"] for row in rows] == ["07", "05", "05"]
    assert rows[0]["metres"] == pytest.approx(metres(middle(7), middle(1)), abs=0.01)
    assert rows[0]["nearest"] == town.house
    rest = town.ask(next(x for x in found["links"] if x["rel"] == "next")["href"].split("/fragility/")[1])
    assert [row["properties"]["area"] for row in rest["features"]] == ["04"]
    assert found["numberMatched"] == 4
    assert town.ask("far?indicator=renting&worst=1&metres=4000")["numberMatched"] == 1
    assert town.ask("far?indicator=renting&metres=9000")["features"] == []
    assert "Every one of them has a house" in town.page("far?indicator=renting&metres=9000")
    assert "None of the kind is on the map" in town.page("far?indicator=renting&kind=event&metres=9000")
    (row,) = town.rows("far?area=04&metres=10")
    assert (row["area"], row["nearest"]) == ("04", town.house)


def test_nothing_hidden_or_of_another_city(town: Town) -> None:
    for path in ("places?area=07", "far?area=07&metres=10", "counts", "gaps"):
        for form in ("json", "csv", "html"):
            answer = town.get(f"{path}{'&' if '?' in path else '?'}f={form}").get_data(as_text=True)
            assert not {word for word in ("Segreto", "Rumore") if word in answer}


def test_what_was_hidden_by_hand_is_hidden(town: Town) -> None:
    """Behind the back of who keeps the areas of places."""
    hide = "UPDATE places SET moderation = :state WHERE city_id = 1272 AND id = ANY(cast(:ids AS uuid[]))"
    first = town.ask("places?area=05&kind=site&limit=1")
    town.db.execute(text(hide), {"state": "hidden", "ids": town.sites["05"]})
    try:
        for path in ("places?area=05&kind=site", "places?area=05&kind=site&limit=1", "far?area=05&metres=10"):
            assert town.ask(path)["features"] == [], path
        page = town.client.get("/torino/areas/zone/05", headers={"Accept": "text/html"}).text
        assert town.sites["05"][0] not in page
    finally:
        town.db.execute(text(hide), {"state": "published", "ids": town.sites["05"]})
    assert first["features"][0]["id"] in town.sites["05"]


@pytest.mark.parametrize("path", ["counts", "gaps?indicator=renting", "places?area=07", "far?area=07"])
def test_pages_say_what_they_rest_on_in_both_languages(town: Town, path: str) -> None:
    page = town.page(path)
    assert "As GeoJSON" in page
    assert "f=csv" in page
    assert f"https://city.example/torino/fragility/{path.replace('&', '&amp;')}" in page
    assert "the public map of Cortile" in page
    assert "la mappa pubblica" in town.page(path, "it")


@pytest.mark.parametrize(("path", "english", "italian"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_is_wrong_is_said_in_both_languages(town: Town, path: str, english: str, italian: str) -> None:
    for language, sentence in (("en", english), ("it", italian)):
        answer = town.get(path, language)
        assert (answer.status_code, answer.get_json()["detail"]) == (400, sentence)


def test_sql_functions(town: Town) -> None:
    def asked(sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in town.db.execute(text(sql))]

    there = asked(
        "SELECT kind, count(*)::int FROM places_in_area(1272, 'zone', '02') GROUP BY kind ORDER BY kind"
    )
    assert there == [("project", 1), ("site", 2)]
    assert asked("SELECT code, value, percentile FROM worst_areas(1272, 'renting')") == [
        ("07", 70.0, 1.0),
        ("06", 60.0, pytest.approx(5 / 6)),
    ]
    assert [code for (code,) in asked("SELECT code FROM worst_areas(1272, 'owning', 0.5)")] == [
        "07",
        "06",
        "05",
        "04",
    ]
    assert asked("SELECT code FROM worst_areas(1272, 'residents')") == []
    assert asked("SELECT code FROM worst_areas(1272, 'renting', 0.2, 0)") == [("09",), ("07",)]
    counted = asked("SELECT code, kind, places::int FROM places_by_area(1272, 'zone') WHERE code = '02'")
    assert sorted(counted) == [("02", "project", 1), ("02", "site", 2)]


def test_the_example_of_the_documentation(town: Town) -> None:
    page = (Path(__file__).parents[2] / "docs" / "fragility.md").read_text(encoding="utf-8")
    sql = page.partition("```sql")[2].partition("```")[0].replace("::", r"\:\:")
    ((code, place, _, far),) = town.db.execute(text(sql))
    assert (code, str(place)) == ("07", town.sites["07"][0])
    assert far == pytest.approx(metres(middle(7), middle(1)), abs=0.01)


def test_residents_are_those_of_the_layer_and_the_newest_whatever_they_are_called(town: Town) -> None:
    """The name of a figure is one in the whole city: a second layer can have residents by their series."""
    town.db.exec_driver_sql(
        """BEGIN;
        INSERT INTO indicators (city_id, slug, series, layer, names, units, year, polarity, source, licence)
        VALUES (1272, 'people_old', 'residents', 'district', '{}', '{}', 2011, 0, 'an old census', 'CC0-1.0'),
            (1272, 'people', 'residents', 'district', '{}', '{}', 2021, 0, 'a new census', 'CC0-1.0');
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'people_old', '01', 150, '2026-01-02'), (1272, 'people', '01', 5500, '2026-01-02');
        COMMIT"""
    )
    few = "SELECT count(*) FROM worst_areas(1272, 'elsewhere', 1, {})"
    try:
        found = town.ask("counts?layer=district")
        (row,) = (each["properties"] for each in found["features"])
        assert (row["residents"], row["rate"], row["few_residents"]) == (5500, 2.0, False)
        assert (found["residents"]["year"], found["residents"]["source"]) == (2021, "a new census")
        assert [town.db.scalar(text(few.format(least))) for least in (5500, 5501)] == [1, 0]
        said = {"Accept": "text/html", "Accept-Language": "en"}
        areas = town.client.get("/torino/areas/district", headers=said).text
        assert "Source: a new census, 2021" in areas
    finally:
        town.db.exec_driver_sql("DELETE FROM indicators WHERE city_id = 1272 AND slug LIKE 'people%%'")


def test_only_so_many_places_are_measured(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(far, "MOST_MEASURED", 7)
    assert town.get("far?indicator=renting&worst=1").status_code == 200
    for language, sentence in (("en", TOO_MANY[0]), ("it", TOO_MANY[1])):
        answer = town.get("far?indicator=renting&worst=1&kind=site,project", language)
        assert (answer.status_code, answer.get_json()["detail"]) == (400, sentence)


def test_on_foot_without_and_with_streets(town: Town, tmp_path: Path) -> None:
    """By hand, at 80 m a minute: as the crow flies where there are no streets, and along those there are."""
    straight = town.ask("far?indicator=renting&worst=1&minutes=25")
    assert (straight["method"], straight["minutes"]) == ("straight line", 25)
    assert [each["properties"]["area"] for each in straight["features"]] == ["07", "05", "05", "04"]
    assert "the streets of this city are not loaded" in town.page("far?indicator=renting&minutes=25")
    town.db.exec_driver_sql("BEGIN")
    (city,) = (each for each in all_cities(town.db) if each.id == TORINO)
    import_streets(town.db, write(tmp_path / "t.osm.pbf"), city, datetime(2026, 5, 1, tzinfo=UTC), Silent())
    put_areas(town.db, TORINO, "streets", {"s": str(shapely.box(7.67, 45.068, 7.70, 45.08))})
    add_place(town.db, *at(10, 5), kind="house")
    near = add_place(town.db, *at(390, 5), kind="site")
    put_areas(town.db, TORINO, "streets", {"s": str(shapely.box(7.67, 45.068, 7.70, 45.08))})
    town.db.exec_driver_sql("COMMIT")
    walked = town.ask("far?layer=streets&area=s&minutes=4")
    assert walked["method"] == "streets"
    ((place, properties),) = ((each["id"], each["properties"]) for each in walked["features"])
    assert (place, properties["area"]) == (near, "s")
    assert properties["metres"] == pytest.approx(380 + 10, abs=1.0)
    assert town.ask("far?layer=streets&area=s&minutes=5")["features"] == []
    assert "min on foot" in town.page("far?layer=streets&area=s&minutes=4")


def test_a_page_offers_the_figures_of_every_layer_and_leads_only_where_there_is_an_answer(town: Town) -> None:
    """A figure is of one layer: choosing it chooses both, and no form can name a layer that lacks it."""
    page = town.page("gaps?indicator=elsewhere")
    assert 'name="layer"' not in page
    assert page.count("<optgroup") == 2
    assert '<option value="elsewhere" selected>' in page
    assert "furthest behind" not in page, "no question of people where nobody knows how many there are"
    assert "furthest behind" in town.page("gaps?layer=zone&indicator=renting")
    bare = town.page("counts?layer=district")
    assert "fragility/gaps?layer=district" in bare
    assert "fragility/siting" not in bare, "nobody knows how many people live there"
