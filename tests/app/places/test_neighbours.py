"""Lists of neighbours that writers keep are those that a rebuild makes, whatever is written, by whomever."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.cities import City
from app.db import Database
from app.errors import Conflict
from app.places import counts, lists, merging, neighbours, service
from app.places.changes import Change
from app.places.counts import recounted
from app.places.neighbours import K, State
from app.tables.network import BUILDING, STALE
from geo.graph import Graph
from tests.app.places.conftest import MODERATOR, Desk, content
from tests.conftest import FreshDatabase
from tests.http.conftest import MILANO, TORINO
from tests.neighbours import Lists, kept

AT = datetime(2026, 5, 1, tzinfo=UTC)


def rebuilt(db: Connection) -> Lists:
    lists.rebuild(db, TORINO)
    return kept(db, TORINO)


def by_the_mathematics(db: Connection) -> Lists:
    sql = "SELECT id, lon, lat FROM places WHERE city_id = 1272 AND moderation = 'published' ORDER BY id"
    there = db.execute(text(sql)).all()
    graph = Graph.build_knn([(row.lon, row.lat) for row in there], K, [row.id for row in there])
    found: Lists = {row.id: [] for row in there}
    for tail, head, metres in zip(graph.tails, graph.heads, graph.weights, strict=True):
        found[graph.ids[tail]].append((graph.ids[head], round(metres * 1e6) / 1e6))
    return {key: sorted(each, key=lambda edge: (edge[1], edge[0])) for key, each in found.items()}


class Rolled(Exception):
    """Takes back what a transaction did."""


@contextmanager
def passing(desk: Desk) -> Iterator[Connection]:
    """A transaction that leaves nothing."""
    with suppress(Rolled), desk.database.transaction() as db:
        yield db
        raise Rolled


def lattice() -> st.SearchStrategy[float]:
    return st.integers(0, 4).map(lambda step: step * 0.001)


spots = st.one_of(
    st.tuples(lattice().map(lambda d: 7.68 + d), lattice().map(lambda d: 45.07 + d)),  # ties, one on another
    st.tuples(st.floats(7.6, 7.8), st.floats(45.0, 45.1)),
    st.tuples(st.sampled_from([179.9995, 180.0, -180.0, -179.9995]), lattice()),
    st.just((7.5, 44.0)),  # far from all others, again and again
)
shapes = st.one_of(
    spots.map(shapely.Point),
    spots.map(lambda spot: shapely.LineString([spot, (spot[0] - 0.01, spot[1] + 0.002)])),
    spots.map(lambda spot: shapely.Point(spot).buffer(0.002, quad_segs=2)),
)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["pin", "pin", "pin", "blur", "move", "hide", "show", "merge", "split", "restore", "remove"]
        ),
        shapes,
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=40,
)


class Town:
    """Places that were pinned in one transaction, and mergers that can be taken back."""

    def __init__(self, desk: Desk, db: Connection) -> None:
        self.desk, self.db = desk, db
        self.ids: list[UUID] = []
        self.merged: list[tuple[UUID, merging.Merged]] = []

    def pin(self, shape: Any, number: int, **said: Any) -> None:
        key = UUID(int=(number << 64) + len(self.ids))  # in no order of time
        service.pin_place(self.db, self.desk.city, key, content(geometry=shape, **said), self.desk.hand())
        self.ids.append(key)

    def blur(self, shape: Any, number: int) -> None:
        self.pin(shapely.Point(shape.bounds[:2]), number, blur_m=300.0)

    def move(self, shape: Any, number: int) -> None:
        key = self.any(number)
        now = self.revision(key)
        change = Change(UUID(int=self.desk.now.toordinal() + len(self.ids) * 1000 + number + now), key, now)
        service.change_place(self.db, self.desk.city, change, content(geometry=shape), self.desk.hand())

    def hide(self, _shape: Any, number: int) -> None:
        service.moderate(self.db, TORINO, [self.any(number), self.any(number + 1)], "hidden")

    def show(self, _shape: Any, number: int) -> None:
        service.moderate(self.db, TORINO, [self.any(number), self.any(number + 1)], "published")

    def merge(self, _shape: Any, number: int) -> None:
        goes, stays = self.any(number), self.any(number + 1)
        self.merged.append((goes, merging.merge_places(self.db, TORINO, goes, stays, AT)))

    def split(self, _shape: Any, number: int) -> None:
        if self.merged:
            merging.split_place(self.db, TORINO, *self.merged.pop(number % len(self.merged)), AT)

    def restore(self, _shape: Any, number: int) -> None:
        service.restore_revision(self.db, (TORINO, self.any(number)), 1, self.desk.hand())

    def remove(self, _shape: Any, number: int) -> None:
        key = self.any(number)
        remove(self.db, key, counts.seat(self.db))
        self.ids.remove(key)

    def any(self, number: int) -> UUID:
        return self.ids[number % len(self.ids)]

    def revision(self, key: UUID) -> int:
        sql = "SELECT revision FROM places WHERE city_id = 1272 AND id = :id"
        return int(self.db.scalar(text(sql), {"id": key}) or 0)


def remove(db: Connection, key: UUID, slot: int) -> None:
    """Remove a place, as the undoing of an import does."""
    with recounted(db, TORINO, ("id = :id", "id = :id"), {"id": key}, slot):
        db.execute(text("DELETE FROM places WHERE city_id = 1272 AND id = :id"), {"id": key})
    neighbours.renew(db, TORINO, [key])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_what_writers_keep_is_what_a_rebuild_makes(desk: Desk, steps: list[Any]) -> None:
    with passing(desk) as db:
        town = Town(desk, db)
        for what, shape, number in steps:
            try:
                getattr(town, what if town.ids else "pin")(shape, number)
            except (Conflict, service.NotFound):
                continue  # places that are merged, or that are one already
        there = kept(db, TORINO)
        assert there == rebuilt(db) == by_the_mathematics(db)
        assert set(there) == public(db)


def public(db: Connection) -> set[UUID]:
    sql = "SELECT id FROM places WHERE city_id = 1272 AND moderation = 'published'"
    return set(db.scalars(text(sql)))


def test_a_list_by_hand(desk: Desk, db: Connection) -> None:
    """On a meridian at the equator a thousandth of a degree is 110.574 m; four are in each other's lists."""
    keys = [desk.pin(lon=0.0, lat=north * 0.001) for north in (0, 1, 3, 3)]
    there = kept(db, TORINO)
    assert [head for head, _ in there[keys[0]]] == [keys[1], keys[2], keys[3]]
    assert [metres for _, metres in there[keys[0]]] == pytest.approx([110.574, 331.723, 331.723], abs=1e-3)
    assert there[keys[3]][0] == (keys[2], 0.0)


def test_neighbours_are_of_one_city(desk: Desk, db: Connection) -> None:
    place = desk.pin()
    torino, desk.city = desk.city, City(**{name: getattr(desk.city, name) for name in desk.city.__slots__})
    object.__setattr__(desk.city, "id", MILANO)
    other = desk.pin()
    desk.city = torino
    assert kept(db, TORINO) == {place: []}
    assert kept(db, MILANO) == {other: []}


def test_many_on_one_point(desk: Desk) -> None:
    with passing(desk) as db:
        town = Town(desk, db)
        for number in range(60):
            town.pin(shapely.Point(7.68, 45.07), number * 37 % 61)
        for number in range(0, 60, 7):
            town.hide(None, number)
        assert kept(db, TORINO) == rebuilt(db) == by_the_mathematics(db)


def test_writers_at_the_same_time_come_to_the_same(desk: Desk, database: FreshDatabase) -> None:
    """Eight writers on few spots, each with a connection; some of their transactions fail."""
    errors: list[BaseException] = []

    def write(number: int) -> None:
        pool = Database(database.app_url, size=1)
        try:
            for _ in _turns(pool, desk, random.Random(number)):
                pass
        except BaseException as error:
            errors.append(error)
        finally:
            pool.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert errors == []
    with desk.database.transaction() as db:
        there = kept(db, TORINO)
        assert len(there) > 60
        assert there == rebuilt(db) == by_the_mathematics(db)


def _turns(pool: Database, desk: Desk, chance: random.Random) -> Iterator[None]:
    """Pins, moves, hides and removals of one's own places; every seventh transaction fails."""
    ids: list[UUID] = []
    for turn in range(40):
        spot = shapely.Point(7.68 + chance.randrange(4) * 0.001, 45.07 + chance.randrange(3) * 0.001)
        before = list(ids)
        try:
            with pool.transaction() as db:
                for _ in range(1 + turn % 2):
                    _one(db, desk.city, ids, spot, chance)
                if turn % 7 == 6:
                    raise Rolled
        except Rolled:
            ids[:] = before
        yield


def _one(db: Connection, city: City, ids: list[UUID], spot: shapely.Point, chance: random.Random) -> None:
    hand = service.Hand(MODERATOR, AT)
    what = chance.choice(["pin", "pin", "move", "hide", "show", "remove"]) if len(ids) > 2 else "pin"
    if what == "pin":
        ids.append(UUID(int=chance.getrandbits(128)))
        service.pin_place(db, city, ids[-1], content(geometry=spot), hand)
    elif what == "move":
        key = chance.choice(ids)
        now = service.taken(db, (TORINO, key)).revision
        change = Change(UUID(int=chance.getrandbits(128)), key, now)
        service.change_place(db, city, change, content(geometry=spot), hand)
    elif what == "remove":
        remove(db, ids.pop(chance.randrange(len(ids))), counts.seat(db))
    else:
        service.moderate(db, TORINO, [chance.choice(ids)], "hidden" if what == "hide" else "published")


def test_a_stale_graph_stays_as_it_is_and_one_being_built_hears_of_writers(desk: Desk) -> None:
    first = desk.pin()
    with desk.database.transaction() as db:
        neighbours.set_state(db, TORINO, State(STALE, AT))
    desk.pin()
    with desk.database.transaction() as db:
        assert kept(db, TORINO) == {first: []}
        neighbours.set_state(db, TORINO, State(BUILDING, AT, UUID(int=1)))
    third = desk.pin()
    desk.change(third, 1, lon=7.69)
    with desk.database.transaction() as db:
        assert kept(db, TORINO) == {first: []}
        noted = db.scalars(text("SELECT id FROM neighbour_changes WHERE city_id = 1272")).all()
        assert noted == [third, third]
        lists.rebuild(db, TORINO)
        assert kept(db, TORINO) == by_the_mathematics(db)
