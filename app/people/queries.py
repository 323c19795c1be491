"""What is asked about people, and what is written about them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.statements import rows


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role in a city."""

    person_id: UUID
    email: str
    name: str | None
    role: str
    organisation: str | None
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The person of an e-mail address."""

    id: UUID


def person_of_email(db: Connection, email: str) -> UUID | None:
    """Whose address it is, written in small letters."""
    found = rows(db, Found, "SELECT id FROM people WHERE email = %(email)s", {"email": email})
    return found[0].id if found else None


def add_person(db: Connection, person: dict[str, Any]) -> None:
    """Write down a person; the columns are those of `people`."""
    names, values = ", ".join(person), ", ".join(f":{name}" for name in person)
    db.execute(text(f"INSERT INTO people ({names}) VALUES ({values})"), person)


def give_role(db: Connection, city_id: int, membership: dict[str, Any]) -> bool:
    """Give somebody a role in a city; False where they have it already."""
    sql = """INSERT INTO memberships (city_id, person_id, role, organisation, given_at, given_by)
        VALUES (:city, :person_id, :role, :organisation, :given_at, :given_by)
        ON CONFLICT (city_id, person_id, role) DO NOTHING"""
    return db.execute(text(sql), {"city": city_id, **membership}).rowcount == 1


def take_role(db: Connection, city_id: int, person_id: UUID, role: str) -> bool:
    """Take a role in a city from somebody; False where they do not have it."""
    sql = "DELETE FROM memberships WHERE city_id = :city AND person_id = :person AND role = :role"
    return db.execute(text(sql), {"city": city_id, "person": person_id, "role": role}).rowcount == 1


def members(db: Connection, city_id: int) -> list[Member]:
    """Everybody with a role in a city, in the order of their addresses."""
    sql = """SELECT person_id, email, name, role, organisation, given_at
        FROM memberships JOIN people ON people.id = person_id
        WHERE city_id = %(city)s ORDER BY email, role"""
    return rows(db, Member, sql, {"city": city_id})
