"""Pins, changes and restores: what becomes public when, and that no version is ever lost."""

import threading
from uuid import UUID

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.errors import Conflict, NotFound
from app.places import service, versions
from tests.app.places.conftest import ANNA, BRUNO, MODERATOR, Desk, content
from tests.http.conftest import TORINO


def row(db: Connection, place: UUID) -> tuple[object, ...]:
    sql = "SELECT revision, moderation, title FROM places WHERE city_id = :city AND id = :id"
    return tuple(db.execute(text(sql), {"city": TORINO, "id": place}).one())


def test_a_pin_is_public_where_nothing_is_reviewed(desk: Desk, db: Connection) -> None:
    assert row(db, desk.pin(ANNA, title="Fontana")) == (1, "published", "Fontana")


def test_a_first_contribution_waits_and_the_next_does_not(desk: Desk, db: Connection) -> None:
    desk.reviewing("first")
    first = desk.pin(ANNA)
    assert row(db, first)[1] == "held"

    with desk.database.transaction() as writing:
        service.moderate(writing, TORINO, [first], "published")

    assert row(db, desk.pin(ANNA))[1] == "published"
    assert row(db, desk.pin(BRUNO))[1] == "held"
    assert row(db, desk.pin(None))[1] == "held"


def test_links_of_somebody_new_wait(desk: Desk, db: Connection) -> None:
    assert row(db, desk.pin(ANNA, summary="vedi https://spam.example"))[1] == "held"
    for _ in range(3):
        desk.pin(ANNA)
    assert row(db, desk.pin(ANNA, website="https://good.example"))[1] == "published"


def test_the_same_pin_twice_is_one_place(desk: Desk, db: Connection) -> None:
    place = desk.pin(ANNA, title="Orto")
    desk.pin(ANNA, key=place, title="Orto")

    assert row(db, place) == (1, "published", "Orto")
    with pytest.raises(Conflict):
        desk.pin(BRUNO, key=place, title="Altro")


def test_a_change_makes_a_revision_and_keeps_the_one_before(desk: Desk, db: Connection) -> None:
    place = desk.pin(ANNA, title="Uno")
    assert desk.change(place, 1, BRUNO, title="Due", lon=7.7).revision == 2

    assert row(db, place) == (2, "published", "Due")
    before = versions.earlier(db, (TORINO, place), 1)
    assert before is not None
    assert (before.author, before.content.title, before.content.geometry.x) == (ANNA, "Uno", 7.68)


def test_who_saw_an_older_version_is_told(desk: Desk, db: Connection) -> None:
    place = desk.pin(ANNA)
    desk.change(place, 1, title="Due")

    with pytest.raises(Conflict, match="you saw revision 1, it is at 2"):
        desk.change(place, 1, title="Tre")
    assert row(db, place)[2] == "Due"


def test_the_same_change_twice_is_one_revision(desk: Desk) -> None:
    place, change = desk.pin(ANNA), compat.uuid7()

    again = [desk.change(place, 1, change=change, title="Due") for _ in range(2)]

    assert [(each.state, each.revision) for each in again] == [("published", 2)] * 2


def test_a_waiting_change_shows_only_once_it_is_accepted(desk: Desk, db: Connection) -> None:
    place, change = desk.pin(MODERATOR, title="Uno"), compat.uuid7()
    desk.reviewing("all")
    assert desk.change(place, 1, ANNA, change=change, title="Due").state == "waiting"
    assert row(db, place) == (1, "published", "Uno")

    with desk.database.transaction() as writing:
        service.accept_change(writing, TORINO, change, desk.hand())

    now = versions.current(db, (TORINO, place))
    assert now is not None
    assert (now.revision, now.author, now.content) == (2, ANNA, content(title="Due"))
    with pytest.raises(NotFound), desk.database.transaction() as writing:
        service.accept_change(writing, TORINO, change, desk.hand())


def test_a_change_to_what_has_changed_is_not_taken_over_blindly(desk: Desk, db: Connection) -> None:
    place, change = desk.pin(MODERATOR), compat.uuid7()
    desk.reviewing("all")
    desk.change(place, 1, ANNA, change=change, title="Sua")
    desk.change(place, 1, MODERATOR, title="Nostra")

    with pytest.raises(Conflict, match="made to revision 1"), desk.database.transaction() as writing:
        service.accept_change(writing, TORINO, change, desk.hand())
    assert row(db, place) == (2, "published", "Nostra")


def test_a_refused_change_changes_nothing(desk: Desk, db: Connection) -> None:
    place, change = desk.pin(MODERATOR, title="Uno"), compat.uuid7()
    desk.reviewing("all")
    desk.change(place, 1, ANNA, change=change, title="Due")

    with desk.database.transaction() as writing:
        assert service.refuse_change(writing, TORINO, change, desk.now) == place

    assert row(db, place) == (1, "published", "Uno")
    assert desk.change(place, 1, ANNA, change=change, title="Due").state == "refused"


def test_the_public_position_is_near_stable_and_never_the_truth(desk: Desk, db: Connection) -> None:
    place = desk.pin(ANNA, blur_m=250.0, accuracy_m=3.0)
    told = []
    for revision in range(1, 4):
        sql = "SELECT lon, lat, accuracy_m, blur_m FROM places WHERE city_id = :city AND id = :id"
        told.append(tuple(db.execute(text(sql), {"city": TORINO, "id": place}).one()))
        desk.change(place, revision, title=f"n. {revision}", blur_m=250.0, accuracy_m=3.0)

    lon, lat, accuracy, blur = told[0]
    assert len(set(told)) == 1
    assert (accuracy, blur) == (250.0, 250.0)
    assert 50 <= Geod(ellps="WGS84").inv(7.68, 45.07, lon, lat)[2] <= 250
    now = versions.current(db, (TORINO, place))
    assert now is not None
    assert (now.content.geometry, now.content.accuracy_m) == (shapely.Point(7.68, 45.07), 3.0)


def test_restoring_what_was_exact_keeps_a_blur_of_later(desk: Desk, db: Connection) -> None:
    place = desk.pin(ANNA, title="Esatto")
    desk.change(place, 1, blur_m=100.0)

    with desk.database.transaction() as writing:
        service.restore_revision(writing, (TORINO, place), 1, desk.hand())

    now = versions.current(db, (TORINO, place))
    assert now is not None
    assert (now.content.title, now.content.blur_m) == ("Esatto", 100.0)
    assert db.scalar(text("SELECT lon FROM places WHERE city_id = 1272")) != 7.68


def test_two_who_save_at_once_lose_nothing(desk: Desk, db: Connection) -> None:
    place = desk.pin(ANNA)
    told: list[object] = []

    def save(title: str) -> None:
        try:
            told.append(desk.change(place, 1, title=title).revision)
        except Conflict:
            told.append("conflict")

    threads = [threading.Thread(target=save, args=(f"n. {n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, told)) == ["2", "conflict"]
    assert row(db, place)[0] == 2


STEPS = ("change", "propose", "accept", "refuse", "restore", "hide", "publish")


class Life:
    """A place of a city that reviews everything, and what it should say: its titles, revision by revision."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.titles = desk, ["n. 0"]
        self.waiting: list[tuple[UUID, int, str]] = []
        desk.reviewing("all")
        self.place = desk.pin(MODERATOR, title="n. 0")

    def step(self, name: str, which: int, title: str) -> None:
        if name == "change":
            self.desk.change(self.place, len(self.titles), MODERATOR, title=title)
            self.titles.append(title)
        elif name == "propose":
            self.propose(title)
        elif name in ("accept", "refuse") and self.waiting:
            self.decide(name, *self.waiting.pop(which % len(self.waiting)))
        elif name == "restore":
            number = which % len(self.titles)
            with self.desk.database.transaction() as db:
                service.restore_revision(db, (TORINO, self.place), number + 1, self.desk.hand())
            if number + 1 < len(self.titles):  # the newest is there already
                self.titles.append(self.titles[number])
        elif name in ("hide", "publish"):
            with self.desk.database.transaction() as db:
                service.moderate(db, TORINO, [self.place], "hidden" if name == "hide" else "published")

    def propose(self, title: str) -> None:
        change, seen = compat.uuid7(), len(self.titles)
        if self.desk.change(self.place, seen, ANNA, change=change, title=title).state == "waiting":
            self.waiting.append((change, seen, title))
        else:  # the place is hidden: there is nothing public to protect
            self.titles.append(title)

    def decide(self, name: str, change: UUID, seen: int, title: str) -> None:
        try:
            with self.desk.database.transaction() as db:
                if name == "refuse":
                    service.refuse_change(db, TORINO, change, self.desk.now)
                else:
                    service.accept_change(db, TORINO, change, self.desk.hand())
                    self.titles.append(title)
        except Conflict:
            assert seen != len(self.titles)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9)), max_size=12))
def test_whatever_happens_every_revision_stays_and_the_newest_approved_one_counts(
    desk: Desk, steps: list[tuple[str, int]]
) -> None:
    life = Life(desk)
    for number, (name, which) in enumerate(steps, 1):
        life.step(name, which, f"n. {number}")

    with desk.database.reading() as db:
        now = versions.current(db, (TORINO, life.place))
        assert now is not None
        before = [versions.earlier(db, (TORINO, life.place), number) for number in range(1, now.revision)]
    assert [each and each.content.title for each in (*before, now)] == life.titles
