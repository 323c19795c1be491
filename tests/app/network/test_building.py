"""All neighbours of a city made anew: beside writers, by imports, by the command."""

import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.errors import Conflict
from app.network import building
from app.network.building import Run, build
from app.network.relations import neighbours_of
from app.places import lists, neighbours
from app.places.neighbours import State
from app.progress import Silent
from app.tables.network import BUILDING, KEPT, STALE
from tests.app.places.conftest import Desk
from tests.http.conftest import TORINO
from tests.neighbours import kept, wrong

AT = datetime(2026, 5, 1, tzinfo=UTC)


def run(number: int = 1) -> Run:
    return Run(TORINO, UUID(int=number), lambda: AT, Silent())


def spread(desk: Desk, number: int, row: int = 0) -> list[UUID]:
    return [desk.pin(lon=7.6 + step * 0.001, lat=45.0 + row * 0.001) for step in range(number)]


def mark(desk: Desk, state: str, build_id: UUID | None = None) -> None:
    with desk.database.transaction() as db:
        neighbours.set_state(db, TORINO, State(state, AT, build_id))


def test_a_stale_graph_is_right_after_a_run(desk: Desk, db: Connection) -> None:
    mark(desk, STALE)
    spread(desk, 12)
    assert kept(db, TORINO) == {}

    built = build(desk.database, run())

    assert (built.lists, built.heard, built.kept) == (12, 0, True)
    assert neighbours.state_of(db, TORINO) == State(KEPT, AT)
    assert len(kept(db, TORINO)) == 12, "and the fixture compares them with another rebuild"
    spread(desk, 2, row=1)
    assert len(kept(db, TORINO)) == 14, "from now on writers keep them"


def test_writers_go_on_while_it_is_built(desk: Desk, db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    places = spread(desk, 12)
    original = building.rebuild
    seen: list[int] = []

    def slow(building_in: Connection, *about: object) -> int:
        made = original(building_in, *about)  # type: ignore[arg-type]
        desk.change(places[0], 1, lon=7.7)
        desk.pin(lon=7.6005, lat=45.0)
        seen.append(len(kept(db, TORINO)))
        return made

    monkeypatch.setattr(building, "rebuild", slow)
    built = build(desk.database, run())

    assert (built.heard, built.kept, seen) == (2, True, [12])
    assert len(kept(db, TORINO)) == 13
    assert db.scalar(text("SELECT count(*) FROM neighbour_changes WHERE city_id = 1272")) == 0


def test_an_import_in_between_leaves_it_stale(
    desk: Desk, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    spread(desk, 3)
    original = building.rebuild

    def beside(building_in: Connection, *about: object) -> int:
        with desk.database.transaction() as other:
            lists.renew_many(other, TORINO, {UUID(int=n) for n in range(lists.MOST_AT_ONCE + 1)}, AT)
        return original(building_in, *about)  # type: ignore[arg-type]

    monkeypatch.setattr(building, "rebuild", beside)
    assert build(desk.database, run()).kept is False
    assert neighbours.state_of(db, TORINO).state == STALE
    monkeypatch.undo()
    assert build(desk.database, run(2)).kept is True


def test_a_run_that_died_is_done_again_and_two_at_once_are_not(desk: Desk, db: Connection) -> None:
    spread(desk, 3)
    mark(desk, BUILDING, UUID(int=7))
    spread(desk, 2, row=1)
    with desk.database.transaction() as other:
        assert neighbours.build_alone(other, TORINO)
        with pytest.raises(Conflict, match="Somebody else"):
            build(desk.database, run())
    assert build(desk.database, run()).kept is True
    assert len(kept(db, TORINO)) == 5


def test_a_run_beside_writers_comes_to_the_same(desk: Desk, database: object) -> None:
    spread(desk, 20)
    errors: list[BaseException] = []

    def write() -> None:
        try:
            spread(desk, 20, row=2)
        except BaseException as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        assert build(desk.database, run()).kept is True
    writer.join()
    assert errors == []


def test_a_large_import_of_a_large_city_says_that_it_is_stale(
    desk: Desk, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = set(spread(desk, 5))
    for most, small, state in ((10, 3, KEPT), (3, 10, KEPT), (3, 4, STALE)):
        monkeypatch.setattr(lists, "MOST_AT_ONCE", most)
        monkeypatch.setattr(lists, "SMALL", small)
        with desk.database.transaction() as writing:
            lists.renew_many(writing, TORINO, places, AT)
        assert neighbours.state_of(db, TORINO).state == state
        assert wrong_now(desk) == {}


def wrong_now(desk: Desk) -> dict[UUID, list[tuple[UUID, float]]]:
    with desk.database.transaction() as db:
        return wrong(db, TORINO)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are written in several blocks."""
    monkeypatch.setattr(lists, "BLOCK", 5)


def test_neighbours_of_a_place_are_told_with_their_metres(desk: Desk, db: Connection) -> None:
    places = spread(desk, 8)
    told = neighbours_of(db, TORINO, places[0])
    assert [each.place for each in told] == places[1:7]
    assert [each.rank for each in told] == [1, 2, 3, 4, 5, 6]
    # A thousandth of a degree of the parallel of 45 degrees: 78.847 m (WGS 84).
    assert told[0].metres == pytest.approx(78.847, abs=1e-3)
    with desk.database.transaction() as writing:
        writing.execute(text("UPDATE places SET moderation = 'hidden' WHERE id = :id"), {"id": places[1]})
        assert places[1] not in [each.place for each in neighbours_of(writing, TORINO, places[0])]
        assert neighbours_of(writing, TORINO, places[1]) == []
        writing.rollback()
