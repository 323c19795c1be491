"""Photos that are removed for good, by a moderator, by the command line or by who sent them."""

import io
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from app.photos.shelf import shelf_of
from tests.app.people.test_cli import typed
from tests.app.photos.pictures import talkative
from tests.http.conftest import add_person, add_place, csrf, sign_in

__all__ = ["typed"]
PAGE, DATA = {"Accept": "text/html", "Accept-Language": "en"}, {"Accept": "application/json"}
PHOTO = talkative("JPEG", 6)
SIZES = ("small", "medium", "large")


@pytest.fixture
def place(torino: Connection) -> str:
    return add_place(torino, title="Cascina")


@pytest.fixture
def ada(client: FlaskClient, torino: Connection) -> UUID:
    """A resident, signed in, whose contributions do not wait."""
    person = add_person(torino)
    add_place(torino, title="Orto di Ada", author=person)
    sign_in(client, torino, person)
    return person


@pytest.fixture
def moderator(client: FlaskClient, torino: Connection) -> FlaskClient:
    other = client.application.test_client()
    sign_in(other, torino, add_person(torino, "mod@city.example", name="Mod", role="moderator"))
    return other


@pytest.fixture
def photo(client: FlaskClient, place: str, ada: UUID) -> str:
    """A public photo that Ada sent."""
    return add(client, place)


def add(client: FlaskClient, place: str) -> str:
    photo_id = str(compat.uuid7())
    form = {"csrf_token": csrf(client), "photo": (io.BytesIO(PHOTO), "a.jpg"), "photo_id": photo_id}
    answer = client.post(f"/torino/places/{place}/photos", data=form | {"alt": "Segretissimo"}, headers=PAGE)
    assert answer.status_code == 303, answer.text
    return photo_id


def send(client: FlaskClient, path: str, headers: dict[str, str] = PAGE, **fields: Any) -> TestResponse:
    path = f"/torino/{path}".replace("/torino/../", "/")
    return client.post(path, data={"csrf_token": csrf(client), **fields}, headers=headers)


def remove(client: FlaskClient, photo: str, **fields: Any) -> TestResponse:
    told = {"action": "remove", "reason": "private", "sure": "1", **fields}
    return send(client, f"moderation/photo/{photo}", **told)


def files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file() and "photos" in path.parts]


def gone_for(who: FlaskClient, place: str, photo: str) -> bool:
    """Whether somebody is told of the photo nowhere, under none of its addresses."""
    addresses = [f"/torino/photos/{photo}/{size}.webp?v=1" for size in SIZES]
    for path in (f"places/{place}", f"places/{place}/photos.json", "feed.atom", f"places/{place}/history"):
        body = who.get(f"/torino/{path}", headers=PAGE).data
        if photo.encode() in body or b"Segretissimo" in body:
            return False
    return all(who.get(address).status_code == 404 for address in addresses)


def test_a_moderator_removes_a_photo_for_good(
    client: FlaskClient, moderator: FlaskClient, torino: Connection, place: str, photo: str, tmp_path: Path
) -> None:
    visitor = client.application.test_client()
    assert len(list(shelf_of(tmp_path).photos())) == 1
    assert not gone_for(visitor, place, photo)

    assert remove(moderator, photo, words="It shows a child.").status_code == 303

    assert list(shelf_of(tmp_path).photos()) == []
    assert files(tmp_path) == []
    for who in (visitor, client, moderator):
        assert gone_for(who, place, photo)
    page = moderator.get(f"/torino/moderation/photo/{photo}", headers=PAGE).text
    assert "nothing of it is kept" in page
    assert "webp" not in page
    assert 'name="action"' not in page, "there is nothing to decide any more"
    assert moderator.get(f"/torino/photos/{photo}/blur").status_code == 404
    log = visitor.get("/torino/moderation/log?f=json").json["decisions"][0]
    assert (log["about"], log["action"], log["reason"]) == ("photo", "remove", "private")
    assert "Photo removed for good" in visitor.get("/torino/moderation/log?lang=en", headers=PAGE).text
    history = visitor.get(f"/torino/places/{place}/history?lang=en", headers=PAGE).text
    assert "a moderator removed a photo for good." in history
    told = visitor.get(f"/torino/places/{place}/history.json").json["photos_gone"]
    assert [each["by"] for each in told] == ["moderator"]


def test_removing_needs_a_reason_and_to_be_sure(
    moderator: FlaskClient, photo: str, torino: Connection, tmp_path: Path
) -> None:
    for fields, words in (({"reason": ""}, "is needed: whoever wrote"), ({"sure": ""}, "cannot be brought")):
        answer = remove(moderator, photo, words="Kept", **fields)
        assert answer.status_code == 422
        assert words in answer.text
        assert '<details class="decide for-good" open>' in answer.text
        assert ">Kept</textarea>" in answer.text
    assert len(files(tmp_path)) == 4
    assert torino.scalar(text("SELECT count(*) FROM decisions")) == 0


def test_it_is_done_once_and_not_undone(moderator: FlaskClient, photo: str, torino: Connection) -> None:
    send(moderator, f"moderation/photo/{photo}", action="hide", reason="private")
    hidden = torino.scalar(text("SELECT batch_id FROM decisions"))
    assert remove(moderator, photo).status_code == 303
    assert remove(moderator, photo).status_code == 409
    removed = torino.scalar(text("SELECT batch_id FROM decisions WHERE action = 'remove'"))
    assert "Your last decision" not in moderator.get("/torino/moderation?lang=en").text
    for batch in (removed, hidden):
        assert send(moderator, "moderation/undo", batch=str(batch)).status_code == 409
    assert torino.scalar(text("SELECT state FROM place_photos")) == "removed"


def test_only_photos_are_removed_for_good(moderator: FlaskClient, place: str, torino: Connection) -> None:
    told = {"action": "remove", "reason": "private", "sure": "1"}
    assert send(moderator, f"moderation/place/{place}", **told).status_code == 409
    assert torino.scalar(text("SELECT moderation FROM places WHERE id = :id"), {"id": place}) == "published"


def test_the_queue_and_the_page_of_a_photo_show_it(
    client: FlaskClient, moderator: FlaskClient, torino: Connection, place: str
) -> None:
    newcomer = client.application.test_client()
    sign_in(newcomer, torino, add_person(torino, "neu@city.example"))
    photo = add(newcomer, place)

    queue = moderator.get("/torino/moderation?lang=en", headers=PAGE).text
    page = moderator.get(f"/torino/moderation/photo/{photo}", headers=PAGE).text

    assert f'src="/torino/photos/{photo}/small.webp?v=1"' in queue
    assert f'src="/torino/photos/{photo}/medium.webp?v=1"' in page
    assert 'alt="Segretissimo"' in page
    assert "original.jpg" not in page
    assert f"/torino/photos/{photo}/blur?back=moderation" in page
    assert page.index("medium.webp") < page.index('value="approve"') < page.index("data-small-map")
    described = send(moderator, f"photos/{photo}/alt", alt="Due platani", back="moderation")
    assert described.headers["Location"] == f"/torino/moderation/photo/{photo}"
    region = dict.fromkeys(("left", "top", "width", "height"), "10")
    blurred = send(moderator, f"photos/{photo}/blur", back="moderation", **region)
    assert blurred.headers["Location"] == f"/torino/moderation/photo/{photo}"
    page = moderator.get(f"/torino/moderation/photo/{photo}", headers=PAGE).text
    assert f'src="/torino/photos/{photo}/medium.webp?v=2"' in page
    assert "1 part is blurred" in page
    assert send(moderator, f"moderation/photo/{photo}", action="approve").status_code == 303
    assert client.application.test_client().get(f"/torino/photos/{photo}/small.webp").status_code == 200
    page = moderator.get(f"/torino/moderation/photo/{photo}", headers=PAGE).text
    assert "Hide the photo" in page
    assert "Hide the place" not in page


@pytest.mark.parametrize("state", ["published", "held", "hidden"])
def test_who_sent_a_photo_withdraws_it(
    client: FlaskClient, torino: Connection, place: str, photo: str, tmp_path: Path, state: str
) -> None:
    torino.execute(text("UPDATE place_photos SET state = :state"), {"state": state})
    page = client.get(f"/torino/places/{place}/photos", headers=PAGE).text
    assert f"/torino/photos/{photo}/withdraw" in page
    assert f"/torino/photos/{photo}/withdraw?back=mine" in client.get("/torino/mine", headers=PAGE).text
    asked = client.get(f"/torino/photos/{photo}/withdraw", headers=PAGE).text
    assert "Withdraw this photo?" in asked
    assert ("may go on using it" in asked) is (state == "published")
    assert len(files(tmp_path)) == 4, "asking removes nothing"

    answer = send(client, f"photos/{photo}/withdraw")

    assert answer.headers["Location"] == f"/torino/places/{place}/photos?sent=withdrawn"
    assert "The photo is withdrawn" in client.get(answer.headers["Location"], headers=PAGE).text
    assert files(tmp_path) == []
    visitor = client.application.test_client()
    assert gone_for(visitor, place, photo)
    assert gone_for(client, place, photo)
    assert photo not in client.get("/torino/mine", headers=PAGE).text
    history = visitor.get(f"/torino/places/{place}/history?lang=en", headers=PAGE).text
    assert "who had sent it withdrew a photo." in history
    again = send(client, f"photos/{photo}/withdraw", back="mine")
    assert again.headers["Location"] == "/torino/mine?withdrawn=1"
    form = {"csrf_token": csrf(client), "photo": (io.BytesIO(PHOTO), "a.jpg"), "photo_id": photo}
    assert client.post(f"/torino/places/{place}/photos", data=form, headers=DATA).json["state"] == "withdrawn"
    assert gone_for(visitor, place, photo), "what is sent again stays withdrawn"
    assert files(tmp_path) == []


def test_nobody_withdraws_the_photo_of_somebody_else(
    client: FlaskClient, moderator: FlaskClient, torino: Connection, photo: str, tmp_path: Path
) -> None:
    stranger = client.application.test_client()
    sign_in(stranger, torino, add_person(torino, "other@city.example"))
    for who in (stranger, moderator):
        assert who.get(f"/torino/photos/{photo}/withdraw", headers=DATA).status_code == 404
        assert send(who, f"photos/{photo}/withdraw", DATA).status_code == 404
    assert send(client, f"../milano/photos/{photo}/withdraw", DATA).status_code == 404
    visitor = client.application.test_client()
    assert send(visitor, f"photos/{photo}/withdraw", DATA).status_code == 401
    assert len(files(tmp_path)) == 4


def test_another_site_withdraws_and_removes_nothing(
    client: FlaskClient, moderator: FlaskClient, photo: str, tmp_path: Path
) -> None:
    told = {"action": "remove", "reason": "private", "sure": "1"}
    for who, path in ((client, f"photos/{photo}/withdraw"), (moderator, f"moderation/photo/{photo}")):
        answer = who.post(f"/torino/{path}", data=told, headers=DATA)
        assert (answer.status_code, answer.json["code"]) == (400, "form-expired")
    assert len(files(tmp_path)) == 4


def test_the_command_line_removes_a_photo_and_finishes_what_was_broken_off(
    typed: Any, torino: Connection, place: str
) -> None:
    key = {"id": str(compat.uuid7()), "place": place}
    torino.execute(
        text("""INSERT INTO place_photos (city_id, id, place_id, state, licence, added_at, width, height)
            VALUES (1272, :id, :place, 'published', 'CC0-1.0', '2026-01-02', 9, 9)"""),
        key,
    )
    told = typed("photos", "remove", "torino", key["id"])
    assert told.exit_code == 1, "it asks, and nobody answers"
    assert torino.scalar(text("SELECT state FROM place_photos")) == "published"
    assert typed("photos", "remove", "torino", key["id"], "--yes").output.startswith("It is removed")
    assert typed("photos", "remove", "torino", key["id"], "--yes").output.startswith("It was removed before")
    assert torino.execute(text("SELECT state, removed_at IS NULL FROM place_photos")).all() == [
        ("removed", False)
    ]
    assert torino.scalar(text("SELECT count(*) FROM decisions WHERE action = 'remove'")) == 1
    assert typed("photos", "remove", "torino", str(compat.uuid7()), "--yes").exit_code == 1
    assert typed("photos", "remove", "roma", key["id"], "--yes").exit_code == 1
