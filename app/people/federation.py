"""Signing in by a provider of OpenID Connect: with PKCE, a nonce and a state, as SPID and CIE ask for."""

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, flash, redirect, request, session
from flask_babel import gettext as _
from flask_security.utils import login_user, validate_redirect_url
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from app.context import language, services, transaction
from app.errors import Conflict, NotFound
from app.identity import allow, caller
from app.mail import site_url
from app.people import service
from app.people.accounts import People, now
from app.people.queries import Identity
from app.permissions import Permission
from app.settings import Settings

blueprint = Blueprint("federation", __name__)
BACK, NEXT = "/login/oidc/back", "oidc_next"
SECONDS = 10


def install(app: Flask, settings: Settings) -> None:
    """Make the provider known, where the settings name one."""
    app.jinja_env.globals["oidc_name"] = settings.oidc_name if settings.oidc_issuer else None
    if settings.oidc_issuer:
        OAuth(app).register(
            "oidc",
            server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            client_kwargs={
                "scope": "openid email profile",
                "code_challenge_method": "S256",
                "timeout": SECONDS,
            },
        )


@blueprint.get("/login/oidc")
@allow(Permission.SIGN_IN)
def begin() -> Response:
    """To the provider; somebody who is signed in already lets the provider know them from then on."""
    wish = request.args.get("next", "")
    session[NEXT] = wish if validate_redirect_url(wish) else "/"
    try:
        answer: Response = _provider().authorize_redirect(site_url(services().settings) + BACK)
    except (AuthlibBaseError, RequestException) as error:
        return _failed(error)
    return answer


@blueprint.get(BACK)
@allow(Permission.SIGN_IN)
def back() -> Response:
    """From the provider, with a code for a proof of who somebody is there."""
    try:
        claims = _provider().authorize_access_token()["userinfo"]
    except (AuthlibBaseError, JoseError, RequestException, KeyError) as error:
        return _failed(error)
    shown = service.Shown(
        identity=Identity(str(claims["iss"]), str(claims["sub"]), now()),
        email=claims.get("email") if claims.get("email_verified") is True else None,
        name=claims.get("name"),
        language=language(),
    )
    try:
        with transaction() as db:
            person = service.recognise(db, shown, caller().person)
    except Conflict as error:
        flash(error.said(_), "error")
        return redirect("/login", 303)
    return _sign_in(People().find_user(id=person))


def _sign_in(person: Any) -> Response:
    """Sign somebody in, by way of their second factor where they have one."""
    where = session.pop(NEXT, "/")
    if not person.active:
        return _failed(PermissionError("the account is closed"))
    plugins = current_app.extensions["security"].two_factor_plugins
    asked: Response | None = plugins.tf_enter(person, False, "oidc", next_loc=where)
    if asked is not None:
        return asked
    login_user(person, remember=False, authn_via=["oidc"])
    return redirect(where, 303)


def _provider() -> Any:
    registered = current_app.extensions.get("authlib.integrations.flask_client")
    if registered is None:
        raise NotFound("No provider for signing in is set up here.")
    return registered.oidc


def _failed(error: Exception) -> Response:
    current_app.logger.warning("signing in by the provider failed: %s", type(error).__name__)
    flash(_("Signing in with %(provider)s did not work; please try again.", provider=_name()), "error")
    return redirect("/login", 303)


def _name() -> str:
    return services().settings.oidc_name
