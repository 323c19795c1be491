"""The photo in a form that somebody sends."""

from flask import request

from app.context import services
from app.photos.processing import FIELD, Prepared, prepare
from app.photos.shelf import Shelf, shelf_of


def uploaded(name: str = FIELD) -> Prepared | None:
    """The photo of this request's form, judged and cleaned; None where none was chosen.

    It takes a second or so, in which other requests go on; so it must not be called inside a transaction. The
    view must be marked `@takes(WITH_A_PHOTO)`. Raises what `prepare` raises.
    """
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        return None
    with services().gate.aside():
        return prepare(sent.stream)


def shelf() -> Shelf:
    """The shelf of this application."""
    return shelf_of(services().settings.var)
