"""Words for codes, and numbers, distances and dates, as the reader writes them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_decimal, format_time, get_locale, gettext, lazy_gettext

from app.context import language

OWN_SOURCE = re.compile(r"Cortile, .+, version (\d+), ([0-9a-f]{12})")
"""The source of a published index, as it is stored."""
A_YEAR = timedelta(days=365)
LANGUAGE_NAMES = {"it": "Italiano", "en": "English"}
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
STATUS_NAMES_OF_ONE = {
    "proposed": lazy_gettext("Still a proposal"),
    "active": lazy_gettext("In progress"),
    "ended": lazy_gettext("No longer in progress"),
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
FIELD_NAMES = {
    "geometry": lazy_gettext("Where is it?"),
    "lat": lazy_gettext("Latitude"),
    "lon": lazy_gettext("Longitude"),
    "kind": lazy_gettext("What is it?"),
    "status": lazy_gettext("Status"),
    "title": lazy_gettext("Name"),
    "summary": lazy_gettext("A sentence or more"),
    "website": lazy_gettext("Website"),
    "address": lazy_gettext("Address"),
    "valid_from": lazy_gettext("First day"),
    "valid_to": lazy_gettext("Last day"),
    "blur_m": lazy_gettext("Who may see where it is?"),
    "note": lazy_gettext("Why this change?"),
    "on_behalf_of": lazy_gettext("On behalf of"),
    "photo": lazy_gettext("Photo"),
    "alt": lazy_gettext("What the photo shows"),
    "email": lazy_gettext("E-mail"),
}
ROLE_NAMES = {
    "member": lazy_gettext("member of an organisation"),
    "operator": lazy_gettext("operator of a neighbourhood house"),
    "moderator": lazy_gettext("moderator"),
    "officer": lazy_gettext("officer of the city"),
    "administrator": lazy_gettext("administrator"),
}
SCOPE_NAMES = {
    "read": lazy_gettext("read what is public"),
    "write": lazy_gettext("pin and change places"),
    "moderate": lazy_gettext("moderate, where you may"),
}
BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
"""What browsers call themselves, the more particular before the more general."""
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
PROBLEM_TITLES = {
    400: lazy_gettext("This address asks for something that we cannot read"),
    401: lazy_gettext("We need to know who you are"),
    403: lazy_gettext("This is not open to everybody"),
    404: lazy_gettext("There is nothing at this address"),
    405: lazy_gettext("This address does not do that"),
    409: lazy_gettext("Something else came in between"),
    412: lazy_gettext("Somebody else has changed it since"),
    413: lazy_gettext("This is too large to send"),
    414: lazy_gettext("This address is too long"),
    415: lazy_gettext("We cannot read this kind of file"),
    422: lazy_gettext("Something has to be corrected"),
    428: lazy_gettext("Say first which version you saw"),
    429: lazy_gettext("That was too often"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext("We cannot reach our data just now"),
}


def kind_name(kind: str) -> Any:
    """The word for one place of a kind."""
    return KIND_NAMES[kind]


def kinds_name(kind: str) -> Any:
    """The word for many places of a kind."""
    return KINDS_NAMES[kind]


def status_name(status: str, kind: str | None = None) -> Any:
    """The word for the status of many places, or of one of a kind; some kinds have words of their own."""
    if kind is None:
        return STATUS_NAMES[status]
    return STATUS_NAMES_OF.get((kind, status)) or STATUS_NAMES_OF_ONE[status]


def field_name(name: str) -> Any:
    """The label of a field of the form of a place."""
    if name.startswith("translations."):
        _, language, field = name.split(".")
        return f"{FIELD_NAMES[field]} ({language_name(language)})"
    return FIELD_NAMES.get(name) or gettext("This form")


def language_name(code: str) -> str:
    """The name of a language, in the reader's."""
    names: Mapping[str, str] = get_locale().languages
    return names.get(code, code)


def role_name(role: str) -> Any:
    """The word for a role that somebody was given."""
    return ROLE_NAMES[role]


def scope_name(scope: str) -> str:
    """What a token of this scope may do."""
    return str(SCOPE_NAMES[scope])


def browser_name(agent: str) -> str:
    """The browser and the system that a request said it came from, in two words."""
    browser = next((name for mark, name in BROWSERS.items() if mark in agent), None)
    system = next((name for mark, name in SYSTEMS.items() if mark in agent), None)
    return " · ".join(filter(None, (browser, system))) or str(gettext("a browser"))


def problem_title(status: int) -> Any:
    """What happened, in a few words for somebody who does not know the codes of HTTP."""
    if status < 500:
        return PROBLEM_TITLES.get(status) or gettext("We cannot do what was asked")
    return PROBLEM_TITLES.get(status) or gettext("Something went wrong on our side")


def said(names: Mapping[str, str]) -> str:
    """The text in the reader's language, else in any language that it is written in."""
    return names.get(language()) or next(iter(names.values()), "")


class Sourced(Protocol):
    """A figure, which has names and a source."""

    @property
    def names(self) -> Mapping[str, str]:
        """What it is called, by language."""

    @property
    def source(self) -> str:
        """Whose it is, as it is stored."""


class Dated(Sourced, Protocol):
    """A figure that is of a year."""

    @property
    def year(self) -> int:
        """What year it tells of."""


def source_said(figure: Sourced) -> str:
    """Whose figure it is; of an index that was computed here, in the reader's language."""
    own = OWN_SOURCE.fullmatch(figure.source)
    if own is None:
        return figure.source
    told = {"name": said(figure.names), "number": own[1], "hash": own[2]}
    return str(gettext("Cortile, %(name)s, version %(number)s, %(hash)s", **told))


def dated(source: str, year: object) -> str:
    """A source with the year of its figures; where it ends with that year, the year is told already."""
    return source if re.search(rf"(?<!\w){re.escape(str(year))}$", source) else f"{source}, {year}"


def source_dated(figure: Dated) -> str:
    """Whose figure it is, and of which year."""
    return dated(source_said(figure), figure.year)


def shown(value: float | Decimal, decimals: int = 0) -> Decimal:
    """A number as it is displayed with this many decimals: what a reader compares and subtracts."""
    told = Decimal(str(value))
    # Adding 0 makes a 0 of a negative zero.
    return told.quantize(Decimal(1).scaleb(-decimals)) + 0 if told.is_finite() else told


def number(value: float | Decimal, decimals: int = 0) -> str:
    """A number with this many decimals, as the reader writes it."""
    written = "#,##0." + "0" * decimals if decimals else "#,##0"
    return str(format_decimal(shown(value, decimals), written))


def plain_number(value: float) -> str:
    """A number with the decimals that it has, three at the most, as the reader writes it."""
    return str(format_decimal(value, "#,##0.###"))


def distance(metres: float) -> str:
    """About how far, in metres up to a kilometre and in kilometres above."""
    if metres < 1000:
        return f"{number(metres)} m"
    kilometres = number(metres / 1000, 0 if metres % 1000 == 0 else 1)
    return f"{kilometres} km"


def day(moment: datetime | None, time_zone: str = "Europe/Rome") -> str:
    """A moment as a day in the city's time zone, as the reader writes it; “not known” where there is none."""
    if moment is None:
        return str(gettext("not known"))
    return str(format_date(moment.astimezone(ZoneInfo(time_zone)), "long"))


def right_now(time_zone: str) -> str:
    """The day and the minute in the city's time zone, as the reader writes it, for what is cited later."""
    now = datetime.now(UTC).astimezone(ZoneInfo(time_zone))
    return f"{format_date(now, 'long', rebase=False)}, {format_time(now, 'short', rebase=False)}"


def a_year_ago() -> str:
    """The day a year before today, in UTC, as an address says it."""
    return (datetime.now(UTC) - A_YEAR).date().isoformat()


def is_fresh(moment: datetime | None) -> bool:
    """Whether somebody has confirmed something within a year."""
    return moment is not None and datetime.now(UTC) - moment <= A_YEAR


def last_day(end: datetime, time_zone: str = "Europe/Rome") -> str:
    """The last day that counts of a time that ends before `end`."""
    return day(end - timedelta(microseconds=1), time_zone)
