"""How far around an origin things lie, in metres and in degrees."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from app.network.rules import Origin

GEOD = Geod(ellps="WGS84")


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-90, 90),
    azimuth=st.floats(0, 360),
    metres=st.floats(0.01, 2_000_000),
)
def test_nobody_so_near_in_metres_is_farther_in_degrees(
    lon: float, lat: float, azimuth: float, metres: float
) -> None:
    there = GEOD.fwd(lon, lat, azimuth, metres)[:2]

    assert math.hypot(there[0] - lon, there[1] - lat) <= Origin(shapely.Point(lon, lat)).degrees(
        metres * (1 + 1e-9)
    ) * (1 + 1e-9)


@pytest.mark.parametrize(
    "here", [(179.999, 10), (-179.999, 10), (180, 0), (7, 89.999), (7, -89.999), (0, 90)]
)
def test_where_the_plane_is_cut_degrees_tell_nothing(here: tuple[float, float]) -> None:
    assert Origin(shapely.Point(here)).degrees(1_000) == math.inf


def test_in_the_plane_around_torino() -> None:
    # 1 km is 0.0127 degrees of longitude and 0.0090 of latitude there.
    assert Origin(shapely.Point(7.68, 45.07)).degrees(1_000) == pytest.approx(
        math.hypot(0.0127, 0.0090), rel=0.01
    )
