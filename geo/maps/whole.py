"""Layers put together to a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import folium

from geo.maps.elements import OfflineMap, SpecLayer


@dataclass(frozen=True)
class BaseMap:
    """The tiles under the layers: their address with {z}, {x} and {y}, and who made them, as HTML."""

    url: str = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
    attribution: str = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a>'


def map_of(
    layers: Sequence[SpecLayer],
    title: str = "Map",
    base_map: BaseMap | None = BaseMap(),
) -> OfflineMap:
    """A map of these layers from the lowest to the highest, which fits them, with a control to choose.

    `base_map` None draws none. Layers that hold nothing say so on the map. `save(path)` of the map writes a
    file that stands alone; its last expression in a notebook's cell shows it. Raises MissingAssets when it is
    drawn before `make setup` has copied Leaflet.
    """
    made = OfflineMap(location=(0, 0), zoom_start=2, control_scale=True)
    made.figure().title = escape(title)
    if base_map:
        folium.TileLayer(base_map.url, attr=base_map.attribution, control=False, max_zoom=19).add_to(made)
    for layer in layers:
        layer.add_to(made)
    folium.LayerControl(collapsed=False).add_to(made)
    boxes = [layer.bounds for layer in layers if layer.bounds]
    if boxes:
        west, south = (min(box[side] for box in boxes) for side in (0, 1))
        east, north = (max(box[side] for box in boxes) for side in (2, 3))
        made.fit_bounds([(south, west), (north, east)], padding=(24, 24), max_zoom=17)
    return made
