"""The mails to followers: one to each person, in their language, about everything that has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale, gettext, ngettext

from app import mail
from app.cities import City
from app.context import cities, reading, services, transaction
from app.digests import queries, rules
from app.digests.queries import News, Reader
from app.digests.rules import About, Told
from app.digests.service import Following, leave_token, stop_token
from app.digests.words import gone, lines
from app.errors import Busy
from app.pages.words import kind_name
from app.places.texts import title_of


@dataclass(frozen=True, slots=True)
class Tally:
    """How many mails went out, about how many places, and how many could not."""

    mails: int
    places: int
    failed: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as a mail lists it."""

    title: str
    city: str
    lines: Sequence[str]
    link: str
    leave: str


def send(at: datetime) -> Tally:
    """Write to everybody who follows a place where something is new, and had no mail today.

    What a mail says is noted in one transaction with handing it over. One that cannot be sent is tried again
    the next time; where the command is killed in the instant between the two, that one mail is sent again.
    """
    told, failed = [], 0
    for reader in _readers(at):
        try:
            told.append(_write(reader, at))
        except Busy:
            failed += 1
    return Tally(sum(map(bool, told)), sum(told), failed)


def _readers(at: datetime) -> list[Reader]:
    """Those for whom there may be something."""
    there, until = cities(), at - rules.SETTLED
    with reading() as db:
        new = {one.person_id for city in there for one in queries.untold(db, city.id, until)}
        return [reader for reader in queries.readers(db, at) if reader.id in new]


def _write(reader: Reader, at: datetime) -> int:
    """Send one mail, and give the number of places in it; 0 where another run was faster."""
    until = at - rules.SETTLED
    with transaction() as db:
        told = rules.told((city, queries.untold(db, city.id, until, reader.id)) for city in cities())
        if not told.places or not queries.take(db, reader.id, at):
            return 0
        for about in told.places:
            for one in about.news:
                queries.mark(db, about.where.id, one, until)
        mail.send(services().settings, _letter(reader, told))
    return len(told.places)


def _letter(reader: Reader, told: Told[City]) -> mail.Letter:
    secret, site = current_app.config["SECRET_KEY"], mail.site_url(services().settings)
    stop = f"{site}/no-more-mails/{stop_token(secret, reader.id)}"
    with force_locale(reader.reads):
        text = render_template(
            "digests/letter.txt",
            entries=[_entry(about, reader.reads) for about in told.about],
            gone=[gone(about.place, about.where) for about in told.gone],
            logs=sorted({f"{site}/{about.where.slug}/moderation/log" for about in told.gone}),
            stop=f"{stop}?lang={reader.reads}",
        )
        return mail.Letter(reader.email, _subject(told, reader.reads), text, leave=stop)


def _subject(told: Told[City], reads: str) -> str:
    count = len(told.places)
    if count == 1 and told.about:
        return str(
            gettext("New at a place that you follow: %(place)s", place=_title(told.about[0].place, reads))
        )
    return str(
        ngettext("New at %(num)s place that you follow", "New at %(num)s places that you follow", count)
    )


def _title(one: News, reads: str) -> Any:
    return title_of(one, reads)[0] or kind_name(one.kind)


def _entry(about: About[City], reads: str) -> Entry:
    city, place = about.where, about.place
    site = mail.site_url(services().settings)
    following = Following((city.id, place.place_id), place.person_id, place.since)
    token = leave_token(current_app.config["SECRET_KEY"], following)
    return Entry(
        str(_title(place, reads)),
        city.names.get(reads) or next(iter(city.names.values())),
        lines(about, city),
        f"{site}/{city.slug}/places/{place.place_id}?lang={reads}",
        f"{site}/{city.slug}/follow-no-longer/{token}?lang={reads}",
    )
