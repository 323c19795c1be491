"""What is asked about people, and what is written about them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from app.statements import rows


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a role in a city; `by` gave it: their name or address, None for the command line and for
    who has left."""

    person_id: UUID
    email: str
    name: str | None
    role: str
    organisation: str | None
    given_at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The person of an e-mail address."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in; when it was seen is known to the hour."""

    id: UUID
    started_at: datetime
    seen_at: datetime
    user_agent: str


@dataclass(frozen=True, slots=True)
class Token:
    """What a program signs in with, without the token itself; when it was used is known to the hour."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of somebody who has an account."""

    id: UUID
    email: str
    name: str | None
    language: str
    created_at: datetime
    confirmed_at: datetime | None
    has_password: bool
    has_second_factor: bool
    recovery_codes: int


@dataclass(frozen=True, slots=True)
class Given:
    """A role in a city."""

    role: str
    organisation: str | None
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to a provider of OpenID Connect."""

    issuer: str
    subject: str
    linked_at: datetime


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
    sql = """SELECT person_id, people.email, people.name, role, organisation, given_at,
            coalesce(giver.name, giver.email) AS by
        FROM memberships JOIN people ON people.id = person_id LEFT JOIN people giver ON giver.id = given_by
        WHERE city_id = %(city)s ORDER BY people.email, role"""
    return rows(db, Member, sql, {"city": city_id})


def administrators(db: Connection, city_id: int) -> list[UUID]:
    """Who gives roles in a city; nobody else takes one of them away until the transaction ends."""
    sql = """SELECT person_id FROM memberships WHERE city_id = :city AND role = 'administrator'
        ORDER BY person_id FOR UPDATE"""
    return list(db.execute(text(sql), {"city": city_id}).scalars())


def begin_session(
    db: Connection, key: bytes, session_id: UUID, whose: tuple[UUID, str], at: datetime
) -> None:
    """Write down a session of a person, with what their browser calls itself."""
    sql = """INSERT INTO sessions (key, id, person_id, started_at, seen_at, user_agent)
        VALUES (:key, :id, :person, :at, :at, :agent)"""
    values = {"key": key, "id": session_id, "person": whose[0], "agent": whose[1], "at": at}
    db.execute(text(sql), values)


def end_session_of(db: Connection, key: bytes, at: datetime) -> None:
    """End the session of a cookie."""
    sql = "UPDATE sessions SET ended_at = :at WHERE key = :key AND ended_at IS NULL"
    db.execute(text(sql), {"key": key, "at": at})


def end_session(db: Connection, person_id: UUID, session_id: UUID, at: datetime) -> bool:
    """End a session of a person; False where they have none of this id."""
    sql = "UPDATE sessions SET ended_at = :at WHERE person_id = :person AND id = :id AND ended_at IS NULL"
    return db.execute(text(sql), {"person": person_id, "id": session_id, "at": at}).rowcount == 1


def end_other_sessions(db: Connection, person_id: UUID, kept: bytes, at: datetime) -> int:
    """End every session of a person but the one of this key; says how many ended."""
    sql = """UPDATE sessions SET ended_at = :at
        WHERE person_id = :person AND key <> :kept AND ended_at IS NULL"""
    return db.execute(text(sql), {"person": person_id, "kept": kept, "at": at}).rowcount


def sessions(db: Connection, person_id: UUID, since: datetime) -> list[Session]:
    """The open sessions of a person that were used since then, the latest first."""
    sql = """SELECT id, started_at, seen_at, user_agent FROM sessions
        WHERE person_id = %(person)s AND ended_at IS NULL AND seen_at > %(since)s ORDER BY seen_at DESC, id"""
    return rows(db, Session, sql, {"person": person_id, "since": since})


def tokens(db: Connection, person_id: UUID) -> list[Token]:
    """The tokens of a person, the newest first; what they are is known to nobody but their owner."""
    sql = """SELECT id, name, scopes, created_at, expires_at, used_at FROM api_tokens
        WHERE person_id = %(person)s ORDER BY created_at DESC"""
    return rows(db, Token, sql, {"person": person_id})


def add_token(db: Connection, key: bytes, person_id: UUID, token: Token) -> None:
    """Keep a token by its fingerprint."""
    sql = """INSERT INTO api_tokens (key, id, person_id, name, scopes, created_at, expires_at)
        VALUES (:key, :id, :person, :name, :scopes, :created_at, :expires_at)"""
    values = {"key": key, "person": person_id, "id": token.id, "name": token.name, "scopes": token.scopes}
    db.execute(text(sql), values | {"created_at": token.created_at, "expires_at": token.expires_at})


def remove_token(db: Connection, person_id: UUID, token_id: UUID) -> bool:
    """Take a token back; False where the person has none of this id."""
    sql = "DELETE FROM api_tokens WHERE person_id = :person AND id = :id"
    return db.execute(text(sql), {"person": person_id, "id": token_id}).rowcount == 1


def account(db: Connection, person_id: UUID) -> Account:
    """What is known of a person who has an account."""
    sql = """SELECT id, email, name, language, created_at, confirmed_at, password IS NOT NULL AS has_password,
            tf_primary_method IS NOT NULL AS has_second_factor,
            coalesce(cardinality(mf_recovery_codes), 0) AS recovery_codes
        FROM people WHERE id = %(person)s"""
    return rows(db, Account, sql, {"person": person_id})[0]


def change_profile(db: Connection, person_id: UUID, name: str | None, language: str) -> None:
    """Change what a person is called, and the language of mails to them."""
    sql = "UPDATE people SET name = :name, language = :language WHERE id = :person"
    db.execute(text(sql), {"person": person_id, "name": name, "language": language})


def roles_of(db: Connection, city_id: int, person_id: UUID) -> list[Given]:
    """The roles that a person was given in a city."""
    sql = """SELECT role, organisation, given_at FROM memberships
        WHERE city_id = %(city)s AND person_id = %(person)s ORDER BY role"""
    return rows(db, Given, sql, {"city": city_id, "person": person_id})


def passkey_names(db: Connection, person_id: UUID) -> list[str]:
    """What a person calls their passkeys."""
    sql = "SELECT name FROM passkeys WHERE person_id = :person ORDER BY create_datetime"
    return list(db.execute(text(sql), {"person": person_id}).scalars())


def identities(db: Connection, person_id: UUID) -> list[Identity]:
    """By which providers of identity a person signs in."""
    sql = """SELECT issuer, subject, linked_at FROM federated_identities
        WHERE person_id = %(person)s ORDER BY issuer"""
    return rows(db, Identity, sql, {"person": person_id})


def person_of_identity(db: Connection, issuer: str, subject: str) -> UUID | None:
    """Whose identity it is at a provider."""
    sql = (
        "SELECT person_id AS id FROM federated_identities WHERE issuer = %(issuer)s AND subject = %(subject)s"
    )
    found = rows(db, Found, sql, {"issuer": issuer, "subject": subject})
    return found[0].id if found else None


def link_identity(db: Connection, person_id: UUID, identity: Identity) -> None:
    """Let a person sign in by an identity at a provider."""
    sql = """INSERT INTO federated_identities (issuer, subject, person_id, linked_at)
        VALUES (:issuer, :subject, :person, :at) ON CONFLICT DO NOTHING"""
    values = {"issuer": identity.issuer, "subject": identity.subject, "at": identity.linked_at}
    db.execute(text(sql), values | {"person": person_id})


def remove_person(db: Connection, person_id: UUID) -> None:
    """Remove a person, and all they are recognised by; what they pinned stays, and names nobody."""
    db.execute(text("DELETE FROM people WHERE id = :person"), {"person": person_id})


@dataclass(frozen=True, slots=True)
class Related:
    """A relation between two places that a person proposed, as it is now."""

    id: UUID
    tail: UUID
    head: UUID
    kind: str
    since: datetime | None
    until: datetime | None
    state: str
    note: str | None
    proposed_at: datetime


def relations_by(db: Connection, city_id: int, person: UUID) -> list[Related]:
    """The relations that somebody proposed in a city, the newest first."""
    sql = """SELECT id, tail, head, kind, lower(valid) AS since, upper(valid) AS until, state, note,
            proposed_at
        FROM relations WHERE city_id = %(city)s AND proposed_by = %(person)s ORDER BY proposed_at DESC, id"""
    return rows(db, Related, sql, {"city": city_id, "person": person})
