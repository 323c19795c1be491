"""The living index agrees with PostGIS on every answer, whatever was added, moved and removed."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.db import Database
from geo.errors import BadChoice, BadCoordinate, NoSuchNode
from geo.index import PlaceIndex
from tests.conftest import FreshDatabase

POINT = st.one_of(
    st.tuples(st.floats(7.6, 7.75), st.floats(45.0, 45.14)),
    st.tuples(st.sampled_from([179.99, -179.99, 180.0]), st.floats(-0.02, 0.02)),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
)
KIND = st.sampled_from(["house", "site"])
STEP = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 15), POINT, KIND),
    st.tuples(st.just("move"), st.integers(0, 15), POINT, KIND),
    st.tuples(st.just("remove"), st.integers(0, 15), POINT, KIND),
)


def living(steps: list[tuple[str, int, tuple[float, float], str]]) -> PlaceIndex:
    index = PlaceIndex()
    for step, place, (lon, lat), kind in steps:
        if step == "add" and place not in index:
            index.add(place, lon, lat, kind)
        elif step == "move" and place in index:
            index.move(place, lon, lat)
        elif step == "remove" and place in index:
            index.remove(place)
    return index


@pytest.fixture
def postgis(bare_database: FreshDatabase) -> Any:
    opened = Database(bare_database.owner_url, size=1)
    with opened.reading() as db:
        yield db
    opened.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(STEP, max_size=30),
    here=POINT,
    k=st.integers(1, 6),
    metres=st.one_of(st.floats(0, 20_000), st.floats(0, 2.1e7)),
    kind=st.one_of(st.none(), KIND),
)
def test_it_agrees_with_postgis(
    postgis: Any, steps: list[Any], here: tuple[float, float], k: int, metres: float, kind: str | None
) -> None:
    index = living(steps)
    rows = {"id": [], "lon": [], "lat": []} | {"here_lon": here[0], "here_lat": here[1]}
    for place in index:
        if kind is None or place.kind == kind:
            rows["id"].append(place.id), rows["lon"].append(place.lon), rows["lat"].append(place.lat)
    far = dict(
        postgis.execute(
            text("""SELECT id, ST_Distance(ST_Point(lon, lat, 4326)::geography,
                    ST_Point(:here_lon, :here_lat, 4326)::geography)
                FROM unnest(cast(:id AS int[]), cast(:lon AS float8[]), cast(:lat AS float8[]))
                    AS p (id, lon, lat)"""),
            rows,
        ).fetchall()
    )

    nearest = index.nearest(*here, k, kind)
    assert [each.metres for each in nearest] == pytest.approx(sorted(far.values())[:k], abs=2e-6)
    assert all(each.metres == pytest.approx(far[each.place.id], abs=2e-6) for each in nearest)
    within = {each.place.id for each in index.within(*here, metres, kind)}
    assert {i for i, apart in far.items() if apart < metres - 1e-5} <= within
    assert within <= {i for i, apart in far.items() if apart <= metres + 1e-5}


@settings(max_examples=80, deadline=None)
@given(steps=st.lists(STEP, max_size=30), first=POINT, last=POINT)
def test_a_box_holds_what_lies_in_it(
    steps: list[Any], first: tuple[float, float], last: tuple[float, float]
) -> None:
    index = living(steps)
    west, east, south, north = first[0], last[0], min(first[1], last[1]), max(first[1], last[1])

    expected = {
        place.id
        for place in index
        if south <= place.lat <= north
        and (west <= place.lon <= east if west <= east else place.lon >= west or place.lon <= east)
    }
    assert {place.id for place in index.bbox(west, south, east, north)} == expected


def test_it_is_there_again_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "places.index"
    with PlaceIndex(path) as index:
        index.add_many(["a", "b", 7], [(7.6, 45.0), (7.7, 45.0), (7.8, 45.0)], ["house", "site", "house"])
        index.move("b", 7.61, 45.0)
        index.remove(7)

    with PlaceIndex(path) as index:
        assert [(each.place.id, each.place.kind) for each in index.nearest(7.6, 45.0, 5)] == [
            ("a", "house"),
            ("b", "site"),
        ]
        index.add("c", 7.6, 45.0)
        assert len(index) == 3


def test_those_who_came_first_come_first() -> None:
    index = PlaceIndex()
    index.add_many("zyx", [(7.6, 45.0)] * 3)

    assert [each.place.id for each in index.nearest(7.6, 45.0, 2)] == ["z", "y"]
    assert [each.place.id for each in index.within(7.6, 45.0, 0)] == ["z", "y", "x"]


def test_what_is_refused_leaves_nothing_behind(tmp_path: Path) -> None:
    index = PlaceIndex(tmp_path / "index")
    index.add("a", 7.6, 45.0)

    for ids, points in ((["b", "a"], [(7, 45)] * 2), (["b", "b"], [(7, 45)] * 2), (["b"], [(200, 45)])):
        with pytest.raises((BadChoice, BadCoordinate)):
            index.add_many(ids, points)
    with pytest.raises(BadChoice, match="1 ids, 2 positions"):
        index.add_many(["b"], [(7, 45)] * 2)
    with pytest.raises(BadChoice, match="text or a whole number"):
        index.add_many([3.5], [(7, 45)])  # type: ignore[list-item]
    with pytest.raises(BadCoordinate):
        index.move("a", math.nan, 45.0)
    assert [(place.id, place.lon) for place in index] == [("a", 7.6)]
    for ask in (lambda: index.move("z", 7, 45), lambda: index.remove("z"), lambda: index["z"]):
        with pytest.raises(NoSuchNode, match="'z'"):
            ask()
    for metres in (-1.0, math.nan, math.inf):
        with pytest.raises(BadChoice):
            index.within(7, 45, metres)
    with pytest.raises(BadChoice):
        index.nearest(7, 45, 0)
    with pytest.raises(BadCoordinate, match="ends in the south"):
        index.bbox(7, 46, 8, 45)
