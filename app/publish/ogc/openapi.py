"""The description of the API in OpenAPI 3.0, made of the tables that the addresses themselves go by."""

from collections.abc import Sequence
from typing import Any

from app.publish.ogc import italian, openapi_writing, parameters
from app.publish.ogc.asked import HTML, JSON, root
from app.publish.ogc.collections import Collection
from app.publish.ogc.documents import OPENAPI, SCHEMA, TEXTS
from app.responses import GEOJSON, public_url

Document = dict[str, Any]
PROBLEM = "application/problem+json"
_FEATURES = {"en": ("features", "one feature"), "it": ("elementi", "un elemento")}


def description(wanted: Sequence[Collection], language: str) -> Document:
    """The whole description, with an address for each collection."""
    title, said = TEXTS[language]
    paths = {
        "/": _document("landing", "The landing page: what there is and where."),
        "/conformance": _document("conformance", "The classes of the standards that the API keeps to."),
        "/functions": _document("functions", "The functions that a filter may use."),
        "/api": _document("api", "This description.", OPENAPI),
        "/collections": _document("collections", "The collections there are."),
    }
    if language == "it":
        for operation in paths.values():
            operation["get"]["summary"] = italian.SUMMARIES[operation["get"]["operationId"]]
    for each in wanted:
        paths |= _of_collection(each, language)
    paths["/contributions/{contributionId}"] = openapi_writing.of_contribution(language)
    headers, answers, schemas = openapi_writing.components(language)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "description": said, "version": "1.0.0"},
        "servers": [{"url": public_url(root())}],
        "tags": [{"name": "api"}, *({"name": each.id} for each in wanted)],
        "paths": paths,
        "components": {
            "parameters": {each.name: each.described(language) for each in parameters.PARAMETERS.values()}
            | headers,
            "schemas": schemas,
            "securitySchemes": openapi_writing.SCHEMES,
            "responses": {
                "Refused": _answer("The request breaks a rule; the problem says which.", PROBLEM),
                "NotFound": _answer("There is no such thing, or it is not public.", PROBLEM),
                "Unavailable": _answer("The database cannot be reached, or took too long.", PROBLEM),
                **answers,
            },
        },
    }


def _of_collection(each: Collection, language: str) -> Document:
    path, title = f"/collections/{each.id}", each.titles[language]
    of_features, of_one = _FEATURES[language]
    described = {
        path: _document(f"{each.id}.collection", title, tag=each.id),
        f"{path}/items": _operation(
            f"{each.id}.items", f"{title}: {of_features}", (GEOJSON, each.id), parameters.of_items(each)
        ),
        f"{path}/items/{{featureId}}": _operation(
            f"{each.id}.item", f"{title}: {of_one}", (GEOJSON, each.id), parameters.OF_ITEM
        ),
    }
    identifier = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "description": "The identifier that the feature has in its collection.",
        "schema": {"type": "string"},
    }
    described[f"{path}/items/{{featureId}}"]["parameters"] = [identifier]
    if not each.of_areas:
        described[f"{path}/items"] |= openapi_writing.of_items(each, language)
        described[f"{path}/items/{{featureId}}"] |= openapi_writing.of_item(each, language)
    for what in ("queryables", "sortables", "schema"):
        described[f"{path}/{what}"] = _document(f"{each.id}.{what}", f"{title}: {what}", SCHEMA, each.id)
    return described


def _document(name: str, summary: str, media_type: str = JSON, tag: str = "api") -> Document:
    return _operation(name, summary, (media_type, tag), parameters.OF_DOCUMENTS)


def _operation(name: str, summary: str, kind: tuple[str, str], names: Sequence[str]) -> Document:
    media_type, tag = kind
    answers = {"400": "Refused", "404": "NotFound", "503": "Unavailable"}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [tag],
            "parameters": [{"$ref": f"#/components/parameters/{each}"} for each in names],
            "responses": {
                "200": _answer(summary, media_type, HTML.partition(";")[0]),
                **{status: {"$ref": f"#/components/responses/{what}"} for status, what in answers.items()},
            },
        }
    }


def _answer(summary: str, *media_types: str) -> Document:
    schemas: dict[str, Document] = {"text/html": {"type": "string"}}
    content = {each: {"schema": schemas.get(each, {"type": "object"})} for each in media_types}
    return {"description": summary, "content": content}
