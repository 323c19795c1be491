"""What a request carries: its database, its city and its language."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from flask import current_app, g, request
from flask_babel import force_locale
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.routing import BaseConverter

from app.cities import City, all_cities
from app.db import Database
from app.errors import CortileError, NotFound
from app.gate import Gate
from app.settings import Settings

LANGUAGE_COOKIE = "language"
LANGUAGES = ("it", "en")
CITIES_FOR_SECONDS = 5.0


@dataclass
class Services:
    """What one application holds: its settings, its database, and the cities it last read."""

    settings: Settings
    database: Database
    gate: Gate
    cities: tuple[City, ...] = ()
    cities_at: float = float("-inf")


def services() -> Services:
    """This application's services."""
    held: Services = current_app.extensions["cortile"]
    return held


def transaction() -> AbstractContextManager[Connection]:
    """A transaction of this application's database."""
    return services().database.transaction()


@contextmanager
def reading(*, one_moment: bool = False) -> Iterator[Connection]:
    """A connection for reading this application's database; inside of a first one, that one again.

    A page may ask for something more while it is rendered, such as how much waits for a moderator: a second
    connection would wait for the first one, for ever. `one_moment`: an import that ends between two questions
    is seen by neither.
    """
    if (held := g.get("reading")) is not None:
        yield held
        return
    database = services().database
    with database.moment() if one_moment else database.reading() as g.reading:
        try:
            yield g.reading
        finally:
            del g.reading


def cities() -> tuple[City, ...]:
    """The cities; asked for again when they are older than a few seconds."""
    held = services()
    if time.monotonic() - held.cities_at > CITIES_FOR_SECONDS:
        with reading() as db:
            held.cities = tuple(all_cities(db))
        held.cities_at = time.monotonic()
    return held.cities


def city_named(slug: str) -> City:
    """The city of an address; raises NotFound, naming those there are."""
    for city in cities():
        if city.slug == slug:
            return city
    there = ", ".join(city.slug for city in cities())
    if not there:
        raise NotFound("There is no city here yet.")
    raise NotFound(
        "There is no city “%(city)s” here; the cities are: %(there)s.", city=slug[:60], there=there
    )


class CityConverter(BaseConverter):
    """`<city:city>` in an address: a slug becomes its City."""

    regex = "[a-z][a-z0-9-]{1,62}"
    part_isolating = True

    def to_python(self, value: str) -> City:
        """The city of a slug."""
        try:
            return city_named(value)
        except CortileError as error:
            # While an address is matched, Flask handles HTTP errors only; problems.py takes ours out of it.
            raise NoSuchPage from error

    def to_url(self, value: City) -> str:
        return value.slug


def language() -> str:
    """The reader's language: as the address says, else as was chosen, else as the browser wishes."""
    if "language" not in g:
        g.language = _language()
    chosen: str = g.language
    return chosen


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Whatever is said in the block is said in this language: for mails, whose reader is not the caller."""
    before = g.pop("language", None)
    g.language = code
    try:
        with force_locale(code):
            yield
    finally:
        g.language = before
        if before is None:
            del g.language


def _language() -> str:
    for wish in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wish in LANGUAGES:
            return str(wish)
    return request.accept_languages.best_match(LANGUAGES) or services().settings.default_language


def query() -> dict[str, str]:
    """The query string; a parameter that is given several times reads as one list with commas.

    Empty parameters, which a form sends for every field left alone, count as absent.
    """
    given = {name: ",".join(filter(None, values)) for name, values in request.args.lists()}
    return {name: value for name, value in given.items() if value or name in ("bbox", "limit", "after")}
