"""Files that are wrong: each gets a sentence that names the thing and the rule, and changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from app.errors import ImportRefused
from app.imports.source import FileOptions

from .conftest import Town

Write = Callable[..., Path]
LAT_LON = [(45.05, 7.65), (45.1, 7.7), (45.02, 7.61)]
TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:32632", always_xy=True)


def csv_of(points: list[tuple[Any, Any]]) -> str:
    return "id,lat,lon\n" + "".join(f"{n},{y},{x}\n" for n, (y, x) in enumerate(points))


def geojson_of(*geometries: Any) -> str:
    features = [
        {"type": "Feature", "properties": {"id": number}, "geometry": geometry}
        for number, geometry in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def refused(town: Town, path: Path, **how: Any) -> str:
    """The sentence of the refusal; nothing was changed by it."""
    before = town.state()
    with pytest.raises(ImportRefused) as error:
        town.places(path, {"external_id": "id"}, **how)
    assert town.state() == before
    return str(error.value)


def findings(town: Town) -> list[str]:
    return [str(finding) for finding in town.reports[-1].first]


def test_no_crs_and_coordinates_that_are_no_degrees(town: Town, write: Write) -> None:
    assert refused(town, write("m.csv", csv_of([(4_990_000, 395_000)]))) == (
        "m.csv names no coordinate reference system, but its coordinates are no longitudes and "
        "latitudes (row 2: "
        "395000, 4.99e+06): name the right reference system with --crs, for example --crs EPSG:32632."
    )
    path = write("p.csv", csv_of([TO_METRES.transform(lon, lat)[::-1] for lat, lon in LAT_LON]))
    outcome = town.places(path, {"external_id": "id"}, crs="EPSG:32632")
    assert outcome.batch.inserted == 3
    stored = town.rows("SELECT lat, lon FROM places WHERE city_id = 1272 ORDER BY external_id")
    assert stored == [pytest.approx(pair, abs=1e-5) for pair in LAT_LON]


def test_geojson_in_metres_is_not_what_it_says(town: Town, write: Write) -> None:
    path = write("p.geojson", geojson_of({"type": "Point", "coordinates": [395000, 4990000]}))
    assert refused(town, path).startswith(
        "p.geojson is in WGS 84, but its coordinates are no longitudes and latitudes (row 1: "
        "395000, 4.99e+06): "
    )


def test_a_crs_that_is_none(town: Town, write: Write) -> None:
    assert refused(town, write("p.csv", csv_of(LAT_LON)), crs="EPSG:999999") == (
        "p.csv: 'EPSG:999999' is not a coordinate reference system: give one that PROJ knows, "
        "such as EPSG:32632."
    )


def test_the_crs_of_a_file_is_used_and_said_ones_go_over_it(town: Town, tmp_path: Path) -> None:
    metres = [TO_METRES.transform(lon, lat) for lat, lon in LAT_LON]
    for number, crs in enumerate(("EPSG:32632", "EPSG:3003")):
        path = tmp_path / f"p{number}.gpkg"
        table = pa.table({"id": [1, 2, 3], "geom": pa.array(shapely.to_wkb(shapely.points(metres)))})
        pyogrio.write_arrow(table, path, driver="GPKG", geometry_name="geom", geometry_type="Point", crs=crs)
        said = {} if number == 0 else {"crs": "EPSG:32632"}
        town.places(path, {"external_id": "id"}, constants={"source": path.name}, **said)
    assert town.one("SELECT count(DISTINCT (lat, lon)) FROM places WHERE city_id = 1272") == 3
    assert town.one("SELECT max(lat) FROM places WHERE city_id = 1272") == pytest.approx(45.1, abs=1e-6)


def test_swapped_axes(town: Town, write: Write) -> None:
    path = write("p.csv", csv_of([(x, y) for y, x in LAT_LON] + [(10, 10)]))
    assert refused(town, path) == (
        "None of the 4 rows of p.csv can go in: geometry: The geometry lies outside Torino. (4). "
        "4 lie outside Torino; 3 of them would be inside with x and y exchanged: try --swap-axes. "
        "Nothing was stored."
    )
    assert town.places(path, {"external_id": "id"}, swap=True).batch.inserted == 3
    assert town.one("SELECT max(lat) FROM places WHERE city_id = 1272") == 45.1


def test_outside_the_city(town: Town, write: Write) -> None:
    path = write("p.csv", csv_of([*LAT_LON, (41.9, 12.5)]))
    outcome = town.places(path, {"external_id": "id"})
    assert (outcome.batch.inserted, outcome.batch.rejected) == (3, 1)
    assert "1 lie outside Torino: --outside keep would accept them." in outcome.notes
    assert findings(town) == ["row 5, geometry: The geometry lies outside Torino. (“12.5, 41.9”)"]
    assert town.places(path, {"external_id": "id"}, keep_outside=True).batch.inserted == 1


BOWTIE = [[7.6, 45.0], [7.7, 45.1], [7.7, 45.0], [7.6, 45.1], [7.6, 45.0]]


def test_strange_geometries(town: Town, write: Write) -> None:
    path = write(
        "p.geojson",
        geojson_of(
            {"type": "Point", "coordinates": [7.6, 45.0, 240]},
            None,
            {"type": "LineString", "coordinates": []},
            {"type": "Polygon", "coordinates": [BOWTIE]},
            {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [7.6, 45]}]},
            {"type": "Point", "coordinates": [7.6, 95.0]},
        ),
    )
    outcome = town.places(path, {"external_id": "id"})
    assert (outcome.batch.inserted, outcome.batch.rejected, outcome.batch.repaired) == (2, 4, 1)
    assert sorted(findings(town)) == [
        "row 2, geometry: There is no geometry.",
        "row 3, geometry: The geometry is empty.",
        "row 4, geometry: was invalid and is repaired",
        "row 5, geometry: Only points, lines, polygons and their multiples are accepted.",
        "row 6, geometry: A longitude is not between -180 and 180 or a latitude not between -90 "
        "and 90 degrees. "
        "(“7.6, 95”)",
    ]
    assert town.rows("SELECT ST_NDims(geom), ST_IsValid(geom) FROM places WHERE city_id = 1272") == [
        (2, True), (2, True),
    ]  # fmt: skip


def test_nan_empty_and_curved_in_csv(town: Town, write: Write) -> None:
    content = (
        "id,wkt\n1,POINT EMPTY\n2,POINT(nan 45)\n3,CIRCULARSTRING(7 45;7.1 45.1;7.2 45)\n4,POINT(7.6 45)\n"
    )
    outcome = town.places(write("p.csv", content.replace(";", " ")), {"external_id": "id"})
    assert (outcome.batch.inserted, outcome.batch.rejected) == (1, 3)
    assert "row 4, geometry: The geometry has curves: only straight segments are accepted." in findings(town)
    town.places(
        write("q.csv", csv_of([("nan", 7.6), ("inf", 7.6), ("", 7.6), (45, 7.6)])), {"external_id": "id"}
    )
    assert sorted(findings(town)) == [
        "row 2, geometry: A coordinate is not a finite number.",
        "row 3, geometry: A coordinate is not a finite number.",
        "row 4, geometry: There is no geometry.",
    ]


def test_curves_of_a_geopackage_are_told_by_row(town: Town, tmp_path: Path) -> None:
    # ISO 13249-3: a circular string (type 8) of three points, little-endian.
    arc = bytes.fromhex("0108000000" + "03000000") + b"".join(
        shapely.to_wkb(shapely.Point(x, y))[5:] for x, y in ((7.6, 45.0), (7.65, 45.05), (7.7, 45.0))
    )
    table = pa.table({"id": [1, 2], "geom": pa.array([arc, shapely.to_wkb(shapely.Point(7.6, 45))])})
    path = tmp_path / "p.gpkg"
    pyogrio.write_arrow(
        table, path, driver="GPKG", geometry_name="geom", geometry_type="Unknown", crs="EPSG:4326"
    )
    outcome = town.places(path, {"external_id": "id"})
    assert outcome.batch.inserted == 1
    assert findings(town) == [
        "row 1, geometry: The geometry has curves: only straight segments are accepted."
    ]


def test_bom_semicolons_decimal_commas_and_latin_1(town: Town, write: Write) -> None:
    content = "id;nome;lat;lon\n1;Città;45,05;7,65\n"
    for number, encoding in enumerate(("utf-8-sig", "latin-1")):
        path = write(f"p{number}.csv", content, encoding)
        town.places(path, {"external_id": "id", "title": "nome"}, constants={"source": path.name})
    assert (
        town.rows("SELECT title, lat, lon FROM places WHERE city_id = 1272") == [("Città", 45.05, 7.65)] * 2
    )


def test_identifiers_that_come_twice(town: Town, write: Write) -> None:
    path = write("p.csv", "id,nome,lat,lon\n1,A,45,7\n2,B,45,7\n1,C,45,7\n1,D,45,7\n")
    outcome = town.places(path, {"external_id": "id", "title": "nome"})
    assert (outcome.batch.read, outcome.batch.inserted, outcome.batch.rejected) == (4, 2, 2)
    assert findings(town) == [
        "row 4, external_id: repeats the identifier of row 2 (“1”)",
        "row 5, external_id: repeats the identifier of row 2 (“1”)",
    ]
    reasons = town.reports[-1].reasons()
    assert reasons == [("external_id", "repeats the identifier of an earlier row", 2)]
    assert town.rows("SELECT title FROM places WHERE city_id = 1272 ORDER BY title") == [("A",), ("B",)]


def test_a_column_that_does_not_exist(town: Town, write: Write) -> None:
    before = town.state()
    with pytest.raises(ImportRefused) as error:
        town.places(write("p.csv", csv_of(LAT_LON)), {"external_id": "id", "title": "nome"})
    assert str(error.value) == "title=nome: the file has no column nome; its columns are id, lat, lon."
    assert town.state() == before


@pytest.mark.parametrize(
    ("constants", "sentence"),
    [
        (
            {"kind": "castle"},
            "kind=castle: it is not one of house, site, project, enterprise, event, story, place.",
        ),
        ({"accuracy_m": "-1"}, "accuracy_m=-1: it is not a number of metres from 0 up."),
        (
            {"external_id": "1"},
            "external_id=1: external_id cannot be the same in every row; map a column to it.",
        ),
        ({"website": "javascript:x"}, "website=javascript:x: it is not a web address."),
    ],
)
def test_a_constant_that_is_not_allowed(
    town: Town, write: Write, constants: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ImportRefused) as error:
        town.places(write("p.csv", csv_of(LAT_LON)), {"title": "id"}, constants=constants)
    assert str(error.value) == sentence


def test_a_file_without_rows(town: Town, write: Write) -> None:
    assert refused(town, write("p.csv", "id,lat,lon\n")) == "p.csv has no rows: there is nothing to import."
    assert refused(town, write("p.geojson", geojson_of())).startswith(
        "external_id=id: the file has no column id"
    )


def test_a_zero_byte_is_left_out(town: Town, write: Write) -> None:
    town.places(
        write("p.csv", "id,nome,lat,lon\n1,A\0B,45,7\n"),
        {"external_id": "id", "title": "nome"},
        keep=("nome",),
    )
    assert town.rows("SELECT title, properties FROM places WHERE city_id = 1272") == [("AB", {"nome": "AB"})]


def test_a_field_cannot_break_out_of_its_column(town: Town, write: Write) -> None:
    nasty = "\\.\n\\N,\"'); DROP TABLE places; --\t"
    quoted = nasty.replace('"', '""')
    path = write("p.csv", f'id,nome,lat,lon\n1,"{quoted}",45,7\n2,\\.,45,7\n')
    town.places(path, {"external_id": "id", "title": "nome"}, file=FileOptions(delimiter=","))
    assert town.rows("SELECT title FROM places WHERE city_id = 1272 ORDER BY external_id") == [
        (nasty.strip(),), ("\\.",),
    ]  # fmt: skip
