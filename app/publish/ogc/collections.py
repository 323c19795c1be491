"""The collections of the API: places, places of one kind, areas, and each layer of areas with its figures."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.cities import City
from app.cql.properties import Properties
from app.errors import NotFound
from app.fragility import features as areas
from app.fragility.queries import Indicator, Layer, indicators, layers
from app.places.properties import PROPERTIES

Texts = dict[str, str]
LAYER = "areas-"


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection: places of `kinds` (none: of every kind), or areas (of `layer`, or of all layers).

    Every feature has the `properties`; titles and descriptions by language.
    """

    id: str
    titles: Texts
    descriptions: Texts
    properties: Properties
    kinds: tuple[str, ...] = ()
    layer: str | None = None
    of_areas: bool = False
    indicators: tuple[Indicator, ...] = ()


def _places(name: str, kind: str | None, english: tuple[str, str], italian: tuple[str, str]) -> Collection:
    titles, descriptions = (
        dict(zip(("en", "it"), each, strict=True)) for each in zip(english, italian, strict=True)
    )
    return Collection(name, titles, descriptions, PROPERTIES, (kind,) if kind else ())


PLACES = (
    _places(
        "places", None,
        ("Places", "Neighbourhood houses, sites, projects and everything else that is pinned."),
        ("Luoghi", "Case del Quartiere, luoghi da curare, progetti e tutto ciò che è sulla mappa."),
    ),
    _places(
        "houses", "house",
        ("Neighbourhood houses", "The houses that the people of a quarter share and run."),
        ("Case del Quartiere", "Le case che gli abitanti di un quartiere condividono e gestiscono."),
    ),
    _places(
        "sites", "site",
        ("Sites in need of care", "Neglected or under-used places, cared for or waiting for care."),
        ("Luoghi da curare", "Luoghi trascurati o poco usati, in cura o in attesa di cura."),
    ),
    _places(
        "projects", "project",
        ("Community projects", "What residents do together for the city."),
        ("Progetti di comunità", "Ciò che gli abitanti fanno insieme per la città."),
    ),
    _places(
        "enterprises", "enterprise",
        ("Community enterprises", "Enterprises that a community owns or runs for its quarter."),
        ("Imprese di comunità", "Imprese che una comunità possiede o gestisce per il suo quartiere."),
    ),
    _places(
        "events", "event",
        ("Events", "Meetings, feasts, workdays: what happens at a place and a time."),
        ("Eventi", "Incontri, feste, giornate di lavoro: ciò che accade in un luogo e in un momento."),
    ),
)  # fmt: skip
AREAS = Collection(
    "areas",
    {"en": "Areas", "it": "Aree"},
    {
        "en": "The areas of every layer, such as statistical zones, without their indicators.",
        "it": "Le aree di ogni livello, come le zone statistiche, senza i loro indicatori.",
    },
    areas.PROPERTIES,
    of_areas=True,
)
FIXED = {each.id: each for each in (*PLACES, AREAS)}


def collections(db: Connection, city: City | None) -> list[Collection]:
    """The collections; those of area layers are of one city, so they need to know which."""
    if city is None:
        return list(FIXED.values())
    figures = indicators(db, city.id)
    return [*FIXED.values(), *(_of_layer(layer, figures) for layer in layers(db, city.id))]


def _of_layer(layer: Layer, figures: Sequence[Indicator]) -> Collection:
    ours = tuple(indicator for indicator in figures if indicator.layer == layer.slug)
    titles = {
        word: layer.names.get(word) or next(iter(layer.names.values()), layer.slug) for word in ("en", "it")
    }
    descriptions = {
        "en": f"{titles['en']}: {layer.areas} areas with {len(ours)} indicators.",
        "it": f"{titles['it']}: {layer.areas} aree con {len(ours)} indicatori.",
    }
    properties = areas.properties_of(ours)
    return Collection(
        LAYER + layer.slug, titles, descriptions, properties, layer=layer.slug, of_areas=True, indicators=ours
    )


def collection(db: Connection, city: City | None, name: str) -> Collection:
    """The collection of this name; raises NotFound, naming those there are."""
    if name in FIXED:
        return FIXED[name]
    there = collections(db, city)
    for each in there:
        if each.id == name:
            return each
    raise NotFound(
        "There is no collection “%(collection)s” here; the collections are: %(there)s.",
        collection=name[:60],
        there=", ".join(each.id for each in there),
    )
