"""The changes that people propose: those that wait, and what became of each. Never commits."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.errors import NotFound
from app.places.content import Content
from app.tables.contributions import WAITING


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a place: an id of its own (UUIDv7, maybe the client's), and the revision its author saw."""

    id: UUID
    place_id: UUID
    seen: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change with what it says, and who made it when."""

    change: Change
    content: Content
    author: UUID | None
    made_at: datetime


def add(db: Connection, city_id: int, made: Proposed, state: str = "waiting") -> None:
    """Record a change; one that became a version at once is recorded as approved, so that it happens once."""
    sql = """INSERT INTO place_changes (city_id, id, place_id, base_revision, content, geom, author, made_at,
            state, decided_at)
        VALUES (:city, :id, :place, :seen, :content, ST_GeomFromWKB(:wkb, 4326), :author, :at, :state,
            CASE WHEN :state <> 'waiting' THEN CAST(:at AS timestamptz) END)"""
    change = made.change
    values = {"city": city_id, "id": change.id, "place": change.place_id, "seen": change.seen, "state": state}
    values |= {"content": Jsonb(stored(made.content)), "wkb": shapely.to_wkb(made.content.geometry)}
    db.execute(text(sql), {**values, "author": made.author, "at": made.made_at})


def outcome(db: Connection, city_id: int, change_id: UUID) -> tuple[str, int] | None:
    """What became of a change that was sent before: a state as `Outcome` has it, and the place's revision."""
    sql = """SELECT CASE c.state WHEN 'approved' THEN p.moderation ELSE c.state END AS state, p.revision
        FROM place_changes c JOIN places p ON p.city_id = :city AND p.id = c.place_id
        WHERE c.city_id = :city AND c.id = :id"""
    row = db.execute(text(sql), {"city": city_id, "id": change_id}).one_or_none()
    return (row.state, row.revision) if row else None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What became of what somebody sent: a change or a new place, with a state of either."""

    place_id: UUID
    author: UUID | None
    state: str
    made_at: datetime
    decided_at: datetime | None


def contribution(db: Connection, city_id: int, key: UUID) -> Contribution | None:
    """The change, or the place, of this id; None where there is none."""
    sql = """SELECT place_id, author, state, made_at, decided_at FROM place_changes
            WHERE city_id = :city AND id = :id
        UNION ALL
        SELECT p.id, CASE WHEN f.id IS NULL THEN p.author ELSE f.author END, p.moderation,
            coalesce(f.recorded_at, p.recorded_at), NULL
        FROM places p LEFT JOIN place_revisions f ON f.city_id = :city AND f.id = p.id AND f.revision = 1
        WHERE p.city_id = :city AND p.id = :id LIMIT 1"""
    row = db.execute(text(sql), {"city": city_id, "id": key}).one_or_none()
    return Contribution(**row._mapping) if row else None


def waiting(db: Connection, city_id: int, change_id: UUID) -> Proposed:
    """A change that waits, kept from others until the transaction ends; raises NotFound."""
    sql = f"""SELECT id, place_id, base_revision, content, ST_AsBinary(geom) AS wkb, author, made_at
        FROM place_changes WHERE city_id = :city AND id = :id AND {WAITING} FOR UPDATE"""
    row = db.execute(text(sql), {"city": city_id, "id": change_id}).one_or_none()
    if row is None:
        raise NotFound(
            "No change %(change)s waits here; somebody may have decided about it.", change=change_id
        )
    change = Change(row.id, row.place_id, row.base_revision)
    return Proposed(change, read(row.content, row.wkb), row.author, row.made_at)


def decide(db: Connection, city_id: int, change_id: UUID, state: str, at: datetime) -> None:
    """Say what becomes of a change."""
    sql = """UPDATE place_changes SET state = :state, decided_at = :at
        WHERE city_id = :city AND id = :id"""
    db.execute(text(sql), {"city": city_id, "id": change_id, "state": state, "at": at})


def stored(content: Content) -> dict[str, Any]:
    """The content as JSON; its geometry has a column."""
    fields = asdict(content)
    del fields["geometry"]
    moments = {name: moment.isoformat() for name in ("since", "until") if (moment := fields[name])}
    return fields | moments


def read(kept: dict[str, Any], wkb: bytes) -> Content:
    """The content that was kept so."""
    moments = {name: datetime.fromisoformat(kept[name]) for name in ("since", "until") if kept[name]}
    return Content(**{**kept, **moments}, geometry=shapely.from_wkb(wkb))
