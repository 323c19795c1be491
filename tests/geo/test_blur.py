"""A public position near the true one: within its disc, never at its middle, and the same each time."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.blur import Blur, blurred, drawn
from geo.errors import BadCoordinate

UNIT = st.floats(0, 1)


@given(first=UNIT, second=UNIT, radius=st.sampled_from([50.0, 250.0, 1000.0]), lat=st.floats(-80, 80))
def test_it_lies_in_the_ring(first: float, second: float, radius: float, lat: float) -> None:
    lon, moved = blurred(7.68, lat, radius, drawn(first, second))

    distance = Geod(ellps="WGS84").inv(7.68, lat, lon, moved)[2]
    assert 0.2 * radius - 0.05 <= distance <= radius


def test_half_of_the_ring_s_area_gets_half_of_the_draws() -> None:
    # Half of the area between 0.2 and 1 lies within the root of (0.04 + 1) / 2.
    assert drawn(0.25, 0.5) == Blur(90.0, math.sqrt(0.52))


@pytest.mark.parametrize("radius", [0.0, -5.0, math.nan, math.inf])
def test_a_radius_that_is_no_length_is_refused(radius: float) -> None:
    with pytest.raises(BadCoordinate):
        blurred(7.68, 45.07, radius, Blur(0, 0.5))


def test_numbers_beyond_one_are_refused() -> None:
    with pytest.raises(BadCoordinate):
        drawn(0.5, 1.5)
