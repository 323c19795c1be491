"""What guards those who are signed in: the session's cookie, forms that nobody else can send, answers that no
cache may keep."""

from typing import Any

from flask import Flask, Request, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect

from app.credentials import IDLE
from app.errors import FormExpired
from app.identity import bearer, has_session_cookie
from app.keys import secret_key
from app.settings import Settings

PRIVATE = "private, no-store"
OPEN_FRAMES = "frame-ancestors *"
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a form of another site can send; everything else is asked for beforehand, and refused there (CORS)."""


class PrivateSessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie; an answer that had to do with one is for its reader alone.

    Most readers have none: for them no signature is set up, and nothing is looked for to be saved.
    """

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session of the request's cookie, or an empty one."""
        if app.config["SESSION_COOKIE_NAME"] not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Keep the session, and the answer out of every cache."""
        if not (session.accessed or session.modified):
            return
        response.headers["Cache-Control"] = PRIVATE
        policy = response.headers.get("Content-Security-Policy", "")
        # Nobody's site may lay a page of somebody signed in under its own buttons.
        response.headers["Content-Security-Policy"] = policy.replace(OPEN_FRAMES, "frame-ancestors 'none'")
        super().save_session(app, session, response)


def install(app: Flask, settings: Settings) -> None:
    """Sign cookies, and let no form be sent on somebody's behalf."""
    app.session_interface = PrivateSessions()
    app.config |= {
        "SECRET_KEY": secret_key(settings),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": (settings.base_url or "").startswith("https:"),
        "PERMANENT_SESSION_LIFETIME": IDLE,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_CHECK_DEFAULT": False,  # checked below, where tokens are told from cookies
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form may be filled in slowly, or offline
        "WTF_CSRF_SSL_STRICT": False,  # whoever hides the address they come from may write, too
    }
    CSRFProtect(app)
    app.before_request(_check_form)


def _check_form() -> None:
    """Raise FormExpired where a form, or whatever rides on a cookie, does not carry the token of its page."""
    if request.method not in WRITING or request.endpoint is None or bearer() is not None:
        return
    if not has_session_cookie() and request.mimetype not in FORMS:
        return
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return
    try:
        current_app.extensions["csrf"].protect(apply_exemptions=True)
    except CSRFError as error:
        raise FormExpired(
            "This form was not sent from its own page, or its page is too old; open the page again and send "
            "it once more."
        ) from error
