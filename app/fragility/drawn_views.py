"""A polygon that somebody draws, with figures of its own."""

from collections.abc import Mapping
from typing import Any

import shapely
from flask import Blueprint, Response, json, request
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.context import language, query, reading
from app.errors import BadParameter
from app.fragility import asked, queries, rules, telling
from app.fragility.asked import CSV, JSON, PAGE, Ground
from app.fragility.drawn import Drawn, Figure, corners, drawn, in_words, of_geojson
from app.fragility.sketch import sketch_of
from app.identity import allow
from app.pages.words import source_said
from app.permissions import Permission
from app.responses import public_url, with_query

blueprint = Blueprint("drawn", __name__, url_prefix="/<city:city>/fragility")
COLUMNS = ("figure", "name", "value", "unit", "year", "measure", "how", "covered", "source", "licence")
LONGEST = 4_000
"""So long a polygon is repeated in an address; a longer one has to be sent."""


@blueprint.get("/drawn")
@allow(Permission.READ_PUBLIC)
def show(city: City) -> Response:
    """A polygon of the address, `lon,lat;lon,lat;…`, as an area with its own figures."""
    values = query()
    params.known(values, ("polygon", "layer", "f", "lang"))
    form = telling.wanted(values)
    with reading(one_moment=True) as db:
        there = _ground(db, city, values)
        if "polygon" not in values:
            if form == PAGE:
                return telling.page("drawn", city, values, there, drawn=None)
            raise BadParameter("polygon", "is needed: its corners, such as 7.67,45.06;7.69,45.06;7.69,45.08.")
        found = _drawn(db, city, there, corners(values["polygon"]))
        if form != PAGE:
            return _told(city, there, found, form)
        return telling.page(
            "drawn", city, values, there, drawn=found, sheet=sketch_of(db, city.id, there.layer.slug),
            ring=shapely.get_coordinates(found.shape).tolist(), small=_is_small(there, found),
        )  # fmt: skip


@blueprint.post("/drawn")
@allow(Permission.READ_PUBLIC)
def read(city: City) -> Response:
    """A polygon that is sent as GeoJSON, for one that no address can carry; nothing is kept."""
    values = query()
    params.known(values, ("layer", "f", "lang"))
    form = asked.form(values) or JSON
    shape = of_geojson(_body())
    with reading(one_moment=True) as db:
        there = _ground(db, city, values)
        return _told(city, there, _drawn(db, city, there, shape), CSV if form == CSV else JSON)


def _body() -> Any:
    """What was sent as JSON; None where it is none."""
    try:
        return request.get_json(force=True, silent=True)
    except RecursionError:  # lists in lists in lists: no polygon is so deep
        return None


def _ground(db: Connection, city: City, values: Mapping[str, str]) -> Ground:
    return asked.ground(values, queries.layers(db, city.id), queries.indicators(db, city.id))


def _drawn(db: Connection, city: City, there: Ground, shape: BaseGeometry) -> Drawn:
    figures = [each for each in there.indicators if each.layer == there.layer.slug]
    return drawn(db, city, there.layer, figures, shape)


def _is_small(there: Ground, found: Drawn) -> bool:
    """Whether few people live in the polygon."""
    return any(rules.is_small(each.value) for each in found.figures if each.indicator == there.residents)


def _told(city: City, there: Ground, found: Drawn, form: str) -> Response:
    figures = [_figure(each) for each in found.figures]
    if form == CSV:
        rows = [{**each, "figure": each["slug"]} for each in figures]
        rows += [
            {"figure": f"places_{kind}", "name": kind, "value": count, "measure": "count"}
            for kind, count in found.places.items()
        ]
        return telling.table(f"{city.slug}-{there.layer.slug}-drawn", rows, COLUMNS, None)
    said: dict[str, Any] = {each["slug"]: each["value"] for each in figures}
    said |= {"km2": round(found.km2, 4), "areas": found.areas, "covered": round(found.covered, 4)}
    said |= {"places": dict(found.places), "house_metres": found.house_metres}
    said |= {"house_id": str(found.house.id) if found.house else None}
    shape = json.loads(shapely.to_geojson(found.shape))
    feature = {"type": "Feature", "geometry": shape, "properties": said}
    return telling.features(
        [json.dumps(feature, ensure_ascii=False).encode()], 1, None,
        **telling.basis(there), figures=figures, address=_address(city, there, found),
    )  # fmt: skip


def _figure(each: Figure) -> dict[str, Any]:
    indicator = each.indicator
    return {
        "slug": indicator.slug,
        "name": indicator.names.get(language()) or indicator.slug,
        "value": each.value,
        "unit": indicator.units.get(language(), ""),
        "year": indicator.year,
        "measure": indicator.measure,
        "how": each.how,
        "covered": round(each.covered, 4),
        "source": source_said(indicator),
        "licence": indicator.licence,
    }


def _address(city: City, there: Ground, found: Drawn) -> str | None:
    """The address that asks it again; None where the polygon is too long for one, or has holes."""
    words = in_words(found.shape)
    if len(words) > LONGEST or shapely.get_num_interior_rings(found.shape):
        return None
    path = f"/{city.slug}/fragility/drawn"
    return public_url(with_query(path, {"layer": there.layer.slug, "polygon": words}))
