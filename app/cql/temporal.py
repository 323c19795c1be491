"""Moments and periods in a filter.

A period is half-open, as validity is: what ended at noon did not last at noon. A day is the period of its 24
hours in UTC. The relations are those of Allen (1983), over the two ends of each period.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.cql.parse import Tree
from app.cql.properties import Type
from app.cql.work import Typed, Work, called, told
from app.errors import BadParameter
from app.times import OPEN, Interval, moment
from app.times import interval as written_interval

# {a} and {b} are ranges, {a0} and {a1} the ends of the first, {b0} and {b1} those of the second.
RELATIONS = {
    "t_after": "{a} >> {b}",
    "t_before": "{a} << {b}",
    "t_contains": "({a0} < {b0} AND {a1} > {b1})",
    "t_disjoint": "NOT {a} && {b}",
    "t_during": "({a0} > {b0} AND {a1} < {b1})",
    "t_equals": "({a0} = {b0} AND {a1} = {b1})",
    "t_finishedby": "({a0} < {b0} AND {a1} = {b1})",
    "t_finishes": "({a0} > {b0} AND {a1} = {b1})",
    "t_intersects": "{a} && {b}",
    "t_meets": "{a1} = {b0}",
    "t_metby": "{a0} = {b1}",
    "t_overlappedby": "({a0} > {b0} AND {a0} < {b1} AND {a1} > {b1})",
    "t_overlaps": "({a0} < {b0} AND {a1} > {b0} AND {a1} < {b1})",
    "t_startedby": "({a0} = {b0} AND {a1} > {b1})",
    "t_starts": "({a0} = {b0} AND {a1} < {b1})",
}
# How a moment compares with a day, whose ends are {lo} and {hi}.
WITH_A_DAY = {
    "=": "({at} >= {lo} AND {at} < {hi})",
    "<>": "({at} < {lo} OR {at} >= {hi})",
    "<": "{at} < {lo}",
    "<=": "{at} < {hi}",
    ">": "{at} >= {hi}",
    ">=": "{at} >= {lo}",
}


def literal(work: Work, words: Any) -> Typed:
    """A day or a moment that was written."""
    at = moment(work.name, words if isinstance(words, str) else told(words))
    return _typed(work, at, words)


def _typed(work: Work, at: Interval, words: Any) -> Typed:
    start = work.bind(at.start, "timestamptz")
    end = work.bind(at.end, "timestamptz") if at.bounds == "[)" else None
    return Typed(start, Type.INSTANT, words, end)


def interval(work: Work, parts: Any, value: Callable[[Tree], Typed]) -> Typed:
    """A period of two ends, each a moment that was written, a property, or open."""
    if not isinstance(parts, list) or len(parts) != 2:
        raise BadParameter(work.name, "needs two ends for an interval.")
    words = [_written(part) for part in parts]
    if words[0] is not None and words[1] is not None:
        return _written_period(work, written_interval(work.name, words[0], words[1]))
    ends = [_end(work, part, word, value) for part, word in zip(parts, words, strict=True)]
    sql = f"tstzrange({ends[0]}, {ends[1]}, '[)')"
    return Typed(sql, Type.PERIOD, span=(sql, _low(ends[0]), _high(ends[1])))


def _written_period(work: Work, ends: Interval) -> Typed:
    start, end = work.bind(ends.start, "timestamptz"), work.bind(ends.end, "timestamptz")
    sql = f"tstzrange({start}, {end}, '{ends.bounds}')"
    return Typed(sql, Type.PERIOD, span=(sql, _low(start), _high(end)))


def _written(part: Tree) -> str | None:
    if isinstance(part, dict):
        part = part.get("date", part.get("timestamp"))
    return part if isinstance(part, str) else None


def _end(work: Work, part: Tree, words: str | None, value: Callable[[Tree], Typed]) -> str:
    if words in OPEN:
        return "NULL::timestamptz"
    end = literal(work, words) if words else value(part)
    if end.type != Type.INSTANT:
        raise BadParameter(
            work.name,
            "“%(word)s” is %(type)s where %(expected)s is needed.",
            word=told(part),
            type=called(end.type),
            expected=called(Type.INSTANT),
        )
    return end.end or end.sql


def _low(sql: str) -> str:
    return f"coalesce({sql}, '-infinity'::timestamptz)"


def _high(sql: str) -> str:
    return f"coalesce({sql}, 'infinity'::timestamptz)"


def related(work: Work, op: str, left: Typed, right: Typed) -> str:
    """The relation of two moments or periods."""
    a, b = _span(work, left), _span(work, right)
    return RELATIONS[op].format(a=a[0], a0=a[1], a1=a[2], b=b[0], b0=b[1], b1=b[2])


def _span(work: Work, value: Typed) -> tuple[str, str, str]:
    """The value as a range, and its two ends."""
    if value.type == Type.TEXT and isinstance(value.literal, str):
        value = literal(work, value.literal)
    if value.span:
        return value.span
    if value.type == Type.PERIOD:
        return value.sql, _low(f"lower({value.sql})"), _high(f"upper({value.sql})")
    if value.type != Type.INSTANT:
        raise BadParameter(
            work.name,
            "“%(word)s” is %(type)s where %(expected)s is needed.",
            word=value.name,
            type=called(value.type),
            expected=called(Type.INSTANT),
        )
    if value.end:
        return f"tstzrange({value.sql}, {value.end}, '[)')", value.sql, value.end
    at = value.sql
    return f"CASE WHEN {at} IS NOT NULL THEN tstzrange({at}, {at}, '[]') END", at, at


def compared(op: str, left: Typed, right: Typed, mirrored: Mapping[str, str]) -> str:
    """The comparison of two moments, one of which may be a whole day."""
    if right.end and not left.end:
        return WITH_A_DAY[op].format(at=left.sql, lo=right.sql, hi=right.end)
    if left.end and not right.end:
        return WITH_A_DAY[mirrored[op]].format(at=right.sql, lo=left.sql, hi=left.end)
    return f"{left.sql} {op} {right.sql}"
