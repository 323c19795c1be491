"""What a reader may ask for: a dataset in a format, and how its download is begun."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any

import xxhash
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.errors import BadParameter, NotFound
from app.fragility import queries as area_queries
from app.gate import Gate
from app.outgoing import Body
from app.places.filters import narrowed, selection_of
from app.publish.data import codebook, datasets, texts
from app.publish.data.datasets import Dataset
from app.publish.data.formats import FORMATS, GEOMETRIES, WKT, Format
from app.publish.data.job import Job, Writing
from app.streams import CSV_WITH_NAMES, TEXT, Rows, Source


@dataclass(frozen=True, slots=True)
class Wanted:
    """A download as it was asked for; `packed` says that the file itself is to be a gzip file."""

    dataset: Dataset
    format: Format
    geometry: str
    packed: bool

    @property
    def file_name(self) -> str:
        """What the file is called on the reader's disk."""
        return f"{self.dataset.name}.{self.format.ending}{'.gz' if self.packed else ''}"


def wanted(db: Connection, city: City, name: str, ending: str, asked: Mapping[str, str]) -> Wanted:
    """The download that an address asks for; raises NotFound and BadParameter."""
    made = FORMATS.get(ending)
    if made is None:
        raise NotFound(
            "There is no format “%(format)s” here; the formats are: %(there)s.",
            format=ending[:40],
            there=", ".join(FORMATS),
        )
    dataset = _dataset(db, city, name, asked)
    packed = "gzip" in params.one_of(asked, "compress", ("gzip",))
    geometry = params.one_of(asked, "geometry", GEOMETRIES) or (WKT,)
    if packed and not made.text:
        raise BadParameter("compress", "is for text; %(format)s is compressed as it is.", format=made.name)
    if "geometry" in asked and ending != "csv":
        raise BadParameter("geometry", "is for CSV; %(format)s has a place for shapes.", format=made.name)
    return Wanted(dataset, made, geometry[0], packed)


def _dataset(db: Connection, city: City, name: str, asked: Mapping[str, str]) -> Dataset:
    bbox = params.bbox(asked)
    if name == "places":
        selection, _ = selection_of(db, city, asked, bbox)
        return datasets.places(narrowed(selection, city, asked))
    there = area_queries.layers(db, city.id)
    for layer in there:
        if layer.slug == name:
            return datasets.areas(city.id, layer, area_queries.indicators(db, city.id), bbox)
    raise NotFound(
        "There is no data set “%(name)s” in this city; the data sets are: %(there)s.",
        name=name[:60],
        there=", ".join(["places", *(layer.slug for layer in there)]),
    )


def rows_of(source: Source, wish: Wanted) -> Rows:
    """The rows of a text format, begun."""
    dataset, ending = wish.dataset, wish.format.ending
    if ending == "csv":
        sql, how = dataset.table(wish.geometry), CSV_WITH_NAMES
    else:
        sql, how = dataset.features("," if ending == "geojson" else ""), TEXT
    return Rows(source, sql, dataset.parameters, how)


def text_download(source: Source, gate: Gate, wish: Wanted, about: Mapping[str, Any], nothing: str) -> Body:
    """A text format as a body, its first rows found; raises Busy and DatabaseError."""
    ticket = gate.download()
    try:
        rows = rows_of(source, wish)
    except BaseException:
        ticket.give_back()
        raise
    return Body(texts.written(rows, wish.format.ending, about, nothing), ticket, rows.close)


def streamed_download(source: Source, gate: Gate, wish: Wanted, about: Mapping[str, str]) -> Body:
    """GeoParquet as a body, made by a process of its own while it goes out; raises Busy and DatabaseError."""
    ticket = gate.download()
    try:
        with gate.aside():
            writing = Writing(Job(source, wish.dataset, about))
            blocks = writing.blocks()
            first = next(blocks, b"")
    except BaseException:
        ticket.give_back()
        raise
    return Body(chain([first], blocks), ticket, writing.close)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is complete, and has no name any more: it goes when it is closed."""

    body: Body
    file: IO[bytes]
    size: int
    tag: str


def prepared_download(source: Source, gate: Gate, wish: Wanted, about: Mapping[str, str]) -> Prepared:
    """A file of GDAL's, written by a process of its own; raises Busy and DatabaseError."""
    ticket = gate.download()
    try:
        with gate.aside():
            file = _written(source, wish, about)
            tag, size = _hash(file), file.tell()
            file.seek(0)
    except BaseException:
        ticket.give_back()
        raise
    return Prepared(Body(iter(()), ticket, file.close), file, size, tag)


def _written(source: Source, wish: Wanted, about: Mapping[str, str]) -> IO[bytes]:
    with tempfile.TemporaryDirectory(prefix="cortile-download-") as folder:
        path = Path(folder, f"{wish.dataset.name}.{wish.format.ending}")
        writing = Writing(Job(source, wish.dataset, about, str(path)))
        try:
            for _ in writing.blocks():
                pass
        finally:
            writing.close()
        return path.open("rb")


def _hash(file: IO[bytes]) -> str:
    digest = xxhash.xxh3_128()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def metadata(dataset: Dataset, language: str, licence: str, licence_url: str) -> dict[str, str]:
    """What a binary file says of itself, as texts."""
    fields = [codebook.field(column, language) for column in codebook.described(dataset)]
    return {
        "title": dataset.titles.get(language) or dataset.name,
        "licence": licence,
        "licence_url": licence_url,
        "codebook": json.dumps({"fields": fields}, ensure_ascii=False),
    }
