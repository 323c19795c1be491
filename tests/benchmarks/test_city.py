"""The synthetic city: the same for the same seed, and like a city."""

import numpy as np
import pyarrow.compute as pc
import pytest
import shapely

from app.params import MAX_TEXT
from app.tables.places import KINDS, STATUSES
from benchmarks.city import ATTRIBUTES, KIND_SHARES, City, make_city
from benchmarks.files import finished_rows

PLACES = 20_000


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(PLACES, 1)


def test_the_same_seed_makes_the_same_city(city: City) -> None:
    again = make_city(PLACES, 1)
    assert again.table.equals(city.table)
    assert shapely.equals_exact(again.layout.geometries, city.layout.geometries).all()


def test_another_seed_makes_another_city(city: City) -> None:
    other = make_city(PLACES, 2)
    assert not other.table.equals(city.table)
    assert not np.array_equal(other.layout.lon, city.layout.lon)


def test_it_has_as_many_places_as_were_asked_for_and_ten_attributes_at_most(city: City) -> None:
    assert len(city) == len(city.layout.lon) == len(city.layout.geometries) == PLACES
    assert tuple(city.table.column_names) == ATTRIBUTES
    assert 8 <= len(ATTRIBUTES) <= 10
    assert pc.count_distinct(city.table["external_id"]).as_py() == PLACES


def test_its_kinds_and_statuses_are_ours_and_houses_are_rare(city: City) -> None:
    assert tuple(KIND_SHARES) == KINDS
    assert sum(KIND_SHARES.values()) == pytest.approx(1)
    assert set(city.table["status"].unique().to_pylist()) == set(STATUSES)
    counted = {entry["values"]: entry["counts"] for entry in city.table["kind"].value_counts().to_pylist()}
    assert counted.get("house", 0) < 10  # 2 expected; 10 or more come once in a million cities
    assert counted["project"] == pytest.approx(0.2 * PLACES, rel=0.05)


def test_one_place_in_fifty_is_a_valid_line_or_area(city: City) -> None:
    types = shapely.get_type_id(city.layout.geometries)
    assert (types != 0).mean() == pytest.approx(0.02, abs=0.005)
    assert set(np.unique(types)) == {0, 1, 3}
    assert shapely.is_valid(city.layout.geometries).all()


def test_it_is_dense_in_the_middle_and_sparse_outside(city: City) -> None:
    """The densest hundredth of a grid's cells holds more than the emptier half of them."""
    cells, _, _ = np.histogram2d(city.layout.lon, city.layout.lat, bins=60)
    sizes = np.sort(cells.ravel())[::-1]
    assert sizes[:36].sum() > 4 * sizes[1800:].sum()
    assert (city.layout.lon > 7.3).all()
    assert (city.layout.lon < 8.0).all()


def test_its_titles_have_a_long_tail(city: City) -> None:
    titles = city.table["title"]
    assert pc.count_distinct(titles).as_py() > PLACES / 3
    assert pc.max(pc.utf8_length(titles)).as_py() < MAX_TEXT
    assert pc.count_distinct(city.table["address"]).as_py() > PLACES / 2


def test_finished_rows_have_distinct_uuids_of_version_7(city: City) -> None:
    rows = finished_rows(city)
    ids = rows["id"].to_pylist()
    assert len(set(ids)) == PLACES
    assert {key[12] for key in ids} == {"7"}
    assert {key[16] for key in ids} <= set("89ab")
