"""A desk with moderators at it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils import compat

from app.moderation import service
from app.moderation.asking import Appeal, Claim, Report
from app.moderation.queries import Decision
from app.moderation.rules import Thing, Verdict
from app.moderation.service import Merger
from app.moderation.writing import Judge
from tests.app.places.conftest import Desk, db, desk

__all__ = ["db", "desk"]
CARLA = UUID(int=98)


@dataclass
class Bench:
    """Moderators at a desk; each thing that they do takes a minute."""

    desk: Desk

    def judge(self, batch: UUID | None = None) -> Judge:
        self.desk.now += timedelta(minutes=1)
        return Judge(CARLA, self.desk.now, batch or compat.uuid7(), compat.uuid7)

    def decide(self, action: str, *things: Thing, reason: str | None = None) -> list[Decision]:
        reason = reason or (None if action in ("approve", "ask") else "spam")
        with self.desk.database.transaction() as db:
            verdict = Verdict(action, reason, "Perché sì.")
            return service.decide(db, self.desk.city.id, things, verdict, self.judge())

    def merge(self, goes: UUID, stays: UUID) -> Decision:
        with self.desk.database.transaction() as db:
            return service.merge(db, self.desk.city.id, Merger(goes, stays), self.judge())

    def undo(self, decision: Decision) -> list[Decision]:
        with self.desk.database.transaction() as db:
            return service.undo(db, self.desk.city.id, decision.batch_id, self.judge())

    def report(self, place: UUID, reason: str = "gone", person: UUID | None = None) -> Thing:
        key = compat.uuid7()
        with self.desk.database.transaction() as db:
            made = Report(key, place, reason, "Non c’è più.", person, None, "it", self.judge().at)
            service.report(db, self.desk.city.id, made)
        return Thing("report", key)

    def claim(self, place: UUID, person: UUID) -> Thing:
        key = compat.uuid7()
        with self.desk.database.transaction() as db:
            made = Claim(key, place, person, "Casa nel Parco", None, self.judge().at)
            service.claim(db, self.desk.city.id, made)
        return Thing("claim", key)

    def appeal(self, decision: Decision, person: UUID | None = None) -> Thing:
        key = compat.uuid7()
        with self.desk.database.transaction() as db:
            made = Appeal(key, decision.id, person, "Non è spam.", self.judge().at)
            service.appeal(db, self.desk.city.id, made)
        return Thing("appeal", key)


@pytest.fixture
def bench(desk: Desk) -> Bench:
    return Bench(desk)
