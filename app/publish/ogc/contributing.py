"""What a writer of the API does to places: the pages' own services, with the conditions of HTTP around."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from uuid_utils import compat

from app.cities import City
from app.crs import Crs
from app.errors import BadParameter, ConditionNeeded, Conflict, Forbidden, Invalid, NotFound, Outdated
from app.moderation import service as moderation
from app.moderation.rules import HIDE, REFUSE, Thing, Verdict
from app.moderation.writing import Judge
from app.permissions import Permission
from app.places import service, versions
from app.places.changes import Change
from app.places.content import Content, content_of
from app.places.service import Hand, Outcome
from app.places.versions import Current
from app.publish.ogc import bodies
from app.publish.ogc.bodies import KEPT, Object
from app.publish.ogc.collections import Collection


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody writes: the city, the collection, the system of what they send, and who they are.

    `may` says whether they have a permission in the city.
    """

    city: City
    collection: Collection
    crs: Crs
    hand: Hand
    may: Callable[[Permission], bool]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the request says of the version that it is about: entity tags, or None where it says nothing.

    `new`: there must be no such place yet (`If-None-Match: *`).
    """

    tags: frozenset[str] | None = None
    any_version: bool = False
    new: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a request: the place, the outcome, and the change that waits, where one does."""

    place: UUID
    outcome: Outcome
    change: UUID | None = None


def tag(revision: int, moderation: str = "published", confirmed_at: datetime | None = None) -> str:
    """The entity tag of a version of a place, and of when it was confirmed since."""
    confirmed = f".{confirmed_at.timestamp():.6f}" if confirmed_at else ""
    return f"{revision}.{moderation}{confirmed}"


def create(db: Connection, desk: Desk, feature: Object, place_id: UUID | None = None) -> Done:
    """Pin the place of a feature; the same feature with the same id is the same place once."""
    if place_id is None:
        place_id = bodies.identifier(feature["id"]) if feature.get("id") is not None else compat.uuid7()
    content = _content(desk, bodies.fields(feature, desk.crs))
    outcome = service.pin_place(db, desk.city, place_id, content, desk.hand)
    if not _says(db, (desk.city.id, place_id), content):
        raise Conflict(
            "The identifier %(place)s has been used for something else; nothing was changed.", place=place_id
        )
    return Done(place_id, outcome)


def replace_place(
    db: Connection, desk: Desk, key: str, feature: Object, asked: Conditions
) -> tuple[Done, bool]:
    """Put the feature in the place's place, and say whether it is a new one."""
    if asked.new:
        return _create_at(db, desk, key, feature), True
    now = _there(db, desk, key)
    seen = _seen(now, asked)
    _same_id(feature, now.id)
    given = bodies.fields(feature, desk.crs)
    kept = {name: getattr(now.content, name) for name in KEPT}
    return _change(db, desk, now, seen, {**kept, **given}), False


def update_place(db: Connection, desk: Desk, key: str, patch: Object, asked: Conditions) -> Done:
    """Change of a place what a merge patch of its feature says."""
    now = _there(db, desk, key)
    seen = _seen(now, asked)
    _same_id(patch, now.id)
    said = bodies.fields({"properties": patch.get("properties"), "geometry": None}, desk.crs)
    del said["geometry"]
    given = bodies.merged(_as_given(now.content), said)
    if "geometry" in patch:
        given["geometry"] = bodies.geometry(_whole_geometry(now, patch["geometry"]), desk.crs)
    return _change(db, desk, now, seen, given)


def withdraw_place(db: Connection, desk: Desk, key: str, asked: Conditions) -> None:
    """Take a place off the map, by a decision that can be undone.

    Its author may, as long as nobody else wrote any of it, and who reviews.
    """
    now = _there(db, desk, key)
    _seen(now, asked)
    own = versions.authors(db, (desk.city.id, now.id)) == {desk.hand.by.person}
    if not own and not desk.may(Permission.REVIEW):
        raise Forbidden("Others have written this place, too: only a moderator can take it off the map.")
    verdict = Verdict(HIDE if now.moderation == "published" else REFUSE, "other")
    judge = Judge(desk.hand.by.person, desk.hand.at, compat.uuid7(), compat.uuid7)
    moderation.decide(db, desk.city.id, [Thing("place", now.id)], verdict, judge)


def _there(db: Connection, desk: Desk, key: str) -> Current:
    """The place of an address, kept from others until the transaction ends; raises NotFound.

    A held place is there for its author, and for who reviews.
    """
    try:
        now = service.taken(db, (desk.city.id, UUID(key)))
    except ValueError:
        raise _missing(key) from None
    kinds = desk.collection.kinds
    mine = now.author == desk.hand.by.person or desk.may(Permission.REVIEW)
    if now.moderation == "hidden" or (now.moderation == "held" and not mine):
        raise _missing(key)
    if kinds and now.content.kind not in kinds:
        raise _missing(key)
    return now


def _missing(key: str) -> NotFound:
    return NotFound("There is no place %(place)s here; it may have been removed.", place=key[:60])


def _seen(now: Current, asked: Conditions) -> int:
    """The revision that the request is about; raises ConditionNeeded, or Outdated where it is another."""
    if asked.any_version:
        return now.revision
    if asked.tags is None:
        raise ConditionNeeded(
            "Say which version you saw: read the place, and send its ETag in the header If-Match."
        )
    version = tag(now.revision, now.moderation)
    # Who read the place before somebody confirmed it has seen the version that there is.
    if not any(each == version or each.startswith(f"{version}.") for each in asked.tags):
        raise Outdated(
            "Somebody has changed this place since you read it: it is at revision %(now)s. Nothing was"
            " changed, and what you wrote is not lost: read the place again, and send your change to that"
            " version.",
            now=now.revision,
        )
    return now.revision


def _create_at(db: Connection, desk: Desk, key: str, feature: Object) -> Done:
    place_id = bodies.identifier(key)
    _same_id(feature, place_id)
    if versions.lock(db, desk.city.id, [place_id]):
        raise Outdated("There is a place %(place)s already; nothing was changed.", place=place_id)
    return create(db, desk, feature, place_id)


def _same_id(sent: Object, place_id: UUID) -> None:
    told = sent.get("id", str(place_id))
    if told != str(place_id):
        raise BadParameter("id", "“%(id)s” is not the place of this address.", id=str(told)[:40])


def _as_given(content: Content) -> Object:
    """What a place says, in the words in which it would be given."""
    given: Object = {name: getattr(content, name, None) for name in bodies.WRITTEN}
    moments = {"valid_from": content.since, "valid_to": content.until}
    given |= {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    return {**given, "geometry": content.geometry, "note": None}


def _whole_geometry(now: Current, given: Any) -> Any:
    """A patch of a geometry may leave its type as it is."""
    return {"type": now.content.geometry.geom_type, **given} if isinstance(given, dict) else given


def _change(db: Connection, desk: Desk, now: Current, seen: int, given: Object) -> Done:
    content = _content(desk, given, now.content)
    change = Change(compat.uuid7(), now.id, seen)
    outcome = service.change_place(db, desk.city, change, content, desk.hand)
    return Done(now.id, outcome, change.id if outcome.state == "waiting" else None)


def _content(desk: Desk, given: Object, before: Content | None = None) -> Content:
    """The content; its kind is one of the collection's."""
    kinds = desk.collection.kinds
    if kinds and before is None:
        given = {"kind": kinds[0], **given}
    content = content_of(given, desk.city)
    if kinds and content.kind not in kinds:
        wrong = BadParameter(
            "kind",
            "“%(kind)s” does not belong to the collection %(collection)s.",
            kind=content.kind,
            collection=desk.collection.id,
        )
        raise Invalid([wrong])
    helping = content.on_behalf_of and content.on_behalf_of != (before and before.on_behalf_of)
    if helping and not desk.may(Permission.PIN_FOR_OTHERS):
        permission = Permission.PIN_FOR_OTHERS
        raise Forbidden("You are not allowed to do this: %(permission)s", permission=permission.value)
    return content


def _says(db: Connection, key: versions.Key, content: Content) -> bool:
    """Whether the first version of a place says this."""
    first = versions.earlier(db, key, 1) or versions.current(db, key)
    return (
        first is not None
        and replace(first.content, geometry=content.geometry) == content
        and bool(first.content.geometry.equals_exact(content.geometry, 0))
    )
