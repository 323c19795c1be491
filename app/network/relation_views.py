"""The relations of a place: what is said of them, and the form to propose one. Works without scripts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import shapely
from flask import Blueprint, Response, current_app, json, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from uuid_utils import compat
from werkzeug.wrappers import Response as AnyResponse

from app import params, times
from app.brakes import Pace, slow_down
from app.cities import City
from app.context import language, query, reading, services, transaction
from app.errors import BadParameter, Conflict, CortileError, Invalid, NotFound, TooMany, beside
from app.guard import PRIVATE
from app.identity import allow, caller
from app.network import queries, service, told, words
from app.network.form import fitting, options, proposal_of
from app.network.relating import Speaker
from app.network.relation_json import relations_as_json
from app.network.relations import When
from app.network.rules import Origin
from app.network.service import Proposal
from app.network.views import HTML
from app.permissions import Permission
from app.places import queries as place_queries
from app.places.queries import Place
from app.places.relations import Relation
from app.places.selection import Selection
from app.places.texts import title_of
from app.problems import wants_page
from app.responses import FRESH, finished

blueprint = Blueprint("relations", __name__)
blueprint.add_app_template_global(words.relation_said)
blueprint.add_app_template_global(words.relation_state)
CANDIDATES, LOOKED_AT = 8, 80
"""So many places are offered, of so many that the words find."""
ENDS = {"head": "other", "tail": "other"}
"""The fields of the form that a rule about an end of a relation speaks of."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be the other end; `metres` between the two, where it is offered for being near."""

    id: str
    kind: str
    status: str
    title: str
    language: str
    address: str | None
    metres: float | None = None


@blueprint.get("/<city:city>/places/<uuid:place_id>/relations")
@allow(Permission.READ_PUBLIC)
def show(city: City, place_id: UUID) -> Response:
    """The relations of a place as far as the reader may see them, and the form to propose one.

    As JSON, `at` and `as_of` ask for what the public could know of another time. `part=candidates` gives the
    piece of the form with the places that fit `kind` and `q`.
    """
    asked = query()
    page = wants_page() or "part" in asked
    params.known(asked, ("kind", "q", "part", "lang", "f") if page else ("at", "as_of", "lang", "f"))
    with reading() as db:
        place = _place(db, city, place_id)
        if not page:
            return _as_json(db, city, place, asked)
        if "part" in asked:
            return _piece(db, city, place, asked)
    return _page(city, place_id, asked)


@blueprint.post("/<city:city>/places/<uuid:place_id>/relations")
@allow(Permission.RELATE_PLACES)
def propose(city: City, place_id: UUID) -> AnyResponse:
    """What was written: looked up (`step=find`), or proposed."""
    form = request.form
    with reading() as db:
        _place(db, city, place_id)
    if form.get("step") == "find":
        return _page(city, place_id, form)
    try:
        made = _proposed(city, proposal_of(form, place_id, city.time_zone))
    except (Invalid, Conflict, TooMany) as refused:
        if not wants_page():
            raise
        return _page(city, place_id, form, refused)
    there = url_for("relation.show", city=city, relation_id=made.id)
    if wants_page():
        return redirect(there, 303)
    answer = jsonify(id=str(made.id), state=made.state, url=there)
    answer.status_code, answer.headers["Location"] = 201, there
    return answer


def speaker(city: City) -> Speaker:
    """Who is calling, as one who says something of relations."""
    who = caller()
    return Speaker(who.person, who.may(Permission.SETTLE_RELATIONS, city))


def braked(now: datetime) -> None:
    """Count something that the caller says of relations; raises TooMany."""
    settings = services().settings
    pace = Pace(settings.pins_an_hour, settings.pins_a_day)
    who = (caller().person, request.remote_addr or "")
    with transaction() as db:
        slow_down(db, "relation", who, pace, current_app.config["SECRET_KEY"], now)


def _proposed(city: City, proposal: Proposal) -> Relation:
    """The relation, once it is kept; raises Invalid for what stands beside a field, Conflict, TooMany."""
    now = datetime.now(UTC)
    braked(now)
    try:
        with transaction() as db:
            return service.propose_relation(db, city.id, proposal, speaker(city), now)
    except BadParameter as wrong:
        raise Invalid([beside(ENDS.get(wrong.name, wrong.name), wrong)]) from None
    except NotFound as wrong:
        raise Invalid([beside("other", wrong)]) from None


def _place(db: Connection, city: City, place_id: UUID) -> Place:
    """A public place; raises NotFound."""
    found = place_queries.place(db, city.id, place_id)
    if found is None:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    return found


def _page(city: City, place_id: UUID, form: Any, refused: CortileError | None = None) -> Response:
    by = speaker(city)
    with reading() as db:
        place = _place(db, city, place_id)
        relations = told.stated_of(db, (city.id, place_id), by)
        offered = _candidates(db, city, place, form) if by.person else []
    wrong = (
        {each.name: each.rule(gettext) for each in refused.problems} if isinstance(refused, Invalid) else {}
    )
    page = render_template(
        "network/relations.html",
        city=city,
        place=place,
        relations=relations,
        person=by.person,
        options=options(place.kind),
        candidates=offered,
        form={"id": str(compat.uuid7()), **{name: form[name] for name in form}},
        wrong=wrong,
        refusal=None if wrong or refused is None else refused.said(gettext),
    )
    answer = finished(page, HTML)
    answer.status_code = _status(refused) if refused else answer.status_code
    if isinstance(refused, TooMany):
        answer.headers["Retry-After"] = str(refused.seconds)
    if by.person or request.method == "POST":
        answer.headers["Cache-Control"] = PRIVATE
    return answer


def _status(refused: CortileError) -> int:
    return {Conflict: 409, TooMany: 429}.get(type(refused), 422)


def _piece(db: Connection, city: City, place: Place, asked: dict[str, str]) -> Response:
    offered = _candidates(db, city, place, asked)
    piece = render_template("network/_candidates.html", candidates=offered, form=asked)
    return finished(piece, HTML, FRESH)


def _candidates(db: Connection, city: City, place: Place, form: Any) -> list[Candidate]:
    """The places to choose from: those that the words find, else the nearest; of kinds that fit."""
    kinds, sought = fitting(form, place.kind), params.words(form)
    if sought:
        found = place_queries.alike(db, city.id, sought, LOOKED_AT)
        fit = [each for each in found if each.kind in kinds and each.id != place.id]
        return [_candidate(each) for each in fit[:CANDIDATES]]
    origin = Origin(shapely.Point(place.lon, place.lat), place.id)
    near = queries.nearest(db, Selection(city.id, kinds=kinds), origin, CANDIDATES)
    return [_near(feature) for feature in json.loads(b"[" + near.features + b"]")]


def _candidate(found: place_queries.ListedPlace) -> Candidate:
    title, spoken = title_of(found, language())
    return Candidate(str(found.id), found.kind, found.status, title or "", spoken, found.address)


def _near(feature: dict[str, Any]) -> Candidate:
    about = feature["properties"]
    translated = (about.get("translations") or {}).get(language(), {}).get("title")
    return Candidate(
        feature["id"],
        about["kind"],
        about["status"],
        translated or about["title"] or "",
        language() if translated else about["language"],
        about["address"],
        about["metres"],
    )


def _as_json(db: Connection, city: City, place: Place, asked: dict[str, str]) -> Response:
    when = When(times.since(asked, "at"), times.since(asked, "as_of"))
    by = speaker(city)
    body = relations_as_json(db, city, place.id, when, by)
    answer = finished(json.dumps(body, ensure_ascii=False), "application/json")
    if by.person:
        answer.headers["Cache-Control"] = PRIVATE
    return answer
