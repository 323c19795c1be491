"""Accounts from beginning to end: made, confirmed, signed in to, changed, left."""

import html
import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.settings import Settings
from app.web import create_app
from tests.app.pages.test_catalog import translated
from tests.conftest import FreshDatabase
from tests.http.account_refusals import NO_MAIL, NO_PROVIDER, SENT
from tests.http.conftest import add_person, csrf, csrf_of, sign_in, token_for
from tests.http.test_problems import read

ADA, PASSWORD = "ada@city.example", "una frase abbastanza lunga"


def mails(folder: Path) -> list[EmailMessage]:
    """The mails that were written, in their order."""
    paths = sorted((folder / "mail").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]  # type: ignore[misc]


def link_in(mail: EmailMessage) -> str:
    """The path of the first link of a mail; it leads to our public address."""
    found = re.search(r"https://city\.example(/\S+)", mail.get_content())
    assert found, mail.get_content()
    return found[1]


def send(client: FlaskClient, page: str, **fields: str) -> TestResponse:
    """Open a page, fill its form in, send it."""
    opened = client.get(page)
    assert opened.status_code == 200, opened.status_code
    return client.post(page, data={"csrf_token": csrf_of(opened.text), **fields})


def register(client: FlaskClient, email: str = ADA, **more: str) -> TestResponse:
    fields = {"email": email, "password": PASSWORD, "password_confirm": PASSWORD, **more}
    return send(client, "/register", **fields)


@pytest.fixture
def registered(client: FlaskClient, tmp_path: Path) -> FlaskClient:
    """A visitor's client; Ada has an account, and has opened the link in her mail."""
    assert register(client, name="Ada").status_code == 302
    assert client.get(link_in(mails(tmp_path)[-1])).status_code == 302
    return client


@pytest.fixture
def signed_in(registered: FlaskClient) -> FlaskClient:
    assert send(registered, "/login", email=ADA, password=PASSWORD).status_code == 302
    return registered


def test_an_account_is_made_confirmed_and_signed_in_to(
    client: FlaskClient, torino: Connection, tmp_path: Path
) -> None:
    assert register(client, "Ada@City.Example", name="Ada").status_code == 302
    assert "ada@city.example" in read(client.get("/login"))
    (mail,) = mails(tmp_path)
    assert (mail["To"], mail["From"]) == ("ada@city.example", "Cortile <no-reply@city.example>")
    stored = torino.execute(text("SELECT email, name, password, confirmed_at, language FROM people")).one()
    assert (stored.email, stored.name, stored.confirmed_at) == ("ada@city.example", "Ada", None)
    assert stored.password.startswith("$argon2id$")

    assert send(client, "/login", email=ADA, password=PASSWORD).status_code == 200, "not confirmed yet"
    assert client.get("/account").status_code == 401

    client.get(link_in(mail))
    answer = send(client, "/login?next=/torino/data", email=ADA, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/torino/data")
    page = client.get("/account", headers={"Accept": "text/html"})
    assert "ada@city.example" in page.text
    assert ">Ada</span>" in client.get("/torino/").text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_what_was_written_outlives_making_an_account(
    client: FlaskClient, torino: Connection, tmp_path: Path
) -> None:
    back = "/torino/pin?" + urlencode({"title": "Orto & fiori", "lat": "45.07", "lon": "7.68"})
    onwards = "?" + urlencode({"next": back})
    page = client.get("/login" + onwards)
    link = html.unescape(re.search(r'href="(/register[^"]*)"', page.text)[1])  # type: ignore[index]
    assert parse_qs(urlsplit(link).query) == {"next": [back]}
    fields = {"email": ADA, "password": PASSWORD, "password_confirm": PASSWORD}
    form = client.get("/register" + onwards)
    action = html.unescape(re.search(r'<form action="([^"]+)"', form.text)[1])  # type: ignore[index]
    made = client.post(action, data={"csrf_token": csrf_of(form.text), **fields})
    assert made.headers["Location"] == "/login" + onwards

    # The mail is opened in another browser, once more by the link of a second mail.
    other = client.application.test_client()
    again = other.get("/confirm" + onwards)
    action = html.unescape(re.search(r'<form action="([^"]+)"', again.text)[1])  # type: ignore[index]
    other.post(action, data={"csrf_token": csrf_of(again.text), "email": ADA})
    first, second = (link_in(mail) for mail in mails(tmp_path))
    assert (first[-len(onwards) :], second[-len(onwards) :]) == (onwards, onwards)
    confirmed = other.get(second)
    assert confirmed.headers["Location"] == "/login" + onwards
    answer = send(other, confirmed.headers["Location"], email=ADA, password=PASSWORD)
    assert answer.headers["Location"] == back
    assert 'value="Orto &amp; fiori"' in other.get(back, headers={"Accept": "text/html"}).text
    assert other.get(first).headers["Location"] == "/confirm" + onwards, "used up"


def test_making_an_account_leads_nowhere_else(client: FlaskClient, tmp_path: Path) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example"):
        form = client.get("/register", query_string={"next": elsewhere})
        assert "evil" not in re.findall(r'<form action="([^"]+)"', form.text)[0]
    too_long = {"next": "/x" * 2001}
    fields = {"csrf_token": csrf(client), "email": ADA, "password": PASSWORD, "password_confirm": PASSWORD}
    made = client.post("/register", query_string=too_long, data=fields)
    assert made.headers["Location"] == "/login"
    link = link_in(mails(tmp_path)[0])
    assert "next" not in link
    confirmed = client.get(link, query_string={"next": "//evil.example"})
    assert confirmed.headers["Location"] == "/login"


def test_known_and_unknown_addresses_are_answered_alike(
    client: FlaskClient, torino: Connection, tmp_path: Path
) -> None:
    add_person(torino, password=None)

    def answers(page: str, **fields: str) -> list[tuple[int, str]]:
        found = []
        for email in (ADA, "nobody@city.example"):
            visitor = client.application.test_client()
            answer = send(visitor, page, email=email, **fields)
            if answer.status_code == 302:
                answer = visitor.get(answer.headers["Location"])
            lines = re.sub(r'value="[^"]*"', "", answer.text).replace(email, "x")
            found.append((answer.status_code, lines))
        return found

    password = {"password": PASSWORD}
    for page, fields in (
        ("/login", password),
        ("/reset", {}),
        ("/confirm", {}),
        ("/register", password | {"password_confirm": PASSWORD}),
    ):
        known, unknown = answers(page, **fields)
        assert known == unknown, page
    # The owner of the address is told: of the new password, and that there is an account already.
    assert [mail["To"] for mail in mails(tmp_path)].count(ADA) == 2


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(
    signed_in: FlaskClient, tmp_path: Path
) -> None:
    other = signed_in.application.test_client()
    send(other, "/reset", email=ADA)
    link = link_in(mails(tmp_path)[-1])
    new = "un’altra frase ancora"
    assert send(other, link, password="short", password_confirm="short").status_code == 200
    assert send(other, link, password=new, password_confirm=new).status_code == 302
    assert signed_in.get("/account").status_code == 401, "who was signed in before is so no longer"
    assert other.get(link).headers["Location"] == "/reset"
    assert send(other, "/login", email=ADA, password=PASSWORD).status_code == 200
    assert send(other, "/login", email=ADA, password=new).status_code == 302


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(
    signed_in: FlaskClient, torino: Connection
) -> None:
    other = signed_in.application.test_client()
    send(other, "/login", email=ADA, password=PASSWORD)
    new = {"new_password": "un’altra frase ancora", "new_password_confirm": "un’altra frase ancora"}
    assert send(signed_in, "/change", password="wrong wrong wrong", **new).status_code == 200
    assert send(signed_in, "/change", password=PASSWORD, **new).status_code == 302
    assert signed_in.get("/account").status_code == 200
    assert other.get("/account").status_code == 401
    assert torino.execute(text("SELECT count(*) FROM sessions WHERE ended_at IS NULL")).scalar_one() == 1


def test_an_address_changes_when_the_link_that_was_sent_to_it_is_opened(
    signed_in: FlaskClient, torino: Connection, tmp_path: Path
) -> None:
    assert send(signed_in, "/change-email", email="Ada@Elsewhere.example").status_code == 200
    mail = mails(tmp_path)[-1]
    assert mail["To"] == "Ada@elsewhere.example"
    asked = text("SELECT email FROM people")
    assert torino.execute(asked).scalar_one() == ADA
    signed_in.get(link_in(mail))
    assert torino.execute(asked).scalar_one() == "ada@elsewhere.example"


def test_a_session_can_be_listed_and_ended_elsewhere(signed_in: FlaskClient, torino: Connection) -> None:
    other = signed_in.application.test_client()
    person = torino.execute(text("SELECT id FROM people")).scalar_one()
    session = sign_in(other, torino, person)
    eve = add_person(torino, "eve@city.example")
    strange = sign_in(signed_in.application.test_client(), torino, eve)
    page = signed_in.get("/account").text
    assert f"/account/sessions/{session}/end" in page
    assert str(strange) not in page
    token = csrf_of(page)
    for ended, status in ((strange, 404), (session, 303), (session, 404)):
        answer = signed_in.post(f"/account/sessions/{ended}/end", data={"csrf_token": token})
        assert answer.status_code == status
    assert other.get("/account").status_code == 401
    third = signed_in.application.test_client()
    sign_in(third, torino, person)
    signed_in.post("/account/sessions/end-others", data={"csrf_token": token})
    assert (third.get("/account").status_code, signed_in.get("/account").status_code) == (401, 200)


def test_who_signs_out_is_out_wherever_the_cookie_was_copied_to(signed_in: FlaskClient) -> None:
    cookie = signed_in.get_cookie("session")
    assert cookie
    thief = signed_in.application.test_client()
    thief.set_cookie("session", cookie.value)
    assert thief.get("/account").status_code == 200
    signed_in.get("/logout")
    assert thief.get("/account").status_code == 200, "a link signs nobody out"
    assert signed_in.post("/logout", data={"csrf_token": csrf(signed_in)}).status_code == 302
    assert thief.get("/account").status_code == 401


def test_a_token_is_shown_once_works_and_can_be_taken_back(
    signed_in: FlaskClient, torino: Connection
) -> None:
    program = signed_in.application.test_client()
    made = send_to(signed_in, "/account/tokens", name="QGIS", scopes=["read", "write"], days="30")
    assert made.status_code == 201
    found = re.search(r"<code>(cortile_[\w-]{43})</code>", made.text)
    assert found
    headers = {"Authorization": f"Bearer {found[1]}"}
    assert program.get("/torino/pins?bbox=7,45,8,46", headers=headers).status_code == 200
    assert program.get("/account", headers=headers).status_code == 403, "no token opens an account"
    page = signed_in.get("/account").text
    assert found[1] not in page
    row = torino.execute(text("SELECT id, scopes, expires_at - created_at AS good FROM api_tokens")).one()
    assert (row.scopes, row.good.days) == (["read", "write"], 30)
    assert found[1].encode() not in bytes(torino.execute(text("SELECT key FROM api_tokens")).scalar_one())
    assert send_to(signed_in, f"/account/tokens/{row.id}/revoke").status_code == 303
    assert program.get("/torino/pins?bbox=7,45,8,46", headers=headers).status_code == 401


def send_to(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Send what a form of the account's page sends."""
    return client.post(path, data={"csrf_token": csrf(client), **fields}, headers={"Accept": "text/html"})


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "scopes": ["read"], "days": "30"},
        {"name": "x" * 81, "scopes": ["read"], "days": "30"},
        {"name": "x\u202ey", "scopes": ["read"], "days": "30"},
        {"name": "x", "scopes": [], "days": "30"},
        {"name": "x", "scopes": ["king"], "days": "30"},
        {"name": "x", "scopes": ["read"], "days": "36500"},
        {"name": "x", "scopes": ["read"], "days": ""},
    ],
)
def test_a_token_that_cannot_be_is_refused_in_words(
    signed_in: FlaskClient, torino: Connection, fields: dict[str, Any]
) -> None:
    answer = send_to(signed_in, "/account/tokens", **fields)
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert torino.execute(text("SELECT count(*) FROM api_tokens")).scalar_one() == 0


def test_a_name_with_markup_in_it_is_only_a_name(signed_in: FlaskClient) -> None:
    assert send_to(signed_in, "/account", name="<b>Ada</b>", language="en").status_code == 303
    for page in ("/account", "/torino/"):
        assert "<b>Ada</b>" not in signed_in.get(page).text
        assert "&lt;b&gt;Ada&lt;/b&gt;" in signed_in.get(page).text
    assert send_to(signed_in, "/account", name="Ada\u202e", language="en").status_code == 422
    assert send_to(signed_in, "/account", name="Ada", language="de").status_code == 422


def test_ones_data_are_taken_away_without_a_secret_in_them(signed_in: FlaskClient) -> None:
    send_to(signed_in, "/account/tokens", name="QGIS", scopes=["read"], days="30")
    answer = signed_in.get("/account/data.json")
    found = answer.get_json()
    assert (found["account"]["email"], found["account"]["name"]) == (ADA, "Ada")
    assert [token["name"] for token in found["tokens"]] == ["QGIS"]
    assert len(found["sessions"]) == 1
    assert "argon2" not in answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_who_leaves_is_gone_with_everything(signed_in: FlaskClient, torino: Connection) -> None:
    send_to(signed_in, "/account/tokens", name="QGIS", scopes=["read"], days="30")
    assert send_to(signed_in, "/account/delete", password="wrong wrong").status_code == 422
    assert send_to(signed_in, "/account/delete", password=PASSWORD).status_code == 303
    assert "Grazie per ciò che hai messo sulla mappa" in signed_in.get("/login").text
    for table in ("people", "sessions", "api_tokens", "memberships"):
        assert torino.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    assert signed_in.get("/account").status_code == 401
    assert send(signed_in, "/login", email=ADA, password=PASSWORD).status_code == 200


def test_a_thousand_attempts_are_ten(registered: FlaskClient, torino: Connection) -> None:
    token = csrf(registered)
    answers = [
        registered.post("/login", data={"csrf_token": token, "email": email, "password": f"wrong {n}"})
        for n, email in zip(range(14), [ADA, "ADA@city.example", " ada@city.example"] * 5, strict=False)
    ]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 4
    assert 600 <= int(answers[-1].headers["Retry-After"]) <= 901
    right = {"csrf_token": token, "email": ADA, "password": PASSWORD}
    assert registered.post("/login", data=right).status_code == 429, "the right one neither, meanwhile"
    as_json = {"email": ADA, "password": PASSWORD}
    headers = {"X-CSRFToken": token}
    assert registered.post("/login", json=as_json, headers=headers).status_code == 429
    for n in range(36):
        data = {"csrf_token": token, "email": f"n{n}@city.example", "password": "x"}
        assert registered.post("/login", data=data).status_code == 200
    data = {"csrf_token": token, "email": "last@city.example", "password": "x"}
    for _ in range(5):
        last = registered.post("/login", data=data).status_code
    assert last == 429, "fifty from one place are the most"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
    ],
)
def test_signing_in_leads_nowhere_else(registered: FlaskClient, elsewhere: str) -> None:
    token = csrf(registered)
    data = {"csrf_token": token, "email": ADA, "password": PASSWORD}
    answer = registered.post("/login", query_string={"next": elsewhere}, data=data)
    told = answer.headers.get("Location", "/")
    assert (urlsplit(told).scheme, urlsplit(told).netloc, "\\" in told) == ("", "", False)
    assert told.startswith("/")
    assert not told.startswith("//")


def test_links_in_mails_do_not_lead_where_a_request_says(client: FlaskClient, tmp_path: Path) -> None:
    token = csrf(client)
    data = {"csrf_token": token, "email": ADA, "password": PASSWORD, "password_confirm": PASSWORD}
    cookie = client.get_cookie("session")
    assert cookie
    other = client.application.test_client()
    other.set_cookie("session", cookie.value, domain="evil.example")
    assert other.post("/register", data=data, base_url="http://evil.example").status_code == 302
    assert "evil" not in mails(tmp_path)[-1].as_string()


@pytest.mark.parametrize("tampered", ["/reset/x", "/confirm/x", "/change-email/x"])
def test_a_link_that_is_not_good_is_told(client: FlaskClient, tampered: str) -> None:
    answer = client.get(tampered)
    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).path.startswith(("/reset", "/confirm", "/change-email"))


VISITORS = ("/login", "/register", "/reset", "/confirm", "/wan-signin")
OWN = (
    "/account",
    "/account/delete",
    "/change",
    "/change-email",
    "/verify",
    "/tf-setup",
    "/wan-register",
    "/mf-recovery-codes",
)


@pytest.mark.parametrize("path", VISITORS + OWN)
def test_every_page_is_in_the_readers_language(client: FlaskClient, torino: Connection, path: str) -> None:
    if path in OWN:
        sign_in(client, torino, add_person(torino, password="$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$x"))
    answer = client.get(path, headers={"Accept-Language": "it", "Accept": "text/html"})
    assert (answer.status_code, '<html lang="it">' in answer.text) == (200, True)
    lines = [line.strip() for line in read(answer).splitlines()]
    assert [line for line in lines if line not in translated().get(line, (line,))] == []


@pytest.mark.parametrize(("path", "fields", "english", "italian"), SENT, ids=[case[2] for case in SENT])
def test_what_is_refused_is_told_in_both_languages(
    client: FlaskClient, torino: Connection, path: str, fields: dict[str, Any], english: str, italian: str
) -> None:
    person = add_person(torino)
    sign_in(client, torino, person)
    for _ in range(20):
        token_for(torino, person)
    for language, sentence in (("en", english), ("it", italian)):
        headers = {"X-CSRFToken": csrf(client), "Accept": "application/json", "Accept-Language": language}
        answer = client.post(path, data=fields, headers=headers)
        assert (answer.status_code in (404, 422), answer.get_json()["detail"]) == (True, sentence)
    assert torino.execute(text("SELECT count(*) FROM api_tokens")).scalar_one() == 20


def test_without_a_provider_nobody_is_sent_to_one(client: FlaskClient) -> None:
    for language, sentence in zip(("en", "it"), NO_PROVIDER, strict=True):
        answer = client.get("/login/oidc", headers={"Accept-Language": language})
        assert (answer.status_code, answer.get_json()["detail"]) == (404, sentence)


def test_a_mail_that_cannot_be_sent_is_told(
    database: FreshDatabase, torino: Connection, tmp_path: Path
) -> None:
    settings = replace(Settings(), database_url=database.app_url, var=tmp_path)
    app = create_app(replace(settings, mail_url="smtp://127.0.0.1:9"))
    for language, sentence in zip(("en", "it"), NO_MAIL, strict=True):
        client = app.test_client()
        fields = {"csrf_token": csrf(client), "email": f"{language}@city.example", "password": PASSWORD}
        headers = {"Accept-Language": language}
        answer = client.post("/register", data=fields | {"password_confirm": PASSWORD}, headers=headers)
        assert (answer.status_code, answer.get_json()["detail"]) == (503, sentence)
        assert answer.headers["Retry-After"] == "300"
    app.extensions["cortile"].database.close()
