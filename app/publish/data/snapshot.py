"""Making a snapshot: every format of every data set at one moment, sums, a record and a citation."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from app.cities import City
from app.errors import SnapshotExists
from app.publish.data import citation, codebook, dcat, service
from app.publish.data.columns import WORDS
from app.publish.data.datasets import Dataset
from app.publish.data.formats import FORMATS, WKT, Format
from app.publish.data.job import Job, Writing
from app.publish.data.shelf import MANIFEST, MARKS, SUMS, File, Snapshot, folder_of, snapshot
from app.publish.data.texts import written
from app.streams import CSV, Rows, Source

EXPLAINING = {
    "codebook.csv": "text/csv; charset=utf-8",
    "codebook.json": "application/json",
    "CITATION.cff": "text/plain; charset=utf-8",
    "dcat.jsonld": "application/ld+json",
    "dcat.ttl": "text/turtle; charset=utf-8",
    SUMS: "text/plain; charset=utf-8",
}
MAKING = ".making-"


@dataclass(frozen=True, slots=True)
class Order:
    """A snapshot to be made: its city and data sets, its day and moment, the address of the server."""

    city: City
    datasets: Sequence[Dataset]
    licences: dict[str, list[str]]
    day: str
    moment: datetime
    base_url: str


def make_snapshot(order: Order, source: Source, var: Path, say: Callable[[str], None]) -> Snapshot:
    """Make the snapshot as a whole, or leave nothing; raises SnapshotExists where the day has one.

    Everything is written beside the shelf and put on it at the end by one renaming.
    """
    folder = folder_of(var, order.city.slug)
    with _alone(folder):
        if (folder / order.day).exists():
            raise SnapshotExists(
                f"There is a snapshot of {order.city.slug} for {order.day} already; snapshots never change."
            )
        making = folder / f"{MAKING}{uuid4().hex}"
        making.mkdir()
        try:
            _fill(order, source, making, say)
            for path in making.rglob("*"):
                path.chmod(0o555 if path.is_dir() else 0o444)
            making.rename(folder / order.day)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    made = snapshot(folder, order.day)
    assert made is not None
    return made


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One snapshot of a city at a time; what a killed one left is removed first."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for left in folder.glob(f"{MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(handle)


def _fill(order: Order, source: Source, folder: Path, say: Callable[[str], None]) -> None:
    records, data = {}, []
    for dataset in order.datasets:
        for made in FORMATS.values():
            say(f"Writing {dataset.name}.{made.ending}")
            data.append(_write(order, source, dataset, folder / f"{dataset.name}.{made.ending}"))
        records[dataset.name] = _mark(source, dataset, folder)
    (folder / "codebook.csv").write_text(codebook.as_csv(order.datasets), "utf-8")
    _as_json(folder / "codebook.json", codebook.as_schema(order.datasets, "en"))
    data += [_file(folder, name) for name in ("codebook.csv", "codebook.json")]
    (folder / SUMS).write_text("".join(f"{file.sha256}  {file.name}\n" for file in data), "utf-8")
    sums = _file(folder, SUMS)
    cited = citation.line(order.city, order.day, order.base_url, sums.sha256)
    made_at = order.moment.isoformat(timespec="seconds")
    held = Snapshot(order.day, made_at, sums.sha256, cited, records, (*data, sums), folder)
    (folder / "CITATION.cff").write_text(citation.cff(order.city, held, order.base_url), "utf-8")
    record = dcat.snapshot_record(order.city, held, order.datasets, order.licences, order.base_url)
    (folder / "dcat.jsonld").write_text(dcat.as_json(record), "utf-8")
    (folder / "dcat.ttl").write_text(dcat.as_turtle(record), "utf-8")
    files = [*data, sums, *(_file(folder, name) for name in ("CITATION.cff", "dcat.jsonld", "dcat.ttl"))]
    manifest = {name: getattr(held, name) for name in ("day", "made_at", "sha256", "citation", "records")}
    _as_json(folder / MANIFEST, {**manifest, "files": [asdict(file) for file in files]})


def _write(order: Order, source: Source, dataset: Dataset, path: Path) -> File:
    """One data set in the format that the path ends with."""
    made = FORMATS[path.suffix[1:]]
    licences = f"{order.base_url}/{order.city.slug}/data#licences"
    about = service.metadata(dataset, "en", WORDS["licence"]["en"], licences)
    if made.text:
        _write_text(order, source, dataset, path)
    else:
        writing = Writing(Job(source, dataset, about, str(path) if made.prepared else None))
        try:
            with path.open("ab") as file:
                for block in writing.blocks():
                    file.write(block)
        finally:
            writing.close()
    return _file(path.parent, path.name, dataset.name, made)


def _write_text(order: Order, source: Source, dataset: Dataset, path: Path) -> None:
    wish = service.Wanted(dataset.in_order(), FORMATS[path.suffix[1:]], WKT, packed=False)
    rows = service.rows_of(source, wish)
    about = {
        "name": f"{order.city.slug}-{dataset.name}-{order.day}",
        "title": dataset.titles.get("it") or dataset.name,
        "timeStamp": order.moment.isoformat(timespec="seconds"),
        "licence": WORDS["licence"]["en"],
    }
    try:
        with path.open("wb") as file:
            file.writelines(written(rows, wish.format.ending, about, WORDS["nothing"]["en"]))
    finally:
        rows.close()


def _mark(source: Source, dataset: Dataset, folder: Path) -> int:
    """Write the marks by which two snapshots are compared; returns how many rows there are."""
    path = folder / MARKS / f"{dataset.name}.csv"
    path.parent.mkdir(exist_ok=True)
    rows = Rows(source, dataset.marks(), dataset.parameters, CSV)
    try:
        with path.open("wb") as file:
            file.writelines(rows)
    finally:
        rows.close()
    return rows.count or 0


def _file(folder: Path, name: str, dataset: str = "", made: Format | None = None) -> File:
    path = folder / name
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    media_type = made.media_type if made else EXPLAINING[name]
    return File(name, media_type, path.stat().st_size, digest, dataset, made.name if made else "")


def _as_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
