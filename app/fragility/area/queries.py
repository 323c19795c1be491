"""The questions about one area that no other page asks."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection

from app.fragility.overlay import spots
from app.fragility.queries import Layer
from app.network.queries import nearest
from app.network.rules import Origin
from app.places.queries import FEATURE
from app.places.selection import Selection
from app.statements import row, row_of_bytes, rows
from app.tables.places import KINDS, VISIBLE
from geo.graph import Graph

Feature = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Column:
    indicator: str
    codes: list[str]
    figures: list[float]


def figures(db: Connection, city_id: int, layer: str, slugs: list[str]) -> dict[str, dict[str, float]]:
    """The values of indicators by area code, by indicator; those of codes that no area has are left out."""
    sql = """SELECT indicator, array_agg(area_code) AS codes, array_agg(value) AS figures
        FROM indicator_values WHERE city_id = %(city)s AND indicator = ANY(%(slugs)s)
            AND area_code IN (SELECT code FROM areas WHERE city_id = %(city)s AND layer = %(layer)s)
        GROUP BY indicator"""
    found = rows(db, _Column, sql, {"city": city_id, "layer": layer, "slugs": slugs})
    told = {each.indicator: dict(zip(each.codes, each.figures, strict=True)) for each in found}
    return {slug: told.get(slug, {}) for slug in slugs}


def square_metres(db: Connection, city_id: int, layer: str, code: str) -> float:
    """How large an area is, on the ground."""
    sql = """SELECT ST_Area(geom::geography) FROM areas
        WHERE city_id = %(city)s AND layer = %(layer)s AND code = %(code)s"""
    found: float = row(db, sql, {"city": city_id, "layer": layer, "code": code})[0]
    return found


@dataclass(frozen=True, slots=True)
class _Code:
    code: str


def neighbours(db: Connection, city_id: int, layer: Layer, code: str) -> list[str]:
    """The codes of the areas that touch an area, at a corner at least; those of `app/fragility/spots.py`.

    Areas that are only drawn approximately leave gaps that are not there: of such a layer those are
    neighbours between whose middles no other one lies (Gabriel graph).
    """
    if layer.approximate:
        there = spots(db, city_id, layer.slug)
        graph = Graph.build_gabriel([(each.lon, each.lat) for each in there], [each.code for each in there])
        return sorted(str(other) for other, _, _ in graph.neighbours(code))
    sql = """SELECT b.code FROM areas AS a
        JOIN areas AS b ON b.city_id = %(city)s AND b.layer = a.layer AND b.code <> a.code
            AND ST_Intersects(a.geom, b.geom)
        WHERE a.city_id = %(city)s AND a.layer = %(layer)s AND a.code = %(code)s ORDER BY b.code"""
    return [each.code for each in rows(db, _Code, sql, {"city": city_id, "layer": layer.slug, "code": code})]


def newest(db: Connection, city_id: int, layer: str, code: str, limit: int) -> list[Feature]:
    """The places of an area that were pinned last: their identifiers begin with the time of their making."""
    sql = f"""WITH last AS MATERIALIZED (SELECT m.id FROM unnest(%(kinds)s::text[]) AS k (kind)
            CROSS JOIN LATERAL (SELECT id FROM place_areas
                WHERE city_id = %(city)s AND layer = %(layer)s AND code = %(code)s AND kind = k.kind
                ORDER BY id DESC LIMIT %(limit)s) AS m
            ORDER BY m.id DESC LIMIT %(limit)s),
        kept AS MATERIALIZED (SELECT p.* FROM last
            JOIN places AS p ON p.city_id = %(city)s AND p.id = last.id AND p.{VISIBLE})
        SELECT coalesce(string_agg({FEATURE}, ',' ORDER BY id DESC), '') FROM kept"""
    values = {"city": city_id, "layer": layer, "code": code, "kinds": list(KINDS), "limit": limit}
    return _listed(row_of_bytes(db, sql, values)[0])


def near(db: Connection, city_id: int, kind: str, at: tuple[float, float], k: int) -> list[Feature]:
    """The places of a kind that are nearest to a point, each with its `metres`."""
    found = nearest(db, Selection(city_id, kinds=(kind,)), Origin(shapely.Point(*at)), k)
    return _listed(found.features)


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


def inside(db: Connection, city_id: int, layer: str, code: str, ids: list[str]) -> frozenset[str]:
    """Which of these places stand in the area."""
    sql = """SELECT id FROM place_areas
        WHERE city_id = %(city)s AND layer = %(layer)s AND code = %(code)s AND id = ANY(%(ids)s::uuid[])"""
    values = {"city": city_id, "layer": layer, "code": code, "ids": [UUID(each) for each in ids]}
    return frozenset(str(each.id) for each in rows(db, _Id, sql, values))


def _listed(features: bytes) -> list[Feature]:
    found: list[Feature] = json.loads(b"[" + features + b"]")
    return found
