"""The questions of the graph over HTTP: what they answer, what they refuse, and pages without scripts."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import networkx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.network import edges, files, helping
from app.network.helping import Reasons, Step
from app.places.lists import rebuild
from tests.app.network.cities import relate
from tests.http.conftest import MILANO, TORINO, add_place

NOBODY = str(UUID(int=7))
PAGE = {"Accept": "text/html"}


class Town:
    """A site that a garden regenerates, which a house far away hosts; a house near by; a hidden project."""

    def __init__(self, db: Connection) -> None:
        self.site = add_place(db, 7.68, 45.07, kind="site", title="Cortile vuoto")
        self.garden = add_place(db, 7.69, 45.07, kind="project", title="Giardino")
        self.house = add_place(db, 7.75, 45.07, kind="house", title="Casa lontana")
        self.near = add_place(db, 7.68, 45.0716, kind="house", title="Casa <vicina>")
        self.closed = add_place(db, 7.68, 45.0701, kind="house", status="ended", title="Casa chiusa")
        self.alone = add_place(db, 7.6, 45.0, kind="project", title="Da solo")
        self.hidden = add_place(db, 7.68, 45.0702, kind="project", title="Nascosto", moderation="hidden")
        self.milan = add_place(db, 7.68, 45.07, kind="house", city_id=MILANO)
        self.regenerates = relate(db, self.garden, "regenerates", self.site, note="Dal 2020 & oltre")
        self.hosts = relate(db, self.garden, "hosted_by", self.house)
        relate(db, self.hidden, "regenerates", self.site)
        relate(db, self.hidden, "supports", self.alone)
        rebuild(db, TORINO)


@pytest.fixture
def town(torino: Connection) -> Town:
    return Town(torino)


def ask(client: FlaskClient, path: str, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"/torino/graph/{path}?{urlencode(asked)}")
    assert answer.status_code == 200, answer.data
    assert answer.content_type == "application/geo+json"
    found: dict[str, Any] = json.loads(answer.data)
    assert found["numberReturned"] == len(found["features"])
    return found


def parted(found: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Places, and the edges after them."""
    sorts = ["sort" in each["properties"] for each in found["features"]]
    assert sorts == sorted(sorts), "first the places, then the edges"
    places, lines = [], []
    for each in found["features"]:
        (lines if "sort" in each["properties"] else places).append(each)
    return places, lines


def test_a_way_is_told_step_by_step(client: FlaskClient, town: Town) -> None:
    found = ask(client, "way", **{"from": town.site, "to": town.house, "over": "relations"})

    places, lines = parted(found)
    assert [(each["id"], each["properties"]["step"]) for each in places] == [
        (town.site, 0), (town.garden, 1), (town.house, 2),
    ]  # fmt: skip
    first = lines[0]
    assert first["geometry"] == {"type": "LineString", "coordinates": [[7.69, 45.07], [7.68, 45.07]]}
    assert {name: first["properties"][name] for name in ("sort", "tail", "head", "kind", "id", "note")} == {
        "sort": "relation", "tail": town.garden, "head": town.site, "kind": "regenerates",
        "id": str(town.regenerates), "note": "Dal 2020 & oltre",
    }  # fmt: skip
    # 0.01 and 0.06 degrees of the parallel of 45.07: 787.49 m and, along the geodesic, 4,724.9 m.
    assert found["metres"] == pytest.approx(787.49 + 4724.9, abs=0.5)
    assert found["steps"] == 2
    assert "neighbours" not in found, "none were asked for"

    nowhere = ask(client, "way", **{"from": town.site, "to": town.alone, "over": "relations"})
    assert (nowhere["features"], nowhere["metres"], nowhere["steps"]) == ([], None, None)
    by_neighbours = ask(client, "way", **{"from": town.site, "to": town.alone})
    assert by_neighbours["neighbours"] == "kept"
    assert parted(by_neighbours)[1][0]["properties"]["kind"] is None
    address = f"https://city.example/torino/places/{town.house}"
    assert ask(client, "way", **{"from": town.site, "to": address, "over": "relations"})["steps"] == 2


def test_an_ego_network_counts_hops(client: FlaskClient, town: Town) -> None:
    found = ask(client, "ego", place=town.site, hops=2, over="relations")

    places, lines = parted(found)
    assert {each["id"]: each["properties"]["hops"] for each in places} == {
        town.site: 0, town.garden: 1, town.house: 2,
    }  # fmt: skip
    assert {each["properties"]["id"] for each in lines} == {str(town.regenerates), str(town.hosts)}
    assert (found["hops"], found["truncated"]) == (2, False)


def test_helpers_are_ranked_with_their_reasons(client: FlaskClient, town: Town) -> None:
    found = ask(client, "helpers", place=town.site, metres=1000, lang="en")

    told = {each["id"]: each["properties"] for each in found["features"]}
    assert list(told) == [town.garden, town.near, town.house]
    assert told[town.garden]["reasons"] == ["regenerates this site", "788 m away"]
    assert told[town.house]["reasons"][0] == "hosts Giardino which regenerates this site"
    assert (told[town.house]["hops"], told[town.near]["hops"]) == (2, None)
    assert told[town.near]["reasons"] == ["178 m away"]
    assert told[town.garden]["score"] == pytest.approx(1 + 1 / (1 + 787.49 / 500), abs=0.002)
    assert town.closed not in told
    fewer = ask(client, "helpers", place=town.site, hops=1, metres=10)
    assert [each["id"] for each in fewer["features"]] == [town.garden], "related, however far"
    assert ask(client, "helpers", place=town.site, limit=1)["truncated"] is True


def test_helpers_know_of_projects_around(client: FlaskClient, torino: Connection, town: Town) -> None:
    for number in range(7):
        add_place(torino, 7.751 + number * 0.0001, 45.07, title="Orto", kind="project")
    house = ask(client, "helpers", place=town.site, metres=0, lang="it")["features"][1]["properties"]

    assert house["company"] == 5
    assert house["reasons"][0] == "ospita Giardino, che rigenera questo luogo da curare"
    assert house["reasons"][-1] == "almeno 5 progetti nei dintorni"


def test_the_score_is_the_sum_that_is_said() -> None:
    step = Step("supports", True, UUID(int=1))
    assert Reasons((step, step), 500.0, 3).score == pytest.approx(0.5 + 0.5 + 0.3)
    assert Reasons((), 0.0, 9).score == pytest.approx(0 + 1 + 0.5)
    assert helping.HALF_AT == 500


def test_islands_and_bridges(client: FlaskClient, town: Town) -> None:
    islands = ask(client, "islands")
    assert islands["islands"] == [{"island": 1, "places": 3, "edges": 2}]
    assert (islands["alone"], islands["truncated"]) == (3, False)
    assert ask(client, "islands", limit=1)["truncated"] is True

    places, lines = parted(ask(client, "bridges"))
    assert {each["id"]: each["properties"]["articulation"] for each in places} == {
        town.site: False, town.garden: True, town.house: False,
    }  # fmt: skip
    assert {each["properties"]["id"]: each["properties"]["cut_off"] for each in lines} == {
        str(town.regenerates): 1, str(town.hosts): 1,
    }  # fmt: skip


def test_a_city_without_anything_answers(client: FlaskClient, torino: Connection) -> None:
    for path in ("islands", "bridges", "islands?over=both", "bridges?over=both"):
        assert client.get(f"/torino/graph/{path}").get_json()["features"] == []
        assert client.get(f"/torino/graph/{path}", headers=PAGE).status_code == 200
    assert client.get("/torino/graph/network.json").get_json()["nodes"] == []


def test_the_network_can_be_taken_away(client: FlaskClient, torino: Connection, town: Town) -> None:
    torino.execute(
        text("UPDATE places SET title = :t WHERE id = :id"), {"t": "A\x0bB & <C>", "id": town.near}
    )
    public = {town.site, town.garden, town.house, town.near, town.closed, town.alone}
    answer = client.get("/torino/graph/network.graphml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="torino-network.graphml"'
    graphs = [
        networkx.parse_graphml(answer.text, force_multigraph=True),
        networkx.read_gexf(io.BytesIO(client.get("/torino/graph/network.gexf").data)),
        networkx.node_link_graph(client.get("/torino/graph/network.json").get_json(), edges="edges"),
    ]
    for graph in graphs:
        assert set(graph) == public
        assert graph.is_directed()
        assert graph.number_of_edges() == 2 + 6 * 5
        assert graph.nodes[town.near]["title"] == "AB & <C>"
        assert graph.nodes[town.near]["lon"] == 7.68
        kinds = {(a, b): d["kind"] for a, b, d in graph.edges(data=True) if d["sort"] == "relation"}
        assert kinds == {(town.garden, town.site): "regenerates", (town.garden, town.house): "hosted_by"}
    assert ET.fromstring(answer.text).tag.endswith("graphml")

    box = client.get("/torino/graph/network.json?bbox=7.675,45.06,7.7,45.08&over=relations").get_json()
    assert {each["id"] for each in box["nodes"]} == {town.site, town.garden, town.near, town.closed}
    assert len(box["edges"]) == 1


def test_every_edge_as_a_row(client: FlaskClient, town: Town) -> None:
    answer = client.get("/torino/graph/network.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert len(rows) == 2 + 6 * 5
    relations = {row["id"]: row for row in rows if row["sort"] == "relation"}
    assert relations[str(town.regenerates)]["note"] == "Dal 2020 & oltre"
    assert float(relations[str(town.regenerates)]["metres"]) == pytest.approx(787.49, abs=0.5)
    assert town.hidden not in answer.text
    lists = client.get("/torino/graph/network.csv?over=neighbours").text
    assert len(lists.splitlines()) == 1 + 6 * 5
    assert client.head("/torino/graph/network.csv").status_code == 200


@pytest.mark.parametrize(
    "path", ["way", "ego", "helpers", "islands", "bridges", "network.csv", "network.json"]
)
def test_nobody_hidden_is_told_of_whatever_the_lists_say(
    client: FlaskClient, torino: Connection, town: Town, path: str
) -> None:
    """Its neighbours still have it in their lists, as in a graph that is stale."""
    torino.execute(
        text("UPDATE places SET moderation = 'held', title = 'Segreto' WHERE id = :id"), {"id": town.near}
    )
    asked = {
        "way": {"from": town.site, "to": town.house},
        "ego": {"place": town.site, "hops": 4},
        "helpers": {"place": town.site, "hops": 4, "metres": 50_000},
        "islands": {"over": "both"},
        "bridges": {"over": "relations"},
    }.get(path, {})
    for headers in (PAGE, {}):
        said = client.get(f"/torino/graph/{path}?{urlencode(asked)}", headers=headers).text
        assert (town.garden if path == "bridges" else town.site) in said
        for secret in (town.near, town.hidden, town.milan, "Segreto", "Nascosto"):
            assert secret not in said
    for name in ("from", "to"):
        ends = {"from": town.site, "to": town.site} | {name: town.near}
        assert client.get(f"/torino/graph/way?{urlencode(ends)}").status_code == 404


def test_lists_that_are_stale_are_said_to_be(client: FlaskClient, torino: Connection, town: Town) -> None:
    torino.execute(text("INSERT INTO neighbour_graphs VALUES (1272, 'stale', '2026-05-01T00:00:00Z', NULL)"))
    ends = {"from": town.site, "to": town.house}

    assert ask(client, "way", **ends)["neighbours"] == "stale"
    assert ask(client, "ego", place=town.site)["neighbours_since"] == "2026-05-01T00:00:00+00:00"
    page = client.get(f"/torino/graph/way?{urlencode(ends)}&lang=en", headers=PAGE).text
    assert "before a large import" in page
    page = client.get(f"/torino/graph/way?{urlencode(ends)}&lang=en&over=relations", headers=PAGE).text
    assert "before a large import" not in page
    assert client.get("/torino/graph/network.json").get_json()["graph"]["neighbours"] == "stale"


REFUSALS = [
    ("way?from={site}", 400, "to: is needed"),
    ("way?to={site}", 400, "from: is needed"),
    ("way?from={site}&to={site}", 400, "to: is the same place as from"),
    ("way?from={site}&to=abc", 400, "to: is not the identifier of a place"),
    ("way?from={site}&to={nobody}", 404, "There is no place"),
    ("way?from={milan}&to={site}", 404, "There is no place"),
    ("way?from={site}&to={hidden}", 404, "There is no place"),
    ("way?from={site}&to={near}&over=roads", 400, "over: “roads” is not one of both, relations, neighbours"),
    ("way?from={site}&to={near}&at=yesterday", 400, "at: “yesterday” is not a moment"),
    ("way?from={site}&to={near}&at=2019-02-30", 400, "at: “2019-02-30” is not a moment"),
    ("way?from={site}&to={near}&as_of=x", 400, "as_of: “x” is not a moment"),
    ("way?from={site}&to={near}&hops=2", 400, "hops: is not known here"),
    ("ego", 400, "place: is needed"),
    ("ego?place={site}&hops=0", 400, "hops: 0 is not between 1 and 4"),
    ("ego?place={site}&hops=5", 400, "hops: 5 is not between 1 and 4"),
    ("ego?place={site}&hops=two", 400, "hops: “two” is not a whole number"),
    ("ego?place={milan}", 404, "There is no place"),
    ("helpers?place={site}&metres=-1", 400, "metres: -1 is not between"),
    ("helpers?place={site}&metres=nan", 400, "metres: “nan” is not a finite number"),
    ("helpers?place={site}&limit=101", 400, "limit: 101 is not between 1 and 100"),
    ("helpers?place={site}&hops=5", 400, "hops: 5 is not between 1 and 4"),
    ("helpers?place={nobody}", 404, "There is no place"),
    ("islands?over=x", 400, "over: “x” is not one of"),
    ("islands?limit=0", 400, "limit: 0 is not between 1 and 10000"),
    ("bridges?at=1", 400, "at: “1” is not a moment"),
    ("network.json?bbox=1,2,3", 400, "bbox: needs 4 numbers"),
    ("network.csv?bbox=1,2,3,4", 400, "bbox: is not known here"),
    ("network.gml", 404, ""),
    ("api?x=1", 400, "x: is not known here"),
]


@pytest.mark.parametrize(("address", "status", "said"), REFUSALS)
def test_what_is_wrong_is_refused_in_words(
    client: FlaskClient, town: Town, address: str, status: int, said: str
) -> None:
    path = "/torino/graph/" + address.format(nobody=NOBODY, **vars(town))
    answer = client.get(path, headers={"Accept-Language": "en"})

    assert answer.status_code == status
    assert said in answer.get_json()["detail"]
    page = client.get(path, headers={"Accept": "text/html", "Accept-Language": "en"})
    assert page.status_code in (status, 200), "a page may ask for what is missing"


def test_a_city_that_is_too_large_is_refused_with_the_way_to_an_answer(
    client: FlaskClient, torino: Connection, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edges, "MOST_PLACES", 5)
    monkeypatch.setattr(files, "MOST_PLACES", 5)
    for path, name in (
        ("islands?over=both", "over"),
        ("bridges?over=neighbours", "over"),
        ("network.json", "bbox"),
    ):
        answer = client.get(f"/torino/graph/{path}")
        assert (answer.status_code, answer.get_json()["parameter"]) == (400, name)
        assert "network.csv" in answer.get_json()["detail"]
    assert client.get("/torino/graph/islands").status_code == 200, "relations are few"
    monkeypatch.setattr(edges, "MOST_EDGES", 1)
    answer = client.get("/torino/graph/islands?lang=en")
    assert answer.get_json()["detail"].startswith("over: asks for more than 1 edges")


@pytest.mark.parametrize("language", ["en", "it"])
def test_pages_ask_and_answer_without_scripts(client: FlaskClient, town: Town, language: str) -> None:
    def page(path: str) -> str:
        answer = client.get(f"/torino/graph/{path}", headers=PAGE | {"Accept-Language": language})
        assert answer.status_code == 200
        return answer.text

    for path in ("way", "ego", "helpers"):
        assert '<input class="form-control" id="' in page(path)
    way = page(f"way?from={town.site}&to={town.house}&over=relations")
    said = {"en": "is hosted by Casa lontana", "it": "ha sede presso Casa lontana"}[language]
    assert said in way
    assert "Casa &lt;vicina&gt;" in page(f"ego?place={town.site}")
    helpers = page(f"helpers?place={town.site}")
    assert {"en": "1 + metres / 500", "it": "1 + metri / 500"}[language] in helpers
    assert "Giardino" in page("islands")
    assert "Giardino" in page("bridges")
    nothing = page(f"way?from={town.site}&to={town.alone}&over=relations")
    assert {"en": "No way leads", "it": "Nessuna via porta"}[language] in nothing


NAMED = {
    "way": ("from", "to"), "walk": ("from", "to"), "ego": ("place",), "helpers": ("place",),
    "reach": ("place",), "near": ("place",),
}  # fmt: skip


def test_a_name_is_asked_back_on_pages_and_refused_to_programs(
    client: FlaskClient, torino: Connection, town: Town
) -> None:
    def asked(path: str, field: str, words: str, **headers: str) -> Any:
        rest = {name: town.garden for name in NAMED[path] if name != field}
        given = urlencode({field: words, "lang": "en"} | rest)
        return client.get(f"/torino/graph/{path}?{given}", headers=PAGE | headers)

    for where in [(path, field) for path, fields in NAMED.items() for field in fields]:
        refused = asked(*where, "cassa", Accept="application/json")
        assert refused.status_code == 400
        assert refused.get_json()["detail"].startswith(f"{where[1]}: is")
        page = asked(*where, "cassa").get_data(as_text=True)
        assert "Which one do you mean?" in page
        for house in (town.house, town.near, town.closed):
            assert urlencode({where[1]: house}) in page
        assert town.hidden not in page
        for other in set(NAMED[where[0]]) - {where[1]}:
            assert page.count(urlencode({other: town.garden})) >= 3, "what was said besides is kept"
        taken = asked(*where, "cortile VUOTO")
        assert (taken.status_code, urlencode({where[1]: town.site}) in taken.location) == (303, True)
        page = client.get(taken.location, headers=PAGE).get_data(as_text=True)
        assert f'type="hidden" name="{where[1]}" value="{town.site}"' in page
        assert "Another place" in page

    nobody = asked("ego", "place", "zzzqqq <b>").get_data(as_text=True)
    assert "No place on the map is called “zzzqqq &lt;b&gt;”" in nobody
    assert asked("ego", "place", "x" * 201).status_code == 400
    add_place(torino, 7.66, 45.06, kind="project", title="Cortile vuoto")
    assert asked("ego", "place", "cortile vuoto").status_code == 200, "two have this name"
