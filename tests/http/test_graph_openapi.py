"""The description of the graph's addresses: valid, complete, and what it allows breaks nothing."""

from http import HTTPStatus
from typing import Any

import jsonschema
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.specs.openapi.definitions import OPENAPI_30
from sqlalchemy import Connection

from app.places.lists import rebuild
from tests.app.network.cities import relate
from tests.http.conftest import TORINO, add_place

NOWHERE = "01990000-0000-7000-8000-000000000000"
EXAMPLES = 40
"""For each operation."""


@pytest.fixture
def described(torino: Connection) -> str:
    """Two places with a relation; returns the id of one, which the examples ask for."""
    house = add_place(torino, kind="house")
    relate(torino, add_place(torino, 7.69, title=None), "hosted_by", house)
    rebuild(torino, TORINO)
    return house


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_description_is_valid_openapi(client: FlaskClient, described: str, language: str) -> None:
    document = client.get(f"/torino/graph/api?lang={language}").get_json()

    jsonschema.validate(document, OPENAPI_30, cls=jsonschema.Draft4Validator)
    for operation in document["paths"].values():
        for each in operation.get("get", {}).get("parameters", ()):
            name = each["$ref"].removeprefix("#/components/parameters/")
            assert name in document["components"]["parameters"]
    summary = {"en": "The shortest way between two places, by metres.", "it": "La via più breve"}[language]
    assert document["paths"]["/graph/way"]["get"]["summary"].startswith(summary)


def test_every_address_of_the_graph_is_described(app: Flask, client: FlaskClient, described: str) -> None:
    described = client.get("/torino/graph/api").get_json()["paths"]
    paths = {path.removeprefix("/graph") for path in described if path.startswith("/graph/")}
    there = {
        rule.rule.partition("/graph")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in ("graph", "gaps", "walking", "paths", "network")
    }

    assert {path for path in paths if not path.startswith("/network.")} == {
        path for path in there if path != "/api" and not path.startswith("/network.")
    }
    assert {path for path in paths if path.startswith("/network.")} == {
        f"/network.{ending}" for ending in ("graphml", "gexf", "json", "csv")
    }
    for path, verbs in described.items():  # the rest is of relations: every address takes what is described
        address = "/torino" + path.replace("{place}", NOWHERE).replace("{relation}", NOWHERE)
        with app.app_context():
            for verb in set(verbs) - {"parameters"}:
                app.url_map.bind("").match(address, verb.upper())


def test_nothing_that_the_description_allows_breaks_the_server(
    app: Flask, client: FlaskClient, described: str
) -> None:
    document: dict[str, Any] = client.get("/torino/graph/api").get_json()
    document["servers"] = [{"url": "/torino"}]
    for name in ("from-needed", "place", "place-needed"):  # else every example ends at a place that is not
        document["components"]["parameters"][name]["schema"] = {"type": "string", "enum": [described]}
    document["paths"]["/places/{place}/relations"]["parameters"][0]["schema"]["enum"] = [described]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    seen: set[int] = set()

    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.method != "get":
            continue

        @seed(20)
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def asked(case: schemathesis.Case) -> None:
            answer = case.call()
            seen.add(answer.status_code)
            assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR, case.as_curl_command()

        asked()

    assert {200, 400, 404} <= seen
