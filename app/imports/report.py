"""What is wrong with single rows of a file: the first kept, all counted, all written to a file if asked."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

FIRST = 20
"""How many findings are kept to be shown; the counts cover all of them."""

REJECTED = "rejected"
REPAIRED = "repaired"
HEADER = ("row", "finding", "field", "reason", "value")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one row. `row`: its number in the file; `value`: what stood there, shortened."""

    row: int
    finding: str
    field: str
    reason: str
    value: str = ""

    def __str__(self) -> str:
        shown = f" (“{self.value}”)" if self.value else ""
        return f"row {self.row}, {self.field}: {self.reason}{shown}"


class Report:
    """Collects findings; give it `path` to have every one of them in a CSV file.

    A row is rejected once, for the first thing that is wrong with it, so that the counts add up to the rows.
    Memory does not grow with the number of findings.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.first: list[Finding] = []
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> "Report":
        if self._path is not None:
            # With a BOM, because the program that most people open it with takes anything else for Latin-1.
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(HEADER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def add(self, finding: Finding, counted_as: str | None = None) -> None:
        """Count one finding, keep it while there are few, write it where a file was asked for.

        `counted_as`: the reason to count it under, where its own names another row.
        """
        self.counts[finding.finding, finding.field, counted_as or finding.reason] += 1
        if len(self.first) < FIRST:
            self.first.append(finding)
        if self._file is not None:
            row = (finding.row, finding.finding, finding.field, finding.reason, finding.value)
            csv.writer(self._file).writerow(row)

    def reject(self, rows: Iterable[int], field: str, reason: str, values: Sequence[Any] = ()) -> None:
        """Reject these rows for one reason; `values` holds what stood there, one for each row, or nothing."""
        self._add_all(REJECTED, rows, (field, reason), values)

    def repair(self, rows: Iterable[int], field: str, reason: str) -> None:
        """Tell that these rows go in, but not as they were."""
        self._add_all(REPAIRED, rows, (field, reason), ())

    @property
    def rejected(self) -> int:
        """How many rows do not go in."""
        return self._count(REJECTED)

    @property
    def repaired(self) -> int:
        """How many rows go in with a geometry that was made valid."""
        return self._count(REPAIRED)

    def reasons(self, finding: str = REJECTED) -> list[tuple[str, str, int]]:
        """Field, reason and number of rows, the most frequent first."""
        return [(field, why, n) for (kind, field, why), n in self.counts.most_common() if kind == finding]

    def _add_all(self, kind: str, rows: Iterable[int], why: tuple[str, str], values: Sequence[Any]) -> None:
        for position, row in enumerate(rows):
            value = shortened(values[position]) if len(values) else ""
            self.add(Finding(int(row), kind, *why, value))

    def _count(self, finding: str) -> int:
        return sum(number for (kind, _, _), number in self.counts.items() if kind == finding)


def shortened(value: Any, limit: int = 60) -> str:
    """A value as it can stand in a sentence: on one line, and not longer than `limit`."""
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
