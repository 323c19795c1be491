"""A city to write places in, without the web."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
import shapely
from sqlalchemy import Connection
from uuid_utils import compat

from app.cities import City, all_cities
from app.db import Database
from app.places import assigning, service
from app.places.changes import Change
from app.places.content import Content
from app.places.counts import rebuild
from app.places.membership import begin_alone
from app.places.rules import Author
from app.places.service import Hand, Outcome
from tests.conftest import FreshDatabase
from tests.http.conftest import MILANO, TORINO, add_city
from tests.neighbours import wrong

ANNA, BRUNO = UUID(int=1), UUID(int=2)
MODERATOR = Author(UUID(int=99), trusted=True)


@dataclass
class Desk:
    """Torino, reviewed as `review` says. The clock goes on a minute with each thing that is done."""

    database: Database
    city: City
    now: datetime = datetime(2026, 5, 1, 12, tzinfo=UTC)

    def reviewing(self, review: str) -> None:
        self.city = replace(self.city, review=review)

    def hand(self, by: Author | UUID | None = MODERATOR) -> Hand:
        self.now += timedelta(minutes=1)
        author = by if isinstance(by, Author) else Author(by)
        return Hand(author, self.now, Random(7).random)

    def pin(self, by: Author | UUID | None = MODERATOR, key: UUID | None = None, **said: Any) -> UUID:
        key = key or compat.uuid7()
        with self.database.transaction() as db:
            service.pin_place(db, self.city, key, content(**said), self.hand(by))
        return key

    def change(self, place: UUID, seen: int, by: Author | UUID | None = MODERATOR, **said: Any) -> Outcome:
        change = Change(said.pop("change", None) or compat.uuid7(), place, seen)
        with self.database.transaction() as db:
            return service.change_place(db, self.city, change, content(**said), self.hand(by))


def content(lon: float = 7.68, lat: float = 45.07, **said: Any) -> Content:
    """Content with what a test cares about."""
    fields = {"kind": "project", "status": "active", "language": "it", "geometry": shapely.Point(lon, lat)}
    return Content(**{**fields, "title": "Orto", **said})


@pytest.fixture
def desk(database: FreshDatabase) -> Iterator[Desk]:
    """A desk over a fresh database; afterwards counts, areas and neighbours must be those of the places."""
    owner = Database(database.owner_url, size=1)
    with owner.reading() as db:
        add_city(db, TORINO, "torino")
        add_city(db, MILANO, "milano")
        cities = {city.slug: city for city in all_cities(db)}
    opened = Database(database.app_url, size=2)
    yield Desk(opened, replace(cities["torino"], review="none"))
    opened.close()
    with owner.transaction() as db:
        begin_alone(db)
        assert rebuild(db, TORINO) == 0
        assert assigning.rebuild(db, TORINO) == 0
        assert wrong(db, TORINO) == {}
    owner.close()


@pytest.fixture
def db(desk: Desk) -> Iterator[Connection]:
    """A connection to look with."""
    with desk.database.reading() as connection:
        yield connection
