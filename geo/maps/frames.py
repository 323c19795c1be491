"""From tables of geometries (geopandas) to what the layers of a map hold."""

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import geopandas
import numpy as np
import pandas
import shapely

from geo.crs import to_wgs84
from geo.errors import BadFrame

Missing = Literal["refuse", "skip"]

DECIMALS = 6  # of a degree: about 0.1 m


def in_degrees(frame: geopandas.GeoDataFrame, missing: Missing) -> geopandas.GeoDataFrame:
    """The rows with their geometries in EPSG:4326, longitude first, in two dimensions, to 6 decimals.

    `frame` may be in any CRS; it is not changed. A row whose geometry is missing or empty is refused, or
    left out with `missing="skip"`. Raises BadFrame for such a row, a frame without geometries or without a
    CRS, and coordinates that are not on Earth; UnknownCrs for a CRS that has no way to EPSG:4326.
    """
    try:
        shapes = frame.geometry
    except AttributeError:
        raise BadFrame("The frame has no column of geometries: name it with set_geometry.") from None
    if shapes.crs is None:
        raise BadFrame("The frame says no CRS: name it with set_crs, for example set_crs(4326).")
    lacking = (shapes.isna() | shapes.is_empty).to_numpy()
    if lacking.any() and missing == "refuse":
        row = frame.index[int(lacking.argmax())]
        raise BadFrame(
            f"Row {row!r} has no geometry ({lacking.sum()} in all): give it one, or skip such rows."
        )
    kept = frame.loc[~lacking].copy()
    kept.geometry = _rounded(kept)
    return kept


def _rounded(frame: geopandas.GeoDataFrame) -> geopandas.GeoSeries:
    flat = shapely.force_2d(frame.geometry.to_numpy())
    moved = to_wgs84(np.asarray(flat, dtype=object), frame.crs)
    bounds = shapely.bounds(moved).reshape(-1, 4)
    there = (np.abs(bounds) <= (180, 90, 180, 90)).all(axis=1)
    if not there.all():
        row = frame.index[int((~there).argmax())]
        raise BadFrame(f"Row {row!r} is not on Earth in {frame.crs.name}: is that the frame's CRS?")
    return geopandas.GeoSeries(
        shapely.transform(moved, lambda xy: np.round(xy, DECIMALS)), index=frame.index, crs=4326
    )


def bounds_of(frame: geopandas.GeoDataFrame) -> tuple[float, float, float, float] | None:
    """West, south, east and north of the rows, in the units of their CRS; None for no rows."""
    if frame.empty:
        return None
    west, south, east, north = (float(edge) for edge in frame.total_bounds)
    return west, south, east, north


def geojson_of(frame: geopandas.GeoDataFrame) -> list[Mapping[str, Any]]:
    """The GeoJSON geometry of each row."""
    return [json.loads(text) for text in shapely.to_geojson(frame.geometry.to_numpy())]


def texts_of(frame: geopandas.GeoDataFrame, column: str, otherwise: str = "") -> list[str]:
    """The values of a column as texts; `otherwise` where there is no value, or no such column."""
    if column not in frame.columns:
        return [otherwise] * len(frame)
    return [text_of(value) or otherwise for value in frame[column]]


def rows_of(frame: geopandas.GeoDataFrame, columns: Mapping[str, str]) -> Iterator[Sequence[tuple[str, str]]]:
    """For each row the labels and texts of these columns (name: label); what has no value is left out."""
    listed = [texts_of(frame, name) for name in columns]
    for texts in zip(*listed, strict=True) if listed else ([()] * len(frame)):
        yield [(label, text) for label, text in zip(columns.values(), texts, strict=True) if text]


def text_of(value: Any) -> str:
    """A value as a person reads it; nothing for what is missing."""
    if isinstance(value, (dict, list, tuple, np.ndarray)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if value is None or pandas.isna(value):
        return ""
    if isinstance(value, (float, np.floating)):
        return f"{value:,.12g}"
    midnight = datetime.time()
    if isinstance(value, datetime.datetime) and value.time() == midnight:
        return value.date().isoformat()
    return str(value)


def check_columns(frame: geopandas.GeoDataFrame, named: Sequence[str]) -> None:
    """Refuse a column that the frame does not have; an empty name names none. Raises BadFrame."""
    for name in named:
        if name and name not in frame.columns:
            there = ", ".join(str(column) for column in frame.columns)
            raise BadFrame(f"The frame has no column {name!r}; it has {there}.")
