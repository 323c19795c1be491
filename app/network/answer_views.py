"""One relation: what is said of it, and what the reader can answer. And those that wait in a city."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app import params
from app.cities import City
from app.context import query, reading, transaction
from app.errors import BadParameter, Conflict, CortileError, Invalid, NotFound, TooMany, beside
from app.guard import PRIVATE
from app.identity import allow
from app.network import service, told
from app.network.form import doings, last_day
from app.network.relating import CONFIRM, END, REFUSE, WITHDRAW
from app.network.relation_views import braked, speaker
from app.network.views import HTML
from app.permissions import Permission
from app.problems import wants_page

blueprint = Blueprint("relation", __name__)
ACTS = {
    CONFIRM: service.confirm_relation,
    REFUSE: service.refuse_relation,
    WITHDRAW: service.withdraw_relation,
}


@blueprint.get("/<city:city>/relations")
@allow(Permission.SETTLE_RELATIONS)
def waiting(city: City) -> Response:
    """The relations that wait for somebody's word, the oldest first."""
    params.known(query(), ("lang",))
    with reading() as db:
        found = told.waiting(db, city.id, speaker(city))
        count = told.count_waiting(db, city.id)
    page = render_template("network/waiting.html", city=city, relations=found, count=count)
    return Response(page, content_type=HTML, headers={"Cache-Control": PRIVATE})


@blueprint.app_template_global("relations_waiting")
def relations_waiting(city: City) -> int:
    """How many relations wait in a city. Not to be called inside `reading()`."""
    with reading() as db:
        return told.count_waiting(db, city.id)


@blueprint.get("/<city:city>/relations/<uuid:relation_id>")
@allow(Permission.READ_PUBLIC)
def show(city: City, relation_id: UUID) -> Response:
    """A relation, and what the reader can do about it."""
    params.known(query(), ("lang",))
    return _page(city, relation_id)


@blueprint.post("/<city:city>/relations/<uuid:relation_id>/confirm")
@allow(Permission.RELATE_PLACES)
def confirm(city: City, relation_id: UUID) -> AnyResponse:
    """Agree to it, for the place that is one's own."""
    return _done(city, relation_id, CONFIRM)


@blueprint.post("/<city:city>/relations/<uuid:relation_id>/refuse")
@allow(Permission.RELATE_PLACES)
def refuse(city: City, relation_id: UUID) -> AnyResponse:
    """Say that it is not so."""
    return _done(city, relation_id, REFUSE)


@blueprint.post("/<city:city>/relations/<uuid:relation_id>/withdraw")
@allow(Permission.RELATE_PLACES)
def withdraw(city: City, relation_id: UUID) -> AnyResponse:
    """Take it back: it was said wrongly."""
    return _done(city, relation_id, WITHDRAW)


@blueprint.post("/<city:city>/relations/<uuid:relation_id>/end")
@allow(Permission.RELATE_PLACES)
def end(city: City, relation_id: UUID) -> AnyResponse:
    """Say that it was true up to a day (`until`), the last one included; without one, up to now."""
    return _done(city, relation_id, END)


def _done(city: City, relation_id: UUID, action: str) -> AnyResponse:
    try:
        now = datetime.now(UTC)
        braked(now)
        done = _act(city, relation_id, action, now)
    except (Invalid, Conflict, TooMany) as refused:
        if not wants_page():
            raise
        return _page(city, relation_id, refused)
    if not wants_page():
        return jsonify(id=str(done.id), state=done.state, revision=done.revision)
    return redirect(url_for("relation.show", city=city, relation_id=relation_id), 303)


def _act(city: City, relation_id: UUID, action: str, now: datetime) -> Any:
    key, by = (city.id, relation_id), speaker(city)
    if action != END:
        with transaction() as db:
            return ACTS[action](db, key, by, now)
    until = last_day(request.form, city.time_zone, now)
    try:
        with transaction() as db:
            return service.end_relation(db, key, by, now, until)
    except BadParameter as wrong:
        raise Invalid([beside("until", wrong)]) from None


def _page(city: City, relation_id: UUID, refused: CortileError | None = None) -> Response:
    by = speaker(city)
    with reading() as db:
        found = told.stated(db, (city.id, relation_id), by)
    if found is None:
        raise NotFound(
            "There is no relation %(relation)s here; it may have been removed.", relation=relation_id
        )
    wrong = refused.problems[0].rule(gettext) if isinstance(refused, Invalid) else None
    page = render_template(
        "network/relation.html",
        city=city,
        relation=found,
        doings=doings(found, by),
        wrong=wrong,
        refusal=None if wrong or refused is None else refused.said(gettext),
        today=datetime.now(UTC).date(),
    )
    status = {Conflict: 409, TooMany: 429}.get(type(refused), 422) if refused else 200
    return Response(page, status, content_type=HTML, headers={"Cache-Control": PRIVATE})
