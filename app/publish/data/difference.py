"""What was added, changed and removed between two snapshots: two files in one order, read side by side."""

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.publish.data.shelf import MARKS, Snapshot

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
CHANGES = (ADDED, CHANGED, REMOVED)
SHOWN = 200
END = "\U0010ffff"
Mark = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One record that is in only one of two snapshots, or in both and not the same."""

    change: str
    key: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Summary:
    """How many changes of each sort there are, and the first of them."""

    counts: dict[str, int]
    first: list[Change]


def has(held: Snapshot, dataset: str) -> bool:
    """Whether the snapshot holds this data set."""
    return dataset in held.records


def changes(before: Snapshot, after: Snapshot, dataset: str) -> Iterator[Change]:
    """Every change, in the order of the keys; a data set that a snapshot does not hold is empty there."""
    with ExitStack() as open_files:
        old, new = (_marks(held.folder / MARKS / f"{dataset}.csv", open_files) for held in (before, after))
        left, right = next(old), next(new)
        while left[0] != END or right[0] != END:
            if left[0] < right[0]:
                yield Change(REMOVED, left[0], *left[2:])
                left = next(old)
            elif right[0] < left[0]:
                yield Change(ADDED, right[0], *right[2:])
                right = next(new)
            else:
                if left[1] != right[1]:
                    yield Change(CHANGED, right[0], *right[2:])
                left, right = next(old), next(new)


def _marks(path: Path, open_files: ExitStack) -> Iterator[Mark]:
    if path.is_file():
        file = open_files.enter_context(path.open(newline="", encoding="utf-8"))
        yield from csv.reader(file)
    yield END, "", "", ""


def summary(found: Iterator[Change]) -> Summary:
    """The changes, counted, and the first of them."""
    counts = dict.fromkeys(CHANGES, 0)
    first = list(islice(found, SHOWN))
    for change in first:
        counts[change.change] += 1
    for change in found:
        counts[change.change] += 1
    return Summary(counts, first)
