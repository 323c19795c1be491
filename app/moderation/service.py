"""What people do around the queue: report, claim, object; decide, merge, undo. They never commit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import Connection

from app.errors import BadParameter, Conflict, NotFound
from app.moderation import asking, queries
from app.moderation.acts import Case, act
from app.moderation.asking import Appeal, Claim, Report
from app.moderation.queries import Decision
from app.moderation.rules import HIDE, MERGE, MOST_AT_ONCE, REFUSE, RESTORE, Thing, Verdict
from app.moderation.undoing import MOVED, undo_decision
from app.moderation.writing import Judge
from app.places import counts, merging, versions
from app.places import service as places
from app.places.service import Outcome
from app.places.versions import Key


def decide(
    db: Connection, city_id: int, things: Sequence[Thing], verdict: Verdict, judge: Judge
) -> list[Decision]:
    """Decide about things in one go, all or none of them; gives a decision for each.

    To hide what a report is about is to hide its place. Raises NotFound, and Conflict where somebody was
    faster.
    """
    if len(things) > MOST_AT_ONCE:
        raise BadParameter("item", "at most %(most)s can be decided at once.", most=MOST_AT_ONCE)
    return _decide(db, city_id, things, verdict, judge)


def _decide(
    db: Connection, city_id: int, things: Sequence[Thing], verdict: Verdict, judge: Judge
) -> list[Decision]:
    counts.seat(db)
    versions.lock(db, city_id, queries.places_of(db, city_id, things))
    if verdict.action == HIDE:
        things = [_place_of(db, city_id, thing) for thing in things]
    return [_decided(db, city_id, thing, verdict, judge) for thing in dict.fromkeys(things)]


def _place_of(db: Connection, city_id: int, thing: Thing) -> Thing:
    if thing.sort != "report":
        return thing
    place_id = queries.state_of(db, city_id, thing).place_id
    assert place_id, "a report is about a place"
    return Thing("place", place_id)


def _decided(db: Connection, city_id: int, thing: Thing, verdict: Verdict, judge: Judge) -> Decision:
    done = act(db, Case(city_id, thing, verdict, judge))
    decision = Decision(
        id=judge.new_id(),
        batch_id=judge.batch,
        at=judge.at,
        person_id=judge.person,
        sort=thing.sort,
        subject_id=thing.id,
        place_id=done.place_id,
        action=verdict.action,
        reason=verdict.reason,
        words=verdict.words,
        before=done.before,
        after=done.after,
        asked_at=done.asked_at,
        details=done.details,
    )
    queries.add_decision(db, city_id, decision)
    return decision


@dataclass(frozen=True, slots=True)
class Merger:
    """Two places that are one: `goes` leads to `stays` from now on."""

    goes: UUID
    stays: UUID
    words: str | None = None


def merge(db: Connection, city_id: int, merger: Merger, judge: Judge) -> Decision:
    """Merge two places; reports about the one that goes are about the other, and its waiting changes lapse.

    Raises NotFound and Conflict, as `merge_places` does.
    """
    merged = merging.merge_places(db, city_id, merger.goes, merger.stays, judge.at)
    way = (merger.goes, merger.stays)
    details = {
        "into": str(merger.stays),
        "added": {table: [str(each) for each in people] for table, people in merged.added.items()},
        "relations": {name: [str(each) for each in ids] for name, ids in asdict(merged.handed).items()},
        "moved": {table: queries.move(db, city_id, table, way, None) for table in MOVED},
        "changes": queries.set_changes(db, city_id, ("place_id", [merger.goes]), "outdated", judge.at),
    }
    decision = Decision(
        id=judge.new_id(),
        batch_id=judge.batch,
        at=judge.at,
        person_id=judge.person,
        sort="place",
        subject_id=merger.goes,
        place_id=merger.goes,
        action=MERGE,
        reason="duplicate",
        words=merger.words,
        before=merged.before,
        after="hidden",
        asked_at=None,
        details=details,
    )
    queries.add_decision(db, city_id, decision)
    return decision


def restore(db: Connection, key: Key, revision: int, judge: Judge) -> Outcome:
    """Bring an earlier version of a place back, as the newest, and say so among the decisions.

    The version that there is needs none. Raises NotFound, as `restore_revision` does.
    """
    now = places.taken(db, key)
    outcome = places.restore_revision(db, key, revision, judge.hand)
    if outcome.revision == now.revision:
        return outcome
    decision = Decision(
        id=judge.new_id(),
        batch_id=judge.batch,
        at=judge.at,
        person_id=judge.person,
        sort="place",
        subject_id=key[1],
        place_id=key[1],
        action=RESTORE,
        reason=None,
        words=None,
        before=now.moderation,
        after=outcome.state,
        asked_at=None,
        details={"restored": revision, "revision": outcome.revision},
    )
    queries.add_decision(db, key[0], decision)
    return outcome


def undo(db: Connection, city_id: int, batch_id: UUID, judge: Judge) -> list[Decision]:
    """Take back everything that was decided in one go, the last first, or nothing of it.

    Raises NotFound where there is no such thing, and Conflict as `undo_decision` does.
    """
    batch = queries.decisions(db, city_id, "batch_id", batch_id)
    if not batch:
        raise NotFound("There is no decision %(decision)s here.", decision=batch_id)
    counts.seat(db)
    versions.lock(db, city_id, [each.place_id for each in batch if each.place_id])
    return [undo_decision(db, city_id, each, judge) for each in reversed(batch) if each.undoes is None]


def hide_person(db: Connection, city_id: int, person: UUID, verdict: Verdict, judge: Judge) -> list[Decision]:
    """Hide every place that somebody pinned in the city and refuse their waiting changes, in one go."""
    things = queries.of_person(db, city_id, person)
    counts.seat(db)
    versions.lock(db, city_id, queries.places_of(db, city_id, things))  # all: none may be locked later
    changes = [thing for thing in things if thing.sort == "change"]
    found = queries.with_states(db, city_id, [thing.id for thing in things if thing.sort == "place"])
    public = [Thing("place", key) for key, state in found if state == "published"]
    held = [Thing("place", key) for key, state in found if state == "held"]
    refusal = Verdict(REFUSE, verdict.reason, verdict.words)
    decided = _decide(db, city_id, public, Verdict(HIDE, verdict.reason, verdict.words), judge)
    return decided + _decide(db, city_id, held + changes, refusal, judge)


def report(db: Connection, city_id: int, made: Report) -> None:
    """Say that something should not be on the map as it is; sending it twice is sending it once.

    Raises NotFound where the public has no such place.
    """
    if not asking.add_report(db, city_id, made):
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=made.place_id)


def claim(db: Connection, city_id: int, made: Claim) -> None:
    """Say that a place is one's own; raises NotFound, and Conflict where that was said already."""
    if asking.is_owner(db, city_id, made):
        raise Conflict("This place is yours already.")
    if asking.claimed(db, city_id, made):
        raise Conflict("You have claimed this place already; somebody will look at it.")
    if not asking.add_claim(db, city_id, made):
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=made.place_id)


def appeal(db: Connection, city_id: int, made: Appeal) -> None:
    """Object to a decision, once; raises NotFound, and Conflict where there is nothing to object to."""
    against = queries.decision(db, city_id, made.decision_id)
    if not can_be_appealed(against) or queries.is_undone(db, city_id, against.id):
        raise Conflict(
            "There is nothing to object to any more: this decision was taken back, or granted all."
        )
    if not asking.add_appeal(db, city_id, made):
        raise Conflict("Somebody has objected to this decision already; it is being looked at again.")


def can_be_appealed(decision: Decision) -> bool:
    """Whether a decision took something from somebody."""
    return decision.action in (REFUSE, HIDE, MERGE) and decision.sort != "appeal"
