"""Each refusal of a decision is said in both languages."""

from collections.abc import Callable
from uuid import UUID

from uuid_utils import compat

from app.errors import CortileError
from app.moderation import service
from app.moderation.rules import Thing, thing_of, verdict_of
from app.places import merging
from app.places.merging import Merged
from tests.app.moderation.conftest import Bench
from tests.app.moderation.refusals import DECIDING, LOST
from tests.app.places.conftest import ANNA
from tests.app.places.test_refusals import said, telling
from tests.http.conftest import TORINO

__all__ = ["said"]


def wrong_forms(told: list[CortileError], bench: Bench) -> None:
    """Forms that say what cannot be."""
    for action, reason in (("merge", None), ("hide", "dull"), ("hide", None), ("ask", None)):
        with telling(told):
            verdict_of(action, reason, None)
    with telling(told):
        thing_of("house:1")
    with telling(told):
        bench.decide("hide", *[Thing("place", compat.uuid7()) for _ in range(101)])
    with telling(told):
        bench.decide("hide", Thing("place", UUID(LOST)))


def too_late(told: list[CortileError], bench: Bench) -> None:
    """Decisions that others were faster with."""
    place, other = (Thing("place", bench.desk.pin(title=title)) for title in "ab")
    with telling(told):
        bench.decide("approve", place)
    bench.merge(other.id, place.id)
    with telling(told):
        bench.decide("hide", other)
    (hidden,) = bench.decide("hide", place)
    bench.decide("approve", place)
    with telling(told):
        bench.undo(hidden)
    (again,) = bench.decide("hide", place)
    bench.undo(again)
    report = bench.report(place.id)
    (asked,) = bench.decide("ask", report)
    with telling(told):
        bench.undo(asked)
    with telling(told):
        bench.undo(again)
    change = Thing("change", compat.uuid7())
    bench.desk.reviewing("all")
    bench.desk.change(place.id, 1, ANNA, change=change.id)
    (taken,) = bench.decide("approve", change)
    bench.desk.change(place.id, 2)
    with telling(told):
        bench.undo(taken)


def test_each_is_said_in_both_languages(
    bench: Bench, said: Callable[[CortileError], tuple[str, str]]
) -> None:
    told: list[CortileError] = []
    wrong_forms(told, bench)
    too_late(told, bench)
    with telling(told), bench.desk.database.transaction() as db:
        service.undo(db, TORINO, UUID(LOST), bench.judge())
    bench.desk.reviewing("none")
    place, hidden = bench.desk.pin(), Thing("place", bench.desk.pin())
    bench.decide("hide", hidden)
    with telling(told):
        bench.merge(place, place)
    with telling(told):
        bench.merge(place, hidden.id)
    with telling(told), bench.desk.database.transaction() as db:
        merging.split_place(db, TORINO, place, Merged("published", {}), bench.desk.now)
    claim = bench.claim(place, ANNA)
    bench.decide("approve", claim)
    with telling(told):
        bench.claim(place, ANNA)
    other = bench.desk.pin()
    bench.claim(other, ANNA)
    with telling(told):
        bench.claim(other, ANNA)
    (refused,) = bench.decide("hide", Thing("place", other))
    bench.appeal(refused)
    with telling(told):
        bench.appeal(refused)
    bench.undo(refused)
    with telling(told):
        bench.appeal(refused)

    assert [said(error) for error in told] == DECIDING
