"""What became of what somebody sent: a change that waits, or a place that was held for review."""

from uuid import UUID

from flask import Response, json
from flask_babel import gettext

from app.context import reading
from app.errors import NotFound
from app.identity import allow, caller
from app.permissions import Permission
from app.places import changes
from app.publish.ogc import asked, parameters
from app.publish.ogc.asked import JSON, blueprint, link, root


@blueprint.get("/contributions/<uuid:contribution>")
@allow(Permission.EDIT_PLACE)
def contribution(contribution: UUID) -> Response:
    """A contribution and what became of it, for who made it and who reviews."""
    asked.known(parameters.OF_DOCUMENTS)
    city, who = asked.city(), caller()
    sees_all = who.may(Permission.REVIEW, city)
    with reading() as db:
        found = changes.contribution(db, city.id, contribution)
    if found is None or not (sees_all or found.author == who.person):
        raise NotFound("There is no contribution %(id)s of yours here.", id=contribution)
    words = {
        "waiting": gettext("Your change was taken, and shows when somebody has looked at it."),
        "held": gettext("It was taken, and comes on the map when somebody has looked at it."),
        "published": gettext("It is on the map."),
        "approved": gettext("It is on the map."),
        "hidden": gettext("It is not on the map: it was taken off."),
        "refused": gettext("It was not taken over."),
        "outdated": gettext("It was not taken over: the place had changed meanwhile."),
        "withdrawn": gettext("It was taken back."),
    }
    times = {"made_at": found.made_at, "decided_at": found.decided_at}
    path = f"{root()}/collections/places/items/{found.place_id}"
    body = {
        "id": str(contribution),
        "place": str(found.place_id),
        "state": found.state,
        "detail": words[found.state],
        **{name: moment.isoformat() for name, moment in times.items() if moment},
        "links": [link("item", asked.JSON, path)],
    }
    response = Response(json.dumps(body, ensure_ascii=False), content_type=JSON)
    response.headers["Cache-Control"] = "private, no-store"
    return response
