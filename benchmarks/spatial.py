"""Local Moran beside esda, and how long it takes to choose where to build, over the areas of a large city.

Areas are squares that touch; esda gets the same weights, made beforehand, and like ours keeps no simulations.
For siting, areas and candidates stand where places of the synthetic city do, at straight distances.
"""

import time
import warnings
from collections.abc import Callable

import esda
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from benchmarks.city import make_city
from benchmarks.graph import METRIC
from benchmarks.results import Result, Target, alternated
from geo.autocorrelation import local_moran
from geo.contiguity import contiguity
from geo.siting import Siting, maximal_covering, p_median, set_covering

AREAS, CANDIDATES, CHOSEN = 3_800, 500, 20
PERMUTATIONS = 999
WALK = 800.0
"""Metres: ten minutes on foot."""
MOST_SECONDS = 30.0
Floats = npt.NDArray[np.float64]


def measure(seed: int, rounds: int) -> list[Result]:
    """Seconds of local Moran beside esda, and of each question of siting with its gap."""
    return [_local_moran(seed, rounds), *_siting(seed)]


def _local_moran(seed: int, rounds: int) -> Result:
    side = int(np.ceil(np.sqrt(AREAS)))
    places = [divmod(n, side) for n in range(AREAS)]
    graph = contiguity([shapely.box(x / 100, y / 100, (x + 1) / 100, (y + 1) / 100) for x, y in places])
    waves = np.array([np.sin(x / 7) + np.cos(y / 9) for x, y in places])
    values = waves + np.random.default_rng(seed).normal(size=AREAS)
    weights = graph.to_libpysal().transform("b")
    with warnings.catch_warnings():
        # esda speaks of a change that is to come to its p, which is not ours.
        warnings.simplefilter("ignore")
        ours, theirs, ratio = alternated(
            lambda: _seconds(lambda: local_moran(values, graph, permutations=PERMUTATIONS, seed=seed)),
            lambda: _seconds(
                lambda: esda.Moran_Local(
                    values, weights, permutations=PERMUTATIONS, seed=seed, keep_simulations=False
                )
            ),
            rounds,
        )
    what = f"local Moran of {AREAS:,} areas, {PERMUTATIONS} permutations, beside esda"
    return Result(what, f"{ours:.2f} s", f"{theirs:.2f} s", ratio, Target(1.0, at_least=False))


def _siting(seed: int) -> list[Result]:
    costs, residents = _distances(seed)
    everybody = float(np.ceil(costs.min(axis=1).max() / 100) * 100)
    asked: list[tuple[str, Callable[[], Siting]]] = [
        (f"{CHOSEN} of {CANDIDATES} nearest to {AREAS:,} areas (p-median)",
         lambda: p_median(costs, residents, CHOSEN)),
        (f"{CHOSEN} of {CANDIDATES} that cover most of {AREAS:,} areas within {WALK:g} m",
         lambda: maximal_covering(costs, residents, CHOSEN, WALK)),
        (f"the fewest of {CANDIDATES} that cover {AREAS:,} areas within {everybody:g} m",
         lambda: set_covering(costs, everybody)),
    ]  # fmt: skip
    return [_asked(what, question) for what, question in asked]


def _asked(what: str, question: Callable[[], Siting]) -> Result:
    found = question()
    told = f"{found.seconds:.1f} s, gap {100 * found.gap:.3f} %, {found.status}"
    return Result(what, told, "", found.seconds, Target(MOST_SECONDS, at_least=False))


def _distances(seed: int) -> tuple[Floats, Floats]:
    """Metres of the plane from each area to each candidate, and the residents of each area."""
    layout = make_city(20_000, seed).layout
    chance = np.random.default_rng(seed)
    chosen = chance.choice(len(layout.lon), AREAS + CANDIDATES, replace=False)
    to_plane = Transformer.from_crs("EPSG:4326", METRIC, always_xy=True)
    plane = np.column_stack(to_plane.transform(layout.lon[chosen], layout.lat[chosen]))
    apart = plane[:AREAS, None, :] - plane[None, AREAS:, :]
    costs: Floats = np.linalg.norm(apart, axis=2)
    return costs, chance.integers(50, 2_000, AREAS).astype(float)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
