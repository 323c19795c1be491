"""The questions about places; each takes a connection and gives typed rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.cql.form import PLAIN, Form, columns
from app.cql.sorting import token
from app.crs import CRS84, Crs
from app.params import Cursor
from app.places import properties
from app.places.counts import LEVELS
from app.places.selection import Match, Selection, conditions, filters, page, parameters, touching
from app.statements import row, row_of_bytes, rows
from app.tables.places import VISIBLE

SHOWN = tuple(each for each in properties.PROPERTIES if each.shown)
"""What a feature says of a place, in the words of the API."""

COLUMNS = (
    "id, kind, status, title, summary, language, translations, address, website, accuracy_m, valid, source,"
    " licence, recorded_at, confirmed_at, morton, geom"
)


def feature_sql(form: Form = PLAIN) -> str:
    """SQL for a place as a GeoJSON feature.

    Text concatenation around row_to_json makes a feature 4 to 5 times faster than jsonb_build_object does.
    """
    shown = SHOWN if form.properties is None else form.properties
    said = f"row_to_json((SELECT p FROM (SELECT {columns(shown)}) AS p))::text" if shown else "'{}'"
    return (
        """'{"type":"Feature","id":"' || id || '","geometry":' || """
        f"""{form.crs.geojson("geom")} || ',"properties":' || {said} || '}}'"""
    )


FEATURE = feature_sql()


@dataclass(frozen=True, slots=True)
class Page:
    """A page of features: their JSON separated by commas, how many, and where the next page begins."""

    features: bytes
    count: int
    after: Cursor | str | None


@dataclass(frozen=True, slots=True)
class OneFeature:
    """A place as a GeoJSON feature; `confirmed_at` where it was confirmed after its version was written."""

    feature: bytes
    revision: int
    confirmed_at: datetime | None


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
    confirmed_at: datetime | None
    moderation: str


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


def features(db: Connection, selection: Selection, limit: int, form: Form = PLAIN) -> Page:
    """The next `limit` places as GeoJSON features, made by the database."""
    selection = selection.boxed()
    values = parameters(selection) | {"limit": limit, "offset": form.offset}
    if form.sorting:
        return _sorted_features(db, selection, form, values)
    once = selection.once or form.once
    statement = (_features_sql if once else features_statement)(selection.shape(), form.shape())
    body, count, found, morton, last = row_of_bytes(db, statement, values, once=once)
    return Page(body, count, Cursor(morton, last) if found > limit else None)


def _features_sql(selection: Selection, form: Form = PLAIN) -> str:
    """The SQL of `features`: their JSON, how many there are, how many were found, and the last one's key."""
    return f"""WITH {page(selection, COLUMNS, form.skipping)},
        numbered AS (SELECT *, row_number() OVER () AS number FROM page),
        kept AS (SELECT * FROM numbered WHERE number <= %(limit)s)
        SELECT coalesce(string_agg({feature_sql(form)}, ','), ''), count(*),
            (SELECT count(*) FROM page), (array_agg(morton))[count(*)], (array_agg(id))[count(*)]
        FROM kept"""


features_statement = lru_cache(maxsize=64)(_features_sql)
"""The SQL of a shape of question; what a caller's own filter shapes is not kept here either."""


def _sorted_features(db: Connection, selection: Selection, form: Form, values: dict[str, Any]) -> Page:
    """A page in an order of the caller's: it costs a look at every place of the selection, however deep."""
    assert form.sorting is not None
    sorting, box = form.sorting, f" AND {touching(selection)}" if selection.bbox else ""
    statement = f"""WITH page AS MATERIALIZED (
            SELECT {COLUMNS} FROM places WHERE {conditions(selection)}{box} AND {sorting.beyond()}
            ORDER BY {sorting.order()} LIMIT %(limit)s + 1{form.skipping}),
        numbered AS (SELECT *, {sorting.last()} AS keys, row_number() OVER () AS number FROM page),
        kept AS (SELECT * FROM numbered WHERE number <= %(limit)s)
        SELECT coalesce(string_agg({feature_sql(form)}, ','), ''), count(*),
            (SELECT count(*) FROM page), (array_agg(keys))[count(*)]
        FROM kept"""
    body, count, found, last = row_of_bytes(db, statement, values | sorting.values(), once=True)
    return Page(body, count, token(last) if found > values["limit"] else None)


@lru_cache(maxsize=64)
def feature_statement(of_kinds: bool = False, form: Form = PLAIN) -> str:
    """The SQL of `feature`."""
    kinds = " AND kind = ANY(%(kinds)s)" if of_kinds else ""
    return f"""SELECT found.* FROM (VALUES (true)) AS asked LEFT JOIN (
            SELECT {feature_sql(form)} AS feature, revision,
                CASE WHEN confirmed_at <> recorded_at THEN confirmed_at END AS confirmed_at FROM places
            WHERE city_id = %(city)s AND id = %(id)s AND {VISIBLE}{kinds}
        ) AS found ON true"""


ONE_FEATURE = feature_statement()


def feature(
    db: Connection, city_id: int, place_id: UUID, kinds: tuple[str, ...] = (), crs: Crs = CRS84
) -> OneFeature | None:
    """One place, of one of these kinds if there are any; None where there is none."""
    sql = feature_statement(bool(kinds), Form(crs))
    values = {"city": city_id, "id": place_id, "kinds": list(kinds)}
    body, revision, confirmed_at = row_of_bytes(db, sql, values)
    return None if body is None else OneFeature(body, revision, confirmed_at)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a place: a held one shows to who pinned or wrote it, and to `moderator`s."""

    person: UUID | None = None
    moderator: bool = False


PUBLIC = Viewer()


def place(db: Connection, city_id: int, place_id: UUID, viewer: Viewer = PUBLIC) -> Place | None:
    """One place; None where there is none that the viewer may see."""
    sql = f"""SELECT id, kind, status, title, summary, language, translations, address, website, properties,
            accuracy_m, lower(valid) AS valid_from, upper(valid) AS valid_to, source, licence, external_id,
            revision, recorded_at, lon, lat, ST_AsGeoJSON(geom, 7) AS geometry, confirmed_at, moderation
        FROM places WHERE city_id = %(city)s AND id = %(id)s AND ({VISIBLE} OR moderation = 'held' AND (
            %(moderator)s OR author = %(person)s OR EXISTS (SELECT FROM place_revisions
                WHERE city_id = %(city)s AND id = %(id)s AND revision = 1 AND author = %(person)s)))"""
    values = {"city": city_id, "id": place_id, "person": viewer.person, "moderator": viewer.moderator}
    found = rows(db, Place, sql, values)
    return found[0] if found else None


def listed(db: Connection, selection: Selection, limit: int) -> list[ListedPlace]:
    """The next places of the selection, at most `limit` + 1: one more says that there are more."""
    listed = "id, kind, status, title, language, translations, address, lon, lat, morton"
    extra = ", geom" if selection.bbox else ""
    sql = f"WITH {page(selection, listed + extra)} SELECT {listed} FROM page ORDER BY morton, id"
    return rows(db, ListedPlace, sql, parameters(selection) | {"limit": limit}, once=selection.once)


def mapped(db: Connection, selection: Selection, limit: int) -> list[MappedPlace]:
    """The next places of the selection, at most `limit` + 1: one more says that there are more."""
    said = (
        "id, kind, status, title, summary, language, translations, address, website, source, licence,"
        " lon, lat"
    )
    sql = f"""WITH {page(selection, f"{said}, morton, geom")}
        SELECT {said}, CASE WHEN GeometryType(geom) <> 'POINT' THEN ST_AsGeoJSON(geom, 6) END AS shape
        FROM page ORDER BY morton, id"""
    return rows(db, MappedPlace, sql, parameters(selection) | {"limit": limit}, once=selection.once)


def counts(db: Connection, selection: Selection) -> list[Count]:
    """How many places of each kind and status the city has under the selection's filters, its box apart."""
    if selection.counted:
        sql = f"""SELECT kind, status, sum(places)::bigint AS places FROM place_counts
            WHERE city_id = %(city)s AND level = {LEVELS[0]} AND {filters(selection)}
            GROUP BY kind, status HAVING sum(places) > 0 ORDER BY kind, status"""
    else:
        sql = f"""SELECT kind, status, count(*) AS places FROM places WHERE {conditions(selection)}
            GROUP BY kind, status ORDER BY kind, status"""
    return rows(db, Count, sql, parameters(replace(selection, bbox=None)), once=selection.once)


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
        ORDER BY word_similarity(folded(%(words)s), folded(title)) DESC NULLS LAST,
            similarity(folded(%(words)s), folded(title)) DESC NULLS LAST, title, id
        LIMIT %(limit)s"""
    return rows(db, ListedPlace, sql, parameters(selection) | {"limit": limit}, once=selection.once)


def at_codes(db: Connection, selection: Selection, codes: Sequence[int]) -> list[ListedPlace]:
    """The places of the selection whose anchors have these Morton codes."""
    sql = f"""SELECT id, kind, status, title, language, translations, address, lon, lat, morton
        FROM places WHERE {conditions(selection)} AND morton = ANY(%(codes)s::bigint[])"""
    values = parameters(selection) | {"codes": list(codes)}
    return rows(db, ListedPlace, sql, values, once=selection.once)
