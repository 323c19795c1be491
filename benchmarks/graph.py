"""The k-nearest graph: of points in memory beside libpysal, and of the places of a city in the database.

libpysal measures in the plane, so it gets the same points in metres of the city's own CRS; projecting them is
not counted. Points that several places share are one here: libpysal's k nearest cannot tell them apart.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import libpysal.graph
import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from uuid_utils import compat

from app.cities import all_cities
from app.db import Database
from app.network.building import Run, build
from app.places.neighbours import K
from app.progress import Silent
from benchmarks.city import make_city
from benchmarks.results import Result, Target, alternated
from benchmarks.stage import Stage, city_database, copy
from geo.graph import Graph

METRIC = "EPSG:32632"
BUILT = "graph_of"
Points = npt.NDArray[np.float64]


def measure(stage: Stage, places: int, seed: int, rounds: int) -> list[Result]:
    """Seconds for the graph of the points beside libpysal, and for making every list in the database."""
    layout = make_city(places, seed).layout
    lonlat = np.unique(np.column_stack([layout.lon, layout.lat]), axis=0)
    plane = np.column_stack(Transformer.from_crs("EPSG:4326", METRIC, always_xy=True).transform(*lonlat.T))
    ours, theirs, ratio = alternated(
        lambda: _seconds(lambda: Graph.build_knn(lonlat, K)),
        lambda: _seconds(lambda: libpysal.graph.Graph.build_knn(plane, k=K)),
        rounds,
    )
    what = f"{K} nearest of {len(lonlat):,} points, beside libpysal"
    target = Target(1.0, at_least=False)
    in_memory = Result(what, f"{ours:.1f} s", f"{theirs:.1f} s", ratio, target)
    return [in_memory, *_in_the_database(stage, places, seed)]


def _in_the_database(stage: Stage, places: int, seed: int) -> list[Result]:
    copy(stage, city_database(stage, places, seed), BUILT)
    stage.run("CHECKPOINT")
    took, lists = build_lists(stage, BUILT)
    sizes = "pg_size_pretty(pg_relation_size('neighbours')), pg_size_pretty(pg_indexes_size('neighbours'))"
    size = stage.asked(f"SELECT {sizes}", BUILT)[0]
    return [
        Result(f"cortile network build, {lists:,} places", f"{took:.1f} s"),
        Result("size of the lists, and of their indexes", f"{size[0]}, {size[1]}"),
    ]


def build_lists(stage: Stage, database: str) -> tuple[float, int]:
    """Make every list of the city in a database anew; gives the seconds and how many lists there are."""
    owner = Database(stage.owner(database), size=1, timeout_ms=0)
    try:
        with owner.reading() as db:
            city = all_cities(db)[0]
        began = time.perf_counter()
        run = Run(city.id, UUID(str(compat.uuid7())), lambda: datetime.now(UTC), Silent())
        made = build(owner, run).lists
        took = time.perf_counter() - began
        stage.run("ANALYZE neighbours", database)
        return took, made
    finally:
        owner.close()


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
