"""What a decision does to each sort of thing. Never commits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.moderation import queries, rules
from app.moderation.queries import State
from app.moderation.rules import APPROVE, ASK, HIDE, REMOVE, Thing, Verdict
from app.moderation.undoing import undo_decision
from app.moderation.writing import Judge
from app.photos import service as photos
from app.places import service as places


@dataclass(frozen=True, slots=True)
class Done:
    """What a decision did: the state before and after, the place, and what else it changed."""

    before: str
    after: str
    place_id: UUID | None
    asked_at: datetime | None
    details: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is decided about, by whom and how."""

    city_id: int
    thing: Thing
    verdict: Verdict
    judge: Judge


def act(db: Connection, case: Case) -> Done:
    """Do what a verdict says; raises NotFound, and Conflict where somebody was faster."""
    there = queries.state_of(db, case.city_id, case.thing)
    after = rules.next_state(case.thing.sort, there.state, case.verdict.action)
    details = None if case.verdict.action == ASK else ACTS[case.thing.sort](db, case, there, after)
    asked_at = there.asked_at if there.state in rules.PENDING else None
    return Done(there.state, after, there.place_id, asked_at, details)


def _place(db: Connection, case: Case, there: State, after: str) -> dict[str, Any] | None:
    """Publish or hide a place. With it, every report about it is answered."""
    places.moderate(db, case.city_id, [case.thing.id], after)
    if case.verdict.action != HIDE:
        return None
    closed = queries.close_reports(db, case.city_id, case.thing.id, case.judge.at)
    return {"reports": [str(each) for each in closed]} if closed else None


def _change(db: Connection, case: Case, there: State, after: str) -> dict[str, Any] | None:
    """Take a change over, or close it."""
    if case.verdict.action == APPROVE:
        base = queries.base_of(db, case.city_id, case.thing.id)
        made = places.accept_change(db, case.city_id, case.thing.id, case.judge.hand)
        return {"base": base, "revision": made.revision}
    places.refuse_change(db, case.city_id, case.thing.id, case.judge.at)
    return None


def _asked(db: Connection, case: Case, there: State, after: str) -> dict[str, Any] | None:
    queries.set_state(db, case.city_id, case.thing, after, case.judge.at)
    return None


def _claim(db: Connection, case: Case, there: State, after: str) -> dict[str, Any] | None:
    """Answer a claim; who is granted it owns the place."""
    _asked(db, case, there, after)
    if case.verdict.action != APPROVE:
        return None
    return {"owner": queries.add_owner(db, case.city_id, case.thing.id, case.judge.at)}


def _appeal(db: Connection, case: Case, there: State, after: str) -> dict[str, Any] | None:
    """Answer an appeal; who is granted it sees the decision undone."""
    _asked(db, case, there, after)
    if case.verdict.action != APPROVE:
        return None
    against = queries.decision_appealed(db, case.city_id, case.thing.id)
    undone = undo_decision(db, case.city_id, against, case.judge)
    return {"undone": str(undone.id)}


def _photo(db: Connection, case: Case, there: State, after: str) -> dict[str, Any] | None:
    """Publish or hide a photo, or leave only a trace of it; its files go when that is committed."""
    if case.verdict.action == REMOVE:
        photos.remove_photo(db, (case.city_id, case.thing.id), case.judge.at)
    else:
        photos.settle_photos(db, case.city_id, [case.thing.id], after)
    return None


ACTS: dict[str, Callable[[Connection, Case, State, str], dict[str, Any] | None]] = {
    "place": _place,
    "change": _change,
    "photo": _photo,
    "report": _asked,
    "claim": _claim,
    "appeal": _appeal,
}
