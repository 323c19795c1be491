"""What a change changes, field by field. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from app.places.content import Content

EARTH = Geod(ellps="WGS84")
NOT_SHOWN = ("geometry", "note")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field before and after; None where nothing is said."""

    field: str
    before: str | None
    after: str | None


def differences(now: Content, proposed: Mapping[str, Any]) -> list[Difference]:
    """The fields that a proposal changes. `proposed`: a content as it is stored, without its geometry."""
    before = {name: _written(value) for name, value in asdict(now).items() if name not in NOT_SHOWN}
    return [
        Difference(name, before[name], after)
        for name in before
        if (after := _written(proposed.get(name))) != before[name]
    ]


def _written(value: Any) -> str | None:
    """A value as a reader compares it."""
    if value is None or value == {} or value == "":
        return None
    if isinstance(value, Mapping):
        texts = [f"{language}: {text}" for language, said in value.items() for text in said.values()]
        return "\n".join(texts)
    if isinstance(value, float):
        return f"{value:g}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def moved(before: BaseGeometry, after: BaseGeometry) -> float | None:
    """How far, in metres along the ellipsoid (WGS 84), the middle has moved; None where nothing did."""
    if before.equals(after):
        return None
    first, second = before.centroid, after.centroid
    return float(EARTH.inv(first.x, first.y, second.x, second.y)[2])
