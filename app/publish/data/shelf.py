"""The shelf of snapshots: a folder for each city and date, which says in its manifest what it holds."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
MARKS = ".marks"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a snapshot; `dataset` is empty for what explains the others."""

    name: str
    media_type: str
    size: int
    sha256: str
    dataset: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a city's public data were on a day; `sha256` is of its list of sums, and so of everything."""

    day: str
    made_at: str
    sha256: str
    citation: str
    records: dict[str, int]
    files: tuple[File, ...]
    folder: Path

    def file(self, name: str) -> File | None:
        """The file of this name, if there is one."""
        return next((file for file in self.files if file.name == name), None)

    def of(self, dataset: str) -> list[File]:
        """The files that hold this data set."""
        return [file for file in self.files if file.dataset == dataset]


def folder_of(var: Path, city: str) -> Path:
    """Where a city's snapshots are."""
    return var / "snapshots" / city


def snapshots(folder: Path) -> list[Snapshot]:
    """Every snapshot on the shelf, the latest first."""
    days = sorted((path.name for path in folder.glob("*") if is_day(path.name)), reverse=True)
    return [found for day in days if (found := snapshot(folder, day))]


def snapshot(folder: Path, day: str) -> Snapshot | None:
    """The snapshot of a day, if there is one."""
    if not is_day(day):
        return None
    try:
        told = json.loads((folder / day / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return None
    files = tuple(File(**file) for file in told.pop("files"))
    return Snapshot(**told, files=files, folder=folder / day)


def is_day(word: str) -> bool:
    """Whether a word is a day of the calendar, as 2026-11-22."""
    try:
        return bool(DAY.fullmatch(word)) and bool(date.fromisoformat(word))
    except ValueError:
        return False
