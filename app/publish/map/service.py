"""What the map page shows: the frame of counts and layers, the list, the suggestions of the search box."""

import unicodedata
from dataclasses import dataclass

from sqlalchemy import Connection

from app.fragility.queries import FoundArea, Indicator, Layer, found_areas, indicators, layers
from app.places.queries import Count, ListedPlace, alike, counts, listed
from app.places.selection import Selection
from app.places.texts import title_of

PAGE = 50
SORTED = 1_000
LAST_PAGE = SORTED // PAGE
SUGGESTIONS = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """The filters' counts, the area layers and the indicators."""

    counts: list[Count]
    layers: list[Layer]
    indicators: list[Indicator]

    def kind(self, kind: str) -> int:
        """How many places of this kind the filters on status and text let through."""
        return sum(count.places for count in self.counts if count.kind == kind)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list. `complete` says that the list holds every place of the selection.

    A complete list is in the order of names. One that would hold more than a thousand places shows the
    first thousand in the order of the map, near ones together, and says so.
    """

    places: list[ListedPlace]
    found: int
    complete: bool
    page: int
    pages: int


def frame(db: Connection, selection: Selection) -> Frame:
    """The frame of the page; its counts are under every filter except the one on kinds."""
    everything = Selection(selection.city_id, (), selection.statuses, selection.match)
    city = selection.city_id
    return Frame(counts(db, everything), layers(db, city), indicators(db, city))


def listing(db: Connection, selection: Selection, language: str, page: int) -> Listing:
    """One page of the places in the selection."""
    found = listed(db, selection, SORTED)
    complete = len(found) <= SORTED
    found = sorted(found, key=lambda place: _by_name(place, language)) if complete else found[:SORTED]
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages)
    return Listing(found[(page - 1) * PAGE : page * PAGE], len(found), complete, page, pages)


def _by_name(place: ListedPlace, language: str) -> tuple[bool, str, str]:
    title, _ = title_of(place, language)
    plain = unicodedata.normalize("NFKD", title or "").encode("ascii", "ignore").decode().casefold()
    return not plain, plain.lstrip("+ "), str(place.id)


def suggestions(
    db: Connection, city_id: int, words: str, language: str
) -> tuple[list[ListedPlace], list[FoundArea]]:
    """The places and areas most like the words; none for no words."""
    if not words:
        return [], []
    return alike(db, city_id, words, SUGGESTIONS), found_areas(db, city_id, words, SUGGESTIONS)
