"""How the graph's answers go out: places and edges as one GeoJSON collection, or a page to read."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, render_template
from sqlalchemy import Connection

from app.cities import City
from app.network import phrases
from app.network.asked import Asked
from app.network.edges import Edge
from app.places.neighbours import state_of
from app.responses import BRIEFLY, GEOJSON, finished, here

HTML = "text/html; charset=utf-8"
Said = Mapping[str, Any]


def feature(edge: Edge, **more: object) -> dict[str, Any]:
    """An edge as a GeoJSON feature: a straight line between the pins of its two places."""
    about: dict[str, Any] = {"sort": edge.sort, "tail": str(edge.tail), "head": str(edge.head)}
    about |= {"kind": edge.kind, "metres": edge.metres, **more}
    if edge.id:
        about |= {"id": str(edge.id), "note": edge.note}
    line = {"type": "LineString", "coordinates": [edge.tail_at, edge.head_at]}
    return {"type": "Feature", "geometry": line, "properties": about}


def listed(features: bytes) -> list[dict[str, Any]]:
    """Features, separated by commas, as a list to be read."""
    found: list[dict[str, Any]] = json.loads(b"[" + features + b"]")
    return found


def collection(places: bytes, edges: Iterable[dict[str, Any]], said: Said) -> Response:
    """Places and then edges, and what the answer says of itself."""
    lines = [json.dumps(each, ensure_ascii=False).encode() for each in edges]
    features = b",".join([*filter(None, [places]), *lines])
    links = [{"rel": "self", "type": GEOJSON, "href": here()}]
    number = len(listed(places)) + len(lines)
    tail = json.dumps({**said, "numberReturned": number, "links": links}, ensure_ascii=False).encode()
    body = b"".join((b'{"type":"FeatureCollection","features":[', features, b"],", tail[1:]))
    return finished(body, GEOJSON, BRIEFLY)


def page(name: str, city: City, query: Mapping[str, str], **said: Any) -> Response:
    """The page of a question."""
    made = render_template(
        f"network/{name}.html",
        city=city,
        asked=query,
        place_name=phrases.name_of,
        feature_name=phrases.title,
        **said,
    )
    return finished(made, HTML, BRIEFLY)


def state(db: Connection, asked: Asked) -> dict[str, Any]:
    """Whether the lists of neighbours are right, where the answer needs them: kept, stale or building."""
    if not asked.near:
        return {}
    found = state_of(db, asked.city_id)
    since = found.since.isoformat() if found.since else None
    return {"neighbours": found.state, "neighbours_since": since}
