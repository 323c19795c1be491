"""What a file is to the import, whatever its format: chunks of rows that come one after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from app.imports.report import Report

ROWS_A_CHUNK = 16_384

Numbers = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]
Problems = npt.NDArray[np.object_]


@dataclass(frozen=True)
class FileOptions:
    """How to read a file, where it does not say so itself or says it wrong.

    `layer`: of a file with several; `crs`: over the one that the file names; `lat`, `lon`, `wkt`: the
    columns of coordinates; `delimiter`, `encoding`: of CSV; `geometry`: False for tables of figures.
    """

    layer: str | None = None
    crs: str | None = None
    lat: str | None = None
    lon: str | None = None
    wkt: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    geometry: bool = True


@dataclass(frozen=True)
class Chunk:
    """Some rows, in the order of the file.

    `numbers`: (n,) the rows' numbers in the file; `table`: n rows of attributes; `geometries`: (n,) shapely
    geometries or None in the file's CRS, x first; `problem`: (n,) keys of geo.geometry.PROBLEMS or None,
    found while reading. Both are None where the file was read without geometry.
    """

    numbers: Numbers
    table: pa.Table
    geometries: Geometries | None = None
    problem: Problems | None = None

    def where(self, kept: npt.NDArray[np.bool_]) -> "Chunk":
        """Only the rows that are `kept`."""
        if kept.all():
            return self
        return Chunk(
            self.numbers[kept],
            self.table.filter(pa.array(kept)),
            None if self.geometries is None else self.geometries[kept],
            None if self.problem is None else self.problem[kept],
        )


@dataclass(frozen=True)
class Source:
    """An open file. `crs`: what it names, None for nothing; `total`: about how many rows it has, if known;
    `chunks`: reads it, telling the report of rows that cannot be read at all; `notes`: what was assumed."""

    name: str
    columns: tuple[str, ...]
    chunks: Callable[[Report], Iterator[Chunk]]
    crs: Any = None
    total: int | None = None
    notes: tuple[str, ...] = ()
