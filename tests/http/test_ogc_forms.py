"""The forms in which the API answers: systems of coordinates, orders, times, pages to read, headers."""

import base64
import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from psycopg.types.range import Range
from pyproj import Transformer
from sqlalchemy import Connection

from app.params import MAX_LIMIT
from app.publish.data.formats import FORMATS
from app.publish.ogc import parameters
from tests.http.conftest import add_place
from tests.http.test_items import everything, ids

ITEMS = "/torino/ogc/collections/places/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LON, LAT = 7.6869, 45.0703


def projected(srid: int, lon: float = LON, lat: float = LAT) -> tuple[float, float]:
    """What pyproj makes of a longitude and a latitude, east first."""
    x, y = Transformer.from_crs(4326, srid, always_xy=True).transform(lon, lat)
    return x, y


def coordinates(client: FlaskClient, url: str) -> Any:
    answer = client.get(url)
    assert answer.status_code == 200, answer.json
    return answer.json.get("features", [answer.json])[0]["geometry"]["coordinates"]


@pytest.mark.parametrize("path", ["", "/{key}"])
def test_coordinates_come_in_the_system_and_the_order_asked_for(
    client: FlaskClient, torino: Connection, path: str
) -> None:
    url = ITEMS + path.format(key=add_place(torino, LON, LAT))

    assert coordinates(client, url) == [LON, LAT]
    assert coordinates(client, f"{url}?crs={CRS84}") == [LON, LAT]
    assert coordinates(client, f"{url}?crs={EPSG}4326") == [LAT, LON]
    assert coordinates(client, f"{url}?crs={EPSG}3857") == pytest.approx(projected(3857), abs=0.001)
    assert coordinates(client, f"{url}?crs={EPSG}32632") == pytest.approx(projected(32632), abs=0.001)
    assert client.get(url).headers["Content-Crs"] == f"<{CRS84}>"
    for code in (4326, 3857, 32632):
        assert client.get(f"{url}?crs={EPSG}{code}").headers["Content-Crs"] == f"<{EPSG}{code}>"


def test_the_next_page_keeps_the_system(client: FlaskClient, torino: Connection) -> None:
    for lon in (7.6, 7.7):
        add_place(torino, lon, 45.0)
    first = client.get(f"{ITEMS}?limit=1&crs={EPSG}4326").json
    following = next(link["href"] for link in first["links"] if link["rel"] == "next")

    assert coordinates(client, following.removeprefix("https://city.example")) == [45.0, 7.7]


def test_a_box_is_read_in_its_own_system(client: FlaskClient, torino: Connection) -> None:
    key = add_place(torino, LON, LAT)
    add_place(torino, LON + 0.01, LAT)
    add_place(torino, LON, LAT + 0.01)

    def boxed(srid: int, x: float, y: float, more: float) -> list[str]:
        box = f"{x - more},{y - more},{x + more},{y + more}"
        return everything(client, f"{ITEMS}?bbox={box}&bbox-crs={EPSG}{srid}")

    assert boxed(4326, LAT, LON, 0.005) == [key]  # latitude first
    assert boxed(4326, LON, LAT, 0.005) == []
    assert boxed(3857, *projected(3857), 300) == [key]
    assert boxed(32632, *projected(32632), 300) == [key]


def test_a_box_without_a_width_finds_what_it_cuts(client: FlaskClient, torino: Connection) -> None:
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names) VALUES (1272, 'zones', '{"it": "Zone"}');
        INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
        VALUES (1272, 'zones', '01', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326)))"""
    )
    line = add_place(torino, 7.61, 45.05, wkt="LINESTRING(7.61 45.05, 7.69 45.05)")
    square = add_place(
        torino, 7.62, 45.05, wkt="POLYGON((7.62 45.02, 7.68 45.02, 7.68 45.08, 7.62 45.08, 7.62 45.02))"
    )
    add_place(torino, 7.64, 45.05)
    x, y = projected(3857, 7.65, 45.05)

    def found(box: str) -> list[str]:
        return sorted(everything(client, f"{ITEMS}?bbox={box}"))

    assert found("7.65,45.0,7.65,45.1") == sorted([line, square])
    assert found("7.65,45.07,7.65,45.1") == [square]
    assert found("7.63,45.05,7.635,45.05") == sorted([line, square])
    assert found("7.65,45.05,7.65,45.05") == sorted([line, square])
    assert found("7.65,45.03,7.65,45.04") == [square]
    assert found(f"{x},{y - 99},{x},{y + 99}&bbox-crs={EPSG}3857") == sorted([line, square])
    assert found(f"{x},{y + 99},{x},{y + 999}&bbox-crs={EPSG}3857") == [square]
    areas = "/torino/ogc/collections/areas/items?bbox="
    assert everything(client, areas + "7.65,45.02,7.65,45.03") == ["zones/01"]
    assert everything(client, areas + "7.65,45.02,7.65,45.02") == ["zones/01"]
    assert everything(client, areas + "7.75,45.02,7.75,45.03") == []


def expected(places: dict[str, dict[str, Any]], sortby: str) -> list[str]:
    """The ids in the order of up to three keys, what is missing last, ties by id: the rule, without SQL."""
    order = sorted(places)
    for word in reversed(sortby.split(",")):
        name = word.lstrip("-")
        there = [key for key in order if places[key][name] is not None]
        # Both directions keep ties in the order that they had.
        there.sort(key=lambda key, name=name: places[key][name], reverse=word.startswith("-"))
        order = there + [key for key in order if places[key][name] is None]
    return order


@pytest.mark.parametrize(
    "sortby",
    ["title", "-title", "accuracy_m", "-accuracy_m", "-recorded_at", "title,-accuracy_m",
     "-title,accuracy_m,-recorded_at", "-accuracy_m,title"],
)  # fmt: skip
def test_sorted_pages_hold_every_place_once_and_in_order(
    client: FlaskClient, torino: Connection, sortby: str
) -> None:
    places = {}
    for number in range(40):
        said = {
            "title": (None, "alfa", "beta", "gamma")[number % 4],
            "accuracy_m": (None, 0.1, 0.30000000000000004, 1e-7, 5)[number % 5],
            "recorded_at": datetime(2026, 1, 1 + number % 3, 1, 2, 3, 456789, tzinfo=UTC),
        }
        places[add_place(torino, **said)] = said

    for limit in (1, 3, 7):
        assert everything(client, f"{ITEMS}?sortby={sortby}&limit={limit}") == expected(places, sortby), limit


def test_a_sorted_page_begins_nowhere_but_where_a_link_says(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, accuracy_m=1)
    nobody = "00000000-0000-0000-0000-000000000000"
    for keys in (
        f'[{"9" * 400},"{nobody}"]',
        '["x","y"]',
        f'[true,"{nobody}",1]',
        "[" * 100_000,
        "null",
        "{}",
    ):
        after = base64.urlsafe_b64encode(keys.encode()).decode().rstrip("=")[:60_000]
        assert client.get(f"{ITEMS}?sortby=accuracy_m&after={after}").status_code == 400, keys[:40]
    for title in ("\\ud800", "\\u0000"):
        after = base64.urlsafe_b64encode(f'["{title}","{nobody}"]'.encode()).decode()
        assert client.get(f"{ITEMS}?sortby=title&after={after}").status_code == 400, title


def test_an_offset_leaves_the_first_ones_out_and_the_next_page_goes_on(
    client: FlaskClient, torino: Connection
) -> None:
    for number in range(9):
        add_place(torino, 7.6 + number / 100, title=f"{9 - number}")
    for more in ("", "&sortby=title", "&bbox=7.5,45,7.9,45.1", "&filter=title%3C'99'"):
        whole = everything(client, f"{ITEMS}?limit=100{more}")
        assert len(whole) == 9
        for offset in (0, 1, 4, 8, 9, 20):
            assert everything(client, f"{ITEMS}?limit=2&offset={offset}{more}") == whole[offset:], (
                more,
                offset,
            )


def test_a_feature_carries_only_the_properties_asked_for(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, title="Orto", accuracy_m=3)

    def carried(words: str) -> dict[str, Any]:
        (feature,) = client.get(f"{ITEMS}?properties={words}").json["features"]
        assert feature["geometry"]["type"] == "Point"
        found: dict[str, Any] = feature["properties"]
        return found

    assert carried("title,accuracy_m") == {"title": "Orto", "accuracy_m": 3}
    assert carried("kind") == {"kind": "project"}


@pytest.fixture
def in_time(torino: Connection) -> dict[str, str]:
    """Places that are true always, in 2019, since 2020, and until 2018."""
    year = {number: datetime(number, 1, 1, tzinfo=UTC) for number in (2018, 2019, 2020)}
    return {
        add_place(torino): "always",
        add_place(torino, valid=Range(year[2019], year[2020])): "2019",
        add_place(torino, valid=Range(year[2020], None)): "since",
        add_place(torino, valid=Range(None, year[2018])): "until",
    }


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("2019-06-01T12:00:00Z", "2019 always"),
        ("2019-06-01T12:00:00%2B02:00", "2019 always"),
        ("2018-06-01", "always"),
        ("2019-12-31T23:59:59.999Z", "2019 always"),
        ("2020-01-01T00:00:00Z", "always since"),  # a validity ends before its end
        ("2020-01-01T00:30:00%2B01:00", "2019 always"),  # which is 23:30 of 2019 in UTC
        ("2019-12-31", "2019 always"),
        ("2019-12-31/2020-01-01", "2019 always since"),
        ("2017-12-31/2019-01-01", "2019 always until"),
        ("2018-01-01/2018-12-31", "always"),
        ("2019-06-01/..", "2019 always since"),
        ("2019-06-01/", "2019 always since"),
        ("../2018-06-01", "always until"),
        ("/2018-06-01", "always until"),
        ("../2017-12-31T23:59:59Z", "always until"),
    ],
)  # fmt: skip
def test_a_time_finds_what_was_true_then(
    client: FlaskClient, in_time: dict[str, str], words: str, names: str
) -> None:
    found = everything(client, f"{ITEMS}?limit=2&datetime={words}")
    assert " ".join(sorted(in_time[key] for key in found)) == names


def test_a_time_that_ends_before_it_starts_is_refused(client: FlaskClient, in_time: dict[str, str]) -> None:
    for words in ("2020-01-01/2019-12-31", "2019-01-01T00:00:01Z/2019-01-01T00:00:00Z"):
        assert client.get(f"{ITEMS}?datetime={words}").status_code == 400, words
        assert client.get(f"/torino/ogc/collections/areas/items?datetime={words}").status_code == 400, words
    assert client.get(f"{ITEMS}?datetime=2019-01-01/2019-01-01").status_code == 200


@pytest.fixture
def zones(torino: Connection) -> Connection:
    """Three zones, two of which have residents, one of these rents."""
    torino.exec_driver_sql(
        """INSERT INTO area_layers (city_id, slug, names)
        VALUES (1272, 'zones', '{"it": "Zone", "en": "Zones"}'), (1272, 'wards', '{"en": "Wards"}');
        INSERT INTO areas (city_id, layer, code, name, source, licence, recorded_at, geom)
        SELECT 1272, layer, code, '<script>alert(1)</script>', 'a test', 'CC0-1.0', '2026-01-02',
            ST_Multi(ST_MakeEnvelope(7.6, 45, 7.7, 45.1, 4326))
        FROM unnest(ARRAY['zones', 'zones', 'zones', 'wards'], ARRAY['01', '02', '03', '01'])
            AS t (layer, code);
        INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
        SELECT 1272, slug, slug, 'zones', '{"en": "Figure"}', '{"en": "n"}', 2011, 0, 'a test', 'CC0-1.0'
        FROM unnest(ARRAY['residents', 'renting']) AS slug;
        INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
        VALUES (1272, 'residents', '01', 4321, '2026-01-02'), (1272, 'residents', '02', 99.5, '2026-01-02'),
            (1272, 'renting', '01', 17, '2026-01-02')"""
    )
    return torino


def test_the_areas_of_a_layer_carry_its_figures(client: FlaskClient, zones: Connection) -> None:
    layer = "/torino/ogc/collections/areas-zones"

    def figures(more: str) -> list[tuple[Any, ...]]:
        said = [each["properties"] for each in client.get(f"{layer}/items{more}").json["features"]]
        return [(each["code"], each["residents"], each["renting"]) for each in said]

    assert figures("") == [("01", 4321, 17), ("02", 99.5, None), ("03", None, None)]
    assert figures("?filter=residents%20%3C%20100") == [("02", 99.5, None)]
    assert figures("?filter=renting%20IS%20NULL&sortby=-code")[0] == ("03", None, None)
    assert everything(client, f"{layer}/items?sortby=residents&limit=1") == ["02", "01", "03"]
    assert everything(client, f"{layer}/items?sortby=-residents&limit=1") == ["01", "02", "03"]
    assert client.get(f"{layer}/items/02").json["properties"]["residents"] == 99.5
    (ward,) = client.get("/torino/ogc/collections/areas-wards/items").json["features"]
    assert "residents" not in ward["properties"]


def test_pages_show_what_people_wrote_and_run_none_of_it(client: FlaskClient, zones: Connection) -> None:
    evil = "<script>alert('x')</script>"
    key = add_place(zones, title=evil, summary=evil, website="javascript:alert(1)", address='"><img src=x>')
    for path in (
        f"{ITEMS}?f=html",
        f"{ITEMS}/{key}?f=html",
        f"{ITEMS}?f=html&filter={quote(f'title <> {chr(39)}{chr(34)}><script>{chr(39)}')}",
        "/torino/ogc/collections/areas-zones/items?f=html",
        "/torino/ogc/collections/areas-zones/items/01?f=html",
    ):
        page = client.get(path)
        assert page.status_code == 200, path
        assert page.mimetype == "text/html"
        text = page.get_data(as_text=True)
        assert "&lt;script&gt;alert(" in text, path
        assert "<script>" not in text, path
        assert "<img src=x" not in text, path
        assert 'href="javascript' not in text, path


def test_the_page_of_the_description_says_what_each_address_gives(
    client: FlaskClient, torino: Connection
) -> None:
    page = client.get("/torino/ogc/api?f=html&lang=en").get_data(as_text=True)

    assert "Neighbourhood houses: one feature" in page
    assert '<a href="#p-bbox-crs">' in page
    assert 'id="p-bbox-crs"' in page
    italian = client.get("/torino/ogc/api?f=html&lang=it").get_data(as_text=True)
    for english in parameters.PARAMETERS.values():
        assert english.description.partition("`")[0] in page.replace("&#39;", "'"), english.name
        assert english.description not in italian, english.name
    assert f"{MAX_LIMIT:,}".replace(",", ".") in italian


def test_a_collection_leads_to_its_downloads(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, title="Cortile", kind="site")
    add_place(torino, title="Casa", kind="house")
    page = client.get("/torino/ogc/collections/sites?f=html").get_data(as_text=True)
    paths = re.findall(r'href="(/torino/data/[^"]+)" type=', page)
    assert [path.partition("?")[0].rpartition(".")[2] for path in paths] == list(FORMATS)
    features = client.get(paths[0]).get_json()["features"]
    assert [feature["properties"]["title"] for feature in features] == ["Cortile"]
    mixed = client.get("/torino/ogc/collections/areas?f=html").get_data(as_text=True)
    assert "/torino/data/areas." not in mixed


def test_the_form_is_what_the_caller_accepts(client: FlaskClient, torino: Connection) -> None:
    add_place(torino)
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert client.get(ITEMS, headers=browser).mimetype == "text/html"
    assert client.get(f"{ITEMS}?f=json", headers=browser).mimetype == "application/geo+json"
    assert client.get(ITEMS, headers={"Accept": "*/*"}).mimetype == "application/geo+json"
    assert client.get(f"{ITEMS}?f=html", headers={"Accept": "application/geo+json"}).mimetype == "text/html"


@pytest.mark.parametrize("path", ["", "/conformance", "/collections", "/collections/places", "/api",
                                  "/collections/places/items", "/collections/places/queryables"])  # fmt: skip
def test_an_answer_that_is_known_already_is_not_sent_again(
    client: FlaskClient, torino: Connection, path: str
) -> None:
    add_place(torino)
    url = f"/torino/ogc{path or '/'}"
    whole = client.get(url)
    tag = whole.headers["ETag"]

    again = client.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    other = client.get(url, headers={"If-None-Match": '"other"'})
    assert other.status_code == 200

    head = client.head(url)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
        assert head.headers[name] == whole.headers[name]


def test_scripts_of_other_sites_may_read(client: FlaskClient, torino: Connection) -> None:
    asking = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    allowed = client.options(ITEMS, headers=asking)

    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in allowed.headers["Access-Control-Allow-Methods"]
    assert "if-none-match" in allowed.headers["Access-Control-Allow-Headers"].lower()
    answer = client.get(ITEMS, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Crs" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    refused = client.get(f"{ITEMS}?limit=0", headers={"Origin": "https://elsewhere.example"})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (400, "*")


def test_a_filter_in_json_may_hold_any_text_that_json_can_write(
    client: FlaskClient, torino: Connection
) -> None:
    add_place(torino)
    for text in ("\ud800", "\0", "a\0b"):
        for tree in (
            {"op": "=", "args": [{"property": "title"}, text]},
            {"op": "like", "args": [{"property": "title"}, text]},
            {"op": "in", "args": [{"property": "title"}, ["a", text]]},
            {"op": "=", "args": [{"property": text}, "a"]},
            {"op": text, "args": ["a"]},
        ):
            answer = client.get(f"{ITEMS}?filter={quote(json.dumps(tree))}")
            assert answer.status_code == 400, (text, tree)
    assert ids(client.get(f"{ITEMS}?filter={quote(json.dumps({'op': '=', 'args': [1, 1]}))}").json)
