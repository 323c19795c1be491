"""In which area of each layer every public place stands, kept by whatever writes places.

A place belongs to the area of a layer that holds its anchor, the position that the public is told; where
several hold it, because it stands on a border or areas overlap, to the one with the smallest code (of texts,
character by character). An area holds its border. The database only proposes areas, by their boxes; the exact
test of `geo.holding` decides, here and where all places are assigned at once (`app/places/assigning.py`), so
that both come to the same. How many places stand in each area is kept beside, by slots as in `counts`.

Whoever writes places shares the areas of the city with the other writers (`share`) until the transaction
ends, after the places are locked; who changes areas holds them alone. Never commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, text

from app.statements import executed, rows
from app.tables.places import VISIBLE

AREAS = 0x61726561
"""The first half of the keys of the advisory locks on a city's areas; any constant will do."""
AT_ONCE = 200
"""So many places are looked at in one go."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place, and an area whose box its anchor stands in; of a place in no box there is none."""

    id: UUID
    kind: str
    status: str
    lon: float
    lat: float
    layer: str
    code: str
    shape: bytes


@dataclass(frozen=True, slots=True)
class _Member:
    id: UUID
    layer: str
    code: str
    kind: str
    status: str
    lon: float
    lat: float


def share(db: Connection, city_id: int) -> None:
    """Let nobody change the areas of the city until the transaction ends; others may write places."""
    # The statement names `areas`, so that their table is locked before the key is: everybody takes places,
    # areas and the key in this order, and nobody waits in a ring.
    sql = """SELECT pg_advisory_xact_lock_shared(:key, :city)
        WHERE NOT EXISTS (SELECT FROM areas WHERE city_id = :city AND false)"""
    db.execute(text(sql), {"key": AREAS, "city": city_id})


def begin_alone(db: Connection) -> None:
    """What a transaction that will change areas does first: before it locks them, it locks places."""
    db.execute(text("LOCK TABLE places IN ACCESS SHARE MODE"))


def hold_alone(db: Connection, city_id: int) -> None:
    """Let nobody write places until the transaction ends, which sees from now on what was written before."""
    db.execute(text("SELECT pg_advisory_xact_lock(:key, :city)"), {"key": AREAS, "city": city_id})


def renew(db: Connection, city_id: int, place_ids: Sequence[UUID], slot: int) -> None:
    """Bring these places' areas and the counts up to date, after they were written, shown, hidden or removed.

    The places must be locked, or gone; `slot` as `counts.seat` gave it.
    """
    share(db, city_id)
    for first in range(0, len(place_ids), AT_ONCE):
        ids = list(place_ids[first : first + AT_ONCE])
        _write(db, city_id, ids, _members(_candidates(db, city_id, ids)), slot)


def _candidates(db: Connection, city_id: int, place_ids: list[UUID]) -> list[_Candidate]:
    sql = f"""SELECT p.id, p.kind, p.status, p.lon, p.lat, a.layer, a.code, ST_AsBinary(a.geom) AS shape
        FROM places AS p JOIN areas AS a
            ON a.city_id = %(city)s AND a.geom && ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)
        WHERE p.city_id = %(city)s AND p.id = ANY(%(ids)s::uuid[]) AND p.{VISIBLE}
        ORDER BY p.id, a.layer, a.code COLLATE "C" """
    return rows(db, _Candidate, sql, {"city": city_id, "ids": place_ids})


def _members(candidates: Sequence[_Candidate]) -> list[_Member]:
    """Of each place and layer, the first candidate that holds the anchor."""
    found: dict[tuple[UUID, str], _Member] = {}
    for each in candidates:
        key = (each.id, each.layer)
        if key not in found and shapely.intersects_xy(shapely.from_wkb(each.shape), each.lon, each.lat):
            found[key] = _Member(each.id, each.layer, each.code, each.kind, each.status, each.lon, each.lat)
    return list(found.values())


def _write(
    db: Connection, city_id: int, place_ids: list[UUID], members: Sequence[_Member], slot: int
) -> None:
    columns = {
        "ids": [each.id for each in members],
        "layers": [each.layer for each in members],
        "codes": [each.code for each in members],
        "kinds": [each.kind for each in members],
        "statuses": [each.status for each in members],
        "lons": [each.lon for each in members],
        "lats": [each.lat for each in members],
    }
    values: dict[str, Any] = columns | {"city": city_id, "touched": place_ids, "slot": slot}
    executed(db, _WRITE, values)


_WRITE = """WITH now AS MATERIALIZED (SELECT * FROM unnest(%(ids)s::uuid[], %(layers)s::text[],
            %(codes)s::text[], %(kinds)s::text[], %(statuses)s::text[], %(lons)s::float8[],
            %(lats)s::float8[]) AS n (id, layer, code, kind, status, lon, lat)),
        before AS MATERIALIZED (SELECT id, layer, code, kind, status, lon, lat FROM place_areas
            WHERE city_id = %(city)s AND id = ANY(%(touched)s::uuid[])),
        gone AS (DELETE FROM place_areas AS t WHERE t.city_id = %(city)s AND t.id = ANY(%(touched)s::uuid[])
            AND NOT EXISTS (SELECT FROM now WHERE now.id = t.id AND now.layer = t.layer)),
        written AS (INSERT INTO place_areas (city_id, id, layer, code, kind, status, lon, lat)
            SELECT %(city)s, changed.* FROM (TABLE now EXCEPT TABLE before) AS changed
            ON CONFLICT (city_id, id, layer) DO UPDATE
                SET code = excluded.code, kind = excluded.kind, status = excluded.status,
                    lon = excluded.lon, lat = excluded.lat)
    INSERT INTO area_counts AS kept (city_id, layer, code, kind, status, slot, places)
        SELECT %(city)s, layer, code, kind, status, %(slot)s, sum(change) FROM (
            SELECT layer, code, kind, status, 1 AS change FROM now
            UNION ALL SELECT layer, code, kind, status, -1 FROM before
        ) AS changes GROUP BY layer, code, kind, status HAVING sum(change) <> 0
        ORDER BY layer, code, kind, status
        ON CONFLICT (city_id, layer, code, kind, status, slot)
            DO UPDATE SET places = kept.places + excluded.places"""
"""All parts of a statement read what was there before it: so `before` holds what it takes away."""
