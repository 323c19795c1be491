"""What a filter may speak of: the properties of a collection, each with a type and the SQL that reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.params import Bbox


class Type(StrEnum):
    """The types of a filter's expressions, by the words that an error calls them."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    IDENTIFIER = "identifier"
    INSTANT = "moment"
    PERIOD = "period"
    GEOMETRY = "geometry"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Property:
    """A property: `sql` reads it from a row; `titles` by language; `values` where only these are possible.

    `shown` says that a feature carries it under this name among its properties; what may be very long is not
    `sortable`, because the address of the next page holds it.
    """

    name: str
    type: Type
    sql: str
    titles: Mapping[str, str]
    values: tuple[str, ...] = ()
    shown: bool = True
    sortable: bool = True


Properties = Sequence[Property]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition in SQL and the values of its parameters, whose names all begin with `prefix`.

    `box`, in EPSG:4326 degrees, holds every geometry that can fulfil it; None where the condition does not
    say where. Two conditions of one statement need different prefixes.
    """

    sql: str
    values: tuple[tuple[str, Any], ...] = ()
    box: Bbox | None = None


def both(first: Condition | None, second: Condition | None) -> Condition | None:
    """The condition that both hold; the box of the first that has one."""
    if first is None or second is None:
        return first or second
    sql = f"({first.sql}) AND ({second.sql})"
    return Condition(sql, first.values + second.values, first.box or second.box)


def named(properties: Properties, name: str) -> Property | None:
    """The property of this name."""
    return next((each for each in properties if each.name == name), None)
