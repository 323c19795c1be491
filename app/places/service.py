"""What people do to places: pin, change, restore, confirm. One function each; they never commit."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import Connection

from app.cities import City
from app.errors import Conflict, NotFound
from app.places import changes, counts, membership, neighbours, rules, versions
from app.places.changes import Change, Proposed
from app.places.content import Content
from app.places.rules import Author
from app.places.versions import Current, Key, Version
from geo.blur import Blur, blurred, drawn
from geo.geometry import anchor

LICENCE = "CC-BY-4.0"
"""Under what terms people hand in what they write; the form says so."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes, and when; `chance` gives random numbers between 0 and 1."""

    by: Author
    at: datetime
    chance: Callable[[], float] = secrets.SystemRandom().random


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a contribution: `published`, `held` (a new place) or `waiting` (a change)."""

    state: str
    revision: int


def pin_place(db: Connection, city: City, place_id: UUID, content: Content, hand: Hand) -> Outcome:
    """Add a place, public at once or held for review. The same id from one person is the same place once.

    Raises Conflict where the id belongs to a place of somebody else.
    """
    slot = counts.seat(db)
    key = (city.id, place_id)
    wait = _waits(db, city, content, hand)
    version, blur = _version(content, hand, None)
    moderation = "held" if wait else "published"
    if not versions.insert(db, key, version, moderation, (f"Cortile, {city.slug}", LICENCE)):
        return _pinned_before(db, key, hand)
    if blur:
        versions.add_exact(db, key, 1, content, blur)
    counts.count(db, city.id, (1, "id = :id"), {"id": place_id}, slot)
    membership.renew(db, city.id, [place_id], slot)
    neighbours.renew(db, city.id, [place_id])
    return Outcome(moderation, 1)


def change_place(db: Connection, city: City, change: Change, content: Content, hand: Hand) -> Outcome:
    """Write the next version of a place, or keep the change until it is reviewed.

    `change` says which place, and which version its author saw: raises Conflict where there is a newer one,
    and NotFound where there is no such place. The same change again is the same change once.
    """
    slot = counts.seat(db)
    key = (city.id, change.place_id)
    if done := changes.outcome(db, city.id, change.id):
        return Outcome(*done)
    now = _locked(db, key)
    if now.revision != change.seen:
        raise Conflict(
            "Somebody has changed this place since you opened it (you saw revision %(seen)s, it is at"
            " %(now)s); nothing of what you wrote is lost: compare, and send it again.",
            seen=change.seen,
            now=now.revision,
        )
    content = _discreet(db, key, now.content, content, hand)
    made = Proposed(change, content, hand.by.person, hand.at)
    if now.moderation == "published" and _waits(db, city, content, hand):
        changes.add(db, city.id, made)
        return Outcome("waiting", now.revision)
    revision = _write(db, key, content, hand, slot)
    changes.add(db, city.id, made, state="approved")
    return Outcome(now.moderation, revision)


def accept_change(db: Connection, city_id: int, change_id: UUID, hand: Hand) -> Outcome:
    """Make a waiting change the next version of its place; the version carries its author.

    Raises NotFound where no such change waits, and Conflict where the place has changed since it was made.
    """
    slot = counts.seat(db)
    waiting = changes.waiting(db, city_id, change_id)
    key = (city_id, waiting.change.place_id)
    now = _locked(db, key)
    if now.revision != waiting.change.seen:
        raise Conflict(
            "This change was made to revision %(seen)s, and the place is at revision %(now)s by now: it"
            " cannot be taken over as it is.",
            seen=waiting.change.seen,
            now=now.revision,
        )
    changes.decide(db, city_id, change_id, "approved", hand.at)
    author = replace(hand, by=Author(waiting.author, trusted=True))
    return Outcome(now.moderation, _write(db, key, waiting.content, author, slot))


def refuse_change(
    db: Connection, city_id: int, change_id: UUID, at: datetime, state: str = "refused"
) -> UUID:
    """Close a waiting change without taking it over; gives the place's id. Raises NotFound."""
    waiting = changes.waiting(db, city_id, change_id)
    changes.decide(db, city_id, change_id, state, at)
    return waiting.change.place_id


def restore_revision(db: Connection, key: Key, revision: int, hand: Hand) -> Outcome:
    """Write an earlier version once more, as the newest; raises NotFound for a number that there is not."""
    slot = counts.seat(db)
    now = _locked(db, key)
    if revision == now.revision:
        return Outcome(now.moderation, revision)
    before = versions.earlier(db, key, revision)
    if before is None:
        raise NotFound("This place has no revision %(revision)s.", revision=revision)
    content = replace(before.content, note=None)
    if now.content.blur_m and not content.blur_m:
        # What was told exactly once, and is not any more, does not become exact by the way.
        content = replace(content, blur_m=now.content.blur_m)
    return Outcome(now.moderation, _write(db, key, content, hand, slot))


def moderate(db: Connection, city_id: int, place_ids: list[UUID], moderation: str) -> int:
    """Publish, hold or hide places; gives how many were otherwise before. Merged ones stay hidden."""
    slot = counts.seat(db)
    there = versions.lock(db, city_id, place_ids)
    with _kept_right(db, city_id, there, slot):
        return versions.set_moderation(db, city_id, there, moderation)


def taken(db: Connection, key: Key) -> Current:
    """The place as it is now, public or not, kept from other writers until the transaction ends.

    For who has to look before they write; raises NotFound.
    """
    counts.seat(db)
    return _locked(db, key)


def confirm_place(db: Connection, key: Key, at: datetime) -> None:
    """Note that the place is still as told; raises NotFound where the public has no such place."""
    if not versions.confirm(db, key, at):
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=key[1])


def _locked(db: Connection, key: Key) -> Current:
    """The place's version, with other writers kept away; raises NotFound."""
    there = versions.lock(db, key[0], [key[1]])
    now = versions.current(db, key) if there else None
    if now is None or now.merged_into:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=key[1])
    return now


def _pinned_before(db: Connection, key: Key, hand: Hand) -> Outcome:
    author, revision = versions.first_author(db, key)
    there = versions.current(db, key)
    if author != hand.by.person or there is None:
        raise Conflict(
            "The identifier %(place)s belongs to another place already; nothing was changed.", place=key[1]
        )
    return Outcome(there.moderation, revision)


def _waits(db: Connection, city: City, content: Content, hand: Hand) -> bool:
    person = hand.by.person
    most = max(rules.TRUSTED_AFTER, rules.LINKS_AFTER)
    accepted = versions.accepted(db, city.id, person, most) if person and not hand.by.trusted else 0
    return rules.waits(city.review, hand.by, accepted, content)


def _discreet(db: Connection, key: Key, before: Content, content: Content, hand: Hand) -> Content:
    """What is written of a blurred place, so that it neither loses its exact position nor tells it.

    Who sends the public position back has not moved the place. Who did not say where it is cannot have it
    shown more exactly.
    """
    if not before.blur_m:
        return content
    if content.geometry.equals_exact(versions.public_position(db, key), 1e-7):
        told = content.accuracy_m in (None, before.blur_m)
        accuracy = before.accuracy_m if told else content.accuracy_m
        content = replace(content, geometry=before.geometry, accuracy_m=accuracy)
    if hand.by.trusted or versions.belongs_to(db, key, hand.by.person):
        return content
    return replace(content, blur_m=max(content.blur_m or 0, before.blur_m))


def _write(db: Connection, key: Key, content: Content, hand: Hand, slot: int) -> int:
    """The next version of a place that is locked; gives its number."""
    before = versions.blur_of(db, key, content.blur_m) if content.blur_m else None
    version, blur = _version(content, hand, before)
    with _kept_right(db, key[0], [key[1]], slot):
        revision = versions.supersede(db, key, version)
    if blur:
        versions.add_exact(db, key, revision, content, blur)
    return revision


def _version(content: Content, hand: Hand, before: Blur | None) -> tuple[Version, Blur | None]:
    """The version to write, and how its public position was made; None where that is the exact one."""
    if content.blur_m is None:
        return Version(content, content.geometry, hand.by.person, hand.at), None
    blur = before or drawn(hand.chance(), hand.chance())
    lon, lat = (float(axis[0]) for axis in anchor(np.array([content.geometry], dtype=object)))
    public = shapely.Point(*blurred(lon, lat, content.blur_m, blur))
    return Version(content, public, hand.by.person, hand.at), blur


@contextmanager
def _kept_right(db: Connection, city_id: int, ids: list[UUID], slot: int) -> Iterator[None]:
    """Keep the counts, the areas and the neighbours right around a block that writes locked places."""
    which = "id = ANY(:ids)"
    with counts.recounted(db, city_id, (which, which), {"ids": ids}, slot):
        yield
    membership.renew(db, city_id, ids, slot)
    neighbours.renew(db, city_id, ids)
