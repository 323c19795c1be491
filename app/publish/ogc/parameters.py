"""Every parameter of the API, once: what addresses accept and what the API's own description says of them."""

from dataclasses import dataclass
from typing import Any

from app.cql.parse import MAX_LENGTH
from app.cql.reading import LANGUAGES as FILTER_LANGUAGES
from app.cql.sorting import MAX_KEYS
from app.params import MAX_LIMIT, MAX_OFFSET, MAX_TEXT
from app.publish.ogc import italian
from app.publish.ogc.collections import Collection
from app.tables.places import KINDS, STATUSES

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query string, with its JSON Schema; a list is written with commas."""

    name: str
    description: str
    schema: Schema

    def described(self, language: str) -> dict[str, Any]:
        """The parameter in the words of OpenAPI 3.0."""
        text = italian.PARAMETERS[self.name] if language == "it" else self.description
        said = {"name": self.name, "in": "query", "description": text, "schema": self.schema}
        return said | ({"style": "form", "explode": False} if self.schema["type"] == "array" else {})


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


_TEXT: Schema = {"type": "string"}
_URI: Schema = {"type": "string", "format": "uri"}
PARAMETERS = {
    each.name: each
    for each in (
        Parameter("city", "The city, where the server holds several: its word in addresses.", _TEXT),
        Parameter(
            "bbox",
            "Only features that touch this box: west, south, east, north, in the order of the axes of "
            "`bbox-crs`; with heights, six numbers.",
            _list({"type": "number"}, minItems=4, maxItems=6),
        ),
        Parameter("bbox-crs", "The system of `bbox`, one of the collection's `crs`; CRS84 if absent.", _URI),
        Parameter("crs", "The system of the answer, one of the collection's `crs`; CRS84 if absent.", _URI),
        Parameter(
            "datetime",
            "Only what is true at a moment (`2019-06-01T12:00:00Z`), on a day (`2019-06-01`, in UTC), or at "
            "some time of an interval (`2019-01-01/2019-12-31`, `2019-01-01/..`). Areas have no such time.",
            _TEXT,
        ),
        Parameter(
            "confirmed_since",
            "Only places of which somebody has said, on this day (`2025-11-22`, in UTC) or at this moment or "
            "later, that they are as told.",
            _TEXT,
        ),
        Parameter(
            "limit",
            f"How many features a page may hold. Who asks for more than {MAX_LIMIT:,} gets {MAX_LIMIT:,}.",
            {"type": "integer", "minimum": 1, "default": 100},
        ),
        Parameter(
            "offset",
            "How many features to leave out. To read farther, follow the `next` links: they cost the same on "
            "every page.",
            {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
        ),
        Parameter("after", "Where the page begins, as the `next` link of the page before writes it.", _TEXT),
        Parameter(
            "sortby",
            "The properties to sort by, `-` before those that fall; what has no value comes last.",
            _list(_TEXT, maxItems=MAX_KEYS),
        ),
        Parameter("properties", "The properties that features shall carry; all if absent.", _list(_TEXT)),
        Parameter(
            "filter",
            "A condition on the properties of `/queryables`, in CQL2.",
            {"type": "string", "maxLength": MAX_LENGTH},
        ),
        Parameter(
            "filter-lang",
            "The language of `filter`: text, or JSON (which also a leading brace says).",
            _one_of(*FILTER_LANGUAGES),
        ),
        Parameter("filter-crs", "The system of the geometries in `filter`; CRS84 if absent.", _URI),
        Parameter("kind", "Only places of these kinds.", _list(_one_of(*KINDS))),
        Parameter("status", "Only places with these statuses.", _list(_one_of(*STATUSES))),
        Parameter(
            "q",
            "Only places with these words, or words like them.",
            {"type": "string", "maxLength": MAX_TEXT},
        ),
        Parameter("f", "The form of the answer, before the `Accept` header.",
                  _one_of("json", "html")),
        Parameter("lang", "The language of texts, before the `Accept-Language` header.",
                  _one_of("it", "en")),
    )
}  # fmt: skip

OF_DOCUMENTS = ("city", "f", "lang")
OF_ITEM = ("city", "crs", "f", "lang")
OF_WRITING = ("city", "crs", "lang")
OF_AREAS = (
    "city", "bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "after", "sortby", "properties",
    "filter", "filter-lang", "filter-crs", "f", "lang",
)  # fmt: skip
OF_KIND = (*OF_AREAS, "status", "q", "confirmed_since")
OF_PLACES = (*OF_AREAS, "kind", "status", "q", "confirmed_since")


def of_items(collection: Collection) -> tuple[str, ...]:
    """The parameters of a collection's features."""
    if collection.of_areas:
        return OF_AREAS
    return OF_KIND if collection.kinds else OF_PLACES
