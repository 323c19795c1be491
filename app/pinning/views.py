"""Pinning a place: the form, the look at what it will be, and what became of it. Works without scripts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, Response, current_app, json, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from uuid_utils import compat
from werkzeug.wrappers import Response as AnyResponse

from app import params
from app.bodies import WITH_A_PHOTO, takes
from app.brakes import Pace, slow_down
from app.cities import City
from app.context import language, query, reading, services, transaction
from app.errors import BadParameter, Busy, Invalid, NotFound, SignInNeeded, TooMany
from app.identity import allow, caller, demand
from app.people.rules import address_of
from app.permissions import Permission
from app.photos.queries import NewPhoto
from app.photos.service import add_photo, described
from app.photos.uploads import shelf, uploaded
from app.pinning import queries, rules
from app.pinning.form import KEPT, Form, content_from, identifier
from app.pinning.pages import Said, check_page, form_page, private, wrong_in
from app.pinning.spots import spots_of
from app.places.content import Content
from app.places.rules import Author
from app.places.service import Hand, Outcome, pin_place
from app.problems import wants_page
from app.visitors import letters
from app.visitors import queries as visitor_queries
from app.visitors import service as visitors
from app.visitors.queries import NewPin
from app.visitors.rules import UNCONFIRMED_DAYS
from app.visitors.service import Desk

blueprint = Blueprint("pinning", __name__)


@blueprint.get("/<city:city>/pin")
@allow(Permission.PIN_WITHOUT_ACCOUNT)
def pin(city: City) -> Response:
    """The form; what the address says is in it already."""
    asked = query()
    params.known(asked, (*KEPT, "lang"))
    return form_page(city, asked)


@blueprint.post("/<city:city>/pin")
@allow(Permission.PIN_WITHOUT_ACCOUNT)
@takes(WITH_A_PHOTO)
def take(city: City) -> AnyResponse:
    """What was written: looked up, looked at, or sent, as `step` says."""
    form = request.form
    step = params.one_of(form, "step", ("find", "check", "back", "send")) or ("send",)
    if step[0] == "find":
        return form_page(city, form, Said(spots=spots_of(city, params.words(form))))
    if step[0] == "back":
        return form_page(city, form)
    try:
        content = content_from(form, city, **_for_others(city, form))
        if step[0] == "check":
            return _look(city, form, content)
        return _send(city, _envelope(form), form, content)
    except (Invalid, BadParameter) as refused:
        error = refused if isinstance(refused, Invalid) else Invalid([refused])
        if not wants_page():
            raise error from None
        return form_page(city, form, wrong_in(error))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What comes with a form besides what it says; identifiers make sending it twice sending it once."""

    place_id: UUID
    photo_id: UUID
    alt: str | None


def _envelope(form: Form) -> Envelope:
    """The identifiers of a form that a person took their time for; raises BadParameter."""
    secret, now = current_app.config["SECRET_KEY"], datetime.now(UTC)
    rules.slow_enough(secret, form.get("opened", ""), form.get(rules.TRAP, ""), now)
    place_id, photo_id = (identifier(form, name) or compat.uuid7() for name in ("place_id", "photo_id"))
    return Envelope(place_id, photo_id, described(form.get("alt", "")))


def _for_others(city: City, form: Form) -> dict[str, str | None]:
    """On whose behalf somebody writes, who may; what others say of it does not count."""
    may = caller().may(Permission.PIN_FOR_OTHERS, city)
    return {"on_behalf_of": form.get("on_behalf_of") if may else None}


def _look(city: City, form: Form, content: Content, said: Said | None = None) -> Response:
    with reading() as db:
        alike = queries.alike(db, city.id, content.geometry, content.kind, content.title)
    return check_page(city, form, content, alike, said)


def _send(city: City, sent: Envelope, form: Form, content: Content) -> AnyResponse:
    """Keep the place, and say what becomes of it; raises BadParameter for a photo that is none."""
    who = caller()
    if who.person is None:
        return _send_as_visitor(city, sent, form, content)
    demand(Permission.ADD_PLACE, city)
    now = datetime.now(UTC)
    try:
        braked(now)
    except TooMany as refused:
        return _too_many(city, form, content, refused)
    photo = uploaded()
    hand = Hand(Author(who.person, trusted=who.may(Permission.REVIEW, city)), now)
    with transaction() as db:
        outcome = pin_place(db, city, sent.place_id, content, hand)
        if photo:
            held = outcome.state != "published"
            new = NewPhoto(sent.photo_id, sent.alt, who.person, now, held)
            add_photo(db, shelf(), (city.id, sent.place_id), new, photo)
    return _kept(city, sent.place_id, outcome)


def _send_as_visitor(city: City, sent: Envelope, form: Form, content: Content) -> AnyResponse:
    """Hold the place until the link in a mail is opened; lead to sign in where the city does not do so."""
    if not city.visitors_pin:
        if not wants_page():
            raise SignInNeeded("This needs an account: %(permission)s", permission=Permission.ADD_PLACE.value)
        return _look(city, form, content)
    try:
        _hold(city, sent, form, content)
    except BadParameter as refused:
        if refused.name != "email" or not wants_page():
            raise
        return _look(city, form, content, wrong_in(Invalid([refused])))
    except (Busy, TooMany) as refused:
        return _too_many(city, form, content, refused)
    return _kept(city, sent.place_id, Outcome("unconfirmed", 0))


def _hold(city: City, sent: Envelope, form: Form, content: Content) -> None:
    """Keep what a visitor wrote and send them the link, both or neither."""
    if not form.get("email", "").strip():
        raise BadParameter("email", "is needed: we send you a link by which you confirm it.")
    email, now = address_of(form["email"]), datetime.now(UTC)
    braked(now, email)
    photo = uploaded()
    # The photo gets an identifier of ours: nobody can name somebody else's.
    pin = NewPin(content, email, language(), compat.uuid7() if photo else None, sent.alt)
    with transaction() as db:
        if visitors.send(db, Desk(city, shelf(), now), sent.place_id, pin, photo):
            letters.ask(city, (city.id, sent.place_id), (email, pin.language), now)


def _too_many(city: City, form: Form, content: Content, refused: Busy | TooMany) -> AnyResponse:
    """What was written once more, and when it may be sent."""
    if not wants_page():
        raise refused
    status = 429 if isinstance(refused, TooMany) else 503
    answer = _look(city, form, content, Said(refusal=refused.said(gettext), status=status))
    answer.headers["Retry-After"] = str(refused.seconds)
    return answer


def braked(now: datetime, email: str | None = None) -> None:
    """Count a contribution of the caller, who may be a visitor with an address; raises TooMany."""
    settings = services().settings
    pace = Pace(settings.pins_an_hour, settings.pins_a_day)
    who = (caller().person or email, request.remote_addr or "")
    with transaction() as db:
        slow_down(db, "pin", who, pace, current_app.config["SECRET_KEY"], now)


def _kept(city: City, place_id: UUID, outcome: Outcome) -> AnyResponse:
    there = url_for("pinning.sent", city=city, place_id=place_id)
    if wants_page():
        return redirect(there, 303)
    answer = jsonify(id=str(place_id), state=outcome.state, revision=outcome.revision, url=there)
    if outcome.state == "unconfirmed":
        answer.status_code = 202
        return answer
    answer.status_code = 201
    answer.headers["Location"] = url_for("map.place", city=city, place_id=place_id)
    return answer


@blueprint.get("/<city:city>/pin/<uuid:place_id>")
@allow(Permission.PIN_WITHOUT_ACCOUNT)
def sent(city: City, place_id: UUID) -> Response:
    """What becomes of a place that was sent, in words; only whoever sent it is told."""
    who = caller()
    with reading() as db:
        state = queries.state_of(db, city.id, place_id, who.person)
        if state is None and visitor_queries.is_there(db, (city.id, place_id)):
            state = "mailed"
    if state is None:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    page = render_template("pin_sent.html", city=city, place_id=place_id, state=state, days=UNCONFIRMED_DAYS)
    return private(page)


@blueprint.get("/<city:city>/pin/alike")
@allow(Permission.READ_PUBLIC)
def alike(city: City) -> Response:
    """The places that may be the one that is being pinned, as a piece of a page."""
    asked = query()
    params.known(asked, ("lat", "lon", "kind", "title", "lang"))
    content = content_from(asked, city)
    with reading() as db:
        found = queries.alike(db, city.id, content.geometry, content.kind, content.title)
    return private(render_template("_alike.html", city=city, alike=found, person=caller().person))


@blueprint.get("/<city:city>/pin/spots")
@allow(Permission.READ_PUBLIC)
def spots(city: City) -> Response:
    """Where the words (`q`) may be, as JSON: coordinates, places, areas, and what a geocoder finds."""
    asked = query()
    params.known(asked, ("q", "lang"))
    found = spots_of(city, params.words(asked))
    body = [
        {
            "label": spot.label,
            "hint": spot.hint,
            "lon": spot.lon,
            "lat": spot.lat,
            "accuracy_m": spot.accuracy_m,
        }
        for spot in found
    ]
    return Response(
        json.dumps(body, ensure_ascii=False),
        content_type="application/json",
        headers={"Cache-Control": "private, no-store"},
    )
