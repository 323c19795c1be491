"""Signing in by OpenID Connect, against a provider that runs in a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.settings import Settings
from app.web import create_app
from tests.conftest import FreshDatabase
from tests.http.account_refusals import SHOWN
from tests.http.conftest import add_person, sign_in

CHECKOUT = Path(__file__).parents[2]
ADA = {"sub": "TINIT-1", "email": "ada@city.example", "email_verified": True, "name": "Ada"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A running provider."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.app.people.provider", str(port)]
    environment = {**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=subprocess.DEVNULL) as process:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def app(database: FreshDatabase, torino: Connection, tmp_path: Path, issuer: str) -> Iterator[Flask]:
    settings = replace(
        Settings(),
        database_url=database.app_url,
        base_url="https://city.example",
        var=tmp_path,
        oidc_issuer=issuer,
        oidc_client_id="cortile",
        oidc_client_secret="between us",
        oidc_name="SPID",
    )
    made = create_app(settings)
    yield made
    made.extensions["cortile"].database.close()


def who(issuer: str, **claims: Any) -> None:
    """Who is at the provider from now on."""
    body, headers = json.dumps(claims).encode(), {"Content-Type": "application/json"}
    urlopen(Request(f"{issuer}/user", data=body, headers=headers)).close()


def to_provider(client: FlaskClient, wish: str = "/torino/data") -> str:
    """The address at the provider to which we send somebody."""
    answer = client.get("/login/oidc", query_string={"next": wish})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def from_provider(address: str) -> str:
    """Where the provider sends somebody back to: a path of ours."""
    connection = socket.create_connection((urlsplit(address).hostname, urlsplit(address).port))
    with connection:
        path = address.split(str(urlsplit(address).netloc), 1)[1]
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        told = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    location = next(line[10:] for line in told.splitlines() if line.lower().startswith("location: "))
    assert location.startswith("https://city.example/login/oidc/back?"), told
    return location.removeprefix("https://city.example")


def signed_in_by(client: FlaskClient, issuer: str, **claims: Any) -> TestResponse:
    who(issuer, **claims)
    return client.get(from_provider(to_provider(client)))


def people(db: Connection) -> list[tuple[str, bool]]:
    sql = """SELECT email, password IS NULL FROM people JOIN federated_identities
        ON person_id = people.id ORDER BY email"""
    return [tuple(row) for row in db.execute(text(sql))]


def test_somebody_new_gets_an_account_without_a_password(
    client: FlaskClient, torino: Connection, issuer: str
) -> None:
    assert "SPID" in client.get("/login").text
    asked = parse_qs(urlsplit(to_provider(client)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)

    answer = signed_in_by(client, issuer, **ADA)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/torino/data")
    assert people(torino) == [("ada@city.example", True)]
    assert "Ada" in client.get("/account").text
    again = client.application.test_client()
    assert signed_in_by(again, issuer, **ADA | {"email": "moved@city.example"}).status_code == 303
    assert people(torino) == [("ada@city.example", True)], "known by the subject, whatever the address"


def test_a_confirmed_account_with_the_same_address_is_linked(
    client: FlaskClient, torino: Connection, issuer: str
) -> None:
    person = add_person(torino, password="x")
    assert signed_in_by(client, issuer, **ADA).status_code == 303
    linked = torino.execute(text("SELECT person_id, issuer, subject FROM federated_identities")).one()
    assert tuple(linked) == (person, issuer, "TINIT-1")


@pytest.mark.parametrize(
    ("claims", "columns"),
    [
        ({"email_verified": False}, {}),
        ({"email_verified": "true"}, {}),
        ({"email": None}, {}),
        ({}, {"confirmed_at": None}),
    ],
)
def test_an_address_alone_opens_no_account(
    client: FlaskClient, torino: Connection, issuer: str, claims: dict[str, Any], columns: dict[str, Any]
) -> None:
    add_person(torino, **columns)
    answer = signed_in_by(client, issuer, **ADA | claims)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert SHOWN[2 if columns else 1][1] in client.get("/login").text
    assert people(torino) == []
    assert client.get("/account").status_code == 401


def test_who_is_signed_in_links_their_identity_whatever_its_address(
    client: FlaskClient, torino: Connection, issuer: str
) -> None:
    sign_in(client, torino, add_person(torino, "bruno@city.example"))
    assert signed_in_by(client, issuer, sub="TINIT-2").status_code == 303
    assert people(torino) == [("bruno@city.example", True)]
    other = client.application.test_client()
    sign_in(other, torino, add_person(torino, "eve@city.example"))
    assert signed_in_by(other, issuer, sub="TINIT-2").headers["Location"] == "/login"
    assert SHOWN[0][1] in other.get("/account/delete", headers={"Accept": "text/html"}).text
    assert people(torino) == [("bruno@city.example", True)]


def test_an_answer_that_we_did_not_ask_for_or_asked_for_once_signs_nobody_in(
    client: FlaskClient, torino: Connection, issuer: str
) -> None:
    who(issuer, **ADA)
    path = from_provider(to_provider(client))
    other = client.application.test_client()
    assert other.get(path).headers["Location"] == "/login", "another browser's answer"
    assert client.get(path.replace("state=", "state=x")).headers["Location"] == "/login"
    assert client.get(path).headers["Location"] == "/torino/data"
    assert client.get(path).headers["Location"] == "/login", "the same answer again"
    assert client.get("/login/oidc/back?error=access_denied&state=x").headers["Location"] == "/login"


def test_it_leads_nowhere_else(client: FlaskClient, issuer: str) -> None:
    who(issuer, **ADA)
    path = from_provider(to_provider(client, "https://evil.example/"))
    assert client.get(path).headers["Location"] == "/"


def test_a_provider_that_is_out_of_reach_is_told(database: FreshDatabase, tmp_path: Path) -> None:
    settings = replace(
        Settings(), database_url=database.app_url, var=tmp_path, oidc_issuer="http://127.0.0.1:9"
    )
    made = create_app(replace(settings, oidc_client_id="x", oidc_client_secret="y"))
    answer = made.test_client().get("/login/oidc")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    made.extensions["cortile"].database.close()
