"""By what a request is recognised: the sessions of browsers and the tokens of programs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from app.keys import fingerprint
from app.permissions import Role
from app.statements import rows

IDLE = timedelta(days=30)
"""A session ends when nobody used it for so long."""
COARSELY = timedelta(hours=1)
"""When a session or a token was last used is known to about this: a write for each request would cost more
than it tells."""
TOKEN_PREFIX = "cortile_"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose session or token it is; `scopes` is None for a session, and `used_at` coarse."""

    person_id: UUID
    name: str | None
    email: str
    id: UUID
    scopes: list[str] | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Given:
    """A role that somebody was given."""

    role: str


def of_session(db: Connection, secret: str, uniquifier: str, now: datetime) -> Holder | None:
    """Whose session the cookie names, where it is open and its person may sign in; one question."""
    sql = """SELECT person_id, name, email, sessions.id, NULL::text[] AS scopes, seen_at AS used_at
        FROM sessions JOIN people ON people.id = person_id
        WHERE key = %(key)s AND fs_uniquifier = %(uniquifier)s AND ended_at IS NULL AND seen_at > %(since)s
            AND active AND confirmed_at IS NOT NULL"""
    asked = {"key": fingerprint(secret), "uniquifier": uniquifier, "since": now - IDLE}
    return next(iter(rows(db, Holder, sql, asked)), None)


def of_token(db: Connection, token: str, now: datetime) -> Holder | None:
    """Whose token it is, where it has not expired and its person may sign in; one question."""
    sql = """SELECT person_id, people.name, email, api_tokens.id, scopes, used_at
        FROM api_tokens JOIN people ON people.id = person_id
        WHERE key = %(key)s AND expires_at > %(now)s AND active AND confirmed_at IS NOT NULL"""
    return next(iter(rows(db, Holder, sql, {"key": fingerprint(token), "now": now})), None)


def roles_in(db: Connection, city_id: int, person_id: UUID) -> frozenset[Role]:
    """What a person who signed in is to a city."""
    sql = "SELECT role FROM memberships WHERE city_id = %(city)s AND person_id = %(person)s"
    given = rows(db, Given, sql, {"city": city_id, "person": person_id})
    return frozenset({Role.RESIDENT, *(Role(one.role) for one in given)})


def is_stale(holder: Holder, now: datetime) -> bool:
    """Whether it is time to write down again that the session or the token is used."""
    return holder.used_at is None or now - holder.used_at > COARSELY


def used(db: Connection, holder: Holder, now: datetime) -> None:
    """Write down that the session or the token is used."""
    sql = (
        "UPDATE sessions SET seen_at = :now WHERE id = :id AND ended_at IS NULL"
        if holder.scopes is None
        else "UPDATE api_tokens SET used_at = :now WHERE id = :id"
    )
    db.execute(text(sql), {"now": now, "id": holder.id})


def sweep(db: Connection, now: datetime) -> int:
    """Remove sessions that were ended, or that nobody used for so long that they have, and say how many."""
    sql = "DELETE FROM sessions WHERE ended_at IS NOT NULL OR seen_at <= :since"
    return db.execute(text(sql), {"since": now - IDLE}).rowcount
