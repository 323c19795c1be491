"""The one table from error to HTTP status, told as problem+json (RFC 9457) or as a page."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, json, render_template, request
from werkzeug.exceptions import HTTPException

from app import errors

STATUS: dict[type[errors.CortileError], HTTPStatus] = {
    errors.BadParameter: HTTPStatus.BAD_REQUEST,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.DatabaseError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.CortileError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The nearest class of the error decides."""

UNAVAILABLE = "The database cannot be reached, or took too long; please try again in a moment."
UNEXPECTED = "Something went wrong on our side; it was noted, and nothing was changed."


def install(app: Flask) -> None:
    """Tell every error of `app` by its status, never by a stack trace."""
    app.register_error_handler(errors.CortileError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _refused(error: errors.CortileError) -> Response:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if isinstance(error, errors.DatabaseError):  # its sentence is for the log: it may name hosts and folders
        current_app.logger.error("%s", error)
        return told(status, error.code, UNAVAILABLE)
    extra = {"parameter": error.name} if isinstance(error, errors.BadParameter) else {}
    return told(status, error.code, str(error), **extra)


def _http(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response = told(status, status.phrase.lower().replace(" ", "-"), error.description or status.phrase)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    current_app.logger.exception("unexpected error", exc_info=error)
    return told(HTTPStatus.INTERNAL_SERVER_ERROR, "error", UNEXPECTED)


def told(status: HTTPStatus, code: str, detail: str, **extra: Any) -> Response:
    """A response that tells the problem, in the form that the caller reads."""
    if wants_page():
        page = render_template("problem.html", status=status, code=code, detail=detail)
        return Response(page, status=status, mimetype="text/html")
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "code": code}
    body = json.dumps({**problem, "detail": detail, **extra}, ensure_ascii=False)
    return Response(body, status=status, content_type="application/problem+json")


def wants_page() -> bool:
    """Whether the caller reads HTML rather than JSON."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    return best == "text/html" and request.args.get("f") != "json"
