"""Vector tiles, finished by the database: one statement for each tile."""

import math
from functools import lru_cache
from typing import Any

from psycopg.types.numeric import Int8
from sqlalchemy import Connection

from app.places.counts import LEVELS, SUMS
from app.places.selection import Selection, conditions, filters, parameters
from app.publish.tiles.tile_matrix import Tile
from app.statements import row_of_bytes
from app.tables.places import KINDS, SHAPE
from geo.curve import BITS

MOST = 10_000
"""More places than this in a tile are clusters: drawn one by one they would weigh megabytes."""
GRID = 4
"""A tile of clusters has 2^4 cells each way: 16 pixels on the usual tile of 256."""
EXTENT, BUFFER = 4096, 64

LEAN = ("kind", "status", "name")
ATTRIBUTES = {
    "kind": "kind",
    "status": "status",
    "name": "title",
    "summary": "summary",
    "language": "language",
    "address": "address",
    "website": "website",
    "accuracy_m": "accuracy_m",
    "valid_from": "lower(valid)::text",
    "valid_to": "upper(valid)::text",
    "source": "source",
    "licence": "licence",
    "recorded_at": "recorded_at::text",
}
"""What a tile may say of a place, and the SQL for it."""


def places(db: Connection, selection: Selection, tile: Tile, attributes: tuple[str, ...]) -> bytes:
    """The places of a tile as a Mapbox Vector Tile; empty where there are none.

    Its layer is `places`, each with its id and `attributes`; or, where they are more than 10,000, `clusters`,
    each with its `count` and with how many of each kind there are. Both are exact. Points stand in one tile
    only; lines and polygons are cut a little beyond the edge.
    """
    body: bytes | None = row_of_bytes(db, *question(selection, tile, attributes), once=selection.once)[0]
    return body or b""


def question(selection: Selection, tile: Tile, attributes: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    """The statement that makes a tile of places, and its values."""
    first, last = tile.codes
    values = parameters(selection) | {"first": Int8(first), "last": Int8(last)}
    values |= {"zoom": tile.zoom, "column": tile.column, "row": tile.row}
    values |= _scale(tile) | {"drop": 2 * (BITS - tile.zoom - GRID)}
    counting, drawing = _kept_level(selection, tile.zoom), _kept_level(selection, tile.zoom + GRID)
    statement = _statement.__wrapped__ if selection.once else _statement
    return statement(selection.shape(), attributes, counting, drawing), values


def _scale(tile: Tile) -> dict[str, float]:
    """What turns degrees into units of the tile, counted from its north-west corner."""
    world = float(EXTENT << tile.zoom)
    return {
        "left": 180 * world / 360 - EXTENT * tile.column,
        "across": world / 360,
        "top": world / 2 - EXTENT * tile.row,
        "down": world / math.tau,
    }


def _kept_level(selection: Selection, least: int) -> int:
    """The coarsest kept grid whose cells are at least so fine; 0 where there is none, or none that counts."""
    return next((level for level in LEVELS if selection.counted and level >= least), 0)


@lru_cache(maxsize=256)
def _statement(selection: Selection, attributes: tuple[str, ...], counting: int, drawing: int) -> str:
    """Counts first, and makes only the one layer that the count asks for: CASE runs no other."""
    total = f"SELECT sum(places) FROM ({_cells(selection, counting)}) AS counted"
    return f"""WITH tile AS (SELECT ST_TileEnvelope(%(zoom)s, %(column)s, %(row)s) AS box)
        SELECT CASE WHEN ({total}) > {MOST} THEN ({_clusters(_cells(selection, drawing))})
            ELSE ({_places(selection, attributes)}) END"""


def _places(selection: Selection, attributes: tuple[str, ...]) -> str:
    said = "".join(f", {ATTRIBUTES[name]} AS {name}" for name in attributes)
    lean = f"SELECT id::text AS id{said}"
    # OFFSET: or each geometry would be made twice, once to see whether there is any.
    margin = f"{BUFFER}.0 / {EXTENT}"
    edges = f"ST_Transform(ST_TileEnvelope(%(zoom)s, %(column)s, %(row)s, margin => {margin}), 4326)"
    return f"""SELECT ST_AsMVT(drawn, 'places', {EXTENT}, 'geom') FROM (
            {lean}, {_point("lon", "lat")} AS geom FROM places
            WHERE {conditions(selection)} AND NOT ({SHAPE}) AND morton BETWEEN %(first)s AND %(last)s
            UNION ALL
            {lean}, ST_AsMVTGeom(ST_Transform(geom, 3857), box, {EXTENT}, {BUFFER}) AS geom FROM places, tile
            WHERE {conditions(selection)} AND {SHAPE} AND geom && {edges}
            OFFSET 0
        ) AS drawn WHERE geom IS NOT NULL"""


def _clusters(cells: str) -> str:
    kinds = "".join(f", sum(places) FILTER (WHERE kind = '{kind}')::bigint AS {kind}" for kind in KINDS)
    middle = _point(*(f"(sum({axis}) / sum(places) / 1e7)::float8" for axis in ("lon_e7", "lat_e7")))
    return f"""SELECT ST_AsMVT(drawn, 'clusters', {EXTENT}, 'geom') FROM (
            SELECT sum(places)::bigint AS count{kinds}, {middle} AS geom
            FROM ({cells}) AS cells GROUP BY cell HAVING sum(places) > 0
        ) AS drawn"""


def _cells(selection: Selection, level: int) -> str:
    """The tile's cells: of a kept grid, because tiles end where cells end, or gathered from the places."""
    if not level:
        return f"""SELECT morton >> %(drop)s AS cell, kind, {SUMS} FROM places
            WHERE {conditions(selection)} AND morton BETWEEN %(first)s AND %(last)s GROUP BY 1, kind"""
    bits = 2 * (BITS - level)
    return f"""SELECT cell >> greatest(0, %(drop)s - {bits}) AS cell, kind, places, lon_e7, lat_e7
        FROM place_counts WHERE city_id = %(city)s AND level = {level} AND {filters(selection)}
            AND cell BETWEEN %(first)s::bigint >> {bits} AND %(last)s::bigint >> {bits}"""


def _point(lon: str, lat: str) -> str:
    """SQL for a point in units of the tile.

    It is what ST_Transform and ST_AsMVTGeom make of it, at less than half their price. Latitudes beyond the
    Mercator square stand on its edge, as their Morton codes do.
    """
    x = f"round({lon} * %(across)s::float8 + %(left)s::float8)"
    y = f"round(%(top)s::float8 - asinh(tan(radians({lat}))) * %(down)s::float8)"
    return f"ST_MakePoint({x}, least({EXTENT}, greatest(0, {y})))"
