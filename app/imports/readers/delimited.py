"""CSV: commas, semicolons, tabs or bars; UTF-8 with or without a BOM, or Latin-1; every value as a text."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow

from app.errors import ImportRefused
from app.imports.readers.coordinates import find_coordinates, take_geometries
from app.imports.report import Report
from app.imports.source import Chunk, FileOptions, Numbers, Source

DELIMITERS = (",", ";", "\t", "|")
BLOCK = 2 << 20
_SAMPLE = 64 << 10
_NOT_IN_1252 = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written. `lines`: how many it has; `assumed`: what had to be guessed, in words."""

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    lines: int
    assumed: tuple[str, ...]


@contextmanager
def open_delimited(path: Path, options: FileOptions) -> Iterator[Source]:
    """Open a CSV file. Rows are numbered as a spreadsheet shows them: the header is row 1."""
    dialect = _dialect(path, options)
    where = find_coordinates(path.name, dialect.columns, options) if options.geometry else None

    def chunks(report: Report) -> Iterator[Chunk]:
        for chunk in _Rows(path, dialect, report):
            yield chunk if where is None else take_geometries(chunk, where, report)

    yield Source(path.name, dialect.columns, chunks, None, dialect.lines - 1, dialect.assumed)


def _dialect(path: Path, options: FileOptions) -> Dialect:
    encoding, lines, assumed = _encoding(path, options.encoding)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(_SAMPLE).removeprefix("\ufeff")
    if not sample.strip():
        raise ImportRefused(f"{path.name} is empty: there is nothing to import.")
    delimiter = options.delimiter or _delimiter(sample)
    names = next(csv.reader(sample.splitlines(keepends=True), delimiter=delimiter))
    return Dialect(encoding, delimiter, tuple(_unique(names)), lines, assumed)


def _encoding(path: Path, said: str | None) -> tuple[str, int, tuple[str, ...]]:
    """The encoding, the number of lines and what was assumed, after one look at every byte."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, valid, narrow, first, last = 0, True, True, b"", b"\n"
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            first, last = first or block[:3], block[-1:]
            lines += block.count(b"\n")
            valid = valid and _decodes(decoder, block)
            narrow = narrow and not (set(block) & _NOT_IN_1252 if not valid else ())
    lines += last != b"\n"
    valid = valid and _decodes(decoder, b"", final=True)
    if said is not None:
        return _known_encoding(said), lines, ()
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", lines, ()
    if valid:
        return "utf-8", lines, ()
    return "cp1252" if narrow else "latin-1", lines, (f"{path.name} is not UTF-8: read as Latin-1.",)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ImportRefused(f"--encoding {name}: there is no such encoding; try utf-8 or latin-1.") from None


def _delimiter(sample: str) -> str:
    """The delimiter that cuts the header into the most columns and the rows below it into as many."""
    lines = sample.splitlines(keepends=True)[:50]

    def score(delimiter: str) -> tuple[int, int]:
        rows = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        agreeing = sum(length == rows[0] for length in rows[1:])
        return (agreeing if rows[0] > 1 else -1, rows[0])

    return max(DELIMITERS, key=score)


def _unique(names: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for position, name in enumerate(names, start=1):
        plain = name.strip() or f"column {position}"
        unique = plain if plain not in seen else f"{plain} ({position})"
        seen.add(unique)
        yield unique


class _Rows:
    """The rows of a CSV file, with their numbers; lines with too few or too many values are rejected."""

    def __init__(self, path: Path, dialect: Dialect, report: Report) -> None:
        self.path = path
        self.dialect = dialect
        self.report = report
        self.skipped: list[int] = []
        self.next = 2  # the first row below the header

    def __iter__(self) -> Iterator[Chunk]:
        try:
            with self._open() as reader:
                for batch in reader:
                    yield self._chunk(pa.Table.from_batches([batch]))
        except (pa.ArrowException, UnicodeError, OSError) as error:
            reason = str(error).splitlines()[0]
            raise ImportRefused(
                f"{self.path.name} cannot be read beyond row {self.next - 1}: {reason}."
            ) from None

    def _open(self) -> arrow.CSVStreamingReader:
        names = list(self.dialect.columns)
        return arrow.open_csv(
            self.path,
            # One thread, because rows are only numbered then; it reads some 300 MB a second.
            read_options=arrow.ReadOptions(
                use_threads=False,
                block_size=BLOCK,
                encoding=self.dialect.encoding,
                column_names=names,
                skip_rows_after_names=1,
            ),
            parse_options=arrow.ParseOptions(
                delimiter=self.dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=self._skip,
            ),
            convert_options=arrow.ConvertOptions(
                column_types={name: pa.string() for name in names},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                check_utf8=True,
            ),
        )

    def _skip(self, row: arrow.InvalidRow) -> str:
        number = row.number
        self.skipped.append(number)
        if row.text.strip():
            reason = f"has {row.actual_columns} values where the header has {row.expected_columns}"
            self.report.reject([number], "row", reason, [row.text])
        return "skip"

    def _chunk(self, table: pa.Table) -> Chunk:
        chunk = Chunk(self._numbers(len(table)), table)
        blank = np.ones(len(table), dtype=bool)
        for column in table.columns:  # a blank line is a row of nothing; it is no row
            blank &= np.asarray(pc.is_null(column))
            if not blank.any():
                break
        return chunk.where(~blank)

    def _numbers(self, length: int) -> Numbers:
        numbers = np.arange(self.next, self.next + length + len(self.skipped), dtype=np.int64)
        numbers = numbers[~np.isin(numbers, self.skipped)][:length]
        if length:
            self.next = int(numbers[-1]) + 1
        self.skipped = [number for number in self.skipped if number >= self.next]
        return numbers
