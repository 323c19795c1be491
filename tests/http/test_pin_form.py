"""Pinning by form, without a script: looked up, looked at, sent, and every rule beside its field."""

import html
import io
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Connection, text
from uuid_utils import compat

from tests.app.pinning.refusals import PINNING, TOO_FAST
from tests.http.conftest import MILANO, add_person, add_place, give_role, sign_in, token_for
from tests.http.pinning import DATA, HERE, PAGE, opened, places, reviewing, send, written


@pytest.fixture
def ada(client: FlaskClient, torino: Connection) -> Any:
    """Somebody signed in, in a city that reviews nothing."""
    reviewing(torino, "none")
    person = add_person(torino)
    sign_in(client, torino, person)
    return person


def read(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


def test_a_position_is_enough(client: FlaskClient, torino: Connection, ada: Any) -> None:
    answer = send(client)

    assert answer.status_code == 303
    (place,) = places(torino)
    assert (place.kind, place.title, place.moderation, place.author) == ("place", None, "published", ada)
    assert place.wkt == "POINT(7.68 45.07)"
    assert answer.headers["Location"] == f"/torino/pin/{place.id}"
    assert "everybody can see it now" in read(client.get(answer.headers["Location"] + "?lang=en"))
    assert client.get(f"/torino/places/{place.id}").status_code == 200


def test_everything_that_was_written_is_kept(client: FlaskClient, torino: Connection, ada: Any) -> None:
    send(
        client, kind="event", title=" Festa  in cortile ", summary="uno\r\ndue", website="example.org",
        valid_from="2026-05-30", valid_to="2026-05-31", accuracy_m="4.5", language="it",
    )  # fmt: skip

    (place,) = places(torino)
    assert (place.kind, place.status, place.title, place.summary) == (
        "event", "proposed", "Festa in cortile", "uno\ndue",
    )  # fmt: skip
    assert (place.website, place.accuracy_m) == ("https://example.org", 4.5)
    assert place.valid.lower.isoformat() == "2026-05-29T22:00:00+00:00"  # midnight in Rome
    assert place.valid.upper.isoformat() == "2026-05-31T22:00:00+00:00"


def test_the_check_page_shows_it_and_carries_it_on(client: FlaskClient, ada: Any) -> None:
    fields = written(client, step="check", title="Orto", summary="**Venite**", **HERE)
    page = client.post("/torino/pin?lang=en", data=fields, headers=PAGE)

    assert page.status_code == 200
    assert "<strong>Venite</strong>" in page.text
    assert "45.07000, 7.68000" in page.text
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert {name: html.unescape(carried[name]) for name in fields if name not in ("step", "csrf_token")} == {
        name: value for name, value in fields.items() if name not in ("step", "csrf_token")
    }
    assert "private" in page.headers["Cache-Control"]


def test_a_city_that_reviews_first_ones_holds_it_and_says_so(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    reviewing(torino, "first")
    client.application.extensions["cortile"].cities_at = float("-inf")
    answer = send(client, title="Segreto")

    (place,) = places(torino)
    assert place.moderation == "held"
    assert "a moderator of torino looks at it" in read(client.get(answer.headers["Location"] + "?lang=en"))
    stranger = client.application.test_client()
    assert stranger.get(answer.headers["Location"]).status_code == 404


def test_sending_twice_pins_once_and_a_taken_identifier_is_refused(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    key = str(compat.uuid7())
    first, again = (send(client, DATA, place_id=key, title="Orto") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json == {
        "id": key, "state": "published", "revision": 1, "url": f"/torino/pin/{key}",
    }  # fmt: skip
    assert len(places(torino)) == 1

    sign_in(client, torino, add_person(torino, "bruno@city.example"))
    taken = send(client, DATA, place_id=key, title="Altro")
    assert (taken.status_code, taken.json["code"]) == (409, "conflict")
    assert [place.title for place in places(torino)] == ["Orto"]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    page = send(client, title="x" * 10_000, website="ftp://x", summary="Bello", lat="", lon="")

    assert page.status_code == 422
    words = read(page)
    for name in ("title", "website", "geometry"):
        assert f'id="{name}-wrong"' in words
    assert re.search(r'id="title" name="title"[^>]*aria-describedby=" ?title-wrong"[^>]*aria-invalid', words)
    assert "x" * 10_000 in words
    assert ">Bello</textarea>" in words
    assert places(torino) == []
    problem = send(client, DATA, title="x" * 10_000, kind="castle")
    assert {error["parameter"] for error in problem.json["errors"]} == {"title", "kind"}


SCRIPT = "<script>alert(1)</script>"


def test_markup_is_shown_as_it_was_written(client: FlaskClient, torino: Connection, ada: Any) -> None:
    summary = f"{SCRIPT} <img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](https://example.org)"
    give_role(torino, ada, "moderator")  # whose links are not held
    send(client, title=SCRIPT, summary=summary)
    (place,) = places(torino)

    for address in (f"/torino/places/{place.id}", f"/torino/places/{place.id}?part=1", "/torino/"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
    page = client.get(f"/torino/places/{place.id}").text
    assert '<a href="https://example.org" rel="nofollow noopener ugc">b</a>' in page
    check = client.post("/torino/pin", data=written(client, step="check", **HERE, title=SCRIPT), headers=PAGE)
    assert "<script>alert" not in check.text


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"title": "gnp.\u202eexe"}, "title", "turns the direction of writing"),
        ({"lat": "48.85", "lon": "2.35"}, "geometry", "lies outside torino"),
        ({"lat": "95", "lon": "7"}, "geometry", "cannot be stored"),
        ({"lat": "north", "lon": "7"}, "lat", "is not a number"),
        ({"lat": "45", "lon": "inf"}, "lon", "is not a finite number"),
        ({"geometry": "{"}, "geometry", "cannot be read as GeoJSON"),
        ({"geometry": '{"type":"Point"}'}, "geometry", "cannot be read as GeoJSON"),
        ({"geometry": "[]"}, "geometry", "cannot be read as GeoJSON"),
        ({"place_id": "x"}, "place_id", "is not a UUID of version 7"),
        ({"opened": "x"}, "opened", "is not as this server wrote it"),
        ({"nickname": "Bob"}, "nickname", "only robots fill it in"),
        ({"spot": "1"}, "lon", "is not a number"),
        ({"summary": "x" * 10_001}, "summary", "at most 10000"),
        ({"blur_m": "7"}, "blur_m", "must be one of"),
        ({"valid_from": "2026-05-02", "valid_to": "2026-05-01"}, "valid_to", "before the beginning"),
    ],
)
def test_bad_input_is_refused_in_words(
    client: FlaskClient, torino: Connection, ada: Any, fields: dict[str, str], field: str, rule: str
) -> None:
    answer = send(client, {**DATA, "Accept-Language": "en"}, **fields)

    assert answer.status_code == 422
    told = {error["parameter"]: error["detail"] for error in answer.json["errors"]}
    assert rule in told[field]
    assert places(torino) == []


@pytest.mark.parametrize(("fields", "english", "italian"), PINNING)
def test_refusals_are_said_in_both_languages(
    client: FlaskClient, ada: Any, fields: dict[str, str], english: str, italian: str
) -> None:
    for language, sentence in (("en", english), ("it", italian)):
        answer = send(client, {**DATA, "Accept-Language": language}, **fields)
        assert (answer.status_code, answer.json["detail"]) == (422, sentence)


def test_a_polygon_of_50_000_vertices_is_refused_in_words(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    ring = [[7.6 + i / 1e6, 45.0 + (i % 2) / 1e6] for i in range(50_000)]
    shape = json.dumps({"type": "Polygon", "coordinates": [[*ring, [7.6, 45.1], ring[0]]]})
    answer = send(client, {**DATA, "Accept-Language": "en"}, geometry=shape)

    assert (answer.status_code, answer.json["errors"][0]["detail"]) == (422, "has more than 10000 vertices.")
    assert places(torino) == []


def photo() -> io.BytesIO:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(made, "JPEG")
    made.seek(0)
    return made


def test_a_photo_comes_with_the_place_and_once(client: FlaskClient, torino: Connection, ada: Any) -> None:
    keys = {"place_id": str(compat.uuid7()), "photo_id": str(compat.uuid7())}
    for _ in range(2):
        sent = send(client, DATA, **keys, photo=(photo(), "orto.jpg"), alt="Un orto")
        assert sent.status_code == 201
    rows = list(torino.execute(text("SELECT id, place_id, state, alt, author FROM place_photos")))
    assert [(str(row.id), str(row.place_id), row.state, row.alt, row.author) for row in rows] == [
        (keys["photo_id"], keys["place_id"], "published", "Un orto", ada)
    ]


def test_a_photo_of_a_place_that_waits_waits_too(client: FlaskClient, torino: Connection, ada: Any) -> None:
    reviewing(torino, "all")
    client.application.extensions["cortile"].cities_at = float("-inf")
    send(client, photo=(photo(), "orto.jpg"))
    assert torino.scalar(text("SELECT state FROM place_photos")) == "held"


def test_what_is_no_photo_is_refused_with_the_whole_place(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    page = send(client, title="Orto", photo=(io.BytesIO(b"<html>"), "orto.jpg"))
    assert page.status_code == 422
    assert 'id="photo-wrong"' in page.text
    assert 'value="Orto"' in page.text
    assert places(torino) == []


def test_a_drawn_line_is_kept(client: FlaskClient, torino: Connection, ada: Any) -> None:
    send(client, geometry='{"type":"LineString","coordinates":[[7.68,45.07],[7.69,45.08]]}')

    assert places(torino)[0].wkt == "LINESTRING(7.68 45.07,7.69 45.08)"


def test_a_form_filled_in_at_once_is_sent_once_more(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    # As of a minute ahead, so that a slow machine does not make the form old.
    answer = send(client, {**DATA, "Accept-Language": "en"}, opened=opened(client, ago=-60))

    assert answer.json["detail"] == TOO_FAST[0]
    assert places(torino) == []


def test_a_form_without_its_token_is_refused(client: FlaskClient, torino: Connection, ada: Any) -> None:
    answer = client.post("/torino/pin", data={**HERE, "opened": opened(client)}, headers=DATA)

    assert (answer.status_code, answer.json["code"]) == (400, "form-expired")
    assert places(torino) == []


def test_a_program_pins_with_a_token(client: FlaskClient, torino: Connection) -> None:
    reviewing(torino, "none")
    person = add_person(torino)
    fields = {"opened": opened(client), **HERE}
    reader = token_for(torino, person, ["read"])
    assert client.post("/torino/pin", data=fields, headers=DATA | reader).status_code == 403
    assert (
        client.post("/torino/pin", data=fields, headers=DATA | token_for(torino, person)).status_code == 201
    )


def test_somebody_who_pins_too_much_is_told_to_wait_and_keeps_what_they_wrote(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    for _ in range(20):
        assert send(client).status_code == 303
    refused = send(client, {**PAGE, "Accept-Language": "en"}, title="Il ventunesimo")

    assert refused.status_code == 429
    assert "This was tried too often" in read(refused)
    assert 'value="Il ventunesimo"' in read(refused)
    assert int(refused.headers["Retry-After"]) > 3500
    assert send(client, DATA).status_code == 429
    assert len(places(torino)) == 20


def test_a_visitor_writes_first_and_signs_in_then(client: FlaskClient, torino: Connection) -> None:
    page = send(client, {**PAGE, "Accept-Language": "en"}, title="Orto & fiori", summary="Bello")

    assert page.status_code == 200
    assert places(torino) == []
    link = re.search(r'class="btn-main" href="(/login\?[^"]+)"', page.text)
    assert link
    back = parse_qs(urlsplit(html.unescape(link[1])).query)["next"][0]
    form = client.get(back, headers=PAGE)
    assert form.status_code == 200
    assert 'value="Orto &amp; fiori"' in form.text
    assert ">Bello</textarea>" in form.text
    assert send(client, DATA).status_code == 401


def test_a_long_text_stays_where_it_was_written(client: FlaskClient) -> None:
    page = send(client, {**PAGE, "Accept-Language": "en"}, summary="à" * 9_000)

    assert "sign in beside this page" in page.text
    assert "à" * 9_000 in page.text


def test_a_house_may_pin_on_behalf_of_somebody_and_nobody_else_can_say_so(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    assert "on_behalf_of" not in client.get("/torino/pin").text
    send(client, on_behalf_of="Rosa")
    assert places(torino)[0].on_behalf_of is None

    give_role(torino, ada, "operator")
    assert "on_behalf_of" in client.get("/torino/pin").text
    send(client, on_behalf_of="Rosa")
    assert places(torino)[1].on_behalf_of == "Rosa"


def test_a_role_in_another_city_pins_for_nobody_here(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    give_role(torino, ada, "operator", MILANO)
    send(client, on_behalf_of="Rosa")
    assert places(torino)[0].on_behalf_of is None


def alike(client: FlaskClient, **asked: str) -> list[str]:
    found = client.get("/torino/pin/alike", query_string={**HERE, "lang": "en", **asked})
    return re.findall(r"/torino/places/([0-9a-f-]{36})\"", found.text)


def test_places_that_may_be_the_same_are_shown(client: FlaskClient, torino: Connection) -> None:
    # A degree of latitude has 111.13 km here: 0.0008 degrees are 89 m, 0.0011 are 122 m, 0.0022 are 244 m.
    near = add_place(torino, lat=45.0708, kind="site", title="Ex lanificio Fratelli Rossi", status="ended")
    kin = add_place(torino, lat=45.0722, kind="house", title=None)
    add_place(torino, lat=45.0711, kind="site", title="Ex lanificio Fratelli Rossi")
    add_place(torino, lat=45.0723, kind="house")  # 256 m
    add_place(torino, lat=45.0708, kind="site", title="Giardino Peppino Impastato")
    add_place(torino, lat=45.0701, kind="house", title="lanificio rossi", moderation="held")
    add_place(torino, lat=45.0701, kind="house", title="lanificio rossi", city_id=MILANO)

    assert alike(client, kind="house", title="Lanificio Rossi") == [near, kin]
    assert alike(client, kind="house") == [kin]
    assert alike(client, kind="event", title="Festa") == []
    assert alike(client, kind="event", title="ex lanificio", status="") == [near]


def test_the_check_page_asks_whether_it_is_one_of_these(
    client: FlaskClient, torino: Connection, ada: Any
) -> None:
    there = add_place(torino, kind="house", title="Casa")
    page = client.post(
        "/torino/pin?lang=en", data=written(client, step="check", kind="house", **HERE), headers=PAGE
    )

    assert "Is it one of these?" in page.text
    assert f'formaction="/torino/places/{there}/follow"' in page.text


def test_words_find_places_streets_areas_and_coordinates(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, 7.65, 45.05, title="Casa nel parco", address="Via Modesto Panetti 1")
    torino.execute(
        text("""INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        VALUES (1272, 'zones', '01', 'Borgo Nuovo', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)))""")
    )

    def spots(words: str) -> list[Any]:
        found: list[Any] = client.get("/torino/pin/spots", query_string={"q": words}).json
        return found

    (street,) = spots("panetti")
    assert (street["label"], street["hint"], street["lat"]) == (
        "Casa nel parco",
        "Via Modesto Panetti 1",
        45.05,
    )
    (area,) = spots("borgo nuovo")
    assert (area["label"], round(area["lon"], 6), area["accuracy_m"]) == ("Borgo Nuovo", 7.65, 5550)
    (point,) = spots(" 45,0703; 7,6869 ")
    assert (point["lat"], point["lon"]) == (45.0703, 7.6869)
    assert spots("zzzzzz") == []

    page = client.post(
        "/torino/pin", data=written(client, step="find", q="panetti", title="Mio"), headers=PAGE
    )
    assert 'name="spot" value="45.050000,7.650000,50" checked' in page.text
    assert 'value="Mio"' in page.text


def test_a_spot_that_was_found_is_where_it_is(client: FlaskClient, torino: Connection, ada: Any) -> None:
    send(client, spot="45.050000,7.650000,50")

    (place,) = places(torino)
    assert (place.wkt, place.accuracy_m) == ("POINT(7.65 45.05)", 50)
    send(client, q="45.0703, 7.6869")
    assert places(torino)[1].wkt == "POINT(7.6869 45.0703)"


def test_the_form_for_a_visitor_is_in_no_cache_and_holds_its_token(client: FlaskClient) -> None:
    page = client.get("/torino/pin", headers=PAGE)

    assert page.headers["Cache-Control"] == "private, no-store"
    assert 'name="csrf_token"' in page.text
    assert client.get("/torino/pin?colour=red").status_code == 400
