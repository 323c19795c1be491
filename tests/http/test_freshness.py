"""What somebody has said of late to be still true: asked for in the same words, and exact, everywhere."""

import csv
import io

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from tests.http.conftest import add_place
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


@pytest.mark.parametrize("path", ["pins?bbox=7,44,8,46&zoom=12", "tiles/places/4/5/8?", "data/places.gpkg?"])
def test_what_is_no_moment_is_refused_everywhere(client: FlaskClient, torino: Connection, path: str) -> None:
    for word in ("yesterday", "2025-13-01", "2025-11-22/..", "2025-11-22T08:30:00"):
        answer = client.get(f"/torino/{path}&confirmed_since={word}", headers={"Accept-Language": "it"})
        assert answer.status_code == 400, word
        assert f"confirmed_since: «{word}» non è un momento" in answer.get_data(as_text=True)
