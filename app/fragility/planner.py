"""One view of the areas: their rows in order, their legend, and what the figures say together. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

from app.fragility import ranking, rules
from app.fragility.choices import NOTHING, Choices
from app.fragility.palettes import SPOTS, colours
from app.fragility.queries import AreaPair, AreaValue
from app.fragility.rules import Classes

PER_PAGE = 250
"""Rows of one page of the table; a city's zones fit on one, its census sections do not."""
FIRST = 5
"""How many of the most fragile are named in words."""


@dataclass(frozen=True, slots=True)
class Row:
    """An area as table, map and scatter show it.

    `small` where few people live; `rank` counts from the fragile end (from the high end where the figure has
    none) and leaves out areas with few residents and without a value; `key` is what stands for it in the
    legend; `spot` what it is among its neighbours, where that was asked for.
    """

    code: str
    name: str | None
    value: float | None
    other: float | None
    residents: float | None
    small: bool
    rank: int | None
    key: str
    spot: str | None


Coded = TypeVar("Coded", Row, AreaValue)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: its colour, the range of a class, how many areas it has, whether it is picked,
    and what would be picked after a click on it."""

    key: str
    colour: str | None
    low: float | None
    high: float | None
    areas: int
    pressed: bool
    after: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one page, how many there are on all pages, which page it is, and of how many."""

    rows: Sequence[Row]
    found: int
    page: int
    pages: int


def rows(
    areas: Sequence[AreaPair], choices: Choices, classes: Classes | None, spots: Mapping[str, str]
) -> list[Row]:
    """Every area as a row, in the order of the areas; `spots` by code where they were asked for."""
    ranks = _ranks(areas, choices.indicator.polarity)
    return [
        Row(
            area.code,
            area.name,
            area.value,
            area.other,
            area.residents,
            rules.is_small(area.residents),
            ranks.get(area.code),
            spots.get(area.code, NOTHING) if choices.paint != "classes" else _class(classes, area.value),
            spots.get(area.code),
        )
        for area in areas
    ]


def _class(classes: Classes | None, value: float | None) -> str:
    number = classes.of(value) if classes else None
    return NOTHING if number is None else str(number)


def _ranks(areas: Sequence[AreaPair], polarity: int) -> dict[str, int]:
    """The rank of each area that counts; equal values share the smaller rank."""
    sign = 1 if polarity < 0 else -1
    known = {
        area.code: sign * area.value
        for area in areas
        if area.value is not None and not rules.is_small(area.residents)
    }
    places: dict[float, int] = {}
    for number, value in enumerate(sorted(known.values()), start=1):
        places.setdefault(value, number)
    return {code: places[value] for code, value in known.items()}


def legend(rows: Sequence[Row], choices: Choices, classes: Classes | None) -> list[Entry]:
    """What the colours mean and what a click on each leads to; last the areas without a value."""
    counted = {key: sum(row.key == key for row in rows) for key in {row.key for row in rows}}
    lines = list(_lines(choices, classes))
    lines += [(NOTHING, None, None, None)] if counted.get(NOTHING) else []
    return [
        Entry(
            key,
            colour,
            low,
            high,
            counted.get(key, 0),
            key in choices.show,
            _toggled(key, choices.show, lines),
        )
        for key, colour, low, high in lines
    ]


def _lines(choices: Choices, classes: Classes | None) -> Iterator[tuple[str, str | None, Any, Any]]:
    if choices.paint == "moran":
        yield from ((key, colour, None, None) for key, colour in SPOTS.items() if key not in ("hot", "cold"))
    elif choices.paint == "gi":
        yield from ((key, SPOTS[key], None, None) for key in ("hot", "cold", "neither"))
    elif classes:
        tones = colours(choices.palette, len(classes.upper))
        edges = [classes.low, *classes.upper]
        for number in range(len(tones)):
            yield str(number), tones[number], edges[number], edges[number + 1]


def _toggled(key: str, show: Sequence[str], lines: Sequence[tuple[str, Any, Any, Any]]) -> str:
    """The picked lines after a click on one; when all are picked, none needs to be."""
    picked = set(show) ^ {key}
    after = [line[0] for line in lines if line[0] in picked]
    return "" if len(after) == len(lines) else ",".join(after)


def table(rows: Sequence[Row], choices: Choices) -> Table:
    """The page of the table that is asked for, else that which holds the marked area."""
    kept = [row for row in rows if not choices.show or row.key in choices.show]
    kept = ordered(kept, choices.sort, choices.down)
    pages = max(1, -(-len(kept) // PER_PAGE))
    at = next((number for number, row in enumerate(kept) if row.code == choices.area), 0)
    page = min(choices.page or at // PER_PAGE + 1, pages)
    return Table(kept[(page - 1) * PER_PAGE : page * PER_PAGE], len(kept), page, pages)


def ordered(rows: Sequence[Coded], column: str, down: bool) -> list[Coded]:
    """The rows by a column; whatever lacks it comes last, and equal ones by their code."""
    by_code = sorted(rows, key=lambda row: rules.natural(row.code), reverse=down and column == "code")
    if column == "code":
        return by_code
    read = {"figure": "value", "x": "other"}.get(column, column)
    known = [row for row in by_code if getattr(row, read) is not None]
    known.sort(key=lambda row: _comparable(getattr(row, read)), reverse=down)
    return known + [row for row in by_code if getattr(row, read) is None]


def _comparable(value: str | float) -> tuple[float, str]:
    """Numbers by size, texts without regard to capitals."""
    return (0.0, value.casefold()) if isinstance(value, str) else (value, "")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a figure says of a layer: how many areas count, their median, the first by rank, and the codes of
    those in the most fragile fifth of both figures (None where one of them has no fragile end)."""

    counted: int
    small: int
    missing: int
    median: float | None
    first: Sequence[Row]
    both: Sequence[Row] | None


def summary(rows: Sequence[Row], choices: Choices) -> Summary:
    """The figure in a few numbers; areas with few residents are counted apart and say nothing."""
    counted = sorted((row for row in rows if row.rank is not None), key=lambda row: row.rank or 0)
    # Where few people live an index has no value: what tells most is why it has none.
    missing = sum(row.value is None and not row.small for row in rows)
    middle = median(row.value for row in counted if row.value is not None) if counted else None
    return Summary(
        len(counted),
        sum(row.small for row in rows),
        missing,
        middle,
        counted[:FIRST],
        _worst_of_both(rows, counted, choices),
    )


def _worst_of_both(rows: Sequence[Row], counted: Sequence[Row], choices: Choices) -> list[Row] | None:
    """Each fifth among all areas that have the figure: an area without the other figure changes no rank."""
    if not (choices.other and choices.other.polarity and choices.indicator.polarity):
        return None
    many = [row for row in rows if not row.small]
    first = worst({row.code: row.value for row in many}, choices.indicator.polarity)
    second = worst({row.code: row.other for row in many}, choices.other.polarity)
    return [row for row in counted if row.code in first and row.code in second]


def worst(values: Mapping[str, float | None], polarity: int) -> set[str]:
    """The codes of the most fragile fifth: their percentile rank towards the fragile end is at least 0.8."""
    known = {code: polarity * value for code, value in values.items() if value is not None}
    ranks = zip(known, ranking.percentiles(list(known.values())), strict=True)
    return {code for code, rank in ranks if rank >= 1 - ranking.WORST}
