"""What the links of a digest do: follow a place no longer, get no more mails."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Connection

from app.digests import queries
from app.digests.queries import Followed
from app.errors import NotFound


@dataclass(frozen=True, slots=True)
class Following:
    """Whom a link lets go, of which place (city and id), and since when they follow it."""

    key: queries.Key
    person: UUID
    since: datetime


def leave_token(secret: str, one: Following) -> str:
    """The part of a link by which somebody follows a place no longer; only this server can make one.

    It is good for the time that they follow it without a break: who follows it again has not taken that back.
    """
    city_id, place_id = one.key
    mark = [city_id, place_id.hex, one.person.hex, one.since.isoformat()]
    return str(_serializer(secret, "unfollow").dumps(mark))


def stop_token(secret: str, person: UUID) -> str:
    """The part of a link by which somebody gets no more digests; it stays good, as mails stay."""
    return str(_serializer(secret, "digests").dumps(person.hex))


def followed(db: Connection, city_id: int, token: str, secret: str) -> Followed:
    """The place of a link; raises NotFound where the link is none, or nobody follows it by now."""
    mark = _mark(city_id, token, secret)
    found = queries.followed(db, mark.key, mark.person, mark.since)
    if found is None:
        raise _not_good()
    return found


def leave(db: Connection, city_id: int, token: str, secret: str) -> None:
    """Follow the place of a link no longer; raises NotFound, also where that was done already."""
    mark = _mark(city_id, token, secret)
    if not queries.leave(db, mark.key, mark.person, mark.since):
        raise _not_good()


def reader_of(db: Connection, token: str, secret: str) -> tuple[UUID, bool]:
    """Whose link it is, and whether they get mails; raises NotFound."""
    person = UUID(_read(secret, "digests", token))
    wanted = queries.wants(db, person)
    if wanted is None:
        raise _not_good()
    return person, wanted


def stop(db: Connection, token: str, secret: str, at: datetime) -> None:
    """Send no more digests to whose link it is; raises NotFound. Doing it twice is doing it once."""
    person, wanted = reader_of(db, token, secret)
    if wanted:
        queries.set_wanted(db, person, at)


def _mark(city_id: int, token: str, secret: str) -> Following:
    city, place, person, since = _read(secret, "unfollow", token)
    if city != city_id:
        raise _not_good()
    return Following((city, UUID(place)), UUID(person), datetime.fromisoformat(since))


def _read(secret: str, salt: str, token: str) -> Any:
    try:
        return _serializer(secret, salt).loads(token)
    except BadData:
        raise _not_good() from None


def _serializer(secret: str, salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=salt)


def _not_good() -> NotFound:
    return NotFound(
        "This link is not good, or has done its work. What you follow, and whether you get mails about it, is"
        " under “My places”, when you have signed in."
    )
