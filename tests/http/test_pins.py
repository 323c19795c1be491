"""The pins of a view: nothing is lost and nothing is counted twice, whatever the zoom."""

import random
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from tests.http.conftest import add_place

VIEW = "7.6,45.02,7.75,45.12"


def pins(client: FlaskClient, query: str = "", view: str = VIEW, zoom: int = 12) -> dict[str, Any]:
    answer = client.get(f"/torino/pins?bbox={view}&zoom={zoom}{query}")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def counted(answer: dict[str, Any]) -> int:
    return sum(feature["properties"].get("count", 1) for feature in answer["features"])


@pytest.fixture
def crowd(torino: Connection) -> Connection:
    """2,000 places in clumps, 3 houses among them."""
    chance = random.Random(11)
    centres = [(chance.uniform(7.62, 7.73), chance.uniform(45.03, 45.11)) for _ in range(9)]
    for number in range(2_000):
        lon, lat = chance.choice(centres)
        kind = "house" if number % 700 == 0 else chance.choice(["site", "project", "event"])
        add_place(torino, chance.gauss(lon, 0.004), chance.gauss(lat, 0.003), kind=kind, title=f"n {number}")
    return torino


def test_counts_are_exact_at_every_zoom(client: FlaskClient, crowd: Connection) -> None:
    west, south, east, north = map(float, VIEW.split(","))
    count = (
        "SELECT count(*) FROM places WHERE city_id = 1272 AND lon BETWEEN :w AND :e AND lat BETWEEN :s AND :n"
    )
    inside = crowd.scalar(text(count), {"w": west, "s": south, "e": east, "n": north})

    for zoom in range(0, 23, 2):
        answer = pins(client, zoom=zoom)
        assert answer["total"] == counted(answer) == inside, zoom
        assert len(answer["features"]) <= 300


def test_counts_are_exact_under_every_filter(client: FlaskClient, crowd: Connection) -> None:
    houses = pins(client, "&kind=house")
    assert houses["total"] == counted(houses) == 3
    both = pins(client, "&kind=house&kind=site")
    assert both["total"] == counted(both) == pins(client, "&kind=site")["total"] + 3
    assert pins(client, "&status=ended")["total"] == 0
    assert pins(client, "&q=n+700")["total"] == counted(pins(client, "&q=n+700")) == 1


def test_the_ring_of_a_cluster_says_how_many_of_each_kind(client: FlaskClient, crowd: Connection) -> None:
    (cluster,) = pins(client, zoom=5)["features"]

    shares = cluster["properties"]["kinds"]
    assert shares["house"] == 3
    assert sum(shares.values()) == cluster["properties"]["count"]


def test_discs_do_not_cover_each_other(client: FlaskClient, crowd: Connection) -> None:
    features = pins(client, zoom=13)["features"]
    degrees_a_pixel = 360 / (256 * 2**13)
    lons = [feature["geometry"]["coordinates"] for feature in features]

    near = [
        (a, b)
        for number, a in enumerate(lons)
        for b in lons[number + 1 :]
        if abs(a[0] - b[0]) < 10 * degrees_a_pixel and abs(a[1] - b[1]) < 7 * degrees_a_pixel
    ]
    assert near == []


def test_a_place_that_stands_alone_is_a_pin_with_a_name_and_an_address(
    client: FlaskClient, torino: Connection
) -> None:
    key = add_place(torino, 7.65, 45.05, title="Barrito", translations='{"en": {"title": "The Barrito"}}')

    (pin,) = pins(client, "&lang=en")["features"]

    assert pin["id"] == key
    assert pin["properties"]["title"] == "The Barrito"
    assert pin["properties"]["url"] == f"/torino/places/{key}"
