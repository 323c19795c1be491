"""What may be tried only so often: counted in the database, so that all processes of all servers count
together."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from app.errors import TooMany
from app.keys import pseudonym

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
OF_AN_ADDRESS = 5
"""So many people of one address (a school, a house) may do as much as one person."""


@dataclass(frozen=True, slots=True)
class Brake:
    """At most `times` of something `within` a time, for each person or address."""

    what: str
    times: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """How many contributions of a sort a person may send in an hour and in a day."""

    an_hour: int
    a_day: int


def slow_down(
    db: Connection, what: str, who: tuple[UUID | str | None, str], pace: Pace, secret: str, now: datetime
) -> None:
    """Count a contribution of `who`: the person, or a visitor's e-mail address, and where they are.

    Raises TooMany.
    """
    person, address = who
    counted = [(str(person), 1, "person")] if person else []
    counted.append((address, OF_AN_ADDRESS if isinstance(person, UUID) else 1, "address"))
    for name, times, sort in counted:
        for most, within in ((pace.an_hour, AN_HOUR), (pace.a_day, A_DAY)):
            brake = Brake(f"{what}-{sort}-{within.days}", most * times, within)
            attempt(db, brake, name, secret, now)


def attempt(db: Connection, brake: Brake, who: str, secret: str, now: datetime) -> None:
    """Count one attempt of `who` (an address, an e-mail, a person's id), or raise TooMany.

    What counts is kept for as long as it counts, under a hash that only this server's secret can make.
    Attempts beyond the limit are not counted: who waits is let in again. It is to be called in a transaction
    that commits whatever becomes of the attempt itself.
    """
    name = pseudonym(secret, f"{brake.what}:{who}")
    values = {"what": brake.what, "who": name, "since": now - brake.within, "now": now}
    db.execute(
        # Attempts of one person take turns: ten at once are ten.
        text("SELECT pg_advisory_xact_lock(hashtextextended(encode(:who, 'hex'), 0))"),
        values,
    )
    db.execute(text("DELETE FROM attempts WHERE what = :what AND who = :who AND at <= :since"), values)
    sql = "SELECT count(*), min(at) FROM attempts WHERE what = :what AND who = :who"
    count, first = db.execute(text(sql), values).one()
    if count >= brake.times:
        seconds = max(1, int((first + brake.within - now).total_seconds()) + 1)
        raise TooMany(
            "This was tried too often; please try again in %(minutes)s minutes.",
            seconds=seconds,
            minutes=-(-seconds // 60),
        )
    db.execute(text("INSERT INTO attempts (what, who, at) VALUES (:what, :who, :now)"), values)


def forget(db: Connection, brake: Brake, who: str, secret: str) -> None:
    """Attempts of `who` count no longer: what was tried succeeded."""
    values = {"what": brake.what, "who": pseudonym(secret, f"{brake.what}:{who}")}
    db.execute(text("DELETE FROM attempts WHERE what = :what AND who = :who"), values)


def sweep(db: Connection, before: datetime) -> int:
    """Remove what no longer counts for anybody, and say how much; no brake looks further back than a day."""
    return db.execute(text("DELETE FROM attempts WHERE at < :before"), {"before": before}).rowcount
