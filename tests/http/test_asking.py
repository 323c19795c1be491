"""Reports, claims and objections, as anybody can make them."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.moderation.appealing import token_for
from app.moderation.asking_views import BRAKES
from tests.app.moderation.refusals import ASKING
from tests.http.conftest import MILANO, TORINO, add_person, add_place, csrf, csrf_of, sign_in
from tests.http.test_moderation import PAGE, QUEUE, moderator, said, send, state, visitor

__all__ = ["moderator", "visitor"]


@pytest.fixture
def place(torino: Connection) -> str:
    return add_place(torino, title="Visibile")


def count(db: Connection, table: str) -> int:
    return int(db.scalar(text(f"SELECT count(*) FROM {table} WHERE city_id = 1272")) or 0)


def test_a_visitor_reports_by_the_form_and_follows_what_becomes_of_it(
    moderator: FlaskClient, visitor: FlaskClient, torino: Connection, place: str
) -> None:
    path = f"/torino/places/{place}/report"
    assert f'href="{path}"' in visitor.get(f"/torino/places/{place}").get_data(as_text=True)
    form = visitor.get(path, headers=PAGE).get_data(as_text=True)
    key = re.search(r'name="key" value="([^"]+)"', form)[1]  # type: ignore[index]
    fields = {"csrf_token": csrf_of(form), "key": key, "reason": "gone", "words": "<i>Via</i>"}
    for _ in range(2):  # sending it twice is sending it once
        answer = visitor.post(path, data={**fields, "email": "zoe@x.example"}, headers=PAGE)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/torino/asked/report/{key}")
    assert count(torino, "reports") == 1

    receipt = f"/torino/asked/report/{key}"
    words = said(visitor.get(receipt))
    assert "Thank you, it has arrived" in words
    page = moderator.get(f"{QUEUE}/report/{key}").get_data(as_text=True)
    assert "&lt;i&gt;Via&lt;/i&gt;" in page
    assert "zoe@x.example" in page
    send(moderator, f"{QUEUE}/report/{key}", action="hide", reason="gone")
    assert state(torino, place) == "hidden"
    after = visitor.get(receipt).get_data(as_text=True)
    assert "What you reported was right" in after
    assert "Visibile" not in after
    assert place not in after


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "is missing: without it nobody can decide."),
        ({"reason": "dull"}, "“dull” is not one of the reasons."),
        ({"reason": "gone", "email": "nobody"}, "“nobody” is not an e-mail address."),
        ({"reason": "gone", "words": "x" * 2001}, "has 2001 characters; at most 2000 are taken."),
        ({"reason": "gone", "words": "\u202ex"}, "turns the direction of writing"),
    ],
)
def test_what_a_report_lacks_is_told_beside_its_field(
    visitor: FlaskClient, torino: Connection, place: str, fields: dict[str, str], words: str
) -> None:
    answer = send(visitor, f"/torino/places/{place}/report", **fields)
    body = answer.get_data(as_text=True)

    assert (answer.status_code, words in said(answer)) == (422, True)
    assert 'aria-invalid="true"' in body
    assert count(torino, "reports") == 0
    if fields.get("reason") == "gone":
        assert re.search(r'value="gone" checked', body)


def test_what_fills_in_every_field_is_a_machine_and_is_told_nothing(
    visitor: FlaskClient, torino: Connection, place: str
) -> None:
    fields = {"reason": "spam", "homepage": "https://spam.example", "key": str(compat.uuid7())}
    answer = send(visitor, f"/torino/places/{place}/report", **fields)
    assert answer.status_code == 303
    assert "Thank you" in said(visitor.get(answer.headers["Location"]))
    assert count(torino, "reports") == 0


def test_reports_are_limited_for_each_address_and_person(
    app: Flask, visitor: FlaskClient, torino: Connection, place: str
) -> None:
    most = BRAKES["report"][0].times
    for _ in range(most):
        assert send(visitor, f"/torino/places/{place}/report", reason="gone").status_code == 303
    answer = send(visitor, f"/torino/places/{place}/report", reason="gone")
    assert (answer.status_code, count(torino, "reports")) == (429, most)
    assert 3500 < int(answer.headers["Retry-After"]) <= 3601

    person = app.test_client()
    sign_in(person, torino, add_person(torino))
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    for number in range(most + 1):
        elsewhere["environ_base"]["REMOTE_ADDR"] = f"192.0.2.{number}"
        form = person.get(f"/torino/places/{place}/report").get_data(as_text=True)
        data = {"csrf_token": csrf_of(form), "reason": "gone"}
        answer = person.post(f"/torino/places/{place}/report", data=data, **elsewhere)
        assert answer.status_code == (303 if number < most else 429)


@pytest.mark.parametrize("moderation", ["held", "hidden"])
def test_what_is_not_public_can_be_neither_reported_nor_claimed(
    client: FlaskClient, torino: Connection, moderation: str
) -> None:
    hidden, elsewhere = add_place(torino, moderation=moderation), add_place(torino, city_id=MILANO)
    sign_in(client, torino, add_person(torino))
    for key in (hidden, elsewhere):
        for what in ("report", "claim"):
            path = f"/torino/places/{key}/{what}"
            assert client.get(path).status_code == 404
            assert send(client, path, reason="gone").status_code == 404
    assert count(torino, "reports") == count(torino, "claims") == 0


def test_a_claim_is_granted_and_is_its_claimants_alone(
    app: Flask, moderator: FlaskClient, visitor: FlaskClient, torino: Connection, place: str
) -> None:
    assert visitor.get(f"/torino/places/{place}/claim", headers=PAGE).status_code in (302, 303)
    owner = app.test_client()
    ada = add_person(torino)
    sign_in(owner, torino, ada)
    owner.get("/torino/?lang=en")

    answer = send(owner, f"/torino/places/{place}/claim", organisation="Casa nel Parco", words="Siamo noi")
    receipt = answer.headers["Location"]
    assert "Thank you" in said(owner.get(receipt))
    assert visitor.get(receipt).status_code == 404
    again = send(owner, f"/torino/places/{place}/claim")
    assert (again.status_code, "claimed this place already" in said(again)) == (409, True)

    key = receipt.rpartition("/")[2]
    page = said(moderator.get(f"{QUEUE}/claim/{key}"))
    assert "Casa nel Parco" in page
    assert "Siamo noi" in page
    send(moderator, f"{QUEUE}/claim/{key}", action="approve")
    assert torino.execute(text("SELECT person_id FROM place_owners WHERE city_id = 1272")).scalar_one() == ada
    assert "The place is yours" in said(owner.get(receipt))


def decision_of(db: Connection, subject: str) -> UUID:
    sql = "SELECT id FROM decisions WHERE city_id = 1272 AND subject_id = :id"
    found: UUID = db.execute(text(sql), {"id": subject}).scalar_one()
    return found


def link(app: Flask, decision: UUID, city: int = TORINO, **how: Any) -> str:
    return f"/torino/appeals/{token_for(app.config['SECRET_KEY'], city, decision)}"


def test_a_decision_is_objected_to_by_its_link_once(
    app: Flask, moderator: FlaskClient, visitor: FlaskClient, torino: Connection
) -> None:
    held = add_place(torino, moderation="held")
    send(moderator, f"{QUEUE}/place/{held}", action="refuse", reason="spam", words="Pubblicità")
    path = link(app, decision_of(torino, held))

    page = said(visitor.get(path))
    assert "It is advertising" in page
    assert "Pubblicità" in page
    assert send(visitor, path).status_code == 422
    answer = send(visitor, path, words="Ma no")
    assert (answer.status_code, "it has arrived" in said(answer)) == (200, True)
    again = send(visitor, path, words="Ma no!")
    assert (again.status_code, "objected to this decision already" in said(again)) == (409, True)

    appeal = str(torino.execute(text("SELECT id FROM appeals WHERE city_id = 1272")).scalar_one())
    assert "Ma no" in said(moderator.get(f"{QUEUE}/appeal/{appeal}"))
    send(moderator, f"{QUEUE}/appeal/{appeal}", action="approve")
    assert state(torino, held) == "held"


def test_a_link_that_was_forged_or_is_old_leads_nowhere(
    app: Flask,
    moderator: FlaskClient,
    visitor: FlaskClient,
    torino: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = add_place(torino, moderation="held")
    send(moderator, f"{QUEUE}/place/{held}", action="refuse", reason="spam")
    decision = decision_of(torino, held)
    good = link(app, decision)
    assert visitor.get(good).status_code == 200
    for path in (
        link(app, decision, MILANO),
        link(app, compat.uuid7()),
        good[:-2],
        "/torino/appeals/x",
        f"/torino/appeals/{decision}",
    ):
        assert visitor.get(path).status_code == 404, path
    later = (datetime.now(UTC) + timedelta(days=91)).timestamp()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert visitor.get(good).status_code == 404


def test_the_author_objects_without_a_link(app: Flask, moderator: FlaskClient, torino: Connection) -> None:
    ada, bea = add_person(torino), add_person(torino, "bea@city.example")
    held = add_place(torino, moderation="held", author=ada)
    send(moderator, f"{QUEUE}/place/{held}", action="refuse", reason="spam")
    path = f"/torino/appeals/{decision_of(torino, held)}"
    for person, status in ((ada, 200), (bea, 404)):
        client = app.test_client()
        sign_in(client, torino, person)
        assert client.get(path).status_code == status


def test_programs_are_told_in_both_languages_what_is_wrong(
    moderator: FlaskClient, torino: Connection, place: str
) -> None:
    wrong = [
        (QUEUE, {"action": "approve"}),
        (f"{QUEUE}/undo", {"batch": "last"}),
        (f"{QUEUE}/merge", {"place": "nix"}),
        (f"/torino/places/{place}/report", {}),
        (f"/torino/places/{place}/report", {"reason": "gone", "email": "me"}),
        ("/torino/appeals/x", {"words": "Ma no"}),
    ]

    def told(path: str, fields: dict[str, str], language: str) -> str:
        data = {"csrf_token": csrf(moderator), **fields}
        answer = moderator.post(f"{path}?lang={language}", data=data, headers={"Accept": "application/json"})
        assert answer.mimetype == "application/problem+json"
        return str(answer.json["detail"])

    assert [(told(*each, "en"), told(*each, "it")) for each in wrong] == ASKING


def test_the_author_gets_a_letter_with_the_reason_and_a_link_that_works(
    app: Flask, moderator: FlaskClient, visitor: FlaskClient, torino: Connection, tmp_path: Path
) -> None:
    ada = add_person(torino, language="it")
    held = add_place(torino, moderation="held", author=ada)
    send(moderator, f"{QUEUE}/place/{held}", action="refuse", reason="spam", words="Così & così")

    (written,) = (tmp_path / "mail").glob("*.eml")
    letter = message_from_bytes(written.read_bytes(), policy=default)
    body = letter.get_content()
    assert letter["To"] == "ada@city.example"
    assert "Motivo: È pubblicità" in body
    assert "Così & così" in body
    path = re.search(r"https://city.example(/torino/appeals/\S+)", body)
    assert path
    assert visitor.get(path[1]).status_code == 200


def test_who_reported_gets_the_answer_in_their_language(
    moderator: FlaskClient, visitor: FlaskClient, torino: Connection, place: str, tmp_path: Path
) -> None:
    send(visitor, f"/torino/places/{place}/report?lang=en", reason="gone", email="zoe@x.example")
    send(moderator, QUEUE, item=f"place:{place}", action="hide", reason="gone")

    (written,) = (tmp_path / "mail").glob("*.eml")  # the place was imported: it has no author to write to
    letter = message_from_bytes(written.read_bytes(), policy=default)
    assert letter["To"] == "zoe@x.example"
    assert "It does not exist any more" in letter.get_content()
