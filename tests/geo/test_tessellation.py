"""Zones around points: areas by hand, and no two zones on the same ground."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import to_wgs84
from geo.errors import BadZones, UnknownCrs
from geo.tessellation import approximate_zones

UTM = "EPSG:32632"


def degrees(*metres):
    """Longitudes and latitudes of points given in UTM metres around (500 km, 5,000 km)."""
    points = shapely.points(np.array(metres, dtype=float) + np.array([500_000, 5_000_000]))
    moved = to_wgs84(points, UTM)
    return shapely.get_x(moved), shapely.get_y(moved)


def overlap(polygons):
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    different = left < right
    return shapely.area(shapely.intersection(polygons[left[different]], polygons[right[different]])).sum()


def test_one_point_gets_a_circle_of_its_area():
    zones = approximate_zones(*degrees((0, 0)), [2.0], crs=UTM)
    assert zones.area_km2 == pytest.approx([2.0], rel=1e-4)
    assert shapely.contains_xy(zones.polygons[0], 9.0, 45.1525)


def test_far_points_get_their_areas_and_near_ones_share_the_edge_between_them():
    # 10 km apart, circles of 1 and 4 km2 (radii 0.56 and 1.13 km) do not meet.
    apart = approximate_zones(*degrees((0, 0), (10_000, 0)), [1.0, 4.0], crs=UTM)
    assert apart.area_km2 == pytest.approx([1.0, 4.0], rel=1e-4)
    assert not shapely.intersects(*apart.polygons)
    # 1 km apart, the edge between them is 500 m from each; both still have room away from it.
    near = approximate_zones(*degrees((0, 0), (1_000, 0)), [1.0, 4.0], crs=UTM)
    assert near.area_km2 == pytest.approx([1.0, 4.0], rel=1e-4)
    assert shapely.touches(*near.polygons)


def test_a_cell_smaller_than_its_area_is_kept_whole():
    # The middle one of 3 x 3 points a kilometre apart has a cell of 1 km2, whatever it asks for.
    grid = [(x * 1000, y * 1000) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    zones = approximate_zones(*degrees(*grid), [0.5] * 4 + [3.0] + [0.5] * 4, crs=UTM)
    assert zones.area_km2[4] == pytest.approx(1.0, rel=1e-3)
    assert np.delete(zones.area_km2, 4) == pytest.approx([0.5] * 8, rel=1e-3)


def test_a_thin_cell_at_the_edge_does_not_reach_far_out():
    # The middle one of three points in a row, 100 m apart: its cell is an endless strip 100 m wide.
    zones = approximate_zones(*degrees((-100, 0), (0, 0), (100, 0)), [1.0, 1.0, 1.0], crs=UTM)
    # Cut at 3 times the radius of 1 km2 (564 m): a strip 100 m x 2 x 1,693 m.
    assert zones.area_km2[1] == pytest.approx(0.3385, rel=0.01)


point = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


@given(st.lists(point, min_size=1, max_size=25, unique=True), st.floats(0.01, 3))
@settings(max_examples=60)
def test_zones_are_valid_and_never_overlap(points, area):
    lon, lat = degrees(*[(x * 97, y * 89) for x, y in points])
    zones = approximate_zones(lon, lat, np.full(len(points), area), crs=UTM)
    assert shapely.is_valid(zones.polygons).all()
    assert (shapely.get_type_id(zones.polygons) == 3).all()
    assert overlap(zones.polygons) == 0
    assert shapely.coverage_is_valid(zones.polygons)
    assert (zones.area_km2 <= area * 1.001 + 1e-5).all()
    assert shapely.intersects_xy(zones.polygons, lon, lat).all()


def test_coordinates_have_six_decimals():
    zones = approximate_zones(*degrees((0, 0), (1_000, 300)), [1.0, 4.0], crs=UTM)
    coordinates = shapely.get_coordinates(zones.polygons)
    assert (np.round(coordinates, 6) == coordinates).all()


@pytest.mark.parametrize(
    ("lon", "lat", "area", "words"),
    [
        ([], [], [], "at least one"),
        ([7.6, 7.7], [45.0], [1, 1], "got 2, 1 and 2"),
        ([7.6, 7.7], [45, 45], [1, 0], "Point 1 .* with 0.0 km2"),
        ([7.6, np.nan], [45, 45], [1, 1], "Point 1 .*nan"),
        ([7.6, 7.7, 7.6], [45, 45, 45.0000001], [1, 1, 1], "2 points coincide at 7.6, 45.0"),
        ([7.6, 7.600001], [45, 45], [1, 1], "too near"),
    ],
)
def test_bad_points_are_named(lon, lat, area, words):
    with pytest.raises(BadZones, match=words):
        approximate_zones(lon, lat, area, crs=UTM)


def test_degrees_are_no_metres():
    with pytest.raises(UnknownCrs, match="does not count in metres"):
        approximate_zones([7.6], [45.0], [1.0], crs="EPSG:4326")
