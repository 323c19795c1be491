"""The filters of the query string: the same words act on the map, the list, the pins and the API."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app import params, times
from app.cities import City
from app.cql import reading
from app.params import Bbox
from app.places.properties import PROPERTIES
from app.places.queries import matching
from app.places.selection import Selection
from app.tables.places import KINDS, STATUSES

FILTERS = ("kind", "status", "q")
FURTHER = ("datetime", "confirmed_since", *reading.PARAMETERS)
"""What programs may ask besides: a time, how fresh a place is, and a filter in CQL2."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked for; `forgiving` says that nothing matched the words to the letter."""

    kinds: tuple[str, ...]
    statuses: tuple[str, ...]
    words: str
    forgiving: bool


def selection_of(
    db: Connection, city: City, query: Mapping[str, str], bbox: Bbox | None
) -> tuple[Selection, Filters]:
    """The places that the page's query string asks for."""
    kinds = params.one_of(query, "kind", KINDS)
    statuses = params.one_of(query, "status", STATUSES)
    words = params.words(query)
    match = matching(db, city.id, words) if words else None
    filters = Filters(kinds, statuses, words, bool(match and match.forgiving))
    return Selection(city.id, kinds, statuses, match, bbox), filters


def narrowed(selection: Selection, city: City, query: Mapping[str, str]) -> Selection:
    """The selection under `datetime`, `confirmed_since` and the filter in CQL2 of the query string, too."""
    during, since = times.read(query), times.since(query, "confirmed_since")
    where = reading.condition(query, PROPERTIES, city.metric_srid)
    return replace(selection, during=during, since=since, where=where)
