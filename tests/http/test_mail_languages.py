"""Every mail is in the language of whom it is for, whatever language the one speaks who caused it."""

from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from tests.http.conftest import add_person, add_place, csrf, sign_in
from tests.http.test_accounts import PASSWORD, mails, send

ENGLISH = {"subject": "Cortile: a new password", "words": "By this link you can set a new password"}
ITALIAN = {"subject": "Cortile: una nuova password", "words": "Con questo link"}
TOLD = {"en": ENGLISH, "it": ITALIAN}


def reading_in(client: FlaskClient, language: str) -> FlaskClient:
    client.set_cookie("language", language)
    return client


@pytest.mark.parametrize(("person", "page"), [("en", "it"), ("it", "en")])
def test_a_mail_of_an_account_speaks_its_owners_language(
    client: FlaskClient, torino: Connection, tmp_path: Path, person: str, page: str
) -> None:
    add_person(torino, language=person, password="$argon2id$…")
    send(reading_in(client, page), "/reset", email="ada@city.example")
    (mail,) = mails(tmp_path)
    assert mail["Subject"] == TOLD[person]["subject"]
    assert TOLD[person]["words"] in mail.get_content()
    html = client.get("/login").text
    assert f'<html lang="{page}">' in html, "and the page still speaks the reader's"


def test_who_makes_an_account_gets_its_mail_in_the_language_of_the_page(
    client: FlaskClient, torino: Connection, tmp_path: Path
) -> None:
    fields = {"password": PASSWORD, "password_confirm": PASSWORD}
    for language, subject in (
        ("en", "Cortile: confirm your e-mail address"),
        ("it", "Cortile: conferma il tuo indirizzo e-mail"),
    ):
        visitor = reading_in(client.application.test_client(), language)
        send(visitor, "/register", email=f"{language}@city.example", **fields)
        assert mails(tmp_path)[-1]["Subject"] == subject


@pytest.mark.parametrize(
    "told",
    [
        {
            "person": "en",
            "page": "it",
            "subject": "What was decided on Cortile, Turin",
            "words": "Place published: “Orto”.",
        },
        {
            "person": "it",
            "page": "en",
            "subject": "Che cosa è stato deciso su Cortile, Torino",
            "words": "Luogo pubblicato: «Orto».",
        },
    ],
    ids=["to-english", "to-italian"],
)
def test_a_decision_is_told_in_the_language_of_whom_it_concerns(
    app: Flask, torino: Connection, tmp_path: Path, told: dict[str, str]
) -> None:
    torino.execute(text("""UPDATE cities SET names = '{"it": "Torino", "en": "Turin"}' WHERE id = 1272"""))
    author = add_person(torino, language=told["person"])
    place = add_place(torino, author=author, moderation="held")
    client = reading_in(app.test_client(), told["page"])
    sign_in(client, torino, add_person(torino, f"{uuid4()}@city.example", role="moderator"))
    form = {"csrf_token": csrf(client), "action": "approve"}
    assert client.post(f"/torino/moderation/place/{place}", data=form).status_code == 303
    (mail,) = mails(tmp_path)
    assert (mail["To"], mail["Subject"]) == ("ada@city.example", told["subject"])
    assert told["words"] in mail.get_content()
