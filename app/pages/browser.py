"""What the browser's modules are told: addresses, names and messages, so that one catalog serves both."""

from typing import Any

from flask_babel import gettext as _

from app.cities import City
from app.context import language
from app.pages import graph_words
from app.pages.words import kind_name as name_of_kind
from app.pages.words import said, status_name
from app.tables.places import KINDS, STATUSES


def configuration(city: City, frame: Any, base_map: dict[str, str]) -> dict[str, Any]:
    """The configuration of the map page, for its JSON block."""
    return {
        "city": {"slug": city.slug, "home": city.home},
        "language": language(),
        "base": f"/{city.slug}/",
        "title": f"{said(city.names)} · Cortile",
        "base_map": base_map,
        "kinds": {kind: str(name_of_kind(kind)) for kind in KINDS},
        "statuses": {kind: {status: str(status_name(status, kind)) for status in STATUSES} for kind in KINDS},
        "layers": [{"slug": layer.slug, "name": said(layer.names)} for layer in frame.layers],
        "graph": graph_words.graph_configuration(),
        "messages": messages(),
    }


def messages() -> dict[str, str]:
    """The sentences of the browser's modules; `_one` and `_other` are the plural forms of one message."""
    return graph_words.messages() | {
        "places_one": _("{n} place in this view"),
        "places_other": _("{n} places in this view"),
        "cluster": _("{n} places: {kinds}. Zoom in"),
        "suggestions_none": _("No suggestions"),
        "suggestions_one": _("{n} suggestion"),
        "suggestions_other": _("{n} suggestions"),
        "search_all": _("Search for “{words}”"),
        "base_map_failed": _("The base map cannot be reached; everything else works."),
        "data_failed": _("The places of this view could not be loaded."),
        "areas_failed": _("The zones could not be loaded."),
        "place_failed": _("This place could not be loaded."),
        "try_again": _("Try again"),
        "locate_refused": _("Your browser does not say where you are. You can allow it in its settings."),
        "locate_failed": _("Your position could not be found."),
        "locate_far": _("You are outside this city, so the map stays where it is."),
        "locate_found": _("You are here, to about {distance}."),
        "link_copied": _("The link is copied."),
        "no_data": _("no data"),
        "few_residents": _("few residents"),
        "corners_one": _("{n} corner"),
        "corners_other": _("{n} corners"),
        "draw_crosses": _("Its sides cross: draw the corners in turn."),
        "draw_page": _("Its own page, with its address and its files"),
        "zone": _("Zone {code}"),
        "class": _("{low} to {high}"),
        "sheet_peek": _("Show the list"),
        "sheet_half": _("Show the whole list"),
        "sheet_full": _("Show the map"),
        "here_one": _("{n} place around this point"),
        "here_other": _("{n} places around this point"),
        "opened": _("Place opened: {title}"),
        "more_fragile": _("Higher means more fragile."),
        "less_fragile": _("Higher means less fragile."),
        "few_legend": _("fewer than {n} residents: read with care"),
        "source": _("Source: {source}; {licence}."),
    }
