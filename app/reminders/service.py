"""What a link in a reminder does: it shows a place, and confirms it once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import Connection

from app.errors import NotFound
from app.places.service import confirm_place
from app.reminders import queries
from app.reminders.queries import Due, Reminded

VALID = timedelta(days=30)
"""For so long after its mail a link is good."""
AGAIN = timedelta(days=90)
"""Nobody is reminded of a place more often than this."""
Mark = Mapping[str, Any]
"""Whose reminder of which place it is, and when it was sent."""


def token_for(secret: str, city_id: int, one: Due, at: datetime) -> str:
    """The part of a link that stands for a reminder; nobody without the secret can make one."""
    mark = [city_id, one.place_id.hex, one.person_id.hex, at.isoformat()]
    return str(_serializer(secret).dumps(mark))


def place_of(db: Connection, city_id: int, token: str, secret: str, at: datetime) -> Reminded:
    """The place that a link asks about; raises NotFound."""
    found = queries.reminded(db, _mark(secret, city_id, token), at - VALID)
    if found is None:
        raise _not_good()
    return found


def confirm(db: Connection, city_id: int, token: str, secret: str, at: datetime) -> UUID:
    """Confirm the place of a link and use the link up; raises NotFound, also where it has left the map."""
    mark = _mark(secret, city_id, token)
    if not queries.use(db, mark, at, at - VALID):
        raise _not_good()
    place_id: UUID = mark["place"]
    confirm_place(db, (city_id, place_id), at)
    return place_id


def _mark(secret: str, city_id: int, token: str) -> dict[str, Any]:
    try:
        city, place, person, sent = _serializer(secret).loads(token)
    except BadData:
        raise _not_good() from None
    if city != city_id:
        raise _not_good()
    return {"city": city, "place": UUID(place), "person": UUID(person), "sent": datetime.fromisoformat(sent)}


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="reminder")


def _not_good() -> NotFound:
    return NotFound(
        "This link is not good, or not good any more: it works once, for 30 days. Whoever signs in can"
        " confirm a place on its own page."
    )
