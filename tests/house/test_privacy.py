"""What must not be found: exact positions, and words that are not public, in any output for anybody else.

An output is searched as it is sent, unpacked, and as text; a position is searched in every notation that an
output of ours could have. That those who may see it find it shows that the search works.
"""

import io
import math
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

import mapbox_vector_tile
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from pyarrow import parquet
from pyproj import Geod, Transformer
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from app.cities import all_cities
from app.db import Database
from app.digests.letters import send as send_digests
from app.photos.imaging import taken
from app.photos.shelf import Shelf, shelf_of
from app.places import service
from app.places.changes import Change
from app.places.content import Content
from app.places.rules import Author
from app.places.service import Hand
from app.reminders.letters import remind
from app.tables.moderation import SORTS
from app.visitors import service as visitors
from app.visitors.queries import NewPin
from geo import curve
from tests.app.photos.pictures import quarters
from tests.app.photos.pictures import written as picture
from tests.house.test_routes import addresses, furnished
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import TORINO, add_person, sign_in, token_for

__all__ = ["furnished"]

LON, LAT = 7.6812345, 45.0743219
"""Where the place truly is."""
EARTH = Geod(ellps="WGS84")
WORDS = {"Segretissimo", "Nonna Pina", "vicino@casa.example"}
HELD, EMAIL = "Pergola nascosta", "vera@casa.example"
"""What visitors sent that is not public, and where they are written to."""
ITEMS = "/torino/ogc/collections/places/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def numbers() -> set[str]:
    """The position in digits: degrees rounded and cut off, metres of two systems, its Morton code."""
    found = set()
    for value in (LON, LAT):
        for decimals in (4, 5, 6, 7):
            found |= {f"{value:.{decimals}f}", str(math.floor(value * 10**decimals) / 10**decimals)}
    for srid in (3857, 32632):
        for value in Transformer.from_crs(4326, srid, always_xy=True).transform(LON, LAT):
            found |= {f"{value:.0f}", str(math.floor(value))}
    code = int(curve.encode([LON], [LAT])[0])
    return found | {str(code), f"{code:x}"}


def codes() -> set[bytes]:
    """The position in bytes: its coordinates as doubles and single numbers, both ways round, raw, in hex."""
    raw = {struct.pack(order + kind, value) for value in (LON, LAT) for order in "<>" for kind in "df"}
    hexed = {each.hex() for each in raw if len(each) == 8}
    return raw | {each.encode() for word in hexed for each in (word, word.upper())}


NUMBERS = re.compile(rf"(?<![\d.])(?:{'|'.join(map(re.escape, sorted(numbers())))})", re.IGNORECASE)
"""Where it begins: what follows may be more digits of a longer notation."""
BYTES = codes()


def unpacked(answer: TestResponse) -> bytes:
    """What an answer says, out of its wrapping."""
    if answer.mimetype == "application/vnd.apache.parquet":
        rows = parquet.read_table(io.BytesIO(answer.data)).to_pylist()
        return b"\n".join(
            v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row.values()
        )
    if answer.mimetype == "application/vnd.mapbox-vector-tile" and answer.data:
        return str(mapbox_vector_tile.decode(answer.data)).encode()
    return zlib.decompress(answer.data, 31) if answer.data[:2] == b"\x1f\x8b" else answer.data


def exact_in(body: bytes) -> str | None:
    """What tells the exact position in an output; None where nothing does."""
    for code in BYTES:
        if code in body:
            return code.hex()
    found = NUMBERS.search(body.decode("utf-8", "replace"))
    return found[0] if found else None


class Desk:
    """Writes versions of places as the services do, a day apart."""

    def __init__(self, app: Flask, db: Connection) -> None:
        database: Database = app.extensions["cortile"].database
        self.database, self.days, self.random = database, 0, Random(11)
        self.city = next(city for city in all_cities(db) if city.id == TORINO)

    def hand(self, by: UUID, trusted: bool = True) -> Hand:
        self.days += 1
        at = datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(days=self.days)
        return Hand(Author(by, trusted), at, self.random.random)

    def content(self, **said: Any) -> Content:
        return Content(
            "project",
            "active",
            "it",
            said.pop("geometry", shapely.Point(LON, LAT)),
            **{"title": "Riparo", **said},
        )

    def pin(self, by: UUID, **said: Any) -> UUID:
        key: UUID = compat.uuid7()
        with self.database.transaction() as db:
            service.pin_place(db, self.city, key, self.content(**said), self.hand(by))
        return key

    def visited(self, confirmed: bool, shelf: Shelf) -> UUID:
        """What a visitor sent, at the very same spot, with a photo; confirmed, or not yet."""
        key: UUID = compat.uuid7()
        pictures = taken(picture(quarters()))
        pin = NewPin(self.content(title=HELD, summary=HELD), EMAIL, "it", compat.uuid7(), HELD)
        at = datetime.now(UTC)
        with self.database.transaction() as db:
            desk = visitors.Desk(self.city, shelf, at)
            assert visitors.send(db, desk, key, pin, pictures)
            if confirmed:
                visitors.confirm(db, desk, visitors.token_for("x", (TORINO, key), at), "x")
        return key

    def change(self, place: UUID, by: UUID, trusted: bool = True, **said: Any) -> None:
        with self.database.transaction() as db:
            seen = db.execute(text("SELECT revision FROM places WHERE id = :id"), {"id": place}).scalar_one()
            change = Change(compat.uuid7(), place, seen)
            service.change_place(db, self.city, change, self.content(**said), self.hand(by, trusted))


class People:
    """Who is there: `ada` pinned the place, `bruno` proposed a change, `carla` pinned another place."""

    def __init__(self, db: Connection) -> None:
        self.ada = add_person(db)
        self.bruno = add_person(db, "bruno@city.example", name="Bruno")
        self.carla = add_person(db, "carla@city.example", name="Carla")
        self.moderator = add_person(db, "mo@city.example", name="Mo", role="moderator")


@pytest.fixture
def people(furnished: Connection) -> People:
    return People(furnished)


@pytest.fixture
def desk(app: Flask, furnished: Connection) -> Desk:
    return Desk(app, furnished)


@pytest.fixture
def shelter(desk: Desk, people: People, furnished: Connection) -> UUID:
    """A place whose position is blurred, with a history, a change that waits, a report, and secrets."""
    place = desk.pin(people.ada, blur_m=500.0, on_behalf_of="Nonna Pina", accuracy_m=4.0)
    desk.change(place, people.ada, blur_m=500.0, on_behalf_of="Nonna Pina", summary="Righe", accuracy_m=4.0)
    desk.city = replace(desk.city, review="all")
    desk.change(place, people.bruno, trusted=False, blur_m=500.0, title="Segretissimo", note="Segretissimo")
    desk.pin(people.carla, geometry=shapely.Point(7.66, 45.05), title="Altro")
    furnished.execute(
        text("""INSERT INTO reports (city_id, id, place_id, reason, words, email, language, made_at)
            VALUES (1272, :id, :place, 'other', 'Segretissimo', 'vicino@casa.example', 'it', now())"""),
        {"id": compat.uuid7(), "place": place},
    )
    return place


@pytest.fixture
def visited(app: Flask, desk: Desk, shelter: UUID, tmp_path: Path) -> list[UUID]:
    """What two visitors sent: one has confirmed it, so that it waits for a moderator."""
    return [desk.visited(confirmed, shelf_of(tmp_path)) for confirmed in (False, True)]


def public_position(client: FlaskClient, place: UUID) -> tuple[float, float]:
    lon, lat = client.get(f"{ITEMS}/{place}").json["geometry"]["coordinates"]
    return lon, lat


def metres(first: tuple[float, float], second: tuple[float, float]) -> float:
    return float(EARTH.inv(*first, *second)[2])


def outputs(app: Flask, place: UUID) -> Iterator[str]:
    """Every address, for the place and around it, in every form, system and order."""
    near = f"{LON - 0.02},{LAT - 0.02},{LON + 0.02},{LAT + 0.02}"
    yield from dict.fromkeys([*addresses(app, str(place)), *addresses(app, str(place), downloads=True)])
    for path in (ITEMS, f"{ITEMS}/{place}"):
        for crs in (f"{EPSG}4326", f"{EPSG}3857", f"{EPSG}32632"):
            yield f"{path}?crs={quote(crs)}"
    for query in (
        f"bbox={near}",
        "sortby=-recorded_at",
        "filter=true",
        "f=html",
        "q=riparo",
        "datetime=2026-06-01",
    ):
        yield f"{ITEMS}?{query}"
    for path in ("/torino/pins", "/torino/list", "/torino/map.html"):
        yield f"{path}?bbox={near}" + ("&zoom=19" if path.endswith("pins") else "")
    yield from (f"/torino/places/{place}/history/{revision}" for revision in (1, 2, 3))
    for zoom in range(10, 23):
        for lon, lat in ((LON, LAT), (LON + 0.003, LAT)):
            column, row = tile_of(lon, lat, zoom)
            yield f"/torino/tiles/places/{zoom}/{row}/{column}"
    words = f"kind=project&title=Riparo&lat={LAT + 0.001:.3f}&lon={LON + 0.001:.3f}"
    yield f"/torino/pin?{words}"


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile of a position (OGC 17-083r4, annex D: WebMercatorQuad)."""
    x = (lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int(x * 2**zoom), int(y * 2**zoom)


def test_the_search_knows_the_position_in_every_notation() -> None:
    x, y = Transformer.from_crs(4326, 32632, always_xy=True).transform(LON, LAT)
    for said in (
        f"[{LON},{LAT}]", f"{LAT:.5f} {LON:.5f}", f"POINT ({x:.3f} {y:.3f})", f"{LON:.4f}",
        shapely.Point(LON, LAT).wkb_hex, shapely.Point(LON, LAT).wkb_hex.lower(),
    ):  # fmt: skip
        assert exact_in(said.encode()), said
    assert exact_in(shapely.to_wkb(shapely.Point(LON, LAT)))
    assert exact_in(b"[7.6899,45.0799]") is None


@pytest.mark.parametrize("who", [None, "bruno", "carla"])
@pytest.mark.usefixtures("visited")
def test_no_output_tells_where_a_blurred_place_is_nor_what_is_not_public(
    app: Flask, client: FlaskClient, furnished: Connection, people: People, shelter: UUID, who: str | None
) -> None:
    public = public_position(client, shelter)
    assert 100 <= metres(public, (LON, LAT)) <= 500
    if who:
        sign_in(client, furnished, getattr(people, who))
    hidden = (WORDS | {HELD, EMAIL}) - (
        {"Segretissimo"} if who == "bruno" else set()
    )  # his own words, which he finds again
    asked = found = 0

    for url in outputs(app, shelter):
        answer = client.get(url, headers={"Accept": "text/html, application/json"})
        body = unpacked(answer)
        asked, found = asked + 1, found + (b"Riparo" in body)
        assert exact_in(body.replace(url.encode(), b"")) is None, (url, exact_in(body))
        assert not [word for word in hidden if word.encode() in body], url
    assert asked > 120
    assert found > 25, "the place itself is told"


def test_no_mail_to_followers_or_owners_tells_it(
    app: Flask, furnished: Connection, desk: Desk, people: People, shelter: UUID, tmp_path: Path
) -> None:
    """Digests of everything that happened, and a reminder, to who may not see where it is."""
    secret = desk.pin(
        people.ada, title="Segretissimo", summary="Segretissimo", geometry=shapely.Point(7.66, 45.06)
    )
    for place in (shelter, secret):
        furnished.execute(
            text("""INSERT INTO place_followers (city_id, place_id, person_id, since)
                SELECT 1272, :place, person, '2026-01-01' FROM unnest(cast(:people AS uuid[])) AS person"""),
            {"place": place, "people": [people.carla, people.moderator]},
        )
    furnished.execute(
        text("INSERT INTO place_owners (city_id, place_id, person_id, since) VALUES (1272, :p, :who, now())"),
        {"p": shelter, "who": people.carla},
    )
    hidden = "UPDATE places SET moderation = 'hidden' WHERE id = :id"
    furnished.execute(text(hidden), {"id": secret})
    furnished.execute(text("UPDATE places SET confirmed_at = '2020-01-01' WHERE id = :id"), {"id": shelter})
    with app.app_context():
        assert send_digests(datetime.now(UTC)).mails == 2
        assert remind(datetime.now(UTC), timedelta(days=365)).mails == 1

    sent = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in tmp_path.glob("mail/*.eml")
    ]
    assert len(sent) == 3
    for mail in sent:
        said = f"{mail.items()} {mail.get_content()}"
        assert "Riparo" in said, "the place itself is told"
        assert exact_in(said.encode()) is None
        assert exact_in(mail.as_bytes()) is None
        assert not [word for word in (*WORDS, str(secret)) if word in said]


@pytest.mark.parametrize("who", [None, "bruno", "moderator"])
def test_no_output_tells_what_visitors_sent_nor_anybody_their_address(
    app: Flask,
    client: FlaskClient,
    furnished: Connection,
    people: People,
    visited: list[UUID],
    who: str | None,
) -> None:
    if who:
        sign_in(client, furnished, getattr(people, who))
    photos = furnished.scalars(text("SELECT photo_id FROM visitor_pins")).all()
    asked = dict.fromkeys(url for key in (*visited, *photos) for url in addresses(app, str(key)))
    decided = [f"/torino/moderation/{sort}/{key}" for sort in SORTS for key in (*visited, *photos)]
    alike = f"/torino/pin/alike?lat={LAT:.3f}&lon={LON:.3f}"
    asked |= dict.fromkeys([*decided, f"/torino/search?q={quote(HELD)}", alike])
    told = 0

    for url in asked:
        body = unpacked(client.get(url, headers={"Accept": "text/html, application/json"}))
        said = body.replace(url.encode(), b"").replace(quote(HELD).encode(), b"")
        assert EMAIL.encode() not in said, url
        told += HELD.encode() in said
        if who != "moderator":
            assert exact_in(said) is None, (url, exact_in(said))
            assert f"“{HELD}”".encode() in said or HELD.encode() not in said, url
    assert len(asked) > 150
    assert client.get("/account").status_code == (200 if who else 401), "still signed in"
    assert told >= 2 if who == "moderator" else told <= 1, "moderators find it, others their own question"


def test_those_who_may_find_it(
    client: FlaskClient, furnished: Connection, people: People, shelter: UUID
) -> None:
    history = f"/torino/places/{shelter}/history.json"
    assert exact_in(client.get(history).data) is None
    sign_in(client, furnished, people.moderator)
    assert exact_in(client.get(history).data)
    assert exact_in(client.get(f"/torino/places/{shelter}/edit").data)
    for scopes, told in ((["read", "write"], False), (["read", "moderate"], True)):
        headers = token_for(furnished, people.moderator, scopes)
        answer = client.application.test_client().get(history, headers=headers)
        assert bool(exact_in(answer.data)) is told


def test_boxes_that_close_in_find_the_public_position(client: FlaskClient, shelter: UUID) -> None:
    """A search by halves, as somebody would try it: it ends at the public position, to a centimetre."""
    west, south, east, north = 7.5, 45.0, 7.9, 45.2
    for _ in range(24):
        middle = (west + east) / 2
        found = client.get(f"{ITEMS}?q=riparo&bbox={west!r},{south!r},{middle!r},{north!r}").json["features"]
        west, east = (west, middle) if found else (middle, east)
        middle = (south + north) / 2
        found = client.get(f"{ITEMS}?q=riparo&bbox={west!r},{south!r},{east!r},{middle!r}").json["features"]
        south, north = (south, middle) if found else (middle, north)

    ended = ((west + east) / 2, (south + north) / 2)
    assert metres(ended, public_position(client, shelter)) < 0.02
    assert metres(ended, (LON, LAT)) > 100


def test_distances_and_orders_are_those_of_the_public_position(client: FlaskClient, shelter: UUID) -> None:
    def within(radius: float) -> bool:
        words = f"title='Riparo' AND distance(geometry, POINT({LON} {LAT})) <= {radius}"
        return bool(client.get(ITEMS, query_string={"filter": words}).json["features"])

    low, high = 0.0, 2000.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (low, middle) if within(middle) else (middle, high)
    assert high == pytest.approx(metres(public_position(client, shelter), (LON, LAT)), abs=0.01)
    sortable = client.get("/torino/ogc/collections/places/sortables").json["properties"]
    assert not {"geometry", "lon", "lat", "morton"} & set(sortable)


def test_the_public_position_is_one_however_often_the_place_is_written(
    client: FlaskClient, desk: Desk, people: People
) -> None:
    place = desk.pin(people.ada, blur_m=250.0)
    for number in range(20):
        desk.change(place, people.ada, blur_m=250.0, title=str(number))
    told = client.get(f"/torino/places/{place}/history.json").json["versions"]
    positions = {tuple(each["geometry"]["coordinates"]) for each in told}
    assert len(told) == 21
    assert positions == {public_position(client, place)}


def test_two_radii_do_not_point_to_the_truth(client: FlaskClient, desk: Desk, people: People) -> None:
    """Had both one draw, the truth would lie on the line through them, at (500 p50 - 50 p500) / 450."""
    place = desk.pin(people.ada, blur_m=500.0)
    far = public_position(client, place)
    desk.change(place, people.ada, blur_m=50.0)
    near = public_position(client, place)
    guess = ((500 * near[0] - 50 * far[0]) / 450, (500 * near[1] - 50 * far[1]) / 450)
    assert 10 <= metres(near, (LON, LAT)) <= 50
    assert metres(guess, (LON, LAT)) > 5
    desk.change(place, people.ada, blur_m=500.0)
    assert public_position(client, place) == far


def test_nobody_else_makes_a_blurred_place_exact_nor_loses_where_it_is(
    client: FlaskClient, furnished: Connection, people: People, shelter: UUID
) -> None:
    furnished.execute(text("UPDATE cities SET review = 'none'"))
    headers = token_for(furnished, people.carla) | {"If-Match": "*"}
    public = public_position(client, shelter)
    feature = client.get(f"{ITEMS}/{shelter}").json
    patch = {"properties": {"blur_m": 0}}
    sent = [
        client.put(f"{ITEMS}/{shelter}", json=feature, headers=headers),
        client.patch(
            f"{ITEMS}/{shelter}", json=patch, headers=headers, content_type="application/merge-patch+json"
        ),
        client.put(
            f"{ITEMS}/{shelter}",
            json=feature | {"properties": {"title": "X", "blur_m": None}},
            headers=headers,
        ),
    ]
    assert [answer.status_code for answer in sent] == [204] * 3
    assert public_position(client, shelter) == public
    exact = "SELECT DISTINCT ST_X(geom), ST_Y(geom), accuracy_m FROM place_exact WHERE id = :id"
    assert furnished.execute(text(exact), {"id": shelter}).all() == [(LON, LAT, 4.0)]

    own = token_for(furnished, people.ada) | {"If-Match": "*"}
    answer = client.patch(
        f"{ITEMS}/{shelter}", json=patch, headers=own, content_type="application/merge-patch+json"
    )
    assert answer.status_code == 204
    assert public_position(client, shelter) == (LON, LAT), "who pinned it may"
