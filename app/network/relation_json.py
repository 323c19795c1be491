"""The relations and neighbours of a place for programs, as plain JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.cities import City
from app.network.relating import Speaker
from app.network.relations import When, neighbours_of, relations_of
from app.network.told import Stated, stated_of
from app.responses import here


def relations_as_json(db: Connection, city: City, place_id: UUID, when: When, by: Speaker) -> dict[str, Any]:
    """What is told of a place now, as far as the speaker may see it; of another time, what is public."""
    if when == When():
        relations = [told(each, place_id) for each in stated_of(db, (city.id, place_id), by)]
    else:
        relations = [_related(each) for each in relations_of(db, city.id, place_id, when)]
    near = [
        {"place": _end(each.place, each), "metres": round(each.metres, 2)}
        for each in neighbours_of(db, city.id, place_id)
    ]
    links = [{"rel": "self", "type": "application/json", "href": here()}]
    return {"place": str(place_id), "relations": relations, "neighbours": near, "links": links}


def told(relation: Stated, place_id: UUID) -> dict[str, Any]:
    """A relation as one of its places sees it."""
    outward = relation.outward(place_id)
    other = relation.head if outward else relation.tail
    return _said(relation, outward, relation.since, relation.until) | {"place": _end(other.id, other)}


def _related(relation: Any) -> dict[str, Any]:
    valid = relation.valid
    end = {"id": str(relation.place), "kind": relation.place_kind, "status": relation.place_status}
    end |= {"title": relation.place_title, "lon": relation.lon, "lat": relation.lat}
    return _said(relation, relation.outward, valid.lower, valid.upper) | {"place": end}


def _said(relation: Any, outward: bool, since: datetime | None, until: datetime | None) -> dict[str, Any]:
    return {
        "id": str(relation.id),
        "kind": relation.kind,
        "outward": outward,
        "state": relation.state,
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "note": relation.note,
        "recorded_at": relation.recorded_at.isoformat(),
    }


def _end(key: Any, place: Any) -> dict[str, Any]:
    return {"id": str(key)} | {
        name: getattr(place, name) for name in ("kind", "status", "title", "lon", "lat")
    }
