"""The connections of a view: the relations and neighbours that brute force finds, each once, no others."""

import random
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyproj import Geod
from sqlalchemy import Connection, text

from app.network import in_view
from app.places.lists import rebuild
from tests.http.conftest import MILANO, TORINO, add_place
from tests.relating import relate

BOX = (7.66, 45.05, 7.70, 45.08)
Pair = tuple[str, str]


def scatter(db: Connection, places: int = 120) -> dict[str, tuple[float, float]]:
    """Places around the box, of two kinds, with their lists of neighbours."""
    dice = random.Random(7)
    there = {}
    for number in range(places):
        lon, lat = 7.68 + dice.gauss(0, 0.02), 45.065 + dice.gauss(0, 0.015)
        there[add_place(db, lon, lat, kind=("house", "site")[number % 2])] = (lon, lat)
    rebuild(db, TORINO)
    return there


def inside(at: tuple[float, float]) -> bool:
    return BOX[0] <= at[0] <= BOX[2] and BOX[1] <= at[1] <= BOX[3]


def ask(client: FlaskClient, **asked: Any) -> dict[str, Any]:
    answer = client.get("/torino/graph/edges", query_string={"bbox": ",".join(map(str, BOX))} | asked)
    assert answer.status_code == 200, answer.data
    found: dict[str, Any] = answer.get_json(force=True)
    return found


def of(found: dict[str, Any], sort: str) -> list[dict[str, Any]]:
    return [each for each in found["features"] if each["properties"].get("sort") == sort]


def pairs(found: dict[str, Any], sort: str) -> list[Pair]:
    return [(each["properties"]["tail"], each["properties"]["head"]) for each in of(found, sort)]


def kept_pairs(db: Connection, among: set[str]) -> set[Pair]:
    lists = db.execute(text("SELECT id::text, heads::text[] FROM neighbours WHERE city_id = 1272"))
    both = {(tail, head) for tail, heads in lists for head in heads if tail in among and head in among}
    return {(min(pair), max(pair)) for pair in both}


def test_neighbours_with_both_ends_in_the_view_each_once(client: FlaskClient, torino: Connection) -> None:
    there = scatter(torino)
    among = {place for place, at in there.items() if inside(at)}

    found = ask(client, over="neighbours")

    told = pairs(found, "neighbour")
    assert set(told) == kept_pairs(torino, among)
    assert len(told) == len(set(told)) == found["neighbours"] > 50
    ends = {each["id"] for each in found["features"] if "sort" not in each["properties"]}
    assert ends == {end for pair in told for end in pair}
    assert found["numberReturned"] == len(found["features"])
    assert not found["truncated"]
    edge = of(found, "neighbour")[0]
    first, last = edge["geometry"]["coordinates"]
    assert tuple(first) == pytest.approx(there[edge["properties"]["tail"]], abs=1e-7)
    assert tuple(last) == pytest.approx(there[edge["properties"]["head"]], abs=1e-7)
    far = Geod(ellps="WGS84").inv(*first, *last)[2]
    assert edge["properties"]["metres"] == pytest.approx(far, abs=0.02)


def test_relations_with_one_end_in_the_view_that_hold_now(client: FlaskClient, torino: Connection) -> None:
    here, there = add_place(torino, 7.68, 45.06, title="Qui"), add_place(torino, 7.60, 45.06)
    away, hidden = add_place(torino, 7.61, 45.06), add_place(torino, 7.68, 45.06, moderation="hidden")
    both = relate(torino, here, there, "hosted_by", note="Da <maggio>")
    back = relate(torino, there, here)
    for tail, head, said in (
        (there, away, {}),
        (here, hidden, {}),
        (hidden, here, {}),
        (here, away, {"state": "proposed"}),
        (here, away, {"kind": "about", "until": 2020}),
        (here, away, {"kind": "part_of", "since": 2999}),
    ):
        relate(torino, tail, head, **said)

    found = ask(client, over="relations")

    assert [each["properties"]["id"] for each in of(found, "relation")] == sorted([both, back])
    first = next(each for each in of(found, "relation") if each["properties"]["id"] == both)
    assert first["properties"]["kind"] == "hosted_by"
    assert first["properties"]["note"] == "Da <maggio>"
    assert first["properties"]["metres"] == pytest.approx(
        Geod(ellps="WGS84").inv(7.68, 45.06, 7.60, 45.06)[2], abs=0.01
    )
    assert (found["relations"], found["neighbours"]) == (2, 0)


def test_filters_act_on_the_ends(client: FlaskClient, torino: Connection) -> None:
    there = scatter(torino)
    kinds = dict(torino.execute(text("SELECT id::text, kind FROM places WHERE city_id = 1272")).all())
    among = {place for place, at in there.items() if inside(at) and kinds[place] == "house"}

    found = ask(client, over="neighbours", kind="house")

    assert set(pairs(found, "neighbour")) == kept_pairs(torino, among)


def test_too_many_are_said_and_relations_come_first(client: FlaskClient, torino: Connection) -> None:
    there = scatter(torino)
    here = [place for place, at in there.items() if inside(at)][:6]
    told = [relate(torino, here[0], head) for head in here[1:]]

    found = ask(client, limit=20)
    assert (found["relations"], found["neighbours"], found["truncated"]) == (5, 0, True)
    found = ask(client, limit=3)
    assert [each["properties"]["id"] for each in of(found, "relation")] == sorted(told)[:3]
    assert found["truncated"]
    page = client.get("/torino/graph/edges?limit=3&lang=en", headers={"Accept": "text/html"}).get_data(
        as_text=True
    )
    assert "There are too many to list them all." in page


def test_a_crowded_view_keeps_its_relations(
    client: FlaskClient, torino: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = scatter(torino)
    here = [place for place, at in there.items() if inside(at)]
    outside = next(place for place, at in there.items() if not inside(at))
    told = [relate(torino, here[0], here[1]), relate(torino, outside, here[2], "about")]
    relate(torino, outside, add_place(torino, 7.60, 45.06))
    monkeypatch.setattr(in_view, "MOST_PLACES", 10)

    found = ask(client)

    assert [each["properties"]["id"] for each in of(found, "relation")] == sorted(told)
    assert (found["neighbours"], found["truncated"]) == (0, True)
    assert not ask(client, over="relations")["truncated"]
    monkeypatch.setattr(in_view, "WIDEST", 10)
    assert [each["properties"]["id"] for each in of(ask(client), "relation")] == sorted(told)


def test_nothing_of_another_city(client: FlaskClient, torino: Connection) -> None:
    for _ in range(3):
        add_place(torino, 7.68, 45.06, city_id=MILANO)
    rebuild(torino, MILANO)
    assert ask(client)["features"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "bbox"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=7,45,8,46&over=streets", "over"),
        ("bbox=7,45,8,46&limit=2001", "limit"),
        ("bbox=7,45,8,46&limit=0", "limit"),
        ("bbox=7,45,8,46&kind=castle", "kind"),
        ("bbox=7,45,8,46&hops=2", "hops"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"/torino/graph/edges?{query}")
    assert answer.status_code == 400
    assert (
        answer.get_json()["parameter"] == field
        if "parameter" in answer.get_json()
        else field.encode() in answer.data
    )


def test_the_same_view_again_is_not_sent_again(client: FlaskClient, torino: Connection) -> None:
    scatter(torino, 20)
    address = "/torino/graph/edges?bbox=7.5,45,7.8,45.2"
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.headers["Cache-Control"].startswith("public, max-age=2")


def test_the_list_names_both_ends(client: FlaskClient, torino: Connection) -> None:
    house = add_place(torino, 7.68, 45.06, title="Casa", kind="house")
    party = add_place(torino, 7.681, 45.06, title="Festa & balli", kind="event")
    relate(torino, party, house, "hosted_by")
    rebuild(torino, TORINO)
    page = client.get("/torino/graph/edges?lang=it", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "Festa &amp; balli" in page
    assert "è ospitato da" in page
    assert f"/torino/places/{house}" in page
