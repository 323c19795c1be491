"""Markup, overlong words and turned writing in every field that people fill in, and where it is shown."""

import io
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from app.moderation.appealing import token_for
from tests.app.photos.pictures import quarters
from tests.app.photos.pictures import written as jpeg
from tests.http.conftest import TORINO, add_person, add_place, csrf, sign_in
from tests.http.conftest import token_for as token_of
from tests.http.pinning import send as pin

WICKED = "\"'></textarea></title><script>alert(7)</script><img src=x onerror=alert(7)>"
LINKED = f"{WICKED} [a](javascript:alert(7)) <javascript:alert(7)>"
PAGE, DATA = {"Accept": "text/html"}, {"Accept": "application/json", "Accept-Language": "en"}


def send(client: FlaskClient, path: str, headers: dict[str, str] = PAGE, **fields: Any) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **fields}, headers=headers)


@pytest.fixture
def moderator(app: Flask, torino: Connection) -> FlaskClient:
    client = app.test_client()
    sign_in(client, torino, add_person(torino, "mo@city.example", WICKED, role="moderator"))
    return client


@pytest.fixture
def ada(client: FlaskClient, torino: Connection) -> UUID:
    """A resident whose name is markup."""
    person = add_person(torino, name=WICKED)
    sign_in(client, torino, person)
    torino.execute(text("UPDATE cities SET review = 'none'"))
    return person


def test_markup_is_shown_as_written_wherever_it_is_shown(
    app: Flask, client: FlaskClient, moderator: FlaskClient, torino: Connection, ada: UUID
) -> None:
    pin(client, title=WICKED, summary=LINKED, address=WICKED, note=WICKED)
    place = str(torino.scalar(text("SELECT id FROM places WHERE city_id = 1272")))
    other = add_place(torino, title=WICKED, author=ada)
    headers = token_of(torino, ada) | {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    change = {"properties": {"title": WICKED + "!", "note": WICKED, "summary": LINKED}}
    torino.execute(text("UPDATE cities SET review = 'all'"))
    app.extensions["cortile"].cities_at = float("-inf")
    waits = client.patch(f"/torino/ogc/collections/places/items/{place}", json=change, headers=headers)
    assert waits.status_code == 202, waits.text
    photo = {"photo": (io.BytesIO(jpeg(quarters())), "<script>alert(7).jpg"), "alt": WICKED}
    assert send(client, f"/torino/places/{place}/photos", **photo).status_code == 303
    visitor = app.test_client()
    report = send(visitor, f"/torino/places/{place}/report", reason="spam", words=LINKED)
    claim = send(client, f"/torino/places/{place}/claim", organisation=WICKED, words=LINKED)
    hidden = send(moderator, f"/torino/moderation/place/{other}", action="hide", reason="spam", words=LINKED)
    assert [report.status_code, claim.status_code, hidden.status_code] == [303] * 3
    decision = torino.execute(text("SELECT id FROM decisions WHERE city_id = 1272")).scalar_one()
    appeal = f"/torino/appeals/{token_for(app.config['SECRET_KEY'], TORINO, decision)}"
    assert send(visitor, appeal, words=LINKED).status_code == 200
    send(client, "/account/tokens", name=WICKED[:60], scopes=["read"], days="30")

    things = torino.execute(
        text("""SELECT 'photo', id FROM place_photos UNION ALL SELECT 'report', id FROM reports
            UNION ALL SELECT 'claim', id FROM claims UNION ALL SELECT 'appeal', id FROM appeals
            UNION ALL SELECT 'change', id FROM place_changes WHERE state = 'waiting'""")
    ).all()
    assert {sort for sort, _ in things} == {"photo", "report", "claim", "appeal", "change"}
    pages = [(moderator, f"/torino/moderation/{sort}/{key}") for sort, key in things]
    pages += [(moderator, f"/torino/moderation{end}") for end in ("", f"/place/{place}", "/log")]
    for path in ("", "/edit", "/history", "/history/1", "/photos", "/report", "/claim"):
        pages += [(who, f"/torino/places/{place}{path}") for who in (client, moderator)]
    pages += [(client, path) for path in ("/torino/mine", "/account", "/torino/", appeal, "/torino/data")]
    pages += [
        (client, f"/torino/photos/{things[0][1]}/withdraw"),
        (moderator, f"/torino/graph/near?place={place}"),
    ]
    pages += [(visitor, f"/torino/ogc/collections/places/items{end}?f=html") for end in ("", f"/{place}")]
    shown = 0
    for who, path in pages:
        answer = who.get(path, headers=PAGE)
        assert answer.status_code == 200, path
        body = answer.text
        assert "<script>alert" not in body, path
        assert "<img src=x" not in body, path
        assert 'href="javascript' not in body, path
        shown += "&lt;script&gt;alert(7)" in body
    assert shown > 20, "it is shown, as it was written"


FIELDS = {
    "words of a report": ("/torino/places/{place}/report", {"reason": "spam"}, "words"),
    "e-mail of a report": ("/torino/places/{place}/report", {"reason": "spam"}, "email"),
    "words of a claim": ("/torino/places/{place}/claim", {}, "words"),
    "organisation of a claim": ("/torino/places/{place}/claim", {}, "organisation"),
    "title of a place": ("/torino/pin", {"step": "check", "lat": "45.07", "lon": "7.68"}, "title"),
    "address of a place": ("/torino/pin", {"step": "check", "lat": "45.07", "lon": "7.68"}, "address"),
    "website of a place": ("/torino/pin", {"step": "check", "lat": "45.07", "lon": "7.68"}, "website"),
    "name of a person": ("/account", {"language": "it"}, "name"),
    "name of a token": ("/account/tokens", {"scopes": ["read"], "days": "30"}, "name"),
    "words about a photo": ("/torino/photos/{photo}/alt", {}, "alt"),
}


@pytest.mark.parametrize("words", ["x" * 10_000, "gnp.\u202eexe"], ids=["long", "turned"])
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_takes_neither_10_000_characters_nor_turned_writing(
    client: FlaskClient, torino: Connection, ada: UUID, field: str, words: str
) -> None:
    keys = {"place": add_place(torino), "photo": str(UUID(int=5))}
    torino.execute(
        text("""INSERT INTO place_photos
                (city_id, id, place_id, state, author, licence, added_at, width, height)
            VALUES (1272, :photo, :place, 'published', :ada, 'CC0-1.0', '2026-01-02', 9, 9)"""),
        keys | {"ada": ada},
    )
    path, fields, name = FIELDS[field]
    before = everything(torino)
    answer = send(client, path.format(**keys), **{**fields, name: words})
    assert answer.status_code == 422
    assert everything(torino) == before, "nothing is half written"


def everything(db: Connection) -> list[Any]:
    """What there is that these fields could be written to."""
    sql = """SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM claims),
        (SELECT count(*) FROM places), (SELECT count(*) FROM api_tokens),
        (SELECT array_agg(name ORDER BY id) FROM people), (SELECT array_agg(alt) FROM place_photos)"""
    return list(db.execute(text(sql)).one())
