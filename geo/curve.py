"""Morton (Z-order) codes of points: one integer that sorts near places near each other.

A code interleaves the two coordinates of a point in the Web Mercator unit square, 31 bits an axis, with y
(which grows southwards, as tiles do) in the odd bits. So `code >> 2 * (31 - z)` is the Morton number of
the XYZ tile of zoom level z that holds the point. G. M. Morton, "A computer oriented geodetic data base",
IBM, 1966. The spherical Mercator formulas: J. P. Snyder, "Map projections, a working manual", USGS
Professional Paper 1395, 1987, pages 41 and 44.
"""

import heapq
import math

import numpy as np
import numpy.typing as npt

from geo.errors import BadCoordinate

BITS = 31
"""Bits an axis; a cell is 2**-31 of the equator wide, just under 2 cm."""

MAX_LATITUDE = 85.0511287798066
"""Degrees; the latitude at which the Web Mercator world is a square. Points beyond count as on its edge."""

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Box = tuple[float, float, float, float]

EQUATOR_M = 40_075_016.68557849
"""Metres around the equator, of the sphere of Web Mercator."""
_CELLS = 1 << BITS
_EVEN_BITS = 0x5555555555555555
# Each step moves the upper half of every group of bits away by `shift`; the mask keeps what belongs there.
_STEPS = [
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, _EVEN_BITS),
]
# For a split at bit p: the bits below p that belong to the same axis as p.
_SAME_AXIS_BELOW = [(_EVEN_BITS << (p & 1)) & ((1 << p) - 1) for p in range(2 * BITS)]
# Two splits for each range find, in nearly every box, the gaps that eight find; one leaves 3 % more area.
_SPLITS_A_RANGE = 2
# In cells: the C library and numpy may round the tangent of a latitude differently.
_PLAY = 0.001


def encode(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Codes:
    """The Morton codes of points.

    `lon`, `lat`: (n,) degrees, EPSG:4326. Returns (n,) int64 from 0 to 2**62 - 1. Latitudes beyond
    +-85.0511287798066 get the code of the edge. Raises BadCoordinate for NaN and for anything beyond
    +-180 and +-90.
    """
    longitude = _within(lon, 180.0, "longitude")
    latitude = np.clip(_within(lat, 90.0, "latitude"), -MAX_LATITUDE, MAX_LATITUDE)
    x = (longitude + 180.0) / 360.0
    y = 0.5 - np.arcsinh(np.tan(np.radians(latitude))) / (2.0 * np.pi)
    return (_spread(_cell(x)) | (_spread(_cell(y)) << np.uint64(1))).astype(np.int64)


def decode(codes: npt.ArrayLike) -> tuple[Floats, Floats]:
    """The centres of the cells of Morton codes.

    `codes`: (n,) integers from 0 to 2**62 - 1. Returns `lon`, `lat`: two (n,) arrays in degrees,
    EPSG:4326. Raises BadCoordinate for a code out of range.
    """
    given = np.asarray(codes, dtype=np.int64)
    if given.size and not (given.min() >= 0 and given.max() < _CELLS * _CELLS):
        wrong = given.min() if given.min() < 0 else given.max()
        raise BadCoordinate(f"{wrong} is not a Morton code: codes go from 0 to 2**62 - 1.")
    code = given.astype(np.uint64)
    x = (_gather(code).astype(np.float64) + 0.5) / _CELLS
    y = (_gather(code >> np.uint64(1)).astype(np.float64) + 0.5) / _CELLS
    return x * 360.0 - 180.0, np.degrees(np.arctan(np.sinh((0.5 - y) * 2.0 * np.pi)))


def cover(west: float, south: float, east: float, north: float, at_most: int = 16) -> list[tuple[int, int]]:
    """Ranges of Morton codes that together hold every point of a bounding box.

    The box is in degrees, EPSG:4326, edges included; it may be a line or a point. Returns at most
    `at_most` pairs (first, last), both inclusive, sorted and disjoint, of which every end lies in the box.
    Raises BadCoordinate for NaN, for a latitude or longitude out of range and for a box that is inside out
    (give one over the antimeridian to `split_antimeridian` first).

    A box of the grid, split at the highest bit in which the codes of its two corners differ, becomes two
    boxes and one gap in the codes between them: LITMAX and BIGMIN of H. Tropf and H. Herzog,
    "Multidimensional range search in dynamically balanced trees", Angewandte Informatik 2/1981. A gap's
    length is an area outside the box, so the tightest k ranges leave out the k - 1 longest gaps. They are
    sought in the box whose codes hold the most outside area first, until no box can hold a longer one or
    two boxes for each range have been split (four find nothing better).
    Over boxes of a city's size, 4, 8, 16 and 32 ranges hold 1.0, 0.45, 0.22 and 0.11 times the box's area
    beyond it (medians).
    """
    _check_box(west, south, east, north)
    if at_most < 1:
        raise BadCoordinate(f"A bounding box cannot be covered by {at_most} ranges: ask for at least 1.")
    top, bottom = _row(north, -_PLAY), _row(south, _PLAY)
    left, right = _column(west), _column(east)
    first, last = _interleave(left, top), _interleave(right, bottom)
    ranges = []
    for gap_first, gap_last in sorted(_longest_gaps((left, top, right, bottom), at_most)):
        ranges.append((first, gap_first - 1))
        first = gap_last + 1
    ranges.append((first, last))
    return ranges


def tile(zoom: int, x: int, y: int) -> tuple[int, int]:
    """The first and the last Morton code in a tile of the XYZ scheme.

    `zoom` from 0 to 31; `x` (from the west) and `y` (from the north) from 0 to 2**zoom - 1. Raises
    BadCoordinate for a tile that there is not.
    """
    if not (0 <= zoom <= BITS and 0 <= x < 2**zoom and 0 <= y < 2**zoom):
        raise BadCoordinate(f"There is no tile {zoom}/{x}/{y}: x and y go from 0 to 2**zoom - 1.")
    first = _interleave(x, y) << 2 * (BITS - zoom)
    return first, first + (1 << 2 * (BITS - zoom)) - 1


def around(code: int, level: int) -> list[int]:
    """The cells of a level (1 to 31) that touch the one in which a code lies, and itself, in ascending order.

    Over the antimeridian they go on on the other side; in the north and the south the world ends. Where the
    world is fewer than three cells wide, each is there once.
    """
    x, y = (
        int(axis[0]) for axis in (_gather(np.array([code >> shift], dtype=np.uint64)) for shift in (0, 1))
    )
    drop, side = BITS - level, 1 << level
    columns = {((x >> drop) + step) % side for step in (-1, 0, 1)}
    rows = [row for row in range((y >> drop) - 1, (y >> drop) + 2) if 0 <= row < side]
    return sorted(_interleave(column, row) for column in columns for row in rows)


def corners(west: float, south: float, east: float, north: float) -> tuple[int, int, int, int]:
    """The Morton codes of a bounding box's north-west and south-east corners, twice.

    The box is in degrees, EPSG:4326. The first two are of cells that surely hold or exceed the corners: what
    lies in the box has x and y between theirs. The last two are of cells that the corners surely reach: what
    has x and y beyond the one and before the other lies in the box. They differ where a corner lies so near
    to a border of cells that rounding decides. Raises BadCoordinate as `cover` does.
    """
    _check_box(west, south, east, north)
    left, right = _column(west), _column(east)
    outer = _interleave(left, _row(north, -_PLAY)), _interleave(right, _row(south, _PLAY))
    inner = _interleave(left, _row(north, _PLAY)), _interleave(right, _row(south, -_PLAY))
    return *outer, *inner


def split_antimeridian(west: float, south: float, east: float, north: float) -> list[Box]:
    """The one or two boxes with west <= east that make up a bounding box.

    In degrees, EPSG:4326. A box with west > east goes over the antimeridian (RFC 7946, section 5.2) and
    becomes its part west of 180 and its part east of -180.
    """
    if west <= east:
        return [(west, south, east, north)]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def _longest_gaps(corners: tuple[int, int, int, int], at_most: int) -> list[tuple[int, int]]:
    """The longest at_most - 1 gaps in the codes of a box of cells (x0, y0, x1, y1), as (first, last)."""
    gaps: list[tuple[int, int, int]] = []  # a heap of (length, first, last), the shortest in front
    boxes = [_measured(_interleave(*corners[:2]), _interleave(*corners[2:]), *corners)]
    for _ in range(_SPLITS_A_RANGE * at_most if at_most > 1 else 0):
        if -boxes[0][0] <= (gaps[0][0] if len(gaps) == at_most - 1 else 0):
            break  # no box holds a gap longer than those found
        _, first, last, x0, y0, x1, y1 = heapq.heappop(boxes)
        bit = (first ^ last).bit_length() - 1
        same_axis = _SAME_AXIS_BELOW[bit]
        lower_last = last ^ 1 << bit | same_axis
        upper_first = (first | 1 << bit) & ~same_axis
        if upper_first - lower_last > 1:
            heapq.heappush(gaps, (upper_first - lower_last - 1, lower_last + 1, upper_first - 1))
            if len(gaps) == at_most:
                heapq.heappop(gaps)
        if bit & 1:
            middle = y1 >> (bit >> 1) << (bit >> 1)
            heapq.heappush(boxes, _measured(first, lower_last, x0, y0, x1, middle - 1))
            heapq.heappush(boxes, _measured(upper_first, last, x0, middle, x1, y1))
        else:
            middle = x1 >> (bit >> 1) << (bit >> 1)
            heapq.heappush(boxes, _measured(first, lower_last, x0, y0, middle - 1, y1))
            heapq.heappush(boxes, _measured(upper_first, last, middle, y0, x1, y1))
    return [(gap_first, gap_last) for _, gap_first, gap_last in gaps]


def _measured(
    first: int, last: int, x0: int, y0: int, x1: int, y1: int
) -> tuple[int, int, int, int, int, int, int]:
    """A box of cells with, in front, minus the cells between its first and last code that lie outside it."""
    return (x1 - x0 + 1) * (y1 - y0 + 1) - (last - first + 1), first, last, x0, y0, x1, y1


def _check_box(west: float, south: float, east: float, north: float) -> None:
    box = f"The bounding box {west}, {south}, {east}, {north}"
    if not (-180.0 <= west <= 180.0 and -180.0 <= east <= 180.0):  # false for NaN too
        raise BadCoordinate(f"{box} has a longitude that is not between -180 and 180 degrees.")
    if not (-90.0 <= south <= 90.0 and -90.0 <= north <= 90.0):
        raise BadCoordinate(f"{box} has a latitude that is not between -90 and 90 degrees.")
    if west > east:
        raise BadCoordinate(f"{box} goes over the antimeridian: split it there first.")
    if south > north:
        raise BadCoordinate(f"{box} has its south above its north.")


def _column(lon: float) -> int:
    return min(int((lon + 180.0) / 360.0 * _CELLS), _CELLS - 1)


def _row(lat: float, play: float) -> int:
    clipped = max(-MAX_LATITUDE, min(MAX_LATITUDE, lat))
    y = 0.5 - math.asinh(math.tan(math.radians(clipped))) / (2.0 * math.pi)
    return max(0, min(int(y * _CELLS + play), _CELLS - 1))


def _interleave(x: int, y: int) -> int:
    for shift, mask in _STEPS:
        x = (x | x << shift) & mask
        y = (y | y << shift) & mask
    return x | y << 1


def _within(degrees: npt.ArrayLike, limit: float, name: str) -> Floats:
    values = np.asarray(degrees, dtype=np.float64)
    if values.size and not (values.min() >= -limit and values.max() <= limit):  # false for NaN too
        wrong = values[~(np.abs(values) <= limit)].flat[0]
        raise BadCoordinate(f"The {name} {wrong} is not between -{limit:.0f} and {limit:.0f} degrees.")
    return values


def _cell(fraction: Floats) -> npt.NDArray[np.uint64]:
    return np.clip(np.floor(fraction * _CELLS), 0, _CELLS - 1).astype(np.uint64)


def _spread(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Put the lower 32 bits of each number on the even bits."""
    for shift, mask in _STEPS:
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits


def _gather(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Bring the even bits of each number together: undoes `_spread`."""
    for shift, mask in reversed(_STEPS):
        bits = bits & np.uint64(mask)
        bits = bits | (bits >> np.uint64(shift))
    return bits & np.uint64(_CELLS - 1)
