"""Questions of the spatial graph under /<city>/graph/, as GeoJSON or as a page to read."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, json, render_template

from app import params
from app.cities import City
from app.context import query, reading
from app.errors import BadParameter, NotFound
from app.identity import allow
from app.network import queries, rules
from app.network.asked import place
from app.network.ground import Standing, standing
from app.network.naming import which
from app.network.rules import Origin
from app.permissions import Permission
from app.places.filters import selection_of
from app.problems import wants_page
from app.responses import BRIEFLY, GEOJSON, finished, here, public_url

blueprint = Blueprint("graph", __name__, url_prefix="/<city:city>/graph")
HTML = "text/html; charset=utf-8"
FROM = ("lon", "lat", "place", "shape")
FILTERS = ("kind", "status", "q", "lang", "f")


@blueprint.get("/near")
@allow(Permission.READ_PUBLIC)
def near(city: City) -> Response:
    """What is near a point, a place or a shape: the `k` nearest, or all within so many `metres`."""
    asked = query()
    params.known(asked, (*FROM, "k", "metres", "limit", *FILTERS))
    metres = rules.metres(asked)
    if metres is not None and "k" in asked:
        raise BadParameter("k", "and metres cannot both be given: ask for the nearest, or for a distance.")
    if wants_page() and not any(name in asked for name in FROM):
        return page("near", city, asked, [], None)
    if question := which(city, asked, "place"):
        return question
    with reading() as db:
        origin = origin_of(db, city, asked)
        selection, _ = selection_of(db, city, asked, None)
        if metres is None:
            found = queries.nearest(db, selection, origin, rules.neighbours(asked))
        else:
            limit = params.whole(asked, "limit", 100, 1, rules.MOST_FOUND)
            found = queries.within(db, selection, origin, metres, limit)
        here = named(db, city, origin) if wants_page() else None
    if wants_page():
        more = found.more and metres is not None
        return page("near", city, asked, listed(found.features), None, more=more, origin=here)
    return collection(found.features, found.count, None)


def origin_of(db: Any, city: City, asked: dict[str, str]) -> Origin:
    """The place, the point or the shape that `asked` names; raises BadParameter and NotFound."""
    if "place" not in asked:
        return rules.origin(asked, city)
    return origin_at(db, city, place(asked))


def origin_at(db: Any, city: City, place_id: UUID) -> Origin:
    """Where a place is, as the public knows it; raises NotFound."""
    shape = queries.shape_of(db, city.id, place_id)
    if shape is None:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    return Origin(shape, place_id)


def named(db: Any, city: City, origin: Origin) -> Standing | None:
    """The place from which distances are measured, by name; None where it is a point or a shape."""
    return standing(db, city.id, (origin.place,))[origin.place] if origin.place else None


def listed(body: bytes) -> list[dict[str, Any]]:
    """Features that are separated by commas as a list."""
    features: list[dict[str, Any]] = json.loads(b"[" + body + b"]")
    return features


def collection(features: bytes, count: int, following: str | None, **told: Any) -> Response:
    """Features as a collection with its links, and what is `told` of it besides."""
    links = [{"rel": "self", "type": GEOJSON, "href": here()}]
    if following:
        links.append({"rel": "next", "type": GEOJSON, "href": public_url(following)})
    tail = json.dumps({**told, "numberReturned": count, "links": links}, ensure_ascii=False).encode()
    body = b"".join((b'{"type":"FeatureCollection","features":[', features, b"],", tail[1:]))
    return finished(body, GEOJSON, BRIEFLY)


def page(
    name: str,
    city: City,
    asked: dict[str, str],
    features: list[dict[str, Any]],
    following: str | None,
    **more: Any,
) -> Response:
    """The page of a question of the spatial graph."""
    drawn = render_template(
        f"network/{name}.html", city=city, asked=asked, features=features, following=following, **more
    )
    return finished(drawn, HTML, BRIEFLY)
