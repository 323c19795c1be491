"""Which grid suits a view, and how its cells become discs that do not cover each other. Pure.

Positions are pixels of the Web Mercator world at a zoom level: 256 * 2**zoom of them across.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.places.overview import Cell
from app.tables.places import KINDS
from geo.curve import BITS

AT_MOST = 300
PIN_RADIUS = 12.0
FINE_PX, COARSE_PX = 16, 64
FEW = 500
"""Up to how many places a view may hold for its discs to be gathered on the fine grid."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A disc on the map: `places` of them around lon, lat; `codes`, of a single one, is its Morton code."""

    places: int
    lon: float
    lat: float
    codes: int
    kinds: tuple[int, ...]


def grid(zoom: int, cell_px: int) -> int:
    """The level of the grid whose cells are `cell_px` (a power of two) wide at this zoom."""
    return min(BITS, zoom + 8 - int(math.log2(cell_px)))


def radius(places: int) -> float:
    """Half the width of a pin, in pixels; a disc's grows with the number of digits, not with the number."""
    return PIN_RADIUS if places == 1 else 15.0 + 3.0 * math.log10(places)


def pixels(lon: float, lat: float, zoom: int) -> tuple[float, float]:
    """Where a point of EPSG:4326 degrees lies."""
    world = 256.0 * 2**zoom
    y = 0.5 - math.asinh(math.tan(math.radians(max(-85.05, min(85.05, lat))))) / (2 * math.pi)
    return (lon + 180.0) / 360.0 * world, y * world


def gathered(cells: Iterable[Cell]) -> list[Cluster]:
    """One cluster for each cell, of all its kinds; a cell may come in parts."""
    of_one_cell: dict[int, list[Cell]] = {}
    for cell in cells:
        of_one_cell.setdefault(cell.cell, []).append(cell)
    return [_cluster(parts) for parts in of_one_cell.values()]


def _cluster(parts: list[Cell]) -> Cluster:
    places = sum(part.places for part in parts)
    kinds = [0] * len(KINDS)
    codes = 0
    for part in parts:
        kinds[KINDS.index(part.kind)] += part.places
        codes ^= part.codes
    lon, lat = sum(part.lon_e7 for part in parts), sum(part.lat_e7 for part in parts)
    return Cluster(places, lon / places / 1e7, lat / places / 1e7, codes, tuple(kinds))


def merged(clusters: list[Cluster], zoom: int, at_most: int = AT_MOST) -> list[Cluster]:
    """Unite discs that would crowd each other, the largest first, until none do; no place is lost.

    Two crowd each other where they are nearer than 0.85 of their radii, or where one would leave the other
    less than 24 pixels each way for itself, which is what a finger needs (WCAG 2.2, 2.5.8).
    A disc takes in its neighbours and stands at their mean, weighted by their places. Where more than
    `at_most` discs remain, the distance at which they unite is doubled until few enough do.
    """
    reach = 1.0
    while True:
        united = _united(clusters, zoom, reach)
        if len(united) == len(clusters):  # nothing was united, so nothing has moved
            if len(united) <= at_most:
                return united
            reach *= 2
        clusters = united


def _united(clusters: list[Cluster], zoom: int, reach: float) -> list[Cluster]:
    order = sorted(clusters, key=lambda cluster: (-cluster.places, cluster.codes))
    if not order:
        return []
    points = np.array([pixels(c.lon, c.lat, zoom) for c in order])
    radii = np.array([radius(c.places) for c in order])
    free = np.ones(len(order), dtype=bool)
    united = []
    for number, cluster in enumerate(order):
        if free[number]:
            near = _near(points, radii, free, number, reach)
            free[near] = False
            united.append(_sum([order[other] for other in near]) if len(near) > 1 else cluster)
    return united


def _near(
    points: npt.NDArray[np.float64],
    radii: npt.NDArray[np.float64],
    free: npt.NDArray[np.bool_],
    number: int,
    reach: float,
) -> npt.NDArray[np.intp]:
    apart = np.abs(points - points[number])
    crowding = np.hypot(*apart.T) < reach * 0.85 * (radii + radii[number])
    covering = apart.max(axis=1) < reach * (2 * PIN_RADIUS + np.abs(radii - radii[number]))
    return np.flatnonzero(free & (crowding | covering))


def _sum(clusters: list[Cluster]) -> Cluster:
    places = sum(c.places for c in clusters)
    return replace(
        clusters[0],
        places=places,
        lon=sum(c.lon * c.places for c in clusters) / places,
        lat=sum(c.lat * c.places for c in clusters) / places,
        kinds=tuple(map(sum, zip(*(c.kinds for c in clusters), strict=True))),
    )
