"""What a person says of a place: read from a form or from JSON, checked field by field. Pure."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.cities import City
from app.errors import BadParameter, Invalid, Sentence
from app.tables.places import KINDS, STATUSES
from geo.geometry import check

MAX_TITLE, MAX_SUMMARY, MAX_LINE, MAX_NOTE = 300, 10_000, 300, 500
MAX_VERTICES = 10_000
BLURS = (50.0, 100.0, 250.0, 500.0, 1000.0)
"""How far, in metres, the public position of a place may be from the exact one."""
STATUS_AT_FIRST = {"project": "proposed", "event": "proposed", "site": "proposed"}
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
"""Characters that turn the direction of writing: with them a text can look like another one."""

NOWHERE: BaseGeometry = shapely.Point()

Value = TypeVar("Value")
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What a version of a place says. `geometry`: EPSG:4326, exact; times are aware, `until` is excluded."""

    kind: str
    status: str
    language: str
    geometry: BaseGeometry
    title: str | None = None
    summary: str | None = None
    address: str | None = None
    website: str | None = None
    translations: dict[str, dict[str, str]] = field(default_factory=dict)
    accuracy_m: float | None = None
    blur_m: float | None = None
    since: datetime | None = None
    until: datetime | None = None
    note: str | None = None
    on_behalf_of: str | None = None


class Reader:
    """Takes fields out of what was given, and remembers every one that breaks its rule."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.problems: list[BadParameter] = []

    def read(self, name: str, rule: Callable[[str, Any], Value], otherwise: Value) -> Value:
        """The field as `rule` makes it; `otherwise` where it is absent, empty or wrong."""
        value = self.given.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return otherwise
        try:
            return rule(name, value)
        except BadParameter as problem:
            self.problems.append(problem)
            return otherwise


def content_of(given: Given, city: City) -> Content:
    """The content that was given; raises Invalid, which names every field that breaks a rule.

    `given`: fields by their names; `geometry` is a shapely geometry in EPSG:4326, the others texts, numbers
    or, for `translations`, an object; `valid_from` and `valid_to` are days in the city's time zone, the last
    one included, or moments.
    """
    reader = Reader(given)
    kind = reader.read("kind", _one_of(KINDS), "place")
    content = Content(
        kind=kind,
        status=reader.read("status", _one_of(STATUSES), STATUS_AT_FIRST.get(kind, "active")),
        language=reader.read("language", _one_of(tuple(city.languages)), city.languages[0]),
        geometry=reader.read("geometry", _inside(city), NOWHERE),
        title=reader.read("title", line_of(MAX_TITLE), None),
        summary=reader.read("summary", prose_of(MAX_SUMMARY), None),
        address=reader.read("address", line_of(MAX_LINE), None),
        website=reader.read("website", link, None),
        translations=reader.read("translations", _translations(city), {}),
        accuracy_m=reader.read("accuracy_m", _metres, None),
        blur_m=reader.read("blur_m", _blur, None),
        note=reader.read("note", line_of(MAX_NOTE), None),
        on_behalf_of=reader.read("on_behalf_of", line_of(MAX_LINE), None),
    )
    content = _with_times(reader, content, city)
    if content.geometry.is_empty and not any(each.name == "geometry" for each in reader.problems):
        reader.problems.append(BadParameter("geometry", "is missing: say where the place is."))
    if reader.problems:
        raise Invalid(reader.problems)
    return content


def line_of(most: int) -> Callable[[str, Any], str]:
    """The rule of a text on one line."""
    return lambda name, value: " ".join(_text(name, value, most).split())


def prose_of(most: int) -> Callable[[str, Any], str]:
    """The rule of a text with paragraphs."""
    return lambda name, value: _text(
        name, value.replace("\r\n", "\n") if isinstance(value, str) else value, most
    )


def link(name: str, value: Any) -> str:
    """The rule of an address on the web; one without a scheme is taken as https."""
    written = _text(name, value, MAX_LINE)
    address = written if ":" in written.partition("/")[0] else f"https://{written}"
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        fits = False
    if not fits or any(c.isspace() for c in address):
        raise BadParameter(
            name, "“%(value)s” is not a web address; write it like https://example.org.", value=written[:60]
        )
    return address


def _text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise BadParameter(name, "must be a text.")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > most:
        raise BadParameter(
            name, "has %(count)s characters; at most %(most)s are taken.", count=len(text), most=most
        )
    for character in text:
        if character in OVERRIDES:
            raise BadParameter(
                name, "holds a hidden character that turns the direction of writing; remove it."
            )
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t":
            raise BadParameter(name, "holds a character that cannot be shown (U+%(code)s); remove it.",
                               code=f"{ord(character):04X}")  # fmt: skip
    return text


def _one_of(values: tuple[str, ...]) -> Callable[[str, Any], str]:
    def rule(name: str, value: Any) -> str:
        if value not in values:
            raise BadParameter(
                name, "“%(value)s” is not one of %(values)s.", value=str(value)[:40], values=", ".join(values)
            )
        return str(value)

    return rule


def _inside(city: City) -> Callable[[str, Any], BaseGeometry]:
    """The rule of a geometry: valid or repairable, not too long, inside the city's extent."""

    def rule(name: str, value: Any) -> BaseGeometry:
        west, south, east, north = city.extent
        bounds = shapely.box(west, south, east, north)
        checked = check([value], bounds=bounds, max_vertices=MAX_VERTICES)
        problem = checked.problem[0]
        if problem == "outside":
            raise BadParameter(name, "lies outside %(city)s and its surroundings.", city=city.slug)
        if problem == "too_many_vertices":
            raise BadParameter(name, "has more than %(most)s vertices.", most=MAX_VERTICES)
        if problem:
            raise BadParameter(name, "cannot be stored: %(problem)s.", problem=_SHAPES[problem])
        shape: BaseGeometry = checked.geometries[0]
        return shape

    return rule


_SHAPES = {
    "unsupported_type": Sentence("it is not a point, a line, a polygon or several of one kind"),
    "empty": Sentence("it is empty"),
    "not_finite": Sentence("a coordinate is not a number"),
    "out_of_range": Sentence("a longitude is beyond 180 or a latitude beyond 90 degrees"),
    "beyond_repair": Sentence("its lines cross, and nothing is left inside"),
}


def _translations(city: City) -> Callable[[str, Any], dict[str, dict[str, str]]]:
    """The rule of translations: title and summary by language."""

    def rule(name: str, value: Any) -> dict[str, dict[str, str]]:
        if not isinstance(value, Mapping) or not all(isinstance(texts, Mapping) for texts in value.values()):
            raise BadParameter(name, "must be an object of titles and summaries by language.")
        kept = {}
        for language, texts in value.items():
            _one_of(tuple(city.languages))(name, language)
            fields = {"title": line_of(MAX_TITLE), "summary": prose_of(MAX_SUMMARY)}
            if unknown := [key for key in texts if key not in fields]:
                known = ", ".join(fields)
                told = f"{name}.{language}.{unknown[0]}"[:60]
                raise BadParameter(told, "is not known here; known are %(known)s.", known=known)
            said = {
                key: fields[key](f"{name}.{language}.{key}", texts[key])
                for key in fields
                if _is_said(texts.get(key))
            }
            if said:
                kept[language] = said
        return kept

    return rule


def _is_said(value: Any) -> bool:
    """Whether a text is one: what a form leaves empty is none."""
    return bool(value.strip() if isinstance(value, str) else value)


def _number(name: str, value: Any) -> float:
    try:
        number = float(str(value).replace(",", "."))
    except ValueError:
        number = float("nan")
    if isinstance(value, bool) or not np.isfinite(number):
        raise BadParameter(name, "“%(value)s” is not a number.", value=str(value)[:40])
    return number


def _metres(name: str, value: Any) -> float:
    metres = _number(name, value)
    if not 0 <= metres <= 100_000:
        raise BadParameter(name, "must be between 0 and %(most)s metres.", most="100,000")
    return metres


def _blur(name: str, value: Any) -> float | None:
    metres = _number(name, value)
    if metres not in (0, *BLURS):
        radii = ", ".join(f"{radius:g}" for radius in BLURS)
        raise BadParameter(name, "must be one of %(radii)s metres, or 0 for the exact position.", radii=radii)
    return metres or None


def _with_times(reader: Reader, content: Content, city: City) -> Content:
    zone = ZoneInfo(city.time_zone)
    since = reader.read("valid_from", moment_in(zone, days=0), None)
    until = reader.read("valid_to", moment_in(zone, days=1), None)
    if since and until and until <= since:
        reader.problems.append(BadParameter("valid_to", "is before the beginning."))
    return replace(content, since=since, until=until)


def moment_in(zone: ZoneInfo, days: int) -> Callable[[str, Any], datetime]:
    """The rule of a day (its midnight in `zone`, so many `days` later) or of a moment with its offset."""

    def rule(name: str, value: Any) -> datetime:
        try:
            read = datetime.fromisoformat(str(value))
            if len(str(value)) == len("2026-01-01"):
                read = (read + timedelta(days=days)).replace(tzinfo=zone)
            return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadParameter(
                name, "“%(value)s” is not a day; write it like 2026-05-31.", value=str(value)[:40]
            ) from None

    return rule
