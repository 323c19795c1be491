"""Pages for everybody: report something, claim a place, object to a decision, and see what became of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from uuid_utils import compat
from werkzeug.wrappers import Response

from app.brakes import Brake, attempt
from app.cities import City
from app.context import language, reading, transaction
from app.errors import Conflict, CortileError, Invalid, NotFound
from app.identity import allow, caller
from app.moderation import appealing, asking, forms, queries, service
from app.moderation.asking import Appeal, Claim, Report
from app.permissions import Permission
from app.places import queries as place_queries
from app.problems import wants_page
from app.tables.moderation import REPORT_REASONS

blueprint = Blueprint("asking", __name__)
BRAKES = {
    "report": (Brake("report", 10, timedelta(hours=1)), Brake("report-day", 40, timedelta(days=1))),
    "claim": (Brake("claim", 10, timedelta(days=1)),),
    "appeal": (Brake("appeal", 10, timedelta(days=1)),),
}
"""How often a person, and an address, may ask; docs/operations.md tells it."""


@blueprint.get("/<city:city>/places/<uuid:place_id>/report")
@allow(Permission.REPORT)
def report_form(city: City, place_id: UUID) -> str:
    """The form to say that a place should not be on the map as it is."""
    return _form("report", city, place_id=place_id, reasons=REPORT_REASONS)


@blueprint.post("/<city:city>/places/<uuid:place_id>/report")
@allow(Permission.REPORT)
def report(city: City, place_id: UUID) -> Response | tuple[str, int]:
    """Take a report in; visitors can, too."""
    key = forms.key_in(request.form)
    if not request.form.get(forms.HONEYPOT):
        try:
            reason, words, email = forms.report_in(request.form)
            who = caller().person
            made = Report(key, place_id, reason, words, who, None if who else email, language(), _now())
            _brake("report")
            with transaction() as db:
                service.report(db, city.id, made)
        except Invalid as problem:
            return _again(problem, "report", city, place_id=place_id, reasons=REPORT_REASONS)
    return redirect(url_for("asking.receipt", city=city, sort="report", key=key), 303)


@blueprint.get("/<city:city>/places/<uuid:place_id>/claim")
@allow(Permission.CLAIM_PLACE)
def claim_form(city: City, place_id: UUID) -> str:
    """The form to say “this is our place”."""
    return _form("claim", city, place_id=place_id)


@blueprint.post("/<city:city>/places/<uuid:place_id>/claim")
@allow(Permission.CLAIM_PLACE)
def claim(city: City, place_id: UUID) -> Response | tuple[str, int]:
    """Take a claim in."""
    key, who = forms.key_in(request.form), caller().person
    assert who, "only somebody who signed in may claim"
    try:
        organisation, words = forms.claim_in(request.form)
        _brake("claim")
        with transaction() as db:
            service.claim(db, city.id, Claim(key, place_id, who, organisation, words, _now()))
    except (Invalid, Conflict) as problem:
        return _again(problem, "claim", city, place_id=place_id)
    return redirect(url_for("asking.receipt", city=city, sort="claim", key=key), 303)


@blueprint.get("/<city:city>/asked/<sort>/<uuid:key>")
@allow(Permission.REPORT)
def receipt(city: City, sort: str, key: UUID) -> str:
    """What happens next with a report or a claim, and what became of it; a claim is its claimant's alone."""
    if sort not in ("report", "claim"):
        raise NotFound("There is nothing to decide about at %(item)s.", item=sort[:40])
    with reading() as db:
        asked = asking.asked(db, city.id, sort, key)
    if sort == "claim" and (asked is None or asked.person_id != caller().person):
        raise NotFound("There is nothing to decide about at %(item)s.", item=f"{sort}:{key}")
    # A report that a machine made is not kept; its maker is told what everybody is told.
    state = asked.state if asked else "waiting"
    return render_template("moderation/receipt.html", city=city, sort=sort, asked=asked, state=state)


@blueprint.get("/<city:city>/appeals/<token>")
@allow(Permission.APPEAL)
def appeal_form(city: City, token: str) -> str:
    """The form to object to a decision, by the link that came with it, or by its author."""
    decision = _appealed(city, token)
    return _form("appeal", city, decision=decision, place_id=None)


@blueprint.post("/<city:city>/appeals/<token>")
@allow(Permission.APPEAL)
def appeal(city: City, token: str) -> Response | tuple[str, int] | str:
    """Take an objection in."""
    decision = _appealed(city, token)
    try:
        words = forms.appeal_in(request.form)
        _brake("appeal")
        made = Appeal(forms.key_in(request.form), decision.id, caller().person, words, _now())
        with transaction() as db:
            service.appeal(db, city.id, made)
    except (Invalid, Conflict) as problem:
        return _again(problem, "appeal", city, decision=decision, place_id=None)
    return render_template("moderation/receipt.html", city=city, sort="appeal", asked=None, state="waiting")


def _form(name: str, city: City, problem: CortileError | None = None, **shown: Any) -> str:
    place_id = shown.get("place_id")
    place = None
    if place_id:
        with reading() as db:
            place = place_queries.place(db, city.id, place_id)
        if place is None:
            raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    said = {each.name: each for each in problem.problems} if isinstance(problem, Invalid) else {}
    written = request.form if problem else {"key": str(compat.uuid7())}
    shown |= {"place": place, "problem": problem, "said": said, "form": written}
    return render_template(f"moderation/{name}.html", city=city, honeypot=forms.HONEYPOT, **shown)


def _again(problem: CortileError, name: str, city: City, **shown: Any) -> tuple[str, int]:
    """The form once more, with what is wrong beside its fields; programs get the problem itself."""
    if not wants_page():
        raise problem
    return _form(name, city, problem, **shown), 409 if isinstance(problem, Conflict) else 422


def _appealed(city: City, token: str) -> queries.Decision:
    """The decision of a link, or of its number where it concerns the caller; raises NotFound."""
    who = caller().person
    with reading() as db:
        return appealing.decision_of(db, city.id, token, who, current_app.config["SECRET_KEY"])


def _brake(what: str) -> None:
    """Count an attempt, for the address and for the person; raises TooMany."""
    secret, now = current_app.config["SECRET_KEY"], _now()
    names = [f"address {request.remote_addr}"]
    if who := caller().person:
        names.append(f"person {who}")
    with transaction() as db:
        for brake in BRAKES[what]:
            for name in names:
                attempt(db, brake, name, secret, now)


def _now() -> datetime:
    return datetime.now(UTC)
