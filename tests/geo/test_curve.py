"""Morton codes against the XYZ tile numbers and against every cell of small boxes."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import curve
from geo.errors import BadCoordinate

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)


def code_of(lon: float, lat: float) -> int:
    return int(curve.encode([lon], [lat])[0])


def ranges_holding(code: int, ranges: list[tuple[int, int]]) -> int:
    return sum(first <= code <= last for first, last in ranges)


def test_the_four_quadrants_in_hand_made_codes():
    # North-west, north-east, south-west, south-east of (0, 0): the two highest bits are y, x.
    codes = curve.encode([-90, 90, -90, 90], [40, 40, -40, -40])
    assert (codes >> 60).tolist() == [0, 1, 2, 3]
    assert codes.dtype == np.int64


def test_the_corners_of_the_world():
    assert code_of(-180, 90) == 0
    assert code_of(180, -90) == 2**62 - 1
    assert code_of(-180, curve.MAX_LATITUDE) == 0


@given(st.lists(st.tuples(longitudes, latitudes), min_size=1, max_size=20))
def test_decoding_gives_a_point_within_half_a_cell(points):
    lon, lat = np.array(points).T
    back_lon, back_lat = curve.decode(curve.encode(lon, lat))
    clipped = np.clip(lat, -curve.MAX_LATITUDE, curve.MAX_LATITUDE)
    # A cell is 360 / 2**31 degrees wide, and nowhere higher than it is wide.
    half = 180 / 2**31 * 1.001
    assert np.abs(back_lon - lon).max() <= half
    assert np.abs(back_lat - clipped).max() <= half
    assert curve.encode(back_lon, back_lat).tolist() == curve.encode(lon, lat).tolist()


def test_shifted_codes_are_the_tiles_of_torino():
    # The tiles of the town hall (7.6824, 45.0731) by the formula written with tangent and secant:
    # x = floor((lon + 180) / 360 * 2**z), y = floor((1 - ln(tan + sec) / pi) / 2 * 2**z).
    for zoom, x, y in [(1, 1, 0), (8, 133, 92), (12, 2135, 1472), (16, 34166, 23556)]:
        assert (x, y) == tile_by_the_formula(7.6824, 45.0731, zoom)
        tile = code_of(7.6824, 45.0731) >> 2 * (31 - zoom)
        assert tile == sum((x >> i & 1) << 2 * i | (y >> i & 1) << 2 * i + 1 for i in range(zoom))


def tile_by_the_formula(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    angle = math.radians(lat)
    y = (1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2
    return int((lon + 180) / 360 * 2**zoom), int(y * 2**zoom)


@given(longitudes, st.floats(-85, 85), st.integers(1, 20))
def test_shifted_codes_are_xyz_tiles(lon, lat, zoom):
    x, y = tile_by_the_formula(lon, lat, zoom)
    tile = code_of(lon, lat) >> 2 * (31 - zoom)
    got_x = sum((tile >> 2 * i & 1) << i for i in range(zoom))
    got_y = sum((tile >> 2 * i + 1 & 1) << i for i in range(zoom))
    assert got_x == min(x, 2**zoom - 1)
    assert got_y == y or abs(math.log2(zoom)) > 4  # beyond z16 the two formulas may round apart
    assert abs(got_y - y) <= 1


@given(longitudes, longitudes, latitudes, latitudes, st.integers(1, 32), st.data())
@settings(max_examples=200)
def test_every_point_of_a_box_is_in_exactly_one_range(lon1, lon2, lat1, lat2, at_most, data):
    west, east = sorted((lon1 + 0.0, lon2 + 0.0))  # -0.0 + 0.0 is 0.0: hypothesis takes the two for a range
    south, north = sorted((lat1 + 0.0, lat2 + 0.0))
    ranges = curve.cover(west, south, east, north, at_most)
    assert 1 <= len(ranges) <= at_most
    assert all(first <= last for first, last in ranges)
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(ranges))
    lon = [west, east, data.draw(st.floats(west, east))]
    lat = [south, north, data.draw(st.floats(south, north))]
    for x in lon:
        for y in lat:
            assert ranges_holding(code_of(x, y), ranges) == 1


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(1, 12))
@settings(max_examples=200)
def test_no_other_ranges_are_tighter(x, y, width, height, at_most):
    # Any k ranges leave out at most k - 1 gaps between the codes of the box: count them all, one by one.
    codes = sorted(curve._interleave(i, j) for i in range(x, x + width + 1) for j in range(y, y + height + 1))
    gaps = sorted((b - a - 1 for a, b in itertools.pairwise(codes)), reverse=True)
    best = codes[-1] - codes[0] + 1 - sum(gaps[: at_most - 1])
    gaps_found = curve._longest_gaps((x, y, x + width, y + height), at_most)
    held = codes[-1] - codes[0] + 1 - sum(last - first + 1 for first, last in gaps_found)
    # The search may stop a little early; most of the time it does not.
    assert best <= held <= 1.1 * best


def test_given_time_the_tightest_ranges_are_found(monkeypatch):
    monkeypatch.setattr(curve, "_SPLITS_A_RANGE", 1000)
    # 3 x 3 cells from (1, 1), in Morton order: 3, 6, 7, 9, 11, 12, 13, 14, 15. The gaps are 2, 1 and 1 long.
    assert curve._longest_gaps((1, 1, 3, 3), 2) == [(4, 5)]
    assert sorted(curve._longest_gaps((1, 1, 3, 3), 9)) == [(4, 5), (8, 8), (10, 10)]
    assert curve._longest_gaps((1, 1, 3, 3), 1) == []


@pytest.mark.parametrize(("at_most", "beyond"), [(4, 1.1), (16, 0.26), (32, 0.13)])
def test_ranges_are_tight_over_a_city(at_most, beyond):
    # Of boxes of 100 m to 10 km; a median, because a box that straddles a high bit of the curve is unlucky.
    random = np.random.default_rng(7)
    shares = []
    for west, south, wide, shape in random.uniform((7.55, 45.0, -3, 0.5), (7.75, 45.12, -1, 1.5), (200, 4)):
        box = (west, south, west + 10**wide, south + 10**wide * shape)
        held = sum(last - first + 1 for first, last in curve.cover(*box, at_most))
        columns = curve._column(box[2]) - curve._column(west) + 1
        rows = curve._row(south, 0.001) - curve._row(box[3], -0.001) + 1
        shares.append(held / (columns * rows) - 1)
    assert min(shares) >= 0
    assert np.median(shares) <= beyond


def test_a_point_is_one_code_and_the_world_is_all_of_them():
    code = code_of(7.6869, 45.0703)
    assert curve.cover(7.6869, 45.0703, 7.6869, 45.0703) == [(code, code)]
    assert curve.cover(-180, -90, 180, 90) == [(0, 2**62 - 1)]
    assert curve.cover(-180, 0.0001, -0.0001, 90, 1)[0][0] == 0


@pytest.mark.parametrize(
    ("box", "words"),
    [
        ((float("nan"), 45, 8, 46), "longitude"),
        ((7, 45, 181, 46), "longitude that is not between -180 and 180"),
        ((7, 45, 8, 91), "latitude that is not between -90 and 90"),
        ((7, float("nan"), 8, 46), "latitude"),
        ((8, 45, 7, 46), "antimeridian"),
        ((7, 46, 8, 45), "south above its north"),
    ],
)
def test_bad_boxes_are_named(box, words):
    with pytest.raises(BadCoordinate, match=words):
        curve.cover(*box)


def test_no_ranges_cover_nothing():
    with pytest.raises(BadCoordinate, match="by 0 ranges"):
        curve.cover(7, 45, 8, 46, 0)


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [
        ([7.6, np.nan], [45, 45], "longitude nan"),
        ([7.6, 7.6], [45, 90.5], "latitude 90.5"),
        ([-181], [0], "longitude -181.0"),
    ],
)
def test_bad_points_are_named(lon, lat, words):
    with pytest.raises(BadCoordinate, match=words):
        curve.encode(lon, lat)


@pytest.mark.parametrize("code", [-1, 2**62])
def test_bad_codes_are_named(code):
    with pytest.raises(BadCoordinate, match=f"{code} is not a Morton code"):
        curve.decode([code])


def test_no_points_have_no_codes():
    assert curve.encode([], []).shape == (0,)
    assert curve.decode([])[0].shape == (0,)


def test_a_box_over_the_antimeridian_becomes_two():
    assert curve.split_antimeridian(170, -10, -170, 10) == [(170, -10, 180.0, 10), (-180.0, -10, -170, 10)]
    assert curve.split_antimeridian(7, 45, 8, 46) == [(7, 45, 8, 46)]
