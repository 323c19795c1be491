"""What somebody has said of late to be still true: asked for in the same words, and exact, everywhere."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from tests.http.conftest import add_person, add_place, token_for
from tests.http.test_items import everything

ITEMS = "/ogc/collections/places/items?city=torino"
AT = (
    None,
    "2025-11-21T23:59:59.999999Z",
    "2025-11-22T00:00:00Z",
    "2025-11-22T08:30:00Z",
    "2026-02-01T12:00:00Z",
)
"""When places were last confirmed: never, just before a day, with it, in its morning, and long after it."""
ASKED = {
    "2025-11-22": "2025-11-22T00:00:00Z",
    "2025-11-22T08:30:00Z": "2025-11-22T08:30:00Z",
    "2025-11-22T09:30:00.000001%2B01:00": "2025-11-22T08:30:00.000001Z",
    "2030-01-01": "2030-01-01T00:00:00Z",
}


@pytest.fixture
def places(torino: Connection) -> Connection:
    """Sixty places, one in five of each freshness; two lines, and one that is not public."""
    for number in range(60):
        add_place(
            torino,
            7.65 + number % 10 * 0.006,
            45.03 + number // 10 * 0.006,
            kind="house" if number % 3 else "site",
            title=f"Orto {number}",
            confirmed_at=AT[number % 5],
        )
    for at in AT[1:3]:
        add_place(torino, 7.60, 45.05, wkt="LINESTRING(7.50 45.05, 7.70 45.05)", confirmed_at=at)
    add_place(torino, 7.68, 45.05, moderation="hidden", confirmed_at=AT[4])
    return torino


def fresh(db: Connection, since: str, more: str = "true") -> list[str]:
    """The ids that SQL finds."""
    sql = f"""SELECT id::text FROM places WHERE city_id = 1272 AND moderation = 'published'
        AND confirmed_at >= CAST(:since AS timestamptz) AND {more} ORDER BY id"""
    return list(db.execute(text(sql), {"since": since}).scalars())


@pytest.mark.parametrize("asked", ASKED)
def test_items_pins_tiles_and_downloads_hold_what_was_confirmed_since(
    client: FlaskClient, places: Connection, asked: str
) -> None:
    there = fresh(places, ASKED[asked])
    assert len(there) == {"2025-11-22": 37, "2030-01-01": 0}.get(asked, 24 if "08" in asked else 12)

    assert sorted(everything(client, f"{ITEMS}&limit=5&confirmed_since={asked}")) == there
    first = client.get(f"{ITEMS}&limit=1&confirmed_since={asked}").json
    assert first is not None
    assert first.get("numberMatched", len(there)) == len(there)
    rows = csv.DictReader(
        io.StringIO(client.get(f"/torino/data/places.csv?confirmed_since={asked}").data.decode())
    )
    assert sorted(row["id"] for row in rows) == there
    for zoom in (8, 12, 16):
        pins = client.get(f"/torino/pins?bbox=7,44,8,46&zoom={zoom}&confirmed_since={asked}").json
        assert pins is not None
        assert pins["total"] == len(there)
    tile = client.get(f"/torino/tiles/places/4/5/8?confirmed_since={asked}")
    drawn = mapbox_vector_tile.decode(tile.data)["places"]["features"] if there else []
    assert sorted(feature["properties"]["id"] for feature in drawn) == there
    assert tile.status_code == (200 if there else 204)


def test_it_joins_the_other_filters(client: FlaskClient, places: Connection) -> None:
    since = "confirmed_since=2025-11-22"
    for more, sql in {
        "kind=house": "kind = 'house'",
        "q=orto": "title LIKE 'Orto%'",
        "bbox=7.66,45.0,7.69,45.1": "ST_Intersects(geom, ST_MakeEnvelope(7.66, 45.0, 7.69, 45.1, 4326))",
        "filter=title='Orto%202'": "title = 'Orto 2'",
        "datetime=2026-01-01": "true",
    }.items():
        there = fresh(places, "2025-11-22", sql)
        assert there, more
        assert sorted(everything(client, f"{ITEMS}&limit=4&{since}&{more}")) == there, more


def test_tiles_of_a_map_elsewhere_keep_it(client: FlaskClient, places: Connection) -> None:
    said = client.get("/torino/tiles/places/tilejson?confirmed_since=2025-11-22").json

    assert said is not None
    assert said["tiles"][0].endswith("?confirmed_since=2025-11-22")


def test_the_description_tells_of_it_in_both_languages(client: FlaskClient, torino: Connection) -> None:
    for language, word in (("en", "Only places"), ("it", "Solo i luoghi")):
        api = client.get(f"/torino/ogc/api?lang={language}").json
        assert api is not None
        for name, there in (("places", True), ("houses", True), ("areas", False)):
            parameters = api["paths"][f"/collections/{name}/items"]["get"]["parameters"]
            names = [str(each.get("$ref", each.get("name"))).rpartition("/")[2] for each in parameters]
            assert ("confirmed_since" in names) == there
        assert api["components"]["parameters"]["confirmed_since"]["description"].startswith(word)


def test_it_is_a_property_of_places_at_the_end_of_the_others(client: FlaskClient, places: Connection) -> None:
    feature = client.get(f"{ITEMS}&limit=1&confirmed_since=2026-01-01").json["features"][0]
    assert list(feature["properties"])[-2:] == ["recorded_at", "confirmed_at"]
    assert feature["properties"]["confirmed_at"] == "2026-02-01T12:00:00+00:00"
    where = "&filter=confirmed_at IS NULL"
    never = client.get(f"{ITEMS}&limit=100{where}").json["features"]
    assert len(never) == 12
    assert {each["properties"]["confirmed_at"] for each in never} == {None}
    first = client.get(f"{ITEMS}&limit=1&sortby=-confirmed_at").json["features"][0]
    assert first["properties"]["confirmed_at"] == "2026-02-01T12:00:00+00:00"
    for what in ("queryables", "sortables", "schema"):
        said = client.get(f"/torino/ogc/collections/places/{what}?lang=it").json["properties"]["confirmed_at"]
        assert said == {"title": "Confermato l’ultima volta", "type": "string", "format": "date-time"}
    book = client.get("/torino/data/codebook.csv").text
    assert "When somebody last said that it is as described" in book
    plain = mapbox_vector_tile.decode(client.get("/torino/tiles/places/4/5/8").data)
    assert not any("confirmed_at" in each["properties"] for each in plain["places"]["features"])


def test_confirming_changes_the_tag_and_spoils_no_change_of_a_writer(
    client: FlaskClient, places: Connection
) -> None:
    places.execute(text("UPDATE cities SET review = 'none'"))
    place = add_place(places, title="Orto", confirmed_at="2026-01-02T00:00:00Z")  # with its version
    url, headers = f"/torino/ogc/collections/places/items/{place}", token_for(places, add_person(places))
    before = client.get(url).headers["ETag"]
    assert before == '"1.published"'
    assert client.get(url, headers={"If-None-Match": before}).status_code == 304

    places.execute(text("UPDATE places SET confirmed_at = '2026-03-01' WHERE id = :id"), {"id": place})
    after = client.get(url, headers={"If-None-Match": before})
    assert (after.status_code, after.headers["ETag"] != before) == (200, True)
    merge = {"headers": headers | {"If-Match": before}, "content_type": "application/merge-patch+json"}
    assert client.patch(url, json={"properties": {"title": "Nuovo"}}, **merge).status_code == 204
    merge["headers"] = headers | {"If-Match": after.headers["ETag"]}
    assert client.patch(url, json={"properties": {"title": "Altro"}}, **merge).status_code == 412


def test_a_chip_of_the_map_page_asks_for_it_without_scripts(client: FlaskClient, places: Connection) -> None:
    a_year_ago = (datetime.now(UTC) - timedelta(days=365)).date().isoformat()
    for at, title in (("now", "Fresco"), (None, "Vecchio")):
        add_place(places, title=title, kind="event", confirmed_at=at)
    page = client.get("/torino/?lang=en&kind=event").text
    assert f'name="confirmed_since" value="{a_year_ago}">' in page
    assert "Confirmed within a year" in page
    assert "Fresco" in page
    assert "Vecchio" in page

    chosen = client.get(f"/torino/?lang=en&kind=event&confirmed_since={a_year_ago}").text
    assert f'name="confirmed_since" value="{a_year_ago}" checked>' in chosen
    assert "Fresco" in chosen
    assert "Vecchio" not in chosen
    assert 'data-count="event">1<' in chosen
    assert re.search(rf'/torino/places/[0-9a-f-]+\?kind=event&amp;confirmed_since={a_year_ago}"', chosen)
    other = client.get("/torino/?lang=en&confirmed_since=2025-11-22").text
    assert "Confirmed since November 22, 2025" in other
    part = client.get(f"/torino/list?bbox=7,44,8,46&kind=event&confirmed_since={a_year_ago}").text
    assert ("Fresco" in part, "Vecchio" in part) == (True, False)
    assert client.get("/torino/?confirmed_since=gestern").status_code == 400


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("now", "Still true: confirmed on"),
        ("2020-02-01T12:00:00Z", "Last confirmed on February 1, 2020, more than a year ago."),
        (None, "Nobody has confirmed yet that this is still true."),
    ],
)
def test_the_page_of_a_place_says_how_fresh_it_is(
    client: FlaskClient, torino: Connection, at: str | None, words: str
) -> None:
    place = add_place(torino, confirmed_at=at)
    assert words in client.get(f"/torino/places/{place}?lang=en").text


@pytest.mark.parametrize("path", ["pins?bbox=7,44,8,46&zoom=12", "tiles/places/4/5/8?", "data/places.gpkg?"])
def test_what_is_no_moment_is_refused_everywhere(client: FlaskClient, torino: Connection, path: str) -> None:
    for word in ("yesterday", "2025-13-01", "2025-11-22/..", "2025-11-22T08:30:00"):
        answer = client.get(f"/torino/{path}&confirmed_since={word}", headers={"Accept-Language": "it"})
        assert answer.status_code == 400, word
        assert f"confirmed_since: «{word}» non è un momento" in answer.get_data(as_text=True)
