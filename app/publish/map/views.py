"""The map page: the map, its list and its search. Everything on it works without the map, too."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, json, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app import params
from app.cities import City
from app.context import cities, language, query, reading, services
from app.errors import NotFound
from app.fragility import queries as area_queries
from app.identity import allow, caller
from app.network import told
from app.permissions import Permission
from app.photos.queries import photos_seen_by
from app.pinning.queries import standing_of
from app.places import merging
from app.places import queries as place_queries
from app.places.filters import FILTERS, selection_of
from app.places.texts import title_of
from app.publish.map import file, service
from app.responses import BRIEFLY, FRESH, finished, with_query
from geo.leaflet import assets

blueprint = Blueprint("map", __name__)
HTML = "text/html; charset=utf-8"
PAGE_PARAMETERS = ("lang", "layer", "indicator", "graph", "page", *FILTERS)


@blueprint.get("/")
@allow(Permission.READ_PUBLIC)
def home() -> AnyResponse:
    """The map of the only city, or the list of the cities."""
    there = cities()
    if len(there) == 1:
        return redirect(url_for("map.show", city=there[0], lang=request.args.get("lang")))
    return finished(render_template("cities.html", cities=there), HTML)


@blueprint.get("/<city:city>/")
@allow(Permission.READ_PUBLIC)
def show(city: City) -> Response:
    """The map of a city and the list of its places."""
    asked = query()
    params.known(asked, PAGE_PARAMETERS)
    with reading() as db:
        selection, filters = selection_of(db, city, asked, None)
        listing = service.listing(db, selection, language(), _page_number(asked))
        areas = area_queries.found_areas(db, city.id, filters.words, 5) if filters.words else []
        frame = _frame(city, asked, service.frame(db, selection))
    return finished(render_template("map.html", listing=listing, filters=filters, areas=areas, **frame), HTML)


@blueprint.get("/<city:city>/list")
@allow(Permission.READ_PUBLIC)
def part(city: City) -> Response:
    """The list of the places in a view (`bbox`), as the piece of the page that shows it."""
    asked = query()
    params.known(asked, ("bbox", *PAGE_PARAMETERS))
    with reading() as db:
        selection, filters = selection_of(db, city, asked, params.bbox(asked))
        listing = service.listing(db, selection, language(), _page_number(asked))
    page = render_template("_list.html", city=city, listing=listing, filters=filters, asked=asked)
    return finished(page, HTML, BRIEFLY)


@blueprint.get("/<city:city>/map.html")
@allow(Permission.READ_PUBLIC)
def take_away(city: City) -> Response:
    """The places under the filters and the chosen areas as a map in one file, which works offline."""
    asked = query()
    params.known(asked, ("bbox", *PAGE_PARAMETERS))
    layer = asked.get("layer", "")
    with reading() as db:
        selection, _ = selection_of(db, city, asked, params.bbox(asked))
        places = service.places_to_take_away(db, selection)
        areas = service.painted_areas(db, city.id, layer, asked.get("indicator", ""))
    page = render_template(
        "map_file.html",
        city=city,
        file=file.contents(city, places, areas),
        style=assets.style(),
        script=assets.script(),
    )
    answer = finished(page, HTML)
    answer.headers["Content-Disposition"] = f'attachment; filename="{city.slug}.html"'
    return answer


@blueprint.get("/<city:city>/places/<uuid:place_id>")
@allow(Permission.READ_PUBLIC)
def place(city: City, place_id: UUID) -> AnyResponse:
    """A place with everything known of it, beside the map; `part=1` gives the piece without the page."""
    asked = query()
    params.known(asked, ("part", *PAGE_PARAMETERS))
    who = caller()
    viewer = place_queries.Viewer(who.person, who.may(Permission.REVIEW, city))
    with reading() as db:
        found = place_queries.place(db, city.id, place_id, viewer)
        if found is None:
            return _merged(city, place_id, merging.stays_of(db, city.id, place_id))
        standing = standing_of(db, city.id, place_id, who.person)
        photos = photos_seen_by(db, (city.id, place_id), viewer.person, viewer.moderator)
        shown = {"place": found, "standing": standing, "photos": photos}
        shown |= {"edges": told.around(db, city.id, place_id), "few": told.FEW}
        if "part" in asked:
            page = render_template("_place.html", city=city, **shown)
            return finished(page, HTML, BRIEFLY)
        selection, filters = selection_of(db, city, asked, None)
        frame = _frame(city, asked, service.frame(db, selection))
    page = render_template("place.html", filters=filters, **shown, **frame)
    return finished(page, HTML)


def _merged(city: City, place_id: UUID, stays: UUID | None) -> AnyResponse:
    """The way to the place that a merged one leads to; raises NotFound where it leads nowhere."""
    if stays is None:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=place_id)
    there = with_query(url_for("map.place", city=city, place_id=stays), query())
    answer = redirect(there, 301)
    answer.headers["Cache-Control"] = FRESH  # a merger can be undone
    return answer


@blueprint.get("/<city:city>/search")
@allow(Permission.READ_PUBLIC)
def search(city: City) -> Response:
    """The first places and areas that fit what is being typed (`q`), as JSON."""
    asked = query()
    params.known(asked, ("q", "lang"))
    words = params.words(asked)
    with reading() as db:
        places, areas = service.suggestions(db, city.id, words, language())
    found = {
        "places": [_suggested(city, found_place) for found_place in places],
        "areas": [
            {"layer": a.layer, "layer_name": a.layer_names.get(language(), a.layer), "code": a.code}
            | {"name": a.name or a.code, "box": a.box}
            for a in areas
        ],
    }
    return finished(json.dumps(found, ensure_ascii=False), "application/json", FRESH)


def _suggested(city: City, found: place_queries.ListedPlace) -> dict[str, Any]:
    title, title_language = title_of(found, language())
    return {
        "id": str(found.id),
        "kind": found.kind,
        "status": found.status,
        "title": title,
        "language": title_language,
        "address": found.address,
        "lon": found.lon,
        "lat": found.lat,
        "url": url_for("map.place", city=city, place_id=found.id),
    }


def _frame(city: City, asked: dict[str, str], frame: service.Frame) -> dict[str, Any]:
    """What every page with the map on it shows around its panel."""
    settings = services().settings
    base = {"url": settings.tile_url, "attribution": settings.tile_attribution}
    return {"city": city, "asked": asked, "frame": frame, "base_map": base}


def _page_number(asked: dict[str, str]) -> int:
    return params.whole(asked, "page", 1, 1, service.LAST_PAGE)
