"""The questions about what visitors pinned; each takes a connection and never commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.places.changes import read, stored
from app.places.content import Content
from app.statements import rows
from app.tables.visitors import UNCONFIRMED

Key = tuple[int, UUID]
"""A city and what will be, or is, a place of it."""
Mark = Mapping[str, Any]
"""What a link stands for: city, place, and when it was sent."""


@dataclass(frozen=True, slots=True)
class NewPin:
    """What a visitor sends: the place, where to write to them, and a photo's id, where there is one."""

    content: Content
    email: str
    language: str
    photo_id: UUID | None
    alt: str | None


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """What a visitor sent and has not confirmed yet."""

    place_id: UUID
    content: Content
    photo_id: UUID | None
    alt: str | None
    language: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How something that was confirmed or withdrawn stands: its place, and the decision that counts.

    `action` is the last thing that moderators did and did not take back, with its reason and words.
    """

    place_id: UUID
    confirmed_at: datetime | None
    withdrawn_at: datetime | None
    moderation: str | None
    merged_into: UUID | None
    kind: str | None
    status: str | None
    title: str | None
    language: str | None
    translations: dict[str, dict[str, str]] | None
    action: str | None
    reason: str | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """What moderators are told of a visitor's place: when it was confirmed, and whether it was withdrawn."""

    confirmed_at: datetime | None
    withdrawn_at: datetime | None


def add(db: Connection, key: Key, pin: NewPin, at: datetime) -> bool:
    """Keep what a visitor sent; False where its identifier is taken."""
    sql = """INSERT INTO visitor_pins
            (city_id, place_id, content, geom, photo_id, alt, email, language, sent_at)
        SELECT :city, :place, :content, ST_GeomFromWKB(:wkb, 4326), CAST(:photo AS uuid), CAST(:alt AS text),
            :email, :language, :at
        WHERE NOT EXISTS (SELECT FROM places WHERE city_id = :city AND id = :place)
        ON CONFLICT (city_id, place_id) DO NOTHING"""
    values = {"city": key[0], "place": key[1], "content": Jsonb(stored(pin.content)), "photo": pin.photo_id}
    values |= {"wkb": shapely.to_wkb(pin.content.geometry), "alt": pin.alt, "email": pin.email}
    return db.execute(text(sql), {**values, "language": pin.language, "at": at}).rowcount == 1


def sent_by(db: Connection, key: Key) -> str | None:
    """The address of whoever sent this before."""
    sql = "SELECT email FROM visitor_pins WHERE city_id = :city AND place_id = :place"
    found: str | None = db.scalar(text(sql), {"city": key[0], "place": key[1]})
    return found


def is_there(db: Connection, key: Key) -> bool:
    """Whether a visitor sent something under this identifier, whatever became of it."""
    sql = """SELECT place_id FROM visitor_pins WHERE city_id = %(city)s AND place_id = %(place)s"""
    return bool(rows(db, _Id, sql, {"city": key[0], "place": key[1]}))


@dataclass(frozen=True, slots=True)
class _Id:
    place_id: UUID


def open_links(db: Connection, city_id: int, email: str) -> int:
    """How many links of an address nobody has opened yet."""
    sql = f"""SELECT count(*) FROM visitor_pins
        WHERE city_id = :city AND email = :email AND {UNCONFIRMED}"""
    return int(db.scalar(text(sql), {"city": city_id, "email": email}) or 0)


def unconfirmed(db: Connection, mark: Mark, since: datetime) -> Unconfirmed | None:
    """What a link is to confirm, kept from others until the transaction ends; None where there is nothing."""
    sql = f"""SELECT place_id, content, ST_AsBinary(geom) AS wkb, photo_id, alt, language FROM visitor_pins
        WHERE city_id = :city AND place_id = :place AND sent_at = :sent AND sent_at > :since
            AND {UNCONFIRMED} FOR UPDATE"""
    row = db.execute(text(sql), {**mark, "since": since}).one_or_none()
    if row is None:
        return None
    return Unconfirmed(row.place_id, read(row.content, row.wkb), row.photo_id, row.alt, row.language)


def standing(db: Connection, mark: Mark) -> Standing | None:
    """How the place of a link stands; None before it is confirmed, and where there is no such thing."""
    sql = f"""SELECT v.place_id, v.confirmed_at, v.withdrawn_at, p.moderation, p.merged_into, p.kind,
            p.status, p.title, p.language, p.translations, d.action, d.reason, d.words
        FROM visitor_pins v LEFT JOIN places p ON p.city_id = %(city)s AND p.id = v.place_id
        LEFT JOIN LATERAL (
            SELECT action, reason, words FROM decisions m
            WHERE m.city_id = %(city)s AND subject_id = v.place_id AND action <> 'undo'
                AND NOT EXISTS (SELECT FROM decisions u WHERE u.city_id = %(city)s AND u.undoes = m.id)
            ORDER BY at DESC, id DESC LIMIT 1) AS d ON true
        WHERE v.city_id = %(city)s AND v.place_id = %(place)s AND v.sent_at = %(sent)s
            AND NOT ({UNCONFIRMED})"""
    return next(iter(rows(db, Standing, sql, dict(mark))), None)


def trace(db: Connection, key: Key) -> Trace | None:
    """What moderators are told of where a place came from; None where no visitor sent it."""
    sql = """SELECT confirmed_at, withdrawn_at FROM visitor_pins
        WHERE city_id = %(city)s AND place_id = %(place)s"""
    return next(iter(rows(db, Trace, sql, {"city": key[0], "place": key[1]})), None)


def confirm(db: Connection, key: Key, at: datetime) -> None:
    """From now on it is a place: what it says is there, and here no longer."""
    sql = """UPDATE visitor_pins SET confirmed_at = :at, content = NULL, geom = NULL, alt = NULL
        WHERE city_id = :city AND place_id = :place"""
    db.execute(text(sql), {"city": key[0], "place": key[1], "at": at})


def withdraw(db: Connection, key: Key, at: datetime) -> None:
    """Keep nothing of it but that it was withdrawn."""
    sql = """UPDATE visitor_pins SET withdrawn_at = :at, content = NULL, geom = NULL, alt = NULL, email = NULL
        WHERE city_id = :city AND place_id = :place"""
    db.execute(text(sql), {"city": key[0], "place": key[1], "at": at})


def photos_of(db: Connection, key: Key) -> list[UUID]:
    """The photo that came with a place."""
    sql = """SELECT photo_id FROM visitor_pins
        WHERE city_id = :city AND place_id = :place AND photo_id IS NOT NULL"""
    return list(db.scalars(text(sql), {"city": key[0], "place": key[1]}))


def remove_unconfirmed(db: Connection, city_id: int, before: datetime) -> list[UUID | None]:
    """Remove what was sent before then and never confirmed; gives the photo of each, where it had one."""
    sql = f"""DELETE FROM visitor_pins WHERE city_id = :city AND sent_at <= :before AND {UNCONFIRMED}
        RETURNING photo_id"""
    return list(db.scalars(text(sql), {"city": city_id, "before": before}))


def erase_decided(db: Connection, city_id: int, before: datetime) -> int:
    """Forget whom to tell of what was decided, or withdrawn, before then; gives how many.

    What waits is kept, and so is what somebody has objected to until that is decided.
    """
    sql = f"""DELETE FROM visitor_pins v WHERE v.city_id = :city AND NOT ({UNCONFIRMED})
        AND coalesce(v.withdrawn_at, (SELECT max(d.at) FROM decisions d
            WHERE d.city_id = :city AND d.subject_id = v.place_id AND d.action <> 'ask'), v.confirmed_at)
            <= :before
        AND NOT EXISTS (SELECT FROM places p
            WHERE p.city_id = :city AND p.id = v.place_id AND p.moderation = 'held')
        AND NOT EXISTS (SELECT FROM appeals a JOIN decisions d ON d.city_id = :city AND d.id = a.decision_id
            WHERE a.city_id = :city AND d.subject_id = v.place_id AND a.state = 'waiting')"""
    return db.execute(text(sql), {"city": city_id, "before": before}).rowcount
