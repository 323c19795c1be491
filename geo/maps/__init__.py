"""Interactive maps of GeoDataFrames: layers of places and of areas in folium's maps, which work offline.

>>> import geopandas
>>> houses = geopandas.GeoDataFrame(
...     {"title": ["Cascina Roccafranca"], "kind": ["house"]},
...     geometry=geopandas.points_from_xy([7.626], [45.037]), crs=4326)
>>> drawn = map_of([places_layer(houses, "Houses")])
>>> drawn.save("houses.html")  # doctest: +SKIP

A file that is saved holds its scripts, styles and data; only the tiles of the base map come from elsewhere.
Only the layers of this module are counted on: other parts of folium that need jQuery or Bootstrap link them
from their servers with `Map.add_js_link`.
"""

from geo.leaflet.specs import Words
from geo.maps.areas import Shading, areas_layer
from geo.maps.elements import Look, OfflineMap, SpecLayer
from geo.maps.places import PlaceColumns, places_layer
from geo.maps.whole import BaseMap, map_of

__all__ = [
    "BaseMap",
    "Look",
    "OfflineMap",
    "PlaceColumns",
    "Shading",
    "SpecLayer",
    "Words",
    "areas_layer",
    "map_of",
    "places_layer",
]
