"""What the API says of itself: landing page, conformance, collections, their properties, its description."""

from typing import Any

from flask import Response, json

from app.cities import City
from app.context import cities, language, reading
from app.identity import allow
from app.permissions import Permission
from app.publish.data.formats import FORMATS, Format
from app.publish.ogc import asked, documents, openapi, parameters
from app.publish.ogc.asked import JSON, blueprint
from app.publish.ogc.collections import Collection, collection, collections
from app.publish.ogc.documents import OPENAPI, SCHEMA
from app.publish.ogc.pages import page
from app.responses import finished, with_query


@blueprint.get("/")
@allow(Permission.READ_PUBLIC)
def landing() -> Response:
    """What this API is and where its parts are."""
    said = _said(documents.landing(language()))
    return said or page("landing", wanted=_there(), cities=cities())


@blueprint.get("/conformance")
@allow(Permission.READ_PUBLIC)
def conformance() -> Response:
    """The classes of the standards that the API keeps to."""
    return _said(documents.conformance()) or page("conformance", classes=documents.CONFORMS_TO)


@blueprint.get("/collections")
@allow(Permission.READ_PUBLIC)
def all_collections() -> Response:
    """The collections there are."""
    there = _there()
    return _said(documents.collections(there, _cities(), language())) or page("collections", wanted=there)


@blueprint.get("/collections/<name>")
@allow(Permission.READ_PUBLIC)
def one_collection(name: str) -> Response:
    """One collection."""
    wanted = _wanted(name)
    document = documents.collection(wanted, _cities(), language())
    there = {"document": document, "fields": _fields(wanted), "downloads": _downloads(wanted)}
    return _said(document) or page("collection", wanted=wanted, **there)


@blueprint.get("/collections/<name>/queryables")
@allow(Permission.READ_PUBLIC)
def queryables(name: str) -> Response:
    """What a filter may ask of a collection."""
    return _properties(name, "queryables")


@blueprint.get("/collections/<name>/sortables")
@allow(Permission.READ_PUBLIC)
def sortables(name: str) -> Response:
    """What a collection may be sorted by."""
    return _properties(name, "sortables")


@blueprint.get("/collections/<name>/schema")
@allow(Permission.READ_PUBLIC)
def schema(name: str) -> Response:
    """What the features of a collection carry."""
    return _properties(name, "schema")


@blueprint.get("/functions")
@allow(Permission.READ_PUBLIC)
def functions() -> Response:
    """The functions that a filter may use."""
    document = documents.functions(language())
    return _said(document) or page("functions", functions=document["functions"])


@blueprint.get("/api")
@allow(Permission.READ_PUBLIC)
def api() -> Response:
    """The API's description, as OpenAPI 3.0 or as a page."""
    document = openapi.description(_there(), language())
    return _said(document, OPENAPI) or page("api", api=document)


def _properties(name: str, what: str) -> Response:
    wanted = _wanted(name)
    document = documents.described(wanted, what, language())
    return _said(document, SCHEMA) or page("properties", wanted=wanted, what=what, document=document)


def _fields(wanted: Collection) -> dict[str, Any]:
    fields: dict[str, Any] = documents.described(wanted, "schema", language())["properties"]
    return fields


def _downloads(wanted: Collection) -> list[tuple[Format, str]]:
    """Where the whole collection is downloaded, in each format; nowhere where the layers are mixed."""
    city, name = asked.city_or_none(), "places" if not wanted.of_areas else wanted.layer
    if city is None or name is None:
        return []
    kinds = {"kind": ",".join(wanted.kinds)} if wanted.kinds else {}
    path = f"/{city.slug}/data/{name}"
    return [(form, with_query(f"{path}.{form.ending}", kinds)) for form in FORMATS.values()]


def _said(document: dict[str, Any], media_type: str = JSON) -> Response | None:
    """The document, or None where the caller reads pages."""
    asked.known(parameters.OF_DOCUMENTS)
    if asked.wants_html():
        return None
    return finished(json.dumps(document, ensure_ascii=False), media_type)


def _there() -> list[Collection]:
    city = asked.city_or_none()
    with reading() as db:
        return collections(db, city)


def _wanted(name: str) -> Collection:
    city = asked.city_or_none()
    with reading() as db:
        return collection(db, city, name)


def _cities() -> tuple[City, ...]:
    """The city that was asked for, or all of them."""
    city = asked.city_or_none()
    return (city,) if city else cities()
