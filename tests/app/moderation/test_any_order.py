"""Whatever is edited, hidden, merged and undone, in whatever order: nothing is lost, the counts are right."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.errors import Conflict
from app.moderation.queries import Decision
from app.moderation.rules import Thing
from app.places import merging, versions
from app.places.queries import place as public_place
from tests.app.moderation.conftest import Bench
from tests.http.conftest import TORINO

PLACES = 3
ONE = st.integers(0, PLACES - 1)
DEEDS = st.one_of(
    st.tuples(st.just("edit"), ONE, st.text("abc", min_size=1, max_size=3)),
    st.tuples(st.sampled_from(["approve", "hide", "refuse"]), ONE),
    st.tuples(st.just("merge"), ONE, ONE),
    st.tuples(st.just("undo"), st.integers(0, 5)),
)


@dataclass
class Model:
    """What ought to be: how each place is moderated and what it is merged into, and every title it had."""

    moderation: list[str] = field(default_factory=lambda: ["published"] * PLACES)
    into: list[int | None] = field(default_factory=lambda: [None] * PLACES)
    titles: list[list[str]] = field(default_factory=lambda: [["Orto"] for _ in range(PLACES)])

    def leads_to(self, place: int) -> int | None:
        """Where the address of a merged place leads."""
        last = place
        while (following := self.into[last]) is not None:
            last = following
        return last if last != place and self.moderation[last] == "published" else None


def do(bench: Bench, ids: list[UUID], model: Model, done: list[tuple[Decision, Any]], deed: Any) -> None:
    """Do something for real and in the model; what is refused must leave everything as it is."""
    name, first, *rest = deed
    if name == "edit" and model.into[first] is None:
        bench.desk.change(ids[first], len(model.titles[first]), title=rest[0])
        model.titles[first].append(rest[0])
    elif name in ("approve", "hide", "refuse"):
        (decision,) = bench.decide(name, Thing("place", ids[first]))
        done.append((decision, (first, model.moderation[first], None)))
        model.moderation[first] = decision.after
    elif name == "merge":
        decision = bench.merge(ids[first], ids[rest[0]])
        done.append((decision, (first, model.moderation[first], rest[0])))
        model.moderation[first], model.into[first] = "hidden", rest[0]
    elif name == "undo" and first < len(done):
        decision, (place, before, into) = done[-1 - first]
        bench.undo(decision)
        model.moderation[place] = before
        if into is not None:
            model.into[place] = None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, max_size=14))
def test_in_any_order_nothing_is_lost(bench: Bench, db: Connection, deeds: list[Any]) -> None:
    ids = [bench.desk.pin(title="Orto") for _ in range(PLACES)]
    model = Model()
    done: list[tuple[Decision, Any]] = []

    for deed in deeds:
        try:
            do(bench, ids, model, done, deed)
        except Conflict:
            continue

    for number, place in enumerate(ids):
        now = versions.current(db, (TORINO, place))
        assert now is not None
        assert (now.moderation, now.merged_into is None) == (
            model.moderation[number],
            model.into[number] is None,
        )
        titles = [versions.earlier(db, (TORINO, place), n + 1) for n in range(now.revision - 1)]
        assert [title.content.title for title in titles if title] + [now.content.title] == model.titles[
            number
        ]
        shown = public_place(db, TORINO, place)
        assert (shown is not None) == (model.moderation[number] == "published")
        leads_to = model.leads_to(number) if model.into[number] is not None else None
        assert merging.stays_of(db, TORINO, place) == (None if leads_to is None else ids[leads_to])
    # All grids, cell by cell, are counted anew by the fixture in the end.
    counted = "SELECT sum(places) FROM place_counts WHERE city_id = 1272 AND level = 12"
    there = "SELECT count(*) FROM places WHERE city_id = 1272 AND moderation = 'published'"
    assert db.scalar(text(counted)) == db.scalar(text(there))
