"""The page behind a link in a reminder. Looking changes nothing: mail programs open links, too."""

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import params
from app.cities import City
from app.context import query, reading, transaction
from app.guard import PRIVATE
from app.identity import allow
from app.permissions import Permission
from app.reminders import service

blueprint = Blueprint("reminders", __name__)


@blueprint.get("/<city:city>/still-true/<token>")
@allow(Permission.CONFIRM_BY_LINK)
def show(city: City, token: str) -> Response:
    """The place, and a button."""
    params.known(query(), ("lang",))
    with reading() as db:
        place = service.place_of(db, city.id, token, _secret(), datetime.now(UTC))
    page = render_template("reminders/place.html", city=city, place=place)
    return Response(page, headers={"Cache-Control": PRIVATE})


@blueprint.post("/<city:city>/still-true/<token>")
@allow(Permission.CONFIRM_BY_LINK)
def confirm(city: City, token: str) -> AnyResponse:
    """Say that the place is still as told, without an account; the link is used up."""
    with transaction() as db:
        place_id = service.confirm(db, city.id, token, _secret(), datetime.now(UTC))
    return redirect(url_for("map.place", city=city, place_id=place_id), 303)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
