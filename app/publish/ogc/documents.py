"""The documents around the features, in the words of OGC API - Features, Part 1 (17-069r4)."""

from collections.abc import Sequence
from typing import Any

from app.cities import City
from app.responses import GEOJSON, public_url

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS_TO = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
TEXTS = {
    "landing": {
        "en": ("Cortile", "The commons of the city, as open data: places and areas as GeoJSON."),
        "it": ("Cortile", "I beni comuni della città come dati aperti: luoghi e aree in GeoJSON."),
    },
    "places": {
        "en": ("Places", "Neighbourhood houses, sites, projects and everything else that is pinned."),
        "it": ("Luoghi", "Case del Quartiere, siti, progetti e tutto ciò che è sulla mappa."),
    },
    "areas": {
        "en": ("Areas", "The areas of every layer, such as statistical zones, without their indicators."),
        "it": ("Aree", "Le aree di ogni livello, come le zone statistiche, senza i loro indicatori."),
    },
}
COLLECTIONS = ("places", "areas")


def link(rel: str, media_type: str, href: str) -> dict[str, str]:
    """A link of the API."""
    return {"rel": rel, "type": media_type, "href": href}


def landing(language: str) -> dict[str, Any]:
    """The landing page."""
    title, description = TEXTS["landing"][language]
    return {
        "title": title,
        "description": description,
        "links": [
            link("self", "application/json", public_url("/ogc/")),
            link("conformance", "application/json", public_url("/ogc/conformance")),
            link("data", "application/json", public_url("/ogc/collections")),
        ],
    }


def conformance() -> dict[str, Any]:
    """The conformance classes."""
    return {"conformsTo": CONFORMS_TO}


def collections(cities: Sequence[City], language: str) -> dict[str, Any]:
    """Every collection."""
    return {
        "links": [link("self", "application/json", public_url("/ogc/collections"))],
        "collections": [collection(name, cities, language) for name in COLLECTIONS],
    }


def collection(name: str, cities: Sequence[City], language: str) -> dict[str, Any]:
    """One collection; its extent is the box of every city's extent."""
    title, description = TEXTS[name][language]
    path = f"/ogc/collections/{name}"
    edges = list(zip(*(city.extent for city in cities), strict=True))
    extent = {"spatial": {"bbox": [[*map(min, edges[:2]), *map(max, edges[2:])]], "crs": CRS84}}
    return {
        "id": name,
        "title": title,
        "description": description,
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            link("self", "application/json", public_url(path)),
            link("items", GEOJSON, public_url(path + "/items")),
        ],
        **({"extent": extent} if cities else {}),
    }
