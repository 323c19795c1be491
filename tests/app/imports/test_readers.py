"""Every format gives the same rows, piece by piece."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from pyarrow import parquet

from app.errors import ImportRefused
from app.imports.readers import archive, open_source
from app.imports.report import Report
from app.imports.source import FileOptions

POINTS = shapely.points([[7.65, 45.05], [7.7, 45.1], [7.61, 45.02]])
NAMES = ["Agliè", "Barrito", "Città"]


def table() -> pa.Table:
    return pa.table(
        {"name": NAMES, "n": pa.array([1, 2, 3], pa.int32()), "geom": pa.array(shapely.to_wkb(POINTS))}
    )


def written(folder: Path, name: str, driver: str, crs: str = "EPSG:4326", **how: Any) -> Path:
    path = folder / name
    pyogrio.write_arrow(
        table(), path, driver=driver, geometry_name="geom", geometry_type="Point", crs=crs, **how
    )
    return path


def geoparquet(folder: Path, column: dict[str, Any], shapes: pa.Array | None = None) -> Path:
    told = {
        "version": "1.1.0",
        "primary_column": "geom",
        "columns": {"geom": {"geometry_types": [], **column}},
    }
    made = table() if shapes is None else table().set_column(2, "geom", shapes)
    path = folder / "points.parquet"
    parquet.write_table(made.replace_schema_metadata({"geo": json.dumps(told)}), path, row_group_size=2)
    return path


def zipped(folder: Path) -> Path:
    written(folder, "punti.shp", "ESRI Shapefile", encoding="utf-8")
    path = folder / "punti.zip"
    with zipfile.ZipFile(path, "w") as made:
        for part in folder.glob("punti.*"):
            if part != path:
                made.write(part, f"dati/{part.name}")
    return path


PLAIN = FileOptions()


def everything(path: Path, options: FileOptions = PLAIN) -> tuple[list[Any], list[str], list[int], Report]:
    """Coordinates, names and numbers of all rows, and what was reported."""
    report = Report()
    with open_source(path, options) as source:
        chunks = list(source.chunks(report))
    coordinates = [
        None if shape is None or why else (shape.x, shape.y)
        for chunk in chunks
        for shape, why in zip(chunk.geometries, chunk.problem, strict=True)
    ]
    names = [name for chunk in chunks for name in chunk.table.column("name").to_pylist()]
    return coordinates, names, [int(n) for chunk in chunks for n in chunk.numbers], report


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: written(folder, "p.geojson", "GeoJSON"),
        lambda folder: written(folder, "p.geojsonl", "GeoJSONSeq"),
        lambda folder: written(folder, "p.fgb", "FlatGeobuf", SPATIAL_INDEX="NO"),
        lambda folder: written(folder, "p.gpkg", "GPKG"),
        lambda folder: geoparquet(folder, {"encoding": "WKB"}),
        lambda folder: geoparquet(
            folder, {"encoding": "point"}, pa.array([{"x": p.x, "y": p.y} for p in POINTS])
        ),
        zipped,
    ],
)
def test_every_format_gives_the_same_rows(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    coordinates, names, numbers, report = everything(make(tmp_path))
    assert coordinates == [(p.x, p.y) for p in POINTS]
    assert names == NAMES
    assert numbers == [1, 2, 3]
    assert not report.first


@pytest.mark.parametrize("driver", ["GPKG", "FlatGeobuf"])
def test_the_crs_of_a_file_is_told(tmp_path: Path, driver: str) -> None:
    path = written(tmp_path, "p.gpkg" if driver == "GPKG" else "p.fgb", driver, crs="EPSG:32632")
    with open_source(path, FileOptions()) as source:
        assert source.crs == "EPSG:32632"
        assert source.total == 3
        assert source.columns == ("name", "n")


@pytest.mark.parametrize(("said", "told"), [({}, "OGC:CRS84"), ({"crs": None}, None)])
def test_geoparquet_without_a_crs_is_in_degrees_and_with_a_null_one_is_unknown(
    tmp_path: Path, said: dict[str, Any], told: str | None
) -> None:
    with open_source(geoparquet(tmp_path, {"encoding": "WKB", **said}), FileOptions()) as source:
        assert source.crs == told


def test_a_geoparquet_encoding_that_is_not_read_is_named(tmp_path: Path) -> None:
    path = geoparquet(tmp_path, {"encoding": "polygon"})
    with pytest.raises(ImportRefused) as refused, open_source(path, FileOptions()):
        pass
    assert str(refused.value) == (
        "points.parquet: the geometry column geom is encoded as polygon; only WKB and point can be read."
    )


CSV = "name;lat;lon\nAgliè;45,05;7,65\nBarrito;45,1;7,7\nCittà;45,02;7,61\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_csv_with_decimal_commas_in_any_encoding(
    write: Callable[..., Path], encoding: str, delimiter: str
) -> None:
    coordinates, names, numbers, report = everything(write("p.csv", CSV.replace(";", delimiter), encoding))
    assert coordinates == [(p.x, p.y) for p in POINTS]
    assert names == NAMES
    assert numbers == [2, 3, 4]  # as a spreadsheet shows them
    assert not report.first


def test_csv_with_commas_needs_quotes_around_decimal_commas(write: Callable[..., Path]) -> None:
    path = write("p.csv", 'name,lat,lon\r\n"A, b","45,05",7.65\r\n')
    assert everything(path)[:2] == ([(7.65, 45.05)], ["A, b"])


def test_latin_1_is_said(write: Callable[..., Path]) -> None:
    with open_source(write("p.csv", CSV, "latin-1"), FileOptions()) as source:
        assert source.notes == ("p.csv is not UTF-8: read as Latin-1.",)


def test_csv_rows_that_cannot_be_read_keep_their_numbers(write: Callable[..., Path]) -> None:
    content = 'name,lat,lon\na,45,7\n\nb,abc,7\nc,45\n"d\ne",45,7\nf,45,7,1\ng,,\nh,nan,7\n'
    coordinates, names, numbers, report = everything(write("p.csv", content))
    assert names == ["a", "d\ne", "g", "h"]
    assert numbers == [2, 6, 8, 9]
    assert coordinates == [(7, 45), (7, 45), None, None]
    assert sorted(str(finding) for finding in report.first) == [
        "row 4, lat: is not a number (“abc”)",
        "row 5, row: has 2 values where the header has 3 (“c,45”)",
        "row 7, row: has 4 values where the header has 3 (“f,45,7,1”)",
    ]


def test_csv_numbers_go_on_over_blocks(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.imports.readers.delimited.BLOCK", 200)
    lines = [f"r{row},45,7" if row % 7 else f"r{row},45" for row in range(2, 300)]
    _, names, numbers, report = everything(write("p.csv", "name,lat,lon\n" + "\n".join(lines) + "\n"))
    assert names == [f"r{row}" for row in numbers]
    assert numbers == [row for row in range(2, 300) if row % 7]
    assert report.rejected == len([row for row in range(2, 300) if row % 7 == 0])


def test_csv_with_well_known_text(write: Callable[..., Path]) -> None:
    content = (
        "name,the_geom\na,POINT(7 45)\nb,POINT(7\nc,\n"
        'd,"CURVEPOLYGON(CIRCULARSTRING(7 45,7.1 45.1,7.2 45,7.1 44.9,7 45))"\n'
    )
    report = Report()
    with open_source(write("p.csv", content), FileOptions()) as source:
        (chunk,) = source.chunks(report)
    assert list(chunk.problem) == [None, "missing", "curved"]
    assert str(report.first[0]) == "row 3, the_geom: is not well-known text (“POINT(7”)"


def test_columns_of_coordinates_can_be_named_and_must_exist(write: Callable[..., Path]) -> None:
    path = write("p.csv", "name,nord,est\na,45,7\n")
    assert everything(path, FileOptions(lat="nord", lon="est"))[0] == [(7, 45)]
    with pytest.raises(
        ImportRefused, match=r"^--lat north: the file has no column north; its columns are name, nord"
    ):
        everything(path, FileOptions(lat="north", lon="est"))
    with pytest.raises(ImportRefused) as refused:
        everything(path)
    assert str(refused.value) == (
        "p.csv has no columns of coordinates that are recognised: name them with --lat and --lon, or with "
        "--wkt; its columns are name, nord, est."
    )


def test_a_header_that_names_a_column_twice_gives_two_columns(write: Callable[..., Path]) -> None:
    with open_source(write("p.csv", "name,name,,lat,lon\na,b,c,45,7\n"), FileOptions()) as source:
        assert source.columns == ("name", "name (2)", "column 3", "lat", "lon")


def test_a_line_of_geojsonseq_that_is_no_feature_is_reported(write: Callable[..., Path]) -> None:
    point = '{"type": "Point", "coordinates": [7, 45]}'
    feature = f'{{"type": "Feature", "properties": {{"name": "a"}}, "geometry": {point}}}'
    _, names, _, report = everything(write("p.geojsonl", f'{feature}\n{{"type": "Fea\n\n{feature}\n'))
    assert names == ["a", "a"]
    assert str(report.first[0]) == 'row 2, record: is not a GeoJSON feature (“{"type": "Fea”)'


def test_records_of_geojsonseq_may_have_several_lines(write: Callable[..., Path]) -> None:
    feature = '{"type": "Feature", "properties": {"name": "a"},\n "geometry": null}'
    _, names, _, report = everything(write("p.geojsonl", f"\x1e{feature}\n\x1e{feature}\n"))
    assert names == ["a", "a"]
    assert not report.first


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("p.csv", "", "p.csv is empty: there is nothing to import."),
        ("p.geojson", "", "p.geojson cannot be opened: "),
        ("p.geojson", '{"type": "FeatureCollection", "features": [{', "p.geojson cannot be opened: "),
        ("p.gpkg", "nothing", "p.gpkg cannot be opened: "),
        ("p.parquet", "nothing", "p.parquet is not a Parquet file: "),
        ("p.zip", "nothing", "p.zip is not a zip archive that can be read: "),
        ("p.xlsx", "", "p.xlsx: files that end in “.xlsx” are not read; GeoJSON, GeoJSONSeq, FlatGeobuf, "
         "GeoPackage, zipped Shapefile, GeoParquet and CSV are."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(
    write: Callable[..., Path], name: str, content: str, sentence: str
) -> None:
    with pytest.raises(ImportRefused) as refused, open_source(write(name, content), FileOptions()):
        pass
    assert str(refused.value).startswith(sentence)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused, open_source(tmp_path / "no.csv", FileOptions()):
        pass
    assert str(refused.value) == f"There is no file {tmp_path / 'no.csv'}."


def test_a_file_with_several_layers_asks_for_one(tmp_path: Path) -> None:
    path = written(tmp_path, "p.gpkg", "GPKG", layer="uno")
    written(tmp_path, "p.gpkg", "GPKG", layer="due", append=True)
    with pytest.raises(ImportRefused) as refused, open_source(path, FileOptions()):
        pass
    assert str(refused.value) == "p.gpkg has 2 layers: choose one with --file-layer; they are uno, due."
    with pytest.raises(
        ImportRefused, match=r"^--file-layer tre: p.gpkg has no such layer; its layers are uno, due.$"
    ):
        everything(path, FileOptions(layer="tre"))
    assert everything(path, FileOptions(layer="due"))[1] == NAMES


def bomb(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = bomb(tmp_path, {"a.shp": bytes(101 << 20)})
    with pytest.raises(ImportRefused) as refused, open_source(path, FileOptions()):
        pass
    times = (101 << 20) // path.stat().st_size
    assert str(refused.value) == (
        f"bomb.zip would unpack to {101 << 20:,} bytes, {times:,} times its size; more than 100 "
        f"times is refused "
        "above 104,857,600 bytes."
    )


def test_an_archive_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1000)
    with (
        pytest.raises(ImportRefused) as refused,
        open_source(bomb(tmp_path, {"a.shp": bytes(1001)}), FileOptions()),
    ):
        pass
    assert str(refused.value) == ("bomb.zip would unpack to 1,001 bytes; archives of at most 1,000 are read.")


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path) -> None:
    path = bomb(tmp_path, {f"{n}.shp": b"" for n in range(1001)})
    with (
        pytest.raises(ImportRefused, match=r"^bomb.zip holds 1001 files; at most 1000 are read.$"),
        open_source(path, FileOptions()),
    ):
        pass


@pytest.mark.parametrize("name", ["../a.shp", "/a.shp", "..\\a.shp", "C:\\a.shp"])
def test_an_archive_with_a_path_that_leaves_it_is_refused(tmp_path: Path, name: str) -> None:
    with (
        pytest.raises(ImportRefused, match="a path that leaves the archive"),
        open_source(bomb(tmp_path, {name: b""}), FileOptions()),
    ):
        pass


def test_an_archive_without_shapefile_tells_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused, open_source(bomb(tmp_path, {"a.txt": b""}), FileOptions()):
        pass
    assert str(refused.value) == "bomb.zip holds no Shapefile (.shp); it holds a.txt."


def test_a_table_without_geometry_is_read_where_none_is_asked_for(write: Callable[..., Path]) -> None:
    with open_source(write("p.csv", "code,n\n01,3\n"), FileOptions(geometry=False)) as source:
        (chunk,) = source.chunks(Report())
    assert chunk.table.to_pylist() == [{"code": "01", "n": "3"}]
    assert chunk.geometries is None
    assert np.array_equal(chunk.numbers, [2])
