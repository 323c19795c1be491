"""The page of the rules of a city: settled by those who may, at once, and noted for ever."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from app.db import Database
from tests.conftest import FreshDatabase
from tests.http.conftest import TORINO, add_person, csrf, sign_in
from tests.http.test_problems import read

RULES, HTML = "/torino/rules", {"Accept": "text/html"}
AS_THEY_ARE = {"review": "first", "visitors_pin": "no", "name_it": "torino", "name_en": "torino"}


@pytest.fixture
def officer(app: Flask, torino: Connection) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("language", "en")
    sign_in(client, torino, add_person(torino, role="officer"))
    return client


def settle(client: FlaskClient, **changes: str) -> Any:
    form = {"csrf_token": csrf(client), **AS_THEY_ARE, **changes}
    return client.post(RULES, data=form, headers=HTML)


def of_cities(db: Connection) -> dict[str, tuple[Any, ...]]:
    sql = "SELECT slug, review, visitors_pin, names FROM cities"
    return {row.slug: tuple(row)[1:] for row in db.execute(text(sql))}


def noted(db: Connection) -> list[tuple[Any, ...]]:
    sql = "SELECT before, after FROM rule_changes WHERE city_id = 1272 ORDER BY at"
    return [tuple(row) for row in db.execute(text(sql))]


def test_rules_are_settled_at_once_and_each_change_is_kept(officer: FlaskClient, torino: Connection) -> None:
    milano = of_cities(torino)["milano"]
    answer = settle(officer, review="all", visitors_pin="yes", name_en="  Turin ")
    assert (answer.status_code, answer.headers["Location"]) == (303, RULES)
    names = {"it": "torino", "en": "Turin"}
    assert of_cities(torino) == {"torino": ("all", True, names), "milano": milano}
    assert noted(torino) == [
        (
            {"review": "first", "visitors_pin": False, "names": {"it": "torino"}},
            {"review": "all", "visitors_pin": True, "names": names},
        )
    ]
    page = officer.get(RULES, headers=HTML)
    assert "Saved." in page.text
    assert "<title>Rules · Turin · Cortile</title>" in page.text, "and pages heed it"
    said = " ".join(read(page).split())
    assert "What waits for a moderator: Everything before: The first of a person" in said
    assert "· Ada" in said
    assert 'value="all" required checked' in page.text


def test_what_is_so_already_is_not_noted(officer: FlaskClient, torino: Connection) -> None:
    settle(officer, name_en="Turin")
    settle(officer, name_en="Turin")
    assert "Nothing was different." in officer.get(RULES, headers=HTML).text
    assert len(noted(torino)) == 1


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"review": "some"}, "review", "“some” is not one of none, first, all."),
        ({"visitors_pin": "maybe"}, "visitors_pin", "“maybe” is not one of yes, no."),
        ({"visitors_pin": ""}, "visitors_pin", "“” is not one of yes, no."),
        ({"name_it": " "}, "name_it", "is needed: a city has a name in each of its languages."),
        ({"name_en": "x" * 81}, "name_en", "has 81 characters; at most 80 are taken."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    officer: FlaskClient, torino: Connection, fields: dict[str, str], name: str, words: str
) -> None:
    before = of_cities(torino)
    answer = settle(officer, **fields)
    assert (answer.status_code, words in answer.text) == (422, True)
    form = {"csrf_token": csrf(officer), **AS_THEY_ARE, **fields}
    told = officer.post(RULES, data=form, headers={"Accept": "application/json"}).get_json()
    assert told["errors"] == [{"parameter": name, "detail": words}]
    assert (of_cities(torino), noted(torino)) == (before, [])


@pytest.mark.parametrize("role", [None, "member", "operator", "moderator"])
def test_only_who_settles_the_city_comes_here(app: Flask, torino: Connection, role: str | None) -> None:
    client, before = app.test_client(), of_cities(torino)
    sign_in(client, torino, add_person(torino, role=role))
    assert (client.get(RULES).status_code, settle(client, review="all").status_code) == (403, 403)
    visitor = app.test_client()
    assert visitor.get(RULES).status_code == 401
    assert of_cities(torino) == before


def test_the_serving_role_changes_no_other_column_of_a_city(
    database: FreshDatabase, torino: Connection
) -> None:
    app = Database(database.app_url, size=1)
    for sql in (
        "UPDATE cities SET slug = 'turin' WHERE id = :city",
        "UPDATE cities SET id = 1 WHERE id = :city",
        "DELETE FROM cities WHERE id = :city",
        "UPDATE rule_changes SET at = now() WHERE city_id = :city",
        "DELETE FROM rule_changes WHERE city_id = :city",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), app.transaction() as db:
            db.execute(text(sql), {"city": TORINO})
    app.close()


@pytest.mark.parametrize(
    ("role", "there"),
    [
        (None, ["/torino/areas", "/torino/mine", "/account"]),
        ("moderator", ["/torino/areas", "/torino/mine", "/torino/moderation", "/account"]),
        ("officer", ["/torino/areas", "/torino/mine", "/torino/moderation", "/torino/rules", "/account"]),
        (
            "administrator",
            [
                "/torino/areas",
                "/torino/mine",
                "/torino/moderation",
                "/torino/rules",
                "/torino/people",
                "/account",
            ],
        ),
    ],
)
def test_the_menu_offers_what_its_reader_may(
    app: Flask, torino: Connection, role: str | None, there: list[str]
) -> None:
    client = app.test_client()
    sign_in(client, torino, add_person(torino, role=role))
    for path in ("/torino/", "/torino/mine"):
        menu = client.get(path, headers=HTML).text.split("data-menu>")[1].split("</details>")[0]
        assert [part.split('"')[0] for part in menu.split('href="')[1:]] == there
    assert "data-menu" not in app.test_client().get("/torino/").text
