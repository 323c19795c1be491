"""The shapes of a layer for small scales: simplified as one, so that neighbours keep their common borders."""

import numpy as np
import shapely
from sqlalchemy import Connection, text

from geo import coverage

ZOOMS = (8, 10, 12, 14)
"""Drawn for these; a map in between takes the next finer one, and above the last the areas as they are."""

HALF_PIXEL_M = 2 * 20037508.342789244 / 256 / 2
"""Half a pixel at zoom 0, in metres of EPSG:3857."""


def redraw(db: Connection, city_id: int, layer: str) -> None:
    """Draw the layer anew for every zoom, after its areas have changed."""
    key = {"city": city_id, "layer": layer}
    db.execute(text("DELETE FROM area_shapes WHERE city_id = :city AND layer = :layer"), key)
    sql = """SELECT code, ST_AsBinary(ST_Transform(geom, 3857)) AS shape FROM areas
        WHERE city_id = :city AND layer = :layer ORDER BY code"""
    areas = db.execute(text(sql), key).all()
    codes = [area.code for area in areas]
    shapes = shapely.from_wkb(np.array([bytes(area.shape) for area in areas], dtype=object))
    for zoom in ZOOMS if codes else ():
        drawn = shapely.to_wkb(coverage.simplified(shapes, HALF_PIXEL_M / 2**zoom))
        db.execute(text(_INSERT), {**key, "zoom": zoom, "codes": codes, "shapes": drawn.tolist()})


_INSERT = """INSERT INTO area_shapes (city_id, layer, zoom, code, geom)
    SELECT :city, :layer, :zoom, code, ST_Multi(ST_GeomFromWKB(shape, 3857))
    FROM unnest(cast(:codes AS text[]), cast(:shapes AS bytea[])) AS drawn (code, shape)"""
