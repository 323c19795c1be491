"""Downloads: the same rows in every format, as other people's programs read them."""

import csv
import gzip
import io
import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import geopandas
import jsonschema
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.publish.data.formats import FORMATS
from tests.http.conftest import add_place
from tests.http.test_clients import RFC_7946

SHAPES = {
    "Orto \"nuovo\" \\ 'uno', due\nà": "POINT(7.68 45.07)",
    "": "LINESTRING(7.6 45, 7.7 45.1)",
    "Prato": "POLYGON((7.6 45, 7.7 45, 7.7 45.1, 7.6 45))",
    "Due": "MULTIPOINT((7.6 45), (7.7 45))",
}
GEOPARQUET = {
    "type": "object",
    "required": ["version", "primary_column", "columns"],
    "properties": {
        "version": {"const": "1.1.0"},
        "columns": {
            "type": "object",
            "required": ["geometry"],
            "additionalProperties": {
                "type": "object",
                "required": ["encoding", "geometry_types"],
                "properties": {
                    "encoding": {"const": "WKB"},
                    "geometry_types": {
                        "type": "array",
                        "uniqueItems": True,
                        "items": {
                            "pattern": "^(GeometryCollection|(Multi)?(Point|LineString|Polygon))( Z)?$"
                        },
                    },
                    "bbox": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
                    "covering": {
                        "required": ["bbox"],
                        "properties": {"bbox": {"required": ["xmin", "xmax", "ymin", "ymax"]}},
                    },
                },
            },
        },
    },
}
"""What https://geoparquet.org/releases/v1.1.0/schema.json asks of what we write."""


@pytest.fixture
def places(torino: Connection) -> Connection:
    """Places of every shape, with texts that separate, quote and break lines; some are not public."""
    for number, (title, wkt) in enumerate(SHAPES.items()):
        add_place(
            torino,
            title=title or None,
            wkt=wkt,
            kind="house" if number == 0 else "project",
            summary="NULL" if number else None,
            accuracy_m=12.5 if number else None,
            translations='{"en": {"title": "New \\\\ \\"garden\\""}}' if number == 0 else None,
            confirmed_at="2026-02-01T12:00:00Z" if number else None,
            valid="[2019-06-01T00:00:00Z,)" if number else "(,2020-01-01T00:00:00.5Z)",
        )
    add_place(torino, title="Segreto", moderation="hidden")
    return torino


@pytest.fixture
def zones(torino: Connection) -> Connection:
    """Two zones, one of them with residents, and an indicator that is called like a column."""
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        SELECT 1272, 'zones', code, 'Centro', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)) FROM unnest(ARRAY['01', '02']) AS code;
        INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
        SELECT 1272, slug, slug, 'zones', '{"en": "Residents"}', '{"en": "people"}', 2011, 0, 'ISTAT',
            'CC-BY-3.0-IT'
            FROM unnest(ARRAY['residents', 'code']) AS slug;
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'residents', '01', 12.5, '2026-01-02'), (1272, 'code', '02', 7, '2026-01-02')"""
    )
    return torino


def stored(db: Connection) -> dict[str, dict[str, Any]]:
    """The public places as the database holds them, by id, in the words of the download."""
    sql = """SELECT id::text, kind, status, title, summary, language, translations::text, address, website,
        accuracy_m, lower(valid) AS valid_from, upper(valid) AS valid_to, source, licence, recorded_at,
        confirmed_at, ST_AsBinary(geom) AS geometry
        FROM places WHERE city_id = 1272 AND moderation = 'published'"""
    return {row.id: dict(row._mapping) for row in db.execute(text(sql))}


def as_read(frame: geopandas.GeoDataFrame) -> dict[str, dict[str, Any]]:
    """The rows of a GeoDataFrame in the form of `stored`."""
    rows = {}
    for row in frame.to_dict("records"):
        said = {name: None if value is None or value != value else value for name, value in row.items()}
        said["geometry"] = shapely.to_wkb(row["geometry"], byte_order=1)
        for name in ("valid_from", "valid_to", "recorded_at", "confirmed_at"):
            said[name] = said[name] and said[name].to_pydatetime()
        rows[said["id"]] = said
    return rows


def fetched(client: FlaskClient, path: str, folder: Path) -> Path:
    """The answer as a file of its name."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.data
    file = folder / path.partition("?")[0].rpartition("/")[2]
    file.write_bytes(answer.data)
    return file


@pytest.mark.parametrize("ending", ["gpkg", "fgb"])
def test_gdals_formats_hold_what_the_database_holds(
    client: FlaskClient, places: Connection, tmp_path: Path, ending: str
) -> None:
    file = fetched(client, f"/torino/data/places.{ending}", tmp_path)

    assert as_read(pyogrio.read_dataframe(file)) == stored(places)
    said = subprocess.run(["ogrinfo", "-al", "-so", file], check=True, capture_output=True, text=True)
    assert "Feature Count: 4" in said.stdout
    assert "Warning" not in said.stderr
    assert "accuracy_m: Real" in said.stdout
    assert "recorded_at: DateTime" in said.stdout


def test_a_geopackage_explains_itself(client: FlaskClient, zones: Connection, tmp_path: Path) -> None:
    file = fetched(client, "/torino/data/zones.gpkg?lang=en", tmp_path)

    with sqlite3.connect(file) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        told = " ".join(row[0] for row in db.execute("SELECT metadata FROM gpkg_metadata"))
    assert "Every record says its source and its licence." in told
    assert "Since when Cortile has known this version" in told
    frame = pyogrio.read_dataframe(file)
    assert frame[["code", "residents"]].iloc[0].tolist() == ["01", 12.5]
    assert frame.loc[frame["code"] == "02", "code_"].tolist() == [7]


def test_geoparquet_holds_what_the_database_holds(
    client: FlaskClient, places: Connection, tmp_path: Path
) -> None:
    file = fetched(client, "/torino/data/places.parquet", tmp_path)

    frame = geopandas.read_parquet(file)
    assert as_read(frame) == stored(places)
    assert frame.crs.equals("OGC:CRS84")
    metadata = pyarrow.parquet.read_metadata(file).metadata
    geo = json.loads(metadata[b"geo"])
    jsonschema.validate(geo, GEOPARQUET)
    assert geo["columns"]["geometry"]["bbox"] == [7.6, 45.0, 7.7, 45.1]
    assert set(geo["columns"]["geometry"]["geometry_types"]) == set(frame.geom_type)
    assert b"licence" in metadata
    assert len(json.loads(metadata[b"codebook"])["fields"]) == 17


def test_the_boxes_of_geoparquet_let_a_reader_skip(
    client: FlaskClient, places: Connection, tmp_path: Path
) -> None:
    file = fetched(client, "/torino/data/places.parquet", tmp_path)

    assert len(geopandas.read_parquet(file, bbox=(7.69, 45.0, 7.71, 45.04))) == 3
    count = duckdb.sql(f"SELECT count(*), min(bbox.xmin) FROM '{file}' WHERE kind = 'project'").fetchall()
    assert count == [(3, 7.6)]


def test_geojson_and_its_lines_are_the_features_of_the_api(client: FlaskClient, places: Connection) -> None:
    api = client.get("/ogc/collections/places/items?city=torino").json["features"]
    expected = {feature["id"]: feature for feature in api}

    collection = json.loads(client.get("/torino/data/places.geojson").data)
    jsonschema.validate(collection, RFC_7946)
    assert {feature["id"]: feature for feature in collection["features"]} == expected
    assert collection["numberReturned"] == 4
    lines = client.get("/torino/data/places.geojsonl").data.decode().splitlines()
    assert {feature["id"]: feature for feature in map(json.loads, lines)} == expected


def test_csv_has_shapes_as_text_or_two_columns(client: FlaskClient, places: Connection) -> None:
    there = stored(places)

    rows = list(csv.DictReader(io.StringIO(client.get("/torino/data/places.csv").data.decode())))
    assert len(rows) == 4
    for row in rows:
        kept = there[row["id"]]
        assert shapely.from_wkt(row["geometry"]).equals_exact(shapely.from_wkb(kept["geometry"]), 0)
        assert [row["title"], row["translations"]] == [kept["title"] or "", kept["translations"] or ""]
    assert {row["valid_to"] for row in rows} == {"2020-01-01T00:00:00.500000Z", ""}
    points = csv.DictReader(io.StringIO(client.get("/torino/data/places.csv?geometry=latlon").data.decode()))
    assert {(row["lat"], row["lon"]) for row in points} == {("45.07", "7.68")}


FILTERED = {
    "kind=house": 1, "q=prato": 1, "bbox=7.69,45.0,7.71,45.04": 2, "status=ended": 0,
    "filter=S_INTERSECTS(geometry,BBOX(7.69,45.0,7.71,45.04)) AND kind<>'house'": 2,
    "datetime=2020-01-01T00:00:00.5Z/..": 3,
}  # fmt: skip
"""What is asked for, and how many of the four places answer: one ended in 2020, in the middle of a second."""


@pytest.mark.parametrize("query", FILTERED)
@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_filters_as_the_api_does(
    client: FlaskClient, places: Connection, tmp_path: Path, ending: str, query: str
) -> None:
    api = client.get(f"/ogc/collections/places/items?city=torino&{query}").json["features"]
    file = fetched(client, f"/torino/data/places.{ending}?{query}", tmp_path)

    if ending == "parquet":
        ids = geopandas.read_parquet(file)["id"].tolist()
    elif ending == "csv":
        ids = [row["id"] for row in csv.DictReader(file.open())]
    elif ending == "geojsonl":
        ids = [json.loads(line)["id"] for line in file.read_text().splitlines()]
    elif ending == "geojson":
        ids = [feature["id"] for feature in json.loads(file.read_text())["features"]]
    else:
        ids = pyogrio.read_dataframe(file)["id"].tolist()
    assert sorted(ids) == sorted(feature["id"] for feature in api)
    assert len(ids) == FILTERED[query]


def test_an_export_of_nothing_is_a_file_and_says_so(client: FlaskClient, places: Connection) -> None:
    empty = json.loads(client.get("/torino/data/places.geojson?status=ended&lang=en").data)
    assert empty["features"] == []
    assert empty["numberReturned"] == 0
    assert empty["note"] == "Nothing answers to these filters."
    assert client.get("/torino/data/places.geojsonl?status=ended").data == b""
    assert client.get("/torino/data/places.csv?status=ended").data.count(b"\n") == 1


def test_areas_come_with_their_indicators(client: FlaskClient, zones: Connection) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/torino/data/zones.csv").data.decode())))
    assert [
        (row["code"], row["residents"], row["code_"]) for row in sorted(rows, key=lambda r: r["code"])
    ] == [
        ("01", "12.5", ""),
        ("02", "", "7"),
    ]
    features = json.loads(client.get("/torino/data/zones.geojson").data)["features"]
    assert {f["id"]: f["properties"]["residents"] for f in features} == {"zones/01": 12.5, "zones/02": None}
    assert client.get("/torino/data/zones.geojsonl?bbox=1,2,3,4").data == b""


@pytest.mark.parametrize("ending", ["geojson", "geojsonl", "csv"])
def test_text_is_packed_where_it_is_asked_for(client: FlaskClient, places: Connection, ending: str) -> None:
    path = f"/torino/data/places.{ending}"
    plain = client.get(path, headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in plain.headers

    packed = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(gzip.decompress(packed.data)) == len(plain.data)
    file = client.get(f"{path}?compress=gzip", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in file.headers
    assert file.content_type == "application/gzip"
    assert f"torino-places.{ending}.gz" in file.headers["Content-Disposition"]
    assert gzip.decompress(file.data).count(b"Prato") == 1


def test_every_download_names_its_licence_and_its_codebook(client: FlaskClient, zones: Connection) -> None:
    for ending, made in FORMATS.items():
        for method in ("GET", "HEAD"):
            answer = client.open(f"/torino/data/zones.{ending}", method=method)
            assert answer.status_code == 200
            assert answer.content_type == made.media_type
            assert 'https://city.example/torino/data#licences>; rel="license"' in answer.headers["Link"]
            assert 'https://city.example/torino/data/codebook>; rel="describedby"' in answer.headers["Link"]


def test_a_broken_download_of_a_prepared_file_can_go_on(client: FlaskClient, places: Connection) -> None:
    whole = client.get("/torino/data/places.gpkg")
    tag = whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert int(whole.headers["Content-Length"]) == len(whole.data)

    rest = client.get("/torino/data/places.gpkg", headers={"Range": "bytes=1000-", "If-Range": tag})
    assert (rest.status_code, rest.data) == (206, whole.data[1000:])
    assert rest.headers["Content-Range"] == f"bytes 1000-{len(whole.data) - 1}/{len(whole.data)}"
    add_place(places, title="Nuovo")
    other = client.get("/torino/data/places.gpkg", headers={"Range": "bytes=1000-", "If-Range": tag})
    assert other.status_code == 200, "the data are others now"
    beyond = client.get("/torino/data/places.gpkg", headers={"Range": "bytes=99999999-"})
    assert beyond.status_code == 416


def test_every_ticket_comes_back(app: Flask, client: FlaskClient, places: Connection) -> None:
    gate = app.extensions["cortile"].gate
    for ending in FORMATS:
        client.get(f"/torino/data/places.{ending}")
        client.head(f"/torino/data/places.{ending}")
        client.get(f"/torino/data/places.{ending}", headers={"Range": "bytes=99999999-"})
        client.get(f"/torino/data/places.{ending}", buffered=False).close()
        client.get(f"/torino/data/places.{ending}?bbox=1")
    tickets = [gate.download() for _ in range(4)]
    for ticket in tickets:
        ticket.give_back()


def test_the_codebook_explains_every_column(client: FlaskClient, zones: Connection) -> None:
    lines = list(csv.DictReader(io.StringIO(client.get("/torino/data/codebook.csv").data.decode())))
    explained = {(line["dataset"], line["column"]) for line in lines}
    for name in ("places", "zones"):
        header = next(csv.reader(io.StringIO(client.get(f"/torino/data/{name}.csv").data.decode())))
        assert {(name, column) for column in header} == {key for key in explained if key[0] == name}
    residents = next(line for line in lines if line["column"] == "residents")
    assert (residents["unit"], residents["source"], residents["licence"]) == (
        "people",
        "ISTAT, 2011",
        "CC-BY-3.0-IT",
    )
    own = [line for line in lines if line["column"] not in ("residents", "code_")]
    assert all(line["description_en"] and line["description_it"] for line in own)
    schema = client.get("/torino/data/codebook.json?lang=it").json
    assert [resource["name"] for resource in schema["resources"]] == ["places", "zones"]
    page = client.get("/torino/data/codebook?lang=en").get_data(as_text=True)
    assert page.count('<tr><th scope="row">') == len(lines)


def test_the_page_keeps_the_filters_of_the_map(client: FlaskClient, places: Connection) -> None:
    page = client.get("/torino/data?kind=house&q=orto&lang=en").get_data(as_text=True)

    assert 'href="/torino/data/places.gpkg?kind=house&amp;q=orto"' in page
    assert "a test" in page
    assert "CC0-1.0" in page
    assert "/torino/data?kind=house&amp;q=orto" in client.get("/torino/?kind=house&q=orto").get_data(
        as_text=True
    )
