"""What standard clients of OGC API - Features read: GDAL's OAPIF driver, OWSLib, OpenAPI's own schema."""

import re
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from owslib.ogcapi.features import Features
from sqlalchemy import Connection

from app.publish.ogc import parameters
from geo import curve
from tests.http.conftest import add_place
from tests.serving import on_a_port

MANY = 100_000


@pytest.fixture
def address(app: Flask, torino: Connection) -> Iterator[str]:
    """The application on a port of its own, over many places: one in four a house, each with its number."""
    # The indexes of words take longer than all the rest, and nobody searches here.
    torino.exec_driver_sql("SET statement_timeout = 0; DROP INDEX places_search_idx, places_title_idx")
    lons = 7.6 + np.arange(1, MANY + 1) / 1e6
    codes = curve.encode(lons, np.full(MANY, 45.05))
    torino.exec_driver_sql(
        """INSERT INTO places (city_id, id, kind, status, title, language, source, licence, accuracy_m,
            recorded_at, lon, lat, morton, geom)
        SELECT 1272, gen_random_uuid(), CASE WHEN n %% 4 = 0 THEN 'house' ELSE 'site' END, 'active',
            'Luogo ' || n, 'it', 'a test', 'CC0-1.0', n, '2026-01-02', lon, 45.05, code,
            ST_SetSRID(ST_MakePoint(lon, 45.05), 4326)
        FROM unnest(%s::float8[], %s::bigint[]) WITH ORDINALITY AS made (lon, code, n)""",
        (lons.tolist(), codes.tolist()),
    )
    app.extensions["cortile"].settings = app.extensions["cortile"].settings.__class__(
        database_url=app.extensions["cortile"].settings.database_url
    )
    with on_a_port(app) as url:
        yield f"{url}/torino/ogc"


def gdal(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout


def counted(told: str) -> int:
    """The features that ogrinfo counted."""
    return int(re.findall(r"Feature Count: (\d+)", told)[0])


def test_gdal_pages_and_filters_by_its_own_driver(address: str, tmp_path: object) -> None:
    source = ["-oo", "PAGE_SIZE=5000", f"OAPIF:{address}"]
    everything = gdal("ogr2ogr", "-f", "GeoJSONSeq", "/vsistdout/", *source, "places")
    assert everything.count('"Feature"') == MANY

    told = ("ogrinfo", "-ro", "-al", "-so")
    houses = gdal(*told, "-where", "kind = 'house' AND accuracy_m <= 100", *source, "places")
    assert counted(houses) == 25

    box = gdal(*told, "-spat", "7.6", "45", "7.6000505", "45.1", *source, "places")
    assert counted(box) == 50


def test_owslib_reads_the_collections_and_follows_a_filter(address: str) -> None:
    client = Features(address)

    assert "places" in client.feature_collections()
    assert client.collection_queryables("places")["properties"]["kind"]["type"] == "string"
    page = client.collection_items("places", limit=5, filter="accuracy_m BETWEEN 1 AND 3")
    assert page["numberReturned"] == 3


def test_the_description_says_the_parameters_that_there_are(client: FlaskClient, torino: Connection) -> None:
    add_place(torino)
    document = client.get("/torino/ogc/api").json
    for path, operation in document["paths"].items():
        if "security" in operation["get"]:
            continue
        names = {each["$ref"].rpartition("/")[2] for each in operation["get"]["parameters"]}
        url = "/torino/ogc" + path.replace("{featureId}", "01990000-0000-7000-8000-000000000000")
        for name in parameters.PARAMETERS:
            answer = client.get(url, query_string={name: "x" * 9}, headers={"Accept-Language": "en"})
            refused = answer.status_code == 400 and "is not known here" in (answer.json or {}).get(
                "detail", ""
            )
            assert refused == (name not in names), (path, name)
