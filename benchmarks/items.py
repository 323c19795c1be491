"""Pages of features: /ogc/collections/places/items beside the same statement read by pgbench."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

import numpy as np

from app.params import Bbox, Cursor
from app.places.queries import ONE_FEATURE, features_statement
from app.places.selection import Selection, parameters
from benchmarks import floor, http
from benchmarks.files import CITY_ID
from benchmarks.layout import DEGREES_A_KM
from benchmarks.results import Result, Target, alternated
from benchmarks.stage import Stage, city_database, served

ITEMS = "/ogc/collections/places/items"
CLIENTS = 8
"""Enough that they do not all fall to one of two processes, each of which accepts for itself."""
BOXES = 64

Drawn = tuple[float, float, UUID]
"""Longitude, latitude and id of a place."""


@dataclass(frozen=True)
class Pace:
    """How often and how long: rounds of `seconds` for each side."""

    rounds: int = 5
    seconds: int = 5


@dataclass(frozen=True)
class Asked:
    """The same questions for both sides: addresses of ours, statements of the floor."""

    what: str
    paths: Sequence[str]
    questions: Sequence[floor.Question]
    target: Target | None = None


def measure(stage: Stage, places: int, seed: int, pace: Pace) -> list[Result]:
    """Every question about items over a city of so many places."""
    database = city_database(stage, places, seed)
    with served(stage, database) as url:
        asked = questions(stage, database, places, seed)
        results = [_compared(stage, database, (url, each), pace) for each in asked]
        return [*results, _deep(stage, database, (url, places), pace)]


def questions(stage: Stage, database: str, places: int, seed: int) -> list[Asked]:
    """What is asked: boxes around places drawn from the whole city, so that dense quarters come up often."""
    chosen = drawn(stage, database, places, seed)
    small, large = ([box(lon, lat, km) for lon, lat, _ in chosen] for km in (1.0, 3.0))
    hundred, thousand = Target(0.80), Target(0.95)
    return [
        _pages("100 features of 1 km", [Selection(CITY_ID, bbox=box) for box in small], 100, hundred),
        _pages("100 features of 3 km", [Selection(CITY_ID, bbox=box) for box in large], 100, hundred),
        _pages("1,000 features of 1 km", [Selection(CITY_ID, bbox=box) for box in small], 1000, thousand),
        _pages("1,000 features of 3 km", [Selection(CITY_ID, bbox=box) for box in large], 1000, thousand),
        _pages("100 projects of 3 km", [Selection(CITY_ID, ("project",), bbox=box) for box in large], 100),
        _pages("houses of 3 km", [Selection(CITY_ID, ("house",), bbox=box) for box in large], 100),
        _one_by_one([key for _, _, key in chosen]),
    ]


def drawn(stage: Stage, database: str, places: int, seed: int) -> list[Drawn]:
    """Position and id of places drawn from the whole city, the same in every run."""
    numbers = np.random.default_rng([seed, BOXES]).choice(places, min(BOXES, places), replace=False)
    names = ", ".join(f"'s-{number}'" for number in numbers)
    sql = f"""SELECT lon, lat, id FROM places
        WHERE city_id = {CITY_ID} AND external_id IN ({names}) ORDER BY external_id"""
    return [
        (float(str(lon)), float(str(lat)), UUID(str(key))) for lon, lat, key in stage.asked(sql, database)
    ]


def box(lon: float, lat: float, km: float) -> Bbox:
    """A square of so many kilometres around a point, to 6 decimals."""
    dx, dy = (km / 2 * degrees for degrees in DEGREES_A_KM)
    return Bbox(round(lon - dx, 6), round(lat - dy, 6), round(lon + dx, 6), round(lat + dy, 6))


def _pages(what: str, selections: list[Selection], limit: int, target: Target | None = None) -> Asked:
    paths = [path(selection, limit) for selection in selections]
    asked = [
        floor.Question(features_statement(each.shape()), parameters(each) | {"limit": limit})
        for each in selections
    ]
    return Asked(what, paths, asked, target)


def path(selection: Selection, limit: int) -> str:
    """The address of a page."""
    query = {"limit": str(limit)}
    if box := selection.bbox:
        query["bbox"] = f"{box.west},{box.south},{box.east},{box.north}"
    if selection.kinds:
        query["kind"] = ",".join(selection.kinds)
    if selection.after:
        query["after"] = str(selection.after)
    return f"{ITEMS}?{urlencode(query, safe=',')}"


def _one_by_one(keys: list[UUID]) -> Asked:
    asked = [floor.Question(ONE_FEATURE, {"city": CITY_ID, "id": key}) for key in keys]
    return Asked("one feature by its id", [f"{ITEMS}/{key}" for key in keys], asked)


def _compared(stage: Stage, database: str, ours: tuple[str, Asked], pace: Pace) -> Result:
    url, asked = ours
    pgbench = stage.cluster.programs / "pgbench"

    def below() -> float:
        return floor.rate(pgbench, stage.serving(database), asked.questions, CLIENTS, pace.seconds)

    def our() -> float:
        return http.rate(url, asked.paths, CLIENTS, pace.seconds)

    above, under, ratio = alternated(our, below, pace.rounds)
    return Result(asked.what, f"{above:,.0f}/s", f"{under:,.0f}/s", ratio, asked.target)


def _deep(stage: Stage, database: str, ours: tuple[str, int], pace: Pace) -> Result:
    """The last tenth of the list beside its first page: what paging by key promises."""
    url, places = ours
    skipped = places * 9 // 10
    sql = f"""SELECT morton, id FROM places WHERE city_id = {CITY_ID} AND moderation = 'published'
        ORDER BY morton, id OFFSET {skipped - 1} LIMIT 1"""
    morton, key = stage.asked(sql, database)[0]
    first = Selection(CITY_ID)
    late = replace(first, after=Cursor(int(str(morton)), UUID(str(key))))

    def pages(selection: Selection) -> float:
        return http.rate(url, [path(selection, 1000)], CLIENTS, pace.seconds)

    above, under, ratio = alternated(lambda: pages(late), lambda: pages(first), pace.rounds)
    what = f"page {skipped // 1000 + 1:,} of 1,000 features (beside page 1)"
    return Result(what, f"{above:,.0f}/s", f"{under:,.0f}/s", ratio, Target(0.90))
