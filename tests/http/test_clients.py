"""What others make of our bodies: GDAL's GeoJSON driver reads them, and RFC 7946 accepts them."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.http.conftest import add_place
from tests.serving import on_a_port

POSITION = {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "number"}}
RING = {"type": "array", "minItems": 4, "items": POSITION}


def nested(items: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "minItems": least, "items": items}


def geometry(name: str, coordinates: dict[str, Any]) -> dict[str, Any]:
    return {
        "properties": {"type": {"const": name}, "coordinates": coordinates},
        "required": ["type", "coordinates"],
    }


RFC_7946 = {
    "type": "object",
    "required": ["type", "features"],
    "not": {
        "anyOf": [{"required": [word]} for word in ("coordinates", "geometries", "geometry", "properties")]
    },
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": nested({"$ref": "#/$defs/feature"}),
    },
    "$defs": {
        "feature": {
            "type": "object",
            "required": ["type", "geometry", "properties", "id"],
            "not": {"anyOf": [{"required": [word]} for word in ("coordinates", "geometries", "features")]},
            "properties": {
                "type": {"const": "Feature"},
                "id": {"type": ["string", "number"]},
                "properties": {"type": ["object", "null"]},
                "geometry": {
                    "oneOf": [
                        geometry("Point", POSITION),
                        geometry("MultiPoint", nested(POSITION)),
                        geometry("LineString", nested(POSITION, 2)),
                        geometry("MultiLineString", nested(nested(POSITION, 2))),
                        geometry("Polygon", nested(RING, 1)),
                        geometry("MultiPolygon", nested(nested(RING, 1))),
                    ]
                },
            },
        }
    },
}
"""Sections 3.1 to 3.3 and 7.1 of RFC 7946 as JSON Schema."""


@pytest.fixture
def shapes(torino: Connection) -> Connection:
    """A place of each type of geometry, and an area."""
    add_place(torino, title='Orto "nuovo" \\ ' + "à" * 40, summary="a\nb\tc", accuracy_m=12.5)
    for wkt in (
        "LINESTRING(7.6 45, 7.7 45.1)",
        "POLYGON((7.6 45, 7.7 45, 7.7 45.1, 7.6 45), (7.66 45.01, 7.67 45.03, 7.68 45.02, 7.66 45.01))",
        "MULTIPOLYGON(((7.6 45, 7.7 45, 7.7 45.1, 7.6 45)))",
        "MULTIPOINT((7.6 45), (7.7 45))",
    ):
        add_place(torino, wkt=wkt, title=wkt.split("(")[0])
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        VALUES (1272, 'zones', '01', 'Centro', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_ForcePolygonCCW(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326))))"""
    )
    return torino


@pytest.fixture
def address(app: Flask, shapes: Connection) -> Iterator[str]:
    """The application on a port of its own."""
    with on_a_port(app) as url:
        yield url


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/places/items?city=torino",
        "/ogc/collections/places/items?city=torino&limit=1",
        "/ogc/collections/places/items?city=torino&q=zzzz",
        "/ogc/collections/areas/items?city=torino",
        "/torino/areas/zones/shapes",
        "/torino/pins?bbox=7,44,8,46",
    ],
)
def test_bodies_are_what_rfc_7946_asks_for(client: FlaskClient, shapes: Connection, path: str) -> None:
    answer = client.get(path)

    assert answer.content_type == "application/geo+json"
    body = json.loads(answer.data)
    named = [feature for feature in body["features"] if "id" in feature]
    jsonschema.validate({**body, "features": named}, RFC_7946)
    for feature in named:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        for polygon in shapely.get_parts(shape):
            if polygon.geom_type == "Polygon":
                assert polygon.exterior.is_ccw, "section 3.1.6: outer rings are counterclockwise"


def test_gdal_reads_places_and_areas(address: str) -> None:
    places = summary(f"{address}/ogc/collections/places/items?city=torino")
    assert "using driver `GeoJSON' successful" in places
    assert "Feature Count: 5" in places
    assert "title: String" in places
    assert "accuracy_m: Real" in places
    assert "recorded_at: DateTime" in places

    areas = summary(f"{address}/ogc/collections/areas/items?city=torino")
    assert "Geometry: Multi Polygon" in areas
    assert "Feature Count: 1" in areas


def summary(url: str) -> str:
    """What GDAL's ogrinfo says of an address."""
    asked = ["ogrinfo", "-ro", "-al", "-so", url]
    return subprocess.run(asked, check=True, capture_output=True, text=True, timeout=60).stdout
