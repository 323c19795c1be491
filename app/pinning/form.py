"""What the form of a place sends, as the fields that `places.content` reads. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from app.cities import City
from app.errors import BadParameter, Invalid
from app.params import coordinate
from app.places.content import Content, content_of

FIELDS = (
    "kind",
    "status",
    "language",
    "title",
    "summary",
    "address",
    "website",
    "accuracy_m",
    "blur_m",
    "valid_from",
    "valid_to",
    "note",
    "on_behalf_of",
)
PLACED = ("lat", "lon", "spot", "geometry", "q")
"""The fields that say where: numbers, one of the spots that a look-up found, or a drawn shape as GeoJSON."""
KEPT = (*FIELDS, *PLACED, "place_id", "photo_id", "opened", "alt", "email")
"""What the check page carries on from the form."""
TRANSLATED = ("title", "summary")
COORDINATES = re.compile(r"\s*(-?\d{1,3}(?:[.,]\d+)?)\s*[;,\s]\s*(-?\d{1,3}(?:[.,]\d+)?)\s*")

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that words were found to mean: EPSG:4326 degrees, and how far off it can be, in metres."""

    label: str
    hint: str
    lon: float
    lat: float
    accuracy_m: float

    def __str__(self) -> str:
        return f"{self.lat:.6f},{self.lon:.6f},{self.accuracy_m:.0f}"


def content_from(form: Form, city: City, **known: Any) -> Content:
    """The content that a form says; raises Invalid, which names every field that breaks a rule.

    `known`: fields that come from elsewhere and count more than what was sent.
    """
    given: dict[str, Any] = {name: form.get(name) for name in FIELDS}
    given["translations"] = translations_in(form, city)
    wrong: list[BadParameter] = []
    try:
        given |= {} if "geometry" in known else placed(form)
    except BadParameter as problem:
        wrong.append(problem)
    try:
        content = content_of({**given, **known}, city)
    except Invalid as refused:
        misplaced = bool(wrong)
        wrong += [each for each in refused.problems if not (misplaced and each.name == "geometry")]
    if wrong:
        raise Invalid(wrong)
    return content


def translation_name(language: str, field: str) -> str:
    """The field of a form that holds a translation; the rules call it the same."""
    return f"translations.{language}.{field}"


def translation_names(city: City) -> list[str]:
    """The fields of the translations into every language of a city."""
    return [translation_name(language, field) for language in city.languages for field in TRANSLATED]


def translations_in(form: Form, city: City) -> dict[str, dict[str, str | None]]:
    """The translations that a form says, into the other languages than that of its texts."""
    others = [language for language in city.languages if language != form.get("language")]
    return {
        language: {field: form.get(translation_name(language, field)) for field in TRANSLATED}
        for language in others
    }


def placed(form: Form) -> dict[str, Any]:
    """Geometry and accuracy of a form; nothing where it does not say where. Raises BadParameter."""
    if form.get("geometry", "").strip():
        return {"geometry": _drawn(form["geometry"])}
    if spot := form.get("spot"):
        lat, lon, accuracy = [*spot.split(","), "", ""][:3]
        return {"geometry": _point(lat, lon), "accuracy_m": accuracy}
    if form.get("lat", "").strip() or form.get("lon", "").strip():
        return {"geometry": _point(form.get("lat", ""), form.get("lon", ""))}
    if pair := coordinates(form.get("q", "")):
        return {"geometry": shapely.Point(pair[1], pair[0])}
    return {}


def coordinates(words: str) -> tuple[float, float] | None:
    """Latitude and longitude, where the words are a pair of numbers such as 45.0703, 7.6869."""
    found = COORDINATES.fullmatch(words)
    if not found:
        return None
    lat, lon = (float(number.replace(",", ".")) for number in found.groups())
    return lat, lon


def _point(lat: str, lon: str) -> BaseGeometry:
    return shapely.Point(coordinate("lon", lon), coordinate("lat", lat))


def _drawn(words: str) -> BaseGeometry:
    try:
        shape: BaseGeometry = shapely.from_geojson(words)
    except (shapely.GEOSException, ValueError, TypeError):
        raise BadParameter("geometry", "cannot be read as GeoJSON.") from None
    return shape


def identifier(form: Form, name: str) -> UUID | None:
    """An identifier that the browser may have made (UUIDv7); None where there is none."""
    words = form.get(name, "")
    if not words:
        return None
    try:
        read = UUID(words)
    except ValueError:
        read = UUID(int=0)
    if read.version != 7:
        raise BadParameter(name, "“%(word)s” is not a UUID of version 7.", word=words[:40])
    return read
