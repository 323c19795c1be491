"""What people ask moderators for: reports, claims, appeals, as they are written and read. Never commits."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from app.statements import rows
from app.tables.places import VISIBLE


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says is wrong with a place; a visitor (no `person_id`) may leave an e-mail address."""

    id: UUID
    place_id: UUID
    reason: str
    words: str | None
    person_id: UUID | None
    email: str | None
    language: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """“This is our place.”"""

    id: UUID
    place_id: UUID
    person_id: UUID
    organisation: str | None
    words: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """An objection to a decision; `person_id` is None for who came by the link."""

    id: UUID
    decision_id: UUID
    person_id: UUID | None
    words: str
    made_at: datetime


def add_report(db: Connection, city_id: int, made: Report) -> bool:
    """Write a report down, once; False where the public has no such place."""
    return _add_about_place(db, city_id, "reports", made)


def add_claim(db: Connection, city_id: int, made: Claim) -> bool:
    """Write a claim down, once; False where the public has no such place."""
    return _add_about_place(db, city_id, "claims", made)


def _add_about_place(db: Connection, city_id: int, table: str, made: Report | Claim) -> bool:
    sql = f"SELECT EXISTS (SELECT FROM places WHERE city_id = :city AND id = :place_id AND {VISIBLE})"
    fields = asdict(made)
    if not db.scalar(text(sql), {"city": city_id, **fields}):
        return False
    names, values = ", ".join(fields), ", ".join(f":{name}" for name in fields)
    sql = f"""INSERT INTO {table} (city_id, {names}) VALUES (:city, {values})
        ON CONFLICT (city_id, id) DO NOTHING"""
    db.execute(text(sql), {"city": city_id, **fields})
    return True


def is_owner(db: Connection, city_id: int, made: Claim) -> bool:
    """Whether the place is theirs already."""
    sql = """SELECT EXISTS (SELECT FROM place_owners
        WHERE city_id = :city AND place_id = :place AND person_id = :person)"""
    return bool(db.scalar(text(sql), {"city": city_id, "place": made.place_id, "person": made.person_id}))


def claimed(db: Connection, city_id: int, made: Claim) -> bool:
    """Whether another claim of theirs waits."""
    sql = """SELECT EXISTS (SELECT FROM claims WHERE city_id = :city AND place_id = :place
        AND person_id = :person AND state = 'waiting' AND id <> :id)"""
    values = {"city": city_id, "place": made.place_id, "person": made.person_id, "id": made.id}
    return bool(db.scalar(text(sql), values))


def add_appeal(db: Connection, city_id: int, made: Appeal) -> bool:
    """Write an appeal down; False where there is another one against the decision."""
    sql = """INSERT INTO appeals (city_id, id, decision_id, person_id, words, made_at)
        VALUES (:city, :id, :decision_id, :person_id, :words, :made_at)
        ON CONFLICT (city_id, decision_id) DO NOTHING"""
    if db.execute(text(sql), {"city": city_id, **asdict(made)}).rowcount == 1:
        return True
    sql = "SELECT id = :id FROM appeals WHERE city_id = :city AND decision_id = :decision_id"
    return bool(db.scalar(text(sql), {"city": city_id, **asdict(made)}))


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of something that somebody asked for; `place_id` is told where the place is public."""

    sort: str
    id: UUID
    state: str
    made_at: datetime
    decided_at: datetime | None
    person_id: UUID | None
    place_id: UUID | None
    title: str | None


def asked(db: Connection, city_id: int, sort: str, key: UUID) -> Asked | None:
    """A report or a claim as who made it may see it."""
    table = {"report": "reports", "claim": "claims"}[sort]
    sql = f"""SELECT '{sort}' AS sort, a.id, a.state, a.made_at, a.decided_at, a.person_id, p.id AS place_id,
            p.title
        FROM {table} a LEFT JOIN places p
            ON p.city_id = %(city)s AND p.id = a.place_id AND p.{VISIBLE}
        WHERE a.city_id = %(city)s AND a.id = %(id)s"""
    return next(iter(rows(db, Asked, sql, {"city": city_id, "id": key})), None)
