"""The pages of a place's history, and the button that brings an earlier version back."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, json, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from uuid_utils import compat
from werkzeug.wrappers import Response as AnyResponse

from app import params
from app.cities import City
from app.context import query, reading, services, transaction
from app.errors import NotFound
from app.identity import allow, caller
from app.moderation import service
from app.moderation.writing import Judge
from app.permissions import Permission
from app.photos.queries import Trace, traces
from app.places.properties import PROPERTIES
from app.publish.history import queries
from app.publish.history.queries import Subject, Version
from app.publish.history.rules import Step, as_document, steps, told
from app.responses import BRIEFLY, finished, public_url

blueprint = Blueprint("history", __name__)
HTML = "text/html; charset=utf-8"
JSON = "application/json"
PAGE = 50
NEWEST = 2**31 - 1
TITLES = {each.name: each.titles for each in PROPERTIES}


@blueprint.get("/<city:city>/places/<uuid:place_id>/history")
@allow(Permission.READ_PUBLIC)
def history(city: City, place_id: UUID) -> AnyResponse:
    """Who changed what and when, the newest first."""
    found = _asked(city, place_id, ("before", "lang"))
    if isinstance(found, UUID):
        return redirect(url_for("history.history", city=city, place_id=found), 301)
    subject, listed, gone = found
    shown = {"steps": listed[:PAGE], "following": _following(listed), "gone": gone}
    page = render_template("history.html", **_frame(city, subject), **shown)
    return finished(page, HTML, BRIEFLY)


@blueprint.get("/<city:city>/places/<uuid:place_id>/history.json")
@allow(Permission.READ_PUBLIC)
def history_json(city: City, place_id: UUID) -> AnyResponse:
    """The same for programs."""
    found = _asked(city, place_id, ("before", "lang"))
    if isinstance(found, UUID):
        return redirect(url_for("history.history_json", city=city, place_id=found), 301)
    subject, listed, gone = found
    following, path = _following(listed), f"/{city.slug}/places/{place_id}/history"
    links = [{"rel": "self", "type": JSON, "href": public_url(f"{path}.json")}]
    if following:
        links.append({"rel": "next", "type": JSON, "href": public_url(f"{path}.json?before={following}")})
    body = {
        "id": str(place_id),
        "revision": subject.revision,
        "confirmed_at": subject.confirmed_at,
        "versions": [as_document(step) | {"by": author(step.told.version)} for step in listed[:PAGE]],
        "photos_gone": [_gone(each) for each in gone],
        "links": links,
    }
    return finished(json.dumps(body, ensure_ascii=False, default=_plain), JSON, BRIEFLY)


@blueprint.get("/<city:city>/places/<uuid:place_id>/history/<int:revision>")
@allow(Permission.READ_PUBLIC)
def version(city: City, place_id: UUID, revision: int) -> Response:
    """One version: all that it said, what it changed, and both shapes on a map."""
    params.known(query(), ("lang",))
    sees_all, sees_exact = _sight(city)
    with reading() as db:
        subject = _subject(db, city, place_id, sees_all)
        found = queries.public_versions(db, (city.id, place_id), min(revision, NEWEST), 2)
    if not found or found[0].revision != revision:
        raise NotFound("This place has no revision %(revision)s.", revision=revision)
    step = _steps(subject, found, sees_exact)[0]
    settings = services().settings
    tiles = {"url": settings.tile_url, "attribution": settings.tile_attribution}
    may_restore = caller().may(Permission.RESTORE, city) and revision != subject.revision
    page = render_template(
        "revision.html", **_frame(city, subject), step=step, tiles=tiles, may_restore=may_restore
    )
    return finished(page, HTML, BRIEFLY)


@blueprint.post("/<city:city>/places/<uuid:place_id>/history/<int:revision>/restore")
@allow(Permission.RESTORE)
def restore(city: City, place_id: UUID, revision: int) -> AnyResponse:
    """Bring an earlier version back, as the newest."""
    judge = Judge(caller().person, datetime.now(UTC), compat.uuid7(), compat.uuid7)
    with transaction() as db:
        service.restore(db, (city.id, place_id), min(revision, NEWEST), judge)
    return redirect(url_for("history.history", city=city, place_id=place_id), 303)


def author(version: Version) -> str:
    """Who wrote a version, as the public may know it."""
    if version.imported:
        return str(gettext("from %(source)s", source=version.source))
    if version.author is None:
        return str(gettext("somebody without an account"))
    if version.left:
        return str(gettext("somebody who has left"))
    return version.name or str(gettext("a resident"))


def _gone(trace: Trace) -> dict[str, Any]:
    """A photo that was removed, as far as anybody is told of it."""
    return {"at": trace.removed_at.isoformat(), "by": "author" if trace.withdrawn else "moderator"}


Asked = tuple[Subject, list[Step], list[Trace]]
"""A place, a page of its versions, and what is left of photos that were removed."""


def _asked(city: City, place_id: UUID, known: tuple[str, ...]) -> Asked | UUID:
    """The place and a page of its history; the id of the place that it was merged into, where it was."""
    words = query()
    params.known(words, known)
    newest = params.whole(words, "before", NEWEST, 1, NEWEST)
    newest -= "before" in words
    sees_all, sees_exact = _sight(city)
    with reading() as db:
        there = queries.subject(db, (city.id, place_id))
        if there is not None and there.merged_into and not sees_all:
            return there.merged_into
        subject = _subject(db, city, place_id, sees_all)
        found = queries.public_versions(db, (city.id, place_id), newest, PAGE + 1)
        gone = traces(db, (city.id, place_id))
    return subject, _steps(subject, found, sees_exact), gone


def _sight(city: City) -> tuple[bool, bool]:
    """Whether the caller sees what is not public, and exact positions."""
    who = caller()
    return who.may(Permission.REVIEW, city), who.may(Permission.SEE_EXACT, city)


def _subject(db: Connection, city: City, place_id: UUID, sees_all: bool) -> Subject:
    found = queries.subject(db, (city.id, place_id))
    if found is None or not (sees_all or found.moderation == "published"):
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    return found


def _steps(subject: Subject, found: list[Version], sees_exact: bool) -> list[Step]:
    return steps([told(each, subject.revision, subject.blurred, sees_exact) for each in found])


def _following(listed: list[Step]) -> int | None:
    """Before which revision the next page begins."""
    return listed[PAGE - 1].told.version.revision if len(listed) > PAGE else None


def _frame(city: City, subject: Subject) -> dict[str, Any]:
    return {"city": city, "subject": subject, "author": author, "titles": TITLES}


def _plain(value: Any) -> str:
    return str(value.isoformat()) if isinstance(value, datetime) else str(value)
