"""From the words for a place to points: coordinates, what the map knows, and a geocoder if there is one."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Any

import requests
from sqlalchemy import Connection
from urllib3.exceptions import HTTPError

from app.brakes import Brake
from app.cities import City
from app.fragility.queries import found_areas
from app.pages.words import said
from app.pinning.form import Spot, coordinates
from app.places.queries import alike
from app.places.texts import title_of

MOST = 5
SECONDS, MOST_BYTES = 3.0, 1_000_000
AGENT = f"Cortile/{version('cortile')}"
ONE_A_SECOND = Brake("geocoder", 1, timedelta(seconds=1))
"""What public geocoders ask of everybody who uses them; counted over all processes."""
A_HOUSE_M, A_STREET_M, NEARBY_M = 25.0, 150.0, 50.0
"""How far off a geocoder's house or street, or a place of the map, may be from what was meant."""
METRES_OF_A_DEGREE = 111_000


@dataclass(frozen=True, slots=True)
class Asking:
    """What a geocoder is asked: words, near a city, in a language."""

    words: str
    city: City
    language: str


def known_spots(db: Connection, asking: Asking) -> list[Spot]:
    """The coordinates that the words are, or the places and areas of the map that they name."""
    if pair := coordinates(asking.words):
        lat, lon = pair
        return [Spot(asking.words.strip(), "", lon, lat, 10.0)]
    spots = []
    for place in alike(db, asking.city.id, asking.words, MOST):
        title, _ = title_of(place, asking.language)
        label = title or place.address or asking.words
        spots.append(Spot(label, place.address or "", place.lon, place.lat, NEARBY_M))
    for area in found_areas(db, asking.city.id, asking.words, MOST):
        west, south, east, north = area.box
        reach = (north - south) / 2 * METRES_OF_A_DEGREE
        label = area.name or area.code
        spots.append(
            Spot(label, said(area.layer_names), (west + east) / 2, (south + north) / 2, round(reach))
        )
    return spots


def geocoded(url: str, asking: Asking, site: str | None = None) -> list[Spot]:
    """What a Photon or a Nominatim finds; nothing where it does not answer within three seconds.

    `url` is the address that is asked: Nominatim's ends in `/search`, Photon's in `/api`. `site` is our own
    address, by which whoever runs the geocoder finds us.
    """
    ask = _of_nominatim if url.rstrip("/").endswith("/search") else _of_photon
    headers = {"User-Agent": f"{AGENT} (+{site})" if site else AGENT, "Accept-Language": asking.language}
    until = time.monotonic() + SECONDS
    try:
        with requests.get(url, ask(asking), headers=headers, timeout=SECONDS, stream=True) as answer:
            answer.raise_for_status()
            return _within(read(json.loads(_body(answer, until))), asking.city)
    except NONSENSE:
        return []


NONSENSE = (
    *(requests.RequestException, HTTPError, LookupError, TypeError, ValueError, AttributeError),
    *(OverflowError, RecursionError),
)
"""What reading an answer may end in, that came too late or is not what a geocoder says."""


def _body(answer: requests.Response, until: float) -> bytes:
    """The body of an answer, which may neither trickle in nor be without an end."""
    body = b""
    while piece := answer.raw.read1(MOST_BYTES, decode_content=True):
        body += piece
        if time.monotonic() > until or len(body) > MOST_BYTES:
            raise ValueError("too slow, or too long")
    return body


def _of_nominatim(asking: Asking) -> dict[str, str]:
    west, south, east, north = asking.city.extent
    box = {"viewbox": f"{west},{north},{east},{south}", "bounded": "1"}
    return {"q": asking.words, "format": "jsonv2", "limit": str(MOST), **box}


def _of_photon(asking: Asking) -> dict[str, str]:
    west, south, east, north = asking.city.extent
    lon, lat = (west + east) / 2, (south + north) / 2
    box = {"bbox": f"{west},{south},{east},{north}", "lon": f"{lon:.4f}", "lat": f"{lat:.4f}"}
    return {"q": asking.words, "limit": str(MOST), **box}


def read(answer: Any) -> list[Spot]:
    """The spots in an answer: Photon's GeoJSON, or the list that Nominatim gives."""
    if isinstance(answer, Mapping):
        return [_photons(feature) for feature in answer["features"]]
    return [_nominatims(found) for found in answer]


def _photons(feature: Mapping[str, Any]) -> Spot:
    lon, lat = feature["geometry"]["coordinates"][:2]
    said = feature["properties"]
    street = " ".join(str(said[part]) for part in ("street", "housenumber") if said.get(part))
    label = str(said.get("name") or street or said.get("city") or "")
    hint = ", ".join(str(part) for part in (street, said.get("district"), said.get("city")) if part)
    exact = A_HOUSE_M if said.get("housenumber") or (said.get("name") and street) else A_STREET_M
    return Spot(label[:200], hint[:200], float(lon), float(lat), exact)


def _nominatims(found: Mapping[str, Any]) -> Spot:
    label, _, hint = str(found["display_name"]).partition(", ")
    exact = A_HOUSE_M if int(found.get("place_rank", 26)) >= 28 else A_STREET_M
    return Spot(label[:200], hint[:200], float(found["lon"]), float(found["lat"]), exact)


def _within(spots: list[Spot], city: City) -> list[Spot]:
    west, south, east, north = city.extent
    inside = [spot for spot in spots if west <= spot.lon <= east and south <= spot.lat <= north]
    return [spot for spot in inside if spot.label][:MOST]
