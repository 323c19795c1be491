"""What is refused to people who do something is said in both languages: roles, rules, links, forms, runs."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app.errors import BadParameter, CortileError, Invalid
from app.moderation.forms import verdict_in
from app.network.building import Run, build
from app.network.form import proposal_of
from app.places.neighbours import build_alone
from app.progress import Silent
from app.settling.rules import names_of
from app.visitors.rules import MOST_OPEN
from tests.http.conftest import TORINO, add_person, csrf, sign_in
from tests.http.pinning import DATA, PAGE, places
from tests.http.visiting import link_in, mails, open_to_visitors, press, send_as_visitor

NOBODY = (
    "Nobody of this address has this role; it may have been taken away.",
    "Nessuno con questo indirizzo ha questo ruolo; forse è già stato tolto.",
)
LAST = (
    "This is the last administrator of the city, who can give roles. Make somebody else administrator first.",
    "È l’ultimo ruolo di amministratore della città, e senza nessuno può più dare ruoli. Prima dallo a"
    " qualcun altro.",
)
NO_NAME = (
    "is needed: a city has a name in each of its languages.",
    "serve: una città ha un nome in ognuna delle sue lingue.",
)
DECIDED = (
    "This is decided already, and cannot be withdrawn any more.",
    "È già deciso, e non si può più ritirare.",
)
NOT_GOOD = (
    "This link is not good, or not good any more: it confirms for 7 days, and tells what became of a place"
    " until 90 days after the decision.",
    "Questo link non è valido, o non lo è più: conferma per 7 giorni, e dice che cosa ne è stato di un luogo"
    " fino a 90 giorni dopo la decisione.",
)
TOO_MANY_LINKS = (
    "has 5 links from us that wait to be opened; open these first.",
    "ha 5 nostri link che aspettano di essere aperti; apri prima quelli.",
)
NO_EMAIL = (
    "is needed: we send you a link by which you confirm it.",
    "è necessario: ti mandiamo un link con cui confermi.",
)
DONE = (
    "This link is not good, or has done its work. What you follow, and whether you get mails about it, is"
    " under “My places”, when you have signed in.",
    "Questo link non è valido, o ha già fatto il suo lavoro. Ciò che segui, e se ricevi mail al riguardo, sta"
    " in «I miei luoghi», dopo l’accesso.",
)
NOT_SURE = (
    "is needed: a photo that is removed for good cannot be brought back.",
    "serve: una foto rimossa per sempre non si può recuperare.",
)
NO_KIND = (
    "is needed: choose how the two belong together.",
    "è necessario: scegli che relazione c’è tra i due luoghi.",
)
NO_OTHER = (
    "is needed: find the other place and choose it.",
    "è necessario: trova l’altro luogo e sceglilo.",
)
BUILDING = (
    "Somebody else is building the neighbours of this city; wait until that is done.",
    "Qualcun altro sta già costruendo i vicini di questa città; aspetta che abbia finito.",
)
DOING: list[tuple[str, str]] = [
    NOBODY,
    LAST,
    NO_NAME,
    DECIDED,
    NOT_GOOD,
    TOO_MANY_LINKS,
    NO_EMAIL,
    DONE,
    NOT_SURE,
    NO_KIND,
    NO_OTHER,
    BUILDING,
]
"""The sentences, without the name of the field, in English and in Italian."""

Ask = Callable[[dict[str, str]], TestResponse]


@pytest.fixture
def city(client: FlaskClient, torino: Connection) -> Connection:
    """Torino, where people pin without an account."""
    open_to_visitors(client, torino)
    return torino


def heard(ask: Ask, status: int) -> tuple[str, ...]:
    """What a program is answered in English and in Italian, without the name of the field."""
    answers = [ask({**DATA, "Accept-Language": language}) for language in ("en", "it")]
    assert [answer.status_code for answer in answers] == [status, status]
    problems = [answer.json or {} for answer in answers]
    return tuple(each["errors"][0]["detail"] if "errors" in each else each["detail"] for each in problems)


def said(app: Flask, error: CortileError) -> tuple[str, ...]:
    """What an error says in English and in Italian, without the name of the field."""
    words = error.rule if isinstance(error, BadParameter) else error.said
    told = []
    for language in ("en", "it"):
        with app.test_request_context(f"/?lang={language}"):
            told.append(words(gettext))
    return tuple(told)


@pytest.mark.parametrize(
    ("email", "role", "status", "both"),
    [
        ("eva@city.example", "moderator", 404, NOBODY),
        ("ada@city.example", "administrator", 409, LAST),
    ],
)
def test_a_role_that_cannot_be_taken_away(
    client: FlaskClient, torino: Connection, email: str, role: str, status: int, both: tuple[str, str]
) -> None:
    sign_in(client, torino, add_person(torino, role="administrator"))
    form = {"csrf_token": csrf(client), "email": email, "role": role}

    def dismiss(headers: dict[str, str]) -> TestResponse:
        return client.post("/torino/people/dismiss", data=form, headers=headers)

    assert heard(dismiss, status) == both


def test_a_city_without_a_name(app: Flask) -> None:
    with pytest.raises(BadParameter) as caught:
        names_of({"it": " "})
    assert caught.value.name == "name_it"
    assert said(app, caught.value) == NO_NAME


def test_a_visitor_withdraws_too_late(client: FlaskClient, city: Connection) -> None:
    send_as_visitor(client)
    path = link_in(mails(client)[0])
    press(client, path)
    (place,) = places(city)
    moderator = client.application.test_client()
    sign_in(moderator, city, add_person(city, "mo@city.example", role="moderator"))
    decision = {"csrf_token": csrf(moderator), "action": "approve"}
    address = f"/torino/moderation/place/{place.id}"
    assert moderator.post(address, data=decision, headers=PAGE).status_code == 303

    assert heard(lambda headers: press(client, f"{path}/withdraw", headers), 409) == DECIDED


def test_a_link_of_a_visitor_that_is_not_good(client: FlaskClient, city: Connection) -> None:
    assert heard(lambda headers: press(client, "/torino/pinned/x", headers), 404) == NOT_GOOD


def test_a_visitor_with_too_many_links(client: FlaskClient, city: Connection) -> None:
    for _ in range(MOST_OPEN):
        assert send_as_visitor(client, DATA).status_code == 202
    assert heard(lambda headers: send_as_visitor(client, headers), 422) == TOO_MANY_LINKS


def test_a_visitor_without_an_address(client: FlaskClient, city: Connection) -> None:
    assert heard(lambda headers: send_as_visitor(client, headers, email=" "), 422) == NO_EMAIL


@pytest.mark.parametrize("address", ["/torino/follow-no-longer/x", "/no-more-mails/x"])
def test_a_link_of_a_digest_that_is_not_good(client: FlaskClient, address: str) -> None:
    assert heard(lambda headers: client.post(address, headers=headers), 404) == DONE


def test_a_photo_is_removed_by_somebody_who_is_not_sure(app: Flask) -> None:
    with pytest.raises(BadParameter) as caught:
        verdict_in({"action": "remove", "reason": "private"})
    assert caught.value.name == "sure"
    assert said(app, caught.value) == NOT_SURE


def test_a_relation_without_a_kind_and_another_place(app: Flask) -> None:
    with pytest.raises(Invalid) as caught:
        proposal_of({}, UUID(int=1), "Europe/Rome")
    assert [each.name for each in caught.value.problems] == ["kind", "other"]
    assert [said(app, each) for each in caught.value.problems] == [NO_KIND, NO_OTHER]


def test_two_who_build_the_neighbours_at_once(app: Flask, torino: Connection) -> None:
    database = app.extensions["cortile"].database
    run = Run(TORINO, UUID(int=1), lambda: datetime.now(UTC), Silent())
    with database.transaction() as other:
        assert build_alone(other, TORINO)
        with pytest.raises(CortileError) as caught:
            build(database, run)
    assert said(app, caught.value) == BUILDING
