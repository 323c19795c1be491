"""What is asked and written about single reports, claims, appeals and decisions. Never commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.errors import NotFound
from app.moderation.rules import Thing
from app.statements import rows

TABLES = {"report": "reports", "claim": "claims", "appeal": "appeals"}
"""Where the things are that have nothing but a state."""


@dataclass(frozen=True, slots=True)
class State:
    """How something stands: its state, its place, since when it has waited, and who asked."""

    state: str
    place_id: UUID | None
    asked_at: datetime
    person: UUID | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it is kept."""

    id: UUID
    batch_id: UUID
    at: datetime
    person_id: UUID | None
    sort: str
    subject_id: UUID
    place_id: UUID | None
    action: str
    reason: str | None
    words: str | None
    before: str
    after: str
    asked_at: datetime | None
    details: dict[str, Any] | None = None
    undoes: UUID | None = None


COLUMNS = ", ".join(Decision.__dataclass_fields__)


def state_of(db: Connection, city_id: int, thing: Thing) -> State:
    """How a thing stands, kept from others until the transaction ends; raises NotFound."""
    found = db.execute(text(STATE_OF[thing.sort]), {"city": city_id, "id": thing.id}).one_or_none()
    if found is None:
        raise NotFound("There is nothing to decide about at %(item)s.", item=str(thing))
    return State(*found)


STATE_OF = {
    "place": """SELECT CASE WHEN merged_into IS NULL THEN moderation ELSE 'merged' END, id, recorded_at,
            author
        FROM places WHERE city_id = :city AND id = :id FOR UPDATE""",
    "change": """SELECT state, place_id, made_at, author FROM place_changes
        WHERE city_id = :city AND id = :id FOR UPDATE""",
    "photo": """SELECT state, place_id, added_at, author FROM place_photos
        WHERE city_id = :city AND id = :id FOR UPDATE""",
    "report": """SELECT state, place_id, made_at, person_id FROM reports
        WHERE city_id = :city AND id = :id FOR UPDATE""",
    "claim": """SELECT state, place_id, made_at, person_id FROM claims
        WHERE city_id = :city AND id = :id FOR UPDATE""",
    "appeal": """SELECT a.state, d.place_id, a.made_at, a.person_id
        FROM appeals a JOIN decisions d ON d.city_id = :city AND d.id = a.decision_id
        WHERE a.city_id = :city AND a.id = :id FOR UPDATE OF a""",
}


ABOUT_PLACES = (
    ("change", "place_changes"),
    ("photo", "place_photos"),
    ("report", "reports"),
    ("claim", "claims"),
)


def places_of(db: Connection, city_id: int, things: Sequence[Thing]) -> list[UUID]:
    """The places that things are about, so that they can be locked in one order before anything is done."""
    found = [thing.id for thing in things if thing.sort == "place"]
    for sort, table in ABOUT_PLACES:
        ids = [thing.id for thing in things if thing.sort == sort]
        if ids:
            sql = f"SELECT place_id FROM {table} WHERE city_id = :city AND id = ANY(:ids)"
            found += db.scalars(text(sql), {"city": city_id, "ids": ids})
    appeals = [thing.id for thing in things if thing.sort == "appeal"]
    if appeals:  # one that is granted undoes a decision, which may be about any place
        sql = """SELECT d.place_id FROM appeals a JOIN decisions d
                ON d.city_id = :city AND d.id = a.decision_id
            WHERE a.city_id = :city AND a.id = ANY(:ids) AND d.place_id IS NOT NULL"""
        found += db.scalars(text(sql), {"city": city_id, "ids": appeals})
    return found


def set_state(db: Connection, city_id: int, thing: Thing, state: str, at: datetime | None) -> None:
    """Say what becomes of a report, a claim or an appeal."""
    sql = f"""UPDATE {TABLES[thing.sort]} SET state = :state, decided_at = :at
        WHERE city_id = :city AND id = :id"""
    db.execute(text(sql), {"city": city_id, "id": thing.id, "state": state, "at": at})


def close_reports(db: Connection, city_id: int, place_id: UUID, at: datetime) -> list[UUID]:
    """Grant every report about a place that waits; gives their ids, oldest first."""
    sql = """UPDATE reports SET state = 'granted', decided_at = :at
        WHERE city_id = :city AND place_id = :place AND state = 'waiting' RETURNING id"""
    return sorted(db.scalars(text(sql), {"city": city_id, "place": place_id, "at": at}))


def reopen_reports(db: Connection, city_id: int, ids: Sequence[str]) -> None:
    """Let reports wait again that a decision had closed."""
    sql = """UPDATE reports SET state = 'waiting', decided_at = NULL
        WHERE city_id = :city AND id = ANY(cast(:ids AS uuid[]))"""
    db.execute(text(sql), {"city": city_id, "ids": list(ids)})


def move(
    db: Connection, city_id: int, table: str, way: tuple[UUID, UUID], only: Sequence[str] | None
) -> list[str]:
    """Let reports that wait, or photos, of one place (or only these) be another one's; gives their ids."""
    every = {"reports": "state = 'waiting'", "place_photos": "true"}[table]
    which = every if only is None else "id = ANY(cast(:ids AS uuid[]))"
    sql = f"""UPDATE {table} SET place_id = :to
        WHERE city_id = :city AND place_id = :was AND {which} RETURNING id"""
    values = {"city": city_id, "was": way[0], "to": way[1], "ids": list(only or ())}
    return [str(each) for each in db.scalars(text(sql), values)]


def set_changes(
    db: Connection, city_id: int, which: tuple[str, Any], state: str, at: datetime | None
) -> list[str]:
    """Close the waiting changes of some `place_id`s, or let some `id`s wait again; `which` says of which."""
    column, value = which
    sql = f"""UPDATE place_changes SET state = :state, decided_at = :at WHERE city_id = :city
            AND {column} = ANY(cast(:ids AS uuid[])) AND (:state = 'waiting' OR state = 'waiting')
        RETURNING id"""
    found = db.scalars(text(sql), {"city": city_id, "ids": list(value), "state": state, "at": at})
    return [str(each) for each in found]


def rebase_change(db: Connection, city_id: int, change_id: UUID, revision: int | None) -> None:
    """Let a change wait again; upon `revision`, where its place got a new one meanwhile by taking it back."""
    sql = """UPDATE place_changes SET state = 'waiting', decided_at = NULL,
            base_revision = coalesce(:revision, base_revision)
        WHERE city_id = :city AND id = :id"""
    db.execute(text(sql), {"city": city_id, "id": change_id, "revision": revision})


def base_of(db: Connection, city_id: int, change_id: UUID) -> int:
    """The revision that a change was made to."""
    sql = "SELECT base_revision FROM place_changes WHERE city_id = :city AND id = :id"
    return int(db.execute(text(sql), {"city": city_id, "id": change_id}).scalar_one())


def add_owner(db: Connection, city_id: int, claim_id: UUID, at: datetime) -> bool:
    """Make who claims a place its owner; False where they are already."""
    sql = """INSERT INTO place_owners (city_id, place_id, person_id, since)
        SELECT city_id, place_id, person_id, :at FROM claims WHERE city_id = :city AND id = :id
        ON CONFLICT (city_id, place_id, person_id) DO NOTHING"""
    return db.execute(text(sql), {"city": city_id, "id": claim_id, "at": at}).rowcount == 1


def remove_owner(db: Connection, city_id: int, claim_id: UUID) -> None:
    """Let who claimed a place own it no longer."""
    sql = """DELETE FROM place_owners o USING claims c WHERE o.city_id = :city AND c.city_id = :city
            AND c.id = :id AND o.place_id = c.place_id AND o.person_id = c.person_id"""
    db.execute(text(sql), {"city": city_id, "id": claim_id})


def add_decision(db: Connection, city_id: int, decision: Decision) -> bool:
    """Write a decision down; False where it undoes one that is undone already."""
    values = ", ".join(f":{name}" for name in Decision.__dataclass_fields__)
    sql = f"""INSERT INTO decisions (city_id, {COLUMNS}) VALUES (:city, {values})
        ON CONFLICT (city_id, undoes) WHERE undoes IS NOT NULL DO NOTHING"""
    row = {**asdict(decision), "details": Jsonb(decision.details) if decision.details else None}
    return db.execute(text(sql), {"city": city_id, **row}).rowcount == 1


def decisions(db: Connection, city_id: int, which: str, key: UUID) -> list[Decision]:
    """The decisions whose `which` (id, batch_id, subject_id, place_id) is this key, in their order."""
    sql = f"""SELECT {COLUMNS} FROM decisions WHERE city_id = %(city)s AND {which} = %(key)s
        ORDER BY at, id"""
    return rows(db, Decision, sql, {"city": city_id, "key": key})


def decision(db: Connection, city_id: int, decision_id: UUID) -> Decision:
    """A decision; raises NotFound."""
    found = decisions(db, city_id, "id", decision_id)
    if not found:
        raise NotFound("There is no decision %(decision)s here.", decision=decision_id)
    return found[0]


def decision_appealed(db: Connection, city_id: int, appeal_id: UUID) -> Decision:
    """The decision that an appeal is against."""
    sql = "SELECT decision_id FROM appeals WHERE city_id = :city AND id = :id"
    return decision(db, city_id, db.execute(text(sql), {"city": city_id, "id": appeal_id}).scalar_one())


def of_person(db: Connection, city_id: int, person: UUID) -> list[Thing]:
    """What a person wrote that is public or waits: places that they pinned, and changes that wait."""
    sql = """SELECT 'place' AS sort, p.id FROM places p
        WHERE p.city_id = :city AND p.moderation <> 'hidden' AND :person = coalesce(
            (SELECT r.author FROM place_revisions r
                WHERE r.city_id = :city AND r.id = p.id AND r.revision = 1), p.author)
        UNION ALL
        SELECT 'change', c.id FROM place_changes c
        WHERE c.city_id = :city AND c.author = :person AND c.state = 'waiting' ORDER BY 1, 2"""
    found = db.execute(text(sql), {"city": city_id, "person": person})
    return [Thing(row.sort, row.id) for row in found]


def with_states(db: Connection, city_id: int, place_ids: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """How places are moderated, in the order of their ids."""
    sql = """SELECT id, moderation FROM places WHERE city_id = :city AND id = ANY(:ids)
        AND merged_into IS NULL ORDER BY id"""
    found = db.execute(text(sql), {"city": city_id, "ids": list(place_ids)})
    return [(row.id, row.moderation) for row in found]


def is_undone(db: Connection, city_id: int, decision_id: UUID) -> bool:
    """Whether a decision was taken back."""
    sql = "SELECT EXISTS (SELECT FROM decisions WHERE city_id = :city AND undoes = :id)"
    return bool(db.scalar(text(sql), {"city": city_id, "id": decision_id}))
