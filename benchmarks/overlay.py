"""Places in areas: a million points given to 3,800 areas beside `geopandas.sjoin`, and what the overlay asks.

The areas are the cells of a Voronoi diagram around places of the city, their borders with a vertex every 15
metres, as surveyed ones have: many small ones in the centre, few large ones outside.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import geopandas
import numpy as np
import shapely
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.cities import all_cities
from app.db import Database
from app.fragility import far, overlay, places
from app.fragility.membership import put_points
from app.fragility.queries import Indicator, indicators
from app.fragility.ranking import worst
from app.places import assigning
from app.places.membership import begin_alone
from benchmarks.city import make_city
from benchmarks.results import Result, Target, alternated
from benchmarks.stage import Stage, city_database, copy
from geo.holding import Floats, Geometries, holder

AREAS = 3_800
LAYER, LAID = "sections", "laid_over"
BORDER = 0.00015
AT_MOST = Target(1.0, at_least=False)
MOST_MS = Target(300.0, at_least=False)


def measure(stage: Stage, count: int, seed: int, rounds: int) -> list[Result]:
    """Seconds to assign in memory and in the database, and milliseconds of each question."""
    layout = make_city(count, seed).layout
    lon, lat = np.asarray(layout.lon, dtype=float), np.asarray(layout.lat, dtype=float)
    shapes = sections(lon, lat, seed)
    copy(stage, city_database(stage, count, seed), LAID)
    database = Database(stage.owner(LAID), size=1, timeout_ms=0)
    try:
        return [_in_memory(shapes, lon, lat, rounds), *_in_the_database(stage, database, shapes, rounds)]
    finally:
        database.close()


def sections(lon: Floats, lat: Floats, seed: int) -> Geometries:
    """So many areas that cover every point, as a city is cut into: small where places are many."""
    chosen = np.random.default_rng(seed).choice(len(lon), AREAS, replace=False)
    around = shapely.box(lon.min(), lat.min(), lon.max(), lat.max()).buffer(0.01)
    seeds = shapely.multipoints(np.column_stack([lon[chosen], lat[chosen]]))
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=around))
    made: Geometries = shapely.segmentize(shapely.intersection(cells, around), BORDER)
    return made


def _in_memory(shapes: Geometries, lon: Floats, lat: Floats, rounds: int) -> Result:
    areas = geopandas.GeoDataFrame(geometry=shapes, crs=4326)
    joined: dict[str, Any] = {}

    def ours() -> float:
        fresh = shapely.from_wkb(shapely.to_wkb(shapes))  # nothing that an earlier round has prepared
        return _seconds(lambda: joined.update(ours=holder(fresh, lon, lat)))

    def theirs() -> float:
        points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lon, lat, crs=4326))
        return _seconds(lambda: joined.update(theirs=points.sjoin(areas, predicate="within")))

    took, least, ratio = alternated(ours, theirs, rounds)
    found = joined["theirs"]["index_right"]
    found = found[~found.index.duplicated()]
    same = (found.to_numpy() == joined["ours"][found.index.to_numpy()]).mean()
    if same < 1:
        raise RuntimeError(f"Only {same:.4%} of the places are in the same area.")
    what = f"{len(lon):,} places to {len(shapes):,} areas (beside geopandas.sjoin)"
    return Result(what, f"{took:.2f} s", f"{least:.2f} s", ratio, AT_MOST)


def _in_the_database(stage: Stage, database: Database, shapes: Geometries, rounds: int) -> list[Result]:
    with database.reading() as db:
        city = all_cities(db)[0].id
    with database.transaction() as db:
        lay(db, city, shapes)
    with database.transaction() as db:
        begin_alone(db)
        took = _seconds(lambda: assigning.assign(db, city, [LAYER]))
    stage.run("VACUUM ANALYZE place_areas, area_counts, area_points, areas, indicator_values", LAID)
    results = [Result("the same in the database, read and written", f"{took:.1f} s")]
    with database.reading() as db:
        for what, question in _questions(db, city).items():
            ms = statistics.median([_seconds(question) * 1000 for _ in range(3 * rounds + 2)][1:])
            results.append(Result(what, f"{ms:.0f} ms", "", ms, MOST_MS))
    return results


def lay(db: Connection, city: int, shapes: Geometries) -> None:
    """Areas with an indicator and residents, both of them drawn."""
    key = {"city": city, "layer": LAYER}
    db.execute(
        text(
            """INSERT INTO area_layers (city_id, slug, names) VALUES (:city, :layer, '{"it": "Sezioni"}')"""
        ),
        key,
    )
    db.execute(
        text("""INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
            SELECT :city, :layer, lpad(number::text, 5, '0'), 'drawn', 'CC0-1.0', now(),
                ST_Multi(ST_GeomFromWKB(shape, 4326))
            FROM unnest(cast(:shapes AS bytea[])) WITH ORDINALITY AS s (shape, number)"""),
        {**key, "shapes": shapely.to_wkb(shapes).tolist()},
    )
    db.execute(
        text("""INSERT INTO indicators
                (city_id, slug, series, layer, names, units, year, polarity, source, licence)
            VALUES (:city, 'residents', 'residents', :layer, '{}', '{}', 2021, 0, 'drawn', 'CC0-1.0'),
                (:city, 'renting', 'renting', :layer, '{}', '{}', 2021, 1, 'drawn', 'CC0-1.0')"""),
        key,
    )
    db.execute(
        text("""INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
            SELECT :city, 'residents', code, 150 + hashtext(code) & 1023, now() FROM areas
            WHERE city_id = :city
            UNION ALL SELECT :city, 'renting', code, hashtext(code || 'r') & 4095, now() FROM areas
            WHERE city_id = :city"""),
        key,
    )
    put_points(db, city, LAYER)


def _questions(db: Connection, city: int) -> dict[str, Callable[[], object]]:
    renting: Indicator = next(each for each in indicators(db, city) if each.slug == "renting")
    codes = [each.code for each in worst(overlay.standings_of(db, city, LAYER, renting))]
    members = places.Members(city, LAYER, tuple(codes))
    sites = places.Members(city, LAYER, tuple(codes), ("site",))
    last = places.After("story", UUID(str(compat.uuid7())), codes[-2])
    return {
        "counts, rates and the nearest house of every area": lambda: overlay.counts_of(db, city, LAYER),
        "the same of two kinds": lambda: overlay.counts_of(db, city, LAYER, ("site", "project")),
        "areas ranked by gap": lambda: overlay.gaps_of(db, city, LAYER, renting),
        "100 places of the worst fifth": lambda: places.places_of(db, members, None, 100),
        "the last 100 of them": lambda: places.places_of(db, members, last, 100),
        "100 sites of the worst fifth, 1 km from every house": lambda: far.far_of(
            db, sites, 1000.0, None, 100
        ),
        "the same at 50 km: none": lambda: far.far_of(db, sites, 50_000.0, None, 100),
    }


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
