"""What follows from areas, made anew when they have changed: shapes, inner points, and who stands in them."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from app.fragility import queries
from app.fragility.shapes import redraw
from app.places.assigning import assign, rebuild
from app.progress import Watcher


def settle(db: Connection, city_id: int, layers: Sequence[str], watch: Watcher) -> None:
    """Bring everything up to date that follows from the areas of these layers.

    The transaction must have begun with `app.places.membership.begin_alone`.
    """
    _draw(db, city_id, layers)
    watch.stage("Finding the area of every place")
    assign(db, city_id, layers)


def settle_anew(db: Connection, city_id: int) -> int:
    """Settle every layer of the city, after areas or places were changed by hand.

    Gives how many rows of where places stand had been wrong. The transaction must have begun with
    `app.places.membership.begin_alone`.
    """
    _draw(db, city_id, [layer.slug for layer in queries.layers(db, city_id)])
    return rebuild(db, city_id)


def _draw(db: Connection, city_id: int, layers: Sequence[str]) -> None:
    for layer in layers:
        redraw(db, city_id, layer)
        put_points(db, city_id, layer)


def put_points(db: Connection, city_id: int, layer: str) -> None:
    """Find a point inside every area of the layer, from which distances are measured."""
    key = {"city": city_id, "layer": layer}
    db.execute(text("DELETE FROM area_points WHERE city_id = :city AND layer = :layer"), key)
    sql = """INSERT INTO area_points (city_id, layer, code, lon, lat)
        SELECT :city, :layer, code, ST_X(inner_point), ST_Y(inner_point) FROM areas
        CROSS JOIN LATERAL ST_PointOnSurface(geom) AS inner_point
        WHERE city_id = :city AND layer = :layer"""
    db.execute(text(sql), key)
