"""Which ways of OpenStreetMap somebody on foot may use. Pure.

After the wiki's pages “OSM tags for routing/Access restrictions”, “Key:access”, “Key:foot” and
“Key:sidewalk”. The most particular word decides: `foot` over `access` over the kind of way. On foot, every
way leads in both directions. Steps are as fast as a pavement; a square that is mapped as an area is walked
around along its edge, as most routers do.
"""

from collections.abc import Mapping

WALKED = frozenset(
    {
        "footway", "pedestrian", "path", "steps", "living_street", "residential", "unclassified", "service",
        "track", "road", "tertiary", "tertiary_link", "secondary", "secondary_link", "primary",
        "primary_link", "corridor", "platform", "crossing", "elevator",
    }
)  # fmt: skip
"""Kinds of way that are walked unless a tag says no."""

ALLOWED_ONLY = frozenset({"trunk", "trunk_link", "cycleway", "bridleway"})
"""Kinds of way that are walked only where a tag says so: in Italy a cycle path is not for walking."""

OPEN = frozenset({"yes", "designated", "permissive", "official", "destination", "customers"})
SHUT = frozenset(
    {
        "no",
        "private",
        "use_sidepath",
        "permit",
        "military",
        "delivery",
        "agricultural",
        "forestry",
        "employees",
    }
)
"""`use_sidepath`: the pavement beside it is a way of its own, and is the one to be walked on."""

PAVEMENT = frozenset({"yes", "both", "left", "right", "lane"})


def walkable(tags: Mapping[str, str]) -> bool:
    """Whether somebody on foot may use a way with these tags."""
    kind = tags.get("highway", "")
    if kind not in WALKED and kind not in ALLOWED_ONLY:
        return False  # motorways, what is only planned, what is no way at all
    foot = tags.get("foot", "")
    if foot in OPEN or foot in SHUT:
        return foot in OPEN
    if tags.get("access") in SHUT or tags.get("motorroad") == "yes":
        return False
    return kind in WALKED or tags.get("sidewalk") in PAVEMENT


def shut(tags: Mapping[str, str]) -> bool:
    """Whether nobody may pass a node with these tags on foot, such as a private gate."""
    if "barrier" not in tags:
        return False
    foot = tags.get("foot", "")
    if foot in OPEN or foot in SHUT:
        return foot in SHUT
    return tags.get("access") in SHUT
