"""Vector tiles of a layer of areas, finished by the database."""

from sqlalchemy import Connection

from app.fragility.shapes import ZOOMS
from app.publish.tiles.tile_matrix import Tile
from app.publish.tiles.vector_queries import BUFFER, EXTENT
from app.statements import row_of_bytes

# An area that has no simplified shape, as those of an older installation, is drawn as it is.
AREAS = f"""WITH tile AS (SELECT ST_TileEnvelope(%(zoom)s, %(column)s, %(row)s) AS box)
    SELECT ST_AsMVT(drawn, 'areas', {EXTENT}, 'geom') FROM (
        SELECT a.layer, a.code, a.name, a.approximate, v.value,
            ST_AsMVTGeom(coalesce(s.geom, ST_Transform(a.geom, 3857)), box, {EXTENT}, {BUFFER}) AS geom
        FROM tile CROSS JOIN areas AS a
        LEFT JOIN area_shapes AS s ON s.city_id = %(city)s AND s.layer = a.layer AND s.code = a.code
            AND s.zoom = %(drawn)s
        LEFT JOIN indicator_values AS v ON v.city_id = %(city)s AND v.indicator = %(indicator)s
            AND v.area_code = a.code
        WHERE a.city_id = %(city)s AND a.layer = %(layer)s AND a.geom && ST_Transform(
            ST_TileEnvelope(%(zoom)s, %(column)s, %(row)s, margin => {BUFFER}.0 / {EXTENT}), 4326)
        OFFSET 0
    ) AS drawn WHERE geom IS NOT NULL"""


def areas(db: Connection, city_id: int, layer: str, indicator: str, tile: Tile) -> bytes:
    """The areas of a tile as a Mapbox Vector Tile; empty where there are none.

    Each says its layer, code, name, whether it is approximate, and its `value` of the indicator ("": none).
    """
    drawn = next((zoom for zoom in ZOOMS if zoom >= tile.zoom), 0)
    values = {"city": city_id, "layer": layer, "indicator": indicator, "drawn": drawn}
    values |= {"zoom": tile.zoom, "row": tile.row, "column": tile.column}
    body: bytes | None = row_of_bytes(db, AREAS, values)[0]
    return body or b""
