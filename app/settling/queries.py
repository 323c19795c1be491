"""What is asked about the rules of a city, and what is written of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.settling.rules import Rules
from app.statements import rows

SHOWN = 50
"""How many of the latest changes the page of the rules lists."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the rules: what the changed ones were before, and after; `by` says who made it."""

    at: datetime
    person_id: UUID | None
    by: str | None
    before: dict[str, Any]
    after: dict[str, Any]


def rules(db: Connection, city_id: int) -> Rules:
    """The rules of a city as they are now."""
    sql = "SELECT review, visitors_pin, names FROM cities WHERE id = %(city)s"
    return rows(db, Rules, sql, {"city": city_id})[0]


def take_turns(db: Connection, city_id: int) -> None:
    """Let nobody else settle the city until the transaction ends."""
    db.execute(text("SELECT FROM cities WHERE id = :city FOR NO KEY UPDATE"), {"city": city_id})


def write(db: Connection, city_id: int, rules: Rules) -> None:
    """Write the rules down."""
    sql = "UPDATE cities SET review = :review, visitors_pin = :visitors_pin, names = :names WHERE id = :city"
    values = {"review": rules.review, "visitors_pin": rules.visitors_pin, "names": Jsonb(rules.names)}
    db.execute(text(sql), values | {"city": city_id})


def note(db: Connection, city_id: int, key: UUID, change: Change) -> None:
    """Note what was changed, for ever."""
    sql = """INSERT INTO rule_changes (city_id, id, at, person_id, before, after)
        VALUES (:city, :id, :at, :person, :before, :after)"""
    values = {"before": Jsonb(change.before), "after": Jsonb(change.after), "person": change.person_id}
    db.execute(text(sql), values | {"city": city_id, "id": key, "at": change.at})


def changes(db: Connection, city_id: int) -> list[Change]:
    """The latest changes of the rules, newest first, with the names of who made them and is still here."""
    sql = f"""SELECT at, person_id, coalesce(name, email) AS by, before, after
        FROM rule_changes LEFT JOIN people ON people.id = person_id
        WHERE city_id = %(city)s ORDER BY at DESC, rule_changes.id DESC LIMIT {SHOWN}"""
    return rows(db, Change, sql, {"city": city_id})
