"""What may go into an index: numbers, polarities and weights, checked once and named when they are wrong.

Values are (areas, indicators), NaN for no data. An error names an indicator by the column of a DataFrame, or
by its position where values come without names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import BadChoice, BadIndicator, BadWeights
from geo.numeric import GREATEST, floats, is_finite, shape_told

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]
ByIndicator = npt.ArrayLike | Mapping[Any, Any]
"""One for each indicator, in their order or by their names (`by_name`)."""

CDC_NO_DATA = -999.0
_ROUNDING_OF_ONE = 1e-12
_ROUNDING = 1e-9
"""Weights such as 1/3 written with a computer's digits still add up to 1."""


@dataclass(frozen=True, eq=False)
class Values:
    """`table`: (areas, indicators), NaN for no data; `columns`: (indicators,) their names, or positions."""

    table: Floats
    columns: tuple[Any, ...]

    @property
    def count(self) -> int:
        """How many indicators there are."""
        return len(self.columns)

    def named(self, position: int) -> str:
        """What an error calls an indicator."""
        name = self.columns[position]
        return repr(name) if isinstance(name, str) else str(name)


def checked_values(values: Any, no_data: float = np.nan) -> Values:
    """Values as a table of floats with names; every indicator has a value somewhere, and none is infinite.

    `values`: (areas, indicators), an array or a DataFrame, NaN for no data, or Values that were checked
    before. `no_data`: a number that stands for no data, too. Raises BadIndicator.
    """
    if isinstance(values, Values):
        return values
    table = without_marker(values, no_data)
    if table.ndim != 2 or not table.shape[1]:
        raise BadIndicator(f"Values must be an (areas, indicators) array, not one of shape {table.shape}.")
    named = getattr(values, "columns", None)
    told = Values(table, tuple(range(table.shape[1]) if named is None else named))
    complain(np.isinf(table).any(axis=0), told, "has an infinite value: give NaN for no data")
    great = (np.abs(table) > GREATEST).any(axis=0)
    complain(great, told, f"has a value beyond {GREATEST:g}, which is too great to reckon with")
    complain(np.isnan(table).all(axis=0), told, "has no value at all")
    return told


def complain(wrong: npt.ArrayLike, values: Values, rule: str) -> None:
    """Raise BadIndicator for the first indicator that is `wrong`, (indicators,), saying the rule."""
    if np.any(wrong):
        raise BadIndicator(f"The indicator {values.named(int(np.argmax(wrong)))} {rule}.")


def by_name(told: Any, values: Values) -> Any:
    """What is told of indicators by name, in their order: a dict, or a Series with their names as its index.

    Anything else comes back as it is, told in their order; so does a Series that is only numbered, or of
    values without names. Raises BadIndicator for a name that none of them has, and for one that is missing.
    """
    numbers = [*range(values.count)]
    if isinstance(told, Mapping):
        pairs = dict(told)
    elif hasattr(told, "items") and [*values.columns] != numbers and [*told.index] != numbers:
        pairs = dict(told.items())
    else:
        return told
    if wrong := [name for name in pairs if name not in values.columns]:
        raise BadIndicator(
            f"There is no indicator {wrong[0]!r}: there are {', '.join(map(str, values.columns))}."
        )
    if missing := [name for name in values.columns if name not in pairs]:
        raise BadIndicator(f"Of the indicator {missing[0]!r} nothing is told.")
    return [pairs[name] for name in values.columns]


def check_spread(values: Values, table: Floats | None = None) -> None:
    """Raise BadIndicator for an indicator that has one value everywhere: it tells no area from another.

    `table`: what is looked at in place of all values, such as the areas that have every indicator.
    """
    low, high = spread(values.table if table is None else table)
    # 0.1 + 0.2 and 0.3 are one value: what computing leaves behind must not rank areas.
    same = high - low <= _ROUNDING_OF_ONE * np.maximum(np.abs(low), np.abs(high))
    complain(same, values, "has one value everywhere: without spread it ranks no area")


def spread(table: Floats) -> tuple[Floats, Floats]:
    """The least and the greatest value of each indicator, (indicators,) each, no data left out."""
    return np.nanmin(table, axis=0), np.nanmax(table, axis=0)


def checked_polarity(polarity: ByIndicator | None, values: Values) -> Floats:
    """(indicators,) of 1 and -1; None means that more is more of the phenomenon, everywhere.

    1: more of the indicator is more of the phenomenon that the index measures; -1: less of it. In the order
    of the indicators, or by their names (`by_name`). Raises BadIndicator for any other number, such as the 0
    of an indicator that says neither.
    """
    told = np.ones(values.count) if polarity is None else by_name(polarity, values)
    signs = floats(told, "Polarities, 1 or -1,", BadIndicator)
    if signs.shape != (values.count,):
        raise BadIndicator(
            f"Polarities must be one for each of the {values.count} indicators, not {shape_told(signs)}."
        )
    wrong = ~np.isin(signs, (1.0, -1.0))
    if wrong.any():
        at = int(np.argmax(wrong))
        complain(wrong, values, f"has the polarity {signs[at]:g}: in an index it must be 1 or -1")
    return signs


def checked_weights(weights: ByIndicator | None, values: Values) -> Floats:
    """(indicators,) weights that are not negative and add up to 1; None gives each the same.

    In the order of the indicators, or by their names (`by_name`). Raises BadWeights.
    """
    count = values.count
    if weights is None:
        return np.full(count, 1.0 / count)
    given = floats(by_name(weights, values), "Weights", BadWeights)
    if given.shape != (count,):
        raise BadWeights(f"Weights must be one for each of the {count} indicators, not {shape_told(given)}.")
    wrong = np.flatnonzero(~(np.isfinite(given) & (given >= 0)))
    if wrong.size:
        raise BadWeights(f"Weight {wrong[0]} is {given[wrong[0]]:g}: a weight must be a number from 0.")
    if abs(given.sum() - 1.0) > _ROUNDING:
        raise BadWeights(f"The weights add up to {given.sum():.10g}: they must add up to 1.")
    return given


def sign_of(phenomenon: str) -> float:
    """1 for a negative phenomenon, to which imbalance is added, -1 for a positive one. Raises BadChoice."""
    signs = {"negative": 1.0, "positive": -1.0}
    if not isinstance(phenomenon, str) or phenomenon not in signs:
        raise BadChoice(f"A phenomenon is negative (more is worse) or positive, not {phenomenon!r}.")
    return signs[phenomenon]


def one_of(what: str, given: str, known: Sequence[str]) -> str:
    """The name of a choice, if there is such a one. Raises BadChoice, which tells those there are."""
    if given not in known:
        raise BadChoice(f"{given!r} is no {what}: there are {', '.join(known)}.")
    return given


def without_marker(values: Any, marker: float = CDC_NO_DATA) -> Floats:
    """The values with NaN where they say "no data" by a number, -999 in the files of CDC/ATSDR's SVI.

    `values`: of any shape; they are not changed. Raises BadIndicator for anything that is no number, and
    BadChoice for a marker that is none.

    >>> without_marker([12.5, -999, 0])
    array([12.5,  nan,  0. ])
    """
    if not (is_finite(marker) or (isinstance(marker, float) and np.isnan(marker))):
        raise BadChoice(f"What stands for no data must be a finite number or NaN, not {marker!r}.")
    given = floats(values, "The values of indicators", BadIndicator)
    return np.where(given == marker, np.nan, given)
