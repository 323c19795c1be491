"""What every template can use: words for codes, numbers and dates as the reader writes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, request
from flask_babel import format_date, format_decimal, gettext, lazy_gettext

from app.context import LANGUAGES, language
from app.places.texts import summary_of, title_of
from app.tables.places import KINDS, STATUSES

KIND_NAMES = {
    "house": lazy_gettext("Neighbourhood house"),
    "site": lazy_gettext("Site in need of care"),
    "project": lazy_gettext("Community project"),
    "enterprise": lazy_gettext("Community enterprise"),
    "event": lazy_gettext("Event"),
    "story": lazy_gettext("Story"),
    "place": lazy_gettext("Other place"),
}
KINDS_NAMES = {
    "house": lazy_gettext("Houses"),
    "site": lazy_gettext("Sites"),
    "project": lazy_gettext("Projects"),
    "enterprise": lazy_gettext("Enterprises"),
    "event": lazy_gettext("Events"),
    "story": lazy_gettext("Stories"),
    "place": lazy_gettext("Other places"),
}
STATUS_NAMES = {
    "proposed": lazy_gettext("Proposed"),
    "active": lazy_gettext("Active"),
    "ended": lazy_gettext("Ended"),
}
STATUS_NAMES_OF = {
    ("house", "active"): lazy_gettext("Open"),
    ("house", "ended"): lazy_gettext("Closed"),
    ("site", "proposed"): lazy_gettext("Waiting for care"),
    ("site", "active"): lazy_gettext("In care"),
    ("site", "ended"): lazy_gettext("Given back"),
    ("project", "active"): lazy_gettext("Under way"),
    ("project", "ended"): lazy_gettext("Concluded"),
}


def install(app: Flask) -> None:
    """Give the templates of `app` their words."""
    app.jinja_env.globals |= {
        "KINDS": KINDS,
        "STATUSES": STATUSES,
        "LANGUAGES": LANGUAGES,
        "kind_name": lambda kind: KIND_NAMES[kind],
        "kinds_name": lambda kind: KINDS_NAMES[kind],
        "status_name": status_name,
        "language": language,
        "here": here,
        "static": static,
    }
    app.jinja_env.filters |= {
        "title_of": lambda place: title_of(place, language()),
        "summary_of": lambda place: summary_of(place, language()),
        "number": lambda value, decimals=0: format_decimal(
            value, "#,##0." + "0" * decimals if decimals else "#,##0"
        ),
        "day": day,
        "said": said,
    }


def number(value: float, decimals: int = 0) -> str:
    """A number with this many decimals, as the reader writes it."""
    return str(format_decimal(value, "#,##0." + "0" * decimals if decimals else "#,##0"))


def status_name(status: str, kind: str | None = None) -> Any:
    """The word for a status; some kinds have words of their own for it."""
    return STATUS_NAMES_OF.get((kind or "", status)) or STATUS_NAMES[status]


def said(names: Mapping[str, str]) -> str:
    """The text in the reader's language, else in any language that it is written in."""
    return names.get(language()) or next(iter(names.values()), "")


def day(moment: datetime | None, time_zone: str = "Europe/Rome") -> str:
    """A moment as a day in the city's time zone, as the reader writes it; “not known” where there is none."""
    if moment is None:
        return str(gettext("not known"))
    return str(format_date(moment.astimezone(ZoneInfo(time_zone)), "long"))


def here(**changes: str | None) -> str:
    """This page's address with parameters changed; None takes one away."""
    kept = {name: value for name, value in request.args.items() if name not in changes}
    words = urlencode(kept | {name: value for name, value in changes.items() if value is not None})
    return request.path + ("?" + words if words else "")


def static(path: str) -> str:
    """The address of a static file."""
    return "/static/" + path
