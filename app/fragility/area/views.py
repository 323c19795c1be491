"""The page of an area, and of two areas side by side; both as JSON and CSV with the same figures."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, json, render_template, url_for
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.context import language, query, reading, services
from app.errors import BadParameter, NotFound
from app.fragility import queries, rules, telling
from app.fragility.area import files
from app.fragility.area.drawing import drawn
from app.fragility.area.files import Said
from app.fragility.area.report import Ground, Report, ground, report
from app.fragility.area.rules import alike
from app.fragility.asked import CSV, PAGE
from app.fragility.overlay import PER, AreaCount, shapes_of
from app.fragility.queries import Layer
from app.identity import allow
from app.pages.area_paths import read
from app.permissions import Permission
from app.responses import BRIEFLY, GEOJSON, as_json, finished, here

blueprint = Blueprint("area", __name__)
MOST_CHOICES = 500
"""Areas that a list is offered of; where there are more, their code is to be written."""
HTML, PLAIN_JSON = "text/html; charset=utf-8", "application/json"


@blueprint.get("/<city:city>/areas/<layer>/<path:code>")
@allow(Permission.READ_PUBLIC)
def show(city: City, layer: str, code: str) -> Response:
    """An area: its scores, figures, neighbours, what is there and near, and how it changed."""
    values, code = query(), read(code)
    params.known(values, ("indicator", "f", "lang"))
    form = telling.wanted(values)
    with reading(one_moment=True) as db:
        chosen = rules.layer_named(queries.layers(db, city.id), layer)
        area = queries.area(db, city.id, layer, code) if "\0" not in code else None
        if area is None:
            raise _unknown(db, city, chosen, code)
        there = ground(db, city.id, chosen, values.get("indicator"))
        found = report(db, there, area)
        near = shapes_of(db, city.id, layer, [each.code for each in found.neighbours])
        name = f"{city.slug}-{layer}-{code}"
        if form == CSV:
            return telling.table(name, files.rows(files.told(there, found, language())), files.COLUMNS, None)
        if form != PAGE:
            told = files.told(there, found, language())
            return finished(telling.area_feature(area.geometry, code, told), GEOJSON, BRIEFLY)
        return _page("show", city, there, {"it": found, "shapes": _shapes([found], near.values())})


def _unknown(db: Connection, city: City, layer: Layer, code: str) -> NotFound:
    there = [each.code for each in queries.area_values(db, city.id, layer.slug, "")]
    like = alike(code[:60], there)
    if like:
        return NotFound(
            "There is no zone “%(code)s” in the layer %(layer)s; codes like it are: %(there)s.",
            code=code[:60],
            layer=layer.slug,
            there=", ".join(like),
        )
    return NotFound(
        "There is no zone “%(code)s” in the layer %(layer)s; the table at %(table)s has them all.",
        code=code[:60],
        layer=layer.slug,
        table=url_for("areas.table", city=city, layer=layer.slug),
    )


@blueprint.get("/<city:city>/areas/<layer>/compare")
@allow(Permission.READ_PUBLIC)
def compare(city: City, layer: str) -> Response:
    """Two areas of a layer side by side; while one is not chosen yet, the page asks for it."""
    values = query()
    params.known(values, ("a", "b", "indicator", "f", "lang"))
    form = telling.wanted(values)
    with reading(one_moment=True) as db:
        there = ground(
            db, city.id, rules.layer_named(queries.layers(db, city.id), layer), values.get("indicator")
        )
        codes = _two(values, there.counts, choosing=form == PAGE)
        if len(codes) < 2:
            return _page("choose", city, there, {"asked": values, "codes": codes})
        a, b = (_report(db, there, code) for code in codes)
    said = [files.told(there, each, language()) for each in (a, b)]
    if form == CSV:
        name = f"{city.slug}-{layer}-{a.area.code}-{b.area.code}"
        return telling.table(name, files.compared(*said), files.COMPARED, None)
    if form != PAGE:
        return finished(as_json(_told(said, [a, b])), PLAIN_JSON, BRIEFLY)
    more: dict[str, Any] = {"a": a, "b": b, "asked": values, "shapes": _shapes([a, b], ())}
    more["figures"] = list(zip(a.figures, b.figures, strict=True))
    more["indices"] = list(zip(a.indices, b.indices, strict=True))
    return _page("compare", city, there, more)


def _two(values: Mapping[str, str], there: Mapping[str, Any], *, choosing: bool) -> list[str]:
    """The codes that are asked for; raises BadParameter, but not for one that is still to be chosen."""
    for name in ("a", "b"):
        if name not in values and not choosing:
            raise BadParameter(name, "is needed: the code of a zone.")
        if name in values and values[name] not in there:
            raise BadParameter(name, "the layer has no area “%(code)s”.", code=values[name][:60])
    if "a" in values and values["a"] == values.get("b"):
        raise BadParameter("b", "is the same zone as a: choose another one.")
    return [values[name] for name in ("a", "b") if name in values]


def _report(db: Connection, there: Ground, code: str) -> Report:
    area = queries.area(db, there.city_id, there.layer.slug, code)
    assert area is not None, "its code is among those of the layer"
    return report(db, there, area)


def _told(said: Sequence[Said], reports: Sequence[Report]) -> Said:
    shapes = [json.loads(each.area.geometry) for each in reports]
    a, b = (each | {"geometry": shape} for each, shape in zip(said, shapes, strict=True))
    rows = [{name: row.get(name) for name in files.COMPARED} for row in files.compared(*said)]
    return {"a": a, "b": b, "compared": rows}


def _shapes(reports: Sequence[Report], others: Any) -> list[dict[str, Any]]:
    """What the small map draws: the areas, those that touch, and the nearest houses."""
    shown: list[dict[str, Any]] = [{"role": role, "geometry": each.area.geometry}
             for role, each in zip(("area", "other"), reports, strict=False)]  # fmt: skip
    houses = [each.house for each in reports if each.house]
    shown += [
        {"role": "house", "geometry": {"type": "Point", "coordinates": [house.lon, house.lat]}}
        for house in houses
    ]
    return shown + [{"role": "near", "geometry": shape} for shape in others]


def _page(name: str, city: City, there: Ground, said: Mapping[str, Any]) -> Response:
    choices: list[AreaCount] = list(there.counts.values())
    page = render_template(
        f"area/{name}.html",
        city=city,
        ground=there,
        layer=there.layer,
        choices=choices if len(choices) <= MOST_CHOICES else [],
        drawn=drawn,
        few_residents=rules.FEW_RESIDENTS,
        per=PER,
        address=here(),
        printed=datetime.now(UTC),
        tiles={"url": services().settings.tile_url, "attribution": services().settings.tile_attribution},
        **said,
    )
    return finished(page, HTML, BRIEFLY)
