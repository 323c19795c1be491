"""Whether lists of neighbours that were kept are those that a rebuild makes."""

from uuid import UUID

from sqlalchemy import Connection, text

from app.places.lists import rebuild
from app.places.neighbours import state_of
from app.tables.network import KEPT

Lists = dict[UUID, list[tuple[UUID, float]]]


def kept(db: Connection, city: int) -> Lists:
    """The heads and metres of every list of a city."""
    sql = "SELECT id, heads, metres FROM neighbours WHERE city_id = :city"
    return {
        row.id: list(zip(row.heads, row.metres, strict=True)) for row in db.execute(text(sql), {"city": city})
    }


def wrong(db: Connection, city: int) -> Lists:
    """Lists that are not what a rebuild makes of them, where the graph says that it is kept."""
    before = kept(db, city)
    if state_of(db, city).state != KEPT:
        return {}
    rebuild(db, city)
    after = kept(db, city)
    return {key: before.get(key, []) for key in {*before, *after} if before.get(key) != after.get(key)}
