"""Every page that there is, with what has to be in its address, and what is no page.

`tests/house/test_pages.py` refuses an address that stands in neither table; `test_every_page.py` visits them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

VISITOR, MODERATOR, AUTHOR, ADMINISTRATOR = "visitor", "moderator", "author", "administrator"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page: its path, whose blanks are filled in from the town, who visits it, and how it is answered."""

    path: str
    who: str = VISITOR
    status: int = 200


PAGES: dict[str, tuple[Visit, ...]] = {
    "map.home": (Visit("/"),),
    "map.show": (
        Visit("/torino/"),
        Visit("/torino/?indicator=unemployment"),
        Visit("/torino/?q=zzzqqq"),
        Visit("/torino/?kind=castle", status=400),
    ),
    "map.place": (
        Visit("/torino/places/{place}", AUTHOR),
        Visit("/torino/places/{place}"),
        Visit("/torino/places/{nobody}", status=404),
    ),
    "areas.table": (Visit("/torino/areas/statistical-zones?indicator=over_74&sort=high"),),
    "indices.everything": (Visit("/torino/fragility/indices"),),
    "indices.one": (Visit("/torino/fragility/indices/hardship"),),
    "indices.version": (Visit("/torino/fragility/indices/hardship/versions/1?sort=name"),),
    "making_indices.ask": (
        Visit("/torino/fragility/indices/new", ADMINISTRATOR),
        Visit("/torino/fragility/indices/new?after=ivsm", ADMINISTRATOR),
    ),
    "fragility.counts": (Visit("/torino/fragility/counts"),),
    "fragility.gaps": (Visit("/torino/fragility/gaps"),),
    "fragility.in_areas": (Visit("/torino/fragility/places"),),
    "fragility.far_places": (Visit("/torino/fragility/far?metres=500"),),
    "siting.where": (
        Visit("/torino/fragility/siting?indicator=unemployment&p=3"),
        Visit("/torino/fragility/siting?objective=cover&candidates=areas&metres=900"),
        Visit("/torino/fragility/siting?p=99", status=400),
    ),
    "siting.what_if": (
        Visit("/torino/fragility/what-if"),
        Visit("/torino/fragility/what-if?lon=7.68&lat=45.12&indicator=unemployment"),
    ),
    "drawn.show": (
        Visit("/torino/fragility/drawn"),
        Visit("/torino/fragility/drawn?polygon=7.67,45.06;7.69,45.06;7.69,45.08"),
    ),
    "planner.show": (
        Visit("/torino/areas?indicator=unemployment&area=21&kind=house"),
        Visit("/torino/areas?indicator=graduates&paint=moran&show=high-high,none&palette=viridis"),
        Visit("/torino/areas?classes=9", status=400),
    ),
    "area.show": (
        Visit("/torino/areas/statistical-zones/44"),
        Visit("/torino/areas/statistical-zones/x", status=404),
    ),
    "area.compare": (
        Visit("/torino/areas/statistical-zones/compare?a=44&b=78"),
        Visit("/torino/areas/statistical-zones/compare?a=44"),
    ),
    "data_pages.page": (Visit("/torino/data"),),
    "data_pages.explained": (Visit("/torino/data/codebook"),),
    "snapshots.compared": (
        Visit("/torino/data/difference?from=2026-01-01&to=2026-02-01&dataset=places"),
        Visit("/torino/data/difference?from=2026-01-01&to=2026-01-01&dataset=places"),
    ),
    "graph.near": (
        Visit("/torino/graph/near?place={place}"),
        Visit("/torino/graph/near?lon=7.68&lat=45.07"),
        Visit("/torino/graph/near?place=zzzqqq"),
    ),
    "gaps.gaps": (Visit("/torino/graph/gaps"), Visit("/torino/graph/gaps?minutes=15")),
    "walking.reach": (
        Visit("/torino/graph/reach"),
        Visit("/torino/graph/reach?place={place}&minutes=20"),
    ),
    "walking.walk": (
        Visit("/torino/graph/walk"),
        Visit("/torino/graph/walk?from={place}&to=7.68,45.07"),
    ),
    "relations.show": (
        Visit("/torino/places/{place}/relations"),
        Visit("/torino/places/{place}/relations", AUTHOR),
    ),
    "relation.show": (
        Visit("/torino/relations/{relation}", AUTHOR),
        Visit("/torino/relations/{relation}", MODERATOR),
        Visit("/torino/relations/{related}"),
    ),
    "relation.waiting": (Visit("/torino/relations", MODERATOR),),
    "paths.way": (
        Visit("/torino/graph/way"),
        Visit("/torino/graph/way?from=casa&to=x"),
        Visit("/torino/graph/way?from={place}&to={near}"),
        Visit("/torino/graph/way?from={place}&to={near}&over=relations"),
    ),
    "paths.network_of_one": (Visit("/torino/graph/ego"), Visit("/torino/graph/ego?place={place}&hops=2")),
    "paths.who_could_help": (Visit("/torino/graph/helpers"), Visit("/torino/graph/helpers?place={place}")),
    "network.islands": (Visit("/torino/graph/islands"), Visit("/torino/graph/islands?over=both")),
    "network.bridges": (Visit("/torino/graph/bridges"), Visit("/torino/graph/bridges?over=both")),
    "in_view.edges": (
        Visit("/torino/graph/edges"),
        Visit("/torino/graph/edges?bbox=7.66,45.05,7.7,45.08&over=relations"),
    ),
    "following.mine": (Visit("/torino/mine", AUTHOR), Visit("/torino/mine", MODERATOR)),
    "history.history": (Visit("/torino/places/{place}/history"),),
    "history.version": (
        Visit("/torino/places/{place}/history/2"),
        Visit("/torino/places/{place}/history/2", MODERATOR),
        Visit("/torino/places/{place}/history/1", MODERATOR),
    ),
    "photos.photos": (
        Visit("/torino/places/{place}/photos", AUTHOR),
        Visit("/torino/places/{place}/photos", MODERATOR),
    ),
    "blur.regions": (
        Visit("/torino/photos/{photo}/blur", MODERATOR),
        Visit("/torino/photos/{held_photo}/blur?back=moderation", MODERATOR),
    ),
    "withdrawing.ask": (Visit("/torino/photos/{photo}/withdraw", AUTHOR),),
    "pinning.pin": (Visit("/torino/pin"), Visit("/torino/pin?lat=45.07&lon=7.68&kind=project", AUTHOR)),
    "pinning.sent": (Visit("/torino/pin/{place}", AUTHOR), Visit("/torino/pin/{held}", AUTHOR)),
    "visitors.show": (
        Visit("/torino/pinned/{sent}"),
        Visit("/torino/pinned/{confirmed}"),
        Visit("/torino/pinned/x", status=404),
    ),
    "editing.edit": (Visit("/torino/places/{place}/edit", AUTHOR),),
    "asking.report_form": (Visit("/torino/places/{place}/report"),),
    "asking.claim_form": (Visit("/torino/places/{place}/claim", AUTHOR),),
    "asking.appeal_form": (Visit("/torino/appeals/{decision}", AUTHOR),),
    "asking.receipt": (
        Visit("/torino/asked/report/{report}"),
        Visit("/torino/asked/report/{answered}"),
        Visit("/torino/asked/claim/{claim}", AUTHOR),
    ),
    "moderation.queue": (
        Visit("/torino/moderation", MODERATOR),
        Visit("/torino/moderation?sort=claim&kind=house", MODERATOR),
    ),
    "moderation.thing": tuple(
        Visit(f"/torino/moderation/{path}", MODERATOR)
        for path in (
            "place/{place}",
            "place/{held}",
            "change/{change}",
            "photo/{photo}",
            "photo/{held_photo}",
            "photo/{removed_photo}",
            "report/{report}",
            "claim/{claim}",
            "appeal/{appeal}",
        )
    ),
    "roles.show": (Visit("/torino/people", ADMINISTRATOR),),
    "rules.show": (Visit("/torino/rules", ADMINISTRATOR),),
    "digests.show": (
        Visit("/torino/follow-no-longer/{leave}"),
        Visit("/torino/follow-no-longer/x", status=404),
    ),
    "digests.ask": (Visit("/no-more-mails/{stop}"), Visit("/no-more-mails/x", status=404)),
    "moderation_log.show": (Visit("/torino/moderation/log"),),
    "reminders.show": (Visit("/torino/still-true/{reminder}"), Visit("/torino/still-true/x", status=404)),
    "ogc.landing": (Visit("/torino/ogc/?f=html"), Visit("/ogc/?f=html")),
    "ogc.api": (Visit("/torino/ogc/api?f=html"),),
    "ogc.all_collections": (Visit("/torino/ogc/collections?f=html"),),
    "ogc.one_collection": (Visit("/torino/ogc/collections/places?f=html"),),
    "ogc.items": (
        Visit("/torino/ogc/collections/places/items?f=html"),
        Visit("/torino/ogc/collections/areas/items?f=html"),
    ),
    "ogc.item": (Visit("/torino/ogc/collections/places/items/{place}?f=html"),),
    "ogc.queryables": (Visit("/torino/ogc/collections/places/queryables?f=html"),),
    "ogc.sortables": (Visit("/torino/ogc/collections/places/sortables?f=html"),),
    "ogc.schema": (Visit("/torino/ogc/collections/places/schema?f=html"),),
    "ogc.conformance": (Visit("/torino/ogc/conformance?f=html"),),
    "ogc.functions": (Visit("/torino/ogc/functions?f=html"),),
    "account.show": (Visit("/account", AUTHOR),),
    "account.ask_before_deleting": (Visit("/account/delete", AUTHOR),),
    "security.change_password": (Visit("/change", AUTHOR),),
    "security.change_email": (Visit("/change-email", AUTHOR),),
    "security.send_confirmation": (Visit("/confirm"),),
    "security.login": (Visit("/login"),),
    "security.register": (Visit("/register"),),
    "security.forgot_password": (Visit("/reset"),),
    "security.reset_password": (Visit("/reset/{reset}"),),
    "security.mf_recovery_codes": (Visit("/mf-recovery-codes", AUTHOR),),
    "security.two_factor_setup": (Visit("/tf-setup", AUTHOR),),
    "security.verify": (Visit("/verify", AUTHOR),),
    "security.wan_register": (Visit("/wan-register", AUTHOR),),
    "security.wan_signin": (Visit("/wan-signin"),),
    "security.wan_verify": (Visit("/wan-verify", AUTHOR),),
}
ELSEWHERE = {
    "security.two_factor_token_validation": "shown half way through signing in: test_accounts.py",
    "security.mf_recovery": "shown half way through signing in: test_accounts.py",
    "security.tf_select": "shown half way through signing in, to who has several ways",
    "security.two_factor_rescue": "leads to the page of codes",
    "security.confirm_email": "a link of a mail, which leads to another page",
    "security.change_email_confirm": "a link of a mail, which leads to another page",
    "security.wan_delete": "leads to the account",
    "federation.begin": "leads to the provider",
    "federation.back": "comes back from the provider",
}
"""Pages that cannot be visited by an address alone, or that lead elsewhere, and why."""
DATA = {
    *("areas.shapes", "areas.values", "planner.hotspots", "data.download", "data_pages.explained_as_csv"),
    *("data_pages.explained_as_json", "feeds.feed", "history.history_json", "map.search", "photos.listed"),
    *("photos.picture", "pinning.alike", "pinning.spots", "tiles.pins", "account.take_away"),
    *("snapshots.catalog", "snapshots.catalog_as_turtle", "snapshots.compared_as_csv"),
    *("snapshots.compared_as_json", "snapshots.kept", "ogc.contribution"),
    *("vector.tilesets", "vector.areas_tileset", "vector.areas", "vector.areas_tilejson"),
    *("vector.places_tileset", "vector.places", "vector.places_tilejson"),
    *("vector.matrix_sets", "vector.matrix_set"),
    *("network.api", "network.take_away"),
}
"""What is for programs."""
PIECES = {
    "map.part": "a piece of the map page, which has it",
    "map.take_away": "a file to keep: tests/browser/test_saved_maps.py",
}
"""What is HTML and no page."""


def readable(app: Flask) -> Iterator[str]:
    """The name of everything that can be read; the addresses of a city's API have those of the API."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            yield rule.endpoint.replace("ogc_of_city.", "ogc.")
