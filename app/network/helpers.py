"""Who could help with a place: houses and projects that are related to it, or near; the best reason first."""

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection

from app.network.asked import RELATIONS, Asked
from app.network.ego import rings
from app.network.ground import Ground, Standing, standing
from app.network.helping import AROUND_IT, MOST_COMPANY, Reasons, Step
from app.network.queries import shape_of, within
from app.network.rules import Origin
from app.places.queries import COLUMNS, feature_sql
from app.places.selection import Selection
from app.statements import rows
from app.tables.places import VISIBLE

KINDS = ("house", "project")
OPEN = ("proposed", "active")
"""Who is still there: a house that has closed helps nobody."""
MOST_NEAR = 200
"""So many are looked at for being near: the nearest ones."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who could help, as a GeoJSON feature, and why."""

    feature: dict[str, Any]
    reasons: Reasons


@dataclass(frozen=True, slots=True)
class Helpers:
    """Who could help, the highest score first, then the nearest; whether there are more.

    `named`: the place itself, and those that relations lead to on the way.
    """

    helpers: list[Helper]
    named: dict[UUID, Standing]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How far to look: at most so many relations, or so many metres; and how many to tell of."""

    hops: int
    metres: float
    limit: int


def helpers(db: Connection, asked: Asked, place: UUID, reach: Reach) -> Helpers:
    """Houses and projects at most `hops` relations away, however far, or at most `metres` away.

    Ranked by `helping.Reasons.score`. Raises NotFound for a place that is not public.
    """
    middle = standing(db, asked.city_id, (place,))[place]
    ground = Ground(db, replace(asked, over=RELATIONS), {place: (middle.lon, middle.lat)})
    away, cut = rings(ground, place, reach.hops)
    shape = shape_of(db, asked.city_id, place) or shapely.Point(middle.lon, middle.lat)
    open_ones = Selection(asked.city_id, kinds=KINDS, statuses=OPEN)
    near = within(db, open_ones, Origin(shape, place), reach.metres, MOST_NEAR)
    listed = [UUID(each["id"]) for each in json.loads(b"[" + near.features + b"]")]
    candidates = [each for each in dict.fromkeys([*away, *listed]) if each != place]
    found = [
        Helper(json.loads(each.feature), Reasons(_steps(ground, away, each.id), each.metres, each.company))
        for each in _measured(db, asked.city_id, candidates, shape)
    ]
    found.sort(key=lambda each: (-each.reasons.score, each.reasons.metres, each.feature["id"]))
    shown = found[: reach.limit]
    passed = dict.fromkeys([place, *(step.to for each in shown for step in each.reasons.steps)])
    named = standing(db, asked.city_id, list(passed))
    return Helpers(shown, named, cut or near.more or len(found) > len(shown))


def _steps(ground: Ground, away: dict[UUID, int], somebody: UUID) -> tuple[Step, ...]:
    """The relations that lead from somebody to the place in the middle, as few as can be."""
    steps, here = [], somebody
    while hops := away.get(here, 0):
        nearer = [each for each in ground.around[here] if away.get(each) == hops - 1]
        edges = [edge for each in nearer for edge in ground.around[here][each]]
        edge = min(edges, key=lambda each: (each.kind or "", str(each.id)))
        outward = edge.tail == here
        here = edge.head if outward else edge.tail
        steps.append(Step(edge.kind or "", outward, here))
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class _Measured:
    id: UUID
    feature: str
    metres: float
    company: int


def _measured(db: Connection, city_id: int, place_ids: list[UUID], shape: Any) -> list[_Measured]:
    """Those of the places that could help: how far each is, and how many other projects are around it."""
    # As in `queries.gaps`: a box in degrees that holds everything so near.
    reach = "%(around)s / 110574.0"
    aside = "%(around)s / (111319.0 * greatest(cos(radians(abs(lat) + %(around)s / 110574.0)), 0.001))"
    sql = f"""WITH origin AS MATERIALIZED (SELECT ST_GeomFromWKB(%(origin)s, 4326)::geography AS geog),
        s AS (SELECT {COLUMNS}, ST_Expand(geom, {aside}, {reach}) AS box FROM places
            WHERE city_id = %(city)s AND id = ANY(%(ids)s::uuid[]) AND {VISIBLE}
                AND kind = ANY(%(kinds)s::text[]) AND status = ANY(%(open)s::text[]))
        SELECT id, {feature_sql()} AS feature,
            ST_Distance(geom::geography, (SELECT geog FROM origin)) AS metres,
            (SELECT count(*)::int FROM (SELECT FROM places AS t
                WHERE t.city_id = %(city)s AND t.{VISIBLE} AND t.kind = 'project'
                    AND t.status = ANY(%(open)s::text[]) AND t.id <> s.id AND t.geom && s.box
                    AND ST_DWithin(t.geom::geography, s.geom::geography, %(around)s)
                LIMIT {MOST_COMPANY}) AS company) AS company
        FROM s"""
    values = {"city": city_id, "ids": place_ids, "kinds": list(KINDS), "open": list(OPEN)}
    values |= {"origin": shapely.to_wkb(shape), "around": AROUND_IT}
    return rows(db, _Measured, sql, values)
