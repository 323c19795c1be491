"""What holds for every address: it states a permission, names its city in SQL, and hides what is hidden."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyarrow import parquet
from sqlalchemy import Connection, event, text
from werkzeug.test import TestResponse

from app import statements as statements_module
from app import streams as streams_module
from app.db import Database
from app.permissions import Permission
from app.publish.data.formats import FORMATS
from app.tables import metadata
from app.tables.registry import OF_A_CITY, scope_of
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_person, add_place, sign_in, token_for

SECRET = "Segretissimo"
CITY_TABLES = [table.name for table in metadata.sorted_tables if scope_of(table) in OF_A_CITY]
NAMED = re.compile(rf"\b(?:FROM|JOIN|UPDATE)\s+({'|'.join(CITY_TABLES)})\b")
SAID = re.compile(r"\bcity_id\s*=\s*(?:'\s*\|\|\s*)?%\(city\)s")
"""In the text of a query that pgRouting runs, the city is joined to the text."""


@pytest.fixture
def furnished(torino: Connection) -> Connection:
    """A place, an area and an indicator, so that every address has something to show."""
    add_place(torino, title="Cascina")
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        VALUES (1272, 'zones', '01', 'Centro', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)));
        INSERT INTO area_points VALUES (1272, 'zones', '01', 7.61, 45.01);
        INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
        VALUES (1272, 'residents', 'residents', 'zones', '{"it": "Residenti"}', '{"it": "n"}', 2011, 0,
            'a test', 'CC0-1.0'),
            (1272, 'renting', 'renting', 'zones', '{"it": "In affitto"}', '{"it": "%%"}', 2011, 1,
            'a test', 'CC0-1.0');
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'residents', '01', 1200, '2026-01-02'), (1272, 'renting', '01', 12, '2026-01-02')"""
    )
    return torino


ENDS_A_SESSION = "/tf-validate"
"""Asked for half way through signing in; whoever is signed in and asks for it is not any more."""
NETWORKS = ("graphml", "gexf", "json", "csv")
NETWORK = f"any({', '.join(NETWORKS)}):ending"
ASKED = {
    **dict.fromkeys(("pins", "list"), "?bbox=7,45,8,46"),
    "near": "?lon=7.68&lat=45.07",
    # Far from what the searches look for: the ground is drawn by numbers that come near to any.
    "reach": "?lon=7.6&lat=45.02",
    "walk": "?from=7.68,45.07",
    "way": "?from={place}&to=00000000-0000-0000-0000-000000000007",
    "ego": "?place={place}&hops=4",
    "helpers": "?place={place}&hops=4&metres=50000",
    "islands": "?over=both",
    "bridges": "?over=both",
    "fragility/counts": "?layer=zones",
    "fragility/gaps": "?layer=zones",
    "fragility/places": "?layer=zones&area=01",
    "fragility/far": "?layer=zones&area=01&metres=10&kind=project",
}
"""What some addresses have to be asked for."""


def addresses(app: Flask, place_id: str, downloads: bool = False) -> Iterator[str]:
    """Every address that can be read, with something in its blanks."""
    blanks = {"city:city": "torino", "uuid:place_id": place_id, "layer": "zones", "name": "places"}
    blanks |= {"zoom": "12", "row": "1472", "column": "2135", "path:key": place_id}
    blanks |= {
        "day": "2026-01-01",
        "file": "places.csv",
        "int:revision": "1",
        "int:version": "1",
        "sort": "report",
    }
    blanks |= {"uuid:photo_id": place_id, "any(small, medium, large):size": "small"}
    endings = FORMATS if downloads else ("geojson", "csv")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.rule != ENDS_A_SESSION:
            for ending in NETWORKS if NETWORK in rule.rule else endings if "<ending>" in rule.rule else ("",):
                here = {**blanks, "ending": ending, NETWORK: ending}
                path = re.sub(r"<([^>]+)>", lambda blank, here=here: here.get(blank[1], place_id), rule.rule)
                names = ("/".join(path.split("/")[-2:]), path.rpartition("/")[2])
                asked = next((ASKED[name] for name in names if name in ASKED), "")
                yield path + asked.format(place=place_id)


def add_photo(db: Connection, place_id: str, alt: str) -> None:
    """A photo of a place, with the same id, so that every address of a photo is asked for."""
    db.execute(
        text("""INSERT INTO place_photos (city_id, id, place_id, state, alt, licence, added_at, width, height)
            VALUES (1272, :id, :id, 'published', :alt, 'CC0-1.0', '2026-01-02', 9, 9)"""),
        {"id": place_id, "alt": alt},
    )


def written(answer: TestResponse) -> str:
    """Everything that an answer says; what is packed is unpacked."""
    if answer.mimetype == "application/vnd.apache.parquet":
        return str(parquet.read_table(io.BytesIO(answer.data)).to_pylist())
    return answer.data.decode("utf-8", "replace")


def test_every_address_states_its_permission(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        assert isinstance(getattr(view, "permission", None), Permission), rule.rule


def test_no_hidden_place_appears_anywhere(app: Flask, client: FlaskClient, furnished: Connection) -> None:
    public = add_place(furnished, title="Visibile")
    hidden = [
        add_place(furnished, title=SECRET, moderation=moderation, kind=kind)
        for moderation in ("held", "hidden")
        for kind in ("house", "site")
    ]
    for place in (public, *hidden):
        add_photo(furnished, place, SECRET if place in hidden else "Visibile")
    asked = [url for place in (public, *hidden) for url in addresses(app, place)]
    asked += [url for url in addresses(app, public, downloads=True) if url not in asked]
    words = [url + ("&" if "?" in url else "?") + f"q={quote(SECRET)}" for url in asked]
    assert any("pins" in url for url in asked)

    items = "/torino/ogc/collections/{}/items?{}".format
    filters = ("filter=true", "sortby=title", "datetime=2026-01-01", "properties=title", "offset=1", "f=html")
    filtered = [items(name, query) for name in ("places", "houses", "sites") for query in filters]

    for url in asked + words + filtered:
        body = written(client.get(url, headers={"Accept": "text/html, application/json"}))
        found = body.replace(f"q={SECRET}", "").replace(f'"{SECRET}"', "").replace(f"“{SECRET}”", "")
        assert SECRET not in found, url
        assert not any(key in found for key in hidden if key not in url), url


def test_what_moderators_are_told_appears_nowhere(
    app: Flask, client: FlaskClient, furnished: Connection
) -> None:
    place = add_place(furnished, title="Visibile", on_behalf_of=SECRET)
    add_place(furnished, moderation="held", note=SECRET)
    key, city = str(UUID(int=7)), {"city": 1272, "id": str(UUID(int=7)), "place": place, "said": SECRET}
    for sql in (
        """INSERT INTO reports (city_id, id, place_id, reason, words, email, language, made_at)
            VALUES (:city, :id, :place, 'spam', :said, :said, 'it', '2026-01-02')""",
        """INSERT INTO claims (city_id, id, place_id, person_id, organisation, words, made_at)
            VALUES (:city, :id, :place, :id, :said, :said, '2026-01-02')""",
        """INSERT INTO decisions (city_id, id, batch_id, at, person_id, sort, subject_id, place_id, action,
                reason, words, before, after)
            VALUES (:city, :id, :id, '2026-01-02', :id, 'report', :id, :place, 'refuse', 'spam', :said,
                'waiting', 'refused')""",
        """INSERT INTO appeals (city_id, id, decision_id, words, made_at)
            VALUES (:city, :id, :id, :said, '2026-01-02')""",
        """INSERT INTO place_changes (city_id, id, place_id, base_revision, content, geom, made_at)
            VALUES (:city, :id, :place, 1, jsonb_build_object('title', cast(:said AS text)),
                ST_SetSRID(ST_MakePoint(7.6, 45), 4326), '2026-01-02')""",
    ):
        furnished.execute(text(sql), city)

    asked = list(addresses(app, place, downloads=True)) + list(addresses(app, key))
    assert any("moderation/log" in url for url in asked)
    for url in asked:
        for headers in ({"Accept": "text/html, application/json"}, {"Accept": "application/json"}):
            assert SECRET not in written(client.get(url, headers=headers)), url


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that the application runs, in its order."""
    ran: list[str] = []
    original = statements_module.executed

    def noted(db: Connection, sql: str, params: Mapping[str, Any], **how: Any) -> Any:
        ran.append(sql)
        return original(db, sql, params, **how)

    def noted_too(connection: Any, sql: str, params: Mapping[str, Any]) -> str:
        ran.append(sql)
        return bound(connection, sql, params)

    bound = streams_module.bound
    monkeypatch.setattr(statements_module, "executed", noted)
    monkeypatch.setattr(streams_module, "bound", noted_too)
    return ran


def test_every_statement_says_its_city(
    app: Flask, client: FlaskClient, furnished: Connection, statements: list[str]
) -> None:
    place = add_place(furnished)
    for url in addresses(app, place):
        for query in (
            "",
            "city=torino&filter=kind='house'",
            "city=torino&sortby=-title",
            "q=cascina",
            "q=casnica",
            "kind=house,site&status=active",
        ):
            client.get(url + ("&" if "?" in url else "?") + query)

    assert len(set(statements)) > 15
    for statement in set(statements):
        assert len(SAID.findall(statement)) >= len(NAMED.findall(statement)), statement


ITEMS = "/torino/ogc/collections/places/items"
FEATURE = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [7.68, 45.07]}}


def test_every_statement_that_writes_says_its_city(app: Flask, furnished: Connection) -> None:
    """Everything that an administrator may send, with nothing in it; and the life of a place by the API."""
    ran: list[str] = []
    database: Database = app.extensions["cortile"].database

    @event.listens_for(database.engine, "before_cursor_execute")
    def noted(_db: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        ran.append(statement)

    furnished.exec_driver_sql("UPDATE cities SET review = 'none'")
    person = add_person(furnished, role="administrator")
    client, place = app.test_client(), add_place(furnished)
    app.config["WTF_CSRF_ENABLED"] = False
    by_token = token_for(furnished, person, ["read", "write", "moderate"])
    for about in ({"title": "Uno", "blur_m": 100}, {"title": "Due", "blur_m": 500}):
        feature = {**FEATURE, "properties": about}
        for method, path in (("POST", ITEMS), ("PUT", f"{ITEMS}/{place}")):
            answer = client.open(path, method=method, json=feature, headers=by_token | {"If-Match": "*"})
            assert answer.status_code in (201, 204), answer.text
    sign_in(client, furnished, person)
    for rule in app.url_map.iter_rules():
        blanks = {"city:city": "torino", "name": "places", "int:revision": "1", "int:version": "1"}
        path = re.sub(r"<([^>]+)>", lambda blank, here=blanks: here.get(blank[1], place), rule.rule)
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            client.open(path, method=method)
    client.delete(f"{ITEMS}/{place}", headers=by_token | {"If-Match": "*"})

    assert len(set(ran)) > 15
    for statement in set(ran):
        assert len(SAID.findall(statement)) >= len(NAMED.findall(statement)), statement


QUESTIONS = {
    "/torino/": 4,
    "/torino/list?bbox=7,45,8,46": 1,
    "/torino/pins?bbox=7,45,8,46&zoom=12": 3,
    "/torino/map.html?layer=zones&indicator=residents": 5,
    "/torino/areas/zones": 3,
    "/torino/areas/zones/values": 3,
    "/torino/search?q=orto": 3,
    "/torino/places/{place}": 6,
    "/torino/places/{place}?part=1": 3,
    "/ogc/collections/places/items?city=torino": 1,
    "/ogc/collections/areas/items?city=torino": 1,
}
"""How many questions an address may ask; the cities apart, which are asked for every few seconds."""


@pytest.mark.parametrize("url", QUESTIONS)
def test_an_address_asks_few_questions_however_much_there_is(
    client: FlaskClient, furnished: Connection, statements: list[str], url: str
) -> None:
    for _ in range(60):
        place = add_place(furnished, 7.6, 45.05, title="Orto")

    assert client.get(url.format(place=place)).status_code == 200

    assert len([statement for statement in statements if "FROM cities" not in statement]) <= QUESTIONS[url]
