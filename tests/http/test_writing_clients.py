"""Real clients write: OWSLib over the network, curl as the guide has it, and Schemathesis all over."""

import json
import re
import subprocess
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from owslib.ogcapi import REQUEST_HEADERS
from owslib.ogcapi.features import Features
from sqlalchemy import Connection, text

from app.db import Database
from app.places.counts import rebuild
from app.settings import Settings
from tests.conftest import FreshDatabase
from tests.http.conftest import TORINO, add_person, add_place, token_for
from tests.serving import on_a_port

GUIDE = (Path(__file__).parents[2] / "docs" / "ogc-api.md").read_text()
SERVER = "http://127.0.0.1:8000"
EXAMPLES = 40
"""For each operation that writes, of one collection of all kinds and one of a kind."""


@pytest.fixture
def server(app: Flask, torino: Connection) -> Iterator[str]:
    """The application on a port of its own."""
    torino.execute(text("UPDATE cities SET review = 'none'"))
    held = app.extensions["cortile"]
    held.settings = Settings(database_url=held.settings.database_url)
    with on_a_port(app) as url:
        yield url


@pytest.fixture
def token(torino: Connection) -> dict[str, str]:
    return token_for(torino, add_person(torino))


@pytest.fixture
def owslib(server: str, token: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Features:
    """OWSLib's client with a token; it keeps its headers for all clients, so they are put back."""
    for name in ("Authorization", "If-Match", "Content-Type"):
        monkeypatch.setitem(REQUEST_HEADERS, name, "")
        monkeypatch.delitem(REQUEST_HEADERS, name)
    return Features(f"{server}/torino/ogc", headers=token)


def feature(title: str) -> dict[str, Any]:
    shape = {"type": "Point", "coordinates": [7.68, 45.07]}
    return {"type": "Feature", "geometry": shape, "properties": {"title": title, "kind": "site"}}


def test_owslib_creates_updates_and_deletes_and_loses_a_race_in_words(owslib: Features) -> None:
    assert owslib.collection_item_create("places", feature("Cortile"))
    place = owslib.response_headers["Location"].rpartition("/")[2]
    read = owslib.collection_item("places", place)
    assert read["properties"]["title"] == "Cortile"
    seen = owslib.response_headers["ETag"]

    with pytest.raises(RuntimeError, match="precondition-required"):
        owslib.collection_item_update("places", place, feature("Senza"))
    owslib.headers["If-Match"] = seen
    assert owslib.collection_item_update("places", place, feature("Primo"))
    owslib.headers["Accept-Language"] = "en"
    with pytest.raises(RuntimeError, match="Somebody has changed this place since you read it") as lost:
        owslib.collection_item_update("places", place, feature("Secondo"))
    assert json.loads(str(lost.value))["status"] == 412
    del owslib.headers["If-Match"]
    assert owslib.collection_item("places", place)["properties"]["title"] == "Primo"

    owslib.headers["If-Match"] = owslib.response_headers["ETag"]
    assert owslib.collection_item_delete("places", place)
    with pytest.raises(RuntimeError, match="not-found"):
        owslib.collection_item("places", place)
    owslib.headers.pop("Accept-Language")


def test_the_lines_of_curl_in_the_guide_write(server: str, token: dict[str, str]) -> None:
    """They run in one shell, in their order, as somebody would paste them."""
    (script,) = re.findall(r"## Writing\n.*?```sh\n(.*?)```", GUIDE, re.DOTALL)
    lines = script.replace(SERVER, server).replace("cortile_…", token["Authorization"].split()[1])
    told = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, told.stderr
    assert re.findall(r"HTTP/1\.\d (\d+)", told.stdout) == ["201", "200", "204", "412", "204"]
    assert told.stdout.count('"code": "precondition-failed"') == 1


def test_nothing_that_a_writer_sends_breaks_the_server(
    app: Flask, client: FlaskClient, torino: Connection, token: dict[str, str], database: FreshDatabase
) -> None:
    place, tags = add_place(torino), ['"1.published"', "*", '"0.x"', None]
    document: dict[str, Any] = client.get("/torino/ogc/api").json or {}
    document["servers"] = [{"url": "/torino/ogc"}]
    document["paths"] = {
        path: {key: value for key, value in operations.items() if key != "get"}
        for path, operations in document["paths"].items()
        if path.startswith(("/collections/places/items", "/collections/houses/items"))
    }
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    seen: set[int] = set()
    app.config["WTF_CSRF_ENABLED"] = False

    for found in schema.get_all_operations():
        operation = found.ok()

        @seed(20)
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def asked(case: schemathesis.Case) -> None:
            if "featureId" in case.path_parameters:
                case.path_parameters["featureId"] = place
            condition = tags[len(seen) % 4]
            headers = {**(case.headers or {}), **token}
            case.headers = headers | ({"If-Match": condition} if condition else {})
            answer = case.call()
            seen.add(answer.status_code)
            assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, case.as_curl_command()
            torino.execute(text("DELETE FROM attempts"))

        asked()

    assert {400, 422} <= seen
    assert seen & {201, 202, 204}, "some of it was written"
    owner = Database(database.owner_url, size=1)
    with owner.transaction() as db:
        assert rebuild(db, TORINO) == 0
    owner.close()
