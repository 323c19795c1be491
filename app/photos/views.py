"""Photos on the web: the pictures, the page on which they are added, and what is to be seen on them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, json, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from uuid_utils import compat
from werkzeug.wrappers import Response as AnyResponse

from app.bodies import WITH_A_PHOTO, takes
from app.brakes import Brake, attempt
from app.cities import City
from app.context import reading, transaction
from app.errors import BadParameter, NotFound
from app.identity import allow, caller, demand
from app.permissions import Permission
from app.photos import queries, service
from app.photos.links import photo_address
from app.photos.processing import FIELD
from app.photos.queries import NewPhoto, Photo
from app.photos.uploads import shelf, uploaded
from app.places import queries as place_queries
from app.places.queries import Place, Viewer
from app.places.rules import Author
from app.problems import wants_page
from app.responses import BRIEFLY, finished, public_url

blueprint = Blueprint("photos", __name__)
PRIVATE = "private, no-store"
KEPT_BY_READERS = "public, max-age=31536000, s-maxage=2, immutable"
"""A reader's browser keeps a picture for a year. What stands between asks again after two seconds, so that a
photo that was hidden is gone for everybody who asks anew."""
blueprint.add_app_template_global(photo_address, "photo_address")
blueprint.add_app_template_global(public_url, "public_url")
BRAKES = (Brake("photo", 30, timedelta(minutes=10)), Brake("photo-day", 200, timedelta(days=1)))


@blueprint.get("/<city:city>/photos/<uuid:photo_id>/<any(small, medium, large):size>.webp")
@allow(Permission.READ_PUBLIC)
def picture(city: City, photo_id: UUID, size: str) -> Response:
    """One size of a photo; with its version (`v`) it never changes."""
    key = (city.id, photo_id)
    with reading() as db:
        found, cache = queries.public_photo(db, key), KEPT_BY_READERS
        if found is None:
            found, cache = _for_some(queries.photo(db, key), city, key), PRIVATE
    try:
        data = shelf().picture(*key, found.version, size)
    except FileNotFoundError as error:
        raise service.lost(key) from error
    if cache != PRIVATE and request.args.get("v") != str(found.version):
        cache = BRIEFLY
    answer = finished(data, "image/webp", cache)
    answer.headers["Vary"] = "Cookie"  # no language, no compression
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def _for_some(found: Photo | None, city: City, key: tuple[int, UUID]) -> Photo:
    """A photo that is not public, for its author and for moderators."""
    who = caller()
    if found and (who.may(Permission.REVIEW, city) or (who.person and who.person == found.author)):
        return found
    raise service.lost(key)


@blueprint.get("/<city:city>/places/<uuid:place_id>/photos.json")
@allow(Permission.READ_PUBLIC)
def listed(city: City, place_id: UUID) -> Response:
    """The photos of a place, for programs; a feature of the API links here."""
    with reading() as db:
        place = place_queries.place(db, city.id, place_id)
        if place is None:
            raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
        there = queries.photos_of(db, (city.id, place_id))
    body = json.dumps({"photos": [_described(city, photo) for photo in there]}, ensure_ascii=False)
    return finished(body, "application/json", BRIEFLY)


def _described(city: City, photo: Photo) -> dict[str, Any]:
    """A photo in words; `href` is its largest size."""
    width, height = photo.size("large")
    told = {"id": str(photo.id), "href": public_url(photo_address(city, photo, "large"))}
    told |= {"type": "image/webp", "licence": photo.licence, "added_at": photo.added_at.isoformat()}
    return {**told, "alt": photo.alt, "author": photo.author_name, "width": width, "height": height}


@blueprint.get("/<city:city>/places/<uuid:place_id>/photos")
@allow(Permission.ADD_PHOTO)
def photos(city: City, place_id: UUID) -> Response:
    """The page on which photos are added, with those that there are."""
    return _page(city, place_id, {})


@blueprint.post("/<city:city>/places/<uuid:place_id>/photos")
@takes(WITH_A_PHOTO)
@allow(Permission.ADD_PHOTO)
def add(city: City, place_id: UUID) -> AnyResponse:
    """Add a photo; the same `photo_id` again is the same photo once."""
    try:
        photo_id, state = _added(city, place_id)
    except BadParameter as problem:
        if not wants_page() or problem.name not in (FIELD, "alt"):
            raise
        return _page(city, place_id, {problem.name: problem.rule(gettext)}, 422)
    if not wants_page():
        return _told(city, photo_id, state)
    return redirect(url_for("photos.photos", city=city, place_id=place_id, sent=state), 303)


def _added(city: City, place_id: UUID) -> tuple[UUID, str]:
    who, now = caller(), datetime.now(UTC)
    assert who.person, "only who signed in may add photos"
    with reading() as db:
        _place(db, city, place_id)
    _slowly(who.person, now)
    photo_id, alt = _id_of_photo(), service.described(request.form.get("alt", ""))
    prepared = uploaded()
    if prepared is None:
        raise BadParameter(FIELD, "is missing: choose a photo.")
    author = Author(who.person, trusted=who.may(Permission.REVIEW, city))
    with transaction() as db:
        held = service.photo_waits(db, city, author)
        photo = NewPhoto(photo_id, alt, who.person, now, held)
        return photo_id, service.add_photo(db, shelf(), (city.id, place_id), photo, prepared)


def _slowly(person: UUID, now: datetime) -> None:
    """Count an attempt; raises TooMany."""
    secret = str(current_app.config["SECRET_KEY"])
    for brake in BRAKES:
        with transaction() as db:
            attempt(db, brake, str(person), secret, now)


def _id_of_photo() -> UUID:
    """The identifier that the sender made; one of ours where they made none."""
    written = request.form.get("photo_id", "").strip()
    try:
        return UUID(written) if written else UUID(str(compat.uuid7()))
    except ValueError as error:
        raise BadParameter(
            "photo_id", "“%(word)s” is not an identifier (a UUID).", word=written[:40]
        ) from error


def _told(city: City, photo_id: UUID, state: str) -> Response:
    """What became of a photo, for programs."""
    address = public_url(url_for("photos.picture", city=city, photo_id=photo_id, size="large"))
    body = json.dumps({"id": str(photo_id), "state": state, "href": address})
    return Response(body, 201, mimetype="application/json", headers={"Location": address})


def _viewer(city: City) -> Viewer:
    who = caller()
    return Viewer(who.person, who.may(Permission.REVIEW, city))


def _place(db: Connection, city: City, place_id: UUID) -> Place:
    """A place that the caller may see; raises NotFound."""
    place = place_queries.place(db, city.id, place_id, _viewer(city))
    if place is None:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    return place


def _page(city: City, place_id: UUID, wrong: dict[str, str], status: int = 200) -> Response:
    viewer = _viewer(city)
    with reading() as db:
        place = _place(db, city, place_id)
        there = queries.photos_seen_by(db, (city.id, place_id), viewer.person, viewer.moderator)
    page = render_template(
        "photos/photos.html",
        city=city,
        place=place,
        photos=there,
        mine={photo.id for photo in there if viewer.moderator or photo.author == viewer.person},
        person=viewer.person,
        may_blur=caller().may(Permission.BLUR_PHOTO, city),
        photo_id=request.form.get("photo_id") or compat.uuid7(),
        alt=request.form.get("alt", ""),
        sent=request.args.get("sent"),
        wrong=wrong,
    )
    return Response(page, status, mimetype="text/html", headers={"Cache-Control": PRIVATE})


@blueprint.post("/<city:city>/photos/<uuid:photo_id>/alt")
@allow(Permission.ADD_PHOTO)
def describe(city: City, photo_id: UUID) -> AnyResponse:
    """Say in other words what is to be seen: its author may, and moderators."""
    key, alt = (city.id, photo_id), request.form.get("alt", "")
    with reading() as db:
        found = queries.photo(db, key)
    if found is None:
        raise service.lost(key)
    if found.author != caller().person:
        demand(Permission.REVIEW, city)
    try:
        with transaction() as db:
            service.describe_photo(db, key, alt)
    except BadParameter as problem:
        if not wants_page():
            raise
        return _page(city, found.place_id, {f"alt-{photo_id}": problem.rule(gettext)}, 422)
    if request.form.get("back") == "moderation":
        return redirect(url_for("moderation.thing", city=city, sort="photo", thing_id=photo_id), 303)
    return redirect(url_for("photos.photos", city=city, place_id=found.place_id, sent="alt"), 303)
