"""Where the places of the synthetic city stand, and the shapes of those that are more than a point."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Random = np.random.Generator

CENTRE = (7.6785, 45.0703)
DEGREES_A_KM = (0.012707, 0.008999)
"""Degrees of longitude and latitude in a kilometre, at the centre."""

SHARES = {"centre": 0.22, "quarters": 0.50, "streets": 0.23, "ring": 0.05}
QUARTERS, STREETS = 60, 320
GRID_ANGLE = np.radians(26.0)
SHAPES = 0.02
LINE_VERTICES, RING_VERTICES = 4, 7


@dataclass(frozen=True)
class Layout:
    """(n,) positions in degrees, EPSG:4326, to 7 decimals; (n,) geometries whose anchors they are."""

    lon: Floats
    lat: Floats
    geometries: npt.NDArray[np.object_]


def laid_out(places: int, random: Random) -> Layout:
    """A dense centre, 60 quarters of different density, 320 streets and a sparse ring."""
    part = random.choice(len(SHARES), places, p=list(SHARES.values()))
    quarters, spread, weight = _quarters(random)
    km = np.empty((places, 2))
    for number, positions in enumerate((_centre, _in_quarters, _along_streets, _in_ring)):
        rows = part == number
        km[rows] = positions(int(rows.sum()), random, (quarters, spread, weight))
    degrees = np.round(np.array(CENTRE) + km * DEGREES_A_KM, 7)
    geometries = _geometries(degrees, random)
    return Layout(degrees[:, 0], degrees[:, 1], geometries)


Quarters = tuple[Floats, Floats, Floats]


def _quarters(random: Random) -> Quarters:
    """Centres (60, 2) and spreads (60,) in kilometres, and shares (60,) that differ by a hundred times."""
    centres = random.normal(0.0, (3.4, 3.6), (QUARTERS, 2))
    return centres, random.gamma(3.0, 0.16, QUARTERS) + 0.08, random.dirichlet(np.full(QUARTERS, 0.8))


def _centre(count: int, random: Random, _quarters: Quarters) -> Floats:
    return random.normal(0.0, 0.9, (count, 2))


def _in_quarters(count: int, random: Random, quarters: Quarters) -> Floats:
    centres, spread, weight = quarters
    chosen = random.choice(QUARTERS, count, p=weight)
    return centres[chosen] + random.normal(0.0, 1.0, (count, 2)) * spread[chosen, None]


def _along_streets(count: int, random: Random, quarters: Quarters) -> Floats:
    """Streets follow the city's grid, one in six does not; houses stand some metres beside their middle."""
    centres, _, weight = quarters
    start = centres[random.choice(QUARTERS, STREETS, p=weight)] + random.normal(0.0, 1.5, (STREETS, 2))
    angle = GRID_ANGLE + random.integers(0, 2, STREETS) * np.pi / 2
    angle = np.where(random.random(STREETS) < 1 / 6, random.uniform(0, np.pi, STREETS), angle)
    length = random.gamma(2.0, 0.7, STREETS) + 0.3
    street = random.choice(STREETS, count, p=length / length.sum())
    along, beside = random.random(count) * length[street], random.normal(0.0, 0.012, count)
    across = np.stack([np.cos(angle), np.sin(angle)], axis=1)[street]
    return np.asarray(start[street] + along[:, None] * across + beside[:, None] * across[:, ::-1] * (-1, 1))


def _in_ring(count: int, random: Random, _quarters: Quarters) -> Floats:
    angle, radius = random.uniform(0, 2 * np.pi, count), random.uniform(6.0, 19.0, count)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) * radius[:, None]


def _geometries(degrees: Floats, random: Random) -> npt.NDArray[np.object_]:
    """A point each; one in a hundred is a path of 200 to 600 metres, one in a hundred an area of 20 to 80."""
    geometries = np.asarray(shapely.points(degrees), dtype=object)
    drawn = random.random(len(degrees))
    lines, areas = (
        np.flatnonzero(drawn < SHAPES / 2),
        np.flatnonzero((drawn >= SHAPES / 2) & (drawn < SHAPES)),
    )
    geometries[lines] = _lines(degrees[lines], random)
    geometries[areas] = _polygons(degrees[areas], random)
    return geometries


def _lines(degrees: Floats, random: Random) -> npt.NDArray[np.object_]:
    steps = random.normal(0.0, 0.08, (len(degrees), LINE_VERTICES, 2)) * DEGREES_A_KM
    steps[:, 0] = 0
    vertices = np.round(degrees[:, None] + np.cumsum(steps, axis=1), 7)
    return np.asarray(shapely.linestrings(vertices), dtype=object)


def _polygons(degrees: Floats, random: Random) -> npt.NDArray[np.object_]:
    """Stars around the position, which makes them valid: the angle grows from vertex to vertex."""
    angles = np.arange(RING_VERTICES) * 2 * np.pi / RING_VERTICES
    radius = random.uniform(0.02, 0.08, (len(degrees), RING_VERTICES))
    vertices = np.stack([np.cos(angles) * radius, np.sin(angles) * radius], axis=2) * DEGREES_A_KM
    return np.asarray(shapely.polygons(np.round(degrees[:, None] + vertices, 7)), dtype=object)
