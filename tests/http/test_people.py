"""The page of the people of a city: roles are given and taken away, by those who may."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.permissions import GIVEN
from tests.http.conftest import MILANO, TORINO, add_person, csrf, give_role, sign_in
from tests.http.test_accounts import PASSWORD, link_in, mails, send
from tests.http.test_problems import read

PEOPLE, HTML = "/torino/people", {"Accept": "text/html"}
EVA = "eva@city.example"


@pytest.fixture
def administrator(app: Flask, torino: Connection) -> FlaskClient:
    """Ada, who gives roles in Torino and none in Milano."""
    client = app.test_client()
    client.set_cookie("language", "en")
    sign_in(client, torino, add_person(torino, role="administrator"))
    return client


def give(client: FlaskClient, email: str = EVA, role: str = "moderator", **more: str) -> int:
    form = {"csrf_token": csrf(client), "email": email, "role": role, **more}
    return client.post(PEOPLE, data=form, headers=HTML).status_code


def take(client: FlaskClient, email: str, role: str) -> int:
    form = {"csrf_token": csrf(client), "email": email, "role": role}
    return client.post(f"{PEOPLE}/dismiss", data=form, headers=HTML).status_code


def roles(db: Connection) -> set[tuple[str, str, int]]:
    sql = "SELECT email, role, city_id FROM memberships JOIN people ON people.id = person_id"
    return {tuple(row) for row in db.execute(text(sql))}


def test_the_page_says_who_has_which_role_since_when_and_from_whom(
    administrator: FlaskClient, torino: Connection
) -> None:
    add_person(torino, "zeno@city.example", name="Zeno", role="operator", city_id=MILANO)
    give(administrator, role="member", organisation="Casa di Eva")
    torino.execute(text("UPDATE memberships SET given_at = '2026-03-04 12:00Z' WHERE role = 'member'"))
    page = " ".join(read(administrator.get(PEOPLE, headers=HTML)).split())
    told = "eva@city.example member of an organisation · Casa di Eva since March 4, 2026 · given by Ada"
    assert told in page
    assert "zeno@" not in page, "of another city"


def test_somebody_new_gets_an_account_and_a_link_to_set_a_password(
    administrator: FlaskClient, torino: Connection, tmp_path: Path
) -> None:
    torino.execute(text("UPDATE cities SET languages = '{en,it}'"))
    administrator.application.extensions["cortile"].cities_at = float("-inf")
    assert give(administrator, "Eva@City.Example") == 303
    assert (EVA, "moderator", TORINO) in roles(torino)
    (mail,) = mails(tmp_path)
    assert (mail["To"], mail["Subject"]) == (EVA, "Cortile: you have a new role")
    assert "you are from now on: moderator" in mail.get_content(), "in the city's main language"

    link = next(line for line in mail.get_content().splitlines() if "/reset/" in line)
    eva = administrator.application.test_client()
    path = link.removeprefix("https://city.example")
    assert send(eva, path, password=PASSWORD, password_confirm=PASSWORD).status_code == 302
    assert send(eva, "/login", email=EVA, password=PASSWORD).status_code == 302
    assert eva.get("/torino/moderation").status_code == 200
    assert eva.get(PEOPLE).status_code == 403


def test_somebody_known_is_told_in_their_language_and_gets_no_link_for_a_password(
    administrator: FlaskClient, torino: Connection, tmp_path: Path
) -> None:
    add_person(torino, EVA, password="$argon2id$…", language="it")
    assert give(administrator) == 303
    (mail,) = mails(tmp_path)
    assert "Cortile: hai un nuovo ruolo" in mail["Subject"]
    assert "da adesso hai questo ruolo" in mail.get_content()
    assert link_in(mail) == "/torino/"
    assert "/reset/" not in mail.get_content()


def test_a_role_is_taken_away_and_the_account_stays(administrator: FlaskClient, torino: Connection) -> None:
    eva = add_person(torino, EVA, role="moderator")
    give_role(torino, eva, "moderator", MILANO)
    assert take(administrator, EVA, "moderator") == 303
    assert "The role is taken away; the account stays." in administrator.get(PEOPLE, headers=HTML).text
    assert (EVA, "moderator", TORINO) not in roles(torino)
    assert (EVA, "moderator", MILANO) in roles(torino), "another city's role is none of ours"
    assert take(administrator, EVA, "moderator") == 404
    assert torino.execute(text("SELECT count(*) FROM people")).scalar_one() == 2


def test_the_last_administrator_stays_one(administrator: FlaskClient, torino: Connection) -> None:
    add_person(torino, "zeno@city.example", role="administrator", city_id=MILANO)
    before = roles(torino)
    form = {"csrf_token": csrf(administrator), "email": "ada@city.example", "role": "administrator"}
    answer = administrator.post(f"{PEOPLE}/dismiss", data=form, headers=HTML)
    assert answer.status_code == 409
    assert "This is the last administrator of the city, who can give roles." in read(answer)
    assert roles(torino) == before

    add_person(torino, EVA, role="administrator")
    answer = administrator.post(f"{PEOPLE}/dismiss", data=form, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/torino/")
    assert ("ada@city.example", "administrator", TORINO) not in roles(torino)
    assert administrator.get(PEOPLE).status_code == 403


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"email": "eva"}, "email", "“eva” is not an e-mail address."),
        ({"role": "king"}, "role", "“king” is not one of member, operator"),
        ({"role": "resident"}, "role", "“resident” is not one of"),
        ({"organisation": "x" * 81}, "organisation", "has 81 characters; at most 80 are taken."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    administrator: FlaskClient, torino: Connection, fields: dict[str, str], field: str, words: str
) -> None:
    form = {"csrf_token": csrf(administrator), "email": EVA, "role": "member", **fields}
    answer = administrator.post(PEOPLE, data=form, headers=HTML)
    assert answer.status_code == 422
    assert words in answer.text.split(f'id="{field}-wrong"')[1]
    assert form["email"] in answer.text, "what was written stays"
    told = administrator.post(PEOPLE, data=form, headers={"Accept": "application/json"}).get_json()
    assert [each["parameter"] for each in told["errors"]] == [field]
    assert len(roles(torino)) == 1


@pytest.mark.parametrize("role", [None, *(role.value for role in GIVEN if role != "administrator")])
def test_only_administrators_of_this_city_come_here(app: Flask, torino: Connection, role: str | None) -> None:
    client = app.test_client()
    person = add_person(torino, EVA, role=role)
    give_role(torino, person, "administrator", MILANO)
    sign_in(client, torino, person)
    before = roles(torino)
    assert client.get(PEOPLE).status_code == 403
    assert (give(client, EVA, "administrator"), take(client, EVA, "moderator")) == (403, 403)
    assert client.get("/milano/people").status_code == 200
    assert app.test_client().get(PEOPLE).status_code == 401
    assert roles(torino) == before


def test_a_role_is_given_also_where_the_mail_cannot_be_sent(
    administrator: FlaskClient, torino: Connection
) -> None:
    held = administrator.application.extensions["cortile"]
    object.__setattr__(held.settings, "mail_url", "smtp://127.0.0.1:9")
    assert give(administrator) == 303
    assert "but the mail could not be sent" in administrator.get(PEOPLE, headers=HTML).text
    assert (EVA, "moderator", TORINO) in roles(torino)
