"""What GDAL reads: GeoJSON, GeoJSONSeq, FlatGeobuf, GeoPackage and Shapefile."""

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from app.errors import ImportRefused
from app.imports.readers.coordinates import Binary, Coordinates, find_coordinates, take_geometries
from app.imports.report import Report
from app.imports.source import ROWS_A_CHUNK, Chunk, FileOptions, Source

ONE_LAYER = frozenset({".geojson", ".json", ".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl"})
"""Formats that have one layer and no count: to ask GDAL for either would read the file once more."""

BY_LINE = frozenset({".geojsonl", ".geojsons", ".geojsonseq", ".ndjson", ".jsonl"})
_BLOCK = 8 << 20
_FEATURE = b'"Feature"'
_RS = b"\x1e"
_SPACE = b"\x1e \t\r\n"


@contextmanager
def open_vector(
    path: Path, options: FileOptions, layers: Mapping[str, str] | None = None
) -> Iterator[Source]:
    """Open a file that GDAL reads; its first feature is number 1.

    `layers`: layer name to what GDAL is to open, where one file stands for several (an archive).
    """
    address, layer, total = _choose(path, options, layers)
    if path.suffix.lower() in BY_LINE:
        address = f"GeoJSONSeq:{address}"
    with (
        _told(path.name),
        pyogrio.open_arrow(address, layer=layer, batch_size=ROWS_A_CHUNK, use_pyarrow=True) as (meta, reader),
    ):
        shape = _shape(reader.schema, meta)
        columns = tuple(name for name in reader.schema.names if name != shape)
        where: Coordinates | None = None
        if options.geometry:
            where = Binary(shape) if shape else find_coordinates(path.name, columns, options)

        def chunks(report: Report) -> Iterator[Chunk]:
            read = 0
            for table in _tables(path.name, reader):
                numbers = np.arange(read + 1, read + 1 + len(table), dtype=np.int64)
                read += len(table)
                if where is None:
                    yield Chunk(numbers, table.select(list(columns)))
                else:
                    yield take_geometries(Chunk(numbers, table), where, report)
            if path.suffix.lower() in BY_LINE:
                _report_unread_records(path, read, report)

        yield Source(path.name, columns, chunks, meta["crs"] if shape else None, total)


def _choose(
    path: Path, options: FileOptions, layers: Mapping[str, str] | None
) -> tuple[str, str | None, int | None]:
    """What GDAL opens, the layer, and the number of its rows where that is cheap to know."""
    if path.suffix.lower() in ONE_LAYER:
        return str(path), None, _count(path, _FEATURE)
    with _told(path.name):
        names = list(layers) if layers else [str(name) for name, _ in pyogrio.list_layers(path)]
        name = _layer(path.name, names, options.layer)
        address, layer = (layers[name], None) if layers else (str(path), name)
        total = pyogrio.read_info(address, layer=layer)["features"]
    return address, layer, total if total >= 0 else None


def _layer(file: str, names: list[str], asked: str | None) -> str:
    if asked is None and len(names) == 1:
        return names[0]
    if asked in names:
        return asked
    there = ", ".join(names) or "none"
    if asked is None:
        raise ImportRefused(
            f"{file} has {len(names)} layers: choose one with --file-layer; they are {there}."
        )
    raise ImportRefused(f"--file-layer {asked}: {file} has no such layer; its layers are {there}.")


def _shape(schema: pa.Schema, meta: Mapping[str, Any]) -> str | None:
    """The name of the column of geometries, None for a table without."""
    names = (meta.get("geometry_name") or "wkb_geometry", "wkb_geometry")
    return next(
        (name for name in names if name in schema.names and pa.types.is_binary(schema.field(name).type)), None
    )


def _tables(name: str, reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    read = 0
    while True:
        try:
            # GDAL's remarks about single features: each such feature is reported by its number instead.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                batch = reader.read_next_batch()
        except StopIteration:
            return
        except (pa.ArrowException, OSError, RuntimeError) as error:
            reason = str(error).splitlines()[0]
            raise ImportRefused(f"{name} cannot be read beyond feature {read}: {reason}.") from None
        read += len(batch)
        yield pa.Table.from_batches([batch])


@contextmanager
def _told(name: str) -> Iterator[None]:
    """GDAL's refusals as a sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (DataSourceError, DataLayerError) as error:
        reason = str(error).split(";")[0].removesuffix(".")
        raise ImportRefused(f"{name} cannot be opened: {reason}.") from None


def _count(path: Path, word: bytes) -> int:
    """How often `word` stands in a file: about the number of features of a GeoJSON file."""
    found, rest = 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            joined = rest + block
            found += joined.count(word)
            rest = joined[-(len(word) - 1) :]
    return found


def _report_unread_records(path: Path, read: int, report: Report) -> None:
    """GDAL passes over records that are no GeoJSON without a word; where rows are missing, find them."""
    with path.open("rb") as file:
        if sum(1 for _ in _records(file)) == read:
            return
        file.seek(0)
        for number, record in enumerate(_records(file), start=1):
            if not _is_feature(record):
                said = record.decode("utf-8", "replace")
                report.reject([number], "record", "is not a GeoJSON feature", [said])


def _records(file: BinaryIO) -> Iterator[bytes]:
    """The records of a GeoJSONSeq file: lines, or what stands behind each RS (RFC 8142)."""
    separated = file.read(1) == _RS
    file.seek(0)
    record = b""
    for line in file:
        if record.strip(_SPACE) and (not separated or line.startswith(_RS)):
            yield record.strip(_SPACE)
            record = b""
        record += line
    if record.strip(_SPACE):
        yield record.strip(_SPACE)


def _is_feature(line: bytes) -> bool:
    try:
        read = json.loads(line)
    except ValueError:
        return False
    return isinstance(read, dict) and read.get("type") in ("Feature", "FeatureCollection")
