"""How an area stands among the others of its layer. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from statistics import fmean, median

from app.fragility.queries import Indicator

LIKE = 5
"""How many codes are named that are like one that is not there."""

Values = Mapping[str, float]


def alike(code: str, there: Collection[str]) -> list[str]:
    """The codes that are most like one that is not there; of a long list, those that begin like it."""
    begun = sorted(each for each in there if code and each.startswith(code))
    return (begun or get_close_matches(code, sorted(there), LIKE, 0.5))[:LIKE]


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure of an area beside those of the others.

    `median` and `counted`: of the areas that have a figure and are not left out for their few residents.
    `rank`: 1 at the fragile end, at the high end where the figure has none; equal ones share the smaller
    one. `share`: which share of the others is less fragile (lower, where there is no fragile end), from 0
    to 1. Both are None for an area without a figure or with few residents.
    """

    value: float | None
    median: float | None
    counted: int
    rank: int | None
    share: float | None


def standing(values: Values, code: str, few: Collection[str], polarity: int) -> Standing:
    """The figure of the area `code`; the areas `few` change nothing for the others."""
    counted = {each: value for each, value in values.items() if each not in few}
    value = values.get(code)
    middle = median(counted.values()) if counted else None
    if value is None or code not in counted:
        return Standing(value, middle, len(counted), None, None)
    sign = -1 if polarity < 0 else 1
    above = sum(sign * other > sign * value for other in counted.values())
    below = sum(sign * other < sign * value for other in counted.values())
    share = below / (len(counted) - 1) if len(counted) > 1 else 0.0
    return Standing(value, middle, len(counted), 1 + above, share)


@dataclass(frozen=True, slots=True)
class Part:
    """What a series adds to the score of an area, and what it adds in the mean of all that have a score."""

    series: str
    part: float
    mean: float

    @property
    def apart(self) -> float:
        """By how much it moves the score away from the mean score: up where it is above 0."""
        return self.part - self.mean


def parts(own: Values, all_parts: Sequence[Values]) -> list[Part]:
    """The parts of an area's score, the one that pushes it up the most first.

    The parts of an additive index add up to its score, and their means to the mean score: so the distances
    of the parts from their means add up to the distance of the score from the mean score.
    """
    told = [Part(name, part, fmean(each.get(name, 0.0) for each in all_parts)) for name, part in own.items()]
    return sorted(told, key=lambda each: (-each.apart, each.series))


@dataclass(frozen=True, slots=True)
class Year:
    """A figure of one year: of the area, and the median of those that count."""

    year: int
    value: float | None
    median: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A series over the years, oldest first; `newest` says what it is called."""

    newest: Indicator
    years: tuple[Year, ...]


def lines(told: Iterable[tuple[Indicator, Standing]]) -> list[Line]:
    """The series that have the area's figure for more than one year, in the order of the indicators."""
    found: dict[str, list[tuple[Indicator, Standing]]] = {}
    for indicator, stands in told:
        found.setdefault(indicator.series, []).append((indicator, stands))
    made = []
    for each in found.values():
        each.sort(key=lambda one: one[0].year)
        if sum(stands.value is not None for _, stands in each) > 1:
            years = tuple(Year(one.year, stands.value, stands.median) for one, stands in each)
            made.append(Line(each[-1][0], years))
    return made
