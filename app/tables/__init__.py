"""The tables: columns and constraints only. `registry` says what each one is."""

from app.tables import (
    areas,
    cities,
    contributions,
    digests,
    imports,
    moderation,
    network,
    once,
    overlay,
    people,
    photos,
    places,
    reminders,
    streets,
    visitors,
)
from app.tables.registry import metadata

__all__ = [
    "areas",
    "cities",
    "contributions",
    "digests",
    "imports",
    "metadata",
    "moderation",
    "network",
    "once",
    "overlay",
    "people",
    "photos",
    "places",
    "reminders",
    "streets",
    "visitors",
]
