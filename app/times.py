"""Moments and intervals as they are written in addresses (RFC 3339, OGC API - Features 7.15.4); pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.errors import BadParameter

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
OPEN = ("", "..")


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time from `start` to `end`, None where it is open; `bounds` as PostgreSQL writes them.

    A moment begins and ends with itself. A day is all of its 24 hours in UTC, without the next midnight.
    """

    start: datetime | None
    end: datetime | None
    bounds: str = "[]"


def moment(name: str, words: str) -> Interval:
    """Read a day (2019-06-01) or a moment (2019-06-01T12:00:00Z)."""
    try:
        if _DAY.fullmatch(words):
            day = datetime.fromisoformat(words).replace(tzinfo=UTC)
            return Interval(day, day + timedelta(days=1), "[)")
        if _MOMENT.fullmatch(words):
            at = datetime.fromisoformat(words.upper()).astimezone(UTC)
            return Interval(at, at)
    except (ValueError, OverflowError):
        pass
    raise BadParameter(
        name,
        "“%(word)s” is not a moment; write it like 2019-06-01 or 2019-06-01T12:00:00Z.",
        word=words[:40],
    )


def interval(name: str, first: str, last: str) -> Interval:
    """Read two moments, each of which may be open ("" or ".."); refuses an end before the start."""
    start = None if first in OPEN else moment(name, first)
    end = None if last in OPEN else moment(name, last)
    if start and end and _before(end, start):
        raise BadParameter(
            name, "ends (%(end)s) before it starts (%(start)s).", start=first[:40], end=last[:40]
        )
    return Interval(start.start if start else None, end.end if end else None, end.bounds if end else "[]")


def _before(end: Interval, start: Interval) -> bool:
    if start.start is None or end.end is None:
        return False
    return start.start >= end.end if end.bounds == "[)" else start.start > end.end


def read(values: Mapping[str, str], name: str = "datetime") -> Interval | None:
    """Read a moment, or an interval as two moments with a slash between them; None where it is not given."""
    words = values.get(name)
    if words is None:
        return None
    first, slash, last = words.partition("/")
    if not slash:
        return moment(name, words)
    if first in OPEN and last in OPEN:
        raise BadParameter(name, "needs at least one end that is not open.")
    return interval(name, first, last)


def since(values: Mapping[str, str], name: str) -> datetime | None:
    """Read a moment, or the day whose beginning in UTC it is; None where it is not given."""
    words = values.get(name)
    return None if words is None else moment(name, words).start
