"""Questions about walking under /<city>/graph/, as GeoJSON or as a page to read."""

from typing import Any
from uuid import UUID

import shapely
from flask import Blueprint, Response, json, render_template
from shapely.geometry.base import BaseGeometry

from app import params
from app.cities import City
from app.context import query, reading
from app.identity import allow
from app.network import rules, sheds, walking
from app.network.ground import Standing
from app.network.naming import which
from app.network.rules import KM_AN_HOUR, METRES_A_MINUTE, Origin
from app.network.streets import SNAP_M
from app.network.views import FILTERS, HTML, collection, listed, named, origin_at, origin_of
from app.network.walking import Basis, Found, told
from app.permissions import Permission
from app.places.filters import selection_of
from app.problems import wants_page
from app.responses import BRIEFLY, GEOJSON, finished, here

blueprint = Blueprint("walking", __name__, url_prefix="/<city:city>/graph")
FROM = ("lon", "lat", "place")


@blueprint.get("/walk")
@allow(Permission.READ_PUBLIC)
def walk(city: City) -> Response:
    """The walk from one point or place to another, or the `k` places that are nearest on foot."""
    asked = query()
    one_way = "to" in asked
    params.known(asked, ("from", "to", "lang", "f") if one_way else ("from", "k", *FILTERS))
    if wants_page() and "from" not in asked:
        return _page("walk", city, asked, None, features=[])
    if question := which(city, asked, "from", "to"):
        return question
    with reading() as db:
        begin = _end(db, city, asked, "from")
        if one_way:
            found = walking.walk(db, city.id, begin, _end(db, city, asked, "to"))
        else:
            k = rules.neighbours(asked)
            selection, _ = selection_of(db, city, asked, None)
            near = walking.nearest(db, selection, walking.start(db, city.id, begin), k)
        ends = _named(db, city, asked) if wants_page() else {}
    if one_way:
        return _walk(city, asked, found, ends)
    if wants_page():
        return _page("walk", city, asked, near.basis, features=listed(near.features), ends=ends)
    return _collection(near.basis, near, None)


@blueprint.get("/reach")
@allow(Permission.READ_PUBLIC)
def reach(city: City) -> Response:
    """What somebody reaches on foot from a point or a place within some minutes: the ground, and places."""
    asked = query()
    params.known(asked, (*FROM, "minutes", "limit", *FILTERS))
    minutes = rules.minutes(asked)
    limit = params.whole(asked, "limit", 100, 1, rules.MOST_FOUND)
    asked = {**asked, "minutes": str(minutes)}
    if wants_page() and not any(name in asked for name in FROM):
        return _page("reach", city, asked, None, features=[])
    if question := which(city, asked, "place"):
        return question
    metres = minutes * METRES_A_MINUTE
    with reading() as db:
        origin = origin_of(db, city, asked)
        selection, _ = selection_of(db, city, asked, None)
        begin = walking.start(db, city.id, origin)
        found = walking.reached(db, selection, begin, metres, limit)
        here = named(db, city, origin) if wants_page() else None
        ground = None if wants_page() else sheds.shed(db, city.id, city.metric_srid, begin, metres)
    if wants_page():
        kinds = sorted(found.kinds.items(), key=lambda each: (-each[1], each[0]))
        said = {"features": listed(found.features), "kinds": kinds, "origin": here}
        return _page("reach", city, asked, found.basis, **said)
    about = {"minutes": minutes, "metres": metres}
    shed = _feature(ground, about | told(found.basis))
    return _collection(found.basis, found, json.dumps(shed, ensure_ascii=False).encode())


def _end(db: Any, city: City, asked: dict[str, str], name: str) -> Origin:
    end = rules.end(asked, name, city)
    return origin_at(db, city, end) if isinstance(end, UUID) else end


def _named(db: Any, city: City, asked: dict[str, str]) -> dict[str, Standing | None]:
    """The places among the two ends, by name."""
    ends = {name: _end(db, city, asked, name) for name in ("from", "to") if name in asked}
    return {name: named(db, city, end) for name, end in ends.items()}


def _walk(city: City, asked: dict[str, str], found: walking.Walk, ends: dict[str, Any]) -> Response:
    if wants_page():
        return _page("walk", city, asked, found.basis, features=[], walk=found, ends=ends)
    about = {
        "metres": None if found.metres is None else round(found.metres, 1),
        "minutes": None if found.metres is None else rules.walked_minutes(found.metres),
    }
    feature = _feature(found.line, about | told(found.basis))
    links = [{"rel": "self", "type": GEOJSON, "href": here()}]
    return finished(json.dumps({**feature, "links": links}, ensure_ascii=False), GEOJSON, BRIEFLY)


def _feature(shape: BaseGeometry | None, about: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature; coordinates to about a centimetre."""
    drawn = None
    if shape is not None and not shape.is_empty:
        drawn = json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-7, mode="pointwise")))
    return {"type": "Feature", "geometry": drawn, "properties": about}


def _collection(basis: Basis, found: Found, first: bytes | None) -> Response:
    """Places after the ground that is reached, where there is one, and what the answer rests on."""
    features = b",".join(part for part in (first, found.features) if part)
    kinds = {} if first is None else {"kinds": found.kinds}
    return collection(features, found.count, None, **told(basis), **kinds)


def _page(name: str, city: City, asked: dict[str, str], basis: Basis | None, **more: Any) -> Response:
    page = render_template(
        f"network/{name}.html",
        city=city,
        asked=asked,
        basis=basis,
        km_an_hour=KM_AN_HOUR,
        snap_m=SNAP_M,
        walked_minutes=rules.walked_minutes,
        **more,
    )
    return finished(page, HTML, BRIEFLY)
