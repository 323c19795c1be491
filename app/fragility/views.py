"""Area layers for the map and as a table: shapes once, values apart."""

from flask import Blueprint, Response, json, render_template

from app import params
from app.cities import City
from app.context import language, query, reading
from app.fragility import choices, planner, queries, rules
from app.fragility.queries import Indicator
from app.identity import allow
from app.pages.words import source_said
from app.permissions import Permission
from app.responses import GEOJSON, finished

blueprint = Blueprint("areas", __name__)


@blueprint.get("/<city:city>/areas/<layer>/shapes")
@allow(Permission.READ_PUBLIC)
def shapes(city: City, layer: str) -> Response:
    """The areas of a layer as GeoJSON: shapes and codes, to be drawn once."""
    with reading() as db:
        rules.layer_named(queries.layers(db, city.id), layer)
        return finished(queries.shapes(db, city.id, layer), GEOJSON)


@blueprint.get("/<city:city>/areas/<layer>/values")
@allow(Permission.READ_PUBLIC)
def values(city: City, layer: str) -> Response:
    """The values of one indicator by area code, and the classes that the map paints."""
    asked = query()
    params.known(asked, ("indicator", "method", "classes", "lang"))
    how = choices.classing(asked)
    with reading() as db:
        rules.layer_named(queries.layers(db, city.id), layer)
        indicator = rules.indicator_named(queries.indicators(db, city.id), layer, asked.get("indicator"))
        areas = queries.area_values(db, city.id, layer, indicator.slug)
    classes = rules.classes([area.value for area in areas], *how)
    body = {
        "indicator": described(indicator, language()),
        "classes": {"low": classes.low, "upper": classes.upper} if classes else None,
        "values": {area.code: area.value for area in areas if area.value is not None},
        "few_residents": [area.code for area in areas if rules.is_small(area.residents)],
        "few_residents_below": rules.FEW_RESIDENTS,
    }
    return finished(json.dumps(body, ensure_ascii=False), "application/json")


@blueprint.get("/<city:city>/areas/<layer>")
@allow(Permission.READ_PUBLIC)
def table(city: City, layer: str) -> Response:
    """The areas of a layer and one indicator as a table that can be sorted."""
    asked = query()
    params.known(asked, ("indicator", "sort", "lang"))
    sort = params.one(asked, "sort", tuple(_ORDERS))
    with reading() as db:
        layers, indicators = queries.layers(db, city.id), queries.indicators(db, city.id)
        chosen, indicator = (
            rules.layer_named(layers, layer),
            rules.indicator_named(indicators, layer, asked.get("indicator")),
        )
        areas = queries.area_values(db, city.id, layer, indicator.slug)
    page = render_template(
        "areas.html",
        city=city,
        layer=chosen,
        layers=rules.with_figures(layers, indicators),
        indicator=indicator,
        indicators=[other for other in indicators if other.layer == layer],
        areas=planner.ordered(areas, *_ORDERS[sort]),
        sort=sort,
        residents=rules.residents_of(indicators, layer),
        small=rules.is_small,
        few_residents=rules.FEW_RESIDENTS,
    )
    return finished(page, "text/html; charset=utf-8")


_ORDERS = {"code": ("code", False), "high": ("figure", True), "low": ("figure", False)}
"""By which column, and whether falling."""


def described(indicator: Indicator, reader: str) -> dict[str, str | int]:
    """What a legend says of an indicator, in the reader's language."""
    return {
        "slug": indicator.slug,
        "name": indicator.names.get(reader) or indicator.slug,
        "description": indicator.descriptions.get(reader, ""),
        "unit": indicator.units.get(reader, ""),
        "year": indicator.year,
        "decimals": indicator.decimals,
        "polarity": indicator.polarity,
        "source": source_said(indicator),
        "licence": indicator.licence,
    }
