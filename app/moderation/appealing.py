"""Links by which somebody objects to a decision without signing in, and whom a decision concerns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import Connection, text

from app.errors import NotFound
from app.moderation import queries
from app.moderation.queries import Decision

VALID = timedelta(days=90)
"""For so long after a decision one can object to it by the link."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody whom a decision concerns: a person, or a visitor who left an address.

    `pinned` and `sent_at` are of what a visitor pinned: the link to it is made of them.
    """

    person: UUID | None
    email: str
    language: str
    pinned: UUID | None = None
    sent_at: datetime | None = None


def token_for(secret: str, city_id: int, decision_id: UUID) -> str:
    """The part of a link that stands for a decision; nobody without the secret can make one."""
    return str(_serializer(secret).dumps([city_id, decision_id.hex]))


def decision_of(db: Connection, city_id: int, token: str, person: UUID | None, secret: str) -> Decision:
    """The decision of a link, or of its id where it concerns `person`; raises NotFound."""
    key = _signed(secret, city_id, token) or _of_person(db, city_id, token, person)
    if key is None:
        raise NotFound("This link is not good, or not good any more: one can object for 90 days.")
    return queries.decision(db, city_id, key)


def concerned(db: Connection, city_id: int, decision: Decision) -> list[Contact]:
    """Whom a decision concerns and where to write to them: its author, and who had reported the place."""
    keys = [UUID(each) for each in (decision.details or {}).get("reports", [])]
    sql = f"""SELECT DISTINCT person, coalesce(people.email, asked.email) AS email,
            coalesce(people.language, asked.language) AS language, pinned, sent_at
        FROM ({WHOSE[decision.sort]} UNION ALL {REPORTERS}) AS asked
        LEFT JOIN people ON people.id = asked.person
        WHERE coalesce(people.email, asked.email) IS NOT NULL"""
    found = db.execute(text(sql), {"city": city_id, "id": decision.subject_id, "reports": keys})
    return [Contact(*row) for row in found]


_NO_PIN = "NULL::uuid AS pinned, NULL::timestamptz AS sent_at"
_NOTHING = f"NULL::text AS email, NULL::text AS language, {_NO_PIN}"
REPORTERS = f"""SELECT person_id, email, language, {_NO_PIN} FROM reports
    WHERE city_id = :city AND id = ANY(cast(:reports AS uuid[]))"""
_VISITOR = """SELECT NULL::uuid AS person, v.email, v.language, v.place_id, v.sent_at FROM visitor_pins v"""
WHOSE = {
    "place": f"""SELECT coalesce((SELECT r.author FROM place_revisions r
            WHERE r.city_id = :city AND r.id = p.id AND r.revision = 1), p.author) AS person, {_NOTHING}
        FROM places p WHERE p.city_id = :city AND p.id = :id
        UNION ALL {_VISITOR} WHERE v.city_id = :city AND v.place_id = :id""",
    "change": f"SELECT author AS person, {_NOTHING} FROM place_changes WHERE city_id = :city AND id = :id",
    "photo": f"""SELECT author AS person, {_NOTHING} FROM place_photos WHERE city_id = :city AND id = :id
        UNION ALL {_VISITOR} WHERE v.city_id = :city AND v.photo_id = :id""",
    "report": f"""SELECT person_id AS person, email, language, {_NO_PIN} FROM reports
        WHERE city_id = :city AND id = :id""",
    "claim": f"SELECT person_id AS person, {_NOTHING} FROM claims WHERE city_id = :city AND id = :id",
    "appeal": f"""SELECT person_id AS person, {_NOTHING} FROM appeals WHERE city_id = :city AND id = :id
        UNION ALL {_VISITOR} JOIN decisions d ON d.city_id = :city AND d.subject_id = v.place_id
            JOIN appeals a ON a.city_id = :city AND a.decision_id = d.id AND a.person_id IS NULL
            WHERE v.city_id = :city AND a.id = :id""",
}


def _serializer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="appeal")


def _signed(secret: str, city_id: int, token: str) -> UUID | None:
    try:
        city, key = _serializer(secret).loads(token, max_age=int(VALID.total_seconds()))
        return UUID(key) if city == city_id else None
    except (BadData, ValueError, TypeError):
        return None


def _of_person(db: Connection, city_id: int, token: str, person: UUID | None) -> UUID | None:
    try:
        key = UUID(token)
    except ValueError:
        return None
    found = queries.decisions(db, city_id, "id", key)
    if person is None or not found:
        return None
    return key if person in [each.person for each in concerned(db, city_id, found[0])] else None
