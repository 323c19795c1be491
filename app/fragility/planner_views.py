"""The planner's page: a figure on the map, as a table, against a second figure, and where it clusters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, json, render_template, url_for
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.context import language, query, reading, services
from app.errors import BadParameter
from app.fragility import choices, planner, queries, rules, spots
from app.fragility.choices import Choices
from app.fragility.indices.queries import Published, Score, published, score_of
from app.fragility.queries import Layer
from app.fragility.scatter import FRAME, scatter
from app.fragility.spots import Spots
from app.fragility.views import described
from app.identity import allow
from app.permissions import Permission
from app.responses import finished

blueprint = Blueprint("planner", __name__)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the browser is told of the city's areas."""

    layers: Sequence[Layer]


@blueprint.get("/<city:city>/areas")
@allow(Permission.READ_PUBLIC)
def show(city: City) -> Response:
    """A layer and a figure as map, table, scatter and hot spots; the address says all that is chosen."""
    asked = query()
    with reading(one_moment=True) as db:
        layers, indicators = queries.layers(db, city.id), queries.indicators(db, city.id)
        indices = published(db, city.id)
        made_of = {each.indicator: each.series for each in indices}
        chosen = choices.read(asked, layers, indicators, made_of)
        view = _view(db, city, chosen)
        score = _score(db, city, chosen, indices)
    page = render_template(
        "planner.html",
        city=city,
        asked=asked,
        chosen=chosen,
        layers=rules.with_figures(layers, indicators),
        indicators=indicators,
        residents=rules.residents_of(indicators, chosen.layer.slug),
        part_of=choices.part_of(chosen.indicator, chosen.other, made_of) if chosen.other else None,
        score=score,
        few_residents=rules.FEW_RESIDENTS,
        frame=Frame(layers),
        base_map={"url": services().settings.tile_url, "attribution": services().settings.tile_attribution},
        **view,
    )
    return finished(page, "text/html; charset=utf-8")


@blueprint.get("/<city:city>/areas/<layer>/hotspots")
@allow(Permission.READ_PUBLIC)
def hotspots(city: City, layer: str) -> Response:
    """Moran's I of an indicator, and of each area the local one and Gi*, as JSON."""
    asked = query()
    params.known(asked, ("indicator", "lang"))
    with reading(one_moment=True) as db:
        rules.layer_named(queries.layers(db, city.id), layer)
        indicator = rules.indicator_named(queries.indicators(db, city.id), layer, asked.get("indicator"))
        found = spots.spots_of(db, city.id, layer, indicator.slug)
    body = {"indicator": described(indicator, language())} | spots.described(found)
    return finished(json.dumps(body, ensure_ascii=False), "application/json")


def _view(db: Connection, city: City, chosen: Choices) -> dict[str, Any]:
    """What the page shows of the areas."""
    other = chosen.other.slug if chosen.other else None
    areas = queries.area_figures(db, city.id, chosen.layer.slug, chosen.indicator.slug, other)
    classes = rules.classes([area.value for area in areas], chosen.method, chosen.classes)
    found = _spots(db, city, chosen)
    rows = planner.rows(areas, chosen, classes, found.painted(chosen.paint) if found else {})
    legend = planner.legend(rows, chosen, classes)
    return {
        "rows": rows,
        "legend": legend,
        "table": planner.table(rows, chosen),
        "summary": planner.summary(rows, chosen),
        "scatter": scatter(rows) if chosen.other else None,
        "frame_of_scatter": FRAME,
        "spots": found,
        "area": next((row for row in rows if row.code == chosen.area), None),
        "state": _state(city, chosen, legend),
    }


def _score(db: Connection, city: City, chosen: Choices, indices: Sequence[Published]) -> Score | None:
    """The score of the marked area where the figure is a published index: it has the interval of its rank."""
    shown = next((each for each in indices if each.indicator == chosen.indicator.slug), None)
    if shown is None or chosen.area is None:
        return None
    return score_of(db, city.id, shown.index, shown.version, chosen.area)


def _spots(db: Connection, city: City, chosen: Choices) -> Spots | None:
    """The hot spots where they are to be painted; None, too, where nothing can be said of any."""
    if chosen.paint == "classes":
        return None
    try:
        return spots.spots_of(db, city.id, chosen.layer.slug, chosen.indicator.slug)
    except BadParameter:
        return None


def _state(city: City, chosen: Choices, legend: Sequence[planner.Entry]) -> dict[str, Any]:
    """What the browser's modules paint the map by: where shapes and values are, and the colours."""
    layer, indicator = chosen.layer.slug, chosen.indicator.slug
    classes: dict[str, Any] = {"method": chosen.method, "classes": chosen.classes}
    return {
        "shapes": url_for("areas.shapes", city=city, layer=layer),
        "values": url_for("areas.values", city=city, layer=layer, indicator=indicator, **classes),
        "spots": url_for("planner.hotspots", city=city, layer=layer, indicator=indicator),
        "paint": chosen.paint,
        "colours": {entry.key: entry.colour for entry in legend if entry.colour},
        "show": chosen.show,
        "area": chosen.area,
        "kinds": chosen.kinds,
    }
