"""Withdrawing a photo of one's own: a page that asks once more, and the doing of it."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.cities import City
from app.context import reading, transaction
from app.identity import allow, caller
from app.permissions import Permission
from app.photos import queries, service
from app.photos.uploads import shelf

blueprint = Blueprint("withdrawing", __name__)
NOBODY = UUID(int=0)


@blueprint.get("/<city:city>/photos/<uuid:photo_id>/withdraw")
@allow(Permission.ADD_PHOTO)
def ask(city: City, photo_id: UUID) -> Response:
    """Whether the photo, which must be one's own, is really to be removed for good."""
    key = (city.id, photo_id)
    with reading() as db:
        photo = queries.photo(db, key)
    if photo is None or photo.author != caller().person:
        raise service.lost(key)
    page = render_template("photos/withdraw.html", city=city, photo=photo, back=request.args.get("back"))
    return Response(page, mimetype="text/html", headers={"Cache-Control": "private, no-store"})


@blueprint.post("/<city:city>/photos/<uuid:photo_id>/withdraw")
@allow(Permission.ADD_PHOTO)
def withdraw(city: City, photo_id: UUID) -> AnyResponse:
    """Remove a photo of one's own for good: the row first, then every file."""
    with transaction() as db:
        key = (city.id, photo_id)
        photo = service.withdraw_photo(db, key, caller().person or NOBODY, datetime.now(UTC))
    shelf().remove(*key)
    if request.form.get("back") == "mine":
        return redirect(url_for("following.mine", city=city, withdrawn=1), 303)
    return redirect(url_for("photos.photos", city=city, place_id=photo.place_id, sent="withdrawn"), 303)
