"""What a writer sends: JSON bytes to the fields that `places/content.py` checks; pure."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from app.crs import Crs
from app.errors import BadParameter, Invalid

Object = dict[str, Any]

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_DIGITS = 20
WRITTEN = (
    "kind", "status", "title", "summary", "language", "translations", "address", "website", "accuracy_m",
    "valid_from", "valid_to", "blur_m", "on_behalf_of", "note",
)  # fmt: skip
"""The properties of a place that a writer may set."""
KEPT = ("blur_m", "on_behalf_of")
"""Those that no feature shows: who replaces a place keeps them, unless they say otherwise."""
PASSED_OVER = ("source", "licence", "recorded_at", "confirmed_at")
"""Those that the server says, which may come back with a feature that was read."""
MEMBERS = ("type", "id", "geometry", "properties", "links", "bbox")
DEPTHS = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
}  # fmt: skip
"""The geometries that are taken, and how many lists their positions are nested in."""


def document(body: bytes) -> Object:
    """The JSON object of a body; raises BadParameter, which says where it is not one."""
    try:
        read = json.loads(body.decode(), parse_constant=_no_number, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise BadParameter("body", "is not UTF-8: see its byte %(byte)s.", byte=error.start + 1) from None
    except json.JSONDecodeError as error:
        raise BadParameter(
            "body",
            "is not JSON: see line %(line)s, character %(column)s.",
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(read, dict):
        raise BadParameter("body", "must be a JSON object.")
    _check(read, MAX_DEPTH)
    return read


def feature(body: bytes) -> Object:
    """A GeoJSON feature; raises BadParameter where the body is something else."""
    read = document(body)
    if read.get("type") != "Feature":
        raise BadParameter("type", "must be “Feature”: one GeoJSON feature is taken at a time.")
    properties = read.get("properties")
    if properties is not None and not isinstance(properties, dict):
        raise BadParameter("properties", "must be a JSON object.")
    return read


def patch(body: bytes) -> Object:
    """A merge patch of a feature (RFC 7396); raises BadParameter, and Invalid for members that none has."""
    read = document(body)
    if not isinstance(read.get("properties", {}), dict):
        raise BadParameter("properties", "must be a JSON object.")
    _known(read, MEMBERS)
    return read


def fields(read: Object, crs: Crs) -> Object:
    """The fields of a feature's properties and geometry; raises Invalid for properties that there are not.

    The geometry is in `crs`; it comes out in EPSG:4326, or as None where the feature has none.
    """
    given = {name: value for name, value in (read.get("properties") or {}).items() if name not in PASSED_OVER}
    _known(given, WRITTEN)
    return {**given, "geometry": geometry(read.get("geometry"), crs)}


def geometry(given: Any, crs: Crs) -> BaseGeometry | None:
    """A GeoJSON geometry of `crs` in EPSG:4326; raises BadParameter where no place can have it."""
    if given is None:
        return None
    kind = given.get("type") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in DEPTHS:
        raise BadParameter("geometry", "must be a GeoJSON object of type %(types)s.", types=", ".join(DEPTHS))
    coordinates = given.get("coordinates")
    if not _nested(coordinates, DEPTHS[kind]):
        raise BadParameter("geometry", "has coordinates that do not make a %(type)s.", type=kind)
    try:
        shape = shapely.from_geojson(json.dumps({"type": kind, "coordinates": coordinates}))
    except shapely.GEOSException:
        raise BadParameter("geometry", "has coordinates that do not make a %(type)s.", type=kind) from None
    return crs.to_wgs84(shapely.force_2d(shape))


def merged(target: Any, change: Any) -> Any:
    """The target with a merge patch applied (RFC 7396, section 2)."""
    if not isinstance(change, Mapping):
        return change
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def identifier(given: Any) -> UUID:
    """The id that a writer made; raises BadParameter where it is not a UUIDv7."""
    try:
        found = UUID(given) if isinstance(given, str) else None
    except ValueError:
        found = None
    if found is None or found.version != 7:
        raise BadParameter("id", "“%(id)s” is not a UUIDv7.", id=str(given)[:40])
    return found


def _known(given: Object, allowed: tuple[str, ...]) -> None:
    unknown = [name for name in given if name not in allowed]
    if unknown:
        known = ", ".join(allowed)
        raise Invalid(
            [
                BadParameter(name[:40], "is not known here; known are %(known)s.", known=known)
                for name in unknown
            ]
        )


def _nested(given: Any, depth: int) -> bool:
    """Whether these are positions in so many lists."""
    if not isinstance(given, list):
        return False
    if depth:
        return all(_nested(each, depth - 1) for each in given)
    return not given or (2 <= len(given) <= 4 and all(type(each) in (int, float) for each in given))


def _check(value: Any, deeper: int) -> None:
    """Raise BadParameter where a value is nested too deeply, or a text is none that can be written down."""
    if deeper == 0:
        raise _too_deep()
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name, each in value.items():
            _check_text(name)
            _check(each, deeper - 1)
    elif isinstance(value, list):
        for each in value:
            if type(each) is not float:  # most of what there is
                _check(each, deeper - 1)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadParameter("body", "holds half of a surrogate pair, which no text can have.") from None


def _too_deep() -> BadParameter:
    return BadParameter("body", "is nested in more than %(most)s levels.", most=MAX_DEPTH)


def _no_number(word: str) -> NoReturn:
    raise BadParameter("body", "“%(word)s” is not a finite number.", word=word)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= MAX_DIGITS else float(digits)
