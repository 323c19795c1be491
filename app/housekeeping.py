"""What is to be tidied once in a while: by `cortile tidy`, and by `cortile run` as long as it serves."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app import brakes, credentials, once
from app.cities import all_cities
from app.db import Database
from app.errors import CortileError
from app.photos.shelf import shelf_of
from app.photos.tidying import tidy as tidy_photos
from app.settings import Settings
from app.visitors.service import Desk
from app.visitors.service import tidy as tidy_visitors

FIRST, AGAIN = timedelta(minutes=1), timedelta(hours=6)
"""When a server that was started tidies: not while it starts, and then every few hours."""
A_DAY = timedelta(days=1)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """Where to tidy, and when it is."""

    database: Database
    settings: Settings
    now: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one task: how much it removed, or None where it failed."""

    what: str
    removed: int | None


def attempts(house: House) -> int:
    """Attempts that no brake counts any longer."""
    with house.database.transaction() as db:
        return brakes.sweep(db, house.now - A_DAY)


def sessions(house: House) -> int:
    """Sessions that have ended."""
    with house.database.transaction() as db:
        return credentials.sweep(db, house.now)


def answers(house: House) -> int:
    """Answers that were kept for an Idempotency-Key."""
    with house.database.transaction() as db:
        return once.sweep(db, house.now)


def photos(house: House) -> int:
    """Folders of photos that no row refers to."""
    with house.database.reading() as db:
        return tidy_photos(db, shelf_of(house.settings.var), house.now)


def visitors(house: House) -> int:
    """What visitors did not confirm in time, with its photo, and addresses that are needed no longer."""
    with house.database.transaction() as db:
        desks = [Desk(city, shelf_of(house.settings.var), house.now) for city in all_cities(db)]
        return sum(tidy_visitors(db, desk) for desk in desks)


TASKS: tuple[Callable[[House], int], ...] = (attempts, sessions, answers, photos, visitors)
"""Each removes what is over and says how much it was; all can be run at any time, and by several at once."""


def tidy(house: House) -> Iterator[Done]:
    """Do every task; one that fails is noted in the log and keeps none of the others from being done."""
    for task in TASKS:
        try:
            yield Done(task.__name__, task(house))
        except (CortileError, OSError):
            log.exception("This could not be tidied: %s", task.__name__)
            yield Done(task.__name__, None)


def tidied(settings: Settings, serving_url: str) -> list[Done]:
    """Tidy the database at `serving_url`, on a connection of its own, and what belongs to it."""
    database = Database(serving_url, size=1, timeout_ms=0)
    try:
        return list(tidy(House(database, settings, datetime.now(UTC))))
    finally:
        database.close()


def keep_tidy(settings: Settings, serving_url: str, ended: Callable[[float], bool]) -> None:
    """Tidy again and again; `ended` waits for so many seconds, and says whether to stop."""
    pause = FIRST
    while not ended(pause.total_seconds()):
        tidied(settings, serving_url)
        pause = AGAIN
