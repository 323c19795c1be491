"""What can be downloaded, as values: the places of a selection, and the areas of a layer with their figures.

A dataset knows its columns and the SQL of its rows, so that every format is made of the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from app.fragility import queries as area_queries
from app.fragility.queries import Indicator, Layer
from app.pages.words import dated
from app.params import Bbox
from app.places.queries import FEATURE
from app.places.selection import Selection, parameters, whole
from app.publish.data.columns import AREAS, GEOMETRY, LAT, LON, NUMBER, PLACES, SHAPE, Column, free_name
from app.publish.data.formats import LATLON

UNMARKED = ("recorded_at", "confirmed_at")
"""What says when something was written or confirmed: it changes without the content."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows to be downloaded.

    `columns` without the geometry; `rows` is SQL from FROM to the end of WHERE; `feature` is SQL for a row as
    a GeoJSON feature; `order` is a spatial order, for formats that gain by it; `lat` and `lon` are SQL for a
    point in the shape; `key` tells rows apart, `label` is SQL for a row's kind and name.
    """

    name: str
    titles: dict[str, str]
    columns: tuple[Column, ...]
    rows: str
    feature: str
    order: str
    lat: str
    lon: str
    key: str
    label: str
    geometry_type: str
    parameters: Mapping[str, Any]

    def features(self, before: str = "") -> str:
        """SQL for every row as a GeoJSON feature with `before` in front of it."""
        feature = self.feature.replace("'{", "'" + before + "{", 1)
        return f"SELECT {feature} {self.rows}"

    def table(self, geometry: str) -> str:
        """SQL for every row as CSV has it; `geometry` is "wkt" or "latlon"."""
        where = f"ST_AsText(geom, 7) AS {SHAPE.name}"
        if geometry == LATLON:
            where = f"{self.lat} AS lat, {self.lon} AS lon"
        return f"SELECT {', '.join(column.written for column in self.columns)}, {where} {self.rows}"

    def records(self) -> str:
        """SQL for every row in spatial order, its geometry as well-known binary in hexadecimal digits."""
        columns = ", ".join(column.written for column in self.columns)
        return f"SELECT {columns}, encode(ST_AsBinary(geom), 'hex') {self.in_order().rows}"

    def marks(self) -> str:
        """SQL for the key, a mark of the content, kind and name of every row, in the order of the key.

        Two rows of one key with different marks differ in anything but when they were recorded or confirmed.
        """
        content = ", ".join(column.sql for column in self.columns if column.name not in UNMARKED)
        return (
            f"SELECT ({self.key})::text AS key, md5(ROW({content}, ST_AsBinary(geom))::text), {self.label}"
            f' {self.rows} ORDER BY ({self.key})::text COLLATE "C"'
        )

    def in_order(self) -> "Dataset":
        """The same rows, in spatial order whatever the format."""
        return replace(self, rows=f"{self.rows} ORDER BY {self.order}")

    def described(self, ending: str, geometry: str) -> tuple[Column, ...]:
        """Every column of the file in this format."""
        if ending == "csv" and geometry == LATLON:
            return (*self.columns, LAT, LON)
        return (*self.columns, SHAPE)


def places(selection: Selection) -> Dataset:
    """The places of a selection; a page of it has no meaning here, so where it would begin is passed over."""
    selection = replace(selection, after=None)
    return Dataset(
        "places",
        {"en": "Places", "it": "Luoghi"},
        PLACES,
        f"FROM places WHERE {whole(selection)}",
        FEATURE,
        "morton, id",
        "lat",
        "lon",
        "id",
        "kind, title",
        "Unknown",
        parameters(selection),
    )


def of_city(db: Connection, city_id: int) -> list[Dataset]:
    """All places, and every layer of areas."""
    indicators = area_queries.indicators(db, city_id)
    layers = area_queries.layers(db, city_id)
    return [
        places(Selection(city_id)),
        *(areas(city_id, layer, indicators, None) for layer in layers),
    ]


def areas(city_id: int, layer: Layer, indicators: Sequence[Indicator], bbox: Bbox | None) -> Dataset:
    """The areas of a layer that touch the box, with a column for each of its indicators."""
    columns = list(AREAS)
    values: dict[str, Any] = {"city": city_id, "layer": layer.slug}
    joins = ""
    for number, indicator in enumerate(i for i in indicators if i.layer == layer.slug):
        columns.append(_figure(indicator, number, [column.name for column in columns]))
        values[f"indicator{number}"] = indicator.slug
        joins += (
            f" LEFT JOIN indicator_values AS v{number} ON v{number}.city_id = %(city)s"
            f" AND v{number}.indicator = %(indicator{number})s AND v{number}.area_code = a.code"
        )
    touching, box = _touching(bbox)
    qualified = tuple(replace(c, sql=f"a.{c.sql}") if c in AREAS else c for c in columns)
    return Dataset(
        layer.slug,
        layer.names,
        qualified,
        f"FROM areas AS a{joins} WHERE a.city_id = %(city)s AND a.layer = %(layer)s AND {touching}",
        _area_feature(qualified),
        "ST_GeoHash(ST_PointOnSurface(geom)), a.code",
        "round(ST_Y(ST_PointOnSurface(geom))::numeric, 7)",
        "round(ST_X(ST_PointOnSurface(geom))::numeric, 7)",
        "a.code",
        "a.layer AS kind, a.name AS title",
        "MultiPolygon",
        values | box,
    )


def _figure(indicator: Indicator, number: int, taken: Sequence[str]) -> Column:
    texts = {
        language: ". ".join(part for part in (name, indicator.descriptions.get(language)) if part)
        for language, name in indicator.names.items()
    }
    return Column(
        free_name(indicator.slug, [*taken, "id", GEOMETRY, "lat", "lon", "fid"]),
        NUMBER,
        f"v{number}.value",
        texts,
        unit=indicator.units.get("en") or next(iter(indicator.units.values()), ""),
        source=dated(indicator.source, indicator.year),
        licence=indicator.licence,
    )


def _area_feature(columns: Sequence[Column]) -> str:
    selected = ", ".join(f'{column.sql} AS "{column.name}"' for column in columns)
    return (
        """'{"type":"Feature","id":' || to_json(a.layer || '/' || a.code) || ',"geometry":' """
        """|| ST_AsGeoJSON(geom, 7) || ',"properties":' || row_to_json((SELECT p FROM ("""
        f"""SELECT {selected}) AS p))::text || '}}'"""
    )


def _touching(bbox: Bbox | None) -> tuple[str, dict[str, float]]:
    """The condition that an area touches the box, and its parameters."""
    values: dict[str, float] = {}
    said = []
    for number, box in enumerate(bbox.boxes() if bbox else ()):
        edges = ", ".join(f"%({edge}{number})s" for edge in ("west", "south", "east", "north"))
        drawn = f"ST_MakeEnvelope({edges}, 4326)"
        said.append(f"(geom && {drawn} AND ST_Intersects(geom, {drawn}))")
        values |= {f"west{number}": box.west, f"south{number}": box.south}
        values |= {f"east{number}": box.east, f"north{number}": box.north}
    return f"({' OR '.join(said)})" if said else "true", values
