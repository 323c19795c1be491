"""The question of a feed: which places changed last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.places.selection import Selection, conditions, parameters
from app.statements import row, rows

ENTRIES = 50
AREA = (
    "(SELECT a.geom FROM areas AS a WHERE a.city_id = %(city)s AND a.layer = %(layer)s AND a.code = %(code)s)"
)


@dataclass(frozen=True, slots=True)
class News:
    """A place as a feed tells of it."""

    id: UUID
    kind: str
    status: str
    title: str | None
    summary: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    source: str
    licence: str
    recorded_at: datetime
    lon: float
    lat: float


def latest(db: Connection, city_id: int, kinds: Sequence[str], area: tuple[str, str] | None) -> list[News]:
    """The places that changed last, the latest first; of an area, those that it touches."""
    selection = Selection(city_id, tuple(kinds))
    layer, code = area or ("", "")
    inside = f" AND geom && {AREA} AND ST_Intersects(geom, {AREA})" if area else ""
    sql = f"""SELECT id, kind, status, title, summary, language, translations, source, licence, recorded_at,
            lon, lat
        FROM places WHERE {conditions(selection)}{inside}
        ORDER BY recorded_at DESC, id DESC LIMIT {ENTRIES}"""
    return rows(db, News, sql, parameters(selection) | {"layer": layer, "code": code})


def is_area(db: Connection, city_id: int, area: tuple[str, str]) -> bool:
    """Whether the city has this area."""
    values = {"city": city_id, "layer": area[0], "code": area[1]}
    return bool(row(db, f"SELECT {AREA} IS NOT NULL", values)[0])
