"""Which column of a file becomes which field: said on the command line, in a TOML file, or guessed. Pure."""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.errors import ImportRefused

JOINT = "/"
"""What stands between the values of several columns that make one field, as in node/123."""

EVERYTHING = "*"
"""`keep = "*"`: every column that becomes no field; in [values.kind]: every value that is not listed."""

GUESSES: Mapping[str, tuple[str, ...]] = {
    "external_id": ("external_id", "id", "osm_id", "uid", "uuid", "codice", "code", "stop_id"),
    "title": ("title", "name", "titolo", "nome", "denom", "denominazione", "denominaz", "stop_name"),
    "summary": ("summary", "description", "descrizione", "desc", "stop_desc"),
    "address": ("address", "indirizzo"),
    "website": ("website", "url", "sito", "sito_web"),
}
"""For each field, the column names that are taken for it when nobody says anything; case does not matter."""


@dataclass(frozen=True)
class FieldMapping:
    """From columns to fields.

    `columns`: field to the columns that make it; `constants`: field to its value in every row; `values`:
    field to a table from what the file says to what is stored; `keep`: columns that are stored as they are.
    """

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    def over(self, below: "FieldMapping") -> "FieldMapping":
        """This mapping where it says something about a field, else `below`."""
        said = {*self.columns, *self.constants}
        return FieldMapping(
            {**{name: made for name, made in below.columns.items() if name not in said}, **self.columns},
            {
                **{name: value for name, value in below.constants.items() if name not in said},
                **self.constants,
            },
            {**below.values, **self.values},
            self.keep or below.keep,
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it fills."""
        return (*self.columns, *(name for name in self.constants if name not in self.columns))


def parse_columns(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read `field=COLUMN` and `field=COLUMN,COLUMN`; raises ImportRefused."""
    read = _pairs("--map", pairs)
    return {name: tuple(part.strip() for part in text.split(",")) for name, text in read.items()}


def parse_constants(pairs: Iterable[str]) -> dict[str, str]:
    """Read `field=value`; raises ImportRefused."""
    return _pairs("--set", pairs)


def parse_keep(text: str | None) -> tuple[str, ...]:
    """Read `col,col` or `*`."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _pairs(option: str, pairs: Iterable[str]) -> dict[str, str]:
    read: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and value):
            raise ImportRefused(f"{option} {pair}: write it as field=value.")
        if name in read:
            raise ImportRefused(f"{option} {pair}: {name} is said twice.")
        read[name] = value
    return read


def from_toml(text: str, name: str) -> FieldMapping:
    """Read a mapping file called `name`. Raises ImportRefused, naming the entry that is wrong."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ImportRefused(f"The mapping file {name} is not TOML: {error}.") from None
    unknown = sorted(set(read) - {"columns", "constants", "values", "keep"})
    if unknown:
        raise ImportRefused(
            f"The mapping file {name} has an entry {unknown[0]}; it may have columns, constants, values "
            "and keep."
        )
    keep = read.get("keep", [])
    return FieldMapping(
        {key: _column_names(name, key, made) for key, made in _table(name, read, "columns").items()},
        {
            key: _text(name, f"constants.{key}", value)
            for key, value in _table(name, read, "constants").items()
        },
        {
            key: {old: _text(name, f"values.{key}", new) for old, new in _table(name, table, key).items()}
            for table in [_table(name, read, "values")]
            for key in table
        },
        _column_names(name, "keep", keep) if keep else (),
    )


def to_toml(mapping: FieldMapping) -> str:
    """A mapping file that reads as `mapping` again."""
    lines = [f"keep = {_toml(list(mapping.keep))}"] if mapping.keep else []
    lines.append("[columns]")
    for name, made in mapping.columns.items():
        lines.append(f"{_toml(name)} = {_toml(made[0] if len(made) == 1 else list(made))}")
    lines.append("[constants]")
    lines += [f"{_toml(name)} = {_toml(value)}" for name, value in mapping.constants.items()]
    for name, table in mapping.values.items():
        lines.append(f"[values.{_toml(name)}]")
        lines += [f"{_toml(old)} = {_toml(new)}" for old, new in table.items()]
    return "\n".join(lines) + "\n"


def guess(columns: Sequence[str], fields: Iterable[str]) -> FieldMapping:
    """A mapping of the columns that are called as such columns often are."""
    named = {column.lower(): column for column in reversed(columns)}
    found = {
        name: next((named[word] for word in GUESSES.get(name, ()) if word in named), None) for name in fields
    }
    return FieldMapping({name: (column,) for name, column in found.items() if column is not None})


def fitted(mapping: FieldMapping, columns: Sequence[str], fields: Sequence[str]) -> FieldMapping:
    """The mapping with `*` spelt out; raises ImportRefused for a field or column that does not exist."""
    for name in (*mapping.fields, *mapping.values):
        if not _is_field(name, fields):
            raise ImportRefused(f"There is no field {name}; the fields are {', '.join(fields)}.")
    for name, made in mapping.columns.items():
        for column in made:
            require_column(column, columns, f"{name}={column}")
    if mapping.keep == (EVERYTHING,):
        used = {column for made in mapping.columns.values() for column in made}
        return replace(mapping, keep=tuple(column for column in columns if column not in used))
    for column in mapping.keep:
        require_column(column, columns, f"--keep {column}")
    return mapping


def require_column(column: str, columns: Sequence[str], said: str) -> None:
    """Raises ImportRefused, listing the columns there are, where `column` is none of them."""
    if column not in columns:
        there = ", ".join(columns) or "none"
        raise ImportRefused(f"{said}: the file has no column {column}; its columns are {there}.")


def _is_field(name: str, fields: Sequence[str]) -> bool:
    """`title_en` is a field where `title_*` is one: a text in another language."""
    stem, _, language = name.rpartition("_")
    return name in fields or (f"{stem}_*" in fields and language.isalpha() and len(language) in (2, 3))


def _table(file: str, parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = parent.get(key, {})
    if not isinstance(table, dict):
        raise ImportRefused(f"The mapping file {file}: {key} must be a table.")
    return table


def _text(file: str, key: str, value: object) -> str:
    if isinstance(value, bool | dict | list):
        raise ImportRefused(f"The mapping file {file}: {key} must be a text or a number, not {value}.")
    return str(value)


def _column_names(file: str, key: str, value: object) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ImportRefused(f"The mapping file {file}: {key} must be a column or a list of columns.")
    return tuple(str(name) for name in names)


def _toml(value: str | list[str]) -> str:
    # A JSON string with every character beyond ASCII as itself is a TOML string; DEL alone has to be escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
