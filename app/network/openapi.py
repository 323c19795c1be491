"""The addresses of the graph in OpenAPI 3.0, in the reader's language."""

from typing import Any

from flask_babel import gettext

from app.errors import Sentence
from app.network import openapi_relations
from app.network.asked import MOST_HOPS, OVER
from app.network.rules import MOST_FOUND, MOST_METRES, MOST_MINUTES, MOST_NEIGHBOURS
from app.responses import GEOJSON, public_url
from app.tables.places import KINDS, STATUSES

Document = dict[str, Any]
PROBLEM = "application/problem+json"
_TEXT: Document = {"type": "string"}
_ID: Document = {"type": "string", "format": "uuid"}
_METRES: Document = {"type": "number", "minimum": 0, "maximum": MOST_METRES}


def _whole(low: int, high: int, default: int | None = None) -> Document:
    given = {} if default is None else {"default": default}
    return {"type": "integer", "minimum": low, "maximum": high, **given}


def _list_of(*words: str) -> Document:
    return {"type": "array", "items": {"type": "string", "enum": list(words)}}


PARAMETERS: dict[str, tuple[Sentence, Document]] = {
    "from": (Sentence("The place where the way begins: its identifier."), _ID),
    "to": (Sentence("The place where the way ends: its identifier."), _ID),
    "place": (Sentence("The place in question: its identifier."), _ID),
    "hops": (Sentence("How many steps away at the most."), _whole(1, MOST_HOPS)),
    "over": (
        Sentence("Which edges count: relations that people state, neighbours by distance, or both."),
        {"type": "string", "enum": list(OVER)},
    ),
    "at": (
        Sentence("Relations that are true on this day (in UTC) or at this moment; without it, now."),
        _TEXT,
    ),
    "as_of": (Sentence("Relations as they were known at this moment; without it, now."), _TEXT),
    "metres": (Sentence("How far at the most, in metres as the crow flies."), _METRES),
    "limit": (Sentence("How many are told of at the most."), _whole(1, MOST_FOUND)),
    "k": (Sentence("How many of the nearest; not together with metres."), _whole(1, MOST_NEIGHBOURS)),
    "lon": (Sentence("From where: its longitude in degrees (WGS 84)."), {"type": "number"}),
    "lat": (Sentence("From where: its latitude in degrees (WGS 84)."), {"type": "number"}),
    "shape": (Sentence("From where: a point, a line or a polygon as well-known text."), _TEXT),
    "walk-from": (
        Sentence("From where: a place, or longitude and latitude with a comma between them."),
        _TEXT,
    ),
    "walk-to": (
        Sentence("To where: a place, or longitude and latitude; without it, the nearest places."),
        _TEXT,
    ),
    "minutes": (Sentence("How far at the most, in minutes on foot."), _whole(1, MOST_MINUTES)),
    "bbox": (
        Sentence("Only places that touch this box: west, south, east, north."),
        {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4},
    ),
    "kind": (Sentence("Only places of these kinds."), _list_of(*KINDS)),
    "status": (Sentence("Only places of these statuses."), _list_of(*STATUSES)),
    "q": (Sentence("Only places in which these words stand."), _TEXT),
    "after": (Sentence("Where the page begins, as the next link of the page before writes it."), _TEXT),
    "lang": (Sentence("The language of the answer's texts."), {"type": "string", "enum": ["it", "en"]}),
}
_WHEN = ("over", "at", "as_of", "lang")
_PLACES = ("kind", "status", "q", "lang")
_ALWAYS = ("from", "to", "place", "walk-from")
NEEDED = {"way": ("from", "to"), "ego": ("place",), "helpers": ("place",)}
OPERATIONS: dict[str, tuple[Sentence, str, tuple[str, ...]]] = {
    "near": (
        Sentence("What is near a point, a place or a shape, nearest first."),
        GEOJSON,
        ("lon", "lat", "place", "shape", "k", "metres", "limit", *_PLACES),
    ),
    "gaps": (
        Sentence("Places that have no neighbourhood house so near, with the nearest one."),
        GEOJSON,
        ("metres", "minutes", "limit", "after", *_PLACES),
    ),
    "reach": (
        Sentence("What is reached on foot within some minutes: the ground, and places."),
        GEOJSON,
        ("lon", "lat", "place", "minutes", "limit", *_PLACES),
    ),
    "walk": (
        Sentence("The walk between two points or places, or the nearest places on foot."),
        GEOJSON,
        ("walk-from-needed", "walk-to", "k", *_PLACES),
    ),
    "way": (Sentence("The shortest way between two places, by metres."), GEOJSON, ("from", "to", *_WHEN)),
    "ego": (Sentence("A place and those a few steps away."), GEOJSON, ("place", "hops", *_WHEN)),
    "helpers": (
        Sentence("Houses and projects that could help with a site, ranked, each with its reasons."),
        GEOJSON,
        ("place", "hops", "metres", "limit", "lang"),
    ),
    "islands": (Sentence("The parts of the network that hang together."), GEOJSON, ("limit", *_WHEN)),
    "bridges": (
        Sentence("Edges and places without which a part of the network falls apart."),
        GEOJSON,
        ("limit", *_WHEN),
    ),
    "network.graphml": (
        Sentence("The network as GraphML."), "application/graphml+xml", ("bbox", *_WHEN),
    ),
    "network.gexf": (Sentence("The network as GEXF 1.2."), "application/gexf+xml", ("bbox", *_WHEN)),
    "network.json": (
        Sentence("The network as node-link JSON."), "application/json", ("bbox", *_WHEN),
    ),
    "network.csv": (
        Sentence("Every edge as a row, however many there are."), "text/csv", _WHEN,
    ),
}  # fmt: skip


def description(city: str) -> Document:
    """The description of the addresses under /<city>/graph/, and of those of relations."""
    refused = {
        "Refused": gettext("The request breaks a rule; the problem says which."),
        "NotFound": gettext("There is no such thing, or it is not public."),
        "Unavailable": gettext("The database cannot be reached, or took too long."),
    }
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"Cortile: {gettext('the spatial graph')} ({city})",
            "description": gettext(
                "Questions over the graph of a city: places as nodes; relations that people state and the six"
                " nearest neighbours of each place as edges. Metres are geodesic, on WGS 84."
            ),
            "version": "1.0.0",
        },
        "servers": [{"url": public_url(f"/{city}")}],
        "paths": {f"/graph/{name}": {"get": _operation(name)} for name in OPERATIONS}
        | openapi_relations.paths(),
        "components": {
            "securitySchemes": openapi_relations.SCHEMES,
            "parameters": {name: _parameter(name) for name in PARAMETERS}
            | {f"{name}-needed": _parameter(name) | {"required": True} for name in _ALWAYS},
            "responses": {
                name: {"description": said, "content": {PROBLEM: {"schema": {"type": "object"}}}}
                for name, said in refused.items()
            },
        },
    }


def _parameter(name: str) -> Document:
    sentence, schema = PARAMETERS[name]
    said = {
        "name": name.removeprefix("walk-"),
        "in": "query",
        "description": gettext(sentence),
        "schema": schema,
    }
    return said | ({"style": "form", "explode": False} if schema.get("type") == "array" else {})


def _operation(name: str) -> Document:
    sentence, media_type, names = OPERATIONS[name]
    summary, needed = gettext(sentence), NEEDED.get(name, ())
    referred = [f"{each}-needed" if each in needed else each for each in names]
    answers = {"400": "Refused", "404": "NotFound", "503": "Unavailable"}
    schema = {"type": "object"} if media_type.endswith("json") else {"type": "string"}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in referred],
        "responses": {
            "200": {"description": summary, "content": {media_type: {"schema": schema}}},
            **{status: {"$ref": f"#/components/responses/{what}"} for status, what in answers.items()},
        },
    }
