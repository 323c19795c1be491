"""The read API under /ogc/: the landing page, the collections and their items."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, json, request

from app import params
from app.cities import City
from app.context import cities, city_named, language, query, reading
from app.errors import BadParameter, NotFound
from app.fragility import queries as area_queries
from app.identity import allow
from app.permissions import Permission
from app.places import queries as place_queries
from app.places.filters import FILTERS, selection_of
from app.publish.ogc import documents
from app.responses import BRIEFLY, GEOJSON, finished, here, public_url, with_query

blueprint = Blueprint("ogc", __name__, url_prefix="/ogc")
ITEM_PARAMETERS = ("city", "bbox", "limit", "after", "f", "lang")
PLACE_PARAMETERS = (*ITEM_PARAMETERS, *FILTERS)


@blueprint.get("/")
@allow(Permission.READ_PUBLIC)
def landing() -> Response:
    """What this API is and where its parts are."""
    params.known(request.args, ("f", "lang"))
    return _document(documents.landing(language()))


@blueprint.get("/conformance")
@allow(Permission.READ_PUBLIC)
def conformance() -> Response:
    """The classes of the standard that the API keeps to."""
    return _document(documents.conformance())


@blueprint.get("/collections")
@allow(Permission.READ_PUBLIC)
def collections() -> Response:
    """The collections there are."""
    return _document(documents.collections(cities(), language()))


@blueprint.get("/collections/<name>")
@allow(Permission.READ_PUBLIC)
def collection(name: str) -> Response:
    """One collection."""
    return _document(documents.collection(_collection(name), cities(), language()))


@blueprint.get("/collections/places/items")
@allow(Permission.READ_PUBLIC)
def places() -> Response:
    """A page of places as GeoJSON, in an order that is spatial and stable."""
    asked = query()
    params.known(asked, PLACE_PARAMETERS)
    city, limit = _city(), params.limit(asked)
    bbox, after = params.bbox(asked), params.cursor(asked)
    with reading() as db:
        selection, _ = selection_of(db, city, asked, bbox)
        page = place_queries.features(db, replace(selection, after=after), limit)
    return _features(page.features, page.count, str(page.after) if page.after else None)


@blueprint.get("/collections/areas/items")
@allow(Permission.READ_PUBLIC)
def areas() -> Response:
    """A page of areas as GeoJSON, in the order of layer and code."""
    params.known(request.args, ITEM_PARAMETERS)
    city, limit = _city(), params.limit(request.args)
    bbox, after = params.bbox(request.args), params.area_cursor(request.args)
    with reading() as db:
        page = area_queries.features(db, city.id, bbox, after, limit)
    return _features(page.features, page.count, page.after)


@blueprint.get("/collections/places/items/<uuid:place_id>")
@allow(Permission.READ_PUBLIC)
def place(place_id: UUID) -> Response:
    """One place as a GeoJSON feature."""
    params.known(request.args, ("city", "f", "lang"))
    city = _city()
    with reading() as db:
        feature = place_queries.feature(db, city.id, place_id)
    if feature is None:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    return finished(feature, GEOJSON, BRIEFLY)


def _features(features: bytes, count: int, after: str | None) -> Response:
    """The collection around features that the database made: nothing of them is read again."""
    links = [documents.link("self", GEOJSON, here())]
    if after:
        following = with_query(public_url(request.path), {**request.args, "after": after})
        links.append(documents.link("next", GEOJSON, following))
    tail = json.dumps({"numberReturned": count, "links": links}, ensure_ascii=False).encode()
    body = b"".join((b'{"type":"FeatureCollection","features":[', features, b"],", tail[1:]))
    return finished(body, GEOJSON, BRIEFLY)


def _document(content: dict[str, Any]) -> Response:
    return finished(json.dumps(content, ensure_ascii=False), "application/json")


def _collection(name: str) -> str:
    if name not in documents.COLLECTIONS:
        raise NotFound(
            "There is no collection “%(collection)s” here; the collections are: %(there)s.",
            collection=name[:60],
            there=", ".join(documents.COLLECTIONS),
        )
    return name


def _city() -> City:
    """The city that the address names; where the server holds one only, it need not be named."""
    slug, there = request.args.get("city"), cities()
    if slug:
        return city_named(slug)
    if not there:
        raise NotFound("There is no city here yet.")
    if len(there) > 1:
        raise BadParameter(
            "city",
            "this server holds several cities; say which of %(there)s.",
            there=", ".join(city.slug for city in there),
        )
    return there[0]
