"""How much a request may bring: little, except where an address says that it takes more."""

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., object])
MB = 1_000_000
USUAL = 2 * MB
"""A form or a place with ten thousand vertices has a quarter of it."""
WITH_A_PHOTO = 12 * MB
"""A photo of at most 10 MB, and the form around it."""


def takes(size: int) -> Callable[[View], View]:
    """Let the view take a body of `size` bytes; the answer to a larger one is 413."""

    def mark(view: View) -> View:
        view.body_limit = size  # type: ignore[attr-defined]
        return view

    return mark


def install(app: Flask) -> None:
    """Limit the bodies of every request of `app`, before anything reads them."""
    app.config["MAX_FORM_MEMORY_SIZE"] = USUAL
    app.before_request(_limit)


def _limit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    request.max_content_length = getattr(view, "body_limit", USUAL)
