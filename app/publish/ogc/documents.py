"""The documents around the features, in the words of OGC API - Features (17-069r4, 18-058r1, 19-079r2,
20-002)."""

from collections.abc import Sequence
from typing import Any

from app.cities import City
from app.cql.properties import Property, Type
from app.cql.sorting import sortable_ones
from app.cql.spatial import FUNCTIONS
from app.crs import OGC as CRS84
from app.crs import systems
from app.fragility.features import figure_name
from app.pages.words import dated
from app.publish.ogc.asked import JSON, link, root
from app.publish.ogc.collections import Collection
from app.responses import GEOJSON, public_url

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
# Not `spatial-functions`: all its relations are there, but only S_INTERSECTS and S_DISJOINT take a
# GEOMETRYCOLLECTION; GEOS before 3.13 relates no others.
CONFORMS_TO = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(f"{_FEATURES}1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_FEATURES}2/1.0/conf/crs",
    *(f"{_FEATURES}3/1.0/conf/{name}" for name in ("queryables", "filter", "features-filter")),
    *(f"{_FEATURES}4/1.0/conf/{name}" for name in (
        "create-replace-delete", "update", "optimistic-locking-etags", "features",
    )),
    *(f"{_CQL2}{name}" for name in (
        "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators",
        "case-insensitive-comparison", "accent-insensitive-comparison", "basic-spatial-functions",
        "basic-spatial-functions-plus", "temporal-functions",
        "property-property", "functions", "arithmetic",
    )),
]  # fmt: skip
TEXTS = {
    "en": (
        "Cortile",
        "The commons of the city as open data: places, areas and the figures that belong to them.",
    ),
    "it": ("Cortile", "I beni comuni della città come dati aperti: luoghi, aree e i dati che le riguardano."),
}
_JSON_TYPES: dict[Type, dict[str, Any]] = {
    Type.TEXT: {"type": "string"},
    Type.NUMBER: {"type": "number"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.IDENTIFIER: {"type": "string", "format": "uuid"},
    Type.INSTANT: {"type": "string", "format": "date-time"},
    Type.PERIOD: {
        "type": "array",
        "items": {"type": "string", "format": "date-time"},
        "minItems": 2,
        "maxItems": 2,
    },
    Type.GEOMETRY: {"format": "geometry-any", "x-ogc-role": "primary-geometry"},
    Type.OBJECT: {"type": "object"},
}


def landing(language: str) -> dict[str, Any]:
    """The landing page."""
    title, description = TEXTS[language]
    base = root()
    return {
        "title": title,
        "description": description,
        "links": [
            link("self", JSON, f"{base}/"),
            link("alternate", "text/html", f"{base}/?f=html"),
            link("service-desc", OPENAPI, f"{base}/api"),
            link("service-doc", "text/html", f"{base}/api?f=html"),
            link("conformance", JSON, f"{base}/conformance"),
            link("data", JSON, f"{base}/collections"),
            link("http://www.opengis.net/def/rel/ogc/1.0/functions", JSON, f"{base}/functions"),
        ],
    }


def conformance() -> dict[str, Any]:
    """The conformance classes."""
    return {"conformsTo": CONFORMS_TO}


def collections(wanted: Sequence[Collection], cities: Sequence[City], language: str) -> dict[str, Any]:
    """Every collection."""
    path = f"{root()}/collections"
    return {
        "links": [link("self", JSON, path), link("alternate", "text/html", f"{path}?f=html")],
        "crs": crs_of(cities),
        "collections": [collection(each, cities, language) for each in wanted],
    }


def crs_of(cities: Sequence[City]) -> list[str]:
    """The systems that features can be asked for in: those that all the cities have."""
    each = [list(systems(city.metric_srid)) for city in cities] or [[CRS84]]
    return [uri for uri in each[0] if all(uri in other for other in each)]


def collection(wanted: Collection, cities: Sequence[City], language: str) -> dict[str, Any]:
    """One collection; its extent is the box of every city's extent."""
    path = f"{root()}/collections/{wanted.id}"
    edges = list(zip(*(city.extent for city in cities), strict=True))
    spatial = (
        {"spatial": {"bbox": [[*map(min, edges[:2]), *map(max, edges[2:])]], "crs": CRS84}} if edges else {}
    )
    temporal = {} if wanted.of_areas else {"temporal": {"interval": [[None, None]]}}
    return {
        "id": wanted.id,
        "title": wanted.titles[language],
        "description": wanted.descriptions[language],
        "itemType": "feature",
        "crs": crs_of(cities),
        "storageCrs": CRS84,
        "extent": spatial | temporal,
        "links": [
            link("self", JSON, path),
            link("alternate", "text/html", f"{path}?f=html"),
            link("items", GEOJSON, f"{path}/items"),
            link("items", "text/html", f"{path}/items?f=html"),
            link("http://www.opengis.net/def/rel/ogc/1.0/queryables", SCHEMA, f"{path}/queryables"),
            link("http://www.opengis.net/def/rel/ogc/1.0/sortables", SCHEMA, f"{path}/sortables"),
            link("http://www.opengis.net/def/rel/ogc/1.0/schema", SCHEMA, f"{path}/schema"),
        ],
    }


def described(wanted: Collection, what: str, language: str) -> dict[str, Any]:
    """The properties that can be filtered (`queryables`) or sorted by (`sortables`), or that features carry
    (`schema`), as JSON Schema."""
    chosen = {
        "queryables": [each for each in wanted.properties if each.type != Type.OBJECT],
        "sortables": sortable_ones(wanted.properties),
        "schema": [each for each in wanted.properties if each.shown or each.type == Type.GEOMETRY],
    }[what]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": public_url(f"{root()}/collections/{wanted.id}/{what}"),
        "type": "object",
        "title": wanted.titles[language],
        "properties": {each.name: _schema(wanted, each, language) for each in chosen},
        "additionalProperties": False,
    }


def _schema(wanted: Collection, each: Property, language: str) -> dict[str, Any]:
    title = each.titles.get(language) or next(iter(each.titles.values()), each.name)
    said = {"title": title, **_JSON_TYPES[each.type]}
    if each.values:
        said["enum"] = list(each.values)
    figure = next((found for found in wanted.indicators if each.name == figure_name(found)), None)
    if figure:
        unit = figure.units.get(language, "")
        said["description"] = f"{dated(figure.source, figure.year)}. {figure.licence}."
        said |= {"x-ogc-unit": unit} if unit else {}
    return said


def functions(language: str) -> dict[str, Any]:
    """The functions that a filter can use beyond those of CQL2 itself."""
    return {
        "functions": [
            {
                "name": name,
                "description": function.titles[language],
                "arguments": [{"type": ["geometry"]}] * function.arguments,
                "returns": ["number"],
            }
            for name, function in FUNCTIONS.items()
        ]
    }
