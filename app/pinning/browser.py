"""What the modules of the form are told: addresses, kinds and messages, in the reader's language."""

from typing import Any

from flask_babel import gettext as _

from app.cities import City
from app.context import language
from app.identity import caller
from app.pages.words import kind_name, status_name
from app.tables.places import KINDS, STATUSES


def configuration(city: City, tile_url: str, attribution: str) -> dict[str, Any]:
    """The configuration of the form's page, for its JSON block."""
    return {
        "city": {"slug": city.slug, "home": city.home, "extent": city.extent},
        "language": language(),
        "title": _("Pin something"),
        "base": f"/{city.slug}/",
        "base_map": {"url": tile_url, "attribution": attribution},
        "person": str(caller().person or ""),
        "kinds": {kind: str(kind_name(kind)) for kind in KINDS},
        "statuses": {kind: {status: str(status_name(status, kind)) for status in STATUSES} for kind in KINDS},
        "messages": messages(),
    }


def messages() -> dict[str, str]:
    """The sentences of the form's modules; `_one` and `_other` are the plural forms of one message."""
    return {
        "base_map_failed": _("The base map cannot be reached; everything else works."),
        "try_again": _("Try again"),
        "locate_refused": _("Your browser does not say where you are. You can allow it in its settings."),
        "locate_failed": _("Your position could not be found."),
        "locate_far": _("You are outside this city, so the map stays where it is."),
        "position": _("{lat}, {lon}, accurate to about {distance}"),
        "position_rough": _("Zoom in until you see the spot; now it would be accurate to {distance} only."),
        "line_points_one": _("{n} point; a line needs 2"),
        "line_points_other": _("{n} points of the line"),
        "area_points_one": _("{n} point; an area needs 3"),
        "area_points_other": _("{n} points of the area"),
        "point_added": _("Point {n} added."),
        "point_removed": _("The last point is taken back."),
        "step": _("Step {n} of {all}: {name}"),
        "found_none": _("Nothing found. Try a street, a place near it, or coordinates."),
        "found_one": _("{n} result"),
        "found_other": _("{n} results"),
        "found_failed": _("The search cannot be reached. Move the map to the spot instead."),
        "untitled": _("Without a name"),
        "photo_large": _("This photo has more than 10 megabytes; take a smaller one."),
        "photo_type": _("is not a photo that can be read here; send JPEG, PNG or WebP."),
        "sending": _("Sending…"),
        "offline_kept": _("You are offline. It is kept here and is sent as soon as the network is back."),
        "draft_sent": _("Sent: {title}"),
        "draft_waiting": _("to be sent"),
        "draft_begun": _("begun"),
        "draft_refused": _("not accepted: {why}"),
        "draft_sign_in": _("sign in to send it"),
        "email_needed": _("is needed: we send you a link by which you confirm it."),
        "go_on": _("Go on"),
        "forget": _("Forget"),
        "map_keys": _("Map. The arrow keys move it under the crosshair, + and − zoom, Enter takes the spot."),
        "leave": _("Forget this draft?"),
    }
