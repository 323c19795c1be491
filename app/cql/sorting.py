"""Sorted pages that are cut by key: a page ends at a value for each column, and the next begins there."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.cql.properties import Properties, Property, Type, named
from app.errors import BadParameter
from app.times import moment

MAX_KEYS = 3
CASTS = {
    Type.TEXT: "text",
    Type.NUMBER: "float8",
    Type.BOOLEAN: "boolean",
    Type.INSTANT: "timestamptz",
    Type.IDENTIFIER: "uuid",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A column to sort by; a missing value comes last in either direction."""

    sql: str
    type: Type
    falling: bool = False


@dataclass(frozen=True, slots=True)
class Sorting:
    """The keys of an order, the last of which tell every row apart, and the values after which to begin."""

    keys: tuple[Key, ...]
    start: tuple[Any, ...] | None = None

    def order(self) -> str:
        """SQL for ORDER BY."""
        return ", ".join(f"{key.sql} {'DESC' if key.falling else 'ASC'} NULLS LAST" for key in self.keys)

    def beyond(self) -> str:
        """SQL for the condition that a row comes after the start."""
        return "true" if self.start is None else self._beyond(0)

    def _beyond(self, number: int) -> str:
        key, value = self.keys[number], f"%(after{number})s::{CASTS[self.keys[number].type]}"
        assert self.start is not None
        missing = self.start[number] is None
        farther = (
            "false" if missing else f"({key.sql} {'<' if key.falling else '>'} {value} OR {key.sql} IS NULL)"
        )
        if number + 1 == len(self.keys):
            return farther
        level = f"{key.sql} IS NULL" if missing else f"{key.sql} = {value}"
        return f"({farther} OR ({level} AND {self._beyond(number + 1)}))"

    def last(self) -> str:
        """SQL for the keys of a row as a text, which `resumed` reads."""
        return f"json_build_array({', '.join(key.sql for key in self.keys)})::text"

    def values(self) -> dict[str, Any]:
        """The values of the parameters in `beyond`."""
        return {f"after{number}": value for number, value in enumerate(self.start or ())}


def sorting(values: Mapping[str, str], properties: Properties, ties: Sequence[str]) -> Sorting | None:
    """Read `sortby` (name, +name or -name, up to three) and the `after` of a sorted page.

    `ties` name the properties that tell every row apart. None where no order is asked for.
    """
    words = [word for word in values.get("sortby", "").split(",") if word]
    if not words:
        return None
    if len(words) > MAX_KEYS:
        raise BadParameter("sortby", "names %(given)s properties; %(most)s are the most.",
                           given=len(words), most=MAX_KEYS)  # fmt: skip
    chosen = [_key(word, properties) for word in words]
    # A plus sign in an address is a space.
    chosen += [_tie(properties, name) for name in ties if name not in {word.lstrip("+- ") for word in words}]
    found = Sorting(tuple(chosen))
    token = values.get("after")
    return found if token is None else Sorting(found.keys, resumed(token, found.keys))


def _key(word: str, properties: Properties) -> Key:
    name = word.lstrip("+ ") if word[0] in "+ " else word.removeprefix("-")
    sortable = sortable_ones(properties)
    found = named(sortable, name)
    if found is None:
        raise BadParameter(
            "sortby",
            "“%(word)s” is not one of %(allowed)s.",
            word=name[:40],
            allowed=", ".join(each.name for each in sortable),
        )
    return Key(found.sql, found.type, word[0] == "-")


def sortable_ones(properties: Properties) -> list[Property]:
    """The properties that a page may be sorted by."""
    return [each for each in properties if each.sortable and each.type in CASTS]


def _tie(properties: Properties, name: str) -> Key:
    found = named(properties, name)
    assert found is not None, name
    return Key(found.sql, found.type)


def token(keys: str) -> str:
    """The `after` of the page that follows a row, from the text of its keys."""
    return base64.urlsafe_b64encode(keys.encode()).decode().rstrip("=")


def resumed(words: str, keys: Sequence[Key]) -> tuple[Any, ...]:
    """The values that a token holds, one for each key."""
    try:
        text = base64.urlsafe_b64decode(words + "=" * (-len(words) % 4)).decode()
        values = json.loads(text)
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError(words)
        return tuple(_value(value, key.type) for value, key in zip(values, keys, strict=True))
    except (ValueError, TypeError, AttributeError, OverflowError, BadParameter, RecursionError):
        raise BadParameter(
            "after", "is not a place in this list; follow the “next” link of the page before."
        ) from None


def _value(value: Any, kind: Type) -> Any:
    if value is None:
        return None
    if kind == Type.INSTANT:
        return moment("after", value).start
    if kind == Type.IDENTIFIER:
        return UUID(value)
    if kind == Type.NUMBER:
        return float(value)
    if not isinstance(value, bool if kind == Type.BOOLEAN else str):
        raise ValueError(value)
    if isinstance(value, str) and b"\0" in value.encode():  # half a pair of surrogates is refused by encode()
        raise ValueError(value)
    return value


def chosen(values: Mapping[str, str], properties: Properties) -> tuple[Property, ...] | None:
    """Read `properties`: the properties that features shall carry; None for all of them."""
    words = values.get("properties")
    if words is None:
        return None
    shown = [each for each in properties if each.shown]
    names = [word for word in words.split(",") if word]
    for name in names:
        if named(shown, name) is None:
            raise BadParameter(
                "properties",
                "“%(word)s” is not one of %(allowed)s.",
                word=name[:40],
                allowed=", ".join(each.name for each in shown),
            )
    return tuple(each for each in shown if each.name in names)
