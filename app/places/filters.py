"""The filters of the query string: the same words act on the map, the list, the pins and the API."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from app import params, times
from app.cities import City
from app.cql import reading
from app.params import Bbox
from app.places.properties import PROPERTIES
from app.places.queries import matching
from app.places.selection import Selection
from app.tables.places import KINDS, STATUSES

FILTERS = ("kind", "status", "q", "confirmed_since")
FURTHER = ("datetime", *reading.PARAMETERS)
"""What programs may ask besides: a time, and a filter in CQL2."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for; `forgiving` says that nothing matched the words to the letter."""

    kinds: tuple[str, ...]
    statuses: tuple[str, ...]
    words: str
    forgiving: bool
    since: datetime | None = None


def selection_of(
    db: Connection, city: City, query: Mapping[str, str], bbox: Bbox | None
) -> tuple[Selection, Filters]:
    """The places that the page's query string asks for."""
    kinds = params.one_of(query, "kind", KINDS)
    statuses = params.one_of(query, "status", STATUSES)
    words = params.words(query)
    match = matching(db, city.id, words) if words else None
    since = times.since(query, "confirmed_since")
    filters = Filters(kinds, statuses, words, bool(match and match.forgiving), since)
    return Selection(city.id, kinds, statuses, match, bbox, since=since), filters


def narrowed(selection: Selection, city: City, query: Mapping[str, str]) -> Selection:
    """The selection under `datetime` and the filter in CQL2 of the query string, too."""
    during = times.read(query)
    where = reading.condition(query, PROPERTIES, city.metric_srid)
    return replace(selection, during=during, where=where)
