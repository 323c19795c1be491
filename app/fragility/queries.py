"""The questions about area layers, areas and indicators."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.statements import row, row_of_bytes, rows


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of areas: how many, whether any of them is only approximate, and whose work they are."""

    slug: str
    names: dict[str, str]
    areas: int
    approximate: bool
    sources: list[str]
    licences: list[str]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One number per area; `polarity` 1: more of it is more fragile, -1: less, 0: neither. `series`: the same
    figure over the years; `measure`: "count" where two areas together have the sum of both, else "rate"."""

    slug: str
    layer: str
    names: dict[str, str]
    descriptions: dict[str, str]
    units: dict[str, str]
    year: int
    polarity: int
    decimals: int
    source: str
    licence: str
    series: str
    measure: str = "rate"


@dataclass(frozen=True, slots=True)
class AreaValue:
    """An area and its value of an indicator, where it has one; `residents` where that is known."""

    code: str
    name: str | None
    approximate: bool
    value: float | None
    residents: float | None


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """An area, its figure of one indicator, and how many people live there; None where that is not known."""

    code: str
    name: str | None
    value: float | None
    residents: float | None


@dataclass(frozen=True, slots=True)
class AreaPair:
    """An area and its values of two indicators, where it has them; `residents` where that is known."""

    code: str
    name: str | None
    value: float | None
    other: float | None
    residents: float | None


@dataclass(frozen=True, slots=True)
class AreaShape:
    """An area with its shape as well-known binary, EPSG:4326, its value and its residents, where known."""

    code: str
    approximate: bool
    value: float | None
    residents: float | None
    shape: bytes


@dataclass(frozen=True, slots=True)
class Area:
    """An area; `geometry` is GeoJSON, `lon` and `lat` a point inside it."""

    layer: str
    code: str
    name: str | None
    approximate: bool
    source: str
    licence: str
    lon: float
    lat: float
    geometry: str


@dataclass(frozen=True, slots=True)
class FoundArea:
    """An area that a search found; the box is (west, south, east, north)."""

    layer: str
    layer_names: dict[str, str]
    code: str
    name: str | None
    box: list[float]


RESIDENTS = """SELECT slug FROM indicators
    WHERE city_id = %(city)s AND layer = %(layer)s AND series = 'residents' ORDER BY year DESC LIMIT 1"""
"""SQL for the indicator of a layer that tells how many people live in an area, as `rules.residents_of` finds
it. It must be of that layer: codes of two layers may be the same, and mean other areas."""


def _value(indicator: str) -> str:
    """SQL for the value of an indicator in an area, looked up by key: a join is planned badly before the
    tables' statistics are made, and then takes seconds for a few thousand areas."""
    return f"""(SELECT v.value FROM indicator_values AS v
        WHERE v.city_id = %(city)s AND v.indicator = {indicator} AND v.area_code = a.code)"""


_VALUES = f"""{_value("%(indicator)s")} AS value, {_value(f"({RESIDENTS})")} AS residents"""
_AREAS = "FROM areas AS a WHERE a.city_id = %(city)s AND a.layer = %(layer)s"


def layers(db: Connection, city_id: int) -> list[Layer]:
    """The city's layers that have areas."""
    sql = """SELECT slug, names, count(*) AS areas, bool_or(approximate) AS approximate,
            array_agg(DISTINCT source) AS sources, array_agg(DISTINCT licence) AS licences
        FROM area_layers AS l JOIN areas AS a ON a.city_id = %(city)s AND a.layer = l.slug
        WHERE l.city_id = %(city)s GROUP BY slug, names, position ORDER BY position, slug"""
    return rows(db, Layer, sql, {"city": city_id})


def indicators(db: Connection, city_id: int) -> list[Indicator]:
    """The city's indicators."""
    sql = """SELECT slug, layer, names, descriptions, units, year, polarity, decimals, source, licence,
            series, measure
        FROM indicators WHERE city_id = %(city)s ORDER BY layer, position, slug"""
    return rows(db, Indicator, sql, {"city": city_id})


def area_values(db: Connection, city_id: int, layer: str, indicator: str) -> list[AreaValue]:
    """Every area of the layer with its value of the indicator."""
    sql = f"SELECT a.code, a.name, a.approximate, {_VALUES} {_AREAS} ORDER BY a.code"
    return rows(db, AreaValue, sql, {"city": city_id, "layer": layer, "indicator": indicator})


def area_figures(
    db: Connection, city_id: int, layer: str, indicator: str, other: str | None
) -> list[AreaPair]:
    """Every area of the layer with its values of two indicators, by code."""
    sql = f"SELECT a.code, a.name, {_VALUES}, {_value('%(other)s')} AS other {_AREAS} ORDER BY a.code"
    asked = {"city": city_id, "layer": layer, "indicator": indicator, "other": other}
    return rows(db, AreaPair, sql, asked)


def area_shapes(db: Connection, city_id: int, layer: str, indicator: str) -> list[AreaShape]:
    """Every area of the layer with its shape and its value of the indicator, by code."""
    sql = f"SELECT a.code, a.approximate, ST_AsBinary(a.geom) AS shape, {_VALUES} {_AREAS} ORDER BY a.code"
    return rows(db, AreaShape, sql, {"city": city_id, "layer": layer, "indicator": indicator})


def state_of(db: Connection, city_id: int, layer: str, indicator: str) -> str:
    """A word that changes whenever an area of the layer, its value or its residents do."""
    sql = f"""SELECT md5(coalesce(string_agg(concat_ws(' ', code, revision, recorded_at,
            coalesce(value::text, '-'), residents), ',' ORDER BY code), ''))
        FROM (SELECT a.code, a.revision, a.recorded_at, {_VALUES} {_AREAS}) AS told"""
    state: str = row(db, sql, {"city": city_id, "layer": layer, "indicator": indicator})[0]
    return state


def shapes(db: Connection, city_id: int, layer: str) -> bytes:
    """The layer as a GeoJSON FeatureCollection of shapes and codes, values apart; to about a metre."""
    sql = """SELECT '{"type":"FeatureCollection","features":[' || coalesce(string_agg(
            '{"type":"Feature","id":' || to_json(code) || ',"geometry":' || ST_AsGeoJSON(geom, 5)
            || ',"properties":' || row_to_json((SELECT p FROM (SELECT code, name, approximate) AS p)) || '}',
            ',' ORDER BY code), '') || ']}'
        FROM areas WHERE city_id = %(city)s AND layer = %(layer)s"""
    body: bytes = row_of_bytes(db, sql, {"city": city_id, "layer": layer})[0]
    return body


def area(db: Connection, city_id: int, layer: str, code: str) -> Area | None:
    """One area, if there is one of this code."""
    sql = """SELECT layer, code, name, approximate, source, licence, ST_X(ST_PointOnSurface(geom)) AS lon,
            ST_Y(ST_PointOnSurface(geom)) AS lat, ST_AsGeoJSON(geom, 6) AS geometry
        FROM areas WHERE city_id = %(city)s AND layer = %(layer)s AND code = %(code)s"""
    found = rows(db, Area, sql, {"city": city_id, "layer": layer, "code": code})
    return found[0] if found else None


def found_areas(db: Connection, city_id: int, words: str, limit: int) -> list[FoundArea]:
    """The areas whose name or code is like the words, the most alike first."""
    sql = """SELECT a.layer, l.names AS layer_names, a.code, a.name,
            ARRAY[ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)] AS box
        FROM areas AS a JOIN area_layers AS l ON l.city_id = %(city)s AND l.slug = a.layer
        WHERE a.city_id = %(city)s
            AND (a.code = %(words)s OR folded(a.name) %%> folded(%(words)s)
                OR folded(a.name) LIKE '%%' || folded(%(words)s) || '%%')
        ORDER BY word_similarity(folded(%(words)s), folded(a.name)) DESC NULLS LAST, a.layer, a.code
        LIMIT %(limit)s"""
    return rows(db, FoundArea, sql, {"city": city_id, "words": words, "limit": limit})
