"""A city to relate places in, and people who own some of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils import compat

from app.network import service
from app.network.relating import Speaker
from app.network.service import Proposal
from app.places.relations import Relation
from tests.app.places.conftest import Desk, db, desk
from tests.http.conftest import TORINO

__all__ = ["db", "desk"]

ANNA, BRUNO, CARLA = (Speaker(UUID(int=number)) for number in (1, 2, 3))
MODERATOR = Speaker(UUID(int=99), settles=True)


@dataclass
class Web:
    """Torino with a house of Anna's and an event of Bruno's."""

    desk: Desk
    house: UUID
    event: UUID

    def place(self, kind: str, owner: Speaker | None = None, **said: Any) -> UUID:
        place = self.desk.pin(kind=kind, **said)
        if owner:
            sql = """INSERT INTO place_owners (city_id, place_id, person_id, since)
                VALUES (1272, :place, :by, now())"""
            with self.desk.database.transaction() as db:
                db.execute(text(sql), {"place": place, "by": owner.person})
        return place

    def propose(self, tail: UUID, kind: str, head: UUID, by: Speaker = BRUNO, **said: Any) -> Relation:
        proposal = Proposal(said.pop("id", None) or compat.uuid7(), tail, head, kind, **said)
        with self.desk.database.transaction() as db:
            return service.propose_relation(db, TORINO, proposal, by, self.now())

    def do(self, what: str, relation: Relation, by: Speaker, *more: Any) -> Relation:
        act = getattr(service, f"{what}_relation")
        with self.desk.database.transaction() as db:
            done: Relation = act(db, (TORINO, relation.id), by, self.now(), *more)
            return done

    def now(self) -> datetime:
        return self.desk.hand().at


@pytest.fixture
def web(desk: Desk) -> Web:
    """The house and the event."""
    empty = Web(desk, UUID(int=0), UUID(int=0))
    return Web(desk, empty.place("house", ANNA, title="Casa"), empty.place("event", BRUNO, title="Festa"))
