"""The question of a feed: which places changed last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.places.selection import Selection, conditions, parameters
from app.statements import row, rows
from app.tables.places import KINDS

ENTRIES = 50
COLUMNS = "id, kind, status, title, summary, language, translations, source, licence, recorded_at, lon, lat"
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
    """The places that changed last, the latest first; of an area, those that it touches.

    Each kind gives its own latest out of an index, however many places there are. An area costs a look at
    every place in it.
    """
    sql, values = question(city_id, kinds, area)
    return rows(db, News, sql, values)


def question(city_id: int, kinds: Sequence[str], area: tuple[str, str] | None) -> tuple[str, dict[str, Any]]:
    """The statement of `latest`, and its values."""
    selection = Selection(city_id, tuple(kinds))
    layer, code = area or ("", "")
    newest = f"ORDER BY recorded_at DESC, id DESC LIMIT {ENTRIES}"
    if area:
        # MATERIALIZED, or an order that an index has might be walked through the whole city for one area.
        sql = f"""WITH inside AS MATERIALIZED (SELECT {COLUMNS} FROM places
                WHERE {conditions(selection)} AND geom && {AREA} AND ST_Intersects(geom, {AREA}))
            SELECT * FROM inside {newest}"""
    else:
        sql = f"""SELECT news.* FROM unnest(%(of)s::text[]) AS wanted (kind) CROSS JOIN LATERAL (
                SELECT {COLUMNS} FROM places
                WHERE {conditions(Selection(city_id))} AND places.kind = wanted.kind {newest}
            ) AS news {newest}"""
    values = {"layer": layer, "code": code, "of": list(kinds or KINDS)}
    return sql, parameters(selection) | values


def is_area(db: Connection, city_id: int, area: tuple[str, str]) -> bool:
    """Whether the city has this area."""
    values = {"city": city_id, "layer": area[0], "code": area[1]}
    return bool(row(db, f"SELECT {AREA} IS NOT NULL", values)[0])
