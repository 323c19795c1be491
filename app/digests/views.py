"""The pages behind the links of a digest. Looking changes nothing: mail programs open links, too.

Their forms carry no token of a session: the link is known to nobody but who got the mail, and mail programs
send the request by themselves, without a cookie and without following a redirection (RFC 8058).
"""

from datetime import UTC, datetime

from flask import Blueprint, Flask, Response, current_app, render_template

from app import params
from app.cities import City
from app.context import query, reading, transaction
from app.digests import service
from app.guard import PRIVATE
from app.identity import allow
from app.permissions import Permission

blueprint = Blueprint("digests", __name__)


def install(app: Flask) -> None:
    """Let the buttons of these pages be pressed by programs."""
    app.extensions["csrf"].exempt(blueprint)


@blueprint.get("/<city:city>/follow-no-longer/<token>")
@allow(Permission.LEAVE_BY_LINK)
def show(city: City, token: str) -> Response:
    """The place, and a button."""
    params.known(query(), ("lang",))
    with reading() as db:
        place = service.followed(db, city.id, token, _secret())
    return _page("leave", city=city, place=place)


@blueprint.post("/<city:city>/follow-no-longer/<token>")
@allow(Permission.LEAVE_BY_LINK)
def leave(city: City, token: str) -> Response:
    """Follow the place no longer, without an account."""
    with transaction() as db:
        service.leave(db, city.id, token, _secret())
    return _page("leave", city=city, place=None)


@blueprint.get("/no-more-mails/<token>")
@allow(Permission.LEAVE_BY_LINK)
def ask(token: str) -> Response:
    """What it is about, and a button."""
    params.known(query(), ("lang",))
    with reading() as db:
        _, wanted = service.reader_of(db, token, _secret())
    return _page("stop", wanted=wanted)


@blueprint.post("/no-more-mails/<token>")
@allow(Permission.LEAVE_BY_LINK)
def stop(token: str) -> Response:
    """Send no more digests to whose link it is."""
    with transaction() as db:
        service.stop(db, token, _secret(), datetime.now(UTC))
    return _page("stop", wanted=False)


def _page(name: str, **shown: object) -> Response:
    page = render_template(f"digests/{name}.html", **shown)
    return Response(page, headers={"Cache-Control": PRIVATE})


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])
