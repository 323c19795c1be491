"""The API's description: OpenAPI's own schema accepts it, and what it allows breaks nothing."""

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

from tests.http.conftest import add_place

EXAMPLES = 60
"""For each operation of the documents and of three collections."""


@pytest.fixture
def described(torino: Connection) -> Connection:
    """A place of every form, and a layer with a figure."""
    add_place(torino, title="Orto", accuracy_m=3)
    add_place(torino, title=None, kind="house", wkt="LINESTRING(7.6 45.05, 7.7 45.05)")
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
        VALUES (1272, 'zones', '01', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)));
        INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
        VALUES (1272, 'residents', 'residents', 'zones', '{"en": "Figure"}', '{"en": "n"}', 2011, 0,
            'a test', 'CC0-1.0');
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'residents', '01', 4321, '2026-01-02')"""
    )
    return torino


@pytest.mark.parametrize("path", ["/ogc/api", "/torino/ogc/api", "/torino/ogc/api?lang=it"])
def test_the_description_is_valid_openapi(client: FlaskClient, described: Connection, path: str) -> None:
    document = client.get(path).json

    jsonschema.validate(document, OPENAPI_30, cls=jsonschema.Draft4Validator)
    names = [operation["get"]["operationId"] for operation in document["paths"].values()]
    assert len(names) == len(set(names))
    for operation in document["paths"].values():
        for each in operation["get"]["parameters"]:
            assert (
                each["$ref"].removeprefix("#/components/parameters/") in document["components"]["parameters"]
            )


def test_nothing_that_the_description_allows_breaks_the_server(
    app: Flask, client: FlaskClient, described: Connection
) -> None:
    document: dict[str, Any] = client.get("/torino/ogc/api").json or {}
    document["servers"] = [{"url": "/torino/ogc"}]
    kept = ("/collections/places", "/collections/areas-zones", "/collections/houses/items")
    document["paths"] = {
        path: operation
        for path, operation in document["paths"].items()
        if not path.startswith("/collections/") or path.startswith(kept)
    }
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    seen: set[int] = set()

    for found in schema.get_all_operations():
        operation = found.ok()

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

    assert {200, 400} <= seen
