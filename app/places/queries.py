"""The questions about places; each takes a connection and gives typed rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.params import Cursor
from app.places.counts import LEVELS
from app.places.selection import Match, Selection, conditions, filters, page, parameters
from app.statements import row, row_of_bytes, rows
from app.tables.places import VISIBLE

PROPERTIES = (
    "kind, status, title, summary, language, translations, address, website, accuracy_m,"
    " lower(valid) AS valid_from, upper(valid) AS valid_to, source, licence, recorded_at"
)
"""What a feature says of a place, in the words of the API."""

COLUMNS = (
    "id, kind, status, title, summary, language, translations, address, website, accuracy_m, valid, source,"
    " licence, recorded_at, morton, geom"
)

# Text concatenation around row_to_json makes a feature 4 to 5 times faster than jsonb_build_object does.
FEATURE = (
    """'{"type":"Feature","id":"' || id || '","geometry":' || ST_AsGeoJSON(geom, 7) || ',"properties":'"""
    f" || row_to_json((SELECT p FROM (SELECT {PROPERTIES}) AS p))::text || '}}'"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of features: their JSON separated by commas, how many, and where the next page begins."""

    features: bytes
    count: int
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class Place:
    """Everything the public may know of a place; `geometry` is GeoJSON, dates are in UTC."""

    id: UUID
    kind: str
    status: str
    title: str | None
    summary: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    address: str | None
    website: str | None
    properties: dict[str, Any] | None
    accuracy_m: float | None
    valid_from: datetime | None
    valid_to: datetime | None
    source: str
    licence: str
    external_id: str | None
    revision: int
    recorded_at: datetime
    lon: float
    lat: float
    geometry: str


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """What a list says of a place."""

    id: UUID
    kind: str
    status: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    address: str | None
    lon: float
    lat: float
    morton: int


@dataclass(frozen=True, slots=True)
class MappedPlace:
    """What a map that stands alone says of a place; `shape` is GeoJSON, None where the place is a point."""

    id: UUID
    kind: str
    status: str
    title: str | None
    summary: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    address: str | None
    website: str | None
    source: str
    licence: str
    lon: float
    lat: float
    shape: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many places there are of a kind and a status."""

    kind: str
    status: str
    places: int


def features(db: Connection, selection: Selection, limit: int) -> Page:
    """The next `limit` places as GeoJSON features, made by the database."""
    values = parameters(selection) | {"limit": limit}
    statement = features_statement(selection.shape())
    body, count, found, morton, last = row_of_bytes(db, statement, values)
    return Page(body, count, Cursor(morton, last) if found > limit else None)


@lru_cache(maxsize=64)
def features_statement(selection: Selection) -> str:
    """The SQL of `features`: their JSON, how many there are, how many were found, and the last one's key."""
    return f"""WITH {page(selection, COLUMNS)},
        numbered AS (SELECT *, row_number() OVER () AS number FROM page),
        kept AS (SELECT * FROM numbered WHERE number <= %(limit)s)
        SELECT coalesce(string_agg({FEATURE}, ','), ''), count(*),
            (SELECT count(*) FROM page), (array_agg(morton))[count(*)], (array_agg(id))[count(*)]
        FROM kept"""


ONE_FEATURE = f"""SELECT (SELECT {FEATURE} FROM places
    WHERE city_id = %(city)s AND id = %(id)s AND {VISIBLE})"""


def feature(db: Connection, city_id: int, place_id: UUID) -> bytes | None:
    """One place as a GeoJSON feature; None where the public has no such place."""
    body: bytes | None = row_of_bytes(db, ONE_FEATURE, {"city": city_id, "id": place_id})[0]
    return body


def place(db: Connection, city_id: int, place_id: UUID) -> Place | None:
    """One place; None where the public has no such place."""
    sql = f"""SELECT id, kind, status, title, summary, language, translations, address, website, properties,
            accuracy_m, lower(valid) AS valid_from, upper(valid) AS valid_to, source, licence, external_id,
            revision, recorded_at, lon, lat, ST_AsGeoJSON(geom, 7) AS geometry
        FROM places WHERE city_id = %(city)s AND id = %(id)s AND {VISIBLE}"""
    found = rows(db, Place, sql, {"city": city_id, "id": place_id})
    return found[0] if found else None


def listed(db: Connection, selection: Selection, limit: int) -> list[ListedPlace]:
    """The next places of the selection, at most `limit` + 1: one more says that there are more."""
    columns = "id, kind, status, title, language, translations, address, lon, lat, morton"
    extra = ", geom" if selection.bbox else ""
    sql = f"WITH {page(selection, columns + extra)} SELECT {columns} FROM page ORDER BY morton, id"
    return rows(db, ListedPlace, sql, parameters(selection) | {"limit": limit})


def mapped(db: Connection, selection: Selection, limit: int) -> list[MappedPlace]:
    """The next places of the selection, at most `limit` + 1: one more says that there are more."""
    columns = (
        "id, kind, status, title, summary, language, translations, address, website, source, licence,"
        " lon, lat"
    )
    sql = f"""WITH {page(selection, f"{columns}, morton, geom")}
        SELECT {columns}, CASE WHEN GeometryType(geom) <> 'POINT' THEN ST_AsGeoJSON(geom, 6) END AS shape
        FROM page ORDER BY morton, id"""
    return rows(db, MappedPlace, sql, parameters(selection) | {"limit": limit})


def counts(db: Connection, selection: Selection) -> list[Count]:
    """How many places of each kind and status the city has under the selection's filters, its box apart."""
    if selection.match:
        sql = f"""SELECT kind, status, count(*) AS places FROM places WHERE {conditions(selection)}
            GROUP BY kind, status ORDER BY kind, status"""
    else:
        sql = f"""SELECT kind, status, sum(places)::bigint AS places FROM place_counts
            WHERE city_id = %(city)s AND level = {LEVELS[0]} AND {filters(selection)}
            GROUP BY kind, status HAVING sum(places) > 0 ORDER BY kind, status"""
    return rows(db, Count, sql, parameters(replace(selection, bbox=None)))


def matching(db: Connection, city_id: int, words: str) -> Match | None:
    """How to find these words: exactly, if any place has them, else forgiving typing errors.

    None where there are no words to find. Forgiveness is asked for only when it is needed, because it
    costs more and would mix what was meant with what merely looks alike.
    """
    exact = Match(words)
    if not exact.query:
        return None
    selection = Selection(city_id, match=exact)
    sql = f"SELECT EXISTS (SELECT FROM places WHERE {conditions(selection)})"
    return exact if row(db, sql, parameters(selection))[0] else Match(words, forgiving=True)


def alike(db: Connection, city_id: int, words: str, limit: int) -> list[ListedPlace]:
    """The places that the words find, those with the titles most like them first."""
    match = matching(db, city_id, words)
    if match is None:
        return []
    selection = Selection(city_id, match=match)
    sql = f"""WITH matches AS MATERIALIZED (SELECT * FROM places WHERE {conditions(selection)} LIMIT 2000)
        SELECT id, kind, status, title, language, translations, address, lon, lat, morton FROM matches
        ORDER BY word_similarity(folded(%(words)s), folded(title)) DESC NULLS LAST, title, id
        LIMIT %(limit)s"""
    return rows(db, ListedPlace, sql, parameters(selection) | {"limit": limit})


def at_codes(db: Connection, selection: Selection, codes: Sequence[int]) -> list[ListedPlace]:
    """The places of the selection whose anchors have these Morton codes."""
    sql = f"""SELECT id, kind, status, title, language, translations, address, lon, lat, morton
        FROM places WHERE {conditions(selection)} AND morton = ANY(%(codes)s::bigint[])"""
    return rows(db, ListedPlace, sql, parameters(selection) | {"codes": list(codes)})
