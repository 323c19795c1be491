"""Downloads that are made of Arrow batches: GeoParquet by pyarrow, GeoPackage and FlatGeobuf by GDAL.

The rows come out of PostgreSQL as CSV, which Arrow reads a column at a time; nothing of them becomes a Python
object but the geometry. One batch is in memory at a time, and is one row group of a GeoParquet file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyarrow import csv, parquet

from app.publish.data.columns import NUMBER, SHAPE, TIME, TRUTH, Column
from app.publish.data.datasets import Dataset

BATCH = 8 << 20
"""Bytes of CSV in a batch: about 15,000 places."""
ARROW = {NUMBER: pa.float64(), TIME: pa.timestamp("us", "UTC"), TRUTH: pa.bool_()}
EDGES = ("xmin", "ymin", "xmax", "ymax")
BOX = "bbox"
TYPE_NAMES = {
    0: "Point",
    1: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}
"""The numbers of shapely.get_type_id, in the words of GeoParquet."""
DRIVERS = {"gpkg": "GPKG", "fgb": "FlatGeobuf"}


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """The columns and the geometry as well-known binary."""
    fields = [pa.field(column.name, ARROW.get(column.kind, pa.string())) for column in columns]
    return pa.schema(
        [*fields, pa.field(SHAPE.name, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})]
    )


def batches(rows: Iterable[bytes], columns: Sequence[Column]) -> Iterator[pa.RecordBatch]:
    """Blocks of CSV as Arrow batches of the schema `schema_of` gives."""
    held: list[bytes] = []
    size = 0
    for block in rows:
        held.append(block)
        size += len(block)
        if size >= BATCH:
            yield _batch(b"".join(held), columns)
            held, size = [], 0
    if held:
        yield _batch(b"".join(held), columns)


def _batch(lines: bytes, columns: Sequence[Column]) -> pa.RecordBatch:
    schema = schema_of(columns)
    kinds = {field.name: field.type for field in schema} | {SHAPE.name: pa.string()}
    table = csv.read_csv(
        pa.BufferReader(lines),
        csv.ReadOptions(column_names=schema.names, use_threads=False, block_size=len(lines) + 1),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=kinds,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,  # COPY quotes a text that is empty, and only that
            true_values=["t"],
            false_values=["f"],
        ),
    )
    shapes = [bytes.fromhex(digits) for digits in table.column(SHAPE.name).to_pylist()]
    arrays = [table.column(column.name).combine_chunks() for column in columns]
    return pa.record_batch([*arrays, pa.array(shapes, pa.binary())], schema=schema)


def write_parquet(
    rows: Iterable[bytes], dataset: Dataset, about: Mapping[str, str], target: IO[bytes]
) -> None:
    """Write GeoParquet 1.1: a row group for each batch, with the box of each shape beside it."""
    box = pa.struct([(edge, pa.float64()) for edge in EDGES])
    schema = pa.schema([*schema_of(dataset.columns).remove_metadata(), pa.field(BOX, box)])
    extent = np.array([np.inf, np.inf, -np.inf, -np.inf])
    types: set[str] = set()
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in batches(rows, dataset.columns):
            shapes = shapely.from_wkb(batch.column(SHAPE.name).to_pylist())
            bounds = shapely.bounds(shapes)
            extent[:2] = np.minimum(extent[:2], bounds[:, :2].min(axis=0))
            extent[2:] = np.maximum(extent[2:], bounds[:, 2:].max(axis=0))
            types |= {TYPE_NAMES[number] for number in np.unique(shapely.get_type_id(shapes))}
            boxes = pa.StructArray.from_arrays([pa.array(edge) for edge in bounds.T], names=list(EDGES))
            arrays = [*batch.columns, boxes]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            target.flush()
        writer.add_key_value_metadata({"geo": json.dumps(_geo(types, extent)), **about})


def _geo(types: set[str], extent: Any) -> dict[str, Any]:
    """The metadata of GeoParquet 1.1.0; without `crs`, which means longitude and latitude (OGC:CRS84)."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(types),
        "covering": {"bbox": {edge: [BOX, edge] for edge in EDGES}},
    }
    if types:
        column["bbox"] = extent.tolist()
    return {"version": "1.1.0", "primary_column": SHAPE.name, "columns": {SHAPE.name: column}}


def write_by_gdal(rows: Iterable[bytes], dataset: Dataset, about: Mapping[str, str], path: Path) -> None:
    """Write a GeoPackage or a FlatGeobuf file, as the path's ending says."""
    ending = path.suffix[1:]
    # The same rows make the same bytes on the same day, so that a broken download can go on.
    today = datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": today})
    reader = pa.RecordBatchReader.from_batches(schema_of(dataset.columns), batches(rows, dataset.columns))
    more: dict[str, Any] = {"layer_options": {"TITLE": about["title"], "DESCRIPTION": about["licence"]}}
    if ending == "gpkg":
        # 1.3 is what the GDAL of Debian 12 knows to the full.
        more = {
            "dataset_options": {"VERSION": "1.3"},
            "layer_metadata": dict(about),
            "layer_options": {"DESCRIPTION": about["licence"]},
        }
    pyogrio.write_arrow(
        reader,
        path,
        layer=dataset.name,
        driver=DRIVERS[ending],
        geometry_name=SHAPE.name,
        geometry_type=dataset.geometry_type,
        crs="EPSG:4326",
        **more,
    )
