"""The feed, as RFC 4287 asks: the latest changes of a city, kinds, an area; nothing that is hidden."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as Xml

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app.publish.feeds import queries
from app.tables.places import KINDS
from tests.http.conftest import add_place

ATOM, POINT = "{http://www.w3.org/2005/Atom}", "{http://www.georss.org/georss}point"


@pytest.fixture
def places(torino: Connection) -> Connection:
    """A house in the west on the first of January, a project in the east the day after, one hidden."""
    first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    add_place(torino, 7.61, 45.01, title="Casa", kind="house", recorded_at=first, summary="a\x0bb & <c>")
    add_place(torino, 7.75, 45.05, title=None, recorded_at=second, source="Chi scrive")
    add_place(torino, title="Segreto", moderation="hidden", recorded_at=datetime(2026, 2, 1, tzinfo=UTC))
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
        VALUES (1272, 'zones', '01', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)))"""
    )
    return torino


def read(client: FlaskClient, query: str = "") -> Xml.Element:
    answer = client.get(f"/torino/feed.atom{query}")
    assert (answer.status_code, answer.content_type) == (200, "application/atom+xml; charset=utf-8")
    return Xml.fromstring(answer.data)


def titles(feed: Xml.Element) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]


def test_the_latest_comes_first_and_is_whole(client: FlaskClient, places: Connection) -> None:
    feed = read(client, "?lang=en")

    assert titles(feed) == ["Community project", "Casa"]
    assert feed.findtext(f"{ATOM}updated") == "2026-01-02T03:04:05.000006Z"
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(POINT) == "45.05 7.75"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Chi scrive"
    assert entry.findtext(f"{ATOM}rights") == "CC0-1.0"
    summaries = [each.findtext(f"{ATOM}summary") for each in feed.findall(f"{ATOM}entry")]
    assert summaries == [None, "a b & <c>"]


@pytest.mark.parametrize("query", ["", "?kind=house", "?kind=site", "?area=zones/01&lang=en"])
def test_every_feed_has_what_rfc_4287_asks_for(client: FlaskClient, places: Connection, query: str) -> None:
    feed = read(client, query)

    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for once in ("id", "title", "updated"):  # sections 4.1.1 and 4.1.2
            assert len(element.findall(f"{ATOM}{once}")) == 1
            assert element.findtext(f"{ATOM}{once}")
        assert element.findall(f"{ATOM}author/{ATOM}name")
        assert [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
    own = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == [feed.findtext(f"{ATOM}id")]
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)


def test_a_feed_is_of_kinds_or_of_an_area(client: FlaskClient, places: Connection) -> None:
    assert titles(read(client, "?kind=house")) == ["Casa"]
    assert titles(read(client, "?kind=house,project")) == ["Progetto di comunità", "Casa"]
    assert titles(read(client, "?kind=event")) == []
    assert titles(read(client, "?area=zones/01")) == ["Casa"]


def test_the_latest_of_all_kinds_are_the_latest(client: FlaskClient, torino: Connection) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    for number in range(60):
        kind = KINDS[number % 2] if number % 10 else "event"
        add_place(torino, title=str(number), kind=kind, recorded_at=start + timedelta(hours=number))
    assert titles(read(client)) == [str(number) for number in range(59, 9, -1)]
    events = [str(number) for number in range(50, -1, -10)]
    assert titles(read(client, "?kind=event")) == events


def test_the_latest_are_found_without_a_look_at_the_others(torino: Connection) -> None:
    torino.exec_driver_sql(
        """INSERT INTO places (city_id, id, kind, status, language, source, licence, recorded_at, lon, lat,
            morton, geom)
        SELECT 1272, gen_random_uuid(), 'site', 'active', 'it', 'a test', 'CC0-1.0',
            now() - n * interval '1 hour', 7.6, 45, 0, ST_Point(7.6, 45, 4326)
        FROM generate_series(1, 5000) AS n"""
    )
    torino.exec_driver_sql("ANALYZE places")
    sql, values = queries.question(1272, (), None)
    driver = torino.connection.driver_connection
    assert driver is not None
    (told,) = driver.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values).fetchone()
    explained = json.dumps(told)
    read_rows = [int(float(rows)) for rows in re.findall(r'"Actual Rows": ([\d.]+)', explained)]
    assert "places_city_id_kind_recorded_at_id_idx" in explained
    assert max(read_rows) <= queries.ENTRIES


def test_a_reader_who_has_it_gets_nothing_until_something_changes(
    client: FlaskClient, places: Connection
) -> None:
    tag = client.get("/torino/feed.atom").headers["ETag"]
    assert client.get("/torino/feed.atom", headers={"If-None-Match": tag}).status_code == 304
    add_place(places, title="Nuovo")
    assert client.get("/torino/feed.atom", headers={"If-None-Match": tag}).status_code == 200


def test_the_map_names_its_feed(client: FlaskClient, places: Connection) -> None:
    assert 'type="application/atom+xml"' in client.get("/torino/").text
    assert 'href="/torino/feed.atom?kind=house"' in client.get("/torino/?kind=house").text
