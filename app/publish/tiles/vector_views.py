"""Vector tiles of a city's places, and what describes them."""

from typing import Any

from flask import Blueprint, Response, json

from app import params
from app.cities import City
from app.context import query, reading
from app.errors import NotFound
from app.identity import allow
from app.permissions import Permission
from app.places.filters import FILTERS, selection_of
from app.publish.tiles import tile_documents, tile_matrix, vector_queries
from app.publish.tiles.tile_documents import MVT
from app.responses import BRIEFLY, finished, here, public_url, with_query
from app.tables.places import KINDS

blueprint = Blueprint("vector", __name__)
FIELDS = {name: "Number" if name == "accuracy_m" else "String" for name in ("id", *vector_queries.ATTRIBUTES)}
LAYERS = {"places": FIELDS, "clusters": {"count": "Number"} | dict.fromkeys(KINDS, "Number")}
TITLE = "Places"


@blueprint.get("/<city:city>/tiles/places/<zoom>/<row>/<column>")
@allow(Permission.READ_PUBLIC)
def places(city: City, zoom: str, row: str, column: str) -> Response:
    """A tile of places, or of clusters where they are many; 204 where there are none."""
    asked = query()
    params.known(asked, ("properties", *FILTERS))
    tile = tile_matrix.tile(zoom, row, column)
    more = params.one_of(asked, "properties", tuple(vector_queries.ATTRIBUTES))
    attributes = tuple(name for name in vector_queries.ATTRIBUTES if name in (more or vector_queries.LEAN))
    with reading() as db:
        selection, _ = selection_of(db, city, asked, None)
        body = vector_queries.places(db, selection, tile, attributes)
    return made(body)


@blueprint.get("/<city:city>/tiles")
@allow(Permission.READ_PUBLIC)
def tilesets(city: City) -> Response:
    """The tilesets of a city."""
    return _document(tile_documents.tilesets(city, {"places": TITLE}, public_url(f"/{city.slug}/tiles")))


@blueprint.get("/<city:city>/tiles/places")
@allow(Permission.READ_PUBLIC)
def tileset(city: City) -> Response:
    """The tileset of places."""
    return _document(tile_documents.tileset(city, TITLE, here().partition("?")[0], LAYERS))


@blueprint.get("/<city:city>/tiles/places/tilejson")
@allow(Permission.READ_PUBLIC)
def tilejson(city: City) -> Response:
    """The tileset of places as TileJSON; its tiles keep the filters of the address."""
    asked = query()
    params.known(asked, ("properties", *FILTERS))
    template = public_url(f"/{city.slug}/tiles/places/{{z}}/{{y}}/{{x}}")
    return _document(tile_documents.tilejson(city, TITLE, with_query(template, asked), LAYERS, ()))


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
