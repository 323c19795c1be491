"""Who is near whom on the WGS 84 ellipsoid: exact geodesic metres, found by a tree of chords.

Points stand on the ellipsoid in space (earth-centred coordinates), where a tree measures straight chords. A
chord is never longer than the geodesic between its ends, and the geodesic is at most `longest(chord)`; so a
tree finds every candidate, and the candidates' geodesics decide. Nothing here knows of an antimeridian or a
pole: in space there is none.

Points are (n, 2) arrays of longitude and latitude in degrees, EPSG:4326.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Geod
from scipy.spatial import KDTree

from geo.errors import BadChoice, BadCoordinate
from geo.numeric import floats

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

WGS84 = Geod(ellps="WGS84")
_A, _E2 = WGS84.a, WGS84.es
_LEAST_RADIUS = WGS84.b**2 / WGS84.a
"""The smallest radius of curvature on the ellipsoid, in metres: along the meridian at the equator."""
_MEAN_RADIUS = 6_371_000.0
_SHORT = 1_000.0
"""Up to a kilometre chord + chord^3 / (24 R^2) is the geodesic to 1e-8 m, as exact as Karney's method."""
SAME = 1e-6
"""Metres: distances that differ by less are a tie, and points that are nearer to each other coincide."""
_MORE = 3


def checked(lonlat: Any) -> Floats:
    """The points as an (n, 2) array of floats; raises BadCoordinate for anything else, naming the first."""
    points = floats(lonlat, "Points", BadCoordinate)
    if points.size == 0:
        return points.reshape(0, 2)
    if points.ndim != 2 or points.shape[1] != 2:
        raise BadCoordinate(f"Points must be an (n, 2) array of longitude and latitude, not {points.shape}.")
    good = np.isfinite(points).all(axis=1) & (np.abs(points) <= (180.0, 90.0)).all(axis=1)
    if not good.all():
        row = int(np.flatnonzero(~good)[0])
        lon, lat = points[row]
        raise BadCoordinate(f"Point {row} ({lon:g}, {lat:g}) is no longitude and latitude in degrees.")
    return points


def in_space(lonlat: Floats) -> Floats:
    """Earth-centred coordinates of points, in metres: (n, 2) degrees to (n, 3)."""
    lon, lat = np.radians(lonlat).T
    normal = _A / np.sqrt(1.0 - _E2 * np.sin(lat) ** 2)
    return np.column_stack(
        [
            normal * np.cos(lat) * np.cos(lon),
            normal * np.cos(lat) * np.sin(lon),
            normal * (1.0 - _E2) * np.sin(lat),
        ]
    )


def longest(chord: Floats) -> Floats:
    """The most metres that a geodesic over a chord of so many metres can have.

    No geodesic curves more than a circle of the ellipsoid's smallest radius of curvature, so none is longer
    than that circle's arc (A. Schur's comparison theorem, 1921).
    """
    half = np.minimum(np.asarray(chord, dtype=float) / (2 * _LEAST_RADIUS), 1.0)
    arc: Floats = 2 * _LEAST_RADIUS * np.arcsin(half)
    # Beyond a quarter of the way round the bound stops being of use: half the equator bounds everything.
    return np.where(half < np.sqrt(0.5), arc, np.pi * _A)


def metres_between(first: Floats, second: Floats) -> Floats:
    """Geodesic metres between points, row by row: two (n, 2) arrays of degrees to (n,).

    C. F. F. Karney, "Algorithms for geodesics", Journal of Geodesy 87 (2013), through PROJ; up to a kilometre
    the series of the arc over its chord, which agrees to 1e-8 m and costs a fifteenth.
    """
    chord = np.linalg.norm(in_space(first) - in_space(second), axis=1)
    return _arcs(first, second, chord)


def _arcs(first: Floats, second: Floats, chord: Floats) -> Floats:
    metres: Floats = chord + chord**3 / (24 * _MEAN_RADIUS**2)
    far = np.flatnonzero(chord > _SHORT)
    if len(far):
        metres[far] = WGS84.inv(first[far, 0], first[far, 1], second[far, 0], second[far, 1])[2]
    return metres


def nearest_of(lonlat: Any, others: Any) -> tuple[Indices, Floats]:
    """The nearest of the `others` to each point: their positions and geodesic metres, (n,) each.

    Both are arrays of degrees, (n, 2) and (m, 2) with m of at least 1. Of several at the same distance (to a
    micrometre) it is the one that stands first in the array. Raises BadChoice where there are no others.

    >>> nearest_of([(7.0, 45.0)], [(7.0, 46.0), (7.0, 45.001), (7.0, 45.001)])[0].tolist()
    [1]
    """
    points, there = checked(lonlat), checked(others)
    if not len(there):
        raise BadChoice("There is nothing that could be nearest: give at least one other point.")
    apart, first = np.unique(there, axis=0, return_index=True)
    tree = KDTree(in_space(apart))
    wanted = min(1 + _MORE, len(apart))
    _, near = tree.query(in_space(points), wanted)
    candidates = first[np.asarray(near).reshape(len(points), wanted)]
    metres = metres_between(np.repeat(points, wanted, axis=0), there[candidates.ravel()])
    metres = metres.reshape(candidates.shape)
    best = np.lexsort((candidates, np.round(metres / SAME)), axis=1)[:, :1]
    return (
        np.take_along_axis(candidates, best, axis=1)[:, 0],
        np.take_along_axis(metres, best, axis=1)[:, 0],
    )


class Neighbourhood:
    """Points that can be asked who is near. `lonlat`: (n, 2) degrees."""

    def __init__(self, lonlat: Any) -> None:
        self.lonlat = checked(lonlat)
        self._space = in_space(self.lonlat)
        self._tree = KDTree(self._space, leafsize=12, balanced_tree=False) if len(self.lonlat) else None

    def nearest(self, k: int) -> tuple[Indices, Floats]:
        """The `k` nearest others of each point: two (n, k') arrays, positions and metres, nearest first.

        k' is the smaller of k and n - 1. Of several at the same distance (to a micrometre) those come first
        that stand first in the array; a point that coincides with another is its neighbour at 0 m.
        """
        n = len(self.lonlat)
        k = min(k, n - 1)
        if k < 1:
            return np.empty((n, 0), dtype=np.int64), np.empty((n, 0))
        found, metres = np.empty((n, k), dtype=np.int64), np.empty((n, k))
        rows, wanted = np.arange(n), min(k + 1 + _MORE, n)
        while len(rows):
            near, distance, whole = self._candidates(rows, wanted, k)
            found[rows[whole]], metres[rows[whole]] = near[whole], distance[whole]
            rows, wanted = rows[~whole], min(2 * wanted, n)
        return found, metres

    def _candidates(
        self, rows: Indices, wanted: int, k: int
    ) -> tuple[Indices, Floats, npt.NDArray[np.bool_]]:
        """The k nearest among `wanted` candidates of each row, and whether none can be missing."""
        assert self._tree is not None
        chord, near = self._tree.query(self._space[rows], wanted, workers=-1)
        others = np.repeat(rows, wanted)
        metres = _arcs(self.lonlat[others], self.lonlat[near.ravel()], chord.ravel()).reshape(near.shape)
        metres[near == rows[:, None]] = -1.0  # oneself comes first, and is left out
        order = np.lexsort((near, np.round(metres / SAME)), axis=1)[:, : k + 1]
        near_k = np.take_along_axis(near, order, axis=1)[:, 1:]
        metres_k = np.take_along_axis(metres, order, axis=1)[:, 1:]
        there = (near == rows[:, None]).any(axis=1)  # of many that coincide, oneself may not be among them
        whole = there & ((chord[:, -1] > metres_k[:, -1] + SAME) | (wanted == len(self.lonlat)))
        return near_k, metres_k, whole

    def pairs_within(self, metres: float) -> tuple[Indices, Indices, Floats]:
        """Every pair of points at most so far apart: first and second position (first < second), metres."""
        if self._tree is None:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        pairs = self._tree.query_pairs(metres * (1 + 1e-12) + SAME, output_type="ndarray").astype(np.int64)
        first, second = pairs.min(axis=1), pairs.max(axis=1)
        apart = metres_between(self.lonlat[first], self.lonlat[second])
        near = apart <= metres
        return first[near], second[near], apart[near]

    def around(self, lon: float, lat: float, metres: float) -> tuple[Indices, Floats]:
        """The points at most so far from a position, nearest first: positions and metres."""
        if self._tree is None:
            return np.empty(0, np.int64), np.empty(0)
        here = checked([(lon, lat)])
        near = np.asarray(self._tree.query_ball_point(in_space(here)[0], metres + SAME), dtype=np.int64)
        apart = metres_between(np.broadcast_to(here, (len(near), 2)), self.lonlat[near])
        kept = np.flatnonzero(apart <= metres)
        order = kept[np.lexsort((near[kept], np.round(apart[kept] / SAME)))]
        return near[order], apart[order]
