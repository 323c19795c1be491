"""Decisions taken back: by one more decision, which undoes the first. Never commits."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Connection

from app.errors import Conflict
from app.moderation import queries
from app.moderation.queries import Decision
from app.moderation.rules import APPROVE, ASK, MERGE, REMOVE, RESTORE, UNDO, Thing
from app.moderation.writing import Judge
from app.photos import service as photos
from app.places import merging, versions
from app.places import service as places
from app.places.merging import Merged
from app.places.relations import Handed

MOVED = ("reports", "place_photos")
"""What is about a place, and is about the other one when they are merged."""


def undo_decision(db: Connection, city_id: int, decision: Decision, judge: Judge) -> Decision:
    """Take a decision back; gives the decision that says so.

    Raises Conflict where it was taken back already, where something else was decided since, and where there
    is nothing to take back.
    """
    final = (ASK, UNDO, RESTORE, REMOVE)
    if decision.action in final or (decision.sort, decision.action) == ("appeal", APPROVE):
        raise Conflict("This cannot be undone; decide anew instead.")
    undone = _undoing(decision, judge)
    if not queries.add_decision(db, city_id, undone):
        raise Conflict("This was undone already; nothing was changed.")
    if decision.action == MERGE:
        _split(db, city_id, decision, judge)
    else:
        _unchanged(db, city_id, decision)
        UNDO_OF[decision.sort](db, city_id, decision, judge)
    return undone


def _undoing(decision: Decision, judge: Judge) -> Decision:
    return Decision(
        id=judge.new_id(),
        batch_id=judge.batch,
        at=judge.at,
        person_id=judge.person,
        sort=decision.sort,
        subject_id=decision.subject_id,
        place_id=decision.place_id,
        action=UNDO,
        reason=None,
        words=None,
        before=decision.after,
        after=decision.before,
        asked_at=None,
        undoes=decision.id,
    )


def _unchanged(db: Connection, city_id: int, decision: Decision) -> None:
    """Raise Conflict where the thing is not as the decision left it."""
    there = queries.state_of(db, city_id, Thing(decision.sort, decision.subject_id))
    if there.state != decision.after:
        raise Conflict("Something else was decided about this since; decide anew instead.")


def _place(db: Connection, city_id: int, decision: Decision, judge: Judge) -> None:
    places.moderate(db, city_id, [decision.subject_id], decision.before)
    queries.reopen_reports(db, city_id, (decision.details or {}).get("reports", []))


def _change(db: Connection, city_id: int, decision: Decision, judge: Judge) -> None:
    """A change that was taken over leaves by a version that says what the one before said; it waits again."""
    if decision.action != APPROVE:
        queries.rebase_change(db, city_id, decision.subject_id, None)
        return
    assert decision.details, "a change that was taken over says which version it made"
    assert decision.place_id, "and of which place"
    key = (city_id, decision.place_id)
    now = versions.current(db, key)
    if now is None or now.revision != decision.details["revision"]:
        raise Conflict("This place was changed again since; restore the version that you want instead.")
    made = places.restore_revision(db, key, decision.details["base"], judge.hand)
    queries.rebase_change(db, city_id, decision.subject_id, made.revision)


def _asked(db: Connection, city_id: int, decision: Decision, judge: Judge) -> None:
    thing = Thing(decision.sort, decision.subject_id)
    queries.set_state(db, city_id, thing, decision.before, None)
    if (decision.details or {}).get("owner"):
        queries.remove_owner(db, city_id, decision.subject_id)


def _photo(db: Connection, city_id: int, decision: Decision, judge: Judge) -> None:
    photos.settle_photos(db, city_id, [decision.subject_id], decision.before)


UNDO_OF: dict[str, Callable[[Connection, int, Decision, Judge], None]] = {
    "place": _place,
    "change": _change,
    "photo": _photo,
    "report": _asked,
    "claim": _asked,
    "appeal": _asked,
}


def _split(db: Connection, city_id: int, decision: Decision, judge: Judge) -> None:
    """Let a merged place be itself again, with what it handed on."""
    details = decision.details or {}
    goes, stays = decision.subject_id, UUID(details["into"])
    added = {table: [UUID(each) for each in people] for table, people in details["added"].items()}
    relations = details.get("relations", {})  # mergers of before there were any have none
    handed = Handed(**{name: [UUID(each) for each in ids] for name, ids in relations.items()})
    merging.split_place(db, city_id, goes, Merged(decision.before, added, handed), judge.at)
    for table in MOVED:
        queries.move(db, city_id, table, (stays, goes), details["moved"].get(table, []))
    queries.set_changes(db, city_id, ("id", details["changes"]), "waiting", None)
