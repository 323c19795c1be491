"""Our layers as elements of folium's maps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import folium
from branca.element import Element, Figure
from folium.map import Layer
from folium.template import Template

from geo.leaflet import assets
from geo.leaflet.specs import Words
from geo.maps.frames import Missing

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Look:
    """A layer's name, attribution (plain text) and words, and what becomes of missing geometries."""

    name: str
    attribution: str = ""
    missing: Missing = "refuse"
    words: Words = field(default_factory=Words)


class OfflineMap(folium.Map):
    """A folium map that carries Leaflet and our layers in itself, instead of links to other servers."""

    def __init__(self, **options: Any) -> None:
        super().__init__(tiles=None, **options)
        self.default_js, self.default_css = [], []

    def figure(self) -> Figure:
        """The page that the map is in."""
        page = self.get_root()
        assert isinstance(page, Figure)
        return page

    def render(self, **kwargs: Any) -> None:  # type: ignore[override]  # as folium's own does
        """Put the scripts and styles into the head of the page. Raises MissingAssets."""
        self.figure().header.add_child(_Embedded(), name="cortile")
        super().render(**kwargs)


class _Embedded(Element):
    """Leaflet and our layers, as they stand in the head of a page."""

    _template = Template("<style>{{ this.style }}</style>\n<script>{{ this.script }}</script>")

    def __init__(self) -> None:
        super().__init__()
        self.style, self.script = assets.style(), assets.script()


class SpecLayer(Layer):
    """A layer that `geo/leaflet/layers.js` draws: `maker` is the name of its function there.

    `bounds` is west, south, east and north in degrees; None for a layer that holds nothing.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = cortileMaps.{{ this.maker }}({{ this.literal }});"
        "{% endmacro %}"
    )

    def __init__(self, maker: str, spec: Mapping[str, Any], bounds: Bounds | None) -> None:
        # Leaflet's control writes the names of layers as HTML.
        super().__init__(name=escape(str(spec["name"])), overlay=True)
        self._name = "SpecLayer"
        self.maker, self.spec, self.bounds = maker, spec, bounds
        self.literal = assets.literal(json.dumps(spec, ensure_ascii=False, allow_nan=False))
