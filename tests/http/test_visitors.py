"""Pinning without an account: held, confirmed by the link in a mail, told of, withdrawn, erased."""

import html
import re
import smtplib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from app.photos.shelf import shelf_of
from app.photos.tidying import tidy as tidy_photos
from app.visitors.rules import MOST_OPEN
from app.visitors.service import Desk, token_for
from app.visitors.service import tidy as tidy_visitors
from tests.http.conftest import MILANO, TORINO, add_person, add_place, csrf, sign_in
from tests.http.pinning import DATA, HERE, PAGE, opened, places, send, written
from tests.http.test_pin_form import photo
from tests.http.visiting import (
    EMAIL,
    kept,
    link_in,
    mails,
    open_to_visitors,
    press,
    send_as_visitor,
    words_of,
)

ENGLISH = {**PAGE, "Accept-Language": "en"}


@pytest.fixture
def city(client: FlaskClient, torino: Connection) -> Connection:
    """Torino, where people pin without an account."""
    open_to_visitors(client, torino)
    return torino


def read(answer: TestResponse) -> str:
    return html.unescape(answer.get_data(as_text=True))


def desk(client: FlaskClient, db: Connection, at: datetime) -> Desk:
    services = client.application.extensions["cortile"]
    found = next(each for each in services.cities if each.id == TORINO)
    return Desk(found, shelf_of(services.settings.var), at)


def files(client: FlaskClient) -> list[Path]:
    folder: Path = client.application.extensions["cortile"].settings.var / "photos"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def moderator(client: FlaskClient, db: Connection) -> FlaskClient:
    """The client of a moderator."""
    desk = client.application.test_client()
    sign_in(desk, db, add_person(db, "mo@city.example", name="Mo", role="moderator"))
    return desk


def decide(desk: FlaskClient, place: Any, action: str, **said: str) -> None:
    answer = desk.post(
        f"/torino/moderation/place/{place}",
        data={"csrf_token": csrf(desk), "action": action, **said},
        headers=PAGE,
    )
    assert answer.status_code == 303, answer.text


def test_what_a_visitor_sends_is_held_apart_until_it_is_confirmed(
    client: FlaskClient, city: Connection
) -> None:
    answer = send_as_visitor(client, ENGLISH, photo=(photo(), "orto.jpg"), alt="Un orto", summary="Bello")

    assert answer.status_code == 303
    page = client.get(answer.headers["Location"] + "?lang=en", headers=PAGE)
    assert "One more step: your mail" in page.text
    assert EMAIL not in page.text
    assert places(city) == []
    (pin,) = kept(city)
    assert (pin.email, pin.language, pin.alt, pin.confirmed_at) == (EMAIL, "en", "Un orto", None)
    assert (pin.content["title"], pin.content["summary"]) == ("Orto", "Bello")
    assert len(files(client)) == 4
    assert city.scalar(text("SELECT count(*) FROM place_photos")) == 0

    (mail,) = mails(client)
    assert (mail["To"], "Orto" in words_of(mail)) == (EMAIL, False)
    assert "within" not in mail["Subject"]
    assert "The link is good for 7 days." in words_of(mail)
    assert "erased 90 days after the decision" in words_of(mail)
    queue = moderator(client, city).get("/torino/moderation", headers=ENGLISH)
    assert "Nothing waits" in read(queue)


def test_opening_the_link_changes_nothing_and_pressing_the_button_does(
    client: FlaskClient, city: Connection
) -> None:
    answer = send_as_visitor(client, photo=(photo(), "orto.jpg"), alt="Un orto", summary="Bello")
    path = link_in(mails(client)[0])
    for _ in range(2):
        page = client.get(path + "?lang=en", headers=PAGE)
        assert page.headers["Cache-Control"] == "private, no-store"
        assert "Did you write this?" in page.text
        assert "Bello" in page.text
        assert EMAIL not in page.text
    assert places(city) == []

    for _ in range(2):
        assert press(client, path).headers["Location"] == path
    (place,) = places(city)
    assert (place.title, place.moderation, place.author, place.wkt) == (
        "Orto", "held", None, "POINT(7.68 45.07)",
    )  # fmt: skip
    assert str(place.id) == answer.headers["Location"].rpartition("/")[2]
    (picture,) = city.execute(text("SELECT * FROM place_photos"))
    assert (picture.place_id, picture.state, picture.alt, picture.author) == (
        place.id, "held", "Un orto", None,
    )  # fmt: skip
    (pin,) = kept(city)
    assert (pin.content, pin.geom, pin.alt, pin.email) == (None, None, None, EMAIL)
    assert "It waits for a moderator" in client.get(path + "?lang=en", headers=PAGE).text
    assert client.get(f"/torino/places/{place.id}").status_code == 404
    assert client.get(f"/torino/photos/{picture.id}/small.webp").status_code == 404
    assert len(mails(client)) == 1


def test_moderators_see_that_it_came_from_a_visitor_and_no_address(
    client: FlaskClient, city: Connection
) -> None:
    send_as_visitor(client)
    press(client, link_in(mails(client)[0]))
    (place,) = places(city)
    desk = moderator(client, city)

    queue = read(desk.get("/torino/moderation?lang=en", headers=PAGE))
    assert "1 thing waits." in queue
    assert "a visitor" in queue
    page = read(desk.get(f"/torino/moderation/place/{place.id}?lang=en", headers=PAGE))
    assert "Pinned without an account" in page
    assert re.search(r"Confirmed by mail on \w+ \d", page)
    assert EMAIL not in queue + page


def test_what_was_decided_is_told_on_the_page_and_by_mail(client: FlaskClient, city: Connection) -> None:
    send_as_visitor(client, ENGLISH)
    path = link_in(mails(client)[0])
    press(client, path)
    (place,) = places(city)
    desk = moderator(client, city)

    decide(desk, place.id, "ask", words="Which street?")
    asked = words_of(mails(client)[1])
    assert "Which street?" in asked
    assert f"https://city.example{path}?lang=en" in asked
    assert f"/places/{place.id}" not in asked
    assert "Which street?" in read(client.get(path + "?lang=en", headers=PAGE))

    decide(desk, place.id, "refuse", reason="unclear", words="Nobody finds it.")
    refused = mails(client)[2]
    assert (refused["To"], "/torino/appeals/" in words_of(refused)) == (EMAIL, True)
    page = read(client.get(path + "?lang=en", headers=PAGE))
    assert "a moderator decided against it" in page
    assert "Nobody finds it." in page
    assert "Withdraw it" not in page

    decide(desk, place.id, "approve")
    assert mails(client)[3]["To"] == EMAIL
    page = read(client.get(path + "?lang=en", headers=PAGE))
    assert "everybody can see it now" in page
    assert "Nobody finds it." not in page
    assert client.get(f"/torino/places/{place.id}").status_code == 200


def test_an_objection_by_the_link_is_answered_by_mail(client: FlaskClient, city: Connection) -> None:
    send_as_visitor(client, ENGLISH)
    press(client, link_in(mails(client)[0]))
    (place,) = places(city)
    desk = moderator(client, city)
    decide(desk, place.id, "refuse", reason="unclear")
    found = re.search(r"https://city\.example(/torino/appeals/\S+)", words_of(mails(client)[1]))
    assert found
    data = {"csrf_token": csrf(client), "words": "It is there.", "key": str(compat.uuid7())}
    assert client.post(found[1], data=data, headers=PAGE).status_code == 200

    appeal = city.scalar(text("SELECT id FROM appeals"))
    answer = desk.post(
        f"/torino/moderation/appeal/{appeal}",
        data={"csrf_token": csrf(desk), "action": "refuse", "reason": "unclear", "words": "It is not."},
        headers=PAGE,
    )
    assert answer.status_code == 303
    assert (mails(client)[-1]["To"], "It is not." in words_of(mails(client)[-1])) == (EMAIL, True)


def test_a_visitor_withdraws_before_confirming_and_nothing_is_left(
    client: FlaskClient, city: Connection
) -> None:
    send_as_visitor(client, photo=(photo(), "orto.jpg"))
    path = link_in(mails(client)[0])
    for _ in range(2):
        assert press(client, path + "/withdraw").status_code == 303
    assert "It is withdrawn" in client.get(path + "?lang=en", headers=PAGE).text
    press(client, path)
    assert (places(city), files(client)) == ([], [])
    (pin,) = kept(city)
    assert (pin.email, pin.content, pin.geom) == (None, None, None)


def test_a_visitor_withdraws_what_waits_but_not_what_is_decided(
    client: FlaskClient, city: Connection
) -> None:
    desk = moderator(client, city)
    for decided in (False, True):
        send_as_visitor(client, photo=(photo(), "orto.jpg"))
        path = link_in(mails(client)[-1])
        press(client, path)
        place = places(city)[-1]
        if decided:
            decide(desk, place.id, "approve")
        answer = press(client, path + "/withdraw", DATA)
        assert answer.status_code == (409 if decided else 303)
        assert places(city)[-1].moderation == ("published" if decided else "hidden")
        assert ("It is withdrawn" in client.get(path + "?lang=en", headers=PAGE).text) is not decided
    assert [row.state for row in city.execute(text("SELECT state FROM place_photos ORDER BY id"))] == [
        "hidden", "held",
    ]  # fmt: skip
    page = desk.get(f"/torino/moderation/place/{places(city)[0].id}?lang=en", headers=PAGE)
    assert "Withdrawn by the visitor on" in page.text
    assert [pin.email for pin in kept(city)] == [None, EMAIL]


def test_sent_twice_it_is_one_place_and_one_mail(client: FlaskClient, city: Connection) -> None:
    keys = {"place_id": str(compat.uuid7()), "photo_id": str(compat.uuid7())}
    for email in (EMAIL, " Vera@Casa.example "):
        sent = send_as_visitor(client, DATA, **keys, email=email, photo=(photo(), "orto.jpg"))
        assert (sent.status_code, sent.json) == (
            202,
            {
                "id": keys["place_id"],
                "state": "unconfirmed",
                "revision": 0,
                "url": f"/torino/pin/{keys['place_id']}",
            },
        )
    assert (len(kept(city)), len(mails(client)), len(files(client))) == (1, 1, 4)
    press(client, link_in(mails(client)[0]))
    assert send_as_visitor(client, DATA, **keys).status_code == 202
    assert (len(places(city)), len(mails(client))) == (1, 1)


def test_somebody_elses_identifier_is_refused(client: FlaskClient, city: Connection) -> None:
    mine, imported = str(compat.uuid7()), add_place(city)
    assert send_as_visitor(client, DATA, place_id=mine).status_code == 202
    for place, email in ((mine, "other@casa.example"), (imported, EMAIL)):
        refused = send_as_visitor(client, DATA, place_id=place, email=email)
        assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    assert len(kept(city)) == len(mails(client)) == 1

    ada = client.application.test_client()
    sign_in(ada, city, add_person(city))
    assert send(ada, DATA, place_id=mine).status_code == 201
    assert press(client, link_in(mails(client)[0]), DATA).status_code == 409
    assert len(places(city)) == 2


ADDRESSES = [
    (
        "",
        "is needed: we send you a link by which you confirm it.",
        "è necessario: ti mandiamo un link con cui confermi.",
    ),
    ("vera", "“vera” is not an e-mail address.", "«vera» non è un indirizzo e-mail."),
]


@pytest.mark.parametrize(("email", "english", "italian"), ADDRESSES)
def test_an_address_that_is_none_is_told_beside_its_field(
    client: FlaskClient, city: Connection, email: str, english: str, italian: str
) -> None:
    for language, words in (("en", english), ("it", italian)):
        page = send_as_visitor(client, {**PAGE, "Accept-Language": language}, email=email, title="Il mio")
        assert page.status_code == 422
        assert words in read(page)
        assert 'aria-describedby="email-hint email-wrong" aria-invalid="true"' in page.text
        assert 'value="Il mio"' in page.text
    refused = send_as_visitor(client, {**DATA, "Accept-Language": "en"}, email=email)
    assert (refused.status_code, refused.json["errors"]) == (422, [{"parameter": "email", "detail": english}])
    assert kept(city) == mails(client) == []


def test_the_check_page_asks_for_an_address_and_says_why(client: FlaskClient, city: Connection) -> None:
    fields = written(client, step="check", email="v@x.example", **HERE)
    page = read(client.post("/torino/pin?lang=en", data=fields, headers=PAGE))
    assert page.count('name="email"') == 1
    assert 'value="v@x.example"' in page
    assert "shown to nobody, and erased 90 days after the decision" in page
    assert "your name stands nowhere" in page
    assert 'href="/login?next=' in page


def test_where_the_city_does_not_want_it_a_visitor_signs_in(client: FlaskClient, torino: Connection) -> None:
    assert 'name="email"' not in client.get("/torino/pin").text
    page = send_as_visitor(client, ENGLISH)
    assert "Sign in to send it" in page.text
    assert send_as_visitor(client, DATA).status_code == 401
    assert kept(torino) == mails(client) == []


def test_nobody_who_signed_in_is_asked_for_an_address(client: FlaskClient, city: Connection) -> None:
    sign_in(client, city, add_person(city))
    assert 'name="email"' not in client.get("/torino/pin").text
    assert send_as_visitor(client, DATA, email="x").status_code == 201
    assert kept(city) == []


def test_the_traps_for_robots_and_the_token_of_the_form_stay(client: FlaskClient, city: Connection) -> None:
    for fields in ({"nickname": "Bob"}, {"opened": "x"}, {"opened": opened(client, ago=-60)}):
        assert send_as_visitor(client, DATA, **fields).status_code == 422
    bare = client.post("/torino/pin", data={**HERE, "email": EMAIL, "opened": opened(client)}, headers=DATA)
    assert bare.json["code"] == "form-expired"
    send_as_visitor(client)
    assert client.post(link_in(mails(client)[0]), headers=PAGE).status_code == 400
    assert places(city) == []


def test_a_letter_box_is_not_filled(client: FlaskClient, city: Connection) -> None:
    for _ in range(MOST_OPEN):
        assert send_as_visitor(client, DATA).status_code == 202
    refused = send_as_visitor(client, {**DATA, "Accept-Language": "en"})
    assert refused.json["detail"] == "email: has 5 links from us that wait to be opened; open these first."
    assert len(kept(city)) == len(mails(client)) == MOST_OPEN

    press(client, link_in(mails(client)[0]))
    assert send_as_visitor(client, DATA).status_code == 202


def test_pins_are_counted_for_the_e_mail_and_for_the_address(client: FlaskClient, city: Connection) -> None:
    there = {"REMOTE_ADDR": "192.0.2.1"}
    app = client.application
    pace = app.extensions["cortile"].settings.pins_an_hour
    for number in range(pace):
        answer = send_as_visitor(
            client, DATA, email=f"v{number % 5}@casa.example", place_id=str(compat.uuid7())
        )
        assert answer.status_code == 202  # fmt: skip
    page = send_as_visitor(client, ENGLISH, email="other@casa.example", title="Il ventunesimo")
    assert page.status_code == 429
    assert "This was tried too often" in read(page)
    assert 'value="Il ventunesimo"' in page.text
    elsewhere = app.test_client()
    fields = written(elsewhere, step="send", email="other@casa.example", **HERE)
    assert (
        elsewhere.post("/torino/pin", data=fields, headers=DATA, environ_overrides=there).status_code == 202
    )


def test_links_that_are_forged_or_of_another_city_lead_nowhere(client: FlaskClient, city: Connection) -> None:
    send_as_visitor(client)
    path, (pin,) = link_in(mails(client)[0]), kept(city)
    secret = str(client.application.config["SECRET_KEY"])
    forged = [
        path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.replace("/torino/", "/milano/"),
        "/torino/pinned/x",
        f"/torino/pinned/{token_for(secret + 'x', (TORINO, pin.place_id), pin.sent_at)}",
        f"/torino/pinned/{token_for(secret, (TORINO, pin.place_id), pin.sent_at + timedelta(seconds=1))}",
        f"/torino/pinned/{token_for(secret, (MILANO, pin.place_id), pin.sent_at)}",
        f"/milano/pinned/{token_for(secret, (MILANO, pin.place_id), pin.sent_at)}",
        f"/torino/pinned/{token_for(secret, (TORINO, UUID(int=1)), pin.sent_at)}",
    ]
    for wrong in forged:
        assert client.get(wrong, headers=PAGE).status_code == 404, wrong
        for button in (wrong, wrong + "/withdraw"):
            answer = press(client, button, {**DATA, "Accept-Language": "en"})
            assert (answer.status_code, answer.json["code"]) == (404, "not-found"), button
            assert answer.json["detail"].startswith("This link is not good, or not good any more")
    assert (places(city), len(kept(city))) == ([], 1)
    assert "This link is not good" in read(client.get(forged[0] + "?lang=en", headers=PAGE))


def test_what_nobody_confirms_in_time_is_removed_with_its_photo(
    client: FlaskClient, city: Connection
) -> None:
    send_as_visitor(client, photo=(photo(), "orto.jpg"))
    path, sent_at = link_in(mails(client)[0]), kept(city)[0].sent_at
    almost, later = sent_at + timedelta(days=7, seconds=-1), sent_at + timedelta(days=7)
    database, shelf = client.application.extensions["cortile"].database, desk(client, city, later).shelf
    with database.transaction() as db:
        # The files are older than a day by then: tidying photos leaves what waits.
        tidy_photos(db, shelf, almost + timedelta(days=1))
        assert tidy_visitors(db, desk(client, city, almost)) == 0
    assert len(files(client)) == 4

    city.execute(text("UPDATE visitor_pins SET sent_at = sent_at - interval '7 days'"))
    old = token_for(
        str(client.application.config["SECRET_KEY"]), (TORINO, kept(city)[0].place_id), kept(city)[0].sent_at
    )
    for dead in (path, f"/torino/pinned/{old}"):
        assert client.get(dead, headers=PAGE).status_code == 404
        assert press(client, dead).status_code == 404
    with database.transaction() as db:
        assert tidy_visitors(db, desk(client, city, datetime.now(UTC))) == 1
    assert (kept(city), files(client), places(city)) == ([], [], [])


def test_sending_tidies_too(client: FlaskClient, city: Connection) -> None:
    place_id = str(compat.uuid7())
    send_as_visitor(client, place_id=place_id)
    city.execute(text("UPDATE visitor_pins SET sent_at = sent_at - interval '8 days'"))
    assert send_as_visitor(client, DATA, place_id=place_id).status_code == 202
    assert (len(kept(city)), len(mails(client))) == (1, 2)
    press(client, link_in(mails(client)[1]))
    assert len(places(city)) == 1


def test_the_address_is_erased_when_nobody_can_object_any_more(client: FlaskClient, city: Connection) -> None:
    send_as_visitor(client)
    path = link_in(mails(client)[0])
    press(client, path)
    database = client.application.extensions["cortile"].database

    def erased(days: int) -> int:
        with database.transaction() as db:
            return tidy_visitors(db, desk(client, city, datetime.now(UTC) + timedelta(days=days)))

    assert erased(1000) == 0  # it waits
    decide(moderator(client, city), places(city)[0].id, "refuse", reason="spam")
    assert erased(89) == 0
    city.execute(
        text("""INSERT INTO appeals (city_id, id, decision_id, words, made_at)
            SELECT city_id, id, id, 'No', now() FROM decisions""")
    )
    assert erased(91) == 0
    city.execute(text("UPDATE appeals SET state = 'refused', decided_at = now()"))
    assert erased(91) == 1
    assert kept(city) == []
    assert client.get(path, headers=PAGE).status_code == 404
    assert len(places(city)) == 1


def test_a_mail_that_cannot_be_sent_leaves_nothing(
    client: FlaskClient, city: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise smtplib.SMTPException("no")

    monkeypatch.setattr("app.mail._hand_over", refuse)
    services = client.application.extensions["cortile"]
    object.__setattr__(services.settings, "mail_url", "smtp://127.0.0.1:1")
    page = send_as_visitor(client, ENGLISH, title="Il mio")
    assert page.status_code == 503
    assert "A mail could not be sent just now" in read(page)
    assert 'value="Il mio"' in page.text
    assert kept(city) == []


def test_an_account_of_the_same_address_gets_nothing_of_it(client: FlaskClient, city: Connection) -> None:
    person = add_person(city, EMAIL, name="Vera")
    send_as_visitor(client)
    press(client, link_in(mails(client)[0]))
    assert places(city)[0].author is None
    sign_in(client, city, person)
    assert str(places(city)[0].id) not in client.get("/torino/mine", headers=PAGE).text


def test_a_blurred_place_stays_so(client: FlaskClient, city: Connection) -> None:
    send_as_visitor(client, blur_m="500")
    assert city.scalar(text("SELECT count(*) FROM place_exact")) == 0
    press(client, link_in(mails(client)[0]))
    (place,) = places(city)
    assert place.wkt != "POINT(7.68 45.07)"
    assert city.scalar(text("SELECT ST_AsText(geom) FROM place_exact")) == "POINT(7.68 45.07)"
