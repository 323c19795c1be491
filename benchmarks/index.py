"""`geo.index.PlaceIndex` beside shapely's STRtree: made from all places at once, and asked one by one.

STRtree measures in the plane, so it gets the same points in metres of the city's own CRS; projecting them is
not counted. It cannot be changed once it is made, keeps no ids and measures nothing on the ellipsoid: what
is compared is what a living index costs.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from benchmarks.city import make_city
from benchmarks.graph import METRIC
from benchmarks.results import Result, alternated
from geo.index import PlaceIndex

ASKED, METRES = 300, 500.0
ASIDE = 0.0001
"""Degrees from a place to where is asked: somewhere else, but where places are."""
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Both:
    """The same points in both, and from where both are asked, in degrees and in metres of the plane."""

    index: PlaceIndex
    tree: shapely.STRtree
    degrees: list[tuple[float, float]]
    plane: list[shapely.Point]


def measure(places: int, seed: int, rounds: int) -> list[Result]:
    """Seconds to make both, milliseconds of a question, and of what only the living one can do."""
    layout = make_city(places, seed).layout
    lonlat = np.column_stack([layout.lon, layout.lat])
    points = _points(lonlat)
    ours, theirs, ratio = alternated(
        lambda: _seconds(lambda: _filled(lonlat)), lambda: _seconds(lambda: shapely.STRtree(points)), rounds
    )
    what = f"PlaceIndex of {places:,} places made (beside STRtree)"
    made = Result(what, f"{ours:.2f} s", f"{theirs:.2f} s", ratio)
    chosen = np.random.default_rng(seed).choice(len(lonlat), min(ASKED, len(lonlat)), replace=False)
    here = lonlat[chosen] + ASIDE
    asked = [(float(lon), float(lat)) for lon, lat in here], _points(here)
    return [made, *_questions(Both(_filled(lonlat), shapely.STRtree(points), *asked), rounds)]


def _points(lonlat: Points) -> list[shapely.Point]:
    x, y = Transformer.from_crs("EPSG:4326", METRIC, always_xy=True).transform(*lonlat.T)
    return list(np.asarray(shapely.points(x, y)))


def _filled(lonlat: Points) -> PlaceIndex:
    index = PlaceIndex()
    index.add_many(range(len(lonlat)), lonlat)
    return index


def _questions(both: Both, rounds: int) -> list[Result]:
    index, tree = both.index, both.tree

    def ours(act: Callable[[float, float], object]) -> float:
        return _seconds(lambda: [act(*here) for here in both.degrees]) / len(both.degrees) * 1000

    def theirs(act: Callable[[shapely.Point], object]) -> float:
        return _seconds(lambda: [act(here) for here in both.plane]) / len(both.plane) * 1000

    nearest = alternated(lambda: ours(index.nearest), lambda: theirs(tree.query_nearest), rounds)
    within = alternated(
        lambda: ours(lambda lon, lat: index.within(lon, lat, METRES)),
        lambda: theirs(lambda here: tree.query(here, "dwithin", METRES)),
        rounds,
    )
    twenty = ours(lambda lon, lat: index.nearest(lon, lat, 20))
    places = iter(range(len(both.degrees)))
    moved = ours(lambda lon, lat: index.move(next(places), lon, lat))
    compared = (("the nearest", nearest), (f"within {METRES:g} m", within))
    return [
        *(
            Result(f"PlaceIndex: {what} (beside STRtree)", f"{above:.2f} ms", f"{below:.2f} ms", ratio)
            for what, (above, below, ratio) in compared
        ),
        Result("PlaceIndex: the 20 nearest", f"{twenty:.2f} ms"),
        Result("PlaceIndex: a place moved", f"{moved:.2f} ms"),
    ]


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
