"""The map as a file: what it holds under the filters, and that it holds nothing else."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.http.conftest import add_place


@pytest.fixture
def furnished(torino: Connection) -> Connection:
    """Two places, and two zones of which one has a figure and few residents."""
    add_place(
        torino,
        title="Orto",
        kind="project",
        summary="Un orto.",
        translations=json.dumps({"en": {"title": "Garden", "summary": "A garden."}}),
        source="OpenStreetMap",
        licence="ODbL 1.0",
    )
    add_place(torino, 7.6, 45.05, wkt="LINESTRING(7.6 45.05, 7.61 45.05)", title="Viale", kind="site")
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names)
        VALUES (1272, 'zones', '{"it": "Zone", "en": "Zones"}');
        INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        SELECT 1272, 'zones', code, 'Centro', 'a survey', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)) FROM unnest(ARRAY['01', '02']) AS code;
        INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence, decimals)
        VALUES (1272, 'residents', 'residents', 'zones', '{"it": "Residenti", "en": "Residents"}',
            '{"it": "persone", "en": "people"}', 2011, 0, 'ISTAT', 'CC BY 3.0 IT', 0);
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'residents', '01', 150, '2026-01-02')"""
    )
    return torino


def held(client: FlaskClient, query: str = "") -> dict[str, Any]:
    """What the file's script is given."""
    answer = client.get(f"/torino/map.html?lang=en{query}")
    assert answer.status_code == 200
    found = re.search(r"cortileMaps.show\(\"map\", (.*?)\);</script>", answer.get_data(as_text=True))
    assert found is not None
    contents: dict[str, Any] = json.loads(found[1])
    return contents


def pins(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    layer = held(client, query)["layers"][-1]
    assert layer["type"] == "places"
    listed: list[dict[str, Any]] = layer["pins"]
    return listed


def test_it_is_a_file_of_the_citys_name(client: FlaskClient, furnished: Connection) -> None:
    answer = client.get("/torino/map.html")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="torino.html"'
    assert answer.content_type == "text/html; charset=utf-8"
    again = client.get("/torino/map.html", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_places_are_told_in_the_readers_language(client: FlaskClient, furnished: Connection) -> None:
    viale, orto = sorted(pins(client), key=lambda pin: str(pin["lon"]))
    assert (orto["lon"], orto["lat"], orto["title"]) == (7.68, 45.07, "Garden")
    assert orto["said"] == "Community project · Under way"
    assert orto["rows"] == [
        ["Description", "A garden."],
        ["Source", "OpenStreetMap"],
        ["Licence", "ODbL 1.0"],
    ]
    assert orto["link"]["href"].startswith("https://city.example/torino/places/")
    assert orto["shape"] is None
    assert viale["shape"] == {"type": "LineString", "coordinates": [[7.6, 45.05], [7.61, 45.05]]}


def test_the_pages_filters_act_on_it(client: FlaskClient, furnished: Connection) -> None:
    assert [pin["title"] for pin in pins(client, "&kind=site")] == ["Viale"]
    assert [pin["title"] for pin in pins(client, "&q=orto")] == ["Garden"]
    assert [pin["title"] for pin in pins(client, "&bbox=7.67,45,7.7,45.1")] == ["Garden"]
    assert pins(client, "&status=ended") == []


def test_without_a_place_it_shows_the_citys_first_view(client: FlaskClient, furnished: Connection) -> None:
    assert held(client, "&status=ended")["bounds"] == [[45.0, 7.57], [45.14, 7.78]]
    assert held(client, "&q=orto")["bounds"] == [[45.07, 7.68], [45.07, 7.68]]


def test_the_chosen_indicator_paints_the_zones(client: FlaskClient, furnished: Connection) -> None:
    layer = held(client, "&layer=zones&indicator=residents")["layers"][0]
    assert (layer["type"], layer["name"], layer["attribution"]) == ("areas", "Zones", "a survey (CC0-1.0)")
    first, second = (feature["properties"] for feature in layer["features"]["features"])
    assert (first["title"], first["step"], first["few"]) == ("Centro · Zone 01", 0, True)
    assert first["rows"] == [["Residents", "150 people (2011)"], ["few residents", "150"]]
    assert (second["step"], second["rows"]) == (None, [["Residents", "no data"]])
    legend = layer["legend"]
    assert (legend["title"], legend["unit"]) == ("Residents", "people, 2011")
    assert [step["label"] for step in legend["steps"]] == ["150 to 150"]
    assert legend["source"] == "Source: ISTAT; CC BY 3.0 IT."
    assert (legend["no_data"], legend["few"]) == ("no data", "fewer than 200 residents: read with care")


def test_zones_are_the_first_layer_unless_there_shall_be_none(
    client: FlaskClient, furnished: Connection
) -> None:
    assert [layer["type"] for layer in held(client)["layers"]] == ["areas", "places"]
    assert held(client)["layers"][0]["legend"] is None
    assert [layer["type"] for layer in held(client, "&layer=none")["layers"]] == ["places"]


@pytest.mark.parametrize("query", ["?layer=zone", "?layer=zones&indicator=resident"])
def test_a_name_that_is_not_there_is_refused(client: FlaskClient, furnished: Connection, query: str) -> None:
    assert client.get(f"/torino/map.html{query}").status_code == 404


def test_no_text_ends_the_script(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, title="</script><script>alert(1)</script>")
    page = client.get("/torino/map.html").get_data(as_text=True)
    assert "<script>alert(1)" not in page
    assert pins(client)[0]["title"] == "</script><script>alert(1)</script>"


def test_the_list_offers_the_map_under_its_own_filters(client: FlaskClient, furnished: Connection) -> None:
    def offered(address: str) -> str:
        found = re.search(r'href="(/torino/map.html[^"]*)"', client.get(address).get_data(as_text=True))
        assert found is not None
        return found[1].replace("&amp;", "&")

    assert offered("/torino/") == "/torino/map.html"
    assert offered("/torino/?kind=site&layer=zones&indicator=residents") == (
        "/torino/map.html?kind=site&layer=zones&indicator=residents"
    )
    assert offered("/torino/list?bbox=7,45,8,46&q=orto") == "/torino/map.html?q=orto&bbox=7,45,8,46"
