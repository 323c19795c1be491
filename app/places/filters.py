"""The filters of the query string: the same words act on the map, the list, the pins and the API."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from app import params
from app.cities import City
from app.params import Bbox
from app.places.queries import matching
from app.places.selection import Selection
from app.tables.places import KINDS, STATUSES

FILTERS = ("kind", "status", "q")


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
