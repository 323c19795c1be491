"""Coordinates of published points; systems that are no help are refused by name."""

import numpy as np
import pytest
import shapely

from geo import crs
from geo.errors import UnknownCrs


def one(text):
    return np.array([shapely.from_wkt(text)], dtype=object)


def test_utm_has_its_central_meridian_at_nine_degrees():
    # By definition x = 500,000 m on the meridian of 9 degrees, and y = 0 on the equator.
    (point,) = crs.to_wgs84(one("POINT (500000 0)"), "EPSG:32632")
    assert (point.x, point.y) == pytest.approx((9, 0), abs=1e-9)
    (back,) = crs.projected(one("POINT (9 0)"), 32632)
    assert (back.x, back.y) == pytest.approx((500_000, 0), abs=1e-4)


def test_mercator_metres_are_radians_times_the_radius():
    # x = a * lon in radians with a = 6378137 m: EPSG guidance note 7-2, "Popular Visualisation".
    (point,) = crs.projected(one("POINT (180 0)"), "EPSG:3857")
    assert point.x == pytest.approx(6378137 * np.pi)


def test_wgs84_comes_back_as_it_is_whatever_its_axis_order():
    points = one("POINT (7.68 45.07)")
    assert crs.to_wgs84(points, "EPSG:4326") is points
    assert crs.to_wgs84(points, "OGC:CRS84") is points


def test_systems_with_north_first_are_read_east_first():
    # ETRS89 is within a metre of WGS 84; EPSG gives its latitude first.
    (point,) = crs.to_wgs84(one("POINT (7.68 45.07)"), "EPSG:4258")
    assert (point.x, point.y) == pytest.approx((7.68, 45.07), abs=1e-5)


def test_missing_geometries_stay_missing_and_heights_go():
    shapes = np.array([None, shapely.from_wkt("POINT Z (500000 5000000 240)")], dtype=object)
    moved = crs.to_wgs84(shapes, "EPSG:32632")
    assert moved[0] is None
    assert not moved[1].has_z


def test_what_cannot_be_transformed_becomes_infinite():
    (point,) = crs.to_wgs84(one("POINT (1e12 1e12)"), "EPSG:32632")
    assert np.isinf(point.x)


@pytest.mark.parametrize("value", ["EPSG:99999", "Torino", "", "EPSG:5773", "EPSG:4978", 'LOCAL_CS["yard"]'])
def test_useless_systems_are_named(value):
    with pytest.raises(UnknownCrs) as caught:
        crs.parse_crs(value)
    assert repr(value) in str(caught.value)


def test_long_texts_are_shortened_in_messages():
    with pytest.raises(UnknownCrs) as caught:
        crs.parse_crs("GEOGCS" * 100)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("value", ["EPSG:4326", "EPSG:2263"])
def test_only_metres_are_metres(value):
    with pytest.raises(UnknownCrs, match="does not count in metres"):
        crs.projected(one("POINT (9 0)"), value)
