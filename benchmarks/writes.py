"""Writing into a large city: how long the database takes for a pin and for a change, beside a small one.

Counts and neighbours are kept in the same transaction; a change here moves its place.

The time is that of a transaction on one connection, from its first statement to the end of its commit, by the
same service functions that the pages and the API call; what HTTP and the reading of a body cost is not in it.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import shapely
from sqlalchemy import Connection
from uuid_utils import compat

from app.cities import City, all_cities
from app.db import Database
from app.places import service
from app.places.changes import Change
from app.places.content import Content
from app.places.rules import Author
from app.places.service import Hand
from benchmarks.graph import build_lists
from benchmarks.layout import CENTRE
from benchmarks.results import Result, Target
from benchmarks.stage import Stage, city_database, copy

SMALL = 10_000
PIN = Target(20.0, at_least=False)
"""Milliseconds of the database for a pin, its neighbours brought up to date."""
WRITTEN = "written_to"
WARM_UP = 20
Times = dict[str, list[float]]


def measure(stage: Stage, places: int, seed: int, repeats: int) -> list[Result]:
    """Milliseconds of `repeats` pins and changes: the median and the slowest twentieth."""
    large, small = _times(stage, places, seed, repeats), _times(stage, min(SMALL, places), seed, repeats)
    results = []
    for what in large:
        for name, of in (("median", statistics.median), ("95 of 100", _slow)):
            ours, other = of(large[what]), of(small[what])
            results.append(Result(f"{what}, {name}", f"{ours:.1f} ms", f"{other:.1f} ms", ours / other))
    pinned = statistics.median(large["a pin"])
    return [*results, Result("a pin with its neighbours, median ms", f"{pinned:.1f} ms", "", pinned, PIN)]


def _slow(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _times(stage: Stage, places: int, seed: int, repeats: int) -> Times:
    """Of a copy: the city of the other measurements stays as it is."""
    copy(stage, city_database(stage, places, seed), WRITTEN)
    build_lists(stage, WRITTEN)
    stage.run("CHECKPOINT")
    database = Database(stage.serving(WRITTEN), size=1, timeout_ms=0)
    try:
        with database.reading() as db:
            city = all_cities(db)[0]
        desk = _Desk(database, city, random.Random(seed))
        pinned = [compat.uuid7() for _ in range(repeats + WARM_UP)]
        return {
            "a pin": [desk.timed(desk.pin, place) for place in pinned][WARM_UP:],
            "a change": [desk.timed(desk.change, place) for place in pinned][WARM_UP:],
        }
    finally:
        database.close()


class _Desk:
    """Somebody who writes one thing after the other."""

    def __init__(self, database: Database, city: City, chance: random.Random) -> None:
        self._database, self._city, self._chance = database, city, chance
        self._by = Author(compat.uuid7(), trusted=True)

    def timed(self, act: Callable[[Connection, UUID], object], place: UUID) -> float:
        began = time.perf_counter()
        with self._database.transaction() as db:
            act(db, place)
        return (time.perf_counter() - began) * 1000

    def pin(self, db: Connection, place: UUID) -> None:
        service.pin_place(db, self._city, place, self._content("Orto"), self._hand())

    def change(self, db: Connection, place: UUID) -> None:
        change = Change(compat.uuid7(), place, 1)
        service.change_place(db, self._city, change, self._content("Giardino"), self._hand())

    def _hand(self) -> Hand:
        return Hand(self._by, datetime.now(UTC))

    def _content(self, title: str) -> Content:
        lon, lat = (axis + self._chance.uniform(-0.03, 0.03) for axis in CENTRE)
        return Content("project", "active", "it", shapely.Point(lon, lat), title=title, summary="Nuovo.")
