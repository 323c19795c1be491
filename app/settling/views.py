"""The page of the rules of a city."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from uuid_utils import compat
from werkzeug.wrappers import Response

from app.cities import City
from app.context import reading, services, transaction
from app.errors import BadParameter, Invalid
from app.identity import allow, caller
from app.permissions import Permission
from app.problems import wants_page
from app.settling import queries, service
from app.settling.rules import names_of, review_of, yes_or_no

blueprint = Blueprint("rules", __name__)


@blueprint.get("/<city:city>/rules")
@allow(Permission.SETTLE_CITY)
def show(city: City) -> str:
    """The rules as they are, what each does, and what was changed."""
    return _page(city)


@blueprint.post("/<city:city>/rules")
@allow(Permission.SETTLE_CITY)
def settle(city: City) -> Response | tuple[str, int]:
    """Settle the rules as the form says."""
    try:
        wanted = _wanted(city)
    except BadParameter as wrong:
        if not wants_page():
            raise Invalid([wrong]) from None
        return _page(city, wrong), 422
    with transaction() as db:
        by = (caller().person, datetime.now(UTC))
        change = service.settle(db, city.id, wanted, compat.uuid7(), by)
    services().cities_at = float("-inf")  # the other processes see it within seconds
    flash(_("Saved.") if change else _("Nothing was different."), "success")
    return redirect(url_for("rules.show", city=city), 303)


def _wanted(city: City) -> dict[str, Any]:
    form = request.form
    return {
        "review": review_of(form.get("review", "")),
        "visitors_pin": yes_or_no(form.get("visitors_pin", ""), "visitors_pin"),
        "names": city.names
        | names_of({language: form.get(f"name_{language}", "") for language in city.languages}),
    }


def _page(city: City, wrong: BadParameter | None = None) -> str:
    with reading() as db:
        rules, changes = queries.rules(db, city.id), queries.changes(db, city.id)
    return render_template(
        "settling/rules.html", city=city, rules=rules, changes=changes, wrong=wrong, form=request.form
    )
