"""Areas of a frame as a layer, painted by the classes of a column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas
import numpy as np
import numpy.typing as npt
import pandas

from geo.areas import quantile_breaks, reached
from geo.errors import BadClasses, BadFrame
from geo.leaflet.specs import MOST_CLASSES, Legend, Shape, Words, areas_spec, labels_of, steps_of
from geo.maps.elements import Look, SpecLayer
from geo.maps.frames import bounds_of, check_columns, geojson_of, in_degrees, rows_of, texts_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shading:
    """How areas are painted: by a column of numbers, in classes that hold about equally many areas each.

    `unit`, `year` and `source` stand in the legend; `decimals` is for numbers in it and in popups. `upper`
    gives the upper bounds of the classes (rising, in the column's unit, the last at least the greatest
    value) in place of `classes` quantiles; at most seven either way.
    """

    column: str
    title: str = ""
    unit: str = ""
    year: int | None = None
    source: str = ""
    decimals: int = 1
    classes: int = 5
    upper: Sequence[float] | None = None

    def said(self, value: float) -> str:
        """A value as the legend says it."""
        return f"{value:,.{self.decimals}f}"


def areas_layer(
    frame: geopandas.GeoDataFrame,
    look: Look | str = "Areas",
    shading: Shading | None = None,
    *,
    title: str = "name",
    rows: Mapping[str, str] | None = None,
) -> SpecLayer:
    """A layer of areas, painted by a column of numbers where `shading` names one.

    `frame`: (n,) polygons in any CRS. `title` is the column of their names, `rows` (column: label) what
    popups tell beside the value. NaN and None count as no data and are hatched. Raises BadFrame and
    UnknownCrs as `geo.frames.in_degrees` does, BadFrame for a column that is not there or holds no numbers,
    BadClasses for infinite values, more than seven classes, and bounds that do not rise or that leave values
    out.
    """
    look = Look(look) if isinstance(look, str) else look
    check_columns(frame, [*(rows or {}), shading.column if shading else ""])
    kept = in_degrees(frame, look.missing)
    steps: list[int | None] = [None] * len(kept)
    legend, told = None, [list(row) for row in rows_of(kept, rows or {})]
    if shading:
        values = _numbers(kept, shading.column)
        upper = _bounds(values, shading)
        steps, legend = steps_of(values, upper), _legend(values, upper, shading, look.words)
        for row, value in zip(told, values, strict=True):
            row.insert(0, (legend.title, _told(value, shading, look.words)))
    shapes = [
        Shape(*each) for each in zip(geojson_of(kept), texts_of(kept, title, "?"), told, steps, strict=True)
    ]
    spec = areas_spec(look.name, shapes, look.words, legend, look.attribution)
    return SpecLayer("areas", spec, bounds_of(kept))


def _numbers(frame: geopandas.GeoDataFrame, column: str) -> Floats:
    """The values of a column, NaN for no data."""
    values = frame[column]
    if values.isna().all():
        return np.full(len(frame), np.nan)
    if not pandas.api.types.is_numeric_dtype(values) or pandas.api.types.is_bool_dtype(values):
        raise BadFrame(f"The column {column!r} holds {values.dtype} and no numbers, so it has no classes.")
    numbers: Floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers


def _bounds(values: Floats, shading: Shading) -> Floats:
    """The upper bounds of the classes, rising; none where there is no value."""
    count = len(shading.upper) if shading.upper is not None else shading.classes
    if not 1 <= count <= MOST_CLASSES:
        raise BadClasses(f"{count} classes cannot be told apart on a map: ask for 1 to {MOST_CLASSES}.")
    found = reached(values, quantile_breaks(values, shading.classes))
    if shading.upper is None:
        return found
    given = np.asarray(shading.upper, dtype=np.float64)
    if not (np.diff(given) > 0).all():
        raise BadClasses(f"The bounds {list(shading.upper)} do not rise.")
    if found.size and given[-1] < found[-1]:
        raise BadClasses(f"The last bound {given[-1]:g} leaves out values up to {found[-1]:g}.")
    return given


def _legend(values: Floats, upper: Floats, shading: Shading, words: Words) -> Legend:
    known = values[~np.isnan(values)]
    labels = (
        labels_of(float(min(known.min(), upper[0])), upper.tolist(), shading.said, words)
        if known.size
        else []
    )
    return Legend(
        title=shading.title or shading.column,
        labels=labels,
        unit=", ".join(str(part) for part in (shading.unit, shading.year) if part),
        no_data=words.no_data if known.size < len(values) else "",
        source=words.source.format(source=shading.source) if shading.source else "",
    )


def _told(value: float, shading: Shading, words: Words) -> str:
    if np.isnan(value):
        return words.no_data
    gap = "" if shading.unit.startswith("%") else " "
    return f"{shading.said(value)}{gap}{shading.unit}".strip()
