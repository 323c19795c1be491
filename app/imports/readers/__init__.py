"""Files of every accepted format, opened as a `Source`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import ImportRefused
from app.imports.readers.archive import shapefiles_in
from app.imports.readers.delimited import open_delimited
from app.imports.readers.parquet import open_parquet
from app.imports.readers.vector import ONE_LAYER, open_vector
from app.imports.source import FileOptions, Source

DELIMITED = frozenset({".csv", ".tsv", ".txt"})
PARQUET = frozenset({".parquet", ".geoparquet"})
VECTOR = ONE_LAYER | {".fgb", ".gpkg", ".shp"}
FORMATS = "GeoJSON, GeoJSONSeq, FlatGeobuf, GeoPackage, zipped Shapefile, GeoParquet and CSV"


@contextmanager
def open_source(path: Path, options: FileOptions) -> Iterator[Source]:
    """Open `path` for reading; its name's ending says which format it is. Raises ImportRefused."""
    if not path.is_file():
        raise ImportRefused(f"There is no file {path}.")
    ending = path.suffix.lower()
    if ending in DELIMITED:
        with open_delimited(path, options) as source:
            yield source
    elif ending in PARQUET:
        with open_parquet(path, options) as source:
            yield source
    elif ending in VECTOR or ending == ".zip":
        with open_vector(path, options, shapefiles_in(path) if ending == ".zip" else None) as source:
            yield source
    else:
        raise ImportRefused(f"{path.name}: files that end in “{ending}” are not read; {FORMATS} are.")
