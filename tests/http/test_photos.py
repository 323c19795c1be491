"""Photos on the web: who may add one, what of it is given out, and to whom."""

import io
import re
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as Xml

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from app.photos.shelf import shelf_of
from tests.app.photos.pictures import HTML, MARK, SVG, talkative
from tests.app.photos.refusals import SENDING
from tests.http.conftest import add_person, add_place, csrf, sign_in, token_for

PAGE, DATA = {"Accept": "text/html"}, {"Accept": "application/json"}
PHOTO = talkative("JPEG", 6)


@pytest.fixture
def place(torino: Connection) -> str:
    return add_place(torino, title="Cascina")


@pytest.fixture
def ada(client: FlaskClient, torino: Connection) -> UUID:
    """A resident, signed in, with a public place: her contributions do not wait."""
    person = add_person(torino, name="Ada <b>Rossi</b>")
    add_place(torino, title="Orto di Ada", author=person)
    sign_in(client, torino, person)
    return person


def send(
    client: FlaskClient, place: str, data: bytes = PHOTO, name: str = "a.jpg", **said: Any
) -> TestResponse:
    form = {"csrf_token": csrf(client), "photo": (io.BytesIO(data), name), **said}
    headers = said.pop("headers", PAGE)
    form.pop("headers", None)
    return client.post(f"/torino/places/{place}/photos", data=form, headers=headers)


def moderator(client: FlaskClient, db: Connection) -> FlaskClient:
    other = client.application.test_client()
    sign_in(other, db, add_person(db, "mod@city.example", name="Mod", role="moderator"))
    return other


def pictures(client: FlaskClient, place: str) -> list[str]:
    """The addresses of the pictures on the page of a place."""
    page = client.get(f"/torino/places/{place}?part=1").get_data(as_text=True)
    return re.findall(r'(?:src|href)="(/torino/photos/[^"]+)"', page)


def test_a_photo_is_added_and_everybody_sees_it(client: FlaskClient, place: str, ada: UUID) -> None:
    answer = send(client, place, alt='Un cortile "con" <platani>')

    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/torino/places/{place}/photos?sent=published",
    )
    visitor = client.application.test_client()
    page = visitor.get(f"/torino/places/{place}", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert 'alt="Un cortile &#34;con&#34; &lt;platani&gt;"' in page
    assert "Photo: Ada &lt;b&gt;Rossi&lt;/b&gt;, CC-BY-4.0" in page
    assert 'width="200" height="400"' in page, "room is kept before it is there"
    large, medium = pictures(visitor, place)
    assert re.search(rf'<meta property="og:image" content="https://city.example{re.escape(large)}"', page)
    for address in (large, medium):
        picture = visitor.get(address)
        assert (picture.status_code, picture.mimetype) == (200, "image/webp")
        assert picture.headers["Cache-Control"] == "public, max-age=31536000, s-maxage=2, immutable"
        assert MARK.encode() not in picture.data


def test_the_position_in_a_photo_is_nowhere(
    client: FlaskClient, place: str, ada: UUID, tmp_path: Path
) -> None:
    send(client, place)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and "photos" in path.parts]
    assert len(kept) == 4
    assert not any(MARK.encode() in path.read_bytes() for path in kept)
    for address in (f"/torino/places/{place}", f"/torino/places/{place}/photos", "/torino/feed.atom"):
        assert MARK.encode() not in client.get(address).data


def test_an_address_without_the_version_is_not_kept_for_long(
    client: FlaskClient, place: str, ada: UUID
) -> None:
    send(client, place)
    visitor = client.application.test_client()
    address = pictures(visitor, place)[0]
    for query in ("", "?v=0", "?v=7"):
        answer = visitor.get(address.partition("?")[0] + query)
        assert answer.headers["Cache-Control"] == "public, max-age=2, stale-while-revalidate=2"
    tag = answer.headers["ETag"]
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_sent_twice_it_is_there_once(client: FlaskClient, place: str, ada: UUID) -> None:
    photo_id = str(compat.uuid7())
    first, again = (send(client, place, photo_id=photo_id) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert len(pictures(client, place)) == 2, "one photo: its picture and the link to the large one"


def test_a_token_adds_a_photo_and_is_told_where_it_is(
    client: FlaskClient, torino: Connection, place: str
) -> None:
    person = add_person(torino, role="operator")
    add_place(torino, author=person)
    headers = {**DATA, **token_for(torino, person)}
    form = {"photo": (io.BytesIO(PHOTO), "x"), "photo_id": str(compat.uuid7())}

    answer = client.post(f"/torino/places/{place}/photos", data=form, headers=headers)

    assert (answer.status_code, answer.json["state"]) == (201, "published")
    assert answer.headers["Location"] == answer.json["href"]
    assert client.get(answer.json["href"].removeprefix("https://city.example")).status_code == 200


def test_a_first_photo_waits_and_only_its_author_and_moderators_see_it(
    client: FlaskClient, torino: Connection, place: str
) -> None:
    sign_in(client, torino, add_person(torino, name="Neu"))
    photo_id = str(compat.uuid7())

    answer = send(client, place, photo_id=photo_id)

    assert answer.headers["Location"].endswith("sent=held")
    address = f"/torino/photos/{photo_id}/small.webp"
    stranger = client.application.test_client()
    sign_in(stranger, torino, add_person(torino, "other@city.example"))
    statuses = [
        who.get(address, headers=DATA).status_code
        for who in (client, moderator(client, torino), stranger, client.application.test_client())
    ]
    assert statuses == [200, 200, 404, 404]
    assert client.get(address).headers["Cache-Control"] == "private, no-store"
    assert "waits until" in client.get(f"/torino/places/{place}/photos?lang=en").get_data(as_text=True)
    assert photo_id not in stranger.get(f"/torino/places/{place}/photos").get_data(as_text=True)


def outputs(visitor: FlaskClient, place: str) -> list[bytes]:
    """Everything that tells of the photos of a place."""
    paths = (
        f"/torino/places/{place}",
        f"/torino/places/{place}?part=1",
        "/torino/feed.atom",
        f"/torino/places/{place}/photos.json",
    )
    return [visitor.get(path, headers=PAGE).data for path in paths]


@pytest.mark.parametrize("what", ["photo", "place"])
def test_what_is_hidden_is_in_no_output(
    client: FlaskClient, torino: Connection, place: str, ada: UUID, what: str
) -> None:
    photo_id = str(compat.uuid7())
    send(client, place, photo_id=photo_id, alt="Segretissimo")
    visitor = client.application.test_client()
    addresses = [f"/torino/photos/{photo_id}/{size}.webp?v=1" for size in ("small", "medium", "large")]
    assert all(photo_id.encode() in body for body in outputs(visitor, place))
    assert all(visitor.get(address).status_code == 200 for address in addresses)

    if what == "photo":
        torino.execute(text("UPDATE place_photos SET state = 'hidden' WHERE city_id = 1272"))
    else:
        torino.execute(text("UPDATE places SET moderation = 'hidden' WHERE id = :id"), {"id": place})

    for body in outputs(visitor, place):
        assert photo_id.encode() not in body
        assert b"Segretissimo" not in body
    assert all(visitor.get(address).status_code == 404 for address in addresses)
    assert not any(visitor.get(f"/milano{a.removeprefix('/torino')}").status_code == 200 for a in addresses)


def test_a_feature_and_the_feed_tell_of_the_photo(client: FlaskClient, place: str, ada: UUID) -> None:
    send(client, place, alt="Un cortile")
    visitor = client.application.test_client()
    path = pictures(visitor, place)[0]

    feature = visitor.get(f"/ogc/collections/places/items/{place}?city=torino").json
    (address,) = [link["href"] for link in feature["links"] if link["rel"] == "related"]
    (listed,) = visitor.get(address.removeprefix("https://city.example")).json["photos"]
    entries = Xml.fromstring(visitor.get("/torino/feed.atom").data).iter("{http://www.w3.org/2005/Atom}link")

    assert (listed["href"], listed["type"]) == (f"https://city.example{path}", "image/webp")
    assert (listed["alt"], listed["author"], listed["licence"]) == (
        "Un cortile",
        "Ada <b>Rossi</b>",
        "CC-BY-4.0",
    )
    assert (listed["width"], listed["height"]) == (200, 400)
    assert [link.get("href") for link in entries if link.get("rel") == "enclosure"] == [
        f"https://city.example{path}"
    ]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (HTML, "a.jpg", "is not a photo that can be read here"),
        (SVG, "a.jpg", "is not a photo that can be read here"),
        (PHOTO[:2000], "a.jpg", "is damaged"),
        (b"", "a.jpg", "is not a photo that can be read here"),
        (b"", "", "is missing: choose a photo."),
        (PHOTO.ljust(10_100_000, b"\0"), "a.jpg", "is larger than 10 MB"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_kept(
    client: FlaskClient, place: str, ada: UUID, tmp_path: Path, data: bytes, name: str, words: str
) -> None:
    answer = send(client, place, data, name, alt="Kept", headers={**PAGE, "Accept-Language": "en"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(rf'id="photo-wrong" role="alert">.*The photo {words}', page)
    assert ">Kept</textarea>" in page, "what was written is not lost"
    assert pictures(client, place) == []
    assert list(shelf_of(tmp_path).photos()) == []
    refused = send(client, place, data, name, headers=DATA)
    assert (refused.status_code, refused.json["parameter"]) == (400, "photo")


def test_a_body_that_is_far_too_large_is_refused_unread(client: FlaskClient, place: str, ada: UUID) -> None:
    answer = send(client, place, bytes(12_000_001), headers=DATA)
    assert (answer.status_code, answer.json["code"]) == (413, "request-entity-too-large")
    small = {"csrf_token": csrf(client), "alt": "x" * 2_000_001}
    answer = client.post(f"/torino/photos/{compat.uuid7()}/alt", data=small, headers=DATA)
    assert answer.status_code == 413


@pytest.mark.parametrize("alt", ["x" * 1001, "\u202ex", "\x07"])
def test_an_alternative_text_that_cannot_be_is_refused(
    client: FlaskClient, place: str, ada: UUID, alt: str
) -> None:
    answer = send(client, place, alt=alt)
    assert answer.status_code == 422
    assert 'id="alt-wrong"' in answer.get_data(as_text=True)


def test_a_place_that_nobody_sees_gets_no_photo(
    client: FlaskClient, torino: Connection, ada: UUID, tmp_path: Path
) -> None:
    for moderation in ("held", "hidden"):
        hidden = add_place(torino, moderation=moderation)
        assert send(client, hidden, headers=DATA).status_code == 404
        assert client.get(f"/torino/places/{hidden}/photos").status_code == 404
    assert list(shelf_of(tmp_path).photos()) == []


def test_who_has_no_account_is_sent_to_sign_in(client: FlaskClient, place: str) -> None:
    page = client.get(f"/torino/places/{place}/photos", headers=PAGE)
    assert page.headers["Location"].startswith("/login?next=")
    assert send(client, place, headers=DATA).status_code == 401


def test_a_form_of_another_site_adds_nothing(client: FlaskClient, place: str, ada: UUID) -> None:
    form = {"photo": (io.BytesIO(PHOTO), "a.jpg")}
    answer = client.post(f"/torino/places/{place}/photos", data=form, headers=DATA)
    assert (answer.status_code, answer.json["code"]) == (400, "form-expired")
    assert pictures(client, place) == []


def test_its_author_and_moderators_describe_a_photo_and_nobody_else(
    client: FlaskClient, torino: Connection, place: str, ada: UUID
) -> None:
    photo_id = str(compat.uuid7())
    send(client, place, photo_id=photo_id)

    def describe(who: FlaskClient, alt: str) -> int:
        form = {"csrf_token": csrf(who), "alt": alt}
        return who.post(f"/torino/photos/{photo_id}/alt", data=form, headers=PAGE).status_code

    stranger = client.application.test_client()
    sign_in(stranger, torino, add_person(torino, "other@city.example"))
    assert describe(stranger, "Spam") == 403
    assert describe(client, "Un platano") == 303
    assert describe(moderator(client, torino), "Due platani") == 303
    assert describe(client, "x" * 1001) == 422
    assert 'alt="Due platani"' in client.get(f"/torino/places/{place}?part=1").get_data(as_text=True)


def blur(
    who: FlaskClient, photo_id: str, *regions: tuple[str, ...], headers: dict[str, str] = PAGE
) -> TestResponse:
    form: dict[str, Any] = {"csrf_token": csrf(who)}
    for number, edge in enumerate(("left", "top", "width", "height")):
        form[edge] = [region[number] for region in regions]
    return who.post(f"/torino/photos/{photo_id}/blur", data=form, headers=headers)


def test_a_moderator_blurs_a_photo_and_takes_it_back(
    client: FlaskClient, torino: Connection, place: str, ada: UUID
) -> None:
    photo_id = str(compat.uuid7())
    send(client, place, photo_id=photo_id)
    visitor, mod = client.application.test_client(), moderator(client, torino)
    before = visitor.get(pictures(visitor, place)[0]).data

    assert blur(mod, photo_id, ("0", "0", "100", "60,5"), ("", "", "", "")).status_code == 303
    address = pictures(visitor, place)[0]
    assert address.endswith("?v=2")
    assert visitor.get(address).data != before
    old = visitor.get(address.replace("v=2", "v=1"))
    assert old.data != before, "what was blurred is gone from its old address, too"
    assert 'value="60.5"' in mod.get(f"/torino/photos/{photo_id}/blur").get_data(as_text=True)

    assert blur(mod, photo_id).status_code == 303
    assert visitor.get(pictures(visitor, place)[0]).data == before


@pytest.mark.parametrize("row", ["a b c d", "10 10  ", "0 0 101 5", "-1 0 5 5", "nan 0 5 5", "0 100 5 5"])
def test_regions_that_are_none_are_said_and_change_nothing(
    client: FlaskClient, torino: Connection, place: str, ada: UUID, row: str
) -> None:
    photo_id = str(compat.uuid7())
    send(client, place, photo_id=photo_id)

    answer = blur(moderator(client, torino), photo_id, tuple(row.split(" ")))

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="regions-wrong"' in page
    assert all(f'value="{cell}"' in page for cell in row.split(" "))
    assert torino.scalar(text("SELECT version FROM place_photos WHERE city_id = 1272")) == 1


def test_who_left_is_not_named(client: FlaskClient, torino: Connection, place: str, ada: UUID) -> None:
    send(client, place)
    visitor = client.application.test_client()

    def credit() -> str:
        page = visitor.get(f"/torino/places/{place}?part=1&lang=en").get_data(as_text=True)
        return re.findall(r"Photo: (.+?), CC", page)[0]

    torino.execute(text("UPDATE people SET name = NULL WHERE id = :id"), {"id": ada})
    assert credit() == "a resident"
    torino.execute(text("DELETE FROM sessions"))
    torino.execute(text("DELETE FROM people WHERE id = :id"), {"id": ada})
    assert credit() == "somebody who has left"


@pytest.mark.parametrize("language", ["en", "it"])
def test_refusals_are_told_in_the_readers_language(
    client: FlaskClient, torino: Connection, place: str, ada: UUID, language: str
) -> None:
    photo_id, headers = str(compat.uuid7()), {**DATA, "Accept-Language": language}
    send(client, place, photo_id=photo_id)
    answers = [
        send(client, place, b"", "", headers=headers),
        send(client, place, photo_id="mine", headers=headers),
        blur(moderator(client, torino), photo_id, ("a", "b", "c", "d"), headers=headers),
    ]
    assert [answer.json["detail"] for answer in answers] == [pair[language == "it"] for pair in SENDING]


def test_photos_are_few_for_each_person_and_hour(client: FlaskClient, place: str, ada: UUID) -> None:
    for _ in range(30):
        send(client, place, b"", "")
    answer = send(client, place, b"", "", headers=DATA)
    assert (answer.status_code, answer.json["code"]) == (429, "too-many")
    assert int(answer.headers["Retry-After"]) <= 601
