"""Maps that stand alone: what their layers hold, and the scripts and styles that draw them offline.

Nothing here needs folium or geopandas: `geo.maps` puts the same layers into folium's maps.
"""
