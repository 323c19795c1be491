"""Changing a place: the same form filled in; two people who save at once are told, and nothing is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import shapely
from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext
from uuid_utils import compat
from werkzeug.wrappers import Response as AnyResponse

from app import params
from app.cities import City
from app.context import query, reading, transaction
from app.errors import BadParameter, Conflict, Invalid, NotFound, TooMany
from app.identity import allow, caller
from app.permissions import Permission
from app.pinning import pages, queries, service
from app.pinning.form import Form, content_from, identifier, translation_name, translation_names
from app.pinning.pages import Said, wrong_in
from app.pinning.spots import spots_of
from app.pinning.views import braked
from app.places.changes import Change
from app.places.content import Content
from app.places.rules import Author
from app.places.service import Hand, Outcome, change_place
from app.places.versions import Current
from app.problems import wants_page

blueprint = Blueprint("editing", __name__)


@blueprint.get("/<city:city>/places/<uuid:place_id>/edit")
@allow(Permission.EDIT_PLACE)
def edit(city: City, place_id: UUID) -> Response:
    """The form with what is known of the place."""
    params.known(query(), ("lang",))
    now, hidden = _now(city, place_id)
    return pages.edit_page(city, _filled(city, now, hidden), now, hidden)


@blueprint.post("/<city:city>/places/<uuid:place_id>/edit")
@allow(Permission.EDIT_PLACE)
def save(city: City, place_id: UUID) -> AnyResponse:
    """The change that was written: public at once, or waiting."""
    form = request.form
    now, hidden = _now(city, place_id)
    if form.get("step") == "find":
        return pages.edit_page(city, form, now, hidden, Said(spots=spots_of(city, params.words(form))))
    try:
        change, content = _written(city, form, now, hidden)
        braked(datetime.now(UTC))
        outcome = _changed(city, change, content)
    except (Invalid, BadParameter, TooMany) as refused:
        error = Invalid([refused]) if isinstance(refused, BadParameter) else refused
        if not wants_page():
            raise error from None
        return pages.edit_page(city, form, now, hidden, wrong_in(error))
    except Conflict as refused:
        if not wants_page():
            raise
        return _side_by_side(city, form, content, refused)
    return _after(city, place_id, outcome)


def _now(city: City, place_id: UUID) -> tuple[Current, bool]:
    """The place as it is, and whether the caller may not see where exactly; raises NotFound."""
    who = caller()
    key = (city.id, place_id)
    with reading() as db:
        now = service.editable(db, key)
        own = queries.pinned_by(db, city.id, place_id) == who.person
        own = own or queries.owns(db, city.id, place_id, who.person or UUID(int=0))
    if now.moderation == "held" and not (own or who.may(Permission.REVIEW, city)):
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    sees = own or who.may(Permission.SEE_EXACT, city)
    return now, bool(now.content.blur_m) and not sees


def _filled(city: City, now: Current, hidden: bool) -> dict[str, str]:
    """The fields of the form, as the place has them."""
    content, zone = now.content, ZoneInfo(city.time_zone)
    form = {name: str(getattr(content, name) or "") for name in pages.SHOWN}
    form |= {
        translation_name(language, field): text
        for language, texts in content.translations.items()
        for field, text in texts.items()
    }
    form |= {"seen": str(now.revision), "change_id": str(compat.uuid7())}
    if content.since:
        form["valid_from"] = content.since.astimezone(zone).date().isoformat()
    if content.until:
        last = content.until.astimezone(zone) - timedelta(microseconds=1)
        form["valid_to"] = last.date().isoformat()
    if hidden:
        return form
    form["blur_m"] = f"{content.blur_m or 0:g}"
    form["accuracy_m"] = "" if content.accuracy_m is None else f"{content.accuracy_m:g}"
    if isinstance(content.geometry, shapely.Point):
        return form | {"lat": repr(content.geometry.y), "lon": repr(content.geometry.x)}
    return form | {"geometry": shapely.to_geojson(content.geometry)}


def _written(city: City, form: Form, now: Current, hidden: bool) -> tuple[Change, Content]:
    """The change of a form; raises Invalid or BadParameter. What its author could not see stays as it is."""
    behalf = not caller().may(Permission.PIN_FOR_OTHERS, city)
    known = {"geometry": now.content.geometry} if hidden else {}
    content = content_from(form, city, **known)
    content = service.kept_back(now.content, content, position=hidden, behalf=behalf)
    translatable = city.languages if any(name in form for name in translation_names(city)) else ()
    content = service.with_translations(now.content, content, translatable)
    if not hidden and content.geometry.equals_exact(now.content.geometry, 1e-7) and not content.accuracy_m:
        content = replace(content, accuracy_m=now.content.accuracy_m)
    seen = params.whole(form, "seen", now.revision, 1, 2**31 - 1)
    return Change(identifier(form, "change_id") or compat.uuid7(), now.id, seen), content


def _changed(city: City, change: Change, content: Content) -> Outcome:
    who = caller()
    hand = Hand(Author(who.person, trusted=who.may(Permission.REVIEW, city)), datetime.now(UTC))
    with transaction() as db:
        return change_place(db, city, change, content, hand)


def _side_by_side(city: City, form: Form, content: Content, refused: Conflict) -> Response:
    """What somebody else has saved meanwhile beside what was written, which can be sent once more."""
    now, hidden = _now(city, UUID(str(request.view_args["place_id"])))  # type: ignore[index]
    again = {**form, "seen": str(now.revision), "change_id": str(compat.uuid7())}
    secret = ["geometry"] if hidden else []
    if not caller().may(Permission.PIN_FOR_OTHERS, city):
        secret.append("on_behalf_of")
    told = pages.differences(now.content, content, secret)
    said = Said(refusal=refused.said(gettext), status=409, differences=told)
    return pages.edit_page(city, again, now, hidden, said)


def _after(city: City, place_id: UUID, outcome: Outcome) -> AnyResponse:
    there = url_for("map.place", city=city, place_id=place_id)
    if outcome.state == "waiting":
        there = url_for("following.mine", city=city) + f"#place-{place_id}"
    return redirect(there, 303)
