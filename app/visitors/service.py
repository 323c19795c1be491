"""What visitors do: send a place, confirm it by the link in a mail, see what became of it, withdraw it.

Before it is confirmed it is in `visitor_pins` alone, where no output looks and no moderator. Never commits.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Connection

from app.cities import City
from app.errors import BadParameter, Conflict, NotFound
from app.photos import service as photos
from app.photos.processing import Prepared
from app.photos.queries import NewPhoto
from app.photos.shelf import Shelf
from app.places import service as places
from app.places import versions
from app.places.rules import Author
from app.places.service import Hand
from app.visitors import queries
from app.visitors.queries import Key, Mark, NewPin, Standing, Unconfirmed
from app.visitors.rules import ERASED, MOST_OPEN, UNCONFIRMED


@dataclass(frozen=True, slots=True)
class Desk:
    """Where and when: the city, the shelf of photos, and the moment."""

    city: City
    shelf: Shelf
    at: datetime


def send(db: Connection, desk: Desk, place_id: UUID, pin: NewPin, photo: Prepared | None) -> bool:
    """Hold what a visitor sent until it is confirmed; True where a mail is due.

    The same identifier from the same address is the same thing once. Raises Conflict where it is somebody
    else's, and BadParameter where too many links of the address wait to be opened.
    """
    tidy(db, desk)
    key = (desk.city.id, place_id)
    opened = queries.open_links(db, desk.city.id, pin.email)
    if not queries.add(db, key, pin, desk.at):
        if queries.sent_by(db, key) == pin.email:
            return False
        raise _taken(key)
    if opened >= MOST_OPEN:
        raise BadParameter(
            "email", "has %(most)s links from us that wait to be opened; open these first.", most=MOST_OPEN
        )
    if photo and pin.photo_id:
        # On the disk before the row is committed. What is left over where that fails, `photos tidy` finds.
        desk.shelf.put(desk.city.id, pin.photo_id, photo)
    return True


def look(db: Connection, city_id: int, token: str, secret: str, at: datetime) -> Unconfirmed | Standing:
    """What a link leads to: something to confirm, or how it stands. Raises NotFound."""
    mark = mark_of(secret, city_id, token)
    found = queries.unconfirmed(db, mark, at - UNCONFIRMED) or queries.standing(db, mark)
    if found is None:
        raise _not_good()
    return found


def confirm(db: Connection, desk: Desk, token: str, secret: str) -> None:
    """Make a place of what a visitor sent: held, with its photo, until a moderator has looked at it.

    Confirming twice is confirming once. Raises NotFound, and Conflict where its identifier was taken since.
    """
    found = look(db, desk.city.id, token, secret, desk.at)
    if isinstance(found, Standing):
        return
    key = (desk.city.id, found.place_id)
    if versions.current(db, key):
        raise _taken(key)
    places.pin_place(db, desk.city, found.place_id, found.content, Hand(Author(None), desk.at))
    photo = desk.shelf.prepared(desk.city.id, found.photo_id) if found.photo_id else None
    if photo and found.photo_id:
        new = NewPhoto(found.photo_id, found.alt, None, desk.at, held=True)
        photos.add_photo(db, desk.shelf, key, new, photo)
    queries.confirm(db, key, desk.at)


def withdraw(db: Connection, desk: Desk, token: str, secret: str) -> None:
    """Take back what a visitor sent, before it is decided; withdrawing twice is withdrawing once.

    What was not confirmed is removed. What waits for a moderator is hidden. Raises NotFound, and Conflict
    where it is decided.
    """
    found = look(db, desk.city.id, token, secret, desk.at)
    key = (desk.city.id, found.place_id)
    if isinstance(found, Unconfirmed):
        queries.withdraw(db, key, desk.at)
        if found.photo_id:
            desk.shelf.remove(desk.city.id, found.photo_id)
        return
    if found.withdrawn_at:
        return
    if places.taken(db, key).moderation != "held":
        raise Conflict("This is decided already, and cannot be withdrawn any more.")
    places.moderate(db, desk.city.id, [found.place_id], "hidden")
    photos.settle_photos(db, desk.city.id, queries.photos_of(db, key), "hidden")
    queries.withdraw(db, key, desk.at)


def tidy(db: Connection, desk: Desk) -> int:
    """Remove what nobody confirmed in time, with its photo, and addresses that are needed no longer.

    Gives how many there were of both.
    """
    removed = queries.remove_unconfirmed(db, desk.city.id, desk.at - UNCONFIRMED)
    for photo_id in filter(None, removed):
        desk.shelf.remove(desk.city.id, photo_id)
    return len(removed) + queries.erase_decided(db, desk.city.id, desk.at - ERASED)


def token_for(secret: str, key: Key, sent_at: datetime) -> str:
    """The part of a link that stands for what a visitor sent; nobody without the secret can make one."""
    return str(_serializer(secret).dumps([key[0], key[1].hex, sent_at.isoformat()]))


def mark_of(secret: str, city_id: int, token: str) -> Mark:
    """What a link stands for; raises NotFound where it was made up, or belongs to another city."""
    try:
        city, place, sent = _serializer(secret).loads(token)
    except BadData:
        raise _not_good() from None
    if city != city_id:
        raise _not_good()
    return {"city": city, "place": UUID(place), "sent": datetime.fromisoformat(sent)}


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="visitor")


def _taken(key: Key) -> Conflict:
    return Conflict(
        "The identifier %(place)s belongs to another place already; nothing was changed.", place=key[1]
    )


def _not_good() -> NotFound:
    return NotFound(
        "This link is not good, or not good any more: it confirms for %(days)s days, and tells what became"
        " of a place until %(erased)s days after the decision.",
        days=UNCONFIRMED.days,
        erased=ERASED.days,
    )
