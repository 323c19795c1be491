"""A city with known places, and a client of the real application over it."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask import session as flask_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.credentials import TOKEN_PREFIX
from app.db import Database
from app.keys import fingerprint
from app.people.service import new_account
from app.places.counts import count
from app.settings import Settings
from app.web import create_app
from geo import curve
from tests.conftest import FreshDatabase

TORINO, MILANO = 1272, 15146


@pytest.fixture
def owner(database: FreshDatabase) -> Iterator[Connection]:
    """A connection of the owning role; what it writes is committed at once."""
    opened = Database(database.owner_url, size=1)
    with opened.reading() as connection:
        yield connection
    opened.close()


@pytest.fixture
def torino(owner: Connection) -> Connection:
    """Torino without a place, beside a noisy neighbour whose rows no answer about Torino may hold."""
    add_city(owner, TORINO, "torino")
    add_city(owner, MILANO, "milano")
    add_place(owner, city_id=MILANO, title="Rumore", kind="house")
    return owner


@pytest.fixture
def app(database: FreshDatabase, tmp_path: Path) -> Iterator[Flask]:
    """The application as it serves, over this test's database."""
    made = create_app(
        replace(Settings(), database_url=database.app_url, base_url="https://city.example", var=tmp_path)
    )
    yield made
    made.extensions["cortile"].database.close()


@pytest.fixture
def client(app: Flask, torino: Connection) -> FlaskClient:
    """A visitor's client."""
    return app.test_client()


def add_city(db: Connection, city_id: int, slug: str) -> None:
    """A city whose home and extent are boxes around Torino."""
    db.execute(
        text("""INSERT INTO cities (id, slug, names, languages, time_zone, metric_srid, home, extent)
            VALUES (:id, :slug, jsonb_build_object('it', cast(:slug AS text)), '{it,en}', 'Europe/Rome',
                32632, ST_MakeEnvelope(7.57, 45.0, 7.78, 45.14, 4326),
                ST_MakeEnvelope(6.5, 44.6, 8.3, 45.7, 4326))"""),
        {"id": city_id, "slug": slug},
    )


def add_place(db: Connection, lon: float = 7.68, lat: float = 45.07, **columns: Any) -> str:
    """A place, with whatever columns a test cares about; returns its id. `wkt` makes it more than a point."""
    shape = columns.pop("wkt", f"POINT({lon} {lat})")
    row = {
        "city_id": TORINO,
        "id": str(compat.uuid7()),
        "kind": "project",
        "status": "active",
        "moderation": "published",
        "title": "Orto",
        "language": "it",
        "source": "a test",
        "licence": "CC0-1.0",
        "recorded_at": datetime(2026, 1, 2, tzinfo=UTC),
        "lon": lon,
        "lat": lat,
        "morton": int(curve.encode([lon], [lat])[0]),
        **columns,
    }
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    db.execute(
        text(f"INSERT INTO places ({names}, geom) VALUES ({values}, ST_GeomFromText(:shape, 4326))"),
        {**row, "shape": shape},
    )
    count(db, int(row["city_id"]), (1, "id = :id"), {"id": row["id"]})
    return str(row["id"])


def add_person(
    db: Connection,
    email: str = "ada@city.example",
    name: str | None = "Ada",
    role: str | None = None,
    city_id: int = TORINO,
    **columns: Any,
) -> UUID:
    """Somebody with an account, confirmed and without a password, and with a role in a city where one is
    named.

    `columns` are more of the table `people`, such as `confirmed_at=None`.
    """
    now = datetime.now(UTC)
    person = compat.uuid7()
    row = {**new_account(person, email, now), "name": name, "confirmed_at": now, **columns}
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    db.execute(text(f"INSERT INTO people ({names}) VALUES ({values})"), row)
    if role:
        give_role(db, person, role, city_id)
    return person


def give_role(db: Connection, person: UUID, role: str, city_id: int = TORINO) -> None:
    """A role in a city: member, operator, moderator, officer or administrator."""
    db.execute(
        text("""INSERT INTO memberships (city_id, person_id, role, given_at)
            VALUES (:city, :person, :role, now())"""),
        {"city": city_id, "person": person, "role": role},
    )


def sign_in(client: FlaskClient, db: Connection, person: UUID) -> UUID:
    """Let a client be signed in as this person, by a session such as signing in makes; returns its id."""
    secret, session_id = secrets.token_urlsafe(), compat.uuid7()
    uniquifier = db.execute(
        text("SELECT fs_uniquifier FROM people WHERE id = :person"), {"person": person}
    ).scalar_one()
    db.execute(
        text("""INSERT INTO sessions (key, id, person_id, started_at, seen_at, user_agent)
            VALUES (:key, :id, :person, now(), now(), 'a test')"""),
        {"key": fingerprint(secret), "id": session_id, "person": person},
    )
    with client.session_transaction() as session:
        session |= {"sid": secret, "_user_id": uniquifier, "_fresh": True, "fs_cc": "set"}
        session |= {"fs_paa": datetime.now(UTC).timestamp()}
    return session_id


def csrf(client: FlaskClient) -> str:
    """The token that this client's forms carry, as the field `csrf_token` or the header `X-CSRFToken`.

    It is what a page with a form would have handed out; the session remembers its other half.
    """
    with client.application.test_request_context():
        token: str = generate_csrf()
        half = flask_session["csrf_token"]
    with client.session_transaction() as session:
        session["csrf_token"] = half
    return token


def csrf_of(page: str) -> str:
    """The token in the first form of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "no form with a token"
    return found[1]


def token_for(
    db: Connection,
    person: UUID,
    scopes: Iterable[str] = ("read", "write"),
    expires_in: timedelta = timedelta(days=1),
) -> dict[str, str]:
    """The headers by which a program is this person, as far as the scopes go."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    db.execute(
        text("""INSERT INTO api_tokens (key, id, person_id, name, scopes, created_at, expires_at)
            VALUES (:key, :id, :person, 'a test', :scopes, now(), :expires)"""),
        {
            "key": fingerprint(token),
            "id": compat.uuid7(),
            "person": person,
            "scopes": list(scopes),
            "expires": datetime.now(UTC) + expires_in,
        },
    )
    return {"Authorization": f"Bearer {token}"}
