"""Where a reader comes from: what the last proxy says where PROXIES counts one, and else the connection."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.keys import pseudonym
from app.settings import Settings
from app.web import create_app
from tests.conftest import FreshDatabase
from tests.http.conftest import csrf

CONNECTION, READER, MADE_UP = "127.0.0.1", "203.0.113.9", "198.51.100.7"


@pytest.fixture
def behind(database: FreshDatabase, torino: Connection, tmp_path: Path) -> Iterator[Callable[[int], Flask]]:
    """The application with so many proxies before it."""
    made: list[Flask] = []

    def behind(proxies: int) -> Flask:
        settings = replace(Settings(), database_url=database.app_url, var=tmp_path, proxies=proxies)
        made.append(create_app(settings))
        return made[-1]

    yield behind
    for app in made:
        app.extensions["cortile"].database.close()


def tried_from(app: Flask, db: Connection, forwarded: str) -> list[str]:
    """From which of the known addresses the brake of a sign-in says that it came."""
    client = app.test_client()
    form = {"csrf_token": csrf(client), "email": "ada@city.example", "password": "wrong wrong wrong"}
    db.execute(text("DELETE FROM attempts"))
    client.post("/login", data=form, headers={"X-Forwarded-For": forwarded})
    counted = set(db.execute(text("SELECT who FROM attempts WHERE what = 'sign-in-from'")).scalars())
    secret = app.config["SECRET_KEY"]
    names = {one: pseudonym(secret, f"sign-in-from:{one}") for one in (CONNECTION, READER, MADE_UP)}
    assert len(counted) == 1
    return [one for one, name in names.items() if name in counted]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, READER, CONNECTION),
        (1, READER, READER),
        (1, f"{MADE_UP}, {READER}", READER),
        (2, f"{READER}, {MADE_UP}", READER),
        (2, READER, CONNECTION),
    ],
    ids=["ignored", "told", "what-a-reader-adds-is-ignored", "two-proxies", "one-of-two-is-missing"],
)
def test_brakes_count_the_address_that_can_be_trusted(
    behind: Callable[[int], Flask], torino: Connection, proxies: int, forwarded: str, address: str
) -> None:
    assert tried_from(behind(proxies), torino, forwarded) == [address]


def test_readers_behind_one_proxy_have_each_their_own_brake(
    behind: Callable[[int], Flask], torino: Connection
) -> None:
    client = behind(1).test_client()
    form = {"csrf_token": csrf(client), "password": "wrong wrong wrong"}

    def answered(number: int, reader: str) -> int:
        data = {**form, "email": f"{number}@city.example"}
        return client.post("/login", data=data, headers={"X-Forwarded-For": reader}).status_code

    assert {answered(number, READER) for number in range(50)} == {200}
    assert answered(50, READER) == 429
    assert answered(51, MADE_UP) == 200
