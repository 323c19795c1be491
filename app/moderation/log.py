"""The public log: what was decided, when and why, without names and without anybody's words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.moderation.queries import COLUMNS, Decision
from app.statements import row, rows
from app.tables.places import VISIBLE

PAGE = 50
COUNTED = timedelta(days=90)
"""How far back the median of the days to a decision looks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision as the public may know it; its place is told where it is public."""

    id: UUID
    at: datetime
    sort: str
    action: str
    reason: str | None
    undone: bool
    days: int | None
    place_id: UUID | None
    title: str | None
    kind: str | None
    language: str | None
    translations: dict[str, dict[str, str]] | None


def entries(db: Connection, city_id: int, after: tuple[datetime, UUID]) -> list[Entry]:
    """Decisions before this key, newest first, one more than a page; questions to authors are none."""
    sql = f"""SELECT d.id, d.at, d.sort, d.action, d.reason,
            EXISTS (SELECT FROM decisions u WHERE u.city_id = %(city)s AND u.undoes = d.id) AS undone,
            extract(day FROM d.at - d.asked_at)::int AS days,
            p.id AS place_id, p.title, p.kind, p.language, p.translations
        FROM decisions d LEFT JOIN places p
            ON p.city_id = %(city)s AND p.id = d.place_id AND p.{VISIBLE}
        WHERE d.city_id = %(city)s AND d.action <> 'ask' AND (d.at, d.id) < (%(at)s, %(id)s)
        ORDER BY d.at DESC, d.id DESC LIMIT {PAGE + 1}"""
    return rows(db, Entry, sql, {"city": city_id, "at": after[0], "id": after[1]})


def median_days(db: Connection, city_id: int, now: datetime) -> float | None:
    """The median of the days to a decision in the last 90 days; None where nothing was decided."""
    sql = """SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at - asked_at) / 86400)
        FROM decisions WHERE city_id = %(city)s AND asked_at IS NOT NULL AND action <> 'ask'
            AND at > %(since)s"""
    found = row(db, sql, {"city": city_id, "since": now - COUNTED})[0]
    return None if found is None else float(found)


def last_batch(db: Connection, city_id: int, person: UUID, now: datetime) -> list[Decision]:
    """What a moderator decided last, in one go, where it was today and nobody has undone it; for undoing."""
    sql = f"""SELECT {COLUMNS} FROM decisions d WHERE d.city_id = %(city)s AND d.batch_id = (
            SELECT l.batch_id FROM decisions l WHERE l.city_id = %(city)s AND l.person_id = %(person)s
                AND l.at > %(since)s AND l.action NOT IN ('undo', 'ask', 'restore')
            ORDER BY l.at DESC, l.id DESC LIMIT 1)
        AND d.undoes IS NULL AND d.action <> 'remove' AND NOT EXISTS (
            SELECT FROM decisions u WHERE u.city_id = %(city)s AND u.undoes = d.id)"""
    return rows(db, Decision, sql, {"city": city_id, "person": person, "since": now - timedelta(days=1)})
