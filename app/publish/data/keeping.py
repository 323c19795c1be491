"""Keeping the public data of one moment: the order of a snapshot, and the moment that every file shows."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from app.cities import City
from app.db import Database
from app.publish.data import datasets, queries
from app.publish.data.shelf import Snapshot
from app.publish.data.snapshot import Order, make_snapshot
from app.settings import Settings
from app.streams import Source

NO_TIMEOUT = 0
Chosen = Callable[[Connection], City]


def keep(
    url: str, settings: Settings, chosen: Chosen, day: date | None, say: Callable[[str], None]
) -> Snapshot:
    """Make a snapshot of the database at `url`; raises SnapshotExists and DatabaseError.

    One transaction stays open, so that every file shows the same moment.
    """
    database = Database(url, size=1, timeout_ms=NO_TIMEOUT)
    try:
        with database.transaction() as db:
            db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            moment = str(db.scalar(text("SELECT pg_export_snapshot()")))
            order = _order(db, chosen(db), day, settings)
            return make_snapshot(order, Source(url, NO_TIMEOUT, moment), settings.var, say)
    finally:
        database.close()


def _order(db: Connection, city: City, day: date | None, settings: Settings) -> Order:
    now = datetime.now(UTC)
    named = day or now.astimezone(ZoneInfo(city.time_zone)).date()
    base_url = settings.base_url or f"http://{settings.host}:{settings.port}"
    found = datasets.of_city(db, city.id)
    return Order(city, found, queries.licences(db, city.id), named.isoformat(), now, base_url)
