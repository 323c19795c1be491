"""From the columns of a file to the fields of a row: joined, translated, trimmed and checked. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from app.errors import ImportRefused
from app.imports.mapping import EVERYTHING, JOINT, FieldMapping
from app.imports.numbers import Floats, parse_numbers
from app.imports.report import Report
from app.imports.source import Chunk
from app.tables.places import KINDS, STATUSES

Flags = npt.NDArray[np.bool_]
Texts: TypeAlias = pa.ChunkedArray

REQUIRED = frozenset({"kind", "status", "language", "source", "licence", "external_id", "code"})
"""Fields that a row cannot be without where the mapping fills them."""

_WEB = re.compile(r"https?://[^\s<>\"]{3,2000}")
_BARE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/[^\s<>\"]*)?")


@dataclass(frozen=True)
class Rule:
    """What a field's texts must be. `broken`: which of them are not; `words`: what to say of those."""

    words: str
    broken: Callable[[Texts], Any]


def one_of(allowed: Sequence[str]) -> Rule:
    """One of a few words."""
    return Rule(
        f"is not one of {', '.join(allowed)}", lambda texts: pc.invert(pc.is_in(texts, pa.array(allowed)))
    )


def at_most(length: int) -> Rule:
    """Not longer than `length` characters."""
    return Rule(
        f"is longer than {length} characters", lambda texts: pc.greater(pc.utf8_length(texts), length)
    )


RULES: Mapping[str, Rule] = {
    "kind": one_of(KINDS),
    "status": one_of(STATUSES),
    "language": Rule(
        "is not a language code such as it or en",
        lambda texts: pc.invert(pc.match_substring_regex(texts, "^[a-z]{2,3}$")),
    ),
    "title": at_most(300),
    "summary": at_most(10_000),
    "address": at_most(1_000),
    "source": at_most(300),
    "licence": at_most(300),
    "external_id": at_most(200),
    "code": at_most(100),
    "name": at_most(300),
    "website": Rule("is not a web address", lambda texts: _not_web(texts)),
}


class Rows:
    """The rows of a chunk, from which fields are taken; a row that breaks a rule is reported and dropped."""

    def __init__(self, chunk: Chunk, mapping: FieldMapping, report: Report) -> None:
        self.chunk = chunk
        self.mapping = mapping
        self.report = report
        self.good = np.ones(len(chunk.numbers), dtype=bool)

    def text(self, field: str) -> Texts:
        """The texts of a field that the mapping fills from columns, null where there is nothing."""
        columns = [as_text(self.chunk.table.column(name)) for name in self.mapping.columns[field]]
        texts = columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, JOINT)
        texts = translated(texts, self.mapping.values.get(field, {}))
        if field in REQUIRED:
            self.refuse(pc.is_null(texts), field, "is empty", texts)
        rule = RULES.get(field) or RULES.get(field.rpartition("_")[0])
        if rule is not None:
            self.refuse(rule.broken(texts), field, rule.words, texts)
        if field == "website":
            return pa.chunked_array([[_web(text) for text in texts.to_pylist()]], pa.string())
        return texts

    def numbers(self, field: str) -> Floats:
        """The numbers of a field, NaN where there is nothing."""
        column = self.chunk.table.column(self.mapping.columns[field][0])
        values, bad = parse_numbers(column)
        self.refuse(bad, field, "is not a number", column)
        self.refuse(np.isinf(values), field, "is not a finite number", column)
        return values

    def refuse(self, bad: Any, field: str, reason: str, values: Texts) -> None:
        """Reject the rows that are `bad` and were good so far; `values`: what stands there."""
        flags = as_flags(bad) & self.good
        if flags.any():
            said = values.filter(pa.array(flags)).to_pylist()
            self.report.reject(self.chunk.numbers[flags], self._label(field), reason, said)
            self.good &= ~flags

    def kept(self) -> Chunk:
        """The chunk with only the rows that broke no rule."""
        return self.chunk.where(self.good)

    def _label(self, field: str) -> str:
        """The field, and the columns that it was read from where they are called otherwise."""
        columns = JOINT.join(self.mapping.columns.get(field, (field,)))
        return field if columns == field else f"{field} (from {columns})"


def as_flags(values: Any) -> Flags:
    """(n,) booleans from what pyarrow compares, null counting as false."""
    if isinstance(values, np.ndarray):
        return values
    return np.asarray(pc.fill_null(values, False), dtype=bool)


def as_text(column: pa.ChunkedArray) -> Texts:
    """A column as trimmed texts, null where nothing is left; whole numbers without a decimal point."""
    if pa.types.is_floating(column.type):
        column = _whole(column)
    try:
        texts = pc.cast(column, pa.string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):  # lists and records
        texts = pa.chunked_array(
            [[None if value is None else str(value) for value in column.to_pylist()]], pa.string()
        )
    # PostgreSQL cannot store a zero byte.
    texts = pc.utf8_trim_whitespace(pc.replace_substring(texts, "\0", ""))
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _whole(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return pc.cast(column, pa.int64())
    except pa.ArrowInvalid:
        return column


def translated(texts: Texts, table: Mapping[str, str]) -> Texts:
    """The texts with those in `table` exchanged; its entry `*` stands for all that it does not list."""
    if not table:
        return texts
    words = [word for word in table if word != EVERYTHING]
    new = pa.array([table[word] for word in words], pa.string())
    places = pc.index_in(texts, pa.array(words, pa.string()))
    rest = pa.scalar(table[EVERYTHING]) if EVERYTHING in table else texts
    return pc.if_else(pc.is_valid(places), pc.take(new, places), rest)


def check_constants(constants: Mapping[str, str]) -> dict[str, str]:
    """The constants as they are stored; raises ImportRefused for one that its field does not allow."""
    checked = dict(constants)
    for field, value in constants.items():
        rule = RULES.get(field)
        if rule is not None and as_flags(rule.broken(pa.chunked_array([[value]], pa.string())))[0]:
            raise ImportRefused(f"{field}={value}: it {rule.words}.")
        if field == "website":
            checked[field] = str(_web(value))
    return checked


def _not_web(texts: Texts) -> Flags:
    return np.array([text is not None and _web(text) is None for text in texts.to_pylist()], dtype=bool)


def _web(text: str | None) -> str | None:
    """A web address as it can stand in a link, None for what is none: a link could run a script."""
    if text is None or _WEB.fullmatch(text):
        return text
    return f"https://{text}" if _BARE.fullmatch(text) else None
