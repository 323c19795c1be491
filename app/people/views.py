"""The page of one's own account: profile, sessions, tokens, one's data, and leaving."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, json, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import check_and_update_authn_fresh, logout_user
from werkzeug.wrappers import Response as AnyResponse

from app.context import cities, transaction
from app.credentials import IDLE
from app.errors import BadParameter, Invalid, NotFound
from app.identity import allow, caller
from app.people import queries, service
from app.people.accounts import now, passkeys_of
from app.people.rules import TOKEN_DAYS, language_of, name_of, token_of
from app.permissions import SCOPES, Permission
from app.problems import wants_page

blueprint = Blueprint("account", __name__)
FRESH = timedelta(minutes=15)


@blueprint.get("/account")
@allow(Permission.USE_ACCOUNT)
def show() -> str:
    """Everything that one's account holds."""
    return _page()


@blueprint.post("/account")
@allow(Permission.USE_ACCOUNT)
def change_profile() -> AnyResponse | tuple[str, int]:
    """Change the name that is shown, and the language of mails."""
    try:
        name, language = name_of(request.form.get("name", "")), language_of(request.form.get("language", ""))
    except BadParameter as wrong:
        return _refused(wrong)
    with transaction() as db:
        queries.change_profile(db, _person(), name, language)
    return _back(_("Saved."))


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@allow(Permission.USE_ACCOUNT)
def end_session(session_id: UUID) -> AnyResponse:
    """End one of one's sessions."""
    with transaction() as db:
        if not queries.end_session(db, _person(), session_id, now()):
            raise NotFound("You have no open session like this; it may have ended.")
    return _back(_("The session is ended."), "sessions")


@blueprint.post("/account/sessions/end-others")
@allow(Permission.USE_ACCOUNT)
def end_other_sessions() -> AnyResponse:
    """End all of one's sessions but this one."""
    with transaction() as db:
        service.end_other_sessions(db, _person(), caller().credential, now())
    return _back(_("All other sessions are ended."), "sessions")


@blueprint.post("/account/tokens")
@allow(Permission.USE_ACCOUNT)
def make_token() -> tuple[str, int]:
    """Make a token, and show it this once."""
    form = request.form
    try:
        wanted = token_of(form.get("name", ""), form.getlist("scopes"), form.get("days", ""))
    except BadParameter as wrong:
        return _refused(wrong)
    try:
        with transaction() as db:
            token, made = service.make_token(db, _person(), wanted, now())
    except BadParameter as wrong:
        return _refused(wrong)
    return _page(made=made, made_token=token), 201


@blueprint.post("/account/tokens/<uuid:token_id>/revoke")
@allow(Permission.USE_ACCOUNT)
def take_token_back(token_id: UUID) -> AnyResponse:
    """Take one of one's tokens back."""
    with transaction() as db:
        if not queries.remove_token(db, _person(), token_id):
            raise NotFound("You have no token like this; it may have been taken back.")
    return _back(_("The token is taken back."), "tokens")


@blueprint.get("/account/data.json")
@allow(Permission.USE_ACCOUNT)
def take_away() -> Response:
    """Everything that is kept about the person, as JSON."""
    known = cities()
    with transaction() as db:
        found = service.own_data(db, _person(), known, now())
    body = json.dumps(found, ensure_ascii=False, indent=2, default=str)
    response = Response(body, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="cortile-account.json"'
    return response


@blueprint.get("/account/delete")
@allow(Permission.USE_ACCOUNT)
def ask_before_deleting() -> str | AnyResponse:
    """What goes and what stays, before somebody leaves."""
    if not current_user.password and not check_and_update_authn_fresh(FRESH, FRESH, "session"):
        return redirect("/verify?next=/account/delete", 303)
    return render_template("account/delete.html", has_password=bool(current_user.password), wrong=None)


@blueprint.post("/account/delete")
@allow(Permission.USE_ACCOUNT)
def delete() -> AnyResponse | tuple[str, int]:
    """Remove the person; what they pinned stays, and names nobody."""
    has_password = bool(current_user.password)
    if has_password and not current_user.verify_and_update_password(request.form.get("password", "")):
        wrong = _("This is not your password.")
        return render_template("account/delete.html", has_password=True, wrong=wrong), 422
    if not has_password and not check_and_update_authn_fresh(FRESH, FRESH, "session"):
        return redirect("/verify?next=/account/delete", 303)
    person = _person()
    logout_user()
    with transaction() as db:
        queries.remove_person(db, person)
    flash(_("Your account is deleted. Thank you for what you have put on the map."), "success")
    return redirect("/login", 303)


def _person() -> UUID:
    person = caller().person
    assert person, "USE_ACCOUNT is for people"
    return person


def _refused(wrong: BadParameter) -> tuple[str, int]:
    """The page again, with what is wrong; a program gets it as data."""
    if not wants_page():
        raise Invalid([wrong])
    return _page(wrong=wrong.said(_)), 422


def _back(words: str, part: str = "") -> AnyResponse:
    flash(words, "success")
    return redirect("/account" + (f"#{part}" if part else ""), 303)


def _page(**told: Any) -> str:
    person, known = _person(), cities()
    with transaction() as db:
        there: dict[str, Any] = {
            "account": queries.account(db, person),
            "sessions": queries.sessions(db, person, now() - IDLE),
            "tokens": queries.tokens(db, person),
            "passkeys": passkeys_of(db, person),
            "identities": queries.identities(db, person),
            "roles": [(city, given) for city in known for given in queries.roles_of(db, city.id, person)],
        }
    there |= {"this_session": caller().credential, "SCOPES": tuple(SCOPES), "TOKEN_DAYS": TOKEN_DAYS}
    return render_template("account/account.html", **there, **told)
