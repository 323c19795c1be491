"""Words are looked up with a geocoder: a local server stands for a Photon and for a Nominatim."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from app.settings import Settings
from app.web import create_app
from tests.conftest import FreshDatabase
from tests.http.conftest import add_place
from tests.http.pinning import PAGE, written

PHOTON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [7.66, 45.05]},
            "properties": {"street": "Via Modesto Panetti", "housenumber": "1", "city": "Torino"},
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [7.661, 45.051]},
            "properties": {"name": "Via Modesto Panetti", "district": "Mirafiori", "city": "Torino"},
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [12.49, 41.89]},
            "properties": {"name": "Via Panetti", "city": "Roma"},
        },
        {"geometry": {"coordinates": [7.66, 45.05]}, "properties": {"osm_id": 1}},
    ],
}
NOMINATIM = [
    {"lat": "45.05", "lon": "7.66", "display_name": "1, Via Panetti, Torino", "place_rank": 30},
    {"lat": "45.051", "lon": "7.661", "display_name": "Via <b>Panetti</b>, Mirafiori, Torino"},
    {"lat": "41.89", "lon": "12.49", "display_name": "Via Panetti, Roma", "place_rank": 26},
]


@dataclass
class Geocoder:
    """What the server answers, and what it was asked."""

    url: str = ""
    body: bytes = b"[]"
    status: int = 200
    wait: float = 0
    trickle: float = 0
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)

    def says(self, answer: Any) -> None:
        self.body = json.dumps(answer).encode()


@pytest.fixture
def geocoder() -> Iterator[Geocoder]:
    """A server on a free port."""
    state = Geocoder()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            state.asked.append((parts.path, asked, dict(self.headers)))
            time.sleep(state.wait)
            with suppress(OSError):  # whoever asked may have gone
                self.send_response(state.status)
                self.end_headers()
                pieces = [state.body]
                if state.trickle:
                    pieces = [state.body[at : at + 1] for at in range(len(state.body))]
                for piece in pieces:
                    self.wfile.write(piece)
                    time.sleep(state.trickle)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    yield state
    server.shutdown()
    server.server_close()


@dataclass
class Finder:
    """A visitor of a city whose server asks a geocoder."""

    client: FlaskClient

    def __call__(self, words: str = "via panetti", language: str = "it") -> list[Any]:
        answer = self.client.get("/torino/pin/spots", query_string={"q": words, "lang": language})
        assert answer.status_code == 200, answer.text
        found: list[Any] = answer.json
        return found


@pytest.fixture
def asking(geocoder: Geocoder, database: FreshDatabase, torino: Connection, tmp_path: Path) -> Iterator[Any]:
    """Makes finders: `asking("/api")` is of a server that asks a Photon."""
    made = []

    def make(path: str, base_url: str | None = None) -> Finder:
        settings = replace(Settings(), database_url=database.app_url, var=tmp_path, base_url=base_url)
        app = create_app(replace(settings, geocoder_url=geocoder.url + path))
        made.append(app.extensions["cortile"].database)
        return Finder(app.test_client())

    yield make
    for opened in made:
        with closing(opened):
            pass


def told(spots: list[Any]) -> list[tuple[Any, ...]]:
    return [tuple(spot[name] for name in ("label", "hint", "lat", "lon", "accuracy_m")) for spot in spots]


def test_a_photon_finds_houses_and_streets_of_the_city(asking: Any, geocoder: Geocoder) -> None:
    geocoder.says(PHOTON)
    spots = asking("/api")("via panetti", "en")

    assert told(spots) == [
        ("Via Modesto Panetti 1", "Via Modesto Panetti 1, Torino", 45.05, 7.66, 25),
        ("Via Modesto Panetti", "Mirafiori, Torino", 45.051, 7.661, 150),
    ]
    ((path, asked, headers),) = geocoder.asked
    assert path == "/api"
    assert asked == {
        "q": "via panetti", "limit": "5", "bbox": "6.5,44.6,8.3,45.7", "lon": "7.4000", "lat": "45.1500",
    }  # fmt: skip
    assert headers["User-Agent"] == f"Cortile/{version('cortile')}"
    assert headers["Accept-Language"] == "en"


def test_a_nominatim_is_asked_in_its_own_way_and_told_who_asks(asking: Any, geocoder: Geocoder) -> None:
    geocoder.says(NOMINATIM)
    find = asking("/search", "https://city.example")

    assert told(find()) == [
        ("1", "Via Panetti, Torino", 45.05, 7.66, 25),
        ("Via <b>Panetti</b>", "Mirafiori, Torino", 45.051, 7.661, 150),
    ]
    ((path, asked, headers),) = geocoder.asked
    assert path == "/search"
    assert asked == {
        "q": "via panetti", "format": "jsonv2", "limit": "5", "viewbox": "6.5,45.7,8.3,44.6", "bounded": "1",
    }  # fmt: skip
    assert headers["User-Agent"] == f"Cortile/{version('cortile')} (+https://city.example)"
    assert headers["Accept-Language"] == "it"


def test_what_it_finds_can_be_chosen_without_scripts(asking: Any, geocoder: Geocoder) -> None:
    geocoder.says(NOMINATIM)
    client = asking("/search").client
    page = client.post("/torino/pin", data=written(client, step="find", q="panetti"), headers=PAGE).text
    assert 'name="spot" value="45.051000,7.661000,150"' in page
    assert "Via &lt;b&gt;Panetti&lt;/b&gt;" in page


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Too many requests</html>",
        b"null",
        b"7",
        b'"abc"',
        b'{"features": null}',
        b'{"error": "no"}',
        b'{"features": [{"geometry": null, "properties": {}}]}',
        b'{"features": [{"geometry": {"coordinates": [7.66]}, "properties": {"name": "x"}}]}',
        b'{"features": [{"geometry": {"coordinates": [7.66, 45.05]}, "properties": ["x"]}]}',
        b'{"features": [{"geometry": {"coordinates": [NaN, Infinity]}, "properties": {"name": "x"}}]}',
        b'[{"lat": "north", "lon": "7.66", "display_name": "x"}]',
        b'[{"lat": 45.05, "lon": 7.66, "display_name": "x", "place_rank": 1e999}]',
        b'["x", "y"]',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b'[{"lat": 45.05, "lon": 7.66, "display_name": "' + b"x" * 1_000_000 + b'"}]',
    ],
    ids=lambda body: repr(body[:60]),
)
def test_nonsense_finds_nothing_and_the_map_still_answers(
    asking: Any, geocoder: Geocoder, torino: Connection, body: bytes
) -> None:
    add_place(torino, title="Casa Panetti")
    geocoder.body = body
    assert [spot["label"] for spot in asking("/api")("panetti")] == ["Casa Panetti"]
    assert len(geocoder.asked) == 1


@pytest.mark.parametrize("status", [403, 429, 500, 302])
def test_a_refusal_finds_nothing(asking: Any, geocoder: Geocoder, status: int) -> None:
    geocoder.says(NOMINATIM if status != 302 else [])
    geocoder.status = status
    assert asking("/search")() == []
    assert len(geocoder.asked) == 1


def test_where_there_is_no_geocoder_nothing_is_found(asking: Any, geocoder: Geocoder) -> None:
    find = asking("/search")
    geocoder.url = "http://127.0.0.1:1"
    nowhere = asking("/search")
    assert nowhere() == []
    time.sleep(1.1)
    assert find() == []
    assert len(geocoder.asked) == 1


@pytest.mark.parametrize(("wait", "trickle"), [(8, 0), (0, 0.5)], ids=["silent", "trickling"])
def test_it_is_given_up_after_three_seconds(
    asking: Any, geocoder: Geocoder, torino: Connection, wait: float, trickle: float
) -> None:
    add_place(torino, title="Casa Panetti")
    geocoder.says(NOMINATIM)
    geocoder.wait, geocoder.trickle = wait, trickle
    find = asking("/search")
    begun = time.monotonic()
    assert [spot["label"] for spot in find("panetti")] == ["Casa Panetti"]
    assert 2.9 < time.monotonic() - begun < 6


def test_it_is_asked_once_a_second_by_everybody_together(
    asking: Any, geocoder: Geocoder, torino: Connection
) -> None:
    add_place(torino, title="Casa Panetti")
    geocoder.says(NOMINATIM)
    one, other = asking("/search"), asking("/search")
    begun = time.monotonic()
    found = [len(find("panetti")) for find in (one, other, one, other)]
    if time.monotonic() - begun < 1:
        assert found == [3, 1, 1, 1]
    assert len(geocoder.asked) <= 1 + (time.monotonic() - begun)
    time.sleep(1.1)
    assert len(other("panetti")) == 3
