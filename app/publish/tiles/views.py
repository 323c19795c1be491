"""The pins of a view, for the map."""

from typing import Any

from flask import Blueprint, Response, json, url_for

from app import params
from app.cities import City
from app.context import language, query, reading
from app.errors import BadParameter
from app.identity import allow
from app.permissions import Permission
from app.places.filters import FILTERS, FURTHER, narrowed, selection_of
from app.places.queries import ListedPlace
from app.places.texts import title_of
from app.publish.tiles import service
from app.publish.tiles.rules import Cluster
from app.responses import BRIEFLY, GEOJSON, finished
from app.tables.places import KINDS

blueprint = Blueprint("tiles", __name__)


@blueprint.get("/<city:city>/pins")
@allow(Permission.READ_PUBLIC)
def pins(city: City) -> Response:
    """The places and clusters of a view (`bbox`, `zoom`) under the page's filters, as GeoJSON."""
    asked = query()
    params.known(asked, ("bbox", "zoom", "lang", *FILTERS, *FURTHER))
    box = params.bbox(asked)
    if box is None:
        raise BadParameter("bbox", "is needed: the view as west,south,east,north.")
    zoom = params.whole(asked, "zoom", 12, 0, params.MAX_ZOOM)
    with reading() as db:
        selection, _ = selection_of(db, city, asked, box)
        view = service.pins(db, narrowed(selection, city, asked), zoom)
    features = [_pin(city, place) for place in view.singles] + [_cluster(c) for c in view.clusters]
    body = {"type": "FeatureCollection", "total": view.total, "features": features}
    return finished(json.dumps(body, ensure_ascii=False), GEOJSON, BRIEFLY)


def _pin(city: City, place: ListedPlace) -> dict[str, Any]:
    title, title_language = title_of(place, language())
    properties = {
        "kind": place.kind,
        "status": place.status,
        "title": title,
        "language": title_language,
        "url": url_for("map.place", city=city, place_id=place.id),
    }
    return _feature(place.lon, place.lat, properties, id=str(place.id))


def _cluster(cluster: Cluster) -> dict[str, Any]:
    shares = {kind: count for kind, count in zip(KINDS, cluster.kinds, strict=True) if count}
    return _feature(cluster.lon, cluster.lat, {"count": cluster.places, "kinds": shares})


def _feature(lon: float, lat: float, properties: dict[str, Any], **extra: str) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", **extra, "geometry": point, "properties": properties}
