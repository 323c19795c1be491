"""What becomes of places, changes, reports, claims and appeals, and how it is taken back."""

from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.errors import BadParameter, Conflict, NotFound
from app.moderation import service
from app.moderation.rules import AFTER, Thing, Verdict, next_state, thing_of, verdict_of
from app.places import merging, versions
from app.tables.moderation import ACTIONS
from tests.app.moderation.conftest import CARLA, Bench
from tests.app.places.conftest import ANNA, BRUNO
from tests.http.conftest import MILANO, TORINO


def state(db: Connection, thing: Thing) -> str:
    table = {"place": "places", "change": "place_changes"}.get(thing.sort, f"{thing.sort}s")
    column = "moderation" if thing.sort == "place" else "state"
    sql = f"SELECT {column} FROM {table} WHERE city_id = :city AND id = :id"
    return str(db.scalar(text(sql), {"city": TORINO, "id": thing.id}))


def people(db: Connection, table: str, place: UUID) -> set[UUID]:
    sql = f"SELECT person_id FROM {table} WHERE city_id = :city AND place_id = :id"
    return set(db.scalars(text(sql), {"city": TORINO, "id": place}))


def follow(bench: Bench, place: UUID, person: UUID, table: str = "place_followers") -> None:
    with bench.desk.database.transaction() as db:
        sql = f"INSERT INTO {table} VALUES (:city, :place, :person, now())"
        db.execute(text(sql), {"city": TORINO, "place": place, "person": person})


@pytest.fixture
def held(bench: Bench) -> Thing:
    bench.desk.reviewing("all")
    return Thing("place", bench.desk.pin(ANNA, title="Orto"))


@pytest.fixture
def public(bench: Bench) -> Thing:
    return Thing("place", bench.desk.pin(title="Orto"))


@pytest.mark.parametrize(("action", "after"), [("approve", "published"), ("refuse", "hidden")])
def test_a_held_place_is_approved_or_refused_and_undone(
    bench: Bench, db: Connection, held: Thing, action: str, after: str
) -> None:
    (decided,) = bench.decide(action, held)

    assert (decided.before, decided.after, state(db, held)) == ("held", after, after)
    assert decided.asked_at is not None
    assert decided.reason == (None if action == "approve" else "spam")
    (undone,) = bench.undo(decided)
    assert (undone.undoes, undone.before, undone.after) == (decided.id, after, "held")
    assert state(db, held) == "held"
    with pytest.raises(Conflict, match="undone already"):
        bench.undo(decided)


def test_what_was_decided_about_meanwhile_is_not_undone(bench: Bench, db: Connection, held: Thing) -> None:
    (refused,) = bench.decide("refuse", held)
    bench.decide("approve", held)

    with pytest.raises(Conflict, match="Something else was decided"):
        bench.undo(refused)
    assert state(db, held) == "published"


def test_the_second_of_two_moderators_is_told(bench: Bench, held: Thing) -> None:
    bench.decide("approve", held)
    with pytest.raises(Conflict, match="somebody has decided already"):
        bench.decide("refuse", held)


def test_what_is_decided_in_one_go_is_all_or_nothing(bench: Bench, db: Connection, held: Thing) -> None:
    other = Thing("place", bench.desk.pin(BRUNO))
    with pytest.raises(NotFound):
        bench.decide("approve", held, other, Thing("place", compat.uuid7()))
    assert {state(db, held), state(db, other)} == {"held"}

    both = bench.decide("approve", held, other, held)
    assert len(both) == 2
    assert {one.batch_id for one in both} == {both[0].batch_id}
    bench.undo(both[0])
    assert {state(db, held), state(db, other)} == {"held"}


def test_more_than_a_hundred_at_once_are_refused(bench: Bench) -> None:
    many = [Thing("place", compat.uuid7()) for _ in range(101)]
    with pytest.raises(BadParameter, match="at most 100"):
        bench.decide("approve", *many)


def test_asking_changes_nothing(bench: Bench, db: Connection, held: Thing) -> None:
    (asked,) = bench.decide("ask", held)
    assert (asked.before, asked.after, asked.words) == ("held", "held", "Perché sì.")
    assert state(db, held) == "held"
    with pytest.raises(Conflict, match="cannot be undone"):
        bench.undo(asked)


def test_a_change_that_was_taken_over_waits_again_when_that_is_undone(bench: Bench, db: Connection) -> None:
    place = bench.desk.pin(title="Uno")
    bench.desk.reviewing("all")
    change = Thing("change", compat.uuid7())
    bench.desk.change(place, 1, ANNA, change=change.id, title="Due")

    (first,) = bench.decide("approve", change)
    now = versions.current(db, (TORINO, place))
    assert now is not None
    assert (now.content.title, now.revision, now.author) == ("Due", 2, ANNA)

    bench.undo(first)
    now = versions.current(db, (TORINO, place))
    assert now is not None
    assert (now.content.title, now.revision, state(db, change)) == ("Uno", 3, "waiting")

    bench.decide("approve", change)
    now = versions.current(db, (TORINO, place))
    assert now is not None
    assert (now.content.title, now.revision, state(db, change)) == ("Due", 4, "approved")


def test_a_change_under_which_the_place_went_on_is_not_undone(bench: Bench, db: Connection) -> None:
    place = bench.desk.pin(title="Uno")
    bench.desk.reviewing("all")
    change = Thing("change", compat.uuid7())
    bench.desk.change(place, 1, ANNA, change=change.id, title="Due")
    (taken,) = bench.decide("approve", change)
    bench.desk.change(place, 2, title="Tre")

    with pytest.raises(Conflict, match="changed again since"):
        bench.undo(taken)
    assert state(db, change) == "approved"


def test_a_refused_change_is_undone(bench: Bench, db: Connection) -> None:
    place = bench.desk.pin(title="Uno")
    bench.desk.reviewing("all")
    change = Thing("change", compat.uuid7())
    bench.desk.change(place, 1, ANNA, change=change.id, title="Due")
    (refused,) = bench.decide("refuse", change)
    assert state(db, change) == "refused"
    bench.undo(refused)
    assert state(db, change) == "waiting"


def test_to_hide_what_is_reported_answers_every_report_about_it(
    bench: Bench, db: Connection, public: Thing
) -> None:
    first, second = bench.report(public.id), bench.report(public.id, "spam", BRUNO)

    (hidden,) = bench.decide("hide", first, second)
    assert (hidden.sort, hidden.subject_id, state(db, public)) == ("place", public.id, "hidden")
    assert state(db, first) == state(db, second) == "granted"

    bench.undo(hidden)
    assert state(db, public) == "published"
    assert state(db, first) == state(db, second) == "waiting"


@pytest.mark.parametrize(("action", "after"), [("approve", "granted"), ("refuse", "refused")])
def test_a_report_is_answered_and_undone(
    bench: Bench, db: Connection, public: Thing, action: str, after: str
) -> None:
    report = bench.report(public.id)
    (decided,) = bench.decide(action, report)
    assert (state(db, report), state(db, public), decided.place_id) == (after, "published", public.id)
    bench.undo(decided)
    assert state(db, report) == "waiting"


def test_only_what_is_public_is_reported_and_claimed(bench: Bench, held: Thing) -> None:
    with pytest.raises(NotFound):
        bench.report(held.id)
    with pytest.raises(NotFound):
        bench.claim(held.id, ANNA)


def test_a_claim_that_is_granted_makes_an_owner(bench: Bench, db: Connection, public: Thing) -> None:
    claim = bench.claim(public.id, BRUNO)
    with pytest.raises(Conflict, match="claimed this place already"):
        bench.claim(public.id, BRUNO)

    (granted,) = bench.decide("approve", claim)
    assert people(db, "place_owners", public.id) == {BRUNO}
    with pytest.raises(Conflict, match="yours already"):
        bench.claim(public.id, BRUNO)

    bench.undo(granted)
    assert people(db, "place_owners", public.id) == set()
    bench.decide("refuse", claim)
    assert people(db, "place_owners", public.id) == set()


def test_an_appeal_that_is_granted_undoes_the_decision(bench: Bench, db: Connection, held: Thing) -> None:
    (refused,) = bench.decide("refuse", held)
    appeal = bench.appeal(refused, ANNA)
    with pytest.raises(Conflict, match="objected to this decision already"):
        bench.appeal(refused, ANNA)

    (granted,) = bench.decide("approve", appeal)
    assert (state(db, appeal), state(db, held)) == ("granted", "held")
    with pytest.raises(Conflict, match="cannot be undone"):
        bench.undo(granted)


def test_an_appeal_that_is_refused_leaves_the_decision(bench: Bench, db: Connection, held: Thing) -> None:
    (refused,) = bench.decide("refuse", held)
    appeal = bench.appeal(refused)
    (again,) = bench.decide("refuse", appeal)
    assert (state(db, appeal), state(db, held)) == ("refused", "hidden")
    bench.undo(again)
    assert state(db, appeal) == "waiting"


def test_nobody_objects_to_what_took_nothing_from_anybody(bench: Bench, held: Thing) -> None:
    (approved,) = bench.decide("approve", held)
    with pytest.raises(Conflict, match="nothing to object to"):
        bench.appeal(approved)
    (hidden,) = bench.decide("hide", held)
    bench.undo(hidden)
    with pytest.raises(Conflict, match="nothing to object to"):
        bench.appeal(hidden)


def test_a_merger_hands_on_and_a_split_takes_back(bench: Bench, db: Connection, public: Thing) -> None:
    goes, stays = public.id, bench.desk.pin(title="Orto bis")
    follow(bench, goes, ANNA)
    follow(bench, goes, BRUNO)
    follow(bench, stays, BRUNO)
    follow(bench, goes, CARLA, "place_owners")
    report = bench.report(goes)
    bench.desk.reviewing("all")
    change = Thing("change", compat.uuid7())
    bench.desk.change(goes, 1, ANNA, change=change.id, title="Due")

    merged = bench.merge(goes, stays)
    assert (state(db, public), merging.stays_of(db, TORINO, goes)) == ("hidden", stays)
    assert people(db, "place_followers", stays) == {ANNA, BRUNO}
    assert people(db, "place_followers", goes) == {ANNA, BRUNO}
    assert people(db, "place_owners", stays) == {CARLA}
    assert db.scalar(text(f"SELECT place_id FROM reports WHERE id = '{report.id}'")) == stays
    assert state(db, change) == "outdated"

    bench.undo(merged)
    assert (state(db, public), merging.stays_of(db, TORINO, goes)) == ("published", None)
    assert people(db, "place_followers", stays) == {BRUNO}
    assert people(db, "place_owners", stays) == set()
    assert db.scalar(text(f"SELECT place_id FROM reports WHERE id = '{report.id}'")) == goes
    assert state(db, change) == "waiting"


def test_an_address_leads_over_mergers_to_what_is_public(bench: Bench, db: Connection, public: Thing) -> None:
    second, third = bench.desk.pin(), bench.desk.pin()
    bench.merge(public.id, second)
    bench.merge(second, third)
    assert merging.stays_of(db, TORINO, public.id) == third
    assert merging.stays_of(db, MILANO, public.id) is None

    bench.decide("hide", Thing("place", third))
    assert merging.stays_of(db, TORINO, public.id) is None


def test_what_cannot_be_merged_is_told(bench: Bench, held: Thing) -> None:
    bench.desk.reviewing("none")
    one, two = bench.desk.pin(), bench.desk.pin()
    for goes, stays, words in ((one, one, "one already"), (one, held.id, "not public")):
        with pytest.raises(Conflict, match=words):
            bench.merge(goes, stays)
    bench.merge(one, two)
    with pytest.raises(Conflict, match="one already"):
        bench.merge(two, one)
    with pytest.raises(Conflict, match="decided already"):
        bench.decide("approve", Thing("place", one))


def test_everything_of_one_person_is_hidden_and_shown_again(bench: Bench, db: Connection) -> None:
    mine = [Thing("place", bench.desk.pin(ANNA)) for _ in range(2)]
    edited = bench.desk.pin(ANNA)
    bench.desk.change(edited, 1, title="Da un altro")
    others = Thing("place", bench.desk.pin(BRUNO))
    bench.desk.reviewing("all")
    waits = Thing("place", bench.desk.pin(ANNA))
    change = Thing("change", compat.uuid7())
    bench.desk.change(others.id, 1, ANNA, change=change.id, title="Due")

    with bench.desk.database.transaction() as writing:
        judge = bench.judge()
        decided = service.hide_person(writing, TORINO, ANNA, Verdict("hide", "spam"), judge)

    assert len(decided) == 5
    assert [state(db, each) for each in (*mine, Thing("place", edited), waits)] == ["hidden"] * 4
    assert (state(db, change), state(db, others)) == ("refused", "published")
    bench.undo(decided[0])
    assert [state(db, each) for each in (*mine, Thing("place", edited))] == ["published"] * 3
    assert (state(db, waits), state(db, change)) == ("held", "waiting")


def test_a_decision_says_why() -> None:
    assert verdict_of("refuse", "spam", "Così.") == Verdict("refuse", "spam", "Così.")
    assert verdict_of("approve", "spam", None) == Verdict("approve")
    for action, reason, words, parameter in (
        ("merge", None, None, "action"),
        ("hide", None, "Così.", "reason"),
        ("hide", "dull", None, "reason"),
        ("ask", None, None, "words"),
    ):
        with pytest.raises(BadParameter) as refused:
            verdict_of(action, reason, words)
        assert refused.value.name == parameter


def test_what_is_decided_about_is_read_strictly() -> None:
    key = compat.uuid7()
    assert thing_of(f"place:{key}") == Thing("place", key)
    for written in ("place", "place:", f"house:{key}", f"place:{key}'", ""):
        with pytest.raises(BadParameter):
            thing_of(written)


def test_the_table_of_states_is_the_only_way() -> None:
    for sort, before, action in AFTER:
        assert action in ACTIONS
        for other in ACTIONS:
            if (sort, before, other) not in AFTER and other != "ask":
                with pytest.raises(Conflict):
                    next_state(sort, before, other)


def add_photo(bench: Bench, place: UUID, moderation: str) -> Thing:
    key = compat.uuid7()
    with bench.desk.database.transaction() as db:
        sql = """INSERT INTO place_photos (city_id, id, place_id, state, licence, added_at, width, height)
            VALUES (:city, :id, :place, :state, 'CC-BY-4.0', now(), 10, 10)"""
        db.execute(text(sql), {"city": TORINO, "id": key, "place": place, "state": moderation})
    return Thing("photo", key)


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        ("held", "approve", "published"),
        ("held", "refuse", "hidden"),
        ("published", "hide", "hidden"),
        ("hidden", "approve", "published"),
    ],
)
def test_a_photo_is_decided_about_and_undone(
    bench: Bench, db: Connection, public: Thing, before: str, action: str, after: str
) -> None:
    photo = add_photo(bench, public.id, before)

    def now() -> str:
        return str(db.scalar(text(f"SELECT state FROM place_photos WHERE id = '{photo.id}'")))

    (decided,) = bench.decide(action, photo)
    assert (now(), decided.place_id) == (after, public.id)
    bench.undo(decided)
    assert now() == before


def test_photos_of_a_merged_place_are_the_others_until_it_is_undone(
    bench: Bench, db: Connection, public: Thing
) -> None:
    stays = bench.desk.pin()
    photo = add_photo(bench, public.id, "published")
    own = add_photo(bench, stays, "published")

    def of(place: UUID) -> set[UUID]:
        sql = "SELECT id FROM place_photos WHERE city_id = :city AND place_id = :place"
        return set(db.scalars(text(sql), {"city": TORINO, "place": place}))

    merged = bench.merge(public.id, stays)
    assert of(stays) == {photo.id, own.id}
    bench.undo(merged)
    assert (of(stays), of(public.id)) == ({own.id}, {photo.id})
