"""Every address and every role: who gets what, and that the table of permissions says the same.

The test grows by itself: a new address is asked by everybody, in each of its methods, with something in its
blanks and nothing in its body. What the table allows may end in any way but in 401, 403 or the page for
signing in; what it does not must end in one of these.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.context import city_named
from app.identity import caller
from app.permissions import ALLOWED, GIVEN, SCOPES, Permission, Role, may, within
from tests.house.test_routes import furnished
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_person, add_place, sign_in, token_for

__all__ = ["furnished"]

PAGE, DATA = {"Accept": "text/html"}, {"Accept": "application/json"}
BLANKS = {
    "city:city": "torino",
    "layer": "zones",
    "name": "places",
    "zoom": "12",
    "row": "1472",
    "column": "2135",
    "day": "2026-01-01",
    "int:revision": "1",
    "int:version": "1",
    "file": "places.csv",
    "ending": "csv",
}
NOBODY = "01990000-0000-7000-8000-000000000000"


def asked(app: Flask, place: str) -> Iterator[tuple[Rule, str, str]]:
    """Every address with something in its blanks, and every method that it takes."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        blanks = BLANKS | {"uuid:place_id": place, "path:key": place}
        path = re.sub(r"<([^>]+)>", lambda blank, here=blanks: here.get(blank[1], NOBODY), rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, path, method


def outcome(answer: TestResponse) -> str:
    """What became of a request, as far as permissions go."""
    answer.close()
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/login?next="):
        return "sign in"
    return "refused" if answer.status_code == 403 else "allowed"


def expected(role: Role, permission: Permission) -> str:
    if may([role], permission):
        return "allowed"
    return "sign in" if role is Role.VISITOR else "refused"


def somebody(app: Flask, db: Connection, role: Role) -> FlaskClient:
    """A client of somebody new of this role: some addresses end a session, or an account."""
    client = app.test_client()
    if role is not Role.VISITOR:
        given = role.value if role in GIVEN else None
        sign_in(client, db, add_person(db, f"{uuid4()}@city.example", role=given))
    return client


@pytest.mark.parametrize("role", Role)
def test_everybody_gets_what_the_table_says_and_nothing_else(
    app: Flask, furnished: Connection, role: Role
) -> None:
    app.config["WTF_CSRF_ENABLED"] = (
        False  # a form without its token is refused before anybody asks who sends it
    )
    place = add_place(furnished)
    wrong, rows = [], []
    for rule, path, method in asked(app, place):
        permission: Permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        found = []
        for headers in (PAGE, DATA):
            client = somebody(app, furnished, role)
            found.append(outcome(client.open(path, method=method, headers=headers)))
        rows.append(f"{method:<7} {rule.rule:<60} {permission.name:<20} {found[0]}")
        if found != [expected(role, permission)] * 2:
            wrong.append((method, rule.rule, permission.name, found))

    print(f"\n{role}\n" + "\n".join(rows))
    assert wrong == []
    assert len(rows) > 40


def test_a_role_in_one_city_is_none_in_another(app: Flask, furnished: Connection) -> None:
    person = add_person(furnished, role="moderator")
    for city, roles in (("torino", {Role.RESIDENT, Role.MODERATOR}), ("milano", {Role.RESIDENT})):
        client = app.test_client()
        sign_in(client, furnished, person)
        with client:
            client.get(f"/{city}/data/codebook")
            assert flask_caller_roles(city) == roles


def flask_caller_roles(slug: str) -> frozenset[Role]:
    """The roles of the caller of the request that was just answered."""
    return caller().roles(city_named(slug))


def test_each_role_may_what_the_one_before_may() -> None:
    order = [Role.RESIDENT, Role.OPERATOR, Role.MODERATOR, Role.OFFICER, Role.ADMINISTRATOR]
    for less, more in pairwise(order):
        assert ALLOWED[less] < ALLOWED[more]
    assert ALLOWED[Role.VISITOR] < ALLOWED[Role.RESIDENT] == ALLOWED[Role.MEMBER]
    assert set(Permission) == set().union(*ALLOWED.values())


def test_no_token_opens_an_account_or_gives_roles() -> None:
    for permission in (
        Permission.USE_ACCOUNT,
        Permission.SIGN_IN,
        Permission.APPOINT,
        Permission.SETTLE_CITY,
    ):
        assert not within(SCOPES, permission)


@pytest.mark.parametrize(
    ("scopes", "permission", "allowed"),
    [
        (["read"], Permission.ADD_PLACE, False),
        (["write"], Permission.ADD_PLACE, True),
        (["write"], Permission.REVIEW, False),
        (["read", "moderate"], Permission.REVIEW, True),
        (["moderate"], Permission.ADD_PLACE, False),
    ],
)
def test_a_token_does_what_its_scopes_say_and_its_person_may(
    app: Flask, furnished: Connection, scopes: list[str], permission: Permission, allowed: bool
) -> None:
    for role, may_at_all in (("moderator", True), (None, permission is Permission.ADD_PLACE)):
        person = add_person(furnished, f"{role}@city.example".lower(), role=role)
        with app.test_client() as client:
            client.get("/torino/data/codebook", headers=token_for(furnished, person, scopes))
            assert caller().may(permission, city_named("torino")) is (allowed and may_at_all)
