"""The connections of a view of the map: its edges as GeoJSON, or as a list to read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, json, render_template

from app import params
from app.cities import City
from app.context import query, reading
from app.errors import BadParameter
from app.identity import allow
from app.network.in_view import MOST_EDGES, SORTS, Edges, edges_of
from app.params import Bbox
from app.permissions import Permission
from app.places.filters import FILTERS, selection_of
from app.problems import wants_page
from app.responses import BRIEFLY, GEOJSON, as_json, finished, here

blueprint = Blueprint("in_view", __name__, url_prefix="/<city:city>/graph")
HTML = "text/html; charset=utf-8"


@blueprint.get("/edges")
@allow(Permission.READ_PUBLIC)
def edges(city: City) -> Response:
    """The relations and the neighbours of the places in a box, `over` both or one of them, each once."""
    asked = query()
    params.known(asked, ("bbox", "over", "limit", "lang", "f", *FILTERS))
    limit = params.whole(asked, "limit", MOST_EDGES, 1, MOST_EDGES)
    sorts = over(asked)
    with reading() as db:
        selection, _ = selection_of(db, city, asked, _box(city, asked))
        found = edges_of(db, selection, sorts, datetime.now(UTC), limit)
    if wants_page():
        return finished(render_template("network/edges.html", city=city, **listed(found)), HTML, BRIEFLY)
    return _collection(found)


def over(asked: Mapping[str, str]) -> tuple[str, ...]:
    """Read `over`, which edges are meant: relations, neighbours, or both, as without it."""
    (chosen,) = params.one_of(asked, "over", ("both", *SORTS))[:1] or ("both",)
    return SORTS if chosen == "both" else (chosen,)


def _box(city: City, asked: Mapping[str, str]) -> Bbox:
    box = params.bbox(asked)
    if box is None and not wants_page():
        raise BadParameter("bbox", "is needed: say for which view, as west,south,east,north.")
    return box or Bbox(*city.home)


def _collection(found: Edges) -> Response:
    about = {
        "numberReturned": found.places + found.relations + found.neighbours,
        "relations": found.relations,
        "neighbours": found.neighbours,
        "truncated": found.truncated,
        "links": [{"rel": "self", "type": GEOJSON, "href": here()}],
    }
    body = b"".join((b'{"type":"FeatureCollection","features":[', found.features, b"],", as_json(about)[1:]))
    return finished(body, GEOJSON, BRIEFLY)


def listed(found: Edges) -> dict[str, Any]:
    """What the page says: the edges of each sort, nearest first, with the places at their ends."""
    features = json.loads(b"[" + found.features + b"]")
    edges = [each["properties"] for each in features if "sort" in each["properties"]]
    edges.sort(key=lambda edge: edge["metres"])
    return {
        "places": {each["id"]: each["properties"] for each in features if "sort" not in each["properties"]},
        "relations": [edge for edge in edges if edge["sort"] == "relation"],
        "neighbours": [edge for edge in edges if edge["sort"] == "neighbour"],
        "truncated": found.truncated,
    }
