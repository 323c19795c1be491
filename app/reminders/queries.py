"""Whom a mail should remind of which place, whom it did, and what a link in it is good for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.statements import rows
from app.tables.places import VISIBLE


@dataclass(frozen=True, slots=True)
class Due:
    """A place that nobody has confirmed for long, and a person to be asked, who `reads` a language."""

    place_id: UUID
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    kind: str
    told_at: datetime
    person_id: UUID
    email: str
    reads: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """The place of a link that is still good."""

    id: UUID
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    kind: str
    address: str | None
    told_at: datetime


def due(db: Connection, city_id: int, before: datetime, again: datetime) -> list[Due]:
    """The public places that nobody has confirmed since `before`, or reminded anybody of since `again`.

    Each with its owners who have an account, else with the author of what is written now, if they have one.
    The oldest come first.
    """
    able = "active AND people.confirmed_at IS NOT NULL"
    sql = f"""WITH stale AS (
            SELECT id, title, language, translations, kind, author,
                coalesce(confirmed_at, recorded_at) AS told_at
            FROM places WHERE city_id = %(city)s AND {VISIBLE}
                AND coalesce(confirmed_at, recorded_at) < %(before)s
                AND id NOT IN (SELECT place_id FROM place_reminders
                    WHERE city_id = %(city)s AND sent_at >= %(again)s)),
        owned AS (SELECT place_id, person_id FROM place_owners JOIN people ON people.id = person_id
            WHERE city_id = %(city)s AND {able}),
        asked AS (SELECT place_id, person_id FROM owned UNION ALL
            SELECT id, author FROM stale WHERE id NOT IN (SELECT place_id FROM owned))
        SELECT stale.id AS place_id, title, stale.language, translations, kind, told_at, person_id, email,
            people.language AS reads
        FROM stale JOIN asked ON asked.place_id = stale.id JOIN people ON people.id = person_id
        WHERE {able} ORDER BY told_at, stale.id, person_id"""
    return rows(db, Due, sql, {"city": city_id, "before": before, "again": again})


def note(db: Connection, city_id: int, one: Due, at: datetime, again: datetime) -> bool:
    """Note that a mail reminds the person of the place; False where one has done so since `again`."""
    sql = """INSERT INTO place_reminders AS r (city_id, place_id, person_id, sent_at)
        VALUES (:city, :place, :person, :at)
        ON CONFLICT (city_id, place_id, person_id) DO UPDATE SET sent_at = :at, used_at = NULL
            WHERE r.sent_at < :again"""
    values = {"city": city_id, "place": one.place_id, "person": one.person_id, "at": at, "again": again}
    return db.execute(text(sql), values).rowcount == 1


def reminded(db: Connection, mark: dict[str, Any], since: datetime) -> Reminded | None:
    """The public place of a link that was sent after `since` and not used; None where there is none."""
    sql = f"""SELECT p.id, title, language, translations, kind, address,
            coalesce(p.confirmed_at, p.recorded_at) AS told_at
        FROM place_reminders r JOIN places p ON p.city_id = %(city)s AND p.id = r.place_id
        WHERE r.city_id = %(city)s AND r.place_id = %(place)s AND person_id = %(person)s
            AND sent_at = %(sent)s AND sent_at > %(since)s AND used_at IS NULL AND {VISIBLE}"""
    return next(iter(rows(db, Reminded, sql, {**mark, "since": since})), None)


def use(db: Connection, mark: dict[str, Any], at: datetime, since: datetime) -> bool:
    """Use a link up; False where it was used, is older than `since`, or another one was sent after it."""
    sql = """UPDATE place_reminders SET used_at = :at WHERE city_id = :city AND place_id = :place
        AND person_id = :person AND sent_at = :sent AND sent_at > :since AND used_at IS NULL"""
    return db.execute(text(sql), {**mark, "at": at, "since": since}).rowcount == 1
