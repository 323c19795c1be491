"""From the words of a query string to typed values; pure.

Every refusal names the parameter and its rule.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.errors import BadParameter

MAX_LIMIT = 10_000
MAX_OFFSET = 10_000
MAX_TEXT = 200
MAX_ZOOM = 22
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?|[-+]?(nan|inf(inity)?)", re.IGNORECASE)
"""A number in digits; nan and inf are known too, so that they can be refused by their name."""


@dataclass(frozen=True, slots=True)
class Bbox:
    """A box in EPSG:4326 degrees; `west` may exceed `east`: the box then crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def boxes(self) -> tuple["Bbox", ...]:
        """One box, or the two halves on either side of the antimeridian."""
        if self.west <= self.east:
            return (self,)
        return (
            Bbox(self.west, self.south, 180.0, self.north),
            Bbox(-180.0, self.south, self.east, self.north),
        )


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after this key of (Morton code, id)."""

    morton: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.morton:x}.{self.id.hex}"


def bbox(values: Mapping[str, str], name: str = "bbox") -> Bbox | None:
    """Read `west,south,east,north` (or six numbers, whose heights are passed over)."""
    if name not in values:
        return None
    west, south, east, north = numbers(values, name)
    for value, limit in ((west, 180), (east, 180), (south, 90), (north, 90)):
        if abs(value) > limit:
            raise BadParameter(
                name,
                "%(value)s is not between -%(limit)s and %(limit)s degrees.",
                value=f"{value:g}",
                limit=limit,
            )
    if south > north:
        raise BadParameter(
            name,
            "its south (%(south)s) must not lie north of its north (%(north)s).",
            south=f"{south:g}",
            north=f"{north:g}",
        )
    return Bbox(west, south, east, north)


def numbers(values: Mapping[str, str], name: str) -> tuple[float, float, float, float]:
    """Read the four numbers of a box, or six, whose heights are passed over."""
    parts = values[name].split(",")
    if len(parts) not in (4, 6):
        raise BadParameter(
            name,
            "needs 4 numbers (west,south,east,north) or 6 with heights, not %(given)s.",
            given=len(parts),
        )
    read = [_number(name, part) for part in parts]
    first, second = read[:2], read[2:4] if len(read) == 4 else read[3:5]
    return first[0], first[1], second[0], second[1]


def number(values: Mapping[str, str], name: str) -> float:
    """Read a finite number, which must be given."""
    return _number(name, values[name])


def _number(name: str, words: str) -> float:
    digits = words.strip()
    if not _NUMBER.fullmatch(digits):  # float() would read 1_000 as well, and digits of other scripts
        raise BadParameter(name, "“%(word)s” is not a number.", word=words[:40])
    value = float(digits)
    if not math.isfinite(value):
        raise BadParameter(name, "“%(word)s” is not a finite number.", word=words[:40])
    return value


def coordinate(name: str, words: str) -> float:
    """Read a coordinate as somebody writes it, with a point or a comma."""
    return _number(name, words.strip().replace(",", "."))


def whole(values: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """Read a whole number between `low` and `high`, both included."""
    words = values.get(name)
    if words is None:
        return default
    digits = words.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(words) < 20):
        raise BadParameter(name, "“%(word)s” is not a whole number.", word=words[:40])
    value = int(words)
    if not low <= value <= high:
        raise BadParameter(
            name, "%(value)s is not between %(low)s and %(high)s.", value=value, low=low, high=high
        )
    return value


def limit(values: Mapping[str, str], default: int = 100) -> int:
    """Read how many features a page may hold; who asks for more gets the most (OGC 17-069r4, 7.15.2)."""
    words = values.get("limit", "")
    if words.isascii() and words.isdigit() and len(words) < 20:
        values = {"limit": str(min(int(words), MAX_LIMIT))}
    return whole(values, "limit", default, 1, MAX_LIMIT)


def offset(values: Mapping[str, str]) -> int:
    """Read how many features to leave out; to go farther, the `next` links lead."""
    return whole(values, "offset", 0, 0, MAX_OFFSET)


def one_of(values: Mapping[str, str], name: str, allowed: Sequence[str]) -> tuple[str, ...]:
    """Read one or more of the allowed words, separated by commas; none given means no filter."""
    words = values.get(name, "")
    chosen = tuple(dict.fromkeys(word for word in words.split(",") if word))
    for word in chosen:
        if word not in allowed:
            raise _not_one_of(name, word, allowed)
    return chosen


def one(values: Mapping[str, str], name: str, allowed: Sequence[str]) -> str:
    """Read one of the allowed words; the first of them where none is given."""
    word = values.get(name, allowed[0])
    if word not in allowed:
        raise _not_one_of(name, word, allowed)
    return word


def _not_one_of(name: str, word: str, allowed: Sequence[str]) -> BadParameter:
    return BadParameter(
        name, "“%(word)s” is not one of %(allowed)s.", word=word[:40], allowed=", ".join(allowed)
    )


def words(values: Mapping[str, str], name: str = "q") -> str:
    """Read what somebody searches for; white space is folded, a zero byte cannot be stored and goes."""
    value = " ".join(values.get(name, "").replace("\0", " ").split())
    if len(value) > MAX_TEXT:
        raise BadParameter(
            name,
            "is %(length)s characters long; %(most)s are the most.",
            length=len(value),
            most=MAX_TEXT,
        )
    return value


def cursor(values: Mapping[str, str], name: str = "after") -> Cursor | None:
    """Read the place where the page before ended, as its `next` link wrote it."""
    value = values.get(name)
    if value is None:
        return None
    code, _, key = value.partition(".")
    try:
        found = Cursor(int(code, 16), UUID(hex=key))
    except ValueError:
        found = None
    if found is None or not 0 <= found.morton < 2**62:
        raise _not_in_the_list(name)
    return found


def area_cursor(values: Mapping[str, str], name: str = "after") -> tuple[str, str] | None:
    """Read the layer and the code of the area with which the page before ended."""
    value = values.get(name)
    if value is None:
        return None
    layer, bar, code = value.partition("/")
    if not bar or "\0" in value:  # a zero byte cannot be stored, nor asked for
        raise _not_in_the_list(name)
    return layer, code


def _not_in_the_list(name: str) -> BadParameter:
    return BadParameter(name, "is not a place in this list; follow the “next” link of the page before.")


def known(values: Mapping[str, str], allowed: Sequence[str]) -> None:
    """Refuse a parameter that the address does not know, so that a misspelt filter cannot pass for none."""
    for name in values:
        if name not in allowed:
            raise BadParameter(name[:40], "is not known here; known are %(known)s.", known=", ".join(allowed))
