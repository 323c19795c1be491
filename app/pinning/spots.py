"""Looking words up on behalf of a request: the map is asked, and a geocoder not more often than it likes."""

from datetime import UTC, datetime

from flask import current_app

from app.brakes import attempt
from app.cities import City
from app.context import language, reading, services, transaction
from app.errors import TooMany
from app.pinning import lookup
from app.pinning.form import Spot


def spots_of(city: City, words: str) -> list[Spot]:
    """The points that the words may mean: of the map itself, and of a geocoder where there is one."""
    if not words:
        return []
    asking = lookup.Asking(words, city, language())
    settings = services().settings
    if settings.geocoder_url and _may_geocode():
        with services().gate.aside():
            found = lookup.geocoded(settings.geocoder_url, asking, settings.base_url)
    else:
        found = []
    with reading() as db:
        return [*lookup.known_spots(db, asking), *found]


def _may_geocode() -> bool:
    try:
        with transaction() as db:
            secret = current_app.config["SECRET_KEY"]
            attempt(db, lookup.ONE_A_SECOND, "everybody", secret, datetime.now(UTC))
    except TooMany:
        return False
    return True
