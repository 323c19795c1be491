"""The classes of a choropleth, which areas are too small to be trusted, and what an address names. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.errors import NotFound
from app.fragility.queries import Indicator, Layer
from geo.areas import BREAKS, breaks, reached

CLASSES = 5
METHODS = tuple(BREAKS)
"""How classes are made: equally many areas in each, equally wide, or split where the values leave gaps."""
FEW_RESIDENTS = 200
RESIDENTS = "residents"
"""The series of how many people live in an area."""


@dataclass(frozen=True, slots=True)
class Classes:
    """Class i holds the values above `upper[i - 1]` (or from `low`) up to and with `upper[i]`."""

    low: float
    upper: list[float]

    def of(self, value: float | None) -> int | None:
        """The number of the class that holds `value`; None where there is no value."""
        if value is None:
            return None
        return next((number for number, top in enumerate(self.upper) if value <= top), len(self.upper) - 1)


def classes(values: Sequence[float | None], method: str = METHODS[0], count: int = CLASSES) -> Classes | None:
    """At most `count` classes, made by one of METHODS; None where there is no value at all."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    upper = breaks(known, count, method)
    if method == "quantile":
        upper = reached(known, upper)  # a bound that an area has stays true when a legend rounds it
    return Classes(min(known), [float(top) for top in upper])


def natural(code: str) -> tuple[list[str | int], str]:
    """The key by which codes are sorted as people count: 2 before 10, 9 before 9bis.

    >>> sorted(["10", "2", "1", "09bis", "9", "B2"], key=natural)
    ['1', '2', '9', '09bis', '10', 'B2']
    """
    parts = re.split(r"([0-9]+)", code)
    return [int(part) if number % 2 else part for number, part in enumerate(parts)], code


def residents_of(indicators: Sequence[Indicator], layer: str) -> Indicator | None:
    """The figure that tells how many people live in an area of the layer: the newest of its series.

    By its series, because the name of a figure is one in the whole city, and every layer has residents.
    """
    there = [each for each in indicators if (each.layer, each.series) == (layer, RESIDENTS)]
    return max(there, key=lambda each: each.year, default=None)


def is_small(residents: float | None) -> bool:
    """Whether so few people live there that a rate says little."""
    return residents is not None and residents < FEW_RESIDENTS


def layer_named(layers: Sequence[Layer], slug: str) -> Layer:
    """The layer of an address; raises NotFound, naming those there are."""
    for layer in layers:
        if layer.slug == slug:
            return layer
    if not layers:
        raise NotFound("This city has no area layer yet.")
    raise NotFound(
        "There is no area layer “%(layer)s” in this city; the layers are: %(there)s.",
        layer=slug[:60],
        there=", ".join(layer.slug for layer in layers),
    )


def with_figures(layers: Sequence[Layer], indicators: Sequence[Indicator]) -> list[Layer]:
    """The layers that have an indicator: of the others there is no figure to choose."""
    there = {indicator.layer for indicator in indicators}
    return [layer for layer in layers if layer.slug in there]


def leading(there: Sequence[Indicator]) -> Indicator | None:
    """The figure that is meant where none is named: the first that says who is more fragile, in its newest
    year. Published indices stand before all others; an older year of one may have been published last.
    """
    ranking = [indicator for indicator in there if indicator.polarity]
    if not ranking:
        return None
    years = [each for each in ranking if (each.layer, each.series) == (ranking[0].layer, ranking[0].series)]
    return max(years, key=lambda each: each.year)


def indicator_named(indicators: Sequence[Indicator], layer: str, slug: str | None) -> Indicator:
    """The indicator of this name, or the layer's first one where none is named."""
    there = [indicator for indicator in indicators if indicator.layer == layer]
    for indicator in there:
        if slug in (None, indicator.slug):
            return indicator
    if not there:
        raise NotFound("There is no indicator for %(layer)s yet.", layer=layer)
    raise NotFound(
        "There is no indicator “%(indicator)s” for %(layer)s; the indicators are: %(there)s.",
        indicator=(slug or "")[:60],
        layer=layer,
        there=", ".join(indicator.slug for indicator in there),
    )
