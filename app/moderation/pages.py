"""What the page of one thing shows: its place on a map, who wrote it, what is near, what was decided."""

import json
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection

from app.errors import NotFound
from app.moderation import about, queries
from app.moderation.about import Subject
from app.moderation.differences import differences, moved
from app.moderation.rules import Thing, choices
from app.photos.queries import photo
from app.places import versions
from app.visitors import queries as visitor_queries

Shown = dict[str, Any]


def of(db: Connection, city_id: int, one: Thing, exact: bool) -> Shown:
    """Everything about one thing; with `exact`, positions as they truly are. Raises NotFound."""
    shown = {"place": _place, "change": _change}.get(one.sort, _request)(db, city_id, one, exact)
    place = shown["subject"]
    shown["near"] = about.near(db, (city_id, place.id)) if place else []
    shown["decisions"] = _decisions(db, city_id, one, place)
    shapes = shown.pop("shapes") + [_shape("near", each.shape, each.id) for each in shown["near"]]
    shown["choices"] = choices(one.sort, shown["state"])
    return {"thing": one, "shapes": json.dumps(shapes), "differences": [], "moved": None, **shown}


def _place(db: Connection, city_id: int, one: Thing, exact: bool) -> Shown:
    subject = _found(about.subject(db, (city_id, one.id)), one)
    return {
        "subject": subject,
        "state": "merged" if subject.merged_into else subject.moderation,
        "asked_at": subject.recorded_at,
        "record": about.record(db, city_id, subject.author),
        "writer": (subject.author, subject.author_name),
        "visitor": visitor_queries.trace(db, (city_id, one.id)),
        "shapes": _shapes(subject, exact),
    }


def _change(db: Connection, city_id: int, one: Thing, exact: bool) -> Shown:
    proposal = _found(about.proposal(db, city_id, one.id), one)
    key = (city_id, proposal.place_id)
    subject, now = _found(about.subject(db, key), one), _found(versions.current(db, key), one)
    after = shapely.from_geojson(proposal.shape)
    metres = moved(now.content.geometry, after)
    shapes = _shapes(subject, exact)
    if metres is not None and exact:
        shapes = [_shape("before", shapely.to_geojson(now.content.geometry))]
        shapes.append(_shape("after", proposal.shape))
    return {
        "subject": subject,
        "state": proposal.state,
        "asked_at": proposal.made_at,
        "record": about.record(db, city_id, proposal.author),
        "writer": (proposal.author, proposal.author_name),
        "note": proposal.content.get("note"),
        "differences": differences(now.content, proposal.content),
        "moved": metres,
        "overtaken": proposal.state == "waiting" and now.revision != proposal.base_revision,
        "shapes": shapes,
    }


def _request(db: Connection, city_id: int, one: Thing, exact: bool) -> Shown:
    asked = _found(about.request(db, city_id, one.sort, one.id) if one.sort in about.REQUESTS else None, one)
    subject = about.subject(db, (city_id, asked.place_id)) if asked.place_id else None
    against = queries.decision(db, city_id, asked.decision_id) if asked.decision_id else None
    return {
        "subject": subject,
        "state": asked.state,
        "asked_at": asked.made_at,
        "record": about.record(db, city_id, asked.person),
        "writer": (asked.person, asked.name),
        "asked": asked,
        "photo": photo(db, (city_id, one.id)) if one.sort == "photo" else None,
        "against": against,
        "shapes": _shapes(subject, exact) if subject else [],
    }


def _decisions(db: Connection, city_id: int, one: Thing, place: Subject | None) -> list[queries.Decision]:
    if place:
        return queries.decisions(db, city_id, "place_id", place.id)
    return queries.decisions(db, city_id, "subject_id", one.id)


def _found(there: Any, one: Thing) -> Any:
    if there is None:
        raise NotFound("There is nothing to decide about at %(item)s.", item=str(one))
    return there


def _shapes(subject: Subject, exact: bool) -> list[Shown]:
    """The place as the public sees it and, where that is another one, where it is."""
    shapes = [_shape("public", subject.public)]
    if exact and subject.exact:
        shapes.append(_shape("exact", subject.exact))
    return shapes


def _shape(role: str, geometry: str, key: UUID | None = None) -> Shown:
    return {"role": role, "geometry": json.loads(geometry), "id": str(key) if key else None}
