"""GeoParquet, row group by row group; also plain Parquet with columns of coordinates."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from app.errors import ImportRefused
from app.imports.readers.coordinates import Binary, Coordinates, Struct, find_coordinates, take_geometries
from app.imports.report import Report
from app.imports.source import ROWS_A_CHUNK, Chunk, FileOptions, Source

CRS84 = "OGC:CRS84"
"""What GeoParquet means where a column's metadata names no CRS; a CRS that is null is one nobody knows."""


@contextmanager
def open_parquet(path: Path, options: FileOptions) -> Iterator[Source]:
    """Open a GeoParquet file; its first row is number 1."""
    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise ImportRefused(f"{path.name} is not a Parquet file: {str(error).splitlines()[0]}") from None
    with file:
        names = tuple(file.schema_arrow.names)
        where, crs = _coordinates(path.name, file, options)
        shapes = {where.column} if isinstance(where, Binary | Struct) else set()
        columns = tuple(name for name in names if name not in shapes)

        def chunks(report: Report) -> Iterator[Chunk]:
            start = 1
            for batch in file.iter_batches(batch_size=ROWS_A_CHUNK):
                numbers = np.arange(start, start + len(batch), dtype=np.int64)
                start += len(batch)
                chunk = Chunk(numbers, pa.Table.from_batches([batch]))
                yield chunk if where is None else take_geometries(chunk, where, report)

        yield Source(path.name, columns, chunks, crs, file.metadata.num_rows)


def _coordinates(
    name: str, file: parquet.ParquetFile, options: FileOptions
) -> tuple[Coordinates | None, Any]:
    if not options.geometry:
        return None, None
    told = _geo(name, file)
    if told is None or options.wkt or (options.lat and options.lon):
        return find_coordinates(name, file.schema_arrow.names, options), None
    column = options.layer or told.get("primary_column", "geometry")
    if column not in told.get("columns", {}):
        there = ", ".join(told.get("columns", {})) or "none"
        raise ImportRefused(f"{name} has no geometry column {column}; its geometry columns are {there}.")
    details = told["columns"][column]
    crs = details.get("crs", CRS84)
    encoding = details.get("encoding")
    if encoding == "WKB":
        return Binary(column), json.dumps(crs) if isinstance(crs, dict) else crs
    if encoding == "point" and pa.types.is_struct(file.schema_arrow.field(column).type):
        return Struct(column), json.dumps(crs) if isinstance(crs, dict) else crs
    raise ImportRefused(
        f"{name}: the geometry column {column} is encoded as {encoding}; only WKB and point can be read."
    )


def _geo(name: str, file: parquet.ParquetFile) -> dict[str, Any] | None:
    """The file's `geo` metadata, None for a plain Parquet file."""
    raw = (file.schema_arrow.metadata or {}).get(b"geo")
    if raw is None:
        return None
    try:
        told = json.loads(raw)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("columns", {}), dict):
        raise ImportRefused(f"{name}: its geo metadata is no JSON object, so it is no GeoParquet file.")
    return told
