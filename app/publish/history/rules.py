"""What the history tells, and what it keeps to itself. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from app.publish.history.queries import Version
from geo.geometry import anchor
from geo.proximity import metres_between

FIELDS = (
    "kind", "status", "title", "summary", "language", "translations", "address", "website", "accuracy_m",
    "valid_from", "valid_to",
)  # fmt: skip
"""What is compared between two versions, besides the geometry."""


@dataclass(frozen=True, slots=True)
class Told:
    """A version as a reader may see it; `geometry` is None where it is withheld."""

    version: Version
    geometry: str | None


@dataclass(frozen=True, slots=True)
class Field:
    """One field before and after; None where nothing is said."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Move:
    """How the geometry changed: metres between the anchors, and both as (latitude, longitude)."""

    metres: float
    before: tuple[float, float]
    after: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Step:
    """A version and what it changed of the one before it; `before` is None where there is none to show."""

    told: Told
    before: Told | None
    fields: list[Field]
    move: Move | None


def told(version: Version, newest: int, blurred: bool, sees_exact: bool) -> Told:
    """The version without what its reader may not see.

    Of a place that was blurred once, earlier versions that were exact keep their position, and what tells it,
    to themselves; the newest one is on the map as it is. Who may see exact positions sees all of them.
    """
    if sees_exact:
        return Told(version, version.exact or version.geometry)
    if blurred and version.blur_m is None and version.revision != newest:
        return Told(replace(version, exact=None, accuracy_m=None, address=None), None)
    return Told(replace(version, exact=None), version.geometry)


def steps(versions: Sequence[Told]) -> list[Step]:
    """What each version changed, the newest first; the last of the list is told without its predecessor."""
    compared = [_step(after, before) for after, before in pairwise(versions)]
    return [*compared, *(Step(last, None, [], None) for last in versions[-1:])]


def _step(after: Told, before: Told) -> Step:
    names = [name for name in FIELDS if _said(after, name) != _said(before, name)]
    if after.geometry is None or before.geometry is None:  # what is withheld is no change
        names = [name for name in names if name not in ("accuracy_m", "address")]
    fields = [Field(name, _said(before, name), _said(after, name)) for name in names]
    return Step(after, before, fields, _move(before.geometry, after.geometry))


def _said(told: Told, name: str) -> Any:
    return getattr(told.version, name) or None


def _move(before: str | None, after: str | None) -> Move | None:
    if before is None or after is None or before == after:
        return None
    points = np.column_stack(anchor(np.array([shapely.from_geojson(before), shapely.from_geojson(after)])))
    first, second = ((float(lat), float(lon)) for lon, lat in points)
    return Move(float(metres_between(points[:1], points[1:])[0]), first, second)


def as_document(step: Step) -> dict[str, Any]:
    """A step for programs; times are in UTC."""
    version = step.told.version
    said = {name: getattr(version, name) for name in FIELDS}
    return {
        "revision": version.revision,
        "recorded_at": version.recorded_at,
        "note": version.note,
        "source": version.source if version.imported else None,
        "geometry": json.loads(step.told.geometry) if step.told.geometry else None,
        "properties": said,
        "changed": [field.name for field in step.fields] + (["geometry"] if step.move else []),
    }
