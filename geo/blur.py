"""A position near another one, for what must not be told exactly.

The true position is moved once, by a share of the radius in a direction, both drawn at random; the same two
numbers move it again whenever it is written, because an average over new draws would give the truth away.
"""

import math
from dataclasses import dataclass

from pyproj import Geod

from geo.errors import BadCoordinate

_WGS84 = Geod(ellps="WGS84")
LEAST_SHARE = 0.2
"""The public position is never nearer to the true one than this share of the radius."""


@dataclass(frozen=True, slots=True)
class Blur:
    """Where the public position lies: `azimuth` in degrees from north, `share` of the radius (0.2 to 1)."""

    azimuth: float
    share: float


def drawn(first: float, second: float) -> Blur:
    """The blur of two random numbers between 0 and 1: uniform by area over the ring from 0.2 of the radius.

    The share is the root of a uniform number, or positions would crowd around the truth (inverse transform
    sampling; L. Devroye, Non-Uniform Random Variate Generation, 1986, page 236).
    """
    if not (0 <= first <= 1 and 0 <= second <= 1):
        raise BadCoordinate(f"{first!r} and {second!r} must both be numbers from 0 to 1.")
    inner = LEAST_SHARE**2
    return Blur(360.0 * first, math.sqrt(inner + (1 - inner) * second))


def blurred(lon: float, lat: float, radius_m: float, blur: Blur) -> tuple[float, float]:
    """The public position of a true one, both EPSG:4326 degrees; at most `radius_m` geodesic metres away.

    To seven decimals, a centimetre, as every output writes them.
    """
    if not (math.isfinite(radius_m) and radius_m > 0):
        raise BadCoordinate(f"A radius of {radius_m!r} is not a length above zero.")
    # Two centimetres less, so that rounding never puts it outside.
    moved_lon, moved_lat, _ = _WGS84.fwd(lon, lat, blur.azimuth, radius_m * blur.share - 0.02)
    return round(moved_lon, 7), round(moved_lat, 7)
