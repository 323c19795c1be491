"""What people do with photos: add one, describe it, hide, publish, blur, remove. They never commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.cities import City
from app.errors import BadParameter, Conflict, NotFound
from app.photos import queries
from app.photos.imaging import Region
from app.photos.processing import FIELD, Prepared, blur
from app.photos.queries import Key, NewPhoto, Photo
from app.photos.shelf import Shelf
from app.places import rules, versions
from app.places.content import line_of
from app.places.rules import Author

MOST = 30
"""Photos of a place; what is more is an album."""
MOST_REGIONS = 50
ALT = 1_000


@dataclass(frozen=True, slots=True)
class Blurring:
    """Regions of a photo, and its pictures with these blurred."""

    regions: list[Region]
    pictures: Prepared


def add_photo(db: Connection, shelf: Shelf, key: Key, photo: NewPhoto, prepared: Prepared) -> str:
    """Add a photo to the place `key`; gives its state. The same id again is the same photo once, and one that
    was removed stays so.

    The files are on the disk before the row is written, so that a row never refers to nothing; where the
    transaction fails they are left over, and `tidy` finds them. Raises NotFound for no such place, Conflict
    where the id belongs to another photo, and BadParameter for a place that has as many as it may.
    """
    if not queries.lock_place(db, key):
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=key[1])
    if before := queries.photo_or_trace(db, (key[0], photo.id)):
        return _added_before(before, key, photo)
    if queries.count(db, key) >= MOST:
        raise BadParameter(FIELD, "cannot be added: this place has %(most)s photos already.", most=MOST)
    shelf.put(key[0], photo.id, prepared)
    if not queries.insert(db, key, photo, (prepared.width, prepared.height)):
        raise _taken(photo.id)
    return "held" if photo.held else "published"


def photo_waits(db: Connection, city: City, author: Author) -> bool:
    """Whether a photo of this author waits until somebody has looked at it, as a place of theirs would."""
    most = rules.TRUSTED_AFTER
    accepted = versions.accepted(db, city.id, author.person, most) if author.person else 0
    return rules.waits(city.review, author, accepted, None)


def described(alt: str) -> str | None:
    """What is to be seen on a photo, as it is kept; raises BadParameter."""
    return line_of(ALT)("alt", alt) or None


def describe_photo(db: Connection, key: Key, alt: str) -> None:
    """Say in other words what is to be seen; raises NotFound."""
    words = described(alt)
    _locked(db, key)
    queries.set_alt(db, key, words)


def settle_photos(db: Connection, city_id: int, ids: Sequence[UUID], state: str) -> int:
    """Publish, hold or hide photos; gives how many were otherwise before."""
    return queries.set_state(db, city_id, ids, state)


def remove_photo(db: Connection, key: Key, at: datetime) -> None:
    """Remove a photo for good, as a moderator; raises NotFound.

    The row goes first, so that nobody is shown the photo from the moment at which this is committed. After
    that whoever calls removes the files (`Shelf.remove`); where they are killed in between, `tidy` does it.
    """
    if not queries.remove(db, key, "removed", at):
        raise lost(key)


def withdraw_photo(db: Connection, key: Key, person: UUID, at: datetime) -> Photo:
    """Remove a photo for good that one has sent oneself; doing it twice is doing it once.

    The files are the caller's to remove, as of `remove_photo`. Raises NotFound where it is not theirs.
    """
    found = queries.photo_or_trace(db, key)
    if found is None or found.author != person or found.state == "removed":
        raise lost(key)
    queries.remove(db, key, "withdrawn", at)
    return found


def blurred_photo(shelf: Shelf, key: Key, regions: Sequence[Region]) -> Blurring:
    """The pictures of a photo with these regions blurred and no others (none: as it was); stores nothing.

    It takes a second or so, and needs no database. Raises BadParameter and NotFound.
    """
    checked = [_checked(region) for region in regions]
    if len(checked) > MOST_REGIONS:
        raise BadParameter("regions", "are more than %(most)s; draw larger ones.", most=MOST_REGIONS)
    try:
        original = shelf.original(*key)
    except FileNotFoundError as error:
        raise lost(key) from error
    return Blurring(checked, blur(original, checked))


def show_blurred(db: Connection, shelf: Shelf, key: Key, blurring: Blurring) -> int:
    """Show these pictures of a photo from now on; gives the version that they are.

    They are on the disk before the row refers to them; until the transaction is committed the public sees the
    former ones, and afterwards never again. Raises NotFound.
    """
    version = _locked(db, key).version + 1
    shelf.put_version(*key, version, blurring.pictures)
    queries.set_regions(db, key, blurring.regions, version)
    return version


def _checked(region: Region) -> Region:
    left, top, width, height = region
    if not (0 <= left < 1 and 0 <= top < 1 and 0 < width <= 1 and 0 < height <= 1):
        raise BadParameter("regions", "must lie inside the photo, in percent from 0 to 100.")
    return left, top, min(width, 1 - left), min(height, 1 - top)


def _locked(db: Connection, key: Key) -> Photo:
    found = queries.lock(db, key)
    if found is None:
        raise lost(key)
    return found


def lost(key: Key) -> NotFound:
    """What is said where there is no such photo, or none for this reader."""
    return NotFound("There is no photo %(photo)s here; it may have been removed.", photo=key[1])


def _added_before(before: Photo, key: Key, photo: NewPhoto) -> str:
    if before.place_id != key[1] or before.author != photo.by:
        raise _taken(photo.id)
    return before.state


def _taken(photo_id: UUID) -> Conflict:
    return Conflict(
        "The identifier %(photo)s belongs to another photo already; nothing was changed.", photo=photo_id
    )
