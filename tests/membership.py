"""Areas for tests, and in which of them places stand, found the slow way."""

from uuid import UUID

import shapely
from sqlalchemy import Connection, text

from app.fragility.membership import settle
from app.places.membership import begin_alone
from app.progress import Silent

Members = set[tuple[UUID, str, str, str, str]]
Counts = dict[tuple[str, str, str, str], int]


def put_areas(db: Connection, city: int, layer: str, shapes: dict[str, str]) -> None:
    """Areas of a layer, by their codes, as well-known text; those that are there are replaced."""
    begin_alone(db)
    names = {"city": city, "layer": layer, "name": f'{{"it": "{layer}"}}'}
    db.execute(
        text("""INSERT INTO area_layers (city_id, slug, names)
            VALUES (:city, :layer, cast(:name AS jsonb)) ON CONFLICT DO NOTHING"""),
        names,
    )
    db.execute(text("DELETE FROM areas WHERE city_id = :city AND layer = :layer"), names)
    for code, shape in shapes.items():
        db.execute(
            text("""INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
                VALUES (:city, :layer, :code, 'a test', 'CC0-1.0', '2026-01-02',
                    ST_Multi(ST_GeomFromText(:shape, 4326)))"""),
            {**names, "code": code, "shape": shape},
        )
    settle(db, city, [layer], Silent())


def kept_members(db: Connection, city: int) -> Members:
    """What is kept of the places of a city: id, layer, code, kind and status."""
    sql = "SELECT id, layer, code, kind, status FROM place_areas WHERE city_id = :city"
    return {tuple(row) for row in db.execute(text(sql), {"city": city})}


def kept_counts(db: Connection, city: int) -> Counts:
    """How many places there are by layer, code, kind and status, as kept."""
    sql = """SELECT layer, code, kind, status, sum(places)::int AS places FROM area_counts
        WHERE city_id = :city GROUP BY layer, code, kind, status HAVING sum(places) <> 0"""
    return {tuple(row)[:4]: row.places for row in db.execute(text(sql), {"city": city})}


def by_looking(db: Connection, city: int) -> Members:
    """Of every public place, the area of each layer that it should be in: each is asked of each."""
    sql = """SELECT id, kind, status, lon, lat FROM places
        WHERE city_id = :city AND moderation = 'published'"""
    places = db.execute(text(sql), {"city": city}).all()
    sql = "SELECT layer, code, ST_AsBinary(geom) AS shape FROM areas WHERE city_id = :city"
    areas = db.execute(text(sql), {"city": city}).all()
    found: dict[tuple[UUID, str], tuple[str, str, str]] = {}
    for area in sorted(areas, key=lambda each: each.code, reverse=True):
        shape = shapely.from_wkb(area.shape)
        for place in places:
            if shape.intersects(shapely.Point(place.lon, place.lat)):
                found[place.id, area.layer] = (area.code, place.kind, place.status)
    return {(*key, *said) for key, said in found.items()}
