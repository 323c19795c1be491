"""What a layer holds, as plain values that become JSON: pins of places, areas and their classes. Pure.

Geometries are GeoJSON in EPSG:4326, longitude first. Texts are plain: `layers.js` writes them as text nodes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import BadClasses

PALETTE = ("#f1edf7", "#d5cae6", "#b3a1d2", "#8c74b8", "#664a98", "#472c78", "#2d1657")
"""One hue from light to dark; told apart without colour too: each is clearly darker than the one before."""

MOST_CLASSES = len(PALETTE)
_PICKED = ((), (2,), (1, 3), (0, 2, 4), (0, 1, 3, 4), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5), tuple(range(7)))
CLUSTERED_ABOVE = 200
"""More pins than this are gathered in numbered discs."""


@dataclass(frozen=True)
class Words:
    """What a map says by itself, in the reader's language; `page` names links, else their address does."""

    no_places: str = "There are no places here."
    no_areas: str = "There are no areas here."
    cluster: str = "{n} places: zoom in"
    no_data: str = "no data"
    source: str = "Source: {source}"
    between: str = "{low} to {high}"
    page: str = ""
    kinds: Mapping[str, str] = field(
        default_factory=lambda: {
            "house": "Neighbourhood houses",
            "site": "Sites",
            "project": "Projects",
            "enterprise": "Enterprises",
            "event": "Events",
            "story": "Stories",
            "place": "Places",
        }
    )


@dataclass(frozen=True)
class Pin:
    """A place on a map: `lon`, `lat` in degrees, `said` a line under the title, `rows` labels and texts.

    `shape` is the GeoJSON geometry of a line or an area, EPSG:4326; `href` leads to a page about the place.
    """

    lon: float
    lat: float
    title: str
    kind: str = "place"
    status: str = "active"
    said: str = ""
    rows: Sequence[tuple[str, str]] = ()
    href: str = ""
    shape: Mapping[str, Any] | None = None


def places_spec(name: str, pins: Sequence[Pin], words: Words, attribution: str = "") -> dict[str, Any]:
    """A layer of places. `attribution` is plain text; a kind without a shape counts as `place`."""
    there = {pin.kind if pin.kind in words.kinds else "place" for pin in pins}
    return {
        "name": name,
        "attribution": escape(attribution),
        "empty": words.no_places,
        "cluster": words.cluster if len(pins) > CLUSTERED_ABOVE else "",
        "kinds": {kind: label for kind, label in words.kinds.items() if kind in there},
        "pins": [_pin(pin, words) for pin in pins],
    }


def _pin(pin: Pin, words: Words) -> dict[str, Any]:
    link = {"href": pin.href, "text": words.page or pin.href} if pin.href else None
    return {
        "lon": pin.lon,
        "lat": pin.lat,
        "title": pin.title,
        "kind": pin.kind,
        "status": pin.status,
        "said": pin.said,
        "rows": [list(row) for row in pin.rows],
        "link": link,
        "shape": pin.shape,
    }


@dataclass(frozen=True)
class Shape:
    """An area on a map: its GeoJSON geometry, what is said of it, its class, whether few live there."""

    geometry: Mapping[str, Any]
    title: str
    rows: Sequence[tuple[str, str]] = ()
    step: int | None = None
    few: bool = False


@dataclass(frozen=True)
class Legend:
    """What the colours mean: `labels` of the classes from low to high; empty texts are left out."""

    title: str
    labels: Sequence[str]
    unit: str = ""
    no_data: str = ""
    few: str = ""
    source: str = ""


def areas_spec(
    name: str, shapes: Sequence[Shape], words: Words, legend: Legend | None = None, attribution: str = ""
) -> dict[str, Any]:
    """A layer of areas, painted where there is a legend. `attribution` is plain text."""
    return {
        "name": name,
        "attribution": escape(attribution),
        "empty": words.no_areas,
        "features": {"type": "FeatureCollection", "features": [_feature(shape) for shape in shapes]},
        "legend": _legend(legend) if legend else None,
    }


def _feature(shape: Shape) -> dict[str, Any]:
    said = {"title": shape.title, "rows": [list(row) for row in shape.rows]}
    return {
        "type": "Feature",
        "geometry": shape.geometry,
        "properties": {**said, "step": shape.step, "few": shape.few},
    }


def _legend(legend: Legend) -> dict[str, Any]:
    colours = colours_of(len(legend.labels))
    return {
        "title": legend.title,
        "unit": legend.unit,
        "steps": [
            {"colour": colour, "label": label} for colour, label in zip(colours, legend.labels, strict=True)
        ],
        "no_data": legend.no_data,
        "few": legend.few,
        "source": legend.source,
    }


def colours_of(classes: int) -> tuple[str, ...]:
    """The colours of so many classes, from low to high. Raises BadClasses for more than seven."""
    if not 0 <= classes <= MOST_CLASSES:
        raise BadClasses(f"{classes} classes cannot be told apart on a map: ask for 1 to {MOST_CLASSES}.")
    return tuple(PALETTE[number] for number in _PICKED[classes])


def steps_of(values: npt.ArrayLike, upper: npt.ArrayLike) -> list[int | None]:
    """The class of each value: the first whose upper bound is not below it; None where there is no value.

    `values`: (n,) in any unit, NaN for no data; `upper`: rising bounds in that unit, the last the greatest
    value. Where there is no bound, nothing has a class.
    """
    numbers = np.asarray(values, dtype=np.float64)
    bounds = np.asarray(upper, dtype=np.float64)
    found = np.minimum(np.searchsorted(bounds, numbers, side="left"), bounds.size - 1)
    return [
        None if np.isnan(value) or not bounds.size else int(step)
        for value, step in zip(numbers, found, strict=True)
    ]


def labels_of(low: float, upper: Sequence[float], written: Callable[[float], str], words: Words) -> list[str]:
    """The range of each class in words, as `written` puts numbers; `low` is the least value."""
    edges = [written(edge) for edge in (low, *upper)]
    return [words.between.format(low=below, high=above) for below, above in pairwise(edges)]
