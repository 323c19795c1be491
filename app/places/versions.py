"""The SQL that writes versions of places, and reads them back to write the next. Never commits.

Whoever writes takes a seat first (`counts.seat`), then locks the places (`lock`), then writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from psycopg.types.json import Jsonb
from psycopg.types.range import TimestamptzRange
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Row, text

from app.places.content import Content
from app.tables.places import VISIBLE, places
from geo.blur import Blur
from geo.curve import encode
from geo.geometry import anchor

Key = tuple[int, UUID]
"""A city's number and a place's id: every statement says both."""
CONTENT = (
    "kind, status, title, summary, language, translations, address, website, accuracy_m, valid, author,"
    " on_behalf_of, note, blur_m, lon, lat, morton, geom"
)
ALL = ", ".join(column.name for column in places.columns)


@dataclass(frozen=True, slots=True)
class Current:
    """The version that a place has now; `geometry` is the exact one, `blur` how the public one was made."""

    id: UUID
    revision: int
    moderation: str
    author: UUID | None
    merged_into: UUID | None
    content: Content
    blur: Blur | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version to be written: what it says, its public shape, and who writes it when."""

    content: Content
    public: BaseGeometry
    author: UUID | None
    at: datetime


def lock(db: Connection, city_id: int, place_ids: Sequence[UUID]) -> list[UUID]:
    """Keep other writers away from these places until the transaction ends; gives those that there are."""
    sql = "SELECT id FROM places WHERE city_id = :city AND id = ANY(:ids) ORDER BY id FOR UPDATE"
    return list(db.scalars(text(sql), {"city": city_id, "ids": list(place_ids)}))


def current(db: Connection, key: Key) -> Current | None:
    """The version of a place that counts now, public or not; None where there is no such place."""
    return _version(db, key, "places", "")


def earlier(db: Connection, key: Key, revision: int) -> Current | None:
    """A superseded version; None where there is none of this number."""
    return _version(db, key, "place_revisions", " AND p.revision = :revision", revision=revision)


def _version(db: Connection, key: Key, table: str, which: str, **values: object) -> Current | None:
    sql = f"""SELECT p.id, p.revision, p.moderation, p.author, p.merged_into, p.kind, p.status, p.title,
            p.summary, p.language, p.translations, p.address, p.website, p.blur_m, p.note, p.on_behalf_of,
            lower(p.valid) AS since, upper(p.valid) AS until, e.azimuth, e.share,
            CASE WHEN e.id IS NULL THEN p.accuracy_m ELSE e.accuracy_m END AS accuracy_m,
            ST_AsBinary(coalesce(e.geom, p.geom)) AS wkb
        FROM {table} p LEFT JOIN place_exact e
            ON e.city_id = :city AND e.id = p.id AND e.revision = p.revision
        WHERE p.city_id = :city AND p.id = :id{which}"""
    row = db.execute(text(sql), {"city": key[0], "id": key[1], **values}).one_or_none()
    return _current(row) if row else None


def _current(row: Row[Any]) -> Current:
    content = Content(
        row.kind,
        row.status,
        row.language,
        shapely.from_wkb(row.wkb),
        title=row.title,
        summary=row.summary,
        address=row.address,
        website=row.website,
        translations=row.translations or {},
        accuracy_m=row.accuracy_m,
        blur_m=row.blur_m,
        since=row.since,
        until=row.until,
        note=row.note,
        on_behalf_of=row.on_behalf_of,
    )
    blur = None if row.share is None else Blur(row.azimuth, row.share)
    return Current(row.id, row.revision, row.moderation, row.author, row.merged_into, content, blur)


def insert(db: Connection, key: Key, version: Version, moderation: str, source: tuple[str, str]) -> bool:
    """Add a place with its first version; False where its id is taken. `source`: name and licence."""
    names = [name.strip() for name in CONTENT.split(",")]
    sql = f"""INSERT INTO places
            (city_id, id, moderation, source, licence, recorded_at, confirmed_at, {CONTENT})
        VALUES (:city, :id, :moderation, :source, :licence, :at, :at, {_values(names)})
        ON CONFLICT (city_id, id) DO NOTHING"""
    values = _parameters(key, version) | {"moderation": moderation, "source": source[0], "licence": source[1]}
    return db.execute(text(sql), values).rowcount == 1


def supersede(db: Connection, key: Key, version: Version) -> int:
    """Keep the version that there is in the history and write the next; gives the number of that."""
    sql = f"""INSERT INTO place_revisions ({ALL}, superseded_at)
        SELECT {ALL}, :at FROM places WHERE city_id = :city AND id = :id"""
    db.execute(text(sql), {"city": key[0], "id": key[1], "at": version.at})
    names = [name.strip() for name in CONTENT.split(",")]
    assigned = ", ".join(f"{name} = {_value(name)}" for name in names)
    sql = f"""UPDATE places SET {assigned}, batch_id = NULL, revision = revision + 1, recorded_at = :at,
            confirmed_at = :at
        WHERE city_id = :city AND id = :id RETURNING revision"""
    return int(db.execute(text(sql), _parameters(key, version)).scalar_one())


def add_exact(db: Connection, key: Key, revision: int, content: Content, blur: Blur) -> None:
    """Note where the place of a version truly is."""
    sql = """INSERT INTO place_exact (city_id, id, revision, geom, accuracy_m, azimuth, share)
        VALUES (:city, :id, :revision, ST_GeomFromWKB(:wkb, 4326), :accuracy_m, :azimuth, :share)"""
    values = {"city": key[0], "id": key[1], "revision": revision, "wkb": shapely.to_wkb(content.geometry)}
    values |= {"accuracy_m": content.accuracy_m, "azimuth": blur.azimuth, "share": blur.share}
    db.execute(text(sql), values)


def blur_of(db: Connection, key: Key, blur_m: float) -> Blur | None:
    """How the place was moved when it was blurred by this radius; the same numbers serve again.

    Those of another radius do not: two positions in one direction from the truth would point to it.
    """
    sql = """SELECT e.azimuth, e.share FROM place_exact e JOIN (
            SELECT revision, blur_m FROM places WHERE city_id = :city AND id = :id
            UNION ALL SELECT revision, blur_m FROM place_revisions WHERE city_id = :city AND id = :id
        ) AS versions ON versions.revision = e.revision AND versions.blur_m = :blur_m
        WHERE e.city_id = :city AND e.id = :id ORDER BY e.revision DESC LIMIT 1"""
    row = db.execute(text(sql), {"city": key[0], "id": key[1], "blur_m": blur_m}).one_or_none()
    return Blur(row.azimuth, row.share) if row else None


def public_position(db: Connection, key: Key) -> BaseGeometry:
    """The shape that the public is told."""
    sql = "SELECT ST_AsBinary(geom) FROM places WHERE city_id = :city AND id = :id"
    shape: BaseGeometry = shapely.from_wkb(db.scalar(text(sql), {"city": key[0], "id": key[1]}))
    return shape


def belongs_to(db: Connection, key: Key, person: UUID | None) -> bool:
    """Whether the person pinned the place, or owns it."""
    if person is None:
        return False
    sql = """SELECT EXISTS (SELECT FROM place_owners
        WHERE city_id = :city AND place_id = :id AND person_id = :person)"""
    values = {"city": key[0], "id": key[1], "person": person}
    return first_author(db, key)[0] == person or bool(db.scalar(text(sql), values))


def first_author(db: Connection, key: Key) -> tuple[UUID | None, int]:
    """Who pinned the place, and which version it has now."""
    sql = """SELECT first.author, (SELECT revision FROM places WHERE city_id = :city AND id = :id) AS revision
        FROM (
            SELECT revision, author FROM places WHERE city_id = :city AND id = :id
            UNION ALL
            SELECT revision, author FROM place_revisions WHERE city_id = :city AND id = :id
        ) AS first ORDER BY first.revision LIMIT 1"""
    row = db.execute(text(sql), {"city": key[0], "id": key[1]}).one()
    return row.author, row.revision


def authors(db: Connection, key: Key) -> set[UUID | None]:
    """Everybody who wrote a version of the place."""
    sql = """SELECT author FROM places WHERE city_id = :city AND id = :id
        UNION SELECT author FROM place_revisions WHERE city_id = :city AND id = :id"""
    return set(db.scalars(text(sql), {"city": key[0], "id": key[1]}))


def accepted(db: Connection, city_id: int, person: UUID, most: int) -> int:
    """How many public places have this author, counted up to `most`."""
    sql = f"""SELECT count(*) FROM (
            SELECT FROM places WHERE city_id = :city AND author = :person AND {VISIBLE} LIMIT :most
        ) AS counted"""
    return int(db.scalar(text(sql), {"city": city_id, "person": person, "most": most}) or 0)


def set_moderation(db: Connection, city_id: int, place_ids: Sequence[UUID], moderation: str) -> int:
    """Publish, hold or hide places; a merged one stays hidden. Gives how many changed."""
    sql = """UPDATE places SET moderation = :moderation
        WHERE city_id = :city AND id = ANY(:ids) AND moderation <> :moderation AND merged_into IS NULL"""
    values = {"city": city_id, "ids": list(place_ids), "moderation": moderation}
    return db.execute(text(sql), values).rowcount


def confirm(db: Connection, key: Key, at: datetime) -> bool:
    """Note that somebody said today that the place is as told."""
    sql = f"UPDATE places SET confirmed_at = :at WHERE city_id = :city AND id = :id AND {VISIBLE}"
    return db.execute(text(sql), {"city": key[0], "id": key[1], "at": at}).rowcount == 1


def _values(names: Sequence[str]) -> str:
    return ", ".join(_value(name) for name in names)


def _value(name: str) -> str:
    return "ST_GeomFromWKB(:geom, 4326)" if name == "geom" else f":{name}"


def _parameters(key: Key, version: Version) -> dict[str, Any]:
    content = version.content
    lon, lat = (float(axis[0]) for axis in anchor(np.array([version.public], dtype=object)))
    # A blurred position is as accurate as its disc is wide: the true accuracy would say too much.
    accuracy = content.blur_m or content.accuracy_m
    return {
        "city": key[0],
        "id": key[1],
        "at": version.at,
        "author": version.author,
        "valid": TimestamptzRange(content.since, content.until, "[)"),
        "translations": Jsonb(content.translations) if content.translations else None,
        "lon": lon,
        "lat": lat,
        "morton": int(encode([lon], [lat])[0]),
        "geom": shapely.to_wkb(version.public),
        "accuracy_m": accuracy,
        **{name: getattr(content, name) for name in PLAIN},
    }


PLAIN = (
    "kind",
    "status",
    "title",
    "summary",
    "language",
    "address",
    "website",
    "on_behalf_of",
    "note",
    "blur_m",
)
