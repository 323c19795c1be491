"""A city with known places, and a client of the real application over it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.db import Database
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
