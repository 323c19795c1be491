"""What is near, and what is far from every house: as brute force finds it, for points, lines and polygons."""

import json
import random
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from tests.http.conftest import MILANO, TORINO, add_place

KINDS = ("house", "site", "project")
POINT = st.tuples(st.floats(7.55, 7.80), st.floats(44.98, 45.16))


def scatter(db: Connection) -> None:
    """300 points, crowded in one corner, and some lines and polygons."""
    dice = random.Random(4)
    for number in range(300):
        near = number % 3
        lon = 7.68 + dice.gauss(0, 0.002 if near else 0.05)
        lat = 45.07 + dice.gauss(0, 0.002 if near else 0.04)
        add_place(db, lon, lat, kind=KINDS[0] if number % 40 == 0 else KINDS[1 + number % 2])
    add_place(db, 7.7, 45.1, wkt="LINESTRING(7.6 45.1, 7.7 45.1, 7.78 45.02)", kind="project")
    add_place(db, 7.62, 45.04, wkt="POLYGON((7.61 45.03, 7.63 45.03, 7.63 45.05, 7.61 45.05, 7.61 45.03))")
    add_place(db, 7.68, 45.07, moderation="hidden")
    add_place(db, 7.68, 45.07, city_id=MILANO)


def truth(db: Connection, origin: str, kinds: tuple[str, ...]) -> list[tuple[float, str]]:
    sql = """SELECT ST_Distance(geom::geography, ST_GeomFromText(:origin, 4326)::geography) AS far, id::text
        FROM places WHERE city_id = :city AND moderation = 'published' AND kind = ANY(:kinds) ORDER BY 1"""
    values = {"origin": origin, "city": TORINO, "kinds": list(kinds)}
    return [(row.far, row.id) for row in db.execute(text(sql), values)]


def ask(client: FlaskClient, path: str, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"/torino/graph/{path}?{urlencode(asked)}")
    assert answer.status_code == 200, answer.data
    found: dict[str, Any] = json.loads(answer.data)
    return found


def told(found: dict[str, Any]) -> list[float]:
    return [feature["properties"]["metres"] for feature in found["features"]]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(here=POINT, k=st.integers(1, 60), kinds=st.sampled_from([(), KINDS, ("house",), ("site", "house")]))
def test_the_nearest_are_those_of_brute_force(
    client: FlaskClient, torino: Connection, here: tuple[float, float], k: int, kinds: tuple[str, ...]
) -> None:
    if torino.scalar(text("SELECT count(*) FROM places")) < 300:
        scatter(torino)

    filters = {"kind": ",".join(kinds)} if kinds else {}
    found = ask(client, "near", lon=here[0], lat=here[1], k=k, **filters)

    expected = truth(torino, f"POINT({here[0]} {here[1]})", kinds or KINDS)[:k]
    assert told(found) == pytest.approx([far for far, _ in expected], abs=0.006)
    assert found["numberReturned"] == len(expected)


@pytest.mark.parametrize(
    "shape",
    [
        "LINESTRING(7.65 45.05, 7.70 45.09)",
        "POLYGON((7.66 45.06, 7.70 45.06, 7.70 45.08, 7.66 45.06))",
        "POINT(7.6 45)",
    ],
)
@pytest.mark.parametrize("metres", [0, 150, 2500])
def test_what_lies_within_a_distance_of_a_shape(
    client: FlaskClient, torino: Connection, shape: str, metres: float
) -> None:
    scatter(torino)

    found = ask(client, "near", shape=shape, metres=metres, limit=1000)

    near = [(far, key) for far, key in truth(torino, shape, KINDS) if far <= metres]
    assert {feature["id"] for feature in found["features"]} == {key for _, key in near}
    assert told(found) == sorted(told(found))


def test_many_that_are_nearer_in_degrees_do_not_hide_who_is_nearer_in_metres(
    client: FlaskClient, torino: Connection
) -> None:
    for _ in range(60):
        add_place(torino, 7.68, 45.07 + 0.0100)  # 1,111 m north
    east = [add_place(torino, 7.68 + 0.0127, 45.07) for _ in range(3)]  # 1,000 m

    nearest = ask(client, "near", lon=7.68, lat=45.07, k=3)
    within = ask(client, "near", lon=7.68, lat=45.07, metres=1050, limit=2)

    assert {feature["id"] for feature in nearest["features"]} == set(east)
    assert {feature["id"] for feature in within["features"]} < set(east)
    assert within["numberReturned"] == 2


def test_near_a_place_does_not_tell_of_itself(client: FlaskClient, torino: Connection) -> None:
    line = add_place(torino, 7.7, 45.1, wkt="LINESTRING(7.6 45.1, 7.7 45.1)", title="Viale")
    here = add_place(torino, 7.6, 45.1, title="Capolinea")
    add_place(torino, 7.68, 45.07, moderation="held")

    found = ask(client, "near", place=line, k=5)

    assert [feature["id"] for feature in found["features"]] == [here]
    assert told(found) == [0]


def test_gaps_are_the_sites_without_a_house_so_near(client: FlaskClient, torino: Connection) -> None:
    scatter(torino)
    houses = truth(torino, "POINT(7.6 45)", ("house",))

    found = ask(client, "gaps", metres=800, limit=1000)
    everyone = ask(client, "gaps", metres=0, limit=1000)

    sites = dict(
        torino.execute(
            text("""SELECT s.id::text, min(ST_Distance(s.geom::geography, h.geom::geography))
                FROM places s, places h
                WHERE s.city_id = :city AND h.city_id = :city AND s.kind = 'site' AND h.kind = 'house'
                GROUP BY s.id"""),
            {"city": TORINO},
        ).fetchall()
    )
    assert len(houses) == 8
    assert {f["id"] for f in found["features"]} == {key for key, far in sites.items() if far > 800}
    assert {f["id"]: f["properties"]["metres"] for f in everyone["features"]} == pytest.approx(
        sites, abs=0.006
    )
    assert {f["properties"]["nearest"] for f in everyone["features"]} <= {key for _, key in houses}


def test_gaps_are_paged_by_key(client: FlaskClient, torino: Connection) -> None:
    scatter(torino)
    whole = [f["id"] for f in ask(client, "gaps", metres=0, limit=1000)["features"]]

    paged, following = [], "/torino/graph/gaps?metres=0&limit=40"
    while following:
        page = client.get(following).get_json()
        paged += [f["id"] for f in page["features"]]
        following = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")

    assert paged == whole


def test_a_city_without_houses_says_so(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, kind="site", title="Cortile vuoto")

    assert ask(client, "gaps")["features"][0]["properties"]["metres"] is None
    page = client.get("/torino/graph/gaps?lang=en", headers={"Accept": "text/html"}).text
    assert "Cortile vuoto" in page
    assert "There is no house yet." in page


def test_a_person_reads_it_as_a_page(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, title="<b>Orto</b>", kind="house")
    headers = {"Accept": "text/html"}

    assert "<form" in client.get("/torino/graph/near", headers=headers).text
    page = client.get("/torino/graph/near?lon=7.6801&lat=45.07&lang=en", headers=headers).text
    assert "&lt;b&gt;Orto&lt;/b&gt;" in page
    assert "8 m" in page
    nothing = client.get("/torino/graph/near?lon=7.6&lat=45.07&metres=5&lang=it", headers=headers).text
    assert "Non c’è nulla di così vicino" in nothing


def test_somewhere_else_is_refused(client: FlaskClient, torino: Connection) -> None:
    for asked in ("lon=-179.9&lat=-45", "lon=7.68&lat=89.9", "shape=LINESTRING(7.6 45, 2.35 48.86)"):
        answer = client.get(f"/torino/graph/near?{asked}&lang=en")
        assert answer.status_code == 400
        assert "lies outside torino" in answer.text


def test_a_lonely_place_is_found_from_the_other_end_of_the_city(
    client: FlaskClient, torino: Connection
) -> None:
    add_place(torino, 8.29, 45.69, kind="house")

    assert told(ask(client, "near", lon=6.51, lat=44.61)) == pytest.approx(
        [truth(torino, "POINT(6.51 44.61)", ("house",))[0][0]], abs=0.006
    )
