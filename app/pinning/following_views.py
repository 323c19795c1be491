"""Following a place, saying that it is still true, and the list of what somebody has to do with."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import params
from app.cities import City
from app.context import query, reading, transaction
from app.digests import queries as digests
from app.digests.rules import by_place
from app.digests.words import lines
from app.identity import allow, caller
from app.network import told
from app.permissions import Permission
from app.photos.queries import photos_by
from app.pinning import decided, queries, service
from app.pinning.pages import private
from app.places.service import confirm_place

blueprint = Blueprint("following", __name__)
NOBODY = UUID(int=0)
LATELY = timedelta(days=30)
"""How far back the list of somebody's places tells what is new."""


@blueprint.get("/<city:city>/mine")
@allow(Permission.FOLLOW_PLACE)
def mine(city: City) -> Response:
    """What the caller pinned, changed or follows in the city, where each stands, and why it was refused."""
    params.known(query(), ("lang", "withdrawn"))
    person, now = caller().person or NOBODY, datetime.now(UTC)
    with reading() as db:
        found = queries.mine(db, city.id, person)
        against = decided.against(db, city.id, found)
        news = by_place(digests.lately(db, city.id, person, now, LATELY))
        wanted = digests.wants(db, person)
        photos = photos_by(db, city.id, person)
        relations = {
            "asked": told.asked_of(db, city.id, person),
            "proposed": told.proposed_by(db, city.id, person),
        }
    new = {place: lines(about, city) for place, about in news.items()}
    shown: dict[str, Any] = {"places": found, "against": against, "new": new, "mails": wanted}
    shown |= {"photos": photos, "relations": relations}
    return private(render_template("mine.html", city=city, **shown))


@blueprint.post("/<city:city>/mine/mails")
@allow(Permission.FOLLOW_PLACE)
def mails(city: City) -> AnyResponse:
    """Have mails about what changes at the places that one follows (`wanted=yes`), or none."""
    wanted = params.one_of(request.form, "wanted", ("yes", "no")) == ("yes",)
    with transaction() as db:
        digests.set_wanted(db, caller().person or NOBODY, None if wanted else datetime.now(UTC))
    return redirect(url_for("following.mine", city=city), 303)


@blueprint.post("/<city:city>/places/<uuid:place_id>/follow")
@allow(Permission.FOLLOW_PLACE)
def follow(city: City, place_id: UUID) -> AnyResponse:
    """Follow a place."""
    with transaction() as db:
        service.follow(db, (city.id, place_id), caller().person or NOBODY, datetime.now(UTC))
    return _back(city, place_id)


@blueprint.post("/<city:city>/places/<uuid:place_id>/unfollow")
@allow(Permission.FOLLOW_PLACE)
def unfollow(city: City, place_id: UUID) -> AnyResponse:
    """Follow a place no longer."""
    with transaction() as db:
        queries.unfollow(db, (city.id, place_id), caller().person or NOBODY)
    return _back(city, place_id)


@blueprint.post("/<city:city>/places/<uuid:place_id>/confirm")
@allow(Permission.CONFIRM_PLACE)
def confirm(city: City, place_id: UUID) -> AnyResponse:
    """Say that a place is still as told."""
    with transaction() as db:
        confirm_place(db, (city.id, place_id), datetime.now(UTC))
    return _back(city, place_id)


def _back(city: City, place_id: UUID) -> AnyResponse:
    """To the page that the button stood on."""
    if request.form.get("back") == "mine":
        return redirect(url_for("following.mine", city=city), 303)
    return redirect(url_for("map.place", city=city, place_id=place_id), 303)
