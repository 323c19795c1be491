"""Counts are exact: whatever is asked, whatever was written, and whoever else is writing."""

import random
import threading
from typing import Any
from uuid import UUID

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.db import Database
from app.params import Bbox
from app.places.counts import count, rebuild, recounted
from app.places.overview import matched
from app.places.selection import Match, Selection
from app.tables.places import KINDS, STATUSES
from geo import curve
from tests.conftest import FreshDatabase
from tests.http.conftest import TORINO, add_place

IN_SUBSETS = {"kind": KINDS[:4], "status": STATUSES}


def near_torino() -> st.SearchStrategy[tuple[float, float]]:
    """Points that often share a cell, a line of the grid or a position."""
    lon = st.one_of(st.floats(7.5, 7.9), st.sampled_from([7.6, 7.65, 7.68, 7.68 + 1e-7]))
    lat = st.one_of(st.floats(44.95, 45.2), st.sampled_from([45.0, 45.05, 45.07, 45.07 + 1e-7]))
    return st.tuples(lon, lat)


boxes = st.tuples(near_torino(), near_torino()).map(
    lambda ends: (
        min(ends[0][0], ends[1][0]),
        min(ends[0][1], ends[1][1]),
        max(ends[0][0], ends[1][0]),
        max(ends[0][1], ends[1][1]),
    )
)
questions = st.fixed_dictionaries(
    {
        "box": st.one_of(boxes, st.just((-180.0, -90.0, 180.0, 90.0))),
        "zoom": st.integers(0, 22),
        "kind": st.sets(st.sampled_from(IN_SUBSETS["kind"])),
        "status": st.sets(st.sampled_from(IN_SUBSETS["status"])),
    }
)
changes = st.lists(
    st.tuples(
        st.sampled_from(["add", "move", "hide", "end", "remove"]), near_torino(), st.sampled_from(KINDS[:4]),
        st.integers(0, 99),
    ),
    max_size=8,
)  # fmt: skip


def asked(client: FlaskClient, question: dict[str, Any]) -> dict[str, Any]:
    box = ",".join(map(repr, question["box"]))
    query = "".join(f"&{name}={','.join(sorted(question[name]))}" for name in IN_SUBSETS if question[name])
    answer = client.get(f"/torino/pins?bbox={box}&zoom={question['zoom']}{query}")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def counted(db: Connection, question: dict[str, Any]) -> dict[str, int]:
    """The same question, asked of the places themselves."""
    west, south, east, north = question["box"]
    sql = """SELECT kind, count(*) AS places FROM places WHERE city_id = 1272 AND moderation = 'published'
        AND lon BETWEEN :west AND :east AND lat BETWEEN :south AND :north
        AND (:kinds = '{}' OR kind = ANY(cast(:kinds AS text[])))
        AND (:statuses = '{}' OR status = ANY(cast(:statuses AS text[]))) GROUP BY kind"""
    values = {"west": west, "south": south, "east": east, "north": north}
    values["kinds"] = "{" + ",".join(question["kind"]) + "}"
    values["statuses"] = "{" + ",".join(question["status"]) + "}"
    return {row.kind: row.places for row in db.execute(text(sql), values)}


def told(answer: dict[str, Any]) -> dict[str, int]:
    """How many places of each kind the pins of an answer stand for."""
    kinds: dict[str, int] = {}
    for feature in answer["features"]:
        properties = feature["properties"]
        for kind, number in properties.get("kinds", {properties.get("kind"): 1}).items():
            kinds[kind] = kinds.get(kind, 0) + number
    return kinds


def change(db: Connection, ids: list[str], step: tuple[str, tuple[float, float], str, int]) -> None:
    """One write, counted as a use-case counts it."""
    what, (lon, lat), kind, number = step
    if what == "add" or not ids:
        ids.append(add_place(db, lon, lat, kind=kind))
        return
    key = ids[number % len(ids)]
    if what == "remove":
        ids.remove(key)
    sql = {
        "move": """UPDATE places SET lon = :lon, lat = :lat, morton = :morton,
            geom = ST_Point(:lon, :lat, 4326)""",
        "hide": "UPDATE places SET moderation = 'hidden'",
        "end": "UPDATE places SET status = 'ended'",
        "remove": "DELETE FROM places",
    }[what]
    values = {"id": key, "lon": lon, "lat": lat, "morton": int(curve.encode([lon], [lat])[0])}
    with recounted(db, TORINO, ("id = :id", "id = :id"), {"id": key}, number % 16):
        db.execute(text(f"{sql} WHERE city_id = 1272 AND id = :id"), values)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=changes, question=questions)
def test_pins_add_up_to_the_places_themselves(
    client: FlaskClient, torino: Connection, steps: list[Any], question: dict[str, Any]
) -> None:
    ids = [str(key) for key in torino.scalars(text("SELECT id FROM places WHERE city_id = 1272 ORDER BY id"))]
    for step in steps:
        change(torino, ids, step)

    answer = asked(client, question)
    there = counted(torino, question)
    assert told(answer) == there
    assert answer["total"] == sum(there.values())
    assert len(answer["features"]) <= 300


def test_a_thousand_places_on_the_lines_of_the_grid(client: FlaskClient, torino: Connection) -> None:
    west, south = (
        float(edge[0]) for edge in curve.decode([int(curve.encode([7.68], [45.07])[0]) >> 28 << 28])
    )
    for number in range(1_000):
        add_place(torino, west + number % 40 * 1e-3, south - number // 40 * 1e-3, kind=KINDS[number % 4])

    for zoom in range(8, 17):
        for edge in (0.0, 1e-7, 0.0124, 0.02):
            box = (west - edge, south - 0.02, west + 0.02 + edge, south + edge)
            question = {"box": box, "zoom": zoom, "kind": {"house", "site"}, "status": set()}
            assert told(asked(client, question)) == counted(torino, question), (zoom, edge)


def test_over_the_antimeridian_both_sides_count(client: FlaskClient, torino: Connection) -> None:
    for lon in (179.9, 180.0, -180.0, -179.95, 7.68):
        add_place(torino, lon, 45.0)
    answer = client.get("/torino/pins?bbox=179,44,-179,46&zoom=4").json
    assert answer is not None
    assert answer["total"] == sum(told(answer).values()) == 4


def test_writers_at_the_same_time_lose_no_count(
    client: FlaskClient, torino: Connection, database: FreshDatabase
) -> None:
    """Eight writers in the same few cells; some of their transactions fail."""
    errors: list[BaseException] = []

    def write(number: int) -> None:
        chance = random.Random(number)
        ids: list[str] = []
        pool = Database(database.app_url, size=1)
        try:
            for turn in range(40):
                point = (7.68 + chance.randrange(3) * 0.002, 45.07)
                step = (
                    chance.choice(["add", "add", "move", "remove"]),
                    point,
                    "house",
                    chance.randrange(100),
                )
                kept = list(ids)
                try:
                    with pool.transaction() as db:
                        change(db, ids, step)
                        if turn % 7 == 6:
                            raise InterruptedError
                except InterruptedError:
                    ids[:] = kept
        except BaseException as error:
            errors.append(error)
        finally:
            pool.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert errors == []
    question = {"box": (7.0, 44.9, 8.0, 45.2), "zoom": 10, "kind": set(), "status": set()}
    there = counted(torino, question)
    assert there["house"] > 50
    assert told(asked(client, question)) == there
    assert rebuilt(database) == 0


def rebuilt(database: FreshDatabase) -> int:
    pool = Database(database.app_url, size=1)
    with pool.transaction() as db:
        wrong = rebuild(db, TORINO)
    pool.close()
    return wrong


def test_counting_anew_tells_in_how_many_cells_the_counts_were_wrong(
    torino: Connection, database: FreshDatabase
) -> None:
    add_place(torino, 7.68, 45.07)
    count(torino, TORINO, (1, "true"), {})  # as if one of two writes had been forgotten
    assert rebuilt(database) == 4
    assert rebuilt(database) == 0


def test_a_hidden_place_counts_nowhere(client: FlaskClient, torino: Connection) -> None:
    key = add_place(torino, 7.68, 45.07, moderation="hidden")
    assert UUID(key)
    assert asked(client, {"box": (7, 45, 8, 46), "zoom": 9, "kind": set(), "status": set()})["total"] == 0
    kept = "SELECT count(*) FROM place_counts WHERE city_id = 1272"
    assert torino.scalar(text(kept)) == 0


@pytest.mark.parametrize("zoom", [9, 12, 14, 16])
def test_one_place_is_a_pin_with_its_name(client: FlaskClient, torino: Connection, zoom: int) -> None:
    key = add_place(torino, 7.681234, 45.071234, title="Orto")
    (feature,) = asked(client, {"box": (7, 45, 8, 46), "zoom": zoom, "kind": set(), "status": set()})[
        "features"
    ]
    assert feature["id"] == key
    assert feature["geometry"]["coordinates"] == [7.681234, 45.071234]


def test_what_matches_counts_shapes_that_only_touch_the_box(
    torino: Connection, database: FreshDatabase
) -> None:
    add_place(torino, 7.68, 45.07)
    add_place(torino, 7.60, 45.07, wkt="LINESTRING(7.50 45.07, 7.69 45.07)")  # its anchor lies outside
    add_place(torino, 7.60, 45.07, wkt="LINESTRING(7.50 45.07, 7.65 45.07)")  # it ends before the box
    add_place(
        torino, 7.68, 45.07, wkt="POLYGON((7.66 45.06, 7.72 45.06, 7.72 45.09, 7.66 45.06))", kind="site"
    )
    box = Bbox(7.67, 45.0, 7.70, 45.1)
    pool = Database(database.app_url, size=1)
    with pool.reading() as db:
        assert matched(db, Selection(TORINO)) == 4
        assert matched(db, Selection(TORINO, bbox=box)) == 3
        assert matched(db, Selection(TORINO, kinds=("site",), bbox=box)) == 1
        assert matched(db, Selection(TORINO, match=Match("orto"))) is None
    pool.close()


AT = (None, "2025-11-21T23:59:59.999999Z", "2025-11-22T00:00:00Z", "2026-01-01T00:00:00Z")
FURTHER = {
    "datetime=2020-01-01/2020-12-31": "valid && tstzrange('2020-01-01', '2021-01-01')",
    "confirmed_since=2025-11-22": "confirmed_at >= '2025-11-22T00:00Z'",
    "filter=title LIKE 'Orto 1%'": "title LIKE 'Orto 1%'",
    "filter=S_WITHIN(geometry,POLYGON((7.66 45.04,7.70 45.04,7.68 45.09,7.66 45.04)))": """ST_Within(geom,
        ST_GeomFromText('POLYGON((7.66 45.04,7.70 45.04,7.68 45.09,7.66 45.04))', 4326))""",
}


@pytest.mark.parametrize("query", FURTHER)
def test_a_time_and_a_filter_count_exactly_on_the_map_and_in_tiles(
    client: FlaskClient, torino: Connection, query: str
) -> None:
    for number in range(120):
        since = f"[{2010 + number % 20}-01-01,)"
        add_place(torino, 7.65 + number % 11 * 0.006, 45.03 + number // 11 * 0.006, title=f"Orto {number}",
                  valid=since, confirmed_at=AT[number % 4])  # fmt: skip
    there = torino.exec_driver_sql(
        f"SELECT count(*) FROM places WHERE city_id = 1272 AND {FURTHER[query].replace('%', '%%')}"
    ).scalar()
    assert 0 < there < 120

    name, value = query.split("=", 1)
    for zoom in (8, 12, 15):
        answer = client.get(
            "/torino/pins", query_string={"bbox": "7,44,8,46", "zoom": zoom, name: value}
        ).json
        assert answer is not None
        assert answer["total"] == sum(told(answer).values()) == there
    tile = client.get("/torino/tiles/places/4/5/8", query_string={name: value})
    assert len(mapbox_vector_tile.decode(tile.data)["places"]["features"]) == there
