"""What somebody's own list says of what was refused, hidden or merged: why, and where to object."""

import html
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.http.conftest import MILANO, add_person, add_place, give_role, sign_in
from tests.http.test_moderation import PAGE, QUEUE, add_change, moderator, said, send, state

__all__ = ["moderator"]


@pytest.fixture
def person(torino: Connection) -> UUID:
    return add_person(torino)


@pytest.fixture
def author(app: Flask, torino: Connection, person: UUID) -> FlaskClient:
    """The browser of whoever pinned it."""
    client = app.test_client()
    sign_in(client, torino, person)
    return client


def mine(client: FlaskClient, place: str, language: str = "en") -> Any:
    """What the list says of a place (its words, its HTML)."""
    page = client.get(f"/torino/mine?lang={language}", headers=PAGE).get_data(as_text=True)
    item = re.search(rf'<li id="place-{place}">.*?</li>', page, re.DOTALL)
    assert item, page
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", item[0])).split()), item[0]


def objection_in(item: str) -> str:
    found = re.search(r'href="(/torino/appeals/[0-9a-f-]{36})"', item)
    assert found, item
    return found[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "Not public: a moderator took it off the map. Reason It is advertising"
            " The moderator writes <b>Niente</b> vendite, grazie. Object to this decision",
        ),
        (
            "it",
            "Non è pubblico: un moderatore l’ha tolto dalla mappa. Motivo È pubblicità"
            " Il moderatore scrive <b>Niente</b> vendite, grazie. Fai ricorso contro questa decisione",
        ),
    ],
)
def test_a_refused_place_says_why_and_leads_to_an_objection(
    moderator: FlaskClient, author: FlaskClient, torino: Connection, person: UUID, language: str, words: str
) -> None:
    place = add_place(torino, title="Scarpe", moderation="held", author=person)
    send(moderator, f"{QUEUE}/place/{place}", action="ask", words="Che cosa vendete?")
    assert "Che cosa" not in mine(author, place, language)[0]  # a question is no decision
    written = "<b>Niente</b> vendite,\ngrazie."
    send(moderator, f"{QUEUE}/place/{place}", action="refuse", reason="spam", words=written)

    told, item = mine(author, place, language)

    assert told.endswith(words)
    assert "<b>" not in item
    form = author.get(objection_in(item), headers=PAGE)
    assert form.status_code == 200
    assert "grazie." in said(form)


def test_a_refused_change_says_why_until_the_next_one_waits(
    moderator: FlaskClient, author: FlaskClient, torino: Connection, person: UUID
) -> None:
    place = add_place(torino, title="Orto")
    change = add_change(torino, place, person, title="Orto mio")
    send(moderator, f"{QUEUE}/change/{change}", action="refuse", reason="not_proven", words="Chi lo dice?")
    told, item = mine(author, place)
    assert "Public. Your last change was not taken over. Reason It could not be verified" in told
    assert "Chi lo dice?" in told
    assert author.get(objection_in(item), headers=PAGE).status_code == 200

    add_change(torino, place, person, title="Orto nostro")
    told, _ = mine(author, place)
    assert "Your change waits for a moderator." in told
    assert "Chi lo dice?" not in told


def test_a_merged_place_says_so_and_can_be_objected_to(
    moderator: FlaskClient, author: FlaskClient, torino: Connection, person: UUID
) -> None:
    stays, goes = add_place(torino, title="Resta"), add_place(torino, title="Va", author=person)
    answer = send(moderator, f"{QUEUE}/merge", place=goes, other=stays, stays="other")
    assert answer.status_code == 303, said(answer)
    told, item = mine(author, goes)
    assert "It was the same as another place" in told
    assert "Reason It is on the map already" in told
    assert f"/torino/places/{stays}" in item
    assert author.get(objection_in(item), headers=PAGE).status_code == 200


def test_an_objection_is_told_instead_of_the_link(
    moderator: FlaskClient, author: FlaskClient, torino: Connection, person: UUID
) -> None:
    place = add_place(torino, moderation="published", author=person)
    send(moderator, f"{QUEUE}/place/{place}", action="hide", reason="gone")
    path = objection_in(mine(author, place)[1])
    assert send(author, path, words="C'è ancora.").status_code == 200
    told, item = mine(author, place)
    assert "There is an objection; it is being looked at again." in told
    assert "/appeals/" not in item

    found = re.search(r"/moderation/appeal/([0-9a-f-]{36})", moderator.get(QUEUE).get_data(as_text=True))
    assert found
    send(moderator, f"{QUEUE}/appeal/{found[1]}", action="refuse", reason="gone")
    assert "There was an objection; it stays as it was decided." in mine(author, place)[0]
    send(moderator, f"{QUEUE}/place/{place}", action="approve")
    assert state(torino, place) == "published"
    assert "Reason" not in mine(author, place)[0]


def test_a_decision_that_was_taken_back_is_not_told(
    moderator: FlaskClient, author: FlaskClient, torino: Connection, person: UUID
) -> None:
    place = add_place(torino, author=person)
    for reason in ("gone", "spam"):
        send(moderator, f"{QUEUE}/place/{place}", action="hide", reason=reason)
        if reason == "gone":
            path = objection_in(mine(author, place)[1])
            send(author, path, words="C'è ancora.")
            page = moderator.get(QUEUE).get_data(as_text=True)
            appeal = re.search(r"/moderation/appeal/([0-9a-f-]{36})", page)[1]  # type: ignore[index]
            send(moderator, f"{QUEUE}/appeal/{appeal}", action="approve")
            assert mine(author, place)[0].endswith("Public.")
    told, item = mine(author, place)
    assert "It is advertising" in told
    assert "does not exist" not in told
    assert objection_in(item) != path


def test_only_whoever_wrote_it_is_told_and_only_in_its_city(
    app: Flask, moderator: FlaskClient, author: FlaskClient, torino: Connection, person: UUID
) -> None:
    place = add_place(torino, title="Tolto", author=person)
    follower = app.test_client()
    sign_in(follower, torino, add_person(torino, "bea@city.example", "Bea"))
    assert send(follower, f"/torino/places/{place}/follow").status_code == 303
    send(moderator, f"{QUEUE}/place/{place}", action="hide", reason="private", words="Il nome di Carla")
    assert "Carla" in mine(author, place)[0]
    give_role(torino, person, "member", MILANO)
    for client, city in ((follower, "torino"), (moderator, "torino"), (author, "milano")):
        page = client.get(f"/{city}/mine?lang=en", headers=PAGE)
        assert page.status_code == 200
        assert "Carla" not in page.get_data(as_text=True)
        assert place not in page.get_data(as_text=True)
