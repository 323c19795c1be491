"""What the map page shows: the frame of counts and layers, the list, the suggestions of the search box."""

import unicodedata
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.errors import BadParameter
from app.fragility.queries import (
    AreaValue,
    FoundArea,
    Indicator,
    Layer,
    area_values,
    found_areas,
    indicators,
    layers,
    shapes,
)
from app.fragility.rules import indicator_named, layer_named
from app.places.queries import Count, ListedPlace, MappedPlace, alike, counts, listed, mapped
from app.places.selection import Selection
from app.places.texts import title_of

PAGE = 50
SORTED = 1_000
LAST_PAGE = SORTED // PAGE
SUGGESTIONS = 6
MOST_IN_A_FILE = 5_000


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


@dataclass(frozen=True, slots=True)
class PaintedAreas:
    """A layer's areas: `shapes` is its GeoJSON; `indicator` and `values` paint them, where there are any."""

    layer: Layer
    shapes: bytes
    indicator: Indicator | None
    values: list[AreaValue]


def frame(db: Connection, selection: Selection) -> Frame:
    """The frame of the page; its counts are under every filter except the one on kinds."""
    everything = replace(selection, kinds=(), bbox=None)
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


def places_to_take_away(db: Connection, selection: Selection) -> list[MappedPlace]:
    """Every place of the selection; refuses one that holds more than a file can show well."""
    found = mapped(db, selection, MOST_IN_A_FILE)
    if len(found) > MOST_IN_A_FILE:
        raise BadParameter(
            "bbox",
            "more than %(most)s places are in it under these filters, too many for one map to take away;"
            " take fewer: zoom in, or choose by kind, status or words.",
            most=MOST_IN_A_FILE,
        )
    return found


def painted_areas(db: Connection, city_id: int, layer: str, indicator: str) -> PaintedAreas | None:
    """The layer (without a name the first one) painted by the indicator, if one is named; None for `none`.

    Raises NotFound for a name that the city does not have.
    """
    there = layers(db, city_id)
    if layer == "none" or not (layer or there):
        return None
    chosen = layer_named(there, layer) if layer else there[0]
    drawn = shapes(db, city_id, chosen.slug)
    if not indicator:
        return PaintedAreas(chosen, drawn, None, [])
    painted = indicator_named(indicators(db, city_id), chosen.slug, indicator)
    return PaintedAreas(chosen, drawn, painted, area_values(db, city_id, chosen.slug, indicator))


def suggestions(
    db: Connection, city_id: int, words: str, language: str
) -> tuple[list[ListedPlace], list[FoundArea]]:
    """The places and areas most like the words; none for no words."""
    if not words:
        return [], []
    return alike(db, city_id, words, SUGGESTIONS), found_areas(db, city_id, words, SUGGESTIONS)
