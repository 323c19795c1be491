"""The map as a file to take away: the places under the filters and one layer of areas, as plain values.

Made of the layers of `geo/leaflet`, without folium and geopandas: those would cost each process 90 MB and a
second at its start.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _

from app.cities import City
from app.context import language, services
from app.fragility import rules
from app.fragility.queries import AreaValue, Indicator
from app.pages.words import KINDS_NAMES, day, kind_name, number, said, source_said, status_name
from app.places.queries import MappedPlace
from app.places.texts import summary_of, title_of
from app.publish.map.service import PaintedAreas
from app.responses import public_url
from geo.leaflet.specs import Legend, Pin, Shape, Words, areas_spec, labels_of, places_spec, steps_of

MOST_CREDITS = 4


def contents(city: City, places: Sequence[MappedPlace], areas: PaintedAreas | None) -> dict[str, Any]:
    """What the script of the file is given: layers from the lowest to the highest, the first view, words."""
    layers = [areas_layer(areas)] if areas else []
    settings = services().settings
    url = settings.tile_url
    address = public_url(f"/{city.slug}/")
    return {
        "base_map": {
            "url": public_url(url) if url.startswith("/") else url,
            "attribution": settings.tile_attribution,
        },
        "bounds": _bounds(city, places),
        "layers": [*layers, places_layer(city.slug, places)],
        "words": {"zoom_in": _("Zoom in"), "zoom_out": _("Zoom out"), "close": _("Close")},
        "made": {
            "text": _("As of %(day)s, from", day=day(datetime.now(UTC), city.time_zone)),
            "address": address,
        },
    }


def _bounds(city: City, places: Sequence[MappedPlace]) -> list[list[float]]:
    """South and west, north and east of the places; the city's first view where there is none."""
    if not places:
        west, south, east, north = city.home
        return [[south, west], [north, east]]
    lat, lon = [place.lat for place in places], [place.lon for place in places]
    return [[min(lat), min(lon)], [max(lat), max(lon)]]


def words() -> Words:
    """What the file's script says by itself."""
    return Words(
        no_places=_("There are no places here."),
        no_areas=_("There are no zones here."),
        cluster=_("{n} places: zoom in"),
        no_data=_("no data"),
        between=_("{low} to {high}"),
        page=_("See it on the map of the city"),
        kinds={kind: str(name) for kind, name in KINDS_NAMES.items()},
    )


def places_layer(slug: str, places: Sequence[MappedPlace]) -> dict[str, Any]:
    """The places as a layer; `slug` is the city's."""
    credits = list(dict.fromkeys(f"{place.source} ({place.licence})" for place in places))
    if len(credits) > MOST_CREDITS:
        credits = [*credits[:MOST_CREDITS], _("others: see each place")]
    pins = [_pin(slug, place) for place in places]
    return {"type": "places", **places_spec(_("Places"), pins, words(), "; ".join(credits))}


def _pin(slug: str, place: MappedPlace) -> Pin:
    title, _language = title_of(place, language())
    summary, _language = summary_of(place, language())
    told = {
        _("Description"): summary,
        _("Address"): place.address,
        _("Website"): place.website,
        _("Source"): place.source,
        _("Licence"): place.licence,
    }
    return Pin(
        lon=round(place.lon, 6),
        lat=round(place.lat, 6),
        title=title or str(kind_name(place.kind)),
        kind=place.kind,
        status=place.status,
        said=f"{kind_name(place.kind)} · {status_name(place.status, place.kind)}",
        rows=[(label, text) for label, text in told.items() if text],
        href=public_url(f"/{slug}/places/{place.id}"),
        shape=json.loads(place.shape) if place.shape else None,
    )


def areas_layer(painted: PaintedAreas) -> dict[str, Any]:
    """The areas as a layer, painted as the page paints them."""
    features = json.loads(painted.shapes)["features"]
    classes = rules.classes([area.value for area in painted.values])
    by_code = {area.code: area for area in painted.values}
    found = [by_code.get(feature["properties"]["code"]) for feature in features]
    values = [float("nan") if area is None or area.value is None else area.value for area in found]
    steps = steps_of(values, classes.upper if classes else [])
    shapes = [
        _shape(feature, area, step, painted.indicator)
        for feature, area, step in zip(features, found, steps, strict=True)
    ]
    layer = painted.layer
    legend = _legend(painted.indicator, classes, found) if painted.indicator else None
    credit = "; ".join(f"{one} ({', '.join(layer.licences)})" for one in layer.sources)
    name = said(layer.names)
    if layer.approximate:
        name = _("%(layer)s (approximate)", layer=name)
    return {"type": "areas", **areas_spec(name, shapes, words(), legend, credit)}


def _shape(
    feature: dict[str, Any], area: AreaValue | None, step: int | None, indicator: Indicator | None
) -> Shape:
    properties = feature["properties"]
    zone = _("Zone %(code)s", code=properties["code"])
    title = f"{properties['name']} · {zone}" if properties["name"] else zone
    if indicator is None or area is None:
        return Shape(feature["geometry"], title)
    few = rules.is_small(area.residents)
    told = [(said(indicator.names), _value(area.value, indicator))]
    if few:
        told.append((_("few residents"), number(area.residents or 0)))
    return Shape(feature["geometry"], title, told, step, few)


def _value(value: float | None, indicator: Indicator) -> str:
    if value is None:
        return str(_("no data"))
    unit = said(indicator.units)
    return (
        f"{number(value, indicator.decimals)}{'' if unit.startswith('%') else ' '}{unit} ({indicator.year})"
    )


def _legend(indicator: Indicator, classes: rules.Classes | None, found: Sequence[AreaValue | None]) -> Legend:
    def written(value: float) -> str:
        return number(value, indicator.decimals)

    few = any(area is not None and rules.is_small(area.residents) for area in found)
    lacking = any(area is None or area.value is None for area in found)
    source = _("Source: {source}; {licence}.")
    few_words = _("fewer than {n} residents: read with care")
    return Legend(
        title=said(indicator.names),
        labels=labels_of(classes.low, classes.upper, written, words()) if classes else [],
        unit=", ".join(str(part) for part in (said(indicator.units), indicator.year) if part),
        no_data=_("no data") if lacking else "",
        few=few_words.format(n=number(rules.FEW_RESIDENTS)) if few else "",
        source=source.format(source=source_said(indicator), licence=indicator.licence),
    )
