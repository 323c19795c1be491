"""The questions about photos; each takes a connection and gives typed rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.photos.imaging import SIZES, Region, fitted
from app.statements import rows
from app.tables.photos import GONE, SHOWN, THERE
from app.tables.places import VISIBLE
from app.tables.visitors import UNCONFIRMED

Key = tuple[int, UUID]
"""A city and a place or a photo of it."""

COLUMNS = """id, place_id, state, alt, author, licence, added_at, width, height, version, regions,
    (SELECT name FROM people WHERE people.id = author) AS author_name,
    author IS NOT NULL AND NOT EXISTS (SELECT FROM people WHERE people.id = author) AS author_left"""
"""Of place_photos, with the name by which its author goes."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it is kept; `regions` are blurred, `version` is of its pictures."""

    id: UUID
    place_id: UUID
    state: str
    alt: str | None
    author: UUID | None
    licence: str
    added_at: datetime
    width: int
    height: int
    version: int
    regions: list[Region] | None
    author_name: str | None
    author_left: bool

    def size(self, name: str) -> tuple[int, int]:
        """Width and height of one of its sizes, in pixels."""
        return fitted(self.width, self.height, SIZES[name])


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A photo that somebody sends: an id of their making (UUIDv7), what is to be seen, who, when, and
    whether it waits until somebody has looked at it."""

    id: UUID
    alt: str | None
    by: UUID | None
    at: datetime
    held: bool
    licence: str = "CC-BY-4.0"


def photos_of(db: Connection, key: Key) -> list[Photo]:
    """The photos of a place that the public may see, the first one first; none of a hidden place."""
    sql = f"""SELECT {COLUMNS} FROM place_photos
        WHERE city_id = %(city)s AND place_id = %(place)s AND {SHOWN}
            AND EXISTS (SELECT FROM places WHERE city_id = %(city)s AND id = %(place)s AND {VISIBLE})
        ORDER BY added_at, id"""
    return rows(db, Photo, sql, {"city": key[0], "place": key[1]})


def photos_seen_by(db: Connection, key: Key, person: UUID | None, sees_all: bool) -> list[Photo]:
    """The photos of a place that this person may see, who may see the place: their own ones in any state."""
    if person is None:
        return photos_of(db, key)
    every = every_photo_of(db, key)
    return [photo for photo in every if sees_all or photo.state == "published" or photo.author == person]


def first_photos(db: Connection, city_id: int, places: Sequence[UUID]) -> dict[UUID, Photo]:
    """The first photo of each of these places, which the public must be allowed to see."""
    sql = f"""SELECT DISTINCT ON (place_id) {COLUMNS} FROM place_photos
        WHERE city_id = %(city)s AND place_id = ANY(%(places)s::uuid[]) AND {SHOWN}
        ORDER BY place_id, added_at, id"""
    found = rows(db, Photo, sql, {"city": city_id, "places": list(places)})
    return {photo.place_id: photo for photo in found}


def every_photo_of(db: Connection, key: Key) -> list[Photo]:
    """All photos of a place, for moderators: held and hidden ones, too."""
    sql = f"""SELECT {COLUMNS} FROM place_photos
        WHERE city_id = %(city)s AND place_id = %(place)s AND {THERE} ORDER BY added_at, id"""
    return rows(db, Photo, sql, {"city": key[0], "place": key[1]})


def photos_by(db: Connection, city_id: int, person: UUID) -> list[Photo]:
    """The photos that somebody sent, in any state, the newest first."""
    sql = f"""SELECT {COLUMNS} FROM place_photos
        WHERE city_id = %(city)s AND author = %(person)s AND {THERE} ORDER BY added_at DESC, id LIMIT 200"""
    return rows(db, Photo, sql, {"city": city_id, "person": person})


def photo(db: Connection, key: Key) -> Photo | None:
    """A photo, whoever may see it."""
    found = photo_or_trace(db, key)
    return None if found is None or found.state in GONE else found


def photo_or_trace(db: Connection, key: Key) -> Photo | None:
    """A photo, or what is left of one that was removed."""
    sql = f"SELECT {COLUMNS} FROM place_photos WHERE city_id = %(city)s AND id = %(photo)s"
    found = rows(db, Photo, sql, {"city": key[0], "photo": key[1]})
    return found[0] if found else None


def public_photo(db: Connection, key: Key) -> Photo | None:
    """A photo that the public may see, of a place that it may see."""
    sql = f"""SELECT {COLUMNS} FROM place_photos
        WHERE city_id = %(city)s AND id = %(photo)s AND {SHOWN} AND EXISTS (
            SELECT FROM places WHERE city_id = %(city)s AND places.id = place_id AND {VISIBLE})"""
    found = rows(db, Photo, sql, {"city": key[0], "photo": key[1]})
    return found[0] if found else None


def kept(db: Connection, city_id: int, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Of these photos those that there are, with the version of their pictures; 0 of what was removed.

    Those of visitors who have not confirmed yet are there, too.
    """
    sql = f"""SELECT id, CASE WHEN {THERE} THEN version ELSE 0 END AS version FROM place_photos
        WHERE city_id = :city AND id = ANY(:ids)
        UNION ALL SELECT photo_id, 1 FROM visitor_pins
        WHERE city_id = :city AND photo_id = ANY(:ids) AND {UNCONFIRMED}"""
    return {row.id: row.version for row in db.execute(text(sql), {"city": city_id, "ids": list(ids)})}


def lock(db: Connection, key: Key) -> Photo | None:
    """A photo, kept from other writers until the transaction ends."""
    sql = f"""SELECT {COLUMNS} FROM place_photos
        WHERE city_id = :city AND id = :photo AND {THERE} FOR UPDATE"""
    row = db.execute(text(sql), {"city": key[0], "photo": key[1]}).one_or_none()
    return Photo(**row._mapping) if row else None


def lock_place(db: Connection, key: Key) -> bool:
    """Whether there is the place; it cannot go, and get photos by others, until the transaction ends."""
    sql = "SELECT true FROM places WHERE city_id = :city AND id = :place AND merged_into IS NULL FOR UPDATE"
    return bool(db.scalar(text(sql), {"city": key[0], "place": key[1]}))


def count(db: Connection, key: Key) -> int:
    """How many photos a place has, hidden ones too."""
    sql = f"SELECT count(*) FROM place_photos WHERE city_id = :city AND place_id = :place AND {THERE}"
    return int(db.scalar(text(sql), {"city": key[0], "place": key[1]}) or 0)


def insert(db: Connection, key: Key, photo: NewPhoto, size: tuple[int, int]) -> bool:
    """Add a photo to a place; whether there was none of this id."""
    sql = """INSERT INTO place_photos
            (city_id, id, place_id, state, alt, author, licence, added_at, width, height)
        VALUES (:city, :id, :place, :state, :alt, :author, :licence, :at, :width, :height)
        ON CONFLICT DO NOTHING"""
    values: dict[str, Any] = {"city": key[0], "place": key[1], "id": photo.id, "alt": photo.alt or None}
    values |= {"state": "held" if photo.held else "published", "author": photo.by, "at": photo.at}
    values |= {"licence": photo.licence, "width": size[0], "height": size[1]}
    return db.execute(text(sql), values).rowcount == 1


def set_state(db: Connection, city_id: int, ids: Sequence[UUID], state: str) -> int:
    """Publish, hold or hide photos; gives how many were otherwise before."""
    sql = f"""UPDATE place_photos SET state = :state
        WHERE city_id = :city AND id = ANY(:ids) AND state <> :state AND {THERE}"""
    return db.execute(text(sql), {"city": city_id, "ids": list(ids), "state": state}).rowcount


def remove(db: Connection, key: Key, state: str, at: datetime) -> bool:
    """Leave a trace of a photo only; whether there was one.

    The words about it go with it: they may say what must not be seen.
    """
    sql = f"""UPDATE place_photos SET state = :state, removed_at = :at, alt = NULL, regions = NULL
        WHERE city_id = :city AND id = :id AND {THERE}"""
    return db.execute(text(sql), {"city": key[0], "id": key[1], "state": state, "at": at}).rowcount == 1


@dataclass(frozen=True, slots=True)
class Trace:
    """What is left of a photo: when it was removed, and whether its author withdrew it."""

    removed_at: datetime
    withdrawn: bool


def traces(db: Connection, key: Key) -> list[Trace]:
    """What is left of the photos of a place that are gone, the newest first."""
    sql = """SELECT removed_at, state = 'withdrawn' AS withdrawn FROM place_photos
        WHERE city_id = %(city)s AND place_id = %(place)s AND removed_at IS NOT NULL
        ORDER BY removed_at DESC, id"""
    return rows(db, Trace, sql, {"city": key[0], "place": key[1]})


def set_alt(db: Connection, key: Key, alt: str | None) -> None:
    """Say in other words what is to be seen."""
    sql = "UPDATE place_photos SET alt = :alt WHERE city_id = :city AND id = :id"
    db.execute(text(sql), {"city": key[0], "id": key[1], "alt": alt or None})


def set_regions(db: Connection, key: Key, regions: Sequence[Region], version: int) -> None:
    """Show other pictures of a photo, in which these regions are blurred."""
    sql = """UPDATE place_photos SET regions = :regions, version = :version
        WHERE city_id = :city AND id = :id"""
    values = {"regions": Jsonb(list(regions)) if regions else None, "version": version}
    db.execute(text(sql), {"city": key[0], "id": key[1], **values})


def move(db: Connection, city_id: int, ids: Sequence[UUID], place_id: UUID) -> int:
    """Give photos to another place, as merging duplicates does; gives how many."""
    sql = "UPDATE place_photos SET place_id = :place WHERE city_id = :city AND id = ANY(:ids)"
    return db.execute(text(sql), {"city": city_id, "ids": list(ids), "place": place_id}).rowcount
