"""Vector tiles, decoded by a library that is not ours."""

from collections.abc import Iterator
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.fragility.shapes import redraw
from app.publish.tiles import vector_queries
from geo import curve
from tests.http.conftest import MILANO, TORINO, add_place

# The tile of the town hall of Torino: tests/geo/test_curve.py computes it by the formula.
TILE = "12/1472/2135"
WEST, EAST, NORTH, SOUTH = 7.6464843750, 7.7343750000, 45.0890355648, 45.0269504106
"""Its edges: x / 2**12 * 360 - 180, and atan(sinh(pi * (1 - 2 * y / 2**12)))."""


def tile(client: FlaskClient, path: str = TILE, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/torino/tiles/places/{path}{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.content_type == "application/vnd.mapbox-vector-tile"
    decoded: dict[str, Any] = mapbox_vector_tile.decode(answer.data, default_options={"y_coord_down": True})
    return decoded


def test_a_place_is_in_the_tile_that_the_formula_says(client: FlaskClient, torino: Connection) -> None:
    key = add_place(
        torino, 7.6824, 45.0731, kind="house", title="Municipio", summary="Piazza Palazzo di Città"
    )
    (feature,) = tile(client)["places"]["features"]
    assert feature["properties"] == {"id": key, "kind": "house", "status": "active", "name": "Municipio"}
    # Pixels of 4096 from the corner: x is even in degrees, y in Mercator's northing.
    x = (7.6824 - WEST) / (EAST - WEST) * 4096
    northing = np.arcsinh(np.tan(np.radians([NORTH, 45.0731, SOUTH])))
    y = (northing[0] - northing[1]) / (northing[0] - northing[2]) * 4096
    assert feature["geometry"]["coordinates"] == pytest.approx([x, y], abs=0.51)


def test_every_point_is_in_exactly_one_tile_of_a_level(client: FlaskClient, torino: Connection) -> None:
    keys = {
        add_place(torino, lon, lat)
        for lon in (WEST, np.nextafter(WEST, 0), 7.69, EAST, np.nextafter(EAST, 0))
        for lat in (NORTH, 45.06, SOUTH)
    }
    seen: list[str] = []
    for row in (1471, 1472, 1473):
        for column in (2134, 2135, 2136):
            answer = client.get(f"/torino/tiles/places/12/{row}/{column}")
            if answer.status_code == 200:
                features = mapbox_vector_tile.decode(answer.data)["places"]["features"]
                seen += [feature["properties"]["id"] for feature in features]
    assert sorted(seen) == sorted(keys)


@pytest.mark.parametrize("zoom", [0, 5, 12, 17, 22])
def test_a_point_stands_where_postgis_draws_it(client: FlaskClient, torino: Connection, zoom: int) -> None:
    drawn = np.random.default_rng(zoom)
    west, east, south, north = 7.682400, 7.682401, 45.073100, 45.073101  # within one tile of level 22
    for lon, lat in zip(drawn.uniform(west, east, 12), drawn.uniform(south, north, 12), strict=True):
        add_place(torino, lon, lat)
    code = int(curve.encode([west], [south])[0]) >> 2 * (31 - zoom)
    column, row = (sum((code >> 2 * bit + axis & 1) << bit for bit in range(zoom)) for axis in (0, 1))
    asked = text("""SELECT id::text, ST_X(at), ST_Y(at) FROM (
            SELECT id, ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(:zoom, :column, :row)) AS at
            FROM places WHERE city_id = :city) AS drawn""")
    values = {"zoom": zoom, "column": column, "row": row, "city": TORINO}
    expected = {key: (x, y) for key, x, y in torino.execute(asked, values)}
    features = tile(client, f"{zoom}/{row}/{column}")["places"]["features"]
    found = {feature["properties"]["id"]: feature["geometry"]["coordinates"] for feature in features}
    assert found.keys() == expected.keys()
    for key, (x, y) in expected.items():
        assert found[key] == pytest.approx([x, y], abs=1)


def test_a_place_beyond_the_mercator_square_stands_on_its_edge(
    client: FlaskClient, torino: Connection
) -> None:
    keys = [add_place(torino, lon, lat) for lon, lat in ((180.0, 90.0), (-180.0, -90.0))]
    features = tile(client, "0/0/0")["places"]["features"]
    found = {feature["properties"]["id"]: feature["geometry"]["coordinates"] for feature in features}
    assert found == {keys[0]: [4096, 0], keys[1]: [0, 4096]}


def test_more_is_said_on_request_and_nothing_unknown(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, title=None, summary="Un orto", accuracy_m=25.0, licence="CC0-1.0")
    (feature,) = tile(client, query="?properties=summary,accuracy_m,name")["places"]["features"]
    assert feature["properties"].keys() == {"id", "summary", "accuracy_m"}  # what is not known is not there
    assert client.get(f"/torino/tiles/places/{TILE}?properties=password").status_code == 400


def test_filters_are_those_of_the_map(client: FlaskClient, torino: Connection) -> None:
    house = add_place(torino, kind="house", title="Casa del Quartiere")
    add_place(torino, kind="site", title="Cortile")
    for query in ("?kind=house", "?q=casa", "?kind=house&status=active"):
        (feature,) = tile(client, query=query)["places"]["features"]
        assert feature["properties"]["id"] == house
    assert client.get(f"/torino/tiles/places/{TILE}?status=ended").status_code == 204


def test_hidden_places_and_other_cities_are_in_no_tile(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, moderation="hidden")
    add_place(torino, city_id=MILANO)
    for zoom in range(23):
        first = curve.encode([7.68], [45.07])[0] >> 2 * (31 - zoom)
        x = sum(int(first >> 2 * bit & 1) << bit for bit in range(zoom))
        y = sum(int(first >> 2 * bit + 1 & 1) << bit for bit in range(zoom))
        assert client.get(f"/torino/tiles/places/{zoom}/{y}/{x}").status_code == 204


def test_lines_and_polygons_are_cut_at_the_tiles_they_touch(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, 7.60, 45.07, wkt="LINESTRING(7.60 45.07, 7.80 45.07)", title="Viale")
    (feature,) = tile(client)["places"]["features"]
    xs = [x for x, _ in feature["geometry"]["coordinates"]]
    assert (min(xs), max(xs)) == (-64, 4096 + 64)
    assert client.get("/torino/tiles/places/12/1474/2135").status_code == 204


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fifty places are the most in a tile; no statement made under that limit outlives the test."""
    vector_queries._statement.cache_clear()
    monkeypatch.setattr(vector_queries, "MOST", 50)
    yield
    vector_queries._statement.cache_clear()


def test_too_many_places_are_clusters_with_exact_counts(
    client: FlaskClient, torino: Connection, few_are_many: None
) -> None:
    for number in range(60):
        lon, lat = 7.66 + number % 8 * 0.01, 45.04 + number // 8 * 0.005
        add_place(torino, lon, lat, kind="site" if number % 3 else "house", title="orto")

    for query in ("", "?q=orto"):  # from the kept counts, and counted for the question
        decoded = tile(client, query=query)
        assert list(decoded) == ["clusters"]
        said = [feature["properties"] for feature in decoded["clusters"]["features"]]
        assert sum(one["count"] for one in said) == 60
        assert sum(one.get("house", 0) for one in said) == 20
        assert sum(one.get("site", 0) for one in said) == 40


@pytest.mark.parametrize(
    ("path", "status"),
    [("0/0/0", 200), ("22/0/0", 204), ("1/2/0", 404), ("1/0/-1", 404), ("23/0/0", 404), ("-1/0/0", 404),
     ("1.5/0/0", 400), ("1/0/1e0", 400), ("1/0/x", 400), (f"1/0/{'9' * 30}", 400)],
)  # fmt: skip
def test_tiles_outside_the_matrix(client: FlaskClient, torino: Connection, path: str, status: int) -> None:
    add_place(torino)
    assert client.get(f"/torino/tiles/places/{path}").status_code == status


def test_a_tile_is_sent_again_only_when_it_changed(client: FlaskClient, torino: Connection) -> None:
    add_place(torino)
    first = client.get(f"/torino/tiles/places/{TILE}")
    again = client.get(f"/torino/tiles/places/{TILE}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    add_place(torino)
    changed = client.get(f"/torino/tiles/places/{TILE}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["Access-Control-Allow-Origin"] == "*"


def test_tilejson_leads_to_the_tiles(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, kind="house")
    told = client.get("/torino/tiles/places/tilejson?kind=house").json
    assert told is not None
    assert told["tilejson"] == "3.0.0"
    template = told["tiles"][0].removeprefix("https://city.example")
    answer = client.get(template.format(z=12, x=2135, y=1472))
    assert answer.status_code == 200
    (layer,) = mapbox_vector_tile.decode(answer.data).values()
    fields = next(one["fields"] for one in told["vector_layers"] if one["id"] == "places")
    assert layer["features"][0]["properties"].keys() <= fields.keys()


def test_the_tileset_and_its_matrix_set(client: FlaskClient, torino: Connection) -> None:
    add_place(torino)
    listed = client.get("/torino/tiles").json
    assert listed is not None
    href = listed["tilesets"][0]["links"][0]["href"].removeprefix("https://city.example")
    tileset = client.get(href).json
    assert tileset is not None
    template = next(link["href"] for link in tileset["links"] if link["rel"] == "item")
    path = template.removeprefix("https://city.example")
    assert client.get(path.format(tileMatrix=12, tileRow=1472, tileCol=2135)).status_code == 200

    matrix = client.get("/ogc/tileMatrixSets/WebMercatorQuad").json
    assert matrix is not None
    # Annex D.1 of OGC 17-083r4: the scale denominators of levels 0 and 12.
    assert matrix["tileMatrices"][0]["scaleDenominator"] == pytest.approx(559082264.028717)
    assert matrix["tileMatrices"][12]["scaleDenominator"] == pytest.approx(136494.693366386)
    assert client.get("/ogc/tileMatrixSets/Square").status_code == 404


HONEYCOMB = """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'cells', '{"it": "Celle"}');
    INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
    SELECT 1272, 'cells', (row_number() OVER (ORDER BY i, j))::text, 'Cella', 'a test', 'CC0-1.0',
        '2026-01-02', ST_Multi(ST_Transform(geom, 4326))
    FROM ST_HexagonGrid(300, ST_Transform(ST_MakeEnvelope(7.66, 45.05, 7.71, 45.075, 4326), 3857))"""


@pytest.fixture
def cells(torino: Connection) -> Connection:
    """A layer of hexagons, a neighbour for each side, and an indicator of one of them."""
    torino.exec_driver_sql(HONEYCOMB)
    torino.exec_driver_sql(
        """INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
            VALUES (1272, 'residents', 'residents', 'cells',
                '{"it": "Residenti"}', '{"it": "n"}', 2011, 0, 'x', 'x');
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
            VALUES (1272, 'residents', '1', 12, '2026-01-02')"""
    )
    redraw(torino, 1272, "cells")
    return torino


def area_tile(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"/torino/tiles/areas/cells/{path}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    features: list[dict[str, Any]] = mapbox_vector_tile.decode(answer.data)["areas"]["features"]
    return features


@pytest.mark.parametrize("path", ["8/92/133", "10/368/533", "12/1472/2135", "14/5890/8541"])
def test_neighbouring_areas_share_their_borders_at_every_scale(
    client: FlaskClient, cells: Connection, path: str
) -> None:
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in area_tile(client, path)]
    shapes = [shape for shape in shapes if shape.area]
    union = shapely.union_all(shapes)
    inside = shapely.box(*union.bounds)
    # Neither overlaps nor holes: in units of the tile, of which a pixel is sixteen.
    assert sum(shape.area for shape in shapes) == pytest.approx(union.area, rel=1e-9)
    assert sum(len(part.interiors) for part in shapely.get_parts(union)) == 0
    assert shapely.get_num_geometries(union) == 1
    assert union.area > inside.area / 2


def test_areas_carry_the_indicator_that_is_asked_for(client: FlaskClient, cells: Connection) -> None:
    known = {
        f["properties"]["code"]: f["properties"]
        for f in area_tile(client, "12/1472/2135?indicator=residents")
    }
    assert known["1"] == {"layer": "cells", "code": "1", "name": "Cella", "approximate": False, "value": 12}
    assert "value" not in known["2"]
    assert "value" not in area_tile(client, "12/1472/2135")[0]["properties"]
    assert client.get("/torino/tiles/areas/cells/12/1472/2135?indicator=age").status_code == 404
    assert client.get("/torino/tiles/areas/streets/12/1472/2135").status_code == 404
    assert client.get("/torino/tiles/areas/cells/12/0/0").status_code == 204


def test_areas_without_simplified_shapes_are_drawn_as_they_are(
    client: FlaskClient, cells: Connection
) -> None:
    before = {feature["properties"]["code"] for feature in area_tile(client, "10/368/533")}
    cells.exec_driver_sql("DELETE FROM area_shapes WHERE city_id = 1272")
    assert {feature["properties"]["code"] for feature in area_tile(client, "10/368/533")} == before


def test_every_tileset_of_the_list_has_its_document(client: FlaskClient, cells: Connection) -> None:
    listed = client.get("/torino/tiles?lang=it").json
    assert listed is not None
    assert [one["title"] for one in listed["tilesets"]] == ["torino: Luoghi", "torino: Celle"]
    for one in listed["tilesets"]:
        path = one["links"][0]["href"].removeprefix("https://city.example")
        told = client.get(f"{path}/tilejson").json
        assert told is not None
        assert client.get(path).status_code == 200
        assert told["maxzoom"] == 16
