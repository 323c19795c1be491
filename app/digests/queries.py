"""What has changed at the places that people follow, what they were told of it, and who wants no mails."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from app.statements import rows
from app.tables.photos import SHOWN
from app.tables.places import VISIBLE

Key = tuple[int, UUID]
NEWER = """CASE WHEN f.told_revision IS NULL THEN v.recorded_at > f.since
    ELSE v.revision > f.told_revision END"""
"""Versions go by their number: one that is written while a digest is made, by a clock that is behind, is told
in the next one."""


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to a place that somebody follows: `what` is one of `rules.WHAT`.

    `followed` is the place that they follow, `place_id` the one that it is about: another one where it was
    merged into that. Of a place that is not public the title is not told. `revision` and `gone` are the mark
    to be left; `since` is when they began to follow what it is about.
    """

    person_id: UUID
    followed: UUID
    place_id: UUID
    what: str
    at: datetime | None
    note: str | None
    revision: int
    gone: bool
    since: datetime
    kind: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be written to, who `reads` a language."""

    id: UUID
    email: str
    reads: str


def readers(db: Connection, at: datetime) -> list[Reader]:
    """Those who follow anything, want mails, and had none on this day (UTC)."""
    sql = """SELECT p.id, p.email, p.language AS reads FROM people p LEFT JOIN digests g ON g.person_id = p.id
        WHERE p.active AND p.confirmed_at IS NOT NULL AND g.stopped_at IS NULL
            AND (g.sent_at IS NULL OR g.sent_at < %(day)s) ORDER BY p.id"""
    return rows(db, Reader, sql, {"day": _day(at)})


def take(db: Connection, person: UUID, at: datetime) -> bool:
    """Note that somebody is written to on this day; False where they were, or want no mails by now.

    Others who would write to them wait until the transaction ends.
    """
    sql = """INSERT INTO digests AS g (person_id, sent_at) VALUES (:person, :at)
        ON CONFLICT (person_id) DO UPDATE SET sent_at = :at
            WHERE g.stopped_at IS NULL AND (g.sent_at IS NULL OR g.sent_at < :day)"""
    return db.execute(text(sql), {"person": person, "at": at, "day": _day(at)}).rowcount == 1


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def untold(db: Connection, city_id: int, until: datetime, person: UUID | None = None) -> list[News]:
    """What followers have not been told, up to `until`: everybody's, or that of a person. Never what they did
    themselves, and of what is not public no more than that it is so."""
    whose = "TRUE" if person is None else "f.person_id = %(person)s"
    sql = _sql("coalesce(f.told_at, f.since)", NEWER, whose)
    return rows(db, News, sql, {"city": city_id, "until": until, "person": person})


def lately(db: Connection, city_id: int, person: UUID, until: datetime, within: timedelta) -> list[News]:
    """What happened within so long to the public places that somebody follows, told by mail or not."""
    sql = _sql("greatest(f.since, %(from)s)", "v.recorded_at > f.start", "f.person_id = %(person)s")
    values = {"city": city_id, "until": until, "person": person, "from": until - within}
    return [news for news in rows(db, News, sql, values) if news.what not in ("gone", "back", "merged")]


def _sql(start: str, newer: str, whose: str) -> str:
    """SQL for news: `start` is from when on, `newer` which versions, `whose` whose."""
    return f"""WITH f AS (
            SELECT f.place_id, f.person_id, f.since, f.told_revision, f.gone, {start} AS start, p.revision,
                p.moderation, p.merged_into
            FROM place_followers f JOIN places p ON p.city_id = %(city)s AND p.id = f.place_id
            WHERE f.city_id = %(city)s AND {whose}),
        news (followed, person_id, place_id, what, at, note, number) AS (
            {_written(newer)} UNION ALL {_added()} UNION ALL {_moderated()})
        SELECT news.person_id, news.followed, news.place_id, news.what, news.at, news.note, f.revision,
            NOT f.{VISIBLE} AS gone, coalesce(w.since, f.since) AS since, p.kind,
            CASE WHEN p.{VISIBLE} THEN p.title END AS title, p.language,
            CASE WHEN p.{VISIBLE} THEN p.translations END AS translations
        FROM news JOIN f ON f.place_id = news.followed AND f.person_id = news.person_id
        JOIN places p ON p.city_id = %(city)s AND p.id = news.place_id
            AND (p.{VISIBLE} OR news.what = 'gone')
        LEFT JOIN place_followers w ON w.city_id = %(city)s AND w.place_id = news.place_id
            AND w.person_id = news.person_id
        ORDER BY news.person_id, news.place_id, news.at NULLS LAST, news.number"""


def _written(newer: str) -> str:
    """SQL for the versions that others wrote."""
    versions = "revision, recorded_at, note, author"
    return f"""SELECT f.place_id, f.person_id, f.place_id, 'changed', v.recorded_at, v.note, v.revision
        FROM f CROSS JOIN LATERAL (
            SELECT {versions} FROM places WHERE city_id = %(city)s AND id = f.place_id
            UNION ALL SELECT {versions} FROM place_revisions
                WHERE city_id = %(city)s AND id = f.place_id AND {VISIBLE}) v
        WHERE f.{VISIBLE} AND v.author IS DISTINCT FROM f.person_id AND {newer}"""


def _added() -> str:
    """SQL for photos, which are new when they are public, and for owners."""
    return f"""SELECT f.place_id, f.person_id, f.place_id, 'photo', shown.at, NULL, 0
        FROM f JOIN place_photos h ON h.city_id = %(city)s AND h.place_id = f.place_id
            AND h.{SHOWN} AND h.author IS DISTINCT FROM f.person_id
        CROSS JOIN LATERAL (SELECT coalesce(min(d.at), h.added_at) AS at FROM decisions d
            WHERE d.city_id = %(city)s AND d.subject_id = h.id AND d.action = 'approve') shown
        WHERE f.{VISIBLE} AND shown.at > f.start AND shown.at <= %(until)s
        UNION ALL
        SELECT f.place_id, f.person_id, f.place_id, 'claimed', o.since, NULL, 0
        FROM f JOIN place_owners o ON o.city_id = %(city)s AND o.place_id = f.place_id
            AND o.person_id <> f.person_id
        WHERE f.{VISIBLE} AND o.since > f.start AND o.since <= %(until)s"""


def _moderated() -> str:
    """SQL for places that left the map, by somebody else's decision, or are on it again."""
    return f"""SELECT f.place_id, f.person_id, f.place_id, 'back', NULL, NULL, 0
        FROM f WHERE f.{VISIBLE} AND f.gone
        UNION ALL
        SELECT f.place_id, f.person_id, coalesce(f.merged_into, f.place_id),
            CASE WHEN f.merged_into IS NULL THEN 'gone' ELSE 'merged' END, NULL, NULL, 0
        FROM f WHERE NOT f.{VISIBLE} AND NOT f.gone AND f.person_id IS DISTINCT FROM (
            SELECT d.person_id FROM decisions d
            WHERE d.city_id = %(city)s AND d.subject_id = f.place_id AND d.sort = 'place'
            ORDER BY d.at DESC, d.id DESC LIMIT 1)"""


def mark(db: Connection, city_id: int, one: News, until: datetime) -> None:
    """Note that somebody was told what there was of a place that they follow, up to `until`."""
    sql = """UPDATE place_followers SET told_at = :until, told_revision = :revision, gone = :gone
        WHERE city_id = :city AND place_id = :place AND person_id = :person"""
    values = {"city": city_id, "place": one.followed, "person": one.person_id, "until": until}
    db.execute(text(sql), {**values, "revision": one.revision, "gone": one.gone})


@dataclass(frozen=True, slots=True)
class Followed:
    """A place that somebody follows, as the page of a link shows it; the title only where it is public."""

    id: UUID
    kind: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None


def followed(db: Connection, key: Key, person: UUID, since: datetime) -> Followed | None:
    """The place, where the person has followed it since then; None where they do not any more."""
    sql = f"""SELECT p.id, p.kind, p.language, CASE WHEN p.{VISIBLE} THEN p.title END AS title,
            CASE WHEN p.{VISIBLE} THEN p.translations END AS translations
        FROM place_followers f JOIN places p ON p.city_id = %(city)s AND p.id = f.place_id
        WHERE f.city_id = %(city)s AND f.place_id = %(place)s AND f.person_id = %(person)s
            AND f.since = %(since)s"""
    values = {"city": key[0], "place": key[1], "person": person, "since": since}
    return next(iter(rows(db, Followed, sql, values)), None)


def leave(db: Connection, key: Key, person: UUID, since: datetime) -> bool:
    """Let somebody follow no longer what they have followed since then; False where they do not."""
    sql = """DELETE FROM place_followers
        WHERE city_id = :city AND place_id = :place AND person_id = :person AND since = :since"""
    values = {"city": key[0], "place": key[1], "person": person, "since": since}
    return db.execute(text(sql), values).rowcount == 1


def set_wanted(db: Connection, person: UUID, stopped_at: datetime | None) -> bool:
    """Send somebody these mails, or none from `stopped_at` on; False where there is nobody any more."""
    sql = """INSERT INTO digests (person_id, stopped_at) SELECT id, :at FROM people WHERE id = :person
        ON CONFLICT (person_id) DO UPDATE SET stopped_at = :at"""
    return db.execute(text(sql), {"person": person, "at": stopped_at}).rowcount == 1


@dataclass(frozen=True, slots=True)
class Wish:
    """Whether somebody wants these mails."""

    wanted: bool


def wants(db: Connection, person: UUID) -> bool | None:
    """Whether somebody wants these mails; None where there is nobody of this id."""
    sql = """SELECT g.stopped_at IS NULL AS wanted FROM people p LEFT JOIN digests g ON g.person_id = p.id
        WHERE p.id = %(person)s"""
    found = rows(db, Wish, sql, {"person": person})
    return found[0].wanted if found else None
