"""The read API: what a page of features holds."""

import random
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.http.conftest import MILANO, add_place

ITEMS = "/ogc/collections/places/items?city=torino"


def ids(answer: dict[str, Any]) -> list[str]:
    return [feature["id"] for feature in answer["features"]]


def everything(client: FlaskClient, url: str) -> list[str]:
    """The ids of every page, following the `next` links."""
    found: list[str] = []
    while url:
        answer = client.get(url).json
        assert answer is not None
        found += ids(answer)
        links = {link["rel"]: link["href"] for link in answer["links"]}
        url = links.get("next", "").removeprefix("https://city.example")
    return found


def test_a_feature_says_everything_that_is_public_of_a_place(client: FlaskClient, torino: Connection) -> None:
    key = add_place(torino, 7.625, 45.041, title="Cascina «Roccafranca»", kind="house", accuracy_m=100)

    (feature,) = client.get(ITEMS).json["features"]

    assert feature["id"] == key
    assert feature["geometry"] == {"type": "Point", "coordinates": [7.625, 45.041]}
    assert feature["properties"]["title"] == "Cascina «Roccafranca»"
    assert feature["properties"]["kind"] == "house"
    assert feature["properties"]["accuracy_m"] == 100
    assert feature["properties"]["licence"] == "CC0-1.0"


def test_pages_follow_each_other_without_a_gap_and_without_a_repeat(
    client: FlaskClient, torino: Connection
) -> None:
    chance = random.Random(7)
    made = {
        add_place(torino, chance.uniform(7.6, 7.75), chance.uniform(45.02, 45.12), title=None)
        for _ in range(57)
    }

    found = everything(client, ITEMS + "&limit=10")

    assert len(found) == 57
    assert set(found) == made


def test_places_on_one_spot_are_paged_by_their_ids(client: FlaskClient, torino: Connection) -> None:
    made = {add_place(torino) for _ in range(7)}

    found = everything(client, ITEMS + "&limit=3&bbox=7.6,45,7.7,45.1")

    assert sorted(found) == sorted(made)


@pytest.mark.parametrize("seed", range(4))
def test_a_box_holds_exactly_what_touches_it(client: FlaskClient, torino: Connection, seed: int) -> None:
    chance = random.Random(seed)
    shapes = {}
    for number in range(120):
        lon, lat = chance.uniform(7.6, 7.75), chance.uniform(45.02, 45.12)
        point = shapely.Point(lon, lat)
        shape = point if number % 3 else point.buffer(chance.uniform(0.0005, 0.02), quad_segs=2)
        kind = chance.choice(["house", "site", "event"])
        shapes[add_place(torino, lon, lat, wkt=shape.wkt, kind=kind)] = (shape, kind)
    west, south = chance.uniform(7.6, 7.68), chance.uniform(45.02, 45.07)
    box = (west, south, west + 0.05, south + 0.03)
    inside = {key for key, (shape, _) in shapes.items() if shape.intersects(shapely.box(*box))}
    assert 0 < len(inside) < 120

    url = f"{ITEMS}&limit=7&bbox={','.join(map(str, box))}"

    assert sorted(everything(client, url)) == sorted(inside)
    of_kinds = {key for key in inside if shapes[key][1] in ("house", "event")}
    assert sorted(everything(client, url + "&kind=house,event")) == sorted(of_kinds)


def test_a_box_over_the_antimeridian_holds_both_sides(client: FlaskClient, torino: Connection) -> None:
    east, west = add_place(torino, 179.9, 10.0), add_place(torino, -179.9, 10.0)
    add_place(torino, 0.0, 10.0)

    assert sorted(everything(client, ITEMS + "&bbox=179,9,-179,11")) == sorted([east, west])


def test_a_box_that_is_a_point_or_the_whole_world_is_a_box(client: FlaskClient, torino: Connection) -> None:
    key = add_place(torino, 7.5, 45.25)

    assert everything(client, ITEMS + "&bbox=7.5,45.25,7.5,45.25") == [key]
    assert everything(client, ITEMS + "&bbox=-180,-90,180,90") == [key]


def test_only_what_is_published_in_the_city_is_served(client: FlaskClient, torino: Connection) -> None:
    key = add_place(torino)
    for moderation in ("held", "hidden"):
        hidden = add_place(torino, moderation=moderation)
        assert client.get(f"/ogc/collections/places/items/{hidden}?city=torino").status_code == 404
    elsewhere = add_place(torino, city_id=MILANO)

    assert everything(client, ITEMS) == [key]
    assert client.get(f"/ogc/collections/places/items/{elsewhere}?city=torino").status_code == 404


def test_a_caller_who_has_the_page_already_gets_304(client: FlaskClient, torino: Connection) -> None:
    add_place(torino)
    tag = client.get(ITEMS).headers["ETag"]

    assert client.get(ITEMS, headers={"If-None-Match": tag}).status_code == 304
    add_place(torino)
    assert client.get(ITEMS, headers={"If-None-Match": tag}).status_code == 200


def test_words_find_stems_accents_and_typing_errors(client: FlaskClient, torino: Connection) -> None:
    garden = add_place(torino, title="Giardini di via Agliè", summary="Orti condivisi")
    add_place(torino, title="Scuola Turoldo")

    for words in ("giardino", "aglie", "giardini condiviso", "via aglie giard", "girdini aglie"):
        assert everything(client, f"{ITEMS}&q={words}") == [garden], words
    assert everything(client, f"{ITEMS}&q=zzzz") == []


def test_signs_that_mean_something_to_a_parser_are_only_signs(
    client: FlaskClient, torino: Connection
) -> None:
    key = add_place(torino, title="Orto & giardino (nuovo)")

    for words in ("%27%3B--", "%25%26%7C!()", "%3A*", "%5C", "%00"):
        assert client.get(f"{ITEMS}&q={words}").status_code == 200, words
    assert everything(client, f"{ITEMS}&q=orto+%26+(giardino)%3A*+!") == [key]


def test_areas_are_paged_and_boxed_too(client: FlaskClient, torino: Connection) -> None:
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
        SELECT 1272, 'zones', 'z' || n, 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7 + n, 45, 7.9 + n, 46, 4326)) FROM generate_series(1, 5) AS n"""
    )
    items = "/ogc/collections/areas/items?city=torino&limit=2"

    assert everything(client, items) == [f"zones/z{n}" for n in range(1, 6)]
    assert everything(client, items + "&bbox=8.5,45.1,9.5,45.2") == ["zones/z1", "zones/z2"]
