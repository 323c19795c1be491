"""What pages and the browser's modules say of the spatial graph."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

RELATION_NAMES = {
    "part_of": lazy_gettext("is part of"),
    "hosted_by": lazy_gettext("is hosted by"),
    "supports": lazy_gettext("supports"),
    "regenerates": lazy_gettext("regenerates"),
    "organised_by": lazy_gettext("is organised by"),
    "about": lazy_gettext("is about"),
}


def relation_name(kind: str) -> Any:
    """What stands between the two places of a relation, so that the three are a sentence."""
    return RELATION_NAMES[kind]


def graph_configuration() -> dict[str, Any]:
    """What the modules of the graph have to know: the words of relations."""
    return {"relations": {kind: str(name) for kind, name in RELATION_NAMES.items()}}


def messages() -> dict[str, str]:
    """The sentences of the tools "Near and connected"; `_one` and `_other` are forms of one message."""
    return {
        "graph_failed": _("The connections could not be loaded."),
        "graph_zoom_in": _("Zoom in to see the connections."),
        "graph_too_many": _("There are too many neighbours here to draw them: zoom in to see them."),
        "graph_none": _("There are no connections in this view."),
        "graph_found": _("{relations}, {neighbours}"),
        "graph_relations_one": _("{n} relation"),
        "graph_relations_other": _("{n} relations"),
        "graph_neighbours_one": _("{n} pair of neighbours"),
        "graph_neighbours_other": _("{n} pairs of neighbours"),
        "graph_more_one": _("and {n} more"),
        "graph_more_other": _("and {n} more"),
        "near_one": _("{n} place within {distance}"),
        "near_other": _("{n} places within {distance}"),
        "near_many": _("More than {n} places within {distance}: the nearest ones are listed."),
        "near_none": _("There is nothing within {distance}."),
        "near_failed": _("What is near could not be loaded."),
        "near_handle": _("Drag to change the radius"),
        "gaps_one": _("{n} site has no house within {distance}"),
        "gaps_other": _("{n} sites have no house within {distance}"),
        "gaps_many": _("More than {n} sites have no house within {distance}."),
        "gaps_none": _("Every site has a house within {distance}."),
        "gaps_failed": _("The sites could not be loaded."),
        "gaps_nearest": _("the nearest house is {distance} away"),
        "gaps_no_house": _("There is no house yet."),
        "way_found_one": _("{n} step, {distance}"),
        "way_found_other": _("{n} steps, {distance}"),
        "way_none": _("The two are not connected."),
        "way_failed": _("The way could not be found."),
        "way_neighbours": _("neighbours"),
        "way_nothing": _("No other place has such a name."),
    }
