"""The page of the people of a city: who has which role; giving one, and taking it away."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import url_for_security
from uuid_utils import compat
from werkzeug.wrappers import Response

from app import mail
from app.brakes import Brake, attempt
from app.cities import City
from app.context import in_language, reading, services, transaction
from app.errors import BadParameter, Busy, Conflict, CortileError, Invalid, NotFound
from app.identity import allow, caller
from app.people import queries, service
from app.people.accounts import People
from app.people.rules import address_of, main_language, name_of, role_of
from app.permissions import GIVEN, Permission
from app.problems import wants_page

blueprint = Blueprint("roles", __name__)
APPOINTING = Brake("appoint", 60, timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody of a city, with their roles."""

    person_id: UUID
    email: str
    name: str | None
    roles: list[queries.Member]


@blueprint.get("/<city:city>/people")
@allow(Permission.APPOINT)
def show(city: City) -> str:
    """Who has which role, since when, and who gave it."""
    return _page(city)


@blueprint.post("/<city:city>/people")
@allow(Permission.APPOINT)
def appoint(city: City) -> Response | tuple[str, int]:
    """Give somebody a role, and write to them."""
    try:
        asked = _asked(city)
    except BadParameter as wrong:
        return _refused(city, wrong, 422)
    now = datetime.now(UTC)
    with transaction() as db:
        attempt(db, APPOINTING, str(caller().person), current_app.config["SECRET_KEY"], now)
    with transaction() as db:
        person, _new = service.appoint(db, city.id, asked, compat.uuid7(), now)
    _tell(city, asked, person)
    return redirect(url_for("roles.show", city=city), 303)


@blueprint.post("/<city:city>/people/dismiss")
@allow(Permission.APPOINT)
def dismiss(city: City) -> Response | tuple[str, int]:
    """Take a role away; the account stays."""
    email, role = address_of(request.form.get("email", "")), role_of(request.form.get("role", ""))
    try:
        with transaction() as db:
            taken = service.dismiss(db, city.id, email, role, caller().person)
    except Conflict as problem:
        return _refused(city, problem, 409)
    if not taken:
        raise NotFound("Nobody of this address has this role; it may have been taken away.")
    flash(_("The role is taken away; the account stays."), "success")
    if not _still_appoints(city):
        return redirect(f"/{city.slug}/", 303)
    return redirect(url_for("roles.show", city=city), 303)


def _still_appoints(city: City) -> bool:
    """Whether the caller gives roles after what was just done, which may have been about themselves."""
    who = caller().person
    with reading() as db:
        return any(
            one.person_id == who and one.role == "administrator" for one in queries.members(db, city.id)
        )


def _asked(city: City) -> service.Appointment:
    form = request.form
    return service.Appointment(
        address_of(form.get("email", "")),
        role_of(form.get("role", "")),
        caller().person,
        name_of(form.get("organisation", ""), "organisation"),
        main_language(city.languages),
    )


def _tell(city: City, asked: service.Appointment, person: UUID) -> None:
    """Write to whom a role was given; somebody without a password gets a link to set one."""
    account = People().find_user(id=person)
    assert account, "was found or made just now"
    with in_language(account.language):
        letter = mail.Letter(
            asked.email,
            _("Cortile: you have a new role"),
            render_template(
                "people/letter.txt", city=city, role=asked.role.value, links=_links(city, account)
            ),
        )
    try:
        mail.send(services().settings, letter)
    except Busy:
        flash(
            _(
                "The role is given, but the mail could not be sent. Tell %(email)s yourself: who has no"
                " password yet asks for one on the page for signing in.",
                email=asked.email,
            ),
            "error",
        )
    else:
        flash(_("The role is given, and a mail is on its way to %(email)s.", email=asked.email), "success")


def _links(city: City, account: Any) -> dict[str, str]:
    """The map, and where somebody without a password sets one."""
    site = mail.site_url(services().settings)
    links = {"map": f"{site}/{city.slug}/"}
    if account.password is None:
        token = generate_reset_password_token(account)
        links["password"] = site + str(url_for_security("reset_password", token=token))
    return links


def _refused(city: City, problem: CortileError, status: int) -> tuple[str, int]:
    """The page again, with what is wrong; a program gets it as data."""
    if not wants_page():
        raise Invalid([problem]) if isinstance(problem, BadParameter) else problem
    return _page(city, problem), status


def _page(city: City, problem: CortileError | None = None) -> str:
    with reading() as db:
        found = queries.members(db, city.id)
    people = [
        Somebody(roles[0].person_id, email, roles[0].name, roles)
        for email, roles in ((email, list(some)) for email, some in groupby(found, lambda one: one.email))
    ]
    wrong = problem.name if isinstance(problem, BadParameter) else None
    form = request.form if wrong else {}
    return render_template(
        "people/people.html", city=city, people=people, problem=problem, wrong=wrong, form=form, GIVEN=GIVEN
    )
