"""A page of a collection's features, and one of them, as the query string asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from app import params, times
from app.cities import City
from app.cql import reading
from app.cql.form import PLAIN, Form
from app.cql.properties import Condition, both
from app.cql.sorting import chosen, sorting
from app.cql.spatial import outlined
from app.crs import CRS84, Crs, box, system
from app.errors import NotFound
from app.fragility import features as areas
from app.fragility.features import AreaSelection
from app.params import Bbox
from app.places import queries as places
from app.places.filters import narrowed, selection_of
from app.places.overview import matched
from app.places.queries import OneFeature
from app.places.selection import Selection
from app.publish.ogc.collections import Collection

Asked = Mapping[str, str]
OF_FORM = ("crs", "offset", "sortby", "properties")
OF_SELECTION = ("datetime", "filter", "filter-lang", "filter-crs", "bbox-crs")


@dataclass(frozen=True, slots=True)
class Answer:
    """Features as JSON separated by commas, how many; how many on all pages, where that is known cheaply; and
    where the next page begins."""

    features: bytes
    count: int
    matched: int | None
    after: str | None
    crs: Crs


def items(db: Connection, city: City, collection: Collection, asked: Asked, counted: bool = False) -> Answer:
    """A page of the collection; `counted` says that the number of all matters more than the time it takes.

    Raises BadParameter for what the query string says wrongly.
    """
    limit, form = params.limit(asked), _form(city, collection, asked)
    if collection.of_areas:
        return _areas(db, _area_selection(city, collection, asked, form), limit, form)
    selection = _selection(db, city, collection, asked)
    if not form.sorting:
        selection = replace(selection, after=params.cursor(asked))
    page = places.features(db, selection, limit, form)
    first = "after" not in asked and not form.offset
    total = page.count if first and page.after is None else None
    if total is None and (counted or selection.bbox is None):
        total = matched(db, selection)
    return Answer(page.features, page.count, total, str(page.after) if page.after else None, form.crs)


def _form(city: City, collection: Collection, asked: Asked) -> Form:
    if not any(name in asked for name in OF_FORM):
        return PLAIN
    ties = ("layer", "code") if collection.of_areas else ("id",)
    return Form(
        system(asked, "crs", city.metric_srid),
        chosen(asked, collection.properties),
        sorting(asked, collection.properties, ties),
        params.offset(asked),
    )


def _selection(db: Connection, city: City, collection: Collection, asked: Asked) -> Selection:
    bbox, bent = _box(city, asked, "geom")
    selection, _ = selection_of(db, city, asked, bbox)
    if collection.kinds:
        selection = replace(selection, kinds=collection.kinds)
    if any(name in asked for name in OF_SELECTION):
        selection = narrowed(selection, city, asked)
        selection = replace(selection, where=both(bent, selection.where))
    return selection


def _box(city: City, asked: Asked, column: str) -> tuple[Bbox | None, Condition | None]:
    """The box, and where its system bends its sides, the condition that keeps to them."""
    bbox, outline = box(asked, system(asked, "bbox-crs", city.metric_srid))
    return bbox, outlined(outline, column) if outline is not None else None


def _area_selection(city: City, collection: Collection, asked: Asked, form: Form) -> AreaSelection:
    times.read(asked)  # areas have no validity, but a time that is none is refused here as elsewhere
    bbox, bent = _box(city, asked, "a.geom")
    where = reading.condition(asked, collection.properties, city.metric_srid)
    after = None if form.sorting else params.area_cursor(asked)
    properties = tuple(collection.properties)
    return AreaSelection(city.id, collection.layer, properties, bbox, after, both(bent, where))


def _areas(db: Connection, selection: AreaSelection, limit: int, form: Form) -> Answer:
    page = areas.features(db, selection, limit, form)
    return Answer(page.features, page.count, page.matched, page.after, form.crs)


def item(
    db: Connection, city: City, collection: Collection, key: str, crs: Crs = CRS84
) -> tuple[bytes, OneFeature | None]:
    """One feature of the collection, and what else is known of a place; raises NotFound where it has none of
    this key."""
    found = (_area if collection.of_areas else _place)(db, city, collection, key, crs)
    if found is not None:
        return found
    if collection.of_areas:
        raise NotFound("There is no area “%(area)s” in this collection.", area=key[:60])
    raise NotFound("There is no place %(place)s here; it may have been removed.", place=key[:60])


def _place(
    db: Connection, city: City, collection: Collection, key: str, crs: Crs
) -> tuple[bytes, OneFeature] | None:
    try:
        place_id = UUID(key)
    except ValueError:
        return None
    found = places.feature(db, city.id, place_id, collection.kinds, crs)
    return None if found is None else (found.feature, found)


def _area(
    db: Connection, city: City, collection: Collection, key: str, crs: Crs
) -> tuple[bytes, None] | None:
    layer, _, code = key.partition("/") if collection.layer is None else (collection.layer, "", key)
    if "\0" in key:
        return None
    selection = AreaSelection(city.id, collection.layer, tuple(collection.properties))
    found = areas.feature(db, selection, (layer, code), Form(crs))
    return None if found is None else (found, None)
