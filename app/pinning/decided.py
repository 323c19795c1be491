"""Why something of somebody's was refused, hidden or merged, as whoever wrote it is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.pinning.queries import Mine
from app.statements import rows

AGAINST = ("refuse", "hide", "merge")
"""The decisions that take something from somebody."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision against a place or a change (`subject_id`); `objection` is the state of an appeal."""

    subject_id: UUID
    id: UUID
    at: datetime
    action: str
    reason: str | None
    words: str | None
    objection: str | None


def against(db: Connection, city_id: int, found: Iterable[Mine]) -> dict[UUID, Decided]:
    """The decisions that stand against somebody's own places and changes, by what they are about.

    A decision that was taken back stands no longer, and the newest that stands decides.
    """
    sql = """SELECT DISTINCT ON (d.subject_id) d.subject_id, d.id, d.at, d.action, d.reason, d.words,
            a.state AS objection
        FROM decisions d LEFT JOIN appeals a ON a.city_id = %(city)s AND a.decision_id = d.id
        WHERE d.city_id = %(city)s AND d.subject_id = ANY(%(subjects)s)
            AND d.action NOT IN ('ask', 'undo', 'restore')
            AND NOT EXISTS (SELECT FROM decisions u WHERE u.city_id = %(city)s AND u.undoes = d.id)
        ORDER BY d.subject_id, d.at DESC, d.id DESC"""
    subjects = [key for mine in found if (key := mine.decided_about)]
    told = rows(db, Decided, sql, {"city": city_id, "subjects": subjects}) if subjects else []
    return {each.subject_id: each for each in told if each.action in AGAINST}
