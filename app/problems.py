"""The one table from error to HTTP status, told as problem+json (RFC 9457) or as a page."""

from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, Response, current_app, json, redirect, render_template, request
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import HTTPException

from app import errors
from app.context import language

STATUS: dict[type[errors.CortileError], HTTPStatus] = {
    errors.BadParameter: HTTPStatus.BAD_REQUEST,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.FormExpired: HTTPStatus.BAD_REQUEST,
    errors.SignInNeeded: HTTPStatus.UNAUTHORIZED,
    errors.BadToken: HTTPStatus.UNAUTHORIZED,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.Outdated: HTTPStatus.PRECONDITION_FAILED,
    errors.ConditionNeeded: HTTPStatus.PRECONDITION_REQUIRED,
    errors.WrongMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.DatabaseError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CortileError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The nearest class of the error decides."""

CHALLENGES = {
    errors.SignInNeeded: 'Bearer realm="Cortile"',
    errors.BadToken: 'Bearer realm="Cortile", error="invalid_token"',
}
"""What a program is asked for (RFC 6750)."""

SENTENCES = {
    HTTPStatus.BAD_REQUEST: lazy_gettext("This request cannot be understood."),
    HTTPStatus.NOT_FOUND: lazy_gettext("There is nothing at “%(path)s”; check how the address is written."),
    HTTPStatus.METHOD_NOT_ALLOWED: lazy_gettext("This address does not answer %(method)s requests."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: lazy_gettext("What was sent is larger than this server takes."),
    HTTPStatus.REQUEST_URI_TOO_LONG: lazy_gettext("The address is longer than this server takes."),
    HTTPStatus.TOO_MANY_REQUESTS: lazy_gettext(
        "These are too many requests at once; please try again in a moment."
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: lazy_gettext(
        "Something went wrong on our side; it was noted, and nothing was changed."
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: lazy_gettext(
        "The database cannot be reached, or took too long; please try again in a moment."
    ),
}
"""What is said of a status where no error of ours says more."""
ASKING = {"fragility", "siting", "drawn", "planner", "graph", "walking", "gaps", "paths", "network"}
"""The blueprints whose pages have a form that asks, so that a question that is refused can be asked anew."""
OTHERWISE = lazy_gettext("This request cannot be answered.")


def install(app: Flask) -> None:
    """Tell every error of `app` by its status, never by a stack trace."""
    app.register_error_handler(errors.CortileError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _refused(error: errors.CortileError) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, errors.SignInNeeded) and wants_page():
        return _to_sign_in()
    if isinstance(error, errors.Busy | errors.TooMany):
        return _later(told(status, error.code, error.said(gettext)), error.seconds)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # What the error says is for the log: it may name hosts and folders.
        current_app.logger.error("%s", error)
        return told(status, error.code, _sentence(status))
    response = told(status, error.code, error.said(gettext), **_named(error))
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = CHALLENGES[type(error)]
    return response


def _named(error: errors.CortileError) -> dict[str, Any]:
    """Which parameters are wrong, for programs."""
    if isinstance(error, errors.BadParameter):
        return {"parameter": error.name}
    if isinstance(error, errors.Invalid):
        told = [{"parameter": wrong.name, "detail": wrong.rule(gettext)} for wrong in error.problems]
        return {"errors": told}
    return {}


def _later(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


def _to_sign_in() -> Response:
    """To the page for signing in, and back from there to the page that was asked for."""
    asked = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else "/"
    answer = redirect("/login?" + urlencode({"next": asked}), 303)
    answer.headers["Cache-Control"] = "private, no-store"
    return cast(Response, answer)


def _http(error: HTTPException) -> Response:
    if isinstance(error.__cause__, errors.CortileError):
        return _refused(error.__cause__)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response = told(status, status.phrase.lower().replace(" ", "-"), _sentence(status))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    current_app.logger.exception("unexpected error", exc_info=error)
    return told(HTTPStatus.INTERNAL_SERVER_ERROR, "error", _sentence(HTTPStatus.INTERNAL_SERVER_ERROR))


def _sentence(status: HTTPStatus) -> str:
    """What is said of a status, in the reader's language."""
    asked = {"path": request.path[:60], "method": request.method[:40]}
    return str(SENTENCES.get(status, OTHERWISE)) % asked


def told(status: HTTPStatus, code: str, detail: str, **extra: Any) -> Response:
    """A response that tells the problem, in the form that the caller reads; `detail` is in their language."""
    headers = {"Vary": "Accept, Accept-Language, Cookie"}
    if wants_page():
        page = render_template("problem.html", status=status, code=code, detail=detail, again=_again(status))
        return Response(page, status=status, mimetype="text/html", headers=headers)
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "code": code}
    body = json.dumps({**problem, "detail": detail, **extra}, ensure_ascii=False)
    headers["Content-Language"] = language()  # which a page says of itself
    return Response(body, status=status, content_type="application/problem+json", headers=headers)


def _again(status: HTTPStatus) -> str | None:
    """The page with the form on which the question was asked; None where there is none."""
    if status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND) or request.method != "GET":
        return None
    return request.path if request.query_string and request.blueprint in ASKING else None


def wants_page() -> bool:
    """Whether the caller reads HTML rather than JSON."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    return best == "text/html" and request.args.get("f") != "json"
