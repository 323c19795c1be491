"""Areas as GeoJSON features, page by page, each with its figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from app.cql.form import PLAIN, Form, columns
from app.cql.properties import Condition, Property, Type
from app.cql.sorting import token
from app.fragility.queries import Indicator
from app.params import Bbox
from app.statements import row_of_bytes

PROPERTIES = (
    Property("geometry", Type.GEOMETRY, "a.geom", {"en": "Geometry", "it": "Geometria"}, shown=False),
    Property("layer", Type.TEXT, "a.layer", {"en": "Layer", "it": "Livello"}),
    Property("code", Type.TEXT, "a.code", {"en": "Official code", "it": "Codice ufficiale"}),
    Property("name", Type.TEXT, "a.name", {"en": "Name", "it": "Nome"}),
    Property(
        "approximate",
        Type.BOOLEAN,
        "a.approximate",
        {"en": "Drawn, not surveyed", "it": "Disegnata, non rilevata"},
    ),
    Property("source", Type.TEXT, "a.source", {"en": "Source", "it": "Fonte"}),
    Property("licence", Type.TEXT, "a.licence", {"en": "Licence", "it": "Licenza"}),
    Property("recorded_at", Type.INSTANT, "a.recorded_at", {"en": "Recorded", "it": "Registrata"}),
)
FIXED = {each.name for each in PROPERTIES}
_SLUG = re.compile(r"[a-z][a-z0-9_-]{0,62}")
# The envelope of a box without a width is a line or a point; the box itself is an invalid polygon.
_BOX = "ST_Envelope(ST_MakeEnvelope(%(west{0})s, %(south{0})s, %(east{0})s, %(north{0})s, 4326))"
_TOUCHING = f"(a.geom && {_BOX} AND ST_Intersects(a.geom, {_BOX}))"


@dataclass(frozen=True, slots=True)
class AreaSelection:
    """Areas of one city, of one layer or of all; `after` is (layer, code) of the last one that is known."""

    city_id: int
    layer: str | None = None
    properties: tuple[Property, ...] = PROPERTIES
    bbox: Bbox | None = None
    after: tuple[str, str] | None = None
    where: Condition | None = None


@dataclass(frozen=True, slots=True)
class AreaPage:
    """A page of areas: GeoJSON features separated by commas, how many, how many there are on all pages, and
    where the next page begins."""

    features: bytes
    count: int
    matched: int
    after: str | None


def properties_of(indicators: Sequence[Indicator]) -> tuple[Property, ...]:
    """The properties of the areas of a layer: what is said of each, and a figure for each indicator."""
    return PROPERTIES + tuple(map(_figure, indicators))


def _figure(indicator: Indicator) -> Property:
    assert _SLUG.fullmatch(indicator.slug), indicator.slug  # as its table demands: it stands in SQL
    sql = (
        "(SELECT v.value FROM indicator_values AS v WHERE v.city_id = %(city)s"
        f" AND v.indicator = '{indicator.slug}' AND v.area_code = a.code)"
    )
    return Property(figure_name(indicator), Type.NUMBER, sql, indicator.names)


def figure_name(indicator: Indicator) -> str:
    """The property that carries an indicator's figure: its slug, unless a property of every area has it."""
    return f"indicator_{indicator.slug}" if indicator.slug in FIXED else indicator.slug


def features(db: Connection, selection: AreaSelection, limit: int, form: Form = PLAIN) -> AreaPage:
    """The next `limit` areas that touch the box, in the order of layer and code or of the form."""
    sorting = form.sorting
    values = _values(selection) | {"limit": limit, "offset": form.offset}
    values |= sorting.values() if sorting else {}
    once = bool(selection.where or form.once)
    body, count, found, matched, last, keys = row_of_bytes(db, _page_sql(selection, form), values, once=once)
    after = token(keys) if sorting else last
    return AreaPage(body, count, matched, after if found > limit else None)


def _page_sql(selection: AreaSelection, form: Form) -> str:
    among, order = _conditions(selection), "a.layer, a.code"
    beyond, keys = "(a.layer, a.code) > (%(after_layer)s, %(after_code)s)", "NULL::text"
    if form.sorting:
        beyond, order, keys = form.sorting.beyond(), form.sorting.order(), form.sorting.last()
    return f"""WITH page AS MATERIALIZED (
            SELECT * FROM areas AS a WHERE {among} AND {beyond}
            ORDER BY {order} LIMIT %(limit)s + 1{form.skipping}),
        numbered AS (SELECT *, row_number() OVER () AS number FROM page),
        kept AS (SELECT * FROM numbered WHERE number <= %(limit)s)
        SELECT coalesce(string_agg({_feature_sql(selection, form)}, ','), ''), count(*),
            (SELECT count(*) FROM page), (SELECT count(*) FROM areas AS a WHERE {among}),
            (array_agg(layer || '/' || code))[count(*)], (array_agg({keys}))[count(*)]
        FROM kept AS a"""


def _feature_sql(selection: AreaSelection, form: Form) -> str:
    key = "a.layer || '/' || a.code" if selection.layer is None else "a.code"
    shown = form.properties
    if shown is None:
        shown = tuple(each for each in selection.properties if each.shown)
    said = f"row_to_json((SELECT p FROM (SELECT {columns(shown)}) AS p))" if shown else "'{}'"
    return (
        f"""'{{"type":"Feature","id":' || to_json({key}) || ',"geometry":' || {form.crs.geojson("a.geom")}"""
        f""" || ',"properties":' || {said} || '}}'"""
    )


def _conditions(selection: AreaSelection) -> str:
    said = ["a.city_id = %(city)s"]
    if selection.layer is not None:
        said.append("a.layer = %(layer)s")
    if selection.bbox:
        boxes = range(len(selection.bbox.boxes()))
        said.append(f"({' OR '.join(_TOUCHING.format(number) for number in boxes)})")
    if selection.where:
        said.append(f"({selection.where.sql})")
    return " AND ".join(said)


def _values(selection: AreaSelection) -> dict[str, Any]:
    layer, code = selection.after or ("", "")
    values: dict[str, Any] = {"city": selection.city_id, "layer": selection.layer}
    values |= {"after_layer": layer, "after_code": code}
    for number, box in enumerate(selection.bbox.boxes() if selection.bbox else ()):
        values |= {f"west{number}": box.west, f"south{number}": box.south}
        values |= {f"east{number}": box.east, f"north{number}": box.north}
    return values | dict(selection.where.values if selection.where else ())


def feature(
    db: Connection, selection: AreaSelection, key: tuple[str, str], form: Form = PLAIN
) -> bytes | None:
    """One area of a layer and a code as a GeoJSON feature; None where there is none."""
    sql = f"""SELECT (SELECT {_feature_sql(selection, form)} FROM areas AS a
        WHERE a.city_id = %(city)s AND a.layer = %(layer)s AND a.code = %(code)s)"""
    values = {"city": selection.city_id, "layer": key[0], "code": key[1]}
    body: bytes | None = row_of_bytes(db, sql, values)[0]
    return body
