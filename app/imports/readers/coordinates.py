"""Where the geometry of a row stands: in a column of well-known binary or text, or in two of numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from app.errors import ImportRefused
from app.imports.mapping import require_column
from app.imports.numbers import parse_numbers
from app.imports.report import Report
from app.imports.source import Chunk, FileOptions
from geo.geometry import from_wkb

LATITUDES = ("lat", "latitude", "latitudine", "y")
LONGITUDES = ("lon", "lng", "long", "longitude", "longitudine", "x")
TEXTS = ("wkt", "geometry", "geom", "the_geom")
# Found by their names, because one curve stops shapely's reader for the whole column.
_CURVES = re.compile(r"(?i)(CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE)")


@dataclass(frozen=True)
class Binary:
    """A column of well-known binary."""

    column: str


@dataclass(frozen=True)
class Words:
    """A column of well-known text."""

    column: str


@dataclass(frozen=True)
class Pair:
    """Two columns of numbers, or of texts that are numbers."""

    lon: str
    lat: str


@dataclass(frozen=True)
class Struct:
    """A column of points as records of x and y (GeoArrow)."""

    column: str


Coordinates = Binary | Words | Pair | Struct


def find_coordinates(name: str, columns: Sequence[str], options: FileOptions) -> Words | Pair:
    """The columns of coordinates that the options name, or that are called as such columns are.

    Raises ImportRefused, listing the columns, where there are none.
    """
    for option, column in (("--wkt", options.wkt), ("--lat", options.lat), ("--lon", options.lon)):
        if column is not None:
            require_column(column, columns, f"{option} {column}")
    if options.wkt is not None:
        return Words(options.wkt)
    lon = options.lon or _called(LONGITUDES, columns)
    lat = options.lat or _called(LATITUDES, columns)
    if lon is not None and lat is not None:
        return Pair(lon, lat)
    text = _called(TEXTS, columns)
    if text is None:
        raise ImportRefused(
            f"{name} has no columns of coordinates that are recognised: name them with --lat and --lon, or "
            f"with --wkt; its columns are {', '.join(columns)}."
        )
    return Words(text)


def take_geometries(chunk: Chunk, where: Coordinates, report: Report) -> Chunk:
    """The chunk with the geometries that its columns tell; rows that tell none are rejected."""
    if isinstance(where, Binary):
        raw = chunk.table.column(where.column).to_numpy()
        geometries, problem = from_wkb(raw)
        rest = chunk.table.drop_columns([where.column])
        return replace(chunk, table=rest, geometries=geometries, problem=problem)
    if isinstance(where, Words):
        return _from_texts(chunk, where.column, report)
    if isinstance(where, Struct):
        records = chunk.table.column(where.column).combine_chunks()
        rest = chunk.table.drop_columns([where.column])
        return _from_numbers(replace(chunk, table=rest), (records.field("x"), records.field("y")))
    return _from_pair(chunk, where, report)


def _from_texts(chunk: Chunk, column: str, report: Report) -> Chunk:
    texts = [text.strip() or None if text else None for text in chunk.table.column(column).to_pylist()]
    curved = np.array([text is not None and bool(_CURVES.match(text)) for text in texts], dtype=np.bool_)
    straight = [None if curve else text for text, curve in zip(texts, curved, strict=True)]
    geometries = shapely.from_wkt(straight, on_invalid="ignore")
    missing = np.array([text is None for text in texts], dtype=np.bool_)
    unreadable = np.asarray(shapely.is_missing(geometries)) & ~missing & ~curved
    said = [texts[row] for row in np.flatnonzero(unreadable)]
    report.reject(chunk.numbers[unreadable], column, "is not well-known text", said)
    problem = np.full(len(texts), None, dtype=object)
    problem[missing], problem[curved] = "missing", "curved"
    return replace(chunk, geometries=geometries, problem=problem).where(~unreadable)


def _from_pair(chunk: Chunk, where: Pair, report: Report) -> Chunk:
    columns = []
    good = np.ones(len(chunk.numbers), dtype=bool)
    for name in (where.lon, where.lat):
        values, bad = parse_numbers(chunk.table.column(name))
        bad &= good
        if bad.any():
            said = chunk.table.column(name).to_numpy()[bad]
            report.reject(chunk.numbers[bad], name, "is not a number", said)
            good &= ~bad
        columns.append(values)
    kept = chunk.where(good)
    return _from_numbers(kept, (pa.array(columns[0][good]), pa.array(columns[1][good])), _empty(kept, where))


def _empty(chunk: Chunk, where: Pair) -> np.ndarray:
    """The rows in which a coordinate is not there at all, which NaN alone does not tell."""
    empty = np.zeros(len(chunk.numbers), dtype=bool)
    for name in (where.lon, where.lat):
        column = chunk.table.column(name)
        if column.null_count:
            empty |= np.asarray(pc.is_null(column))
    return empty


def _from_numbers(chunk: Chunk, pair: tuple[pa.Array, pa.Array], empty: np.ndarray | None = None) -> Chunk:
    x, y = (np.asarray(values.to_numpy(zero_copy_only=False), dtype=float) for values in pair)
    if empty is None:
        empty = np.asarray(pc.or_(pc.is_null(pair[0]), pc.is_null(pair[1])))
    problem = np.full(len(x), None, dtype=object)
    problem[np.isnan(x) | np.isnan(y)] = "not_finite"
    problem[empty] = "missing"
    return replace(chunk, geometries=np.asarray(shapely.points(x, y), dtype=object), problem=problem)


def _called(names: Sequence[str], columns: Sequence[str]) -> str | None:
    named = {column.lower(): column for column in reversed(columns)}
    return next((named[name] for name in names if name in named), None)
