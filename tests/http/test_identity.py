"""Who is calling: by a session's cookie, by a token, or nobody in particular, for whom nothing is asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app import statements as statements_module
from app.credentials import IDLE
from app.identity import Caller, allow, caller
from app.permissions import Permission
from tests.http.conftest import add_person, csrf, sign_in, token_for

PAGES = ("/torino/", "/torino/pins?bbox=7,45,8,46&zoom=12", "/torino/data/codebook.csv", "/ogc/")


@pytest.fixture
def seen(app: Flask) -> Iterator[list[Caller]]:
    """Who called the address `/who`, which anybody may, and `/write`, which takes an account."""
    callers: list[Caller] = []

    @allow(Permission.READ_PUBLIC)
    def who() -> str:
        callers.append(caller())
        return "read"

    @allow(Permission.ADD_PLACE)
    def write() -> str:
        callers.append(caller())
        return "written"

    app.add_url_rule("/who", view_func=who)
    app.add_url_rule("/write", view_func=write, methods=["POST", "PUT"])
    return callers


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is read by."""
    ran: list[str] = []
    original = statements_module.executed

    def noted(db: Connection, sql: str, params: Any, **how: Any) -> Any:
        ran.append(sql)
        return original(db, sql, params, **how)

    monkeypatch.setattr(statements_module, "executed", noted)
    return ran


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_asked_for_a_visitor_and_what_they_get_may_be_cached(
    client: FlaskClient, statements: list[str], path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert [sql for sql in statements if "sessions" in sql or "people" in sql] == []
    assert answer.headers["Cache-Control"].startswith("public")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", PAGES)
def test_what_somebody_signed_in_gets_is_in_no_cache_and_costs_one_question_for_the_session(
    client: FlaskClient, torino: Connection, statements: list[str], path: str
) -> None:
    client.get(path)
    sign_in(client, torino, add_person(torino))
    statements.clear()
    for _ in range(2):
        assert client.get(path).headers["Cache-Control"] == "private, no-store"
    assert len([sql for sql in statements if "sessions" in sql]) == 2
    assert "frame-ancestors *" not in client.get(path).headers.get("Content-Security-Policy", "")


def test_a_session_is_somebody_until_it_ends(
    client: FlaskClient, torino: Connection, seen: list[Caller]
) -> None:
    person = add_person(torino, name="Ada")
    session = sign_in(client, torino, person)
    client.get("/who")
    assert (seen[-1].person, seen[-1].name, seen[-1].credential) == (person, "Ada", session)
    torino.execute(text("UPDATE sessions SET ended_at = now()"))
    client.get("/who")
    assert seen[-1].person is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE people SET active = false",
        "UPDATE people SET confirmed_at = NULL",
        "UPDATE people SET fs_uniquifier = 'another'",
        "DELETE FROM people",
        f"UPDATE sessions SET seen_at = now() - interval '{IDLE.days} days 1 minute'",
    ],
)
def test_a_session_ends_with_what_it_stands_on(
    client: FlaskClient, torino: Connection, seen: list[Caller], change: str
) -> None:
    sign_in(client, torino, add_person(torino))
    torino.execute(text(change))
    client.get("/who")
    assert seen[-1].person is None


def test_when_a_session_was_seen_is_written_down_once_an_hour(
    client: FlaskClient, torino: Connection, seen: list[Caller]
) -> None:
    sign_in(client, torino, add_person(torino))
    before = datetime.now(UTC) - timedelta(minutes=50)
    for minutes, moved in ((50, False), (70, True)):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        torino.execute(text("UPDATE sessions SET seen_at = :at"), {"at": at})
        client.get("/who")
        seen_at = torino.execute(text("SELECT seen_at FROM sessions")).scalar_one()
        assert (seen_at > before + timedelta(minutes=40)) is moved


def test_a_forged_cookie_is_nobody(client: FlaskClient, torino: Connection, seen: list[Caller]) -> None:
    add_person(torino)
    for value in ("x", "eyJfdXNlcl9pZCI6IngifQ.aaaa.bbbb", ""):
        client.set_cookie("session", value)
        assert client.get("/who").status_code == 200
        assert seen[-1].person is None


def test_the_cookie_is_for_this_server_alone(app: Flask, torino: Connection) -> None:
    assert app.config["SESSION_COOKIE_SECURE"] is True  # the public address is https
    assert app.config["SESSION_COOKIE_HTTPONLY"] is True
    assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"


def test_a_token_is_its_person_until_it_expires(
    client: FlaskClient, torino: Connection, seen: list[Caller]
) -> None:
    person = add_person(torino)
    answer = client.get("/who", headers=token_for(torino, person))
    assert seen[-1].person == person
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert torino.execute(text("SELECT used_at IS NOT NULL FROM api_tokens")).scalar_one()
    expired = token_for(torino, person, expires_in=timedelta(seconds=-1))
    assert client.get("/who", headers=expired).status_code == 401


def test_a_token_goes_before_the_cookie_and_needs_no_form(
    client: FlaskClient, torino: Connection, seen: list[Caller]
) -> None:
    ada, bruno = add_person(torino), add_person(torino, "bruno@city.example")
    sign_in(client, torino, ada)
    assert client.post("/write", headers=token_for(torino, bruno)).text == "written"
    assert seen[-1].person == bruno
    assert client.post("/write", headers=token_for(torino, bruno, ["read"])).status_code == 403
    assert client.post("/write", headers={"Authorization": "Bearer x"}).status_code == 401


def test_what_rides_on_a_cookie_needs_the_token_of_its_page(
    client: FlaskClient, torino: Connection, seen: list[Caller]
) -> None:
    assert client.post("/write", json={}).status_code == 401, "nobody to act for"
    sign_in(client, torino, add_person(torino))
    for sent in ({"data": {"a": "b"}}, {"json": {}}, {}):
        assert client.post("/write", **sent).status_code == 400  # type: ignore[arg-type]
        assert client.put("/write", **sent).status_code == 400  # type: ignore[arg-type]
    assert seen == []
    token = csrf(client)
    assert client.post("/write", data={"csrf_token": token}).text == "written"
    assert client.put("/write", json={}, headers={"X-CSRFToken": token}).text == "written"
    assert client.post("/write", data={"csrf_token": token[:-1] + "x"}).status_code == 400
    other = client.application.test_client()
    sign_in(other, torino, add_person(torino, "eve@city.example"))
    csrf(other)
    assert other.post("/write", data={"csrf_token": token}).status_code == 400, "somebody else's token"


def test_other_sites_may_write_with_a_token_and_never_with_a_cookie(client: FlaskClient) -> None:
    answer = client.options("/torino/", headers={"Origin": "https://elsewhere.example"})
    assert {"POST", "PUT", "PATCH", "DELETE"} <= set(
        answer.headers["Access-Control-Allow-Methods"].split(", ")
    )
    names = answer.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Authorization", "Content-Type", "If-Match", "Idempotency-Key"} <= set(names)
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_the_word_of_a_proxy_counts_only_where_one_is_told_of(client: FlaskClient) -> None:
    assert client.get("/torino/", headers={"Authorization": "Basic eDp5"}).status_code == 200
