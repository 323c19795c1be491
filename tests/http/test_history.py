"""The history of a place: who changed what and when, as far as it was public; and bringing a version back."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.cities import all_cities
from app.db import Database
from app.places import service
from app.places.changes import Change
from app.places.content import Content
from app.places.rules import Author
from app.places.service import Hand
from tests.http.conftest import TORINO, add_person, add_place, csrf, sign_in

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Desk:
    """Writes versions as the services do; each a day after the one before, and trusted."""

    def __init__(self, app: Flask, db: Connection) -> None:
        database: Database = app.extensions["cortile"].database
        self.database, self.days = database, 0
        self.city = next(city for city in all_cities(db) if city.id == TORINO)

    def write(self, by: UUID | None, place: UUID | None = None, **said: Any) -> UUID:
        shape = said.pop("geometry", shapely.Point(said.pop("lon", 7.68), said.pop("lat", 45.07)))
        content = Content("project", "active", "it", shape, **{"title": "Orto", **said})
        self.days += 1
        hand = Hand(Author(by, trusted=True), AT + timedelta(days=self.days), Random(7).random)
        with self.database.transaction() as db:
            if place is None:
                place = compat.uuid7()
                service.pin_place(db, self.city, place, content, hand)
            else:
                seen = db.execute(
                    text("SELECT revision FROM places WHERE id = :id"), {"id": place}
                ).scalar_one()
                service.change_place(db, self.city, Change(compat.uuid7(), place, seen), content, hand)
        return place


@pytest.fixture
def desk(app: Flask, torino: Connection) -> Desk:
    return Desk(app, torino)


def read(client: FlaskClient, place: object, after: str = "", language: str = "en") -> str:
    answer = client.get(f"/torino/places/{place}/history{after}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def versions(client: FlaskClient, place: object, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/torino/places/{place}/history.json{query}")
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json["versions"]
    return found


def test_it_says_who_changed_what_and_when_and_why(
    client: FlaskClient, torino: Connection, desk: Desk
) -> None:
    ada = add_person(torino, name="Ada")
    bruno = add_person(torino, "bruno@city.example", name=None)
    place = desk.write(ada)
    desk.write(bruno, place, title="Orto grande", summary="Due righe.", note="Lo so di persona")

    page = read(client, place)
    assert "Revision 2 a resident · May 3, 2026 “Lo so di persona”" in page
    assert "Title before: Orto after: Orto grande" in page
    assert "Summary before: nothing after: Due righe." in page
    assert "Revision 1 Ada · May 2, 2026" in page
    assert "The first version that was public." in page
    assert "city.example" not in page.replace("https://city.example", "")
    assert "Titolo prima: Orto dopo: Orto grande" in read(client, place, language="it")

    torino.execute(text("DELETE FROM people"))
    assert "Revision 1 somebody who has left ·" in read(client, place)
    newest, first = versions(client, place)
    assert (newest["by"], newest["changed"], newest["note"]) == (
        "qualcuno che se n’è andato", ["title", "summary"], "Lo so di persona",
    )  # fmt: skip
    assert (first["revision"], first["changed"]) == (1, [])


def test_what_a_file_brought_says_its_source(client: FlaskClient, torino: Connection, desk: Desk) -> None:
    place = UUID(add_place(torino, source="OpenStreetMap"))
    desk.write(None, place, title="Altro")
    assert "Revision 1 from OpenStreetMap ·" in read(client, place)
    pinned = desk.write(None)
    assert "Revision 1 somebody without an account ·" in read(client, pinned)


def test_a_move_is_told_in_metres_and_drawn(client: FlaskClient, torino: Connection, desk: Desk) -> None:
    """One thousandth of a degree of latitude at 45.07 N is 111.1 m (111,132.95 m - 559.85 m cos 2 lat, by the
    series of the meridian's arc)."""
    place = desk.write(None, lat=45.07)
    desk.write(None, place, lat=45.071)

    words = "Moved by 111 m: from 45.07000, 7.68000 to 45.07100, 7.68000."
    assert words in read(client, place)
    assert words in read(client, place, "/2")
    page = client.get(f"/torino/places/{place}/history/2").text
    (shapes,) = re.findall(r'data-shapes="([^"]+)"', page)
    assert [each["role"] for each in json.loads(html.unescape(shapes))] == ["before", "after"]

    area = shapely.box(7.67, 45.06, 7.69, 45.08)
    desk.write(None, place, geometry=area)
    bent = shapely.box(7.66, 45.06, 7.70, 45.08)
    desk.write(None, place, geometry=bent)
    assert "Its shape was drawn anew." in read(client, place, "/4")


def test_each_revision_that_was_public_has_an_address(
    client: FlaskClient, torino: Connection, desk: Desk
) -> None:
    place = desk.write(None, summary="Prima")
    desk.write(None, place, summary="Poi")
    assert "Prima" in read(client, place, "/1")
    for revision in (0, 3, 2**40):
        assert client.get(f"/torino/places/{place}/history/{revision}").status_code == 404
    assert client.get(f"/milano/places/{place}/history").status_code == 404


def test_what_was_not_public_is_in_no_history(client: FlaskClient, torino: Connection, desk: Desk) -> None:
    place = desk.write(None, title="Uno")
    torino.execute(text("UPDATE places SET moderation = 'held' WHERE id = :id"), {"id": place})
    desk.write(None, place, title="Segretissimo", note="Segretissimo")
    for path in ("", "/1", "/2", ".json"):
        assert client.get(f"/torino/places/{place}/history{path}").status_code == 404
    desk.write(None, place, title="Tre")
    torino.execute(text("UPDATE places SET moderation = 'published' WHERE id = :id"), {"id": place})

    assert [each["revision"] for each in versions(client, place)] == [3]
    for path in ("", "/3", ".json"):
        assert "Segretissimo" not in client.get(f"/torino/places/{place}/history{path}").text
    for revision in (1, 2):
        assert client.get(f"/torino/places/{place}/history/{revision}").status_code == 404


def test_an_exact_position_from_before_a_blur_is_for_those_who_may(
    client: FlaskClient, torino: Connection, desk: Desk
) -> None:
    place = desk.write(None, lon=7.681234, lat=45.074321, address="Via Esatta 7", accuracy_m=3.0)
    desk.write(None, place, lon=7.681234, lat=45.074321, blur_m=500.0)
    desk.write(None, place, lon=7.681234, lat=45.074321, blur_m=500.0, title="Altro")

    for path in ("", "/1", "/2", "/3", ".json"):
        said = client.get(f"/torino/places/{place}/history{path}").text
        assert "681234" not in said
        assert "074321" not in said
        assert "Esatta" not in said
    assert "Where it was then is not told" in read(client, place, "/1")
    assert [each["changed"] for each in versions(client, place)] == [["title"], [], []]

    sign_in(client, torino, add_person(torino, role="moderator"))
    assert versions(client, place)[0]["geometry"]["coordinates"] == [7.681234, 45.074321]
    assert "Esatta" in read(client, place, "/1")


def test_long_histories_come_in_pages(client: FlaskClient, torino: Connection, desk: Desk) -> None:
    place = desk.write(None, title="1")
    for number in range(2, 54):
        desk.write(None, place, title=str(number))
    first = client.get(f"/torino/places/{place}/history.json").json
    assert [each["revision"] for each in first["versions"]] == list(range(53, 3, -1))
    assert first["versions"][-1]["changed"] == ["title"], "compared with the first of the next page"
    following = first["links"][1]["href"].removeprefix("https://city.example")
    assert [each["revision"] for each in client.get(following).json["versions"]] == [3, 2, 1]
    assert f"/torino/places/{place}/history" in following
    assert "Earlier versions" in read(client, place)
    assert "Revision 3 " in read(client, place, "?before=4")
    assert client.get(f"/torino/places/{place}/history?before=x").status_code == 400


def test_a_moderator_brings_a_version_back_and_nobody_else(
    client: FlaskClient, torino: Connection, desk: Desk
) -> None:
    place = desk.write(None, title="Buono")
    desk.write(None, place, title="Vandalo")
    restore = f"/torino/places/{place}/history/1/restore"
    assert "Bring this version back" not in read(client, place, "/1")
    assert client.post(restore, headers={"Accept": "application/json"}).status_code in (400, 401)

    sign_in(client, torino, add_person(torino, "r@city.example"))
    assert client.post(restore, data={"csrf_token": csrf(client)}).status_code == 403

    sign_in(client, torino, add_person(torino, "m@city.example", role="moderator"))
    assert "Bring this version back" in read(client, place, "/1")
    assert "Bring this version back" not in read(client, place, "/2"), "it is the newest"
    assert client.post(restore).status_code == 400, "not from a page of ours"
    answer = client.post(restore, data={"csrf_token": csrf(client)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/torino/places/{place}/history")
    assert [(each["revision"], each["properties"]["title"]) for each in versions(client, place)] == [
        (3, "Buono"), (2, "Vandalo"), (1, "Buono"),
    ]  # fmt: skip


def test_the_public_log_tells_of_a_restore_without_a_name(
    client: FlaskClient, torino: Connection, desk: Desk
) -> None:
    place = desk.write(None, title="Buono")
    desk.write(None, place, title="Vandalo")
    moderator = add_person(torino, "m@city.example", name="Mara", role="moderator")
    sign_in(client, torino, moderator)
    token = {"csrf_token": csrf(client)}
    for revision in (1, 3):  # the second brings back what is there: nothing was decided
        path = f"/torino/places/{place}/history/{revision}/restore"
        assert client.post(path, data=token).status_code == 303

    visitor = client.application.test_client()
    page = visitor.get("/torino/moderation/log?lang=en", headers={"Accept": "text/html"}).text
    assert "Earlier version brought back" in page
    assert f"/torino/places/{place}" in page
    (told,) = visitor.get("/torino/moderation/log?f=json").json["decisions"]
    assert (told["about"], told["action"], told["undone"]) == ("place", "restore", False)
    assert not any(word in f"{page}{told}" for word in ("Mara", "m@city", str(moderator)))
    torino.execute(text("UPDATE places SET moderation = 'hidden' WHERE id = :id"), {"id": place})
    assert str(place) not in visitor.get("/torino/moderation/log?f=json").text
    (batch,) = torino.execute(text("SELECT batch_id FROM decisions")).scalars()
    undone = client.post("/torino/moderation/undo", data=token | {"batch": str(batch)})
    assert undone.status_code == 409, "it is restored anew instead"


def test_the_history_of_a_merged_place_leads_to_the_one_that_stays(
    client: FlaskClient, torino: Connection, desk: Desk
) -> None:
    goes, stays = desk.write(None, title="Doppio"), desk.write(None, title="Uno")
    torino.execute(
        text("UPDATE places SET moderation = 'hidden', merged_into = :stays WHERE id = :goes"),
        {"goes": goes, "stays": stays},
    )
    for ending in ("", ".json"):
        answer = client.get(f"/torino/places/{goes}/history{ending}")
        assert (answer.status_code, answer.headers["Location"]) == (
            301,
            f"/torino/places/{stays}/history{ending}",
        )


def test_texts_of_people_are_texts(client: FlaskClient, torino: Connection, desk: Desk) -> None:
    script = "<script>alert(1)</script>"
    place = desk.write(None)
    desk.write(None, place, title=script, summary=script, address=script, note=script)
    for path in ("", "/2"):
        page = client.get(f"/torino/places/{place}/history{path}").text
        assert script not in page
        assert html.escape(script) in page


def test_the_page_of_the_place_leads_to_its_history(client: FlaskClient, torino: Connection) -> None:
    place = add_place(torino)
    assert f'href="/torino/places/{place}/history"' in client.get(f"/torino/places/{place}").text
