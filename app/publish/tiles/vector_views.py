"""Vector tiles of a city's places and areas, and what describes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, json
from flask_babel import gettext

from app import params
from app.cities import City
from app.context import query, reading
from app.errors import NotFound
from app.fragility.queries import indicators, layers
from app.fragility.rules import indicator_named, layer_named
from app.identity import allow
from app.pages.words import said
from app.permissions import Permission
from app.places.filters import FILTERS, FURTHER, narrowed, selection_of
from app.publish.tiles import area_tiles, tile_documents, tile_matrix, vector_queries
from app.publish.tiles.tile_documents import MVT
from app.responses import BRIEFLY, finished, here, public_url, with_query
from app.tables.places import KINDS

blueprint = Blueprint("vector", __name__)
FIELDS = {name: "Number" if name == "accuracy_m" else "String" for name in ("id", *vector_queries.ATTRIBUTES)}
Layers = Mapping[str, tile_documents.Fields]
PLACES: Layers = {"places": FIELDS, "clusters": {"count": "Number"} | dict.fromkeys(KINDS, "Number")}
AREAS: Layers = {
    "areas": dict.fromkeys(("layer", "code", "name"), "String")
    | {"approximate": "Boolean", "value": "Number"}
}


@blueprint.get("/<city:city>/tiles/places/<zoom>/<row>/<column>")
@allow(Permission.READ_PUBLIC)
def places(city: City, zoom: str, row: str, column: str) -> Response:
    """A tile of places, or of clusters where they are many; 204 where there are none."""
    asked = query()
    params.known(asked, ("properties", *FILTERS, *FURTHER))
    tile = tile_matrix.tile(zoom, row, column)
    more = params.one_of(asked, "properties", tuple(vector_queries.ATTRIBUTES))
    attributes = tuple(name for name in vector_queries.ATTRIBUTES if name in (more or vector_queries.LEAN))
    with reading() as db:
        selection, _ = selection_of(db, city, asked, None)
        body = vector_queries.places(db, narrowed(selection, city, asked), tile, attributes)
    return made(body)


@blueprint.get("/<city:city>/tiles/areas/<layer>/<zoom>/<row>/<column>")
@allow(Permission.READ_PUBLIC)
def areas(city: City, layer: str, zoom: str, row: str, column: str) -> Response:
    """A tile of a layer's areas, with the values of the indicator that is asked for."""
    asked = query()
    params.known(asked, ("indicator",))
    tile = tile_matrix.tile(zoom, row, column)
    with reading() as db:
        layer_named(layers(db, city.id), layer)
        if wanted := asked.get("indicator", ""):
            indicator_named(indicators(db, city.id), layer, wanted)
        body = area_tiles.areas(db, city.id, layer, wanted, tile)
    return made(body)


@blueprint.get("/<city:city>/tiles")
@allow(Permission.READ_PUBLIC)
def tilesets(city: City) -> Response:
    """The tilesets of a city: its places, and each layer of areas."""
    with reading() as db:
        there = layers(db, city.id)
    titles = {"places": _title()} | {f"areas/{layer.slug}": said(layer.names) for layer in there}
    named = {path: f"{said(city.names)}: {title}" for path, title in titles.items()}
    return _document(tile_documents.tilesets(named, public_url(f"/{city.slug}/tiles")))


@blueprint.get("/<city:city>/tiles/places")
@allow(Permission.READ_PUBLIC)
def places_tileset(city: City) -> Response:
    """The tileset of places."""
    return _document(tile_documents.tileset(city, _title(), here().partition("?")[0], PLACES))


@blueprint.get("/<city:city>/tiles/areas/<layer>")
@allow(Permission.READ_PUBLIC)
def areas_tileset(city: City, layer: str) -> Response:
    """The tileset of a layer of areas."""
    with reading() as db:
        chosen = layer_named(layers(db, city.id), layer)
    return _document(tile_documents.tileset(city, said(chosen.names), here().partition("?")[0], AREAS))


@blueprint.get("/<city:city>/tiles/places/tilejson")
@allow(Permission.READ_PUBLIC)
def places_tilejson(city: City) -> Response:
    """The tileset of places as TileJSON; its tiles keep the filters of the address."""
    asked = query()
    params.known(asked, ("properties", *FILTERS, *FURTHER))
    return _tilejson(city, _title(), "places", PLACES, asked)


@blueprint.get("/<city:city>/tiles/areas/<layer>/tilejson")
@allow(Permission.READ_PUBLIC)
def areas_tilejson(city: City, layer: str) -> Response:
    """The tileset of a layer of areas as TileJSON; its tiles carry the indicator of the address."""
    asked = query()
    params.known(asked, ("indicator",))
    with reading() as db:
        chosen = layer_named(layers(db, city.id), layer)
    return _tilejson(city, said(chosen.names), f"areas/{chosen.slug}", AREAS, asked, chosen.sources)


def _title() -> str:
    return str(gettext("Places"))


def _tilejson(
    city: City, title: str, path: str, fields: Layers, asked: dict[str, str], sources: Sequence[str] = ()
) -> Response:
    template = public_url(f"/{city.slug}/tiles/{path}/{{z}}/{{y}}/{{x}}")
    return _document(tile_documents.tilejson(city, title, with_query(template, asked), fields, sources))


@blueprint.get("/ogc/tileMatrixSets")
@allow(Permission.READ_PUBLIC)
def matrix_sets() -> Response:
    """The tile matrix sets there are: one."""
    link = {"rel": "self", "type": "application/json", "href": f"{here()}/{tile_matrix.NAME}"}
    listed = {"id": tile_matrix.NAME, "uri": tile_matrix.URI, "links": [link]}
    return _document({"tileMatrixSets": [listed]})


@blueprint.get("/ogc/tileMatrixSets/<name>")
@allow(Permission.READ_PUBLIC)
def matrix_set(name: str) -> Response:
    """A tile matrix set."""
    if name != tile_matrix.NAME:
        raise NotFound(
            "There is no tile matrix set “%(name)s” here; there is WebMercatorQuad.", name=name[:60]
        )
    return _document(tile_matrix.definition())


def made(body: bytes) -> Response:
    """A finished tile; an empty one has nothing to say."""
    if not body:
        return Response(status=204, headers={"Cache-Control": BRIEFLY, "Access-Control-Allow-Origin": "*"})
    response = finished(body, MVT, BRIEFLY)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _document(content: dict[str, Any]) -> Response:
    return finished(json.dumps(content, ensure_ascii=False), "application/json")
