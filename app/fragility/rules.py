"""The classes of a choropleth, and which areas are too small to be trusted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.classify import quantile_breaks

CLASSES = 5
FEW_RESIDENTS = 200


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


def classes(values: Sequence[float | None]) -> Classes | None:
    """Classes with about as many areas in each; None where there is no value at all."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Classes(min(known), [float(top) for top in quantile_breaks(known, CLASSES)])


def is_small(residents: float | None) -> bool:
    """Whether so few people live there that a rate says little."""
    return residents is not None and residents < FEW_RESIDENTS
