"""The mails that remind: one to each person, in their language, with a link for each of their places."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from flask import current_app, render_template
from flask_babel import gettext

from app import mail
from app.cities import City
from app.context import cities, in_language, reading, services, transaction
from app.errors import Busy
from app.pages.words import day, kind_name
from app.places.texts import title_of
from app.reminders import queries
from app.reminders.queries import Due
from app.reminders.service import AGAIN, token_for

MOST = 50
"""How many places a mail lists; the others come with the next one."""
Places = list[tuple[City, Due]]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many mails went out, about how many places, and how many could not."""

    mails: int
    places: int
    failed: int


@dataclass(frozen=True, slots=True)
class Line:
    """A place as a mail lists it."""

    title: str
    told: str
    link: str


def remind(at: datetime, older_than: timedelta) -> Tally:
    """Write to everybody with a public place that nobody has confirmed for so long.

    What a mail says is noted in one transaction with handing it over: one that cannot be sent is tried again
    the next time.
    """
    told, failed = [], 0
    for places in _by_person(at, older_than):
        try:
            told.append(_write(places[:MOST], at))
        except Busy:
            failed += 1
    return Tally(sum(map(bool, told)), sum(told), failed)


def _by_person(at: datetime, older_than: timedelta) -> Iterable[Places]:
    there = cities()  # before: a reader must not ask for a second connection
    with reading() as db:
        found = [
            (city, one) for city in there for one in queries.due(db, city.id, at - older_than, at - AGAIN)
        ]
    found.sort(key=lambda pair: _person(pair))
    return [list(places) for _, places in groupby(found, _person)]


def _person(pair: tuple[City, Due]) -> UUID:
    return pair[1].person_id


def _write(places: Places, at: datetime) -> int:
    """Send one mail, and give the number of places in it: those that no other run was faster with."""
    with transaction() as db:
        kept = [pair for pair in places if queries.note(db, pair[0].id, pair[1], at, at - AGAIN)]
        if kept:
            mail.send(services().settings, _letter(kept, at))
    return len(kept)


def _letter(places: Places, at: datetime) -> mail.Letter:
    person = places[0][1]
    with in_language(person.reads):
        lines = [_line(city, one, at) for city, one in places]
        subject = gettext("Is this still true? Your places on Cortile")
        return mail.Letter(person.email, subject, render_template("reminders/letter.txt", lines=lines))


def _line(city: City, one: Due, at: datetime) -> Line:
    token = token_for(current_app.config["SECRET_KEY"], city.id, one, at)
    site = mail.site_url(services().settings)
    return Line(
        title_of(one, one.reads)[0] or kind_name(one.kind),
        day(one.told_at, city.time_zone),
        f"{site}/{city.slug}/still-true/{token}?lang={one.reads}",
    )
