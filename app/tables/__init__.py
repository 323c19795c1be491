"""The tables: columns and constraints only. `registry` says what each one is."""

from app.tables import (
    areas,
    cities,
    contributions,
    digests,
    imports,
    indices,
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
    "indices",
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
