"""A series over the years as a line that a page draws. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.fragility.area.rules import Line

WIDTH, HEIGHT, EDGE = 300, 120, 14
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where the area's figures and the medians stand on a drawing of WIDTH by HEIGHT."""

    own: Sequence[Spot]
    medians: Sequence[Spot]


def drawn(line: Line) -> Drawn:
    """The line of a series: years from left to right, figures from below to above, both to scale."""
    years = [each.year for each in line.years]
    told = [value for each in line.years for value in (each.value, each.median) if value is not None]
    low, spread = min(told), (max(told) - min(told)) or 1.0

    def spot(year: int, value: float) -> Spot:
        across = (year - years[0]) / ((years[-1] - years[0]) or 1)
        up = (value - low) / spread
        x, y = EDGE + across * (WIDTH - 2 * EDGE), HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)
        return round(x, 1), round(y, 1)

    return Drawn(
        [spot(each.year, each.value) for each in line.years if each.value is not None],
        [spot(each.year, each.median) for each in line.years if each.median is not None],
    )
