"""Flask-Security, set up: our tables, our words, our sessions, a permission for each address, and brakes."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import user_logged_out
from flask_login.utils import _user_context_processor
from flask_security import (
    MailUtil,
    RegisterFormV2,
    Security,
    WebauthnUtil,
    password_changed,
    password_reset,
    user_authenticated,
)
from flask_security.utils import set_request_attr, validate_redirect_url
from uuid_utils import compat
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length, Optional

from app.brakes import Brake, attempt, forget
from app.context import in_language, services, transaction
from app.errors import CortileError
from app.identity import SESSION_SECRET, allow, caller
from app.keys import fingerprint
from app.mail import Letter, send, site_url
from app.people import queries
from app.people.accounts import People, Person, now
from app.people.messages import MESSAGES, SUBJECTS
from app.people.rules import LONGEST_NAME, address_of
from app.permissions import Permission
from app.settings import CHECKOUT, Settings

P = Permission
ENDPOINTS: dict[str, Permission] = {
    "login": P.SIGN_IN,
    "logout": P.SIGN_IN,
    "register": P.SIGN_IN,
    "send_confirmation": P.SIGN_IN,
    "confirm_email": P.SIGN_IN,
    "forgot_password": P.SIGN_IN,
    "reset_password": P.SIGN_IN,
    "change_email_confirm": P.SIGN_IN,
    "two_factor_token_validation": P.SIGN_IN,
    "two_factor_rescue": P.SIGN_IN,
    "tf_select": P.SIGN_IN,
    "mf_recovery": P.SIGN_IN,
    "wan_signin": P.SIGN_IN,
    "wan_signin_response": P.SIGN_IN,
    "verify": P.USE_ACCOUNT,
    "change_password": P.USE_ACCOUNT,
    "change_email": P.USE_ACCOUNT,
    "two_factor_setup": P.USE_ACCOUNT,
    "two_factor_setup_validate": P.USE_ACCOUNT,
    "mf_recovery_codes": P.USE_ACCOUNT,
    "wan_register": P.USE_ACCOUNT,
    "wan_register_response": P.USE_ACCOUNT,
    "wan_delete": P.USE_ACCOUNT,
    "wan_verify": P.USE_ACCOUNT,
    "wan_verify_response": P.USE_ACCOUNT,
}
"""Every address of Flask-Security, and who may use it."""

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
SIGN_IN, SIGN_IN_FROM = Brake("sign-in", 10, QUARTER), Brake("sign-in-from", 50, QUARTER)
MAIL_TO, MAIL_FROM = Brake("mail-to", 5, HOUR), Brake("mail-from", 30, HOUR)
BRAKES: dict[str, tuple[Brake, Brake]] = {
    **dict.fromkeys(("login", "verify", "change_password"), (SIGN_IN, SIGN_IN_FROM)),
    **dict.fromkeys(("two_factor_token_validation", "mf_recovery"), (SIGN_IN, SIGN_IN_FROM)),
    **dict.fromkeys(("register", "send_confirmation", "forgot_password"), (MAIL_TO, MAIL_FROM)),
    "change_email": (MAIL_TO, MAIL_FROM),
    "wan_signin_response": (SIGN_IN_FROM, SIGN_IN_FROM),
}
"""How often something may be sent to an address: for one account, and from one place."""
LED_ON = ("register", "confirm_email")
LONGEST_WISH = 4_000


class Mails(MailUtil):
    """Sends Flask-Security's mails our way, and asks nobody whether an address exists."""

    def send_mail(self, template: str, subject: str, recipient: Any, *args: Any, **context: Any) -> None:
        """Send the rendered text; its name tells the subject."""
        body = args[1] or ""
        with in_language(context["user"].language):
            title = gettext(str(SUBJECTS[template.rsplit("/", 1)[-1]]))
        send(services().settings, Letter(str(recipient), title, body.strip() + "\n"))


def rendered(template: str, **context: Any) -> str:
    """A page in the language of who reads it, a mail in that of whom it is for."""
    if not template.endswith(".txt"):
        return render_template(template, **context)
    with in_language(context["user"].language):
        return render_template(template, **context)


class Passkeys(WebauthnUtil):
    """Passkeys for the public address of this server."""

    def origin(self) -> str:
        """What the browser says the page came from."""
        base = services().settings.base_url
        parts = urlsplit(base or request.host_url)
        return f"{parts.scheme}://{parts.netloc}"

    def authenticator_selection(self, user: Any, usage: str) -> Any:
        """Any device will do, this one or another."""
        wanted = super().authenticator_selection(user, usage)
        wanted.authenticator_attachment = None
        return wanted


class RegisterForm(RegisterFormV2):
    """An address, a password twice, and a name to be shown, where somebody wants one."""

    name = StringField(validators=[Optional(), Length(max=LONGEST_NAME)])


def install(app: Flask, settings: Settings) -> None:
    """Give the application its pages for accounts; `guard.install` comes before."""
    app.config |= _configuration(app.config["SECRET_KEY"], settings)
    security = Security(
        app,
        People(),
        register_form=RegisterForm,
        mail_util_cls=Mails,
        webauthn_util_cls=Passkeys,
        render_template=rendered,
    )
    security.login_manager.user_loader(_person_of_session)
    security.login_manager._request_callback = None  # tokens are ours: identity.py
    # All three look at the session for every reader, and this server knows who calls without them.
    app.template_context_processors[None].remove(_user_context_processor)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_end, app)
    password_changed.connect(_end_others, app)
    password_reset.connect(_end_others, app)
    app.view_functions["security.two_factor_rescue"] = _to_recovery
    for endpoint, permission in ENDPOINTS.items():
        name = f"security.{endpoint}"
        view = _braked(endpoint, app.view_functions[name])
        app.view_functions[name] = allow(permission)(_led_on(endpoint, view))
    app.jinja_env.globals["mail_link"] = lambda path: site_url(settings) + path
    app.jinja_env.globals["onwards"] = _onwards


def _configuration(secret: str, settings: Settings) -> dict[str, Any]:
    features = ("REGISTERABLE", "CONFIRMABLE", "RECOVERABLE", "CHANGEABLE", "CHANGE_EMAIL", "TWO_FACTOR")
    configuration: dict[str, Any] = {
        **dict.fromkeys(features, True),
        "WEBAUTHN": True,
        "WAN_ALLOW_AS_MULTI_FACTOR": False,
        "WAN_ALLOW_AS_VERIFY": ["first"],
        "WAN_ALLOW_USER_HINTS": False,
        "WAN_RP_NAME": "Cortile",
        "WAN_POST_REGISTER_VIEW": "/account#passkeys",
        "WAN_REGISTER_WITHIN": timedelta(minutes=5),
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derived(secret, "recovery codes")],
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_POST_SETUP_VIEW": "/account#second-factor",
        "TOTP_SECRETS": {"1": _derived(secret, "totp").decode()},
        "TOTP_ISSUER": "Cortile",
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": True,
        "PASSWORD_LENGTH_MIN": 10,
        "RETURN_GENERIC_RESPONSES": True,
        "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "EMAIL_HTML": False,
        "API_ENABLED_METHODS": ["session"],
        "FRESHNESS": HOUR,
        "FRESHNESS_GRACE_PERIOD": HOUR,
        "POST_LOGIN_VIEW": "/",
        "POST_REGISTER_VIEW": "/login",
        "POST_CHANGE_VIEW": "/account",
        "POST_CHANGE_EMAIL_VIEW": "/account",
        "POST_VERIFY_VIEW": "/account",
        "STATIC_FOLDER": None,
        "DATETIME_FACTORY": now,
        "I18N_DOMAIN": "messages",
        "I18N_DIRNAME": [str(CHECKOUT / "app" / "translations")],
        "CLI_USERS_NAME": None,
        "CLI_ROLES_NAME": None,
    }
    configuration |= {f"MSG_{name}": (str(words), kind) for name, (words, kind) in MESSAGES.items()}
    return {f"SECURITY_{name}": value for name, value in configuration.items()}


def _derived(secret: str, purpose: str) -> bytes:
    """A key of its own for a purpose, in the form that Fernet takes."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{purpose}:{secret}".encode()).digest())


def _person_of_session(_uniquifier: str) -> Person | None:
    """Who is signed in, for Flask-Login: the one whom `identity` has recognised by their session."""
    who = caller()
    if who.person is None or who.scopes is not None:
        return None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return People().find_user(id=who.person)


def _begin(_app: Flask, user: Person, **_more: Any) -> None:
    """Somebody has signed in: a session of its own, whatever the cookie said before."""
    _end(_app)
    secret = token_urlsafe(32)
    session[SESSION_SECRET] = secret
    session.permanent = True
    agent = request.user_agent.string[:300]
    with transaction() as db:
        queries.begin_session(db, fingerprint(secret), compat.uuid7(), (user.id, agent), now())
        forget(db, SIGN_IN, user.email, _secret())


def _end(_app: Flask, **_more: Any) -> None:
    secret = session.pop(SESSION_SECRET, None)
    if secret:
        with transaction() as db:
            queries.end_session_of(db, fingerprint(secret), now())


def _end_others(_app: Flask, user: Person, **_more: Any) -> None:
    """The password has changed: whoever was signed in with the old one is so no longer."""
    kept = session.get(SESSION_SECRET)
    with transaction() as db:
        queries.end_other_sessions(db, user.id, fingerprint(kept) if kept else b"", now())


def _to_recovery() -> Response:
    """Who cannot give a code gives a recovery code."""
    return redirect(url_for("security.mf_recovery"), 303)


def _braked(endpoint: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, where something may be sent to it only so often."""
    if endpoint not in BRAKES:
        return view
    of_account, of_place = BRAKES[endpoint]

    def braked(*args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            with transaction() as db:
                attempt(db, of_place, request.remote_addr or "", _secret(), now())
                attempt(db, of_account, _account_meant(), _secret(), now())
        return view(*args, **kwargs)

    return braked


def _led_on(endpoint: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, after which somebody who makes an account still knows where they wanted to go.

    From the form by the mail with its link to the page for signing in: that leads there at last.
    """
    if endpoint not in LED_ON:
        return view

    def led_on(*args: Any, **kwargs: Any) -> Any:
        answer = view(*args, **kwargs)
        if isinstance(answer, Response) and answer.status_code in (302, 303):
            there = "/login" if endpoint == "register" else answer.location.partition("?")[0]
            answer.location = there + _onwards()
        return answer

    return led_on


def _onwards() -> str:
    """Where somebody wants to go when they have signed in, as the query of an address; "" for nowhere."""
    wish = request.args.get("next", "")
    fits = len(wish) <= LONGEST_WISH and validate_redirect_url(wish)
    return "?" + urlencode({"next": wish}) if fits else ""


def _account_meant() -> str:
    """The account that a form is about: by its address, by who began to sign in, or by who is signed in."""
    sent = request.get_json(silent=True) if request.is_json else request.form
    words = sent.get("email") if isinstance(sent, Mapping) else None
    if isinstance(words, str) and words:
        try:
            return address_of(words)
        except CortileError:
            return words.lower()
    return str(caller().email or session.get("tf_user_id") or request.remote_addr)


def _secret() -> str:
    secret: str = current_app.config["SECRET_KEY"]
    return secret
