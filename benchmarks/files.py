"""The synthetic city as files, and as the rows that the database holds in the end."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyarrow import csv

from benchmarks.city import LICENCE, SOURCE, City
from geo import curve
from geo.geometry import anchor

CITY_ID = 1272
RECORDED_AT = "2026-01-01T00:00:00Z"
BATCH = "01900000-0000-7000-8000-000000000001"
_NOT_TEXT = ("accuracy_m",)


def write_csv(city: City, path: Path) -> None:
    """The attributes with `lat` and `lon`: a line or an area is only its anchor there."""
    table = city.table.append_column("lat", pa.array(city.layout.lat))
    csv.write_csv(table.append_column("lon", pa.array(city.layout.lon)), path)


def write_gpkg(city: City, path: Path) -> None:
    """One layer, `places`."""
    table = city.table.append_column("geometry", pa.array(shapely.to_wkb(city.layout.geometries)))
    path.unlink(missing_ok=True)
    pyogrio.write_arrow(
        table, path, layer="places", geometry_name="geometry", geometry_type="Unknown", crs="EPSG:4326"
    )


def write_geojson(city: City, path: Path) -> None:
    """One feature a line; our words hold nothing that JSON would escape."""
    pieces: list[pa.Array | str] = ['{"type":"Feature","properties":{']
    for number, name in enumerate(city.table.column_names):
        texts = pc.cast(city.table[name].combine_chunks(), pa.string())
        quote = "" if name in _NOT_TEXT else '"'
        told = pc.binary_join_element_wise(quote, texts, quote, "")
        pieces += [f'{"," if number else ""}"{name}":', pc.fill_null(told, "null")]
    pieces += ['},"geometry":', pa.array(shapely.to_geojson(city.layout.geometries)), "}"]
    features = pc.binary_join_element_wise(*pieces, "")
    with path.open("wb") as file:
        file.write(b'{"type":"FeatureCollection","features":[\n')
        for start in range(0, len(features), 50_000):
            lines = ",\n".join(features.slice(start, 50_000).to_pylist())
            file.write((",\n" if start else "").encode() + lines.encode())
        file.write(b"\n]}\n")


FORMATS: dict[str, Callable[[City, Path], None]] = {
    "geojson": write_geojson,
    "csv": write_csv,
    "gpkg": write_gpkg,
}


def finished_rows(city: City) -> pa.Table:
    """Rows of the table `places`, every column that is not the same as its default, ready for COPY as CSV."""
    geometries, count = city.layout.geometries, len(city)
    lon, lat = anchor(geometries)
    table = city.table.drop_columns(["valid_from"])
    since = pc.binary_join_element_wise("[", city.table["valid_from"], ",)", "")
    columns = {
        "city_id": np.full(count, CITY_ID),
        "id": _identifiers(count),
        **{name: table[name] for name in table.column_names},
        "language": _same("it", count),
        "valid": pc.fill_null(since, "(,)"),
        "source": _same(SOURCE, count),
        "licence": _same(LICENCE, count),
        "batch_id": _same(BATCH, count),
        "recorded_at": _same(RECORDED_AT, count),
        "lon": lon,
        "lat": lat,
        "morton": curve.encode(lon, lat),
        "geom": shapely.to_wkb(shapely.set_srid(geometries, 4326), hex=True, include_srid=True),
    }
    return pa.table(columns)


def write_finished(city: City, path: Path) -> tuple[str, ...]:
    """The finished rows as CSV without a header; returns the names of the columns."""
    table = finished_rows(city)
    csv.write_csv(table, path, csv.WriteOptions(include_header=False))
    return tuple(table.column_names)


def _identifiers(count: int) -> pa.Array:
    """Seeded UUIDs of version 7, as many a millisecond as an import makes (about 30)."""
    octets = np.random.default_rng([count, 7]).integers(0, 256, (count, 16), dtype=np.uint8)
    milliseconds = (1_767_225_600_000 + np.arange(count) // 30).astype(">u8").view(np.uint8).reshape(-1, 8)
    octets[:, :6] = milliseconds[:, 2:]
    octets[:, 6] = 0x70 | (octets[:, 6] & 0x0F)
    octets[:, 8] = 0x80 | (octets[:, 8] & 0x3F)
    digits = octets.tobytes().hex()
    return pa.array([digits[start : start + 32] for start in range(0, len(digits), 32)])


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text), count)
