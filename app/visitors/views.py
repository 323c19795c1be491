"""The page behind a visitor's link: confirm, see what became of it, withdraw. Looking changes nothing."""

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import params
from app.cities import City
from app.context import query, reading, transaction
from app.errors import Conflict
from app.guard import PRIVATE
from app.identity import allow
from app.permissions import Permission
from app.photos.uploads import shelf
from app.problems import wants_page
from app.visitors import service
from app.visitors.queries import Unconfirmed
from app.visitors.rules import ERASED_DAYS, UNCONFIRMED_DAYS
from app.visitors.service import Desk

blueprint = Blueprint("visitors", __name__)


@blueprint.get("/<city:city>/pinned/<token>")
@allow(Permission.PIN_WITHOUT_ACCOUNT)
def show(city: City, token: str) -> Response:
    """What was sent, with a button to confirm it; afterwards what became of it."""
    params.known(query(), ("lang",))
    with reading() as db:
        found = service.look(db, city.id, token, _secret(), datetime.now(UTC))
    page = render_template(
        "visitors/unconfirmed.html" if isinstance(found, Unconfirmed) else "visitors/standing.html",
        city=city,
        found=found,
        address=url_for("visitors.show", city=city, token=token),
        days=UNCONFIRMED_DAYS,
        erased=ERASED_DAYS,
    )
    return Response(page, headers={"Cache-Control": PRIVATE})


@blueprint.post("/<city:city>/pinned/<token>")
@allow(Permission.PIN_WITHOUT_ACCOUNT)
def confirm(city: City, token: str) -> AnyResponse:
    """Say that it is one's own and meant: from now on it waits for a moderator."""
    with transaction() as db:
        service.confirm(db, _desk(city), token, _secret())
    return redirect(url_for("visitors.show", city=city, token=token), 303)


@blueprint.post("/<city:city>/pinned/<token>/withdraw")
@allow(Permission.PIN_WITHOUT_ACCOUNT)
def withdraw(city: City, token: str) -> AnyResponse:
    """Take it back; where it is decided by now, the page says so."""
    try:
        with transaction() as db:
            service.withdraw(db, _desk(city), token, _secret())
    except Conflict:
        if not wants_page():
            raise
    return redirect(url_for("visitors.show", city=city, token=token), 303)


def _desk(city: City) -> Desk:
    return Desk(city, shelf(), datetime.now(UTC))


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
