"""Relations over HTTP: proposed, answered, told to whom they may be told; on pages and as JSON."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from app.places import neighbours
from tests.http.conftest import MILANO, TORINO, add_person, add_place, csrf, sign_in, token_for

PAGE, DATA = {"Accept": "text/html"}, {"Accept": "application/json"}


class Block:
    """A house of Ada's, a project of Bea's and a site of nobody's; and browsers of people."""

    def __init__(self, app: Flask, db: Connection) -> None:
        self.app, self.db = app, db
        self.ada, self.bea = (add_person(db, f"{name}@city.example", name) for name in ("ada", "bea"))
        self.mo = add_person(db, "mo@city.example", "Mo", "moderator")
        self.cia = add_person(db, "cia@city.example", "Cia")
        self.house = add_place(db, 7.68, 45.07, kind="house", title="Casa")
        self.project = add_place(db, 7.681, 45.07, kind="project", title="Orto")
        self.site = add_place(db, 7.682, 45.07, kind="site", title="Campetto")
        for place, person in ((self.house, self.ada), (self.project, self.bea)):
            self.owns(place, person)

    def owns(self, place: str, person: UUID) -> None:
        sql = (
            "INSERT INTO place_owners (city_id, place_id, person_id, since) VALUES (1272, :place, :by, now())"
        )
        self.db.execute(text(sql), {"place": place, "by": person})

    def browser(self, person: UUID | None = None) -> FlaskClient:
        client = self.app.test_client()
        if person:
            sign_in(client, self.db, person)
        return client

    def propose(self, person: UUID, place: str, headers: Any = PAGE, **fields: Any) -> TestResponse:
        client = self.browser(person)
        data = {"csrf_token": csrf(client), "step": "send", **fields}
        return client.post(f"/torino/places/{place}/relations?lang=en", data=data, headers=headers)

    def answer(
        self, person: UUID, there: str, action: str, headers: Any = PAGE, **fields: Any
    ) -> TestResponse:
        client = self.browser(person)
        data = {"csrf_token": csrf(client), **fields}
        return client.post(f"{there}/{action}?lang=en", data=data, headers=headers)

    def relations(self) -> list[Any]:
        return list(self.db.execute(text("SELECT * FROM relations ORDER BY proposed_at")))


@pytest.fixture
def block(app: Flask, torino: Connection) -> Block:
    return Block(app, torino)


def said(answer: TestResponse) -> str:
    """The words of a page."""
    body = re.sub(
        r"<(script|style|svg|nav|header).*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL
    )
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def place_page(client: FlaskClient, place: str, language: str = "en") -> str:
    return said(client.get(f"/torino/places/{place}?lang={language}", headers=PAGE))


def hosted(block: Block) -> str:
    """A relation that Bea proposes and that waits for Ada; gives its address."""
    answer = block.propose(block.bea, block.project, kind="hosted_by", other=block.house, note="In cortile")
    assert answer.status_code == 303, said(answer)
    return str(answer.headers["Location"])


def test_one_side_proposes_the_other_confirms_and_both_places_tell_it(block: Block) -> None:
    there = hosted(block)
    visitor = block.browser()
    assert "Hosted by" not in place_page(visitor, block.project)
    assert visitor.get(there, headers=PAGE).status_code == 404
    assert block.browser(block.cia).get(there, headers=PAGE).status_code == 404
    own = block.browser(block.bea).get(f"{there}?lang=en", headers=PAGE)
    assert "Nobody has spoken for Casa yet." in said(own)
    assert "Yes, it is so" not in said(own)
    asked = said(block.browser(block.ada).get("/torino/mine?lang=en", headers=PAGE))
    assert "What waits for your word Orto · Hosted by Casa" in asked
    assert "proposed proposed by you" not in asked

    assert block.answer(block.ada, there, "confirm").status_code == 303

    assert "Hosted by Casa" in place_page(visitor, block.project)
    assert "Hosts Orto" in place_page(visitor, block.house)
    assert "Ospite di Casa" in place_page(visitor, block.project, "it")
    assert "Ospita Orto" in place_page(visitor, block.house, "it")
    assert "What waits for your word" not in said(block.browser(block.ada).get("/torino/mine?lang=en"))
    page = visitor.get(f"/torino/places/{block.project}", headers=PAGE).get_data(as_text=True)
    assert 'data-graph-sort="relation" data-graph-end="7.68,45.07"' in page
    assert "confirmed" in said(block.browser(block.bea).get("/torino/mine?lang=en"))


def test_the_other_way_round_is_the_same_relation(block: Block) -> None:
    assert block.propose(block.ada, block.house, kind="hosted_by-in", other=block.project).status_code == 303
    (made,) = block.relations()
    assert (str(made.tail), str(made.head), made.kind) == (block.project, block.house, "hosted_by")
    assert (made.tail_by, made.head_by) == (None, block.ada)


def test_refusing_ending_and_taking_back(block: Block) -> None:
    there = hosted(block)
    assert block.answer(block.ada, there, "refuse").status_code == 303
    assert block.answer(block.ada, there, "confirm").status_code == 409
    there = hosted(block)
    assert block.answer(block.cia, there, "withdraw").status_code == 403
    assert block.answer(block.bea, there, "withdraw").status_code == 303
    there = hosted(block)
    assert block.answer(block.ada, there, "end").status_code == 409
    assert block.answer(block.ada, there, "confirm").status_code == 303
    wrong = block.answer(block.ada, there, "end", until="ieri")
    assert (wrong.status_code, "“ieri” is not a day" in said(wrong)) == (422, True)
    assert block.answer(block.ada, there, "end", until="2025-06-30").status_code == 303
    assert "Hosted by Casa until June 30, 2025" in place_page(block.browser(), block.project)
    assert [each.state for each in block.relations()] == ["refused", "withdrawn", "ended"]
    assert block.answer(block.bea, there, "withdraw").status_code == 303
    assert "Hosted by" not in place_page(block.browser(), block.project)


def test_an_end_before_the_beginning_is_told_beside_its_field(block: Block) -> None:
    answer = block.propose(
        block.bea, block.project, kind="hosted_by", other=block.house, since="2026-03-01", until="2026-01-31"
    )
    assert answer.status_code == 422
    assert 'id="until-wrong">is before the beginning.' in answer.get_data(as_text=True)
    block.propose(block.bea, block.project, kind="hosted_by", other=block.house, since="2026-03-01")
    there = f"/torino/relations/{block.relations()[0].id}"
    block.answer(block.ada, there, "confirm")
    wrong = block.answer(block.ada, there, "end", until="2026-01-31")
    assert wrong.status_code == 422
    assert 'id="until-wrong">is not after the beginning' in wrong.get_data(as_text=True)


def fields_wrong(answer: TestResponse) -> set[str]:
    return set(re.findall(r'id="(\w+)-wrong"', answer.get_data(as_text=True)))


def test_bad_input_is_told_beside_its_field_and_keeps_nothing(block: Block) -> None:
    elsewhere = add_place(block.db, city_id=MILANO, kind="house")
    hidden = add_place(block.db, kind="house", title="Segreta", moderation="hidden")
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({}, {"kind", "other"}),
        ({"kind": "loves", "other": block.house}, {"kind"}),
        ({"kind": "hosted_by", "other": "x"}, {"other"}),
        ({"kind": "hosted_by", "other": block.project}, {"other"}),
        ({"kind": "hosted_by", "other": block.site}, {"other"}),
        ({"kind": "hosted_by", "other": elsewhere}, {"other"}),
        ({"kind": "hosted_by", "other": hidden}, {"other"}),
        ({"kind": "hosted_by", "other": str(compat.uuid7())}, {"other"}),
        ({"kind": "hosted_by", "other": block.house, "note": "x" * 501}, {"note"}),
        (
            {"kind": "hosted_by", "other": block.house, "since": "ieri", "until": "2026-13-01"},
            {"since", "until"},
        ),
    ]
    for fields, wrong in cases:
        answer = block.propose(block.bea, block.project, **fields)
        assert (answer.status_code, fields_wrong(answer)) == (422, wrong), fields
        assert "Segreta" not in said(answer)
        told = block.propose(block.bea, block.project, DATA, **fields).get_json()
        assert {each["parameter"] for each in told["errors"]} == wrong
    assert block.relations() == []


def test_twice_and_a_circle_are_conflicts(block: Block) -> None:
    hosted(block)
    again = block.propose(block.cia, block.project, kind="hosted_by", other=block.house)
    assert (again.status_code, "This relation is there already." in said(again)) == (409, True)
    whole = add_place(block.db, kind="project", title="Rete")
    assert block.propose(block.bea, block.project, kind="part_of", other=whole).status_code == 303
    circle = block.propose(block.bea, whole, kind="part_of", other=block.project)
    assert (circle.status_code, "would close a circle" in said(circle)) == (409, True)
    assert len(block.relations()) == 2


def test_sending_a_form_twice_sends_it_once(block: Block) -> None:
    fields = {"kind": "hosted_by", "other": block.house, "id": str(compat.uuid7())}
    first, second = (block.propose(block.bea, block.project, **fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(block.relations()) == 1


def test_a_form_offers_what_fits_and_finds_it_by_words(block: Block) -> None:
    client = block.browser(block.bea)
    page = client.get(f"/torino/places/{block.project}/relations?lang=en", headers=PAGE).get_data(
        as_text=True
    )
    ways = set(re.findall(r'name="kind" value="([\w-]+)"', page))
    assert {"part_of", "part_of-in", "hosted_by", "regenerates", "about-in"} <= ways
    assert ways.isdisjoint({"regenerates-in", "about"})
    near = re.findall(r'name="other" value="([^"]+)"', page)
    assert near == [block.house, block.site], "the nearest first"

    data = {"csrf_token": csrf(client), "step": "find", "kind": "regenerates", "note": "Mia", "q": ""}
    found = client.post(f"/torino/places/{block.project}/relations", data=data, headers=PAGE)
    page = found.get_data(as_text=True)
    assert re.findall(r'name="other" value="([^"]+)"', page) == [block.site]
    assert ">Mia</textarea>" in page
    assert 'value="regenerates" checked' in page
    piece = client.get(f"/torino/places/{block.project}/relations?part=candidates&q=cas", headers=PAGE)
    assert re.findall(r'name="other" value="([^"]+)"', piece.get_data(as_text=True)) == [block.house]
    assert "<html" not in piece.get_data(as_text=True)


def test_moderators_find_what_waits_and_settle_it(block: Block) -> None:
    answer = block.propose(block.bea, block.project, kind="regenerates", other=block.site)
    there = str(answer.headers["Location"])
    moderator = block.browser(block.mo)
    queue = moderator.get("/torino/moderation?lang=en", headers=PAGE)
    assert "Proposals of what belongs together (1)" in said(queue)
    assert "Regenerates Campetto" in said(moderator.get("/torino/relations?lang=en", headers=PAGE))
    assert "Nobody looks after this place" in said(moderator.get(f"{there}?lang=en", headers=PAGE))
    assert block.browser(block.bea).get("/torino/relations", headers=PAGE).status_code == 403
    assert block.answer(block.mo, there, "confirm").status_code == 303
    assert "Regenerated by Orto" in place_page(block.browser(), block.site)
    assert "Nothing waits" in said(moderator.get("/torino/relations?lang=en", headers=PAGE))


def test_as_json_each_sees_what_they_may(block: Block) -> None:
    there, path = hosted(block), f"/torino/places/{block.project}/relations?f=json"
    visitor = block.browser()
    assert visitor.get(path).get_json()["relations"] == []
    by_token = visitor.get(path, headers=token_for(block.db, block.bea))
    assert [each["state"] for each in by_token.get_json()["relations"]] == ["proposed"]
    block.answer(block.ada, there, "confirm")
    (told,) = visitor.get(path).get_json()["relations"]
    assert (told["kind"], told["outward"], told["note"]) == ("hosted_by", True, "In cortile")
    assert told["place"] == {
        "id": block.house, "kind": "house", "status": "active", "title": "Casa", "lon": 7.68, "lat": 45.07,
    }  # fmt: skip
    before = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert visitor.get(f"{path}&as_of={before}").get_json()["relations"] == []
    assert len(visitor.get(f"{path}&at={before}").get_json()["relations"]) == 1
    assert visitor.get(f"{path}&at=ieri").status_code == 400
    assert visitor.get(f"/torino/places/{compat.uuid7()}/relations?f=json").status_code == 404


def test_a_program_proposes_and_answers_by_token(block: Block) -> None:
    client, fields = block.app.test_client(), {"kind": "hosted_by", "other": block.house}
    path = f"/torino/places/{block.project}/relations"
    assert client.post(path, data=fields, headers=DATA).status_code in (400, 401)
    made = client.post(path, data=fields, headers=DATA | token_for(block.db, block.bea))
    assert (made.status_code, made.get_json()["state"]) == (201, "proposed")
    done = client.post(f"{made.headers['Location']}/confirm", headers=DATA | token_for(block.db, block.ada))
    assert done.get_json()["state"] == "confirmed"


def test_a_form_of_another_site_is_refused(block: Block) -> None:
    there = hosted(block)
    for path in (f"/torino/places/{block.project}/relations", f"{there}/confirm"):
        assert block.browser(block.ada).post(path, data={}, headers=PAGE).status_code == 400
    assert [each.state for each in block.relations()] == ["proposed"]


def test_relations_of_a_hidden_place_are_told_nowhere(block: Block) -> None:
    there = hosted(block)
    block.answer(block.ada, there, "confirm")
    block.db.execute(text("UPDATE places SET moderation = 'hidden' WHERE id = :id"), {"id": block.house})
    assert "Casa" not in place_page(block.browser(), block.project)
    for who in (block.ada, block.bea, block.mo):
        assert block.browser(who).get(there, headers=PAGE).status_code == 404
    assert "Casa" not in said(block.browser(block.bea).get("/torino/mine", headers=PAGE))


def test_ones_own_data_tells_what_one_proposed(block: Block) -> None:
    hosted(block)
    for who, count in ((block.bea, 1), (block.ada, 0)):
        told = block.browser(who).get("/account/data.json").get_json()["relations"]
        assert [(each["city"], each["kind"], each["note"]) for each in told] == [
            ("torino", "hosted_by", "In cortile")
        ] * count


def test_who_states_too_much_waits(block: Block) -> None:
    settings = block.app.extensions["cortile"].settings
    for _ in range(settings.pins_an_hour):
        block.propose(block.cia, block.project, kind="hosted_by", other=block.project)
    answer = block.propose(block.cia, block.project, kind="hosted_by", other=block.house)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert block.relations() == []


def test_a_place_shows_its_neighbours_and_nothing_where_there_is_nothing(block: Block) -> None:
    empty = place_page(block.browser(), block.house)
    assert "The nearest places" not in empty
    assert "What belongs together" not in empty
    assert "Say so" in place_page(block.browser(block.cia), block.house)
    keys = [UUID(each) for each in (block.house, block.project, block.site)]
    database = block.app.extensions["cortile"].database
    with database.transaction() as db:
        neighbours.renew(db, TORINO, keys)
    page = block.browser().get(f"/torino/places/{block.house}?part=1&lang=en", headers=PAGE)
    assert "The nearest places Orto 79 m Campetto 158 m More that is near" in said(page)
    assert 'data-graph-sort="neighbour" data-graph-end="7.681,45.07"' in page.get_data(as_text=True)
