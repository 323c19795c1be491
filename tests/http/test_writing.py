"""Writing places by the API: creating, replacing, updating, deleting; conditions, keys, refusals."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from uuid_utils import compat
from werkzeug.test import TestResponse

from app.db import Database
from app.places.counts import rebuild
from tests.conftest import FreshDatabase
from tests.http.conftest import TORINO, add_person, add_place, token_for

ITEMS = "/torino/ogc/collections/places/items"
PATCH = "application/merge-patch+json"


class Writer:
    """Somebody with a token; each method is one of HTTP's."""

    def __init__(self, client: FlaskClient, headers: dict[str, str], person: UUID) -> None:
        self.client, self.headers, self.person = client, headers, person

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = named.pop("Content-Type", PATCH if method == "PATCH" else "application/geo+json")
        data = body if isinstance(body, bytes) or body is None else json.dumps(body)
        return self.client.open(
            path, method=method, data=data, content_type=kind, headers={**self.headers, **named}
        )

    def post(self, body: Any, path: str = ITEMS, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)

    def tag(self, place: str) -> str:
        return str(self.client.get(f"{ITEMS}/{place}").headers["ETag"])


@pytest.fixture
def ada(client: FlaskClient, torino: Connection) -> Writer:
    """A resident whose contributions are public at once."""
    torino.execute(text("UPDATE cities SET review = 'none'"))
    person = add_person(torino)
    return Writer(client, token_for(torino, person), person)


@pytest.fixture
def bruno(client: FlaskClient, torino: Connection) -> Writer:
    person = add_person(torino, "bruno@city.example", name="Bruno")
    return Writer(client, token_for(torino, person), person)


def feature(lon: float = 7.68, lat: float = 45.07, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"title": "Orto", "kind": "project", **properties},
    }


def pinned(writer: Writer, **properties: Any) -> str:
    answer = writer.post(feature(**properties))
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def detail(answer: TestResponse) -> str:
    assert answer.content_type == "application/problem+json"
    return str(answer.json["detail"])


def test_what_is_sent_is_there_to_be_read(client: FlaskClient, ada: Writer) -> None:
    sent = feature(
        summary="Due *righe*.", accuracy_m=5, valid_from="2026-05-01", status="active",
        translations={"en": {"title": "Garden"}},
    )  # fmt: skip
    answer = ada.post(sent)

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"https://city.example{ITEMS}/{answer.json['id']}"
    assert answer.headers["Cache-Control"] == "private, no-store"
    read = client.get(f"{ITEMS}/{answer.json['id']}")
    assert read.headers["ETag"] == answer.headers["ETag"] == '"1.published"'
    assert read.json["geometry"] == sent["geometry"]
    said = read.json["properties"]
    assert said.pop("recorded_at") == said.pop("confirmed_at")
    assert said == {
        "kind": "project", "status": "active", "title": "Orto", "summary": "Due *righe*.", "language": "it",
        "translations": {"en": {"title": "Garden"}}, "address": None, "website": None,
        "accuracy_m": 5, "valid_from": "2026-04-30T22:00:00+00:00", "valid_to": None,
        "source": "Cortile, torino", "licence": "CC-BY-4.0",
    }  # fmt: skip


def test_an_id_of_the_writers_own_is_one_place_however_often_it_is_sent(
    client: FlaskClient, ada: Writer, bruno: Writer
) -> None:
    own = {**feature(), "id": str(compat.uuid7())}

    first, again = ada.post(own), ada.post(own)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (
        first.headers["Location"] == again.headers["Location"] == f"https://city.example{ITEMS}/{own['id']}"
    )
    assert client.get(ITEMS).json["numberMatched"] == 1

    other = ada.post({**own, "properties": {"title": "Altro"}})
    assert (other.status_code, other.json["code"]) == (409, "conflict")
    assert bruno.post(own).status_code == 409
    assert client.get(f"{ITEMS}/{own['id']}").json["properties"]["title"] == "Orto"


def test_a_place_is_replaced_as_a_whole(client: FlaskClient, ada: Writer) -> None:
    place = pinned(ada, summary="Righe", address="Via Roma 1")
    answer = ada.send("PUT", f"{ITEMS}/{place}", feature(7.7, 45.08, title="Nuovo"), If_Match=ada.tag(place))

    assert (answer.status_code, answer.data) == (204, b"")
    read = client.get(f"{ITEMS}/{place}")
    assert read.headers["ETag"] == answer.headers["ETag"] == '"2.published"'
    assert read.json["geometry"]["coordinates"] == [7.7, 45.08]
    assert read.json["properties"]["title"] == "Nuovo"
    assert read.json["properties"]["summary"] is read.json["properties"]["address"] is None


def test_a_translation_has_a_title_and_a_summary_and_nothing_else(client: FlaskClient, ada: Writer) -> None:
    wrong = ada.post(feature(translations={"en": {"titel": "Garden"}}))
    assert (wrong.status_code, wrong.json["errors"][0]["parameter"]) == (422, "translations.en.titel")
    assert wrong.json["errors"][0]["detail"].endswith(": title, summary.")
    place = pinned(ada, translations={"en": {"title": " Garden ", "summary": " "}})
    said = client.get(f"{ITEMS}/{place}").json["properties"]["translations"]
    assert said == {"en": {"title": "Garden"}}


def test_what_was_read_can_be_sent_back_as_it_is(client: FlaskClient, ada: Writer) -> None:
    place = pinned(ada, summary="Righe", valid_from="2026-05-01", valid_to="2026-05-31")
    before = client.get(f"{ITEMS}/{place}").json

    assert ada.send("PUT", f"{ITEMS}/{place}", before, If_Match=ada.tag(place)).status_code == 204
    after = client.get(f"{ITEMS}/{place}").json
    for name in ("recorded_at", "confirmed_at"):
        assert after["properties"].pop(name) > before["properties"].pop(name)
    assert after == before


def test_a_patch_changes_what_it_names_and_nothing_else(client: FlaskClient, ada: Writer) -> None:
    place = pinned(ada, summary="Righe", address="Via Roma 1", translations={"en": {"title": "Garden"}})
    change = {"properties": {"title": "Nuovo", "address": None, "translations": {"en": {"summary": "Lines"}}}}
    answer = ada.send("PATCH", f"{ITEMS}/{place}", change, If_Match=ada.tag(place))

    assert (answer.status_code, answer.headers["ETag"]) == (204, '"2.published"')
    said = client.get(f"{ITEMS}/{place}").json["properties"]
    assert (said["title"], said["summary"], said["address"]) == ("Nuovo", "Righe", None)
    assert said["translations"] == {"en": {"title": "Garden", "summary": "Lines"}}

    moved = {"geometry": {"coordinates": [7.69, 45.06]}}
    assert ada.send("PATCH", f"{ITEMS}/{place}", moved, If_Match=ada.tag(place)).status_code == 204
    read = client.get(f"{ITEMS}/{place}").json
    assert read["geometry"] == {"type": "Point", "coordinates": [7.69, 45.06]}
    assert read["properties"]["title"] == "Nuovo"


def test_who_loses_a_race_is_told_and_nobodys_words_are_lost(
    client: FlaskClient, ada: Writer, bruno: Writer, torino: Connection
) -> None:
    place = pinned(ada)
    seen = ada.tag(place)
    assert (
        bruno.send("PATCH", f"{ITEMS}/{place}", {"properties": {"title": "B"}}, If_Match=seen).status_code
        == 204
    )

    for method, body in (
        ("PUT", feature(title="A")),
        ("PATCH", {"properties": {"title": "A"}}),
        ("DELETE", None),
    ):
        answer = ada.send(method, f"{ITEMS}/{place}", body, If_Match=seen)
        assert answer.status_code == 412
        assert answer.json["code"] == "precondition-failed"
        assert "Somebody has changed this place since you read it: it is at revision 2." in detail(
            ada.send(method, f"{ITEMS}/{place}", body, If_Match=seen, Accept_Language="en")
        )
        assert ada.send(method, f"{ITEMS}/{place}", body).status_code == 428
    assert client.get(f"{ITEMS}/{place}").json["properties"]["title"] == "B"
    assert torino.execute(text("SELECT title FROM place_revisions")).scalars().all() == ["Orto"]


def test_a_tag_that_went_through_a_compressor_is_the_same_tag(client: FlaskClient, ada: Writer) -> None:
    place = pinned(ada, summary="Righe. " * 200)
    packed = client.get(f"{ITEMS}/{place}", headers={"Accept-Encoding": "br"}).headers["ETag"]
    assert packed == '"1.published:br"'
    assert client.get(f"{ITEMS}/{place}", headers={"If-None-Match": packed}).status_code == 304
    change = {"properties": {"title": "Nuovo"}}
    assert ada.send("PATCH", f"{ITEMS}/{place}", change, If_Match=packed).status_code == 204


def test_any_version_can_be_meant_and_none(client: FlaskClient, ada: Writer) -> None:
    place, new = pinned(ada), str(compat.uuid7())
    assert ada.send("PUT", f"{ITEMS}/{place}", feature(title="X"), If_Match="*").status_code == 204

    assert ada.send("PUT", f"{ITEMS}/{new}", feature()).status_code == 404
    assert ada.send("PUT", f"{ITEMS}/{new}", feature(), If_Match='"xyz"').status_code == 404
    assert ada.send("PUT", f"{ITEMS}/{new}", feature(title="Y"), If_None_Match="*").status_code == 201
    assert client.get(f"{ITEMS}/{new}").json["properties"]["title"] == "Y"
    assert ada.send("PUT", f"{ITEMS}/{new}", feature(title="Z"), If_None_Match="*").status_code == 412
    assert client.get(f"{ITEMS}/{new}").json["properties"]["title"] == "Y"


def test_a_place_is_taken_off_by_its_author_or_a_moderator(
    client: FlaskClient, ada: Writer, bruno: Writer, torino: Connection
) -> None:
    place, shared = pinned(ada), pinned(ada)
    assert bruno.send("DELETE", f"{ITEMS}/{place}", If_Match=ada.tag(place)).status_code == 403
    assert ada.send("DELETE", f"{ITEMS}/{place}", If_Match=ada.tag(place)).status_code == 204
    assert client.get(f"{ITEMS}/{place}").status_code == 404
    decided = torino.execute(text("SELECT subject_id, person_id, action, after FROM decisions")).one()
    assert tuple(map(str, decided)) == (place, str(ada.person), "hide", "hidden")
    for method, body in (("PUT", feature()), ("PATCH", {}), ("DELETE", None)):
        assert ada.send(method, f"{ITEMS}/{place}", body, If_Match="*").status_code == 404

    bruno.send("PATCH", f"{ITEMS}/{shared}", {"properties": {"title": "B"}}, If_Match="*")
    assert ada.send("DELETE", f"{ITEMS}/{shared}", If_Match="*").status_code == 403, "others wrote it, too"
    moderator = add_person(torino, "mo@city.example", role="moderator")
    for scopes, status in ((["write"], 403), (["write", "moderate"], 204)):
        headers = token_for(torino, moderator, scopes)
        assert (
            Writer(client, headers, moderator).send("DELETE", f"{ITEMS}/{shared}", If_Match="*").status_code
            == status
        )
    assert client.get(ITEMS).json["numberMatched"] == 0


def test_geometries_come_in_any_system_of_the_collection(client: FlaskClient, ada: Writer) -> None:
    """The corner of Piazza Castello: 7.685 E 45.071 N, as PROJ 9 (cs2cs) gives it."""
    given = {
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84": [7.685, 45.071],
        "http://www.opengis.net/def/crs/EPSG/0/4326": [45.071, 7.685],
        "http://www.opengis.net/def/crs/EPSG/0/3857": [855490.287, 5632705.917],
        "http://www.opengis.net/def/crs/EPSG/0/32632": [396485.974, 4991678.721],
    }
    for uri, coordinates in given.items():
        for headers, path in (({"Content_Crs": f"<{uri}>"}, ITEMS), ({}, f"{ITEMS}?crs={uri}")):
            body = {**feature(), "geometry": {"type": "Point", "coordinates": coordinates}}
            answer = ada.post(body, path, **headers)
            assert answer.status_code == 201, (uri, answer.text)
            read = client.get(f"{ITEMS}/{answer.json['id']}").json["geometry"]["coordinates"]
            assert read == pytest.approx([7.685, 45.071], abs=1e-5), uri
    refused = ada.post(feature(), Content_Crs="<http://www.opengis.net/def/crs/EPSG/0/2056>")
    assert (refused.status_code, refused.json["parameter"]) == (400, "Content-Crs")


def test_lines_and_areas_and_several_are_taken(client: FlaskClient, ada: Writer) -> None:
    ring = [[7.6, 45.0], [7.7, 45.0], [7.7, 45.1], [7.6, 45.0]]
    for kind, coordinates in (
        ("LineString", ring[:3]), ("Polygon", [ring]), ("MultiPoint", ring[:2]),
        ("MultiLineString", [ring[:2]]), ("MultiPolygon", [[ring]]), ("Point", [7.6, 45.0, 240.5]),
    ):  # fmt: skip
        answer = ada.post({**feature(), "geometry": {"type": kind, "coordinates": coordinates}})
        assert answer.status_code == 201, answer.text
        read = client.get(f"{ITEMS}/{answer.json['id']}").json["geometry"]
        assert read["type"] == kind


def test_a_collection_of_one_kind_takes_its_kind(client: FlaskClient, ada: Writer) -> None:
    houses = "/torino/ogc/collections/houses/items"
    body = feature()
    del body["properties"]["kind"]
    answer = ada.post(body, houses)
    assert answer.headers["Location"] == f"https://city.example{houses}/{answer.json['id']}"
    place = answer.json["id"]
    assert client.get(f"{houses}/{place}").json["properties"]["kind"] == "house"
    assert ada.post(feature(kind="site"), houses).status_code == 422
    change = {"properties": {"kind": "site"}}
    assert ada.send("PATCH", f"{houses}/{place}", change, If_Match="*").status_code == 422
    sites = f"/torino/ogc/collections/sites/items/{place}"
    assert ada.send("PATCH", sites, {"properties": {}}, If_Match="*").status_code == 404
    areas = ada.post(feature(), "/torino/ogc/collections/areas/items")
    assert (areas.status_code, areas.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_what_waits_is_told_with_where_to_see_what_became_of_it(
    client: FlaskClient, ada: Writer, bruno: Writer, torino: Connection
) -> None:
    place = pinned(ada)
    torino.execute(text("UPDATE cities SET review = 'all'"))
    client.application.extensions["cortile"].cities_at = float("-inf")

    held = bruno.post(feature(title="Segreto"))
    assert (held.status_code, held.json["state"]) == (202, "held")
    assert client.get(f"{ITEMS}/{held.json['id']}").status_code == 404
    where = held.headers["Location"].removeprefix("https://city.example")
    assert client.get(where, headers=bruno.headers).json["state"] == "held"
    assert client.get(where, headers=ada.headers).status_code == 404, "somebody else's"
    assert client.get(where).status_code == 401

    again = bruno.send(
        "PATCH",
        f"{ITEMS}/{held.json['id']}",
        {"properties": {"title": "Ancora"}},
        If_Match=held.headers["ETag"],
    )
    assert again.status_code == 204, "what nobody has seen yet may be put right"
    assert ada.send("PATCH", f"{ITEMS}/{held.json['id']}", {}, If_Match="*").status_code == 404

    change = bruno.send("PATCH", f"{ITEMS}/{place}", {"properties": {"title": "B"}}, If_Match=ada.tag(place))
    assert (change.status_code, change.json["state"]) == (202, "waiting")
    assert client.get(f"{ITEMS}/{place}").json["properties"]["title"] == "Orto"
    where = change.headers["Location"].removeprefix("https://city.example")
    assert client.get(where, headers=bruno.headers).json["state"] == "waiting"
    torino.execute(text("UPDATE place_changes SET state = 'refused', decided_at = now()"))
    read = client.get(where, headers={**bruno.headers, "Accept-Language": "it"}).json
    assert (read["state"], read["detail"]) == ("refused", "Non è stato accolto.")


def test_a_key_makes_a_request_that_is_sent_twice_act_once(
    client: FlaskClient, ada: Writer, bruno: Writer, torino: Connection
) -> None:
    first = ada.post(feature(), Idempotency_Key="k1")
    again = ada.post(feature(), Idempotency_Key="k1")
    assert (first.status_code, first.json, first.headers["Location"]) == (
        again.status_code, again.json, again.headers["Location"],
    )  # fmt: skip
    assert client.get(ITEMS).json["numberMatched"] == 1

    other = ada.post(feature(title="Altro"), Idempotency_Key="k1")
    assert (other.status_code, other.json["errors"][0]["parameter"]) == (422, "Idempotency-Key")
    assert bruno.post(feature(), Idempotency_Key="k1").status_code == 201, "keys are each writer's own"

    place, seen = first.json["id"], first.headers["ETag"]
    change = {"properties": {"title": "Nuovo"}}
    for _ in range(2):
        answer = ada.send("PATCH", f"{ITEMS}/{place}", change, If_Match=seen, Idempotency_Key="k2")
        assert (answer.status_code, answer.headers["ETag"]) == (204, '"2.published"')
    assert ada.send("DELETE", f"{ITEMS}/{place}", If_Match=seen, Idempotency_Key="k3").status_code == 412
    assert (
        ada.send("DELETE", f"{ITEMS}/{place}", If_Match='"2.published"', Idempotency_Key="k3").status_code
        == 204
    )

    assert torino.execute(text("SELECT count(*) FROM kept_answers")).scalar_one() == 4
    torino.execute(text("UPDATE kept_answers SET at = at - interval '25 hours'"))
    assert ada.post(feature(title="Altro"), Idempotency_Key="k1").status_code == 201, "a day later"
    assert torino.execute(text("SELECT count(*) FROM kept_answers")).scalar_one() == 1


def test_a_key_that_is_in_use_has_to_wait(ada: Writer, torino: Connection, database: FreshDatabase) -> None:
    other = Database(database.app_url, size=1)
    with other.transaction() as db:
        db.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('k' || :person, 0))"),
            {"person": str(ada.person)},
        )
        assert ada.post(feature(), Idempotency_Key="k").status_code == 409
    other.close()
    assert ada.post(feature(), Idempotency_Key="k").status_code == 201


def test_the_methods_and_media_types_are_told(client: FlaskClient, torino: Connection) -> None:
    place = add_place(torino)
    items, item = client.options(ITEMS), client.options(f"{ITEMS}/{place}")
    assert (items.status_code, items.headers["Allow"]) == (200, "GET, HEAD, OPTIONS, POST")
    assert items.headers["Accept-Post"] == "application/geo+json, application/json"
    assert item.headers["Allow"] == "GET, HEAD, OPTIONS, PUT, PATCH, DELETE"
    assert item.headers["Accept-Patch"] == "application/merge-patch+json"
    assert client.options("/torino/ogc/collections/areas/items").headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("token", [None, "Bearer x", "expired", "read"])
def test_nobody_writes_without_a_token_that_is_good_for_it(
    client: FlaskClient, ada: Writer, torino: Connection, token: str | None
) -> None:
    place = pinned(ada)
    headers = {
        "expired": token_for(torino, ada.person, expires_in=timedelta(seconds=-1)),
        "read": token_for(torino, ada.person, ["read"]),
        "Bearer x": {"Authorization": "Bearer x"},
    }.get(token or "", {})
    writer = Writer(client, headers, ada.person)
    for method, path in (
        ("POST", ITEMS),
        ("PUT", f"{ITEMS}/{place}"),
        ("PATCH", f"{ITEMS}/{place}"),
        ("DELETE", f"{ITEMS}/{place}"),
    ):
        answer = writer.send(method, path, feature(), If_Match="*")
        assert answer.status_code == (403 if token == "read" else 401), method
        assert ("Bearer" in answer.headers.get("WWW-Authenticate", "")) == (token != "read")
    assert client.get(f"{ITEMS}/{place}").headers["ETag"] == '"1.published"'


def test_only_a_helper_writes_for_somebody_else_and_nobody_reads_for_whom(
    client: FlaskClient, ada: Writer, torino: Connection
) -> None:
    assert ada.post(feature(on_behalf_of="Nonna Pina")).status_code == 403
    helper = add_person(torino, "casa@city.example", role="operator")
    place = pinned(Writer(client, token_for(torino, helper), helper), on_behalf_of="Nonna Pina")
    assert "Pina" not in client.get(f"{ITEMS}/{place}").text
    said = client.get(f"{ITEMS}/{place}").json
    assert ada.send("PUT", f"{ITEMS}/{place}", said, If_Match="*").status_code == 204
    kept = torino.execute(text("SELECT on_behalf_of FROM places WHERE id = :id"), {"id": place}).scalar_one()
    assert kept == "Nonna Pina", "who does not read it cannot lose it"


def test_forged_ids_of_another_city_are_nobodys(client: FlaskClient, ada: Writer, torino: Connection) -> None:
    (other,) = torino.execute(text("SELECT id FROM places WHERE city_id = 15146")).scalars()
    for method, body in (("PUT", feature()), ("PATCH", {}), ("DELETE", None)):
        assert ada.send(method, f"{ITEMS}/{other}", body, If_Match="*").status_code == 404
    assert torino.execute(text("SELECT title FROM places WHERE city_id = 15146")).scalar_one() == "Rumore"


def test_the_kept_counts_are_those_of_the_places(
    client: FlaskClient, ada: Writer, torino: Connection, database: FreshDatabase
) -> None:
    places = [pinned(ada, title=str(n)) for n in range(3)]
    ada.send("PATCH", f"{ITEMS}/{places[0]}", {"geometry": {"coordinates": [7.75, 45.1]}}, If_Match="*")
    ada.send("DELETE", f"{ITEMS}/{places[1]}", If_Match="*")
    owner = Database(database.owner_url, size=1)
    with owner.transaction() as db:
        assert rebuild(db, TORINO) == 0
    owner.close()
