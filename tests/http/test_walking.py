"""How far it is on foot, and what is within some minutes: as networkx finds it on the same streets."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import networkx as nx
import pytest
import shapely
from flask.testing import FlaskClient
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app import statements
from app.cities import all_cities
from app.imports.streets.service import import_streets
from app.network import gaps, walking
from app.progress import Silent
from geo.crs import projected
from tests.house.test_routes import NAMED, SAID
from tests.http.conftest import MILANO, TORINO, add_place
from tests.streets import NODES, at, crossing, metres, stand, tied, truth, write

HTML = {"Accept": "text/html"}
NOISE = """INSERT INTO street_loads VALUES (15146, 'a', 'b', 'c', NULL, '2026-01-01', 1, 1, 2, 10, 1, 10);
    INSERT INTO street_edges (city_id, id, source, target, metres, component, geom)
    SELECT 15146, id, source, target, 1, 1, geom FROM street_edges WHERE city_id = 1272"""


@pytest.fixture
def town(torino: Connection, tmp_path: Path) -> Connection:
    """Torino with the streets of the town; Milano has the same, each of them a metre long."""
    path = write(tmp_path / "town.osm.pbf")
    for city in all_cities(torino):
        if city.id == TORINO:
            torino.exec_driver_sql("BEGIN")
            import_streets(torino, path, city, datetime(2026, 5, 1, tzinfo=UTC), Silent())
            torino.exec_driver_sql("COMMIT")
    torino.exec_driver_sql(NOISE)
    return torino


def ask(client: FlaskClient, path: str, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"/torino/graph/{path}?{urlencode(asked, safe=',')}")
    assert answer.status_code == 200, answer.data
    found: dict[str, Any] = json.loads(answer.data)
    return found


def point(lonlat: tuple[float, float]) -> str:
    return f"{lonlat[0]},{lonlat[1]}"


def walked(client: FlaskClient, begin: tuple[float, float], end: tuple[float, float]) -> dict[str, Any]:
    found: dict[str, Any] = ask(client, "walk", **{"from": point(begin), "to": point(end)})
    return found


def length(geometry: dict[str, Any]) -> float:
    line = shapely.from_geojson(json.dumps(geometry))
    return float(shapely.length(projected([line], 32632)[0])) / 0.99977  # the scale of UTM here


def test_over_the_river_leads_the_bridge(client: FlaskClient, town: Connection) -> None:
    # From (2, 2) to (2, 3) there is only a motorway: two to the west, over the bridge, two to the east.
    found = walked(client, NODES[crossing(2, 2)], NODES[crossing(2, 3)])
    about = found["properties"]
    assert about["metres"] == pytest.approx(500, abs=0.2)
    assert about["minutes"] == pytest.approx(6.25, abs=0.051)
    assert about["method"] == "streets"
    assert "why" not in about
    assert (about["source"], about["licence"]) == ("OpenStreetMap contributors", "ODbL 1.0")
    assert about["streets_as_of"] == "2026-03-01"
    corners = [NODES[crossing(x, y)] for x, y in ((2, 2), (1, 2), (0, 2))]
    corners += [NODES[34], *(NODES[crossing(x, 3)] for x in (0, 1, 2))]
    assert [tuple(each) for each in found["geometry"]["coordinates"]] == corners


def test_the_way_to_the_street_counts_and_the_position_along_it(
    client: FlaskClient, town: Connection
) -> None:
    # 30 m into the dead end and 20 m beside it; 90 m up the last column and 10 m beside it.
    found = walked(client, at(430, -20), at(410, 90))
    assert found["properties"]["metres"] == pytest.approx(20 + 30 + 90 + 10, abs=0.1)
    drawn = found["geometry"]["coordinates"]
    assert drawn[0] == pytest.approx(at(430, -20), abs=2e-7)
    assert drawn[1] == pytest.approx(at(430, 0), abs=1e-6)
    assert drawn[-1] == pytest.approx(at(410, 90), abs=2e-7)


def test_along_one_street_and_nowhere(client: FlaskClient, town: Connection) -> None:
    assert walked(client, at(430, 0), at(600, 0))["properties"]["metres"] == pytest.approx(170, abs=0.1)
    assert walked(client, at(600, 0), at(430, 0))["properties"]["metres"] == pytest.approx(170, abs=0.1)
    here = walked(client, at(600, 5), at(600, 5))
    assert here["properties"]["metres"] == pytest.approx(10, abs=0.1)
    assert here["geometry"]["type"] == "LineString"


def oracle(begin: tuple[float, float], end: tuple[float, float]) -> float | None:
    graph: nx.Graph[Any] = truth()
    away = [stand(graph, name, *lonlat) for name, lonlat in (("from", begin), ("to", end))]
    if None in away:
        return None
    return sum(filter(None, away)) + float(nx.shortest_path_length(graph, "from", "to", weight="metres"))


SPOT = st.tuples(st.floats(-280, 950), st.floats(-280, 680)).map(lambda east_north: at(*east_north))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(begin=(7.68, 45.0714937), end=(7.6817155, 45.0712155))
@given(begin=SPOT, end=SPOT)
def test_any_walk_is_the_one_that_networkx_finds(
    client: FlaskClient, town: Connection, begin: tuple[float, float], end: tuple[float, float]
) -> None:
    assume(not any(tied(truth(), *lonlat) for lonlat in (begin, end)))
    found = walked(client, begin, end)
    expected = oracle(begin, end)
    if expected is None:
        # Within centimetres of 250 m, either is right.
        assert found["properties"]["method"] == "straight line"
        assert found["properties"]["why"] == "no street near"
        return
    assert found["properties"]["metres"] == pytest.approx(expected, abs=0.3)
    assert length(found["geometry"]) == pytest.approx(expected, abs=0.5)


def add_edge(db: Connection, key: tuple[int, int, int], begin: Any, end: Any, component: int = 1) -> None:
    """A straight street; `key`: its number, its first node and its last."""
    sql = """INSERT INTO street_edges VALUES (1272, :id, :source, :target,
        ST_Length(cast(ST_GeomFromText(:line, 4326) AS geography)), :component,
        ST_GeomFromText(:line, 4326))"""
    line = f"LINESTRING({begin[0]} {begin[1]}, {end[0]} {end[1]})"
    values = dict(zip(("id", "source", "target"), key, strict=True))
    db.execute(text(sql), {**values, "line": line, "component": component})


def test_a_long_way_round_leaves_the_first_box_and_is_found(client: FlaskClient, torino: Connection) -> None:
    """Two ends 20 m apart on two banks, and the bridge 3 km up the river."""
    rows = [
        (1, 1, 2, at(0, 0), at(0, 3000)),
        (2, 2, 3, at(0, 3000), at(20, 3000)),
        (3, 3, 4, at(20, 3000), at(20, 0)),
    ]
    torino.exec_driver_sql(
        "INSERT INTO street_loads VALUES (1272, 'a', 'b', 'c', NULL, '2026-01-01', 3, 3, 4, 6020, 1, 6020)"
    )
    for number, source, target, begin, end in rows:
        add_edge(torino, (number, source, target), begin, end)

    assert walked(client, at(0, 0), at(20, 0))["properties"]["metres"] == pytest.approx(6020, abs=0.5)


def test_to_a_part_that_no_way_leads_to(client: FlaskClient, town: Connection) -> None:
    # Far from everything else, so that only it is near.
    add_edge(town, (900, 900, 901), at(5000, 0), at(5100, 0), component=3)
    found = walked(client, at(0, 0), at(5050, 0))
    assert found["geometry"] is None
    assert (
        found["properties"] | {"metres": None, "minutes": None, "why": "no way on foot"}
        == found["properties"]
    )
    page = client.get(
        f"/torino/graph/walk?from={point(at(0, 0))}&to={point(at(5050, 0))}&lang=en", headers=HTML
    )
    assert "No way on foot leads there." in page.text


def test_the_largest_part_is_asked_before_a_courtyard(client: FlaskClient, town: Connection) -> None:
    # In the middle of the courtyard's path; the crossing (1, 1) is nearest on streets that lead on.
    found = walked(client, at(145, 150), NODES[crossing(1, 1)])
    assert found["properties"]["metres"] == pytest.approx(45 + 50, abs=0.1)


def test_without_streets_it_is_the_straight_line_and_says_so(client: FlaskClient, torino: Connection) -> None:
    found = walked(client, at(0, 0), at(300, 400))
    minutes = found["properties"].pop("minutes")
    assert minutes == pytest.approx(6.25, abs=0.051)
    assert found["properties"] == {"metres": 500.0, "method": "straight line", "why": "no streets loaded"}
    assert len(found["geometry"]["coordinates"]) == 2
    near = add_place(torino, *at(300, 400), kind="house")
    add_place(torino, *at(3000, 400), kind="house")
    reach = ask(client, "reach", lon=NODES[1][0], lat=NODES[1][1], minutes=10)
    assert (reach["method"], reach["why"], reach["kinds"]) == (
        "straight line",
        "no streets loaded",
        {"house": 1},
    )
    assert "source" not in reach
    ground, place = reach["features"]
    assert place["id"] == near
    assert area(ground) == pytest.approx(3.1365 * 800**2, rel=0.005)
    page = client.get(f"/torino/graph/reach?lon={NODES[1][0]}&lat={NODES[1][1]}&lang=en", headers=HTML).text
    assert "the streets of this city are not loaded" in page
    assert "OpenStreetMap contributors, ODbL" not in page


def test_without_pgrouting_it_is_the_straight_line(
    client: FlaskClient, town: Connection, cluster: Any
) -> None:
    name = town.execute(text("SELECT current_database()")).scalar_one()
    with cluster.connect("postgres", name) as superuser:
        superuser.execute("DROP EXTENSION pgrouting")
    assert walked(client, at(0, 0), at(300, 400))["properties"]["method"] == "straight line"


def area(feature: dict[str, Any]) -> float:
    shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    return float(shapely.area(projected([shape], 32632)[0]))


@pytest.mark.parametrize("start", [crossing(0, 0), crossing(2, 2), crossing(4, 3)])
@pytest.mark.parametrize("minutes", [1, 3, 5, 9])
def test_a_walk_shed_is_the_ego_graph(
    client: FlaskClient, town: Connection, start: int, minutes: int
) -> None:
    """A place stands on every crossing: those that are told are those of networkx, and as far."""
    places = {add_place(town, *lonlat, kind="site"): node for node, lonlat in NODES.items() if node < 30}
    add_place(town, *NODES[start], moderation="hidden", title="Segreto")
    add_place(town, *NODES[start], city_id=MILANO)
    lon, lat = NODES[start]

    found = ask(client, "reach", lon=lon, lat=lat, minutes=minutes, limit=1000)

    ego = nx.ego_graph(truth(), start, radius=80 * minutes, distance="metres")
    far = nx.single_source_dijkstra_path_length(ego, start, weight="metres")
    told = {places[each["id"]]: each["properties"]["metres"] for each in found["features"][1:]}
    assert told == pytest.approx({node: metre for node, metre in far.items() if node < 30}, abs=0.05)
    assert found["kinds"] == {"site": len(told)}
    assert found["numberReturned"] == len(told)
    assert list(told.values()) == sorted(told.values())
    # The ground: 50 m around every reached piece of street, the last ones as far as they are reached.
    ground = shapely.from_geojson(json.dumps(found["features"][0]["geometry"]))
    assert ground.is_valid
    mine = around(far_along(start, 80.0 * minutes))
    theirs = projected([ground], 32632)[0]
    without_holes = shapely.union_all([shapely.Polygon(each.exterior) for each in shapely.get_parts(mine)])
    assert shapely.area(shapely.symmetric_difference(theirs, without_holes)) < 0.02 * theirs.area


def far_along(start: int, left: float) -> list[shapely.LineString]:
    """The reached part of every piece of street, as straight lines in degrees."""
    graph = truth()
    far = nx.single_source_dijkstra_path_length(graph, start, weight="metres", cutoff=left)
    lines = []
    for a, b, long in graph.edges.data("metres"):
        line = shapely.LineString([NODES[a], NODES[b]])
        for node, first in ((a, True), (b, False)):
            if node in far:
                share = min(1.0, (left - far[node]) / long)
                cut = (0.0, share) if first else (1 - share, 1.0)
                ends = shapely.line_interpolate_point(line, cut, normalized=True)
                lines.append(shapely.LineString(ends))
    return lines


def around(lines: list[shapely.LineString]) -> Any:
    return shapely.union_all(shapely.buffer(projected(lines, 32632), 50, quad_segs=16))


def test_reach_of_places_beside_streets_as_networkx_finds_them(client: FlaskClient, town: Connection) -> None:
    dice = random.Random(3)
    spots = {}
    for number in range(60):
        spot = at(dice.uniform(-150, 700), dice.uniform(-150, 550))
        spots[add_place(town, *spot, kind=("house", "site")[number % 2])] = spot
    house = add_place(town, *at(250, 190), kind="house", title="Casa")
    expected = {key: oracle(at(250, 190), spot) for key, spot in spots.items()}

    found = ask(client, "reach", place=house, minutes=8, limit=1000)
    told = {each["id"]: each["properties"]["metres"] for each in found["features"][1:]}
    assert told == pytest.approx({key: far for key, far in expected.items() if far and far <= 640}, abs=0.2)
    assert sum(found["kinds"].values()) == len(told)
    assert found["features"][1]["properties"]["minutes"] == pytest.approx(
        found["features"][1]["properties"]["metres"] / 80, abs=0.051
    )

    nearest = ask(client, "walk", **{"from": house, "k": 7, "kind": "site"})
    sites = sorted((far, key) for key, far in expected.items() if far and list(spots).index(key) % 2)
    assert [each["id"] for each in nearest["features"]] == [key for _, key in sites[:7]]
    few = ask(client, "reach", place=house, minutes=8, limit=2, kind="site")
    assert (few["numberReturned"], len(few["features"])) == (2, 3)
    assert list(few["kinds"]) == ["site"]


def test_a_shape_is_left_where_its_street_is_nearest(client: FlaskClient, town: Connection) -> None:
    ring = ", ".join(
        f"{lon} {lat}" for lon, lat in (at(10, 10), at(90, 10), at(90, 60), at(10, 60), at(10, 10))
    )
    garden = add_place(town, *at(50, 30), wkt=f"POLYGON(({ring}))", kind="site")
    # 10 m to the row in the south, or to either column; then 100 to 110 m on.
    found = ask(client, "walk", **{"from": garden, "to": point(at(200, 0))})
    assert 110 <= found["properties"]["metres"] <= 211


def test_too_many_places_are_refused(
    client: FlaskClient, town: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "MOST_LOOKED_AT", 3)
    walking._reached.cache_clear()
    for _ in range(4):
        add_place(town, *at(10, 10))
    answer = client.get(f"/torino/graph/reach?lon={NODES[1][0]}&lat={NODES[1][1]}&lang=en")
    walking._reached.cache_clear()
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] == "minutes"
    assert "more than 3 places lie around" in answer.text


@pytest.mark.parametrize("minutes", [1, 2, 4])
def test_gaps_are_the_sites_that_no_house_reaches(
    client: FlaskClient, town: Connection, minutes: int
) -> None:
    dice = random.Random(9)
    houses = [at(110, 5), at(390, 480)]
    for house in houses:
        add_place(town, *house, kind="house")
    add_place(town, *at(300, 200), kind="house", moderation="hidden")
    spots = [at(dice.uniform(-150, 700), dice.uniform(-150, 550)) for _ in range(40)]
    spots += [at(130, -8), at(5000, 5000)]  # on the street of a house; near no street
    sites = {add_place(town, *spot, kind="site"): spot for spot in spots}
    far = {key: [oracle(house, spot) for house in houses] for key, spot in sites.items()}
    nearest = {key: min(filter(None, each), default=None) for key, each in far.items()}

    found: dict[str, float | None] = {}
    following = f"/torino/graph/gaps?minutes={minutes}&limit=7"
    while following:
        page = client.get(following).get_json()
        assert page["method"] == "streets"
        found |= {each["id"]: each["properties"]["metres"] for each in page["features"]}
        following = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")

    missing = {key: metre for key, metre in nearest.items() if metre is None or metre > 80 * minutes}
    assert len(missing) > 1
    assert found == pytest.approx(missing, abs=0.2)


def test_gaps_go_on_where_a_piece_ends(
    client: FlaskClient, town: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "A_PIECE", 3)
    gaps._gaps.cache_clear()
    add_place(town, *at(0, 0), kind="house")
    near = [add_place(town, *at(10 * number, 0), kind="site") for number in range(8)]
    far = [add_place(town, *at(600, number), kind="site") for number in range(8)]
    found, following, pages = [], "/torino/graph/gaps?minutes=3&limit=2", 0
    while following:
        page = client.get(following).get_json()
        found += [each["id"] for each in page["features"]]
        pages += 1
        following = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    gaps._gaps.cache_clear()
    assert sorted(found) == sorted(far)
    assert not set(near) & set(found)
    assert pages >= 5


def test_gaps_on_foot_without_streets_say_so(client: FlaskClient, torino: Connection) -> None:
    add_place(torino, *at(0, 0), kind="house")
    site = add_place(torino, *at(0, 900), kind="site")
    found = ask(client, "gaps", minutes=11)
    assert [each["id"] for each in found["features"]] == [site]
    assert (found["method"], found["why"]) == ("straight line", "no streets loaded")
    assert ask(client, "gaps", minutes=12)["features"] == []
    page = client.get("/torino/graph/gaps?minutes=11&lang=en", headers=HTML).text
    assert "the streets of this city are not loaded" in page


def test_gaps_on_foot_as_a_page(client: FlaskClient, town: Connection) -> None:
    add_place(town, *at(0, 0), kind="house")
    add_place(town, *at(650, 0), kind="site", title="Lontano")
    add_place(town, *at(5000, 0), kind="site", title="Altrove")
    page = client.get("/torino/graph/gaps?minutes=5&lang=en", headers=HTML).text
    assert "8.1 min on foot · 650 m" in page
    assert "more than an hour on foot" in page
    assert "OpenStreetMap contributors, ODbL 1.0" in page


HERE = "lon=7.68&lat=45.07"
A, B = "from=7.68,45.07", "to=7.681,45.071"


@pytest.mark.parametrize(
    ("asked", "parameter", "rule"),
    [
        (f"walk?{B}", "from", "is needed: a longitude and a latitude"),
        (f"walk?from=here&{B}", "from", "is needed: a longitude and a latitude"),
        (f"walk?from=7.68&{B}", "from", "is needed"),
        (f"walk?from=7.68,&{B}", "from", "“” is not a number."),
        (f"walk?from=7.68,45.07,3&{B}", "from", "“45.07,3” is not a number."),
        (f"walk?from=nan,45.07&{B}", "from", "is not a finite number."),
        (f"walk?from=200,45.07&{B}", "from", "200 is not between -180 and 180 degrees."),
        (f"walk?from=2.35,48.86&{B}", "from", "lies outside torino"),
        (f"walk?{A}&to=x", "to", "is needed"),
        (f"walk?{A}&to=2.35,48.86", "to", "lies outside torino"),
        (f"walk?{A}&{B}&k=3", "k", "is not known here; known are from, to, lang, f."),
        (f"walk?{A}&{B}&metres=3", "metres", "is not known here"),
        (f"walk?{A}&k=0", "k", "0 is not between 1 and 100."),
        (f"walk?{A}&k=two", "k", "“two” is not a whole number."),
        (f"walk?{A}&kind=castle", "kind", "“castle” is not one of"),
        ("reach?minutes=5", "lon", "is needed"),
        ("reach?lon=7.68", "lat", "is needed"),
        ("reach?lon=x&lat=45.07", "lon", "“x” is not a number."),
        ("reach?lon=7.68&lat=95", "lat", "95 is not between -90 and 90 degrees."),
        ("reach?lon=2.35&lat=48.86", "lon", "lies outside torino"),
        ("reach?place=x", "place", "is not the identifier of a place."),
        ("gaps?minutes=5&metres=400", "minutes", "and metres cannot both be given"),
        ("gaps?minutes=90", "minutes", "90 is not between 1 and 60."),
        ("gaps?minutes=5&kind=house", "kind", "house cannot be asked for with minutes."),
        (f"reach?{HERE}&minutes=61", "minutes", "61 is not between 1 and 60."),
        (f"reach?{HERE}&minutes=0", "minutes", "0 is not between 1 and 60."),
        (f"reach?{HERE}&minutes=1.5", "minutes", "“1.5” is not a whole number."),
        (f"reach?{HERE}&limit=1001", "limit", "1001 is not between 1 and 1000."),
        (f"reach?{HERE}&status=x", "status", "“x” is not one of"),
        (f"reach?{HERE}&metres=5", "metres", "is not known here"),
        (f"reach?{HERE}&shape=POINT(7 45)", "shape", "is not known here"),
    ],
)
def test_bad_input_is_named(
    client: FlaskClient, town: Connection, asked: str, parameter: str, rule: str
) -> None:
    answer = client.get(f"/torino/graph/{asked}&lang=en")
    assert answer.status_code == 400, answer.data
    told = answer.get_json()
    assert (told["code"], told["parameter"]) == ("bad-parameter", parameter)
    assert rule in told["detail"]


def test_a_place_that_the_public_does_not_see_is_not_found(client: FlaskClient, town: Connection) -> None:
    hidden = add_place(town, *NODES[1], moderation="hidden")
    assert client.get(f"/torino/graph/reach?place={hidden}").status_code == 404
    assert client.get(f"/torino/graph/walk?from={hidden}&{B}").status_code == 404
    assert client.get(f"/torino/graph/walk?{A}&to={hidden}").status_code == 404


def test_a_person_reads_it_as_a_page(client: FlaskClient, town: Connection) -> None:
    house = add_place(town, *at(100, 100), kind="house", title="<b>Casa</b>")
    assert "<form" in client.get("/torino/graph/reach", headers=HTML).text
    assert "<form" in client.get("/torino/graph/walk", headers=HTML).text
    page = client.get(f"/torino/graph/reach?lon={NODES[1][0]}&lat={NODES[1][1]}&lang=en", headers=HTML).text
    assert "&lt;b&gt;Casa&lt;/b&gt;" in page
    assert "2.5 min on foot · 200 m" in page
    assert "Streets: © OpenStreetMap contributors, ODbL 1.0, March 1, 2026." in page
    assert "at 4.8 km an hour" in page
    italian = client.get(f"/torino/graph/reach?place={house}&lang=it", headers=HTML).text
    assert "Non c’è nulla entro questi minuti." in italian
    nearest = client.get(f"/torino/graph/walk?from={point(NODES[1])}&lang=it", headers=HTML).text
    assert "2,5 min a piedi · 200 m" in nearest
    way = client.get(f"/torino/graph/walk?from={house}&to={point(NODES[1])}&lang=en", headers=HTML).text
    assert "<strong>200 m</strong>, 2.5 min on foot" in way


def test_every_statement_about_streets_says_its_city(
    client: FlaskClient, town: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    original = statements.executed

    def noted(db: Any, sql: str, params: Any, **how: Any) -> Any:
        ran.append(sql)
        return original(db, sql, params, **how)

    monkeypatch.setattr(statements, "executed", noted)
    add_place(town, *NODES[7], kind="house")
    walked(client, NODES[1], NODES[25])
    ask(client, "walk", **{"from": point(NODES[1]), "k": 3})
    ask(client, "reach", lon=NODES[1][0], lat=NODES[1][1], kind="house")
    ask(client, "gaps", minutes=5)

    about = [sql for sql in ran if "street_" in sql]
    assert len(set(about)) >= 6
    for sql in about:
        assert len(SAID.findall(sql)) >= len(NAMED.findall(sql)), sql


def test_distances_of_the_town_are_what_they_are_drawn_as() -> None:
    """The tests count by hand in hundreds of metres; the ellipsoid agrees to some millimetres."""
    assert metres(crossing(0, 0), crossing(1, 0)) == pytest.approx(100, abs=0.01)
    assert metres(crossing(3, 3), crossing(3, 4)) == pytest.approx(100, abs=0.01)
