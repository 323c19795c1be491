"""Relations between places: who may say what, what becomes of them, what is told of them at which time."""

import random
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.db import Database
from app.errors import BadParameter, Conflict, Forbidden, NotFound
from app.network import relating, service
from app.network.relating import RULES
from app.network.relations import STATED, When, relations_of
from app.network.service import Proposal
from app.places import merging
from app.places import service as places
from app.tables.network import RELATION_KINDS, RELATION_STATES
from app.tables.places import KINDS
from tests.app.network.conftest import ANNA, BRUNO, CARLA, MODERATOR, Web
from tests.conftest import FreshDatabase
from tests.http.conftest import TORINO


def day(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


NOW = When()


def told(
    db: Connection, place: UUID, when: When = NOW, states: tuple[str, ...] = STATED
) -> list[tuple[str, bool, UUID, str]]:
    return [
        (each.kind, each.outward, each.place, each.state)
        for each in relations_of(db, TORINO, place, when, states)
    ]


def test_both_sides_say_so_and_then_it_holds(web: Web, db: Connection) -> None:
    made = web.propose(web.event, "hosted_by", web.house, note="  In cortile.  ")
    assert (made.state, made.tail_by, made.head_by, made.note) == (
        "proposed", BRUNO.person, None, "In cortile.",
    )  # fmt: skip
    assert told(db, web.event) == []
    assert told(db, web.event, states=("proposed",)) == [("hosted_by", True, web.house, "proposed")]

    with pytest.raises(Forbidden, match="Only an owner"):
        web.do("confirm", made, CARLA)
    assert web.do("confirm", made, BRUNO).state == "proposed", "he has said so before"

    done = web.do("confirm", made, ANNA)
    assert (done.state, done.head_by, done.decided_by, done.revision) == (
        "confirmed", ANNA.person, ANNA.person, 2,
    )  # fmt: skip
    assert told(db, web.event) == [("hosted_by", True, web.house, "confirmed")]
    assert told(db, web.house) == [("hosted_by", False, web.event, "confirmed")]
    with pytest.raises(Conflict, match="confirmed already"):
        web.do("confirm", made, ANNA)
    with pytest.raises(Conflict, match="confirmed already"):
        web.do("refuse", made, ANNA)


def test_who_speaks_for_both_or_for_any_confirms_at_once(web: Web) -> None:
    project = web.place("project", ANNA)
    assert web.propose(project, "hosted_by", web.house, ANNA).state == "confirmed"
    assert web.propose(web.event, "about", project, MODERATOR).state == "confirmed"


def test_what_a_third_person_proposes_waits_for_both(web: Web) -> None:
    made = web.propose(web.event, "hosted_by", web.house, CARLA)
    assert web.do("confirm", made, ANNA).state == "proposed"
    assert web.do("confirm", made, BRUNO).state == "confirmed"


def test_the_same_proposal_again_is_the_same_one_once(web: Web) -> None:
    first = web.propose(web.event, "hosted_by", web.house)
    assert web.propose(web.event, "hosted_by", web.house, id=first.id) == first
    with pytest.raises(Conflict, match="another relation"):
        web.propose(web.event, "organised_by", web.house, id=first.id)
    with pytest.raises(Conflict, match="another relation"):
        web.propose(web.event, "hosted_by", web.house, ANNA, id=first.id)


def test_there_are_no_two_at_a_time(web: Web) -> None:
    first = web.propose(web.event, "hosted_by", web.house, MODERATOR, since=day(2019))
    with pytest.raises(Conflict, match="there already"):
        web.propose(web.event, "hosted_by", web.house)
    web.do("end", first, ANNA, day(2021))
    with pytest.raises(Conflict, match="there already"):
        web.propose(web.event, "hosted_by", web.house, since=day(2020))
    assert web.propose(web.event, "hosted_by", web.house, since=day(2021)).state == "proposed"


def test_a_refused_or_withdrawn_one_can_be_proposed_again(web: Web) -> None:
    first = web.propose(web.event, "hosted_by", web.house)
    assert web.do("refuse", first, ANNA).state == "refused"
    second = web.propose(web.event, "hosted_by", web.house, CARLA)
    assert web.do("withdraw", second, CARLA).state == "withdrawn"
    third = web.propose(web.event, "hosted_by", web.house, MODERATOR)
    with pytest.raises(Forbidden):
        web.do("withdraw", third, CARLA)
    assert web.do("withdraw", third, ANNA).state == "withdrawn"


def test_nothing_is_a_part_of_its_own_parts(web: Web) -> None:
    first, second, third = (web.place("project") for _ in range(3))
    web.propose(first, "part_of", second, MODERATOR)
    web.propose(second, "part_of", third, CARLA)
    with pytest.raises(Conflict, match="circle"):
        web.propose(third, "part_of", first, MODERATOR)
    web.propose(first, "supports", second, MODERATOR)
    assert web.propose(second, "supports", first, MODERATOR).state == "confirmed", (
        "two may support each other"
    )


def test_what_cannot_be_is_refused_by_name(web: Web, db: Connection) -> None:
    for kind, head, name, rule in (
        ("beside", web.house, "kind", "beside is not one of part_of, hosted_by"),
        ("regenerates", web.house, "head", "A project, a community enterprise or a house regenerates a site"),
        ("hosted_by", web.event, "head", "no relation with itself"),
    ):
        with pytest.raises(BadParameter, match=rule) as refused:
            web.propose(web.event, kind, head)
        assert refused.value.name == name
    for said, name in (({"note": "x" * 501}, "note"), ({"since": day(2020), "until": day(2020)}, "until")):
        with pytest.raises(BadParameter) as refused:
            web.propose(web.event, "hosted_by", web.house, **said)
        assert refused.value.name == name
    hidden = web.place("house")
    with web.desk.database.transaction() as writing:
        places.moderate(writing, TORINO, [hidden], "hidden")
    for head in (hidden, UUID(int=5)):
        with pytest.raises(NotFound, match=str(head)):
            web.propose(web.event, "hosted_by", head)
    assert db.scalar(text("SELECT count(*) FROM relations WHERE city_id = 1272")) == 0


def test_an_end_comes_after_the_beginning(web: Web, db: Connection) -> None:
    made = web.propose(web.event, "hosted_by", web.house, MODERATOR, since=day(2020))
    with pytest.raises(BadParameter, match="2020-01-01") as refused:
        web.do("end", made, ANNA, day(2020))
    assert refused.value.name == "end"
    with pytest.raises(NotFound):
        service.confirm_relation(db, (TORINO, UUID(int=6)), ANNA, day(2026))


def test_questions_of_then(web: Web, db: Connection) -> None:
    made = web.propose(web.event, "hosted_by", web.house, since=day(2019))
    before = web.now()
    confirmed = web.do("confirm", made, ANNA)
    ended = web.do("end", confirmed, ANNA, day(2022))

    edge = ("hosted_by", True, web.house)
    assert told(db, web.event, When(at=day(2018))) == []
    assert told(db, web.event, When(at=day(2019))) == [(*edge, "ended")]
    assert told(db, web.event, When(at=day(2022))) == []
    assert told(db, web.event, When(as_of=before)) == []
    assert told(db, web.event, When(as_of=before), RELATION_STATES) == [(*edge, "proposed")]
    assert told(db, web.event, When(day(2023), confirmed.recorded_at)) == [(*edge, "confirmed")]
    assert told(db, web.event, When(as_of=ended.recorded_at)) == [(*edge, "ended")]
    assert told(db, web.event, When(as_of=made.recorded_at - timedelta(seconds=1)), RELATION_STATES) == []


def test_relations_of_a_hidden_place_are_told_nowhere(web: Web, db: Connection) -> None:
    made = web.propose(web.event, "hosted_by", web.house, MODERATOR)
    with web.desk.database.transaction() as writing:
        places.moderate(writing, TORINO, [web.house], "hidden")
    assert told(db, web.event) == told(db, web.house) == []
    assert told(db, web.house, When(as_of=web.now()), RELATION_STATES) == []
    with pytest.raises(NotFound):
        web.do("end", made, MODERATOR, day(2030))


def test_a_merger_hands_relations_on_and_gives_them_back(web: Web, db: Connection) -> None:
    twin, project = web.place("house"), web.place("project")
    other = web.place("house")
    web.propose(project, "hosted_by", twin, MODERATOR)
    web.propose(web.event, "hosted_by", twin, MODERATOR)
    web.propose(web.event, "hosted_by", web.house, MODERATOR)  # which the other one has already
    web.propose(twin, "supports", web.house, MODERATOR)  # which would be with itself
    web.propose(twin, "part_of", other, MODERATOR)
    web.propose(other, "part_of", web.house, MODERATOR)  # which would close a circle
    waiting = web.propose(twin, "supports", project, CARLA)
    before = {place: told(db, place, states=RELATION_STATES) for place in (twin, web.house, project, other)}

    with web.desk.database.transaction() as writing:
        merged = merging.merge_places(writing, TORINO, twin, web.house, web.now())
    assert told(db, web.house, states=("proposed", *STATED)) == [
        ("hosted_by", False, project, "confirmed"),
        ("hosted_by", False, web.event, "confirmed"),
        ("part_of", False, other, "confirmed"),
        ("supports", True, project, "proposed"),
    ]
    assert told(db, twin) == []

    web.do("refuse", waiting, MODERATOR)
    with web.desk.database.transaction() as writing:
        merging.split_place(writing, TORINO, twin, merged, web.now())
    after = {place: told(db, place, states=RELATION_STATES) for place in before}
    was, now = ("supports", True, project, "proposed"), ("supports", True, project, "refused")
    assert after[twin] == [now if each == was else each for each in before[twin]]
    assert after[web.house] == before[web.house]
    assert after[other] == before[other]


def test_four_who_close_a_circle_at_once_do_not(web: Web, database: FreshDatabase) -> None:
    projects = [web.place("project") for _ in range(4)]
    refused: list[Exception] = []

    def state(number: int) -> None:
        pool = Database(database.app_url, size=1)
        chance = random.Random(number)
        for turn in range(4):
            tail = (number + turn) % 4
            proposal = Proposal(
                UUID(int=chance.getrandbits(128)), projects[tail], projects[tail - 1], "part_of"
            )
            try:
                with pool.transaction() as db:
                    service.propose_relation(db, TORINO, proposal, MODERATOR, day(2026))
            except Exception as error:
                refused.append(error)
        pool.close()

    writers = [threading.Thread(target=state, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert {type(error) for error in refused} == {Conflict}
    assert len(refused) == 13, "three of the four edges, once each"


def test_every_kind_of_relation_has_a_rule_and_every_kind_of_place_one() -> None:
    assert tuple(RULES) == RELATION_KINDS
    for rule in RULES.values():
        for tails, heads in rule.ends:
            assert {*tails, *heads} <= set(KINDS)
    for kind in KINDS:
        assert any(
            rule.fits(kind, head) or rule.fits(head, kind) for rule in RULES.values() for head in KINDS
        )
    assert RULES["regenerates"].fits("project", "site")
    assert not RULES["regenerates"].fits("site", "project")
    assert {state for state, _ in relating.NEXT} | set(relating.NEXT.values()) == set(RELATION_STATES)
