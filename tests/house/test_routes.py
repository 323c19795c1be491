"""What holds for every address: it states a permission, names its city in SQL, and hides what is hidden."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app import db as database_module
from app.permissions import Permission
from app.tables import metadata
from app.tables.registry import Scope, scope_of
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_place

SECRET = "Segretissimo"
CITY_TABLES = [table.name for table in metadata.sorted_tables if scope_of(table) is not Scope.REFERENCE]
NAMED = re.compile(rf"\b(?:FROM|JOIN)\s+({'|'.join(CITY_TABLES)})\b")
SAID = re.compile(r"\bcity_id\s*=\s*%\(city\)s")


@pytest.fixture
def furnished(torino: Connection) -> Connection:
    """A place, an area and an indicator, so that every address has something to show."""
    add_place(torino, title="Cascina")
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        VALUES (1272, 'zones', '01', 'Centro', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)));
        INSERT INTO indicators (city_id, slug, layer, names, units, year, polarity, source, licence)
        VALUES (1272, 'residents', 'zones', '{"it": "Residenti"}', '{"it": "n"}', 2011, 0,
            'a test', 'CC0-1.0');
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'residents', '01', 12, '2026-01-02')"""
    )
    return torino


def addresses(app: Flask, place_id: str) -> Iterator[str]:
    """Every address that can be read, with something in its blanks."""
    blanks = {"city:city": "torino", "uuid:place_id": place_id, "layer": "zones", "name": "places"}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            path = re.sub(r"<([^>]+)>", lambda blank: blanks[blank[1]], rule.rule)
            yield path + ("?bbox=7,45,8,46" if path.endswith(("/pins", "/list")) else "")


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
    asked = [url for place in (public, *hidden) for url in addresses(app, place)]
    words = [url + ("&" if "?" in url else "?") + f"q={quote(SECRET)}" for url in asked]
    assert any("pins" in url for url in asked)

    for url in asked + words:
        body = client.get(url, headers={"Accept": "text/html, application/json"}).get_data(as_text=True)
        found = body.replace(f"q={SECRET}", "").replace(f'"{SECRET}"', "").replace(f"“{SECRET}”", "")
        assert SECRET not in found, url
        assert not any(key in found for key in hidden if key not in url), url


def test_every_statement_says_its_city(
    app: Flask, client: FlaskClient, furnished: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: set[str] = set()
    original = database_module._executed

    def recorded(db: Connection, row_factory: Any, sql: str, *rest: Any) -> Any:
        statements.add(sql)
        return original(db, row_factory, sql, *rest)

    monkeypatch.setattr(database_module, "_executed", recorded)
    place = add_place(furnished)
    for url in addresses(app, place):
        for query in ("", "q=cascina", "q=casnica", "kind=house,site&status=active"):
            client.get(url + ("&" if "?" in url else "?") + query)

    assert len(statements) > 15
    for statement in statements:
        assert len(SAID.findall(statement)) >= len(NAMED.findall(statement)), statement
