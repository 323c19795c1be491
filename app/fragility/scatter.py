"""A scatter of two figures, as numbers that a page draws: where each area stands, and the ticks. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from app.fragility.planner import Row
from geo.correlation import pearson, spearman

WIDTH, HEIGHT = 480, 400
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 32, 50
FRAME = {
    "width": WIDTH,
    "height": HEIGHT,
    "left": LEFT,
    "right": WIDTH - RIGHT,
    "top": TOP,
    "bottom": HEIGHT - BOTTOM,
}
"""The drawing, and the lines between which the points stand."""


@dataclass(frozen=True, slots=True)
class Point:
    """An area on the drawing, in its units from the upper left."""

    row: Row
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A value on an axis, and where it stands."""

    value: float
    at: float
    decimals: int


@dataclass(frozen=True, slots=True)
class Scatter:
    """The second figure from left to right, the first from below to above; `middle` is where the medians are.

    The correlations leave out areas with few residents; they are None where there are too few others.
    """

    points: Sequence[Point]
    across: Sequence[Tick]
    up: Sequence[Tick]
    middle: tuple[float, float] | None
    counted: int
    pearson: float | None
    spearman: float | None


def scatter(rows: Sequence[Row]) -> Scatter | None:
    """The drawing of all areas that have both figures; None where none has."""
    both = [row for row in rows if row.value is not None and row.other is not None]
    if not both:
        return None
    across = _Axis.of([row.other or 0.0 for row in both], LEFT, WIDTH - RIGHT)
    up = _Axis.of([row.value or 0.0 for row in both], HEIGHT - BOTTOM, TOP)
    points = [Point(row, across.at(row.other or 0.0), up.at(row.value or 0.0)) for row in both]
    counted = [row for row in both if not row.small]
    x, y = [row.other or 0.0 for row in counted], [row.value or 0.0 for row in counted]
    middle = (across.at(median(x)), up.at(median(y))) if counted else None
    return Scatter(
        sorted(points, key=lambda point: not point.row.small),
        across.ticks(),
        up.ticks(),
        middle,
        len(counted),
        _told(pearson(x, y)),
        _told(spearman(x, y)),
    )


def _told(coefficient: float) -> float | None:
    return None if math.isnan(coefficient) else coefficient


@dataclass(frozen=True, slots=True)
class _Axis:
    """From a value to a place on the drawing; `step` lies between two ticks."""

    low: float
    high: float
    step: float
    begin: float
    end: float

    @classmethod
    def of(cls, values: Sequence[float], begin: float, end: float) -> "_Axis":
        """An axis that begins and ends with a tick, at 1, 2 or 5 times a power of ten."""
        low, high = min(values), max(values)
        spread = (high - low) or abs(high) or 1.0
        power = 10.0 ** math.floor(math.log10(spread / 4))
        step = next(size * power for size in (1, 2, 5, 10) if size * power >= spread / 5)
        first, last = math.floor(low / step) * step, math.ceil(high / step) * step
        return cls(first, last if last > first else first + step, step, begin, end)

    def at(self, value: float) -> float:
        """Where a value stands, to a tenth of a unit."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin), 1)

    def ticks(self) -> list[Tick]:
        """The values that are written on the axis."""
        decimals = max(0, -math.floor(math.log10(self.step) + 1e-9))
        steps = round((self.high - self.low) / self.step)
        values = [self.low + number * self.step for number in range(steps + 1)]
        return [Tick(value, self.at(value), decimals) for value in values]
