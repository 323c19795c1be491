"""Whose work a city's data is, as its page tells: counted once a minute, because every record is."""

import time
from collections.abc import Sequence

from flask import current_app
from sqlalchemy import Connection

from app.publish.data import queries
from app.publish.data.queries import Origin

SECONDS = 60


def origins(db: Connection, city_id: int) -> Sequence[Origin]:
    """The sources and licences of the city's records, with how many there were within the last minute."""
    kept: dict[int, tuple[float, Sequence[Origin]]]
    kept = current_app.extensions.setdefault("cortile-origins", {})
    at, found = kept.get(city_id, (float("-inf"), ()))
    if time.monotonic() - at > SECONDS:
        found = queries.origins(db, city_id)
        kept[city_id] = time.monotonic(), found
    return found
