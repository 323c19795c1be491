"""The fields of a place: which there are, and how a chunk of a file becomes rows of them. Pure."""

import json
import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from app.errors import ImportRefused
from app.imports.fields import Rows, Texts
from app.imports.mapping import FieldMapping
from app.imports.numbers import parse_numbers
from app.imports.source import Chunk

TEXTS = (
    "kind",
    "status",
    "title",
    "summary",
    "language",
    "address",
    "website",
    "source",
    "licence",
    "external_id",
)
FIELDS = (*TEXTS, "accuracy_m", "valid_from", "valid_to", "title_*", "summary_*")
"""What a mapping may fill; `title_*` stands for a title in another language, such as title_en."""

GUESSED = ("external_id", "title", "summary", "address", "website")
_NOT_TEXTS = frozenset({"accuracy_m", "valid_from", "valid_to"})


def place_columns(rows: Rows, zone: ZoneInfo) -> tuple[Chunk, dict[str, pa.ChunkedArray]]:
    """The chunk without the rows that broke a rule, and the columns of `places` that the mapping fills.

    Days are days in `zone`.
    """
    made: dict[str, pa.ChunkedArray] = {
        name: rows.text(name) for name in rows.mapping.columns if name in TEXTS
    }
    if "accuracy_m" in rows.mapping.columns:
        metres = rows.numbers("accuracy_m")
        rows.refuse(metres < 0, "accuracy_m", "is below 0 metres", pa.chunked_array([metres]))
        made["accuracy_m"] = pa.chunked_array([pa.array(metres, mask=np.isnan(metres))])
    if {"valid_from", "valid_to"} & set(rows.mapping.columns):
        made["valid"] = _interval(rows, zone)
    others = [name for name in rows.mapping.columns if name not in TEXTS and name not in _NOT_TEXTS]
    if others:
        made["translations"] = _translations({name: rows.text(name) for name in others})
    if rows.mapping.keep:
        made["properties"] = _properties(rows.chunk.table.select(list(rows.mapping.keep)))
    kept = pa.array(rows.good)
    return rows.kept(), {name: column.filter(kept) for name, column in made.items()}


def fixed_for_all(constants: Mapping[str, str]) -> dict[str, Any]:
    """Constants as they are stored; raises ImportRefused for a field that cannot be the same in every row."""
    fixed: dict[str, Any] = {}
    for name, value in constants.items():
        if name == "accuracy_m":
            fixed[name] = _metres(value)
        elif name in TEXTS and name != "external_id":
            fixed[name] = value
        else:
            raise ImportRefused(
                f"{name}={value}: {name} cannot be the same in every row; map a column to it."
            )
    return fixed


def _metres(text: str) -> float:
    values, bad = parse_numbers(pa.array([text]))
    if bad[0] or not 0 <= values[0] < math.inf:
        raise ImportRefused(f"accuracy_m={text}: it is not a number of metres from 0 up.")
    return float(values[0])


def filled_columns(mapping: FieldMapping) -> tuple[str, ...]:
    """The columns of `places` that `place_columns` makes for this mapping, in its order."""
    named = [name for name in mapping.columns if name in TEXTS]
    named += ["accuracy_m"] if "accuracy_m" in mapping.columns else []
    named += ["valid"] if {"valid_from", "valid_to"} & set(mapping.columns) else []
    named += ["translations"] if set(mapping.columns) - set(TEXTS) - _NOT_TEXTS else []
    return (*named, *(["properties"] if mapping.keep else []))


def _interval(rows: Rows, zone: ZoneInfo) -> pa.ChunkedArray:
    """Each row's validity as PostgreSQL writes a range; a day as the end counts as a whole."""
    starts = _moments(rows, "valid_from", zone, last=False)
    ends = _moments(rows, "valid_to", zone, last=True)
    backwards = np.array([bool(a and b and a >= b) for a, b in zip(starts, ends, strict=True)])
    rows.refuse(
        backwards, "valid_to", "is not after valid_from", pa.chunked_array([[str(end) for end in ends]])
    )
    return pa.chunked_array(
        [
            [
                f"[{start.isoformat() if start else ''},{end.isoformat() if end else ''})"
                for start, end in zip(starts, ends, strict=True)
            ]
        ],
        pa.string(),
    )


def _moments(rows: Rows, field: str, zone: ZoneInfo, *, last: bool) -> list[datetime | None]:
    if field not in rows.mapping.columns:
        return [None] * len(rows.chunk.numbers)
    encoded = pc.dictionary_encode(rows.text(field)).combine_chunks()
    told = encoded.dictionary.to_pylist()
    read = [_moment(text, zone, last=last) for text in told]
    positions = encoded.indices.to_pylist()
    bad = np.array([position is not None and read[position] is None for position in positions], dtype=bool)
    texts = pa.chunked_array([encoded.cast(pa.string())])
    rows.refuse(bad, field, "is not a day such as 2026-05-31 or a moment such as 2026-05-31T18:00", texts)
    return [None if position is None else read[position] for position in positions]


def _moment(text: str, zone: ZoneInfo, *, last: bool) -> datetime | None:
    try:
        if len(text) <= 10:
            day = date.fromisoformat(text) + timedelta(days=1 if last else 0)
            return datetime.combine(day, time(), zone)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _translations(texts: Mapping[str, Texts]) -> pa.ChunkedArray:
    """`{"en": {"title": ...}}` of each row, null where there is none."""
    names = [(name, *_parted(name)) for name in texts]
    columns = {name: column.to_pylist() for name, column in texts.items()}
    made: list[str | None] = []
    for row in range(len(next(iter(columns.values())))):
        told: dict[str, dict[str, str]] = {}
        for name, field, language in names:
            if columns[name][row] is not None:
                told.setdefault(language, {})[field] = columns[name][row]
        made.append(json.dumps(told, ensure_ascii=False) if told else None)
    return pa.chunked_array([made], pa.string())


def _parted(name: str) -> tuple[str, str]:
    field, _, language = name.rpartition("_")
    return field, language


def _properties(table: pa.Table) -> pa.ChunkedArray:
    """The kept columns of each row as one JSON object, without those that are empty."""
    made = [json.dumps(dict(_told(row)), ensure_ascii=False, default=str) for row in table.to_pylist()]
    return pa.chunked_array([[None if text == "{}" else text for text in made]], pa.string())


def _told(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, str):
            value = value.replace("\0", "").strip()
        if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
            continue
        yield name, value
