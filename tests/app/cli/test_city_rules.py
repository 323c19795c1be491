"""`cortile city set`, as it is typed, and what becomes of a pin after it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.errors import BadParameter, NotFound
from tests.app.people.test_cli import typed
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import TORINO, add_person, add_place, sign_in
from tests.http.pinning import DATA, send

__all__ = ["typed"]


def reviews(db: Connection) -> dict[str, str]:
    return {row.slug: row.review for row in db.execute(text("SELECT slug, review FROM cities"))}


@pytest.mark.parametrize(
    ("review", "newcomer", "known"),
    [
        ("none", "published", "published"),
        ("first", "held", "published"),
        ("all", "held", "held"),
    ],
)
def test_a_city_says_whose_contributions_wait(
    typed: Any, app: Flask, torino: Connection, review: str, newcomer: str, known: str
) -> None:
    before = reviews(torino)["torino"]
    done = typed("city", "set", "torino", "--review", review)
    told = "nothing was different" if review == before else f"review is {review} now; it was {before}"
    assert done.output == f"torino: {told}.\n"
    assert reviews(torino) == {"torino": review, "milano": "first"}

    bruno = add_person(torino, "bruno@city.example")
    add_place(torino, author=bruno)
    for person, after in ((add_person(torino), newcomer), (bruno, known)):
        client = app.test_client()
        sign_in(client, torino, person)
        assert send(client, kind="project", title="Nuovo").status_code == 303
        sql = """SELECT moderation FROM places
            WHERE city_id = :city AND author = :person AND title = 'Nuovo'"""
        assert torino.scalar(text(sql), {"city": TORINO, "person": person}) == after


def test_what_cannot_be_is_refused_and_nothing_is_written(typed: Any, torino: Connection) -> None:
    before = reviews(torino)
    wrong = typed("city", "set", "torino", "--review", "some")
    assert wrong.exit_code == 2
    assert "'some' is not one of 'none', 'first', 'all'" in wrong.output
    assert "Say what to change: --review" in typed("city", "set", "torino").output
    assert "torino is not read in fr." in typed("city", "set", "torino", "--name", "fr", "Turin").output
    empty = typed("city", "set", "torino", "--review", "all", "--name", "en", " ")
    assert isinstance(empty.exception, BadParameter)
    nowhere = typed("city", "set", "atlantis", "--review", "all")
    assert isinstance(nowhere.exception, NotFound)
    assert "the cities are: torino, milano" in str(nowhere.exception)
    assert reviews(torino) == before


def test_what_is_typed_is_noted_as_what_is_settled_on_the_page(typed: Any, torino: Connection) -> None:
    done = typed("city", "set", "torino", "--visitors-pin", "yes", "--name", "en", "Turin")
    assert done.output.splitlines() == [
        "torino: visitors_pin is yes now; it was no.",
        "torino: names is it torino, en Turin now; it was it torino.",
    ]
    (noted,) = torino.execute(text("SELECT person_id, before, after FROM rule_changes WHERE city_id = 1272"))
    assert tuple(noted) == (
        None,
        {"visitors_pin": False, "names": {"it": "torino"}},
        {"visitors_pin": True, "names": {"it": "torino", "en": "Turin"}},
    )


def test_a_city_says_whether_people_pin_without_an_account(
    typed: Any, app: Flask, torino: Connection
) -> None:
    for word, status in (("yes", 202), ("no", 401)):
        assert typed("city", "set", "torino", "--visitors-pin", word).exit_code == 0
        app.extensions["cortile"].cities_at = float("-inf")
        assert send(app.test_client(), DATA, email="vera@casa.example").status_code == status


def test_the_demonstration_city_lets_people_pin_and_keeps_what_the_city_says(
    typed: Any, owner: Connection
) -> None:
    owner.exec_driver_sql("DELETE FROM place_counts; DELETE FROM places; DELETE FROM cities")
    sql = text("SELECT visitors_pin FROM cities")
    assert typed("load-demo").exit_code == 0
    assert owner.scalar(sql) is True
    typed("city", "set", "torino", "--visitors-pin", "no")
    assert typed("load-demo").exit_code == 0
    assert owner.scalar(sql) is False


def test_visitors_are_tidied(typed: Any, torino: Connection) -> None:
    torino.execute(
        text("""INSERT INTO visitor_pins (city_id, place_id, content, geom, email, language, sent_at)
            SELECT 1272, gen_random_uuid(), '{}', ST_SetSRID(ST_MakePoint(7.6, 45), 4326), 'v@x.example',
                'it', now() - make_interval(days => days) FROM unnest(ARRAY[6, 8, 9]) AS days""")
    )
    assert "visitors" in typed("tidy").output
    assert torino.scalar(text("SELECT count(*) FROM visitor_pins")) == 1
