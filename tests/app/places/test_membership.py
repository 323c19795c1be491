"""The areas of places that writers keep are those that a rebuild finds, whatever is written, by whomever."""

import threading
from collections import Counter
from typing import Any

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.db import Database
from app.errors import Conflict, NotFound
from app.places import assigning, counts, membership, service
from app.places.counts import recounted
from tests.app.places.conftest import Desk
from tests.app.places.test_neighbours import Town, passing
from tests.conftest import FreshDatabase
from tests.http.conftest import MILANO, TORINO, add_place
from tests.membership import by_looking, kept_counts, kept_members, put_areas

WEST, SOUTH, STEP = 7.68, 45.07, 0.001


def spot(column: float, row: float) -> tuple[float, float]:
    return WEST + column * STEP, SOUTH + row * STEP


def square(column: float, row: float, side: float = 2) -> str:
    return str(shapely.box(*spot(column, row), *spot(column + side, row + side)))


TRIANGLE = str(shapely.Polygon([spot(0, 0), spot(3, 1), spot(1, 3)]))
LAYERS = [
    {},
    {"9": square(0, 0), "10": square(2, 0), "a": square(0, 2)},  # with borders in common, and a hole
    {"9": square(0, 0, 3), "10": square(1, 1, 3)},  # that overlap
    {"1": TRIANGLE, "2": square(0, 0, 4)},
]
spots = st.one_of(
    st.tuples(st.integers(-1, 5), st.integers(-1, 5)).map(lambda each: spot(*each)),  # on borders and corners
    st.tuples(st.floats(-1, 5), st.floats(-1, 5)).map(lambda each: spot(*each)),
    st.floats(0, 1).map(lambda share: spot(3 * share, share)),  # along an edge that is no line of the lattice
)
steps = st.lists(
    st.tuples(
        st.sampled_from(["pin"] * 4 + ["blur", "move", "hide", "show", "merge", "split", "restore", "areas"]),
        spots,
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=25,
)


class Laid(Town):
    """A town whose areas change, too."""

    def areas(self, _shape: Any, number: int) -> None:
        put_areas(self.db, TORINO, ("zone", "quartieri")[number % 2], LAYERS[number // 2 % len(LAYERS)])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_what_writers_keep_is_what_a_rebuild_finds(desk: Desk, steps: list[Any]) -> None:
    with passing(desk) as db:
        put_areas(db, TORINO, "zone", LAYERS[1])
        put_areas(db, MILANO, "zone", {"9": square(-9, -9, 20)})  # another city, with a code of this one
        town = Laid(desk, db)
        for what, where, number in steps:
            try:
                getattr(town, what if town.ids or what == "areas" else "pin")(shapely.Point(where), number)
            except (Conflict, NotFound):
                continue  # places that are merged, or that are one already
        there = kept_members(db, TORINO)
        assert there == by_looking(db, TORINO)
        assert kept_counts(db, TORINO) == Counter(member[1:] for member in there)
        assert assigning.rebuild(db, TORINO) == 0
        assert kept_members(db, TORINO) == there


def codes(db: Connection, *keys: Any) -> list[str | None]:
    there = {(key, layer): code for key, layer, code, _, _ in kept_members(db, TORINO)}
    return [there.get((key, "zone")) for key in keys]


def test_a_place_on_a_border_belongs_to_the_area_with_the_smallest_code(desk: Desk, db: Connection) -> None:
    """Codes are texts, compared character by character: "10" is smaller than "9", and "9" than "a"."""
    with desk.database.transaction() as writing:
        put_areas(writing, TORINO, "zone", LAYERS[1])
    inside, border, corner, edge, outside, hole = (
        desk.pin(geometry=shapely.Point(spot(*where)))
        for where in ((1, 1), (2, 1), (2, 2), (0, 2), (5, 5), (3, 3))
    )
    assert codes(db, inside, border, corner, edge, outside, hole) == ["9", "10", "10", "9", None, None]


def test_what_is_hidden_held_or_blurred_is_where_the_public_is_told(desk: Desk, db: Connection) -> None:
    with desk.database.transaction() as writing:
        put_areas(writing, TORINO, "zone", {"1": square(0, 0, 0.01)})
    blurred = desk.pin(geometry=shapely.Point(spot(0.005, 0.005)), blur_m=300.0)
    shown = desk.pin(geometry=shapely.Point(spot(0.005, 0.005)))
    desk.reviewing("everybody")
    held = desk.pin(None, geometry=shapely.Point(spot(0.005, 0.005)))
    assert codes(db, shown, blurred, held) == ["1", None, None]
    with desk.database.transaction() as writing:
        service.moderate(writing, TORINO, [shown], "hidden")
        service.moderate(writing, TORINO, [held], "published")
    assert codes(db, shown, held) == [None, "1"]
    assert sum(kept_counts(db, TORINO).values()) == 1


def test_a_rebuild_mends_and_says_how_many_rows_were_wrong(desk: Desk, db: Connection) -> None:
    with desk.database.transaction() as writing:
        put_areas(writing, TORINO, "zone", LAYERS[1])
    keys = [desk.pin(geometry=shapely.Point(spot(1, 1))) for _ in range(3)]
    with desk.database.transaction() as writing:
        place = {"id": keys[0], "city": TORINO}
        writing.execute(text("UPDATE place_areas SET code = 'a' WHERE city_id = :city AND id = :id"), place)
        writing.execute(text("DELETE FROM area_counts WHERE city_id = :city"), place)
    with desk.database.transaction() as writing:
        membership.begin_alone(writing)
        assert assigning.rebuild(writing, TORINO) == 2
        assert assigning.rebuild(writing, TORINO) == 0
    assert codes(db, *keys) == ["9"] * 3


def test_many_written_at_once_by_a_condition(desk: Desk) -> None:
    """As an import does, with neither ids nor seats."""
    with passing(desk) as db:
        put_areas(db, TORINO, "zone", LAYERS[2])
        for number in range(40):
            add_place(db, *spot(number % 7 * 0.75, number % 6 * 0.7), title=f"{number % 2}")
        everywhere, odd = ("true", "true"), ("title = '1'", "title = '1'")
        for touched, sql in (
            (everywhere, "UPDATE places SET status = 'ended' WHERE city_id = 1272 AND title = '0'"),
            (odd, "DELETE FROM places WHERE city_id = 1272 AND title = '1'"),
        ):
            with recounted(db, TORINO, touched, {}), assigning.reassigned(db, TORINO, touched, {}):
                db.execute(text(sql))
            assert kept_members(db, TORINO) == by_looking(db, TORINO) != set()
            assert assigning.rebuild(db, TORINO) == 0


def test_writers_and_areas_at_the_same_time_come_to_the_same(desk: Desk, database: FreshDatabase) -> None:
    """Three people pin on few spots while the areas under them change again and again."""
    errors: list[BaseException] = []

    def pinned(number: int) -> None:
        own = Desk(Database(database.app_url, size=1), desk.city)
        try:
            for turn in range(12):
                where = shapely.Point(spot((number + turn) % 4, turn % 4))
                key = own.pin(geometry=where)
                with own.database.transaction() as db:
                    service.moderate(db, TORINO, [key], ("hidden", "published")[turn % 2])
        except BaseException as error:
            errors.append(error)
        finally:
            own.database.close()

    threads = [threading.Thread(target=pinned, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    turn = 0
    while any(thread.is_alive() for thread in threads):
        with desk.database.transaction() as db:
            put_areas(db, TORINO, "zone", LAYERS[1 + turn % 3])
        turn += 1
    for thread in threads:
        thread.join()
    assert errors == []
    with desk.database.transaction() as db:
        membership.begin_alone(db)
        assert kept_members(db, TORINO) == by_looking(db, TORINO)
        assert assigning.rebuild(db, TORINO) == 0
        assert counts.rebuild(db, TORINO) == 0
