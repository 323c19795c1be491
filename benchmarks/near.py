"""What is near: over HTTP beside our own statement through the same pool, and both beside plain PostGIS.

Plain PostGIS is what a good engineer would write without knowing our tables: a GiST index of the geographies
of the public places, `<->` in its order for the nearest, ST_DWithin for a distance, and the features made of
what was found. It runs in a copy of the city that has this index, which ours never see. `<->` measures on a
sphere, so that of twenty it may choose one wrongly; ours are exact.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import shapely

from app.network import queries
from app.network.rules import Origin
from app.places.queries import COLUMNS, feature_sql
from app.places.selection import NOBODY, Selection
from app.settings import Settings
from app.tables.places import VISIBLE
from benchmarks import floor, http, pooled
from benchmarks.files import CITY_ID
from benchmarks.items import CLIENTS, Pace, drawn
from benchmarks.results import Result, Target
from benchmarks.stage import WORKERS, Stage, city_database, copy, served

NEAR = "/torino/graph/near"
K, METRES, LIMIT = 20, 500.0, 100
INDEXED = "near_plain"
AT_MOST = Target(1.3, at_least=False)
HERE = "ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography"
PUBLIC = f"city_id = %(city)s AND {VISIBLE}"


@dataclass(frozen=True)
class Asked:
    """One question in three forms: addresses of ours, our statements, and plain PostGIS's."""

    what: str
    paths: Sequence[str]
    ours: Sequence[floor.Question]
    plain: Sequence[floor.Question]


def measure(stage: Stage, places: int, seed: int, pace: Pace) -> list[Result]:
    """The nearest and what is within a distance, of points drawn from the whole city."""
    database = city_database(stage, places, seed)
    indexed(stage, database)
    asked = questions(stage, database, places, seed)
    with served(stage, database) as url:
        return [row for each in asked for row in _compared(stage, database, (url, each), pace)]


def indexed(stage: Stage, database: str) -> None:
    """Make the copy of the city that has an index of geographies."""
    copy(stage, database, INDEXED)
    stage.run(f"CREATE INDEX ON places USING gist ((geom::geography)) WHERE {VISIBLE}", INDEXED)
    stage.run("VACUUM ANALYZE places", INDEXED)


def questions(stage: Stage, database: str, places: int, seed: int) -> list[Asked]:
    """What is asked, from where places stand: most ask where most places are."""
    chosen = drawn(stage, database, places, seed)
    return [
        Asked(
            f"{K} nearest",
            [f"{NEAR}?lon={lon}&lat={lat}&k={K}" for lon, lat, _ in chosen],
            [_first(lon, lat, None, K) for lon, lat, _ in chosen],
            [floor.Question(nearest_plainly(), _values(lon, lat) | {"k": K}) for lon, lat, _ in chosen],
        ),
        Asked(
            f"{LIMIT} within {METRES:g} m",
            [f"{NEAR}?lon={lon}&lat={lat}&metres={METRES:g}&limit={LIMIT}" for lon, lat, _ in chosen],
            [_first(lon, lat, METRES, LIMIT) for lon, lat, _ in chosen],
            [
                floor.Question(within_plainly(), _values(lon, lat) | {"metres": METRES, "limit": LIMIT})
                for lon, lat, _ in chosen
            ],
        ),
    ]


def nearest_plainly() -> str:
    """The k nearest by an index of geographies."""
    return f"""WITH page AS MATERIALIZED (
            SELECT {COLUMNS}, ST_Distance(geom::geography, {HERE}) AS metres FROM places WHERE {PUBLIC}
            ORDER BY geom::geography <-> {HERE} LIMIT %(k)s::int),
        kept AS (SELECT * FROM page ORDER BY metres, id)
        SELECT coalesce(string_agg({feature_sql(queries.WITH_METRES)}, ','), '') FROM kept"""


def within_plainly() -> str:
    """The places within so many metres by the same index, nearest first."""
    return f"""WITH page AS MATERIALIZED (
            SELECT {COLUMNS}, ST_Distance(geom::geography, {HERE}) AS metres FROM places
            WHERE {PUBLIC} AND ST_DWithin(geom::geography, {HERE}, %(metres)s::float8)
            ORDER BY metres, id LIMIT %(limit)s::int)
        SELECT coalesce(string_agg({feature_sql(queries.WITH_METRES)}, ','), '') FROM page"""


def _first(lon: float, lat: float, metres: float | None, limit: int) -> floor.Question:
    """Our statement, as the questions run it first; nobody is left out, which pgbench cannot say by NULL."""
    origin, selection = Origin(shapely.Point(lon, lat)), Selection(CITY_ID)
    boxed = replace(selection, bbox=origin.box(metres) if metres else None)
    values = queries.values_of(boxed, origin, metres or queries.WIDEST, limit) | {"self": NOBODY}
    return floor.Question(queries.first_statement(boxed.shape()), values)


def _values(lon: float, lat: float) -> dict[str, float | int]:
    return {"city": CITY_ID, "lon": lon, "lat": lat}


def _compared(stage: Stage, database: str, ours: tuple[str, Asked], pace: Pace) -> list[Result]:
    url, asked = ours
    pgbench, seconds = stage.cluster.programs / "pgbench", pace.seconds
    threads = Settings().threads
    served, pool, stated, plain = _in_turns(
        [
            lambda: 1000 / http.rate(url, asked.paths, CLIENTS, seconds),
            lambda: 1000 / pooled.rate(stage.serving(database), asked.ours, WORKERS, threads, seconds),
            lambda: 1000 / floor.rate(pgbench, stage.serving(database), asked.ours, CLIENTS, seconds),
            lambda: 1000 / floor.rate(pgbench, stage.serving(INDEXED), asked.plain, CLIENTS, seconds),
        ],
        pace.rounds,
    )
    rows = (
        ("over HTTP (beside our statement through the same pool)", served, pool, AT_MOST),
        ("over HTTP (beside our statement by pgbench)", served, stated, None),
        ("over HTTP (beside plain PostGIS by pgbench)", served, plain, None),
        ("our statement (beside plain PostGIS)", stated, plain, None),
    )
    return [
        Result(
            f"{asked.what}, {what}",
            f"{statistics.median(above):.2f} ms",
            f"{statistics.median(below):.2f} ms",
            statistics.median(a / b for a, b in zip(above, below, strict=True)),
            target,
        )
        for what, above, below, target in rows
    ]


def _in_turns(acts: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """What each gave, round by round; they take turns, as `results.alternated` lets two."""
    found = [[act() for act in acts] for _ in range(rounds)]
    return [list(column) for column in zip(*found, strict=True)]
