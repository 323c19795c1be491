"""The questions that lay live places over areas: how many, how far, which, and where something is missing.

Each takes a connection and gives typed rows. Places are those that the public sees, where the public is told
that they are; an area has the places of `place_areas` (`app/places/membership.py`). Distances are geodesic
metres from the point inside an area (`area_points`), or from the pin of a place, to the pin of a house.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from app.fragility.queries import RESIDENTS, AreaFigure, Indicator
from app.fragility.ranking import Gap, Nearest, Standing, ranked_gaps, standings
from app.fragility.rules import natural
from app.places.counts import LEVELS
from app.statements import row, rows
from app.tables.places import KINDS, VISIBLE
from geo.proximity import Floats, nearest_of
from geo.rates import rates

PER = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many places stand in an area, by kind and in all, and how far the nearest house is.

    `rate`: places for 1,000 residents, with its exact Poisson interval at 95 % from `low` to `high`; None
    where nobody lives, or where that is not known. `house_metres`, `house_id`: None in a city without a
    house. `lon`, `lat`: the point inside the area from which was measured.
    """

    code: str
    name: str | None
    places: int
    by_kind: dict[str, int]
    residents: float | None
    rate: float | None
    low: float | None
    high: float | None
    house_metres: float | None
    house_id: UUID | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class House:
    """A public house, where it stands as the public is told, and what it is called."""

    id: UUID
    lon: float
    lat: float
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None


@dataclass(frozen=True, slots=True)
class _Counted:
    code: str
    name: str | None
    lon: float
    lat: float
    residents: float | None
    by_kind: list[int] | None


def counts_of(
    db: Connection, city_id: int, layer: str, kinds: Sequence[str] = (), statuses: Sequence[str] = ()
) -> list[AreaCount]:
    """The areas of a layer, by code, with their places of these kinds and statuses; none named: of all."""
    values = {"city": city_id, "layer": layer, "kinds": list(kinds), "statuses": list(statuses)}
    found = rows(db, _Counted, _counts(bool(kinds), bool(statuses)), values)
    found.sort(key=lambda each: natural(each.code))
    kinds_of = [dict(zip(KINDS, each.by_kind or (), strict=False)) for each in found]
    places = [sum(each.values()) for each in kinds_of]
    people = np.array([np.nan if each.residents is None else each.residents for each in found], dtype=float)
    rate, low, high = map(_told, rates(places, people, PER, LEVEL))
    near = _nearest(houses(db, city_id), np.array([(each.lon, each.lat) for each in found], dtype=float))
    return [
        AreaCount(
            each.code,
            each.name,
            places[number],
            {kind: count for kind, count in kinds_of[number].items() if count},
            each.residents,
            rate[number],
            low[number],
            high[number],
            near[number].metres,
            near[number].house,
            each.lon,
            each.lat,
        )
        for number, each in enumerate(found)
    ]


def outside(
    db: Connection, city_id: int, layer: str, kinds: Sequence[str] = (), statuses: Sequence[str] = ()
) -> int:
    """How many public places of these kinds and statuses stand in no area of the layer.

    From counts that are kept, so that a million places cost no more than a hundred.
    """
    values = {"city": city_id, "layer": layer, "kinds": list(kinds), "statuses": list(statuses)}
    which = _filters(bool(kinds), bool(statuses))
    sql = f"""SELECT (SELECT coalesce(sum(places), 0) FROM place_counts
            WHERE city_id = %(city)s AND level = {min(LEVELS)} AND {which})::bigint
        - (SELECT coalesce(sum(places), 0) FROM area_counts
            WHERE city_id = %(city)s AND layer = %(layer)s AND {which})::bigint"""
    return max(int(row(db, sql, values)[0]), 0)


# An area that somebody wrote by hand has no point yet: it is looked for each time, and kept by `reassign`.
_POINT = """coalesce(p.lon, ST_X(ST_PointOnSurface(a.geom))) AS lon,
    coalesce(p.lat, ST_Y(ST_PointOnSurface(a.geom))) AS lat"""
_AREAS = """areas AS a
    LEFT JOIN area_points AS p ON p.city_id = %(city)s AND p.layer = a.layer AND p.code = a.code"""


def _told(column: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in column]


@lru_cache(maxsize=4)
def _counts(kinds: bool, statuses: bool) -> str:
    sums = ", ".join(f"coalesce(sum(places) FILTER (WHERE kind = '{kind}'), 0)" for kind in KINDS)
    return f"""WITH counted AS MATERIALIZED (
            SELECT code, CAST(ARRAY[{sums}] AS int[]) AS by_kind FROM area_counts
            WHERE city_id = %(city)s AND layer = %(layer)s AND {_filters(kinds, statuses)} GROUP BY code)
        SELECT a.code, a.name, {_POINT}, r.value AS residents, c.by_kind
        FROM {_AREAS}
        LEFT JOIN counted AS c ON c.code = a.code
        LEFT JOIN indicator_values AS r
            ON r.city_id = %(city)s AND r.indicator = ({RESIDENTS}) AND r.area_code = a.code
        WHERE a.city_id = %(city)s AND a.layer = %(layer)s"""


def _filters(kinds: bool, statuses: bool) -> str:
    said = ["kind = ANY(%(kinds)s)"] if kinds else []
    return " AND ".join([*said, "status = ANY(%(statuses)s)"] if statuses else said) or "true"


def houses(db: Connection, city_id: int) -> list[House]:
    """The houses that the public sees, by id."""
    sql = f"""SELECT id, lon, lat, title, language, translations FROM places
        WHERE city_id = %(city)s AND {VISIBLE} AND kind = 'house' ORDER BY id"""
    return rows(db, House, sql, {"city": city_id})


def _nearest(there: Sequence[House], points: Floats) -> list[Nearest]:
    """The nearest house of each point; of several at the same distance, the one with the smallest id."""
    if not there or not len(points):
        return [Nearest()] * len(points)
    which, metres = nearest_of(points, np.array([(house.lon, house.lat) for house in there]))
    return [
        Nearest(round(far, 2), there[number].id)
        for number, far in zip(which.tolist(), metres.tolist(), strict=True)
    ]


def standings_of(db: Connection, city_id: int, layer: str, indicator: Indicator) -> list[Standing]:
    """Every area of the layer and how fragile it is beside the others, by code; raises BadParameter."""
    sql = f"""SELECT a.code, a.name, v.value, r.value AS residents FROM areas AS a
        LEFT JOIN indicator_values AS v
            ON v.city_id = %(city)s AND v.indicator = %(indicator)s AND v.area_code = a.code
        LEFT JOIN indicator_values AS r
            ON r.city_id = %(city)s AND r.indicator = ({RESIDENTS}) AND r.area_code = a.code
        WHERE a.city_id = %(city)s AND a.layer = %(layer)s"""
    values = {"city": city_id, "layer": layer, "indicator": indicator.slug}
    found = sorted(rows(db, AreaFigure, sql, values), key=lambda each: natural(each.code))
    return standings(found, indicator)


@dataclass(frozen=True, slots=True)
class Spot:
    """The point inside an area from which distances are measured."""

    code: str
    lon: float
    lat: float


def spots(db: Connection, city_id: int, layer: str) -> list[Spot]:
    """A point inside every area of the layer, by code."""
    sql = f"SELECT a.code, {_POINT} FROM {_AREAS} WHERE a.city_id = %(city)s AND a.layer = %(layer)s"
    return sorted(rows(db, Spot, sql, {"city": city_id, "layer": layer}), key=lambda each: natural(each.code))


def nearest_houses(db: Connection, city_id: int, layer: str) -> dict[str, Nearest]:
    """The nearest house of every area of the layer, by code."""
    there = spots(db, city_id, layer)
    points = np.array([(each.lon, each.lat) for each in there], dtype=float)
    near = _nearest(houses(db, city_id), points)
    return {each.code: found for each, found in zip(there, near, strict=True)}


def gaps_of(
    db: Connection, city_id: int, layer: str, indicator: Indicator
) -> tuple[list[Gap], list[Standing]]:
    """The areas ranked by gap, the greatest first, and those that are left out; raises BadParameter."""
    areas = standings_of(db, city_id, layer, indicator)
    ranked = ranked_gaps(areas, nearest_houses(db, city_id, layer))
    return ranked, [each for each in areas if each.left_out]


def shapes_of(db: Connection, city_id: int, layer: str, codes: Sequence[str]) -> Mapping[str, str]:
    """The shapes of some areas as GeoJSON, to about a metre, by code."""
    sql = """SELECT code, ST_AsGeoJSON(geom, 5) AS shape FROM areas
        WHERE city_id = %(city)s AND layer = %(layer)s AND code = ANY(%(codes)s)"""
    values: dict[str, Any] = {"city": city_id, "layer": layer, "codes": list(codes)}
    return {each.code: each.shape for each in rows(db, _Shape, sql, values)}


@dataclass(frozen=True, slots=True)
class _Shape:
    code: str
    shape: str
