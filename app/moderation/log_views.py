"""The public log of decisions: as a page and as JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, json, render_template

from app import params
from app.cities import City
from app.context import language, query, reading
from app.identity import allow
from app.moderation import forms, log, waiting
from app.permissions import Permission
from app.places.texts import title_of
from app.problems import wants_page
from app.responses import BRIEFLY, finished, public_url

blueprint = Blueprint("moderation_log", __name__)
LAST = UUID(int=2**128 - 1)


@blueprint.get("/<city:city>/moderation/log")
@allow(Permission.READ_PUBLIC)
def show(city: City) -> Response:
    """What was decided, when and why; without names, and linking only to what is public."""
    asked = query()
    params.known(asked, ("after", "f", "lang"))
    now = datetime.now(UTC)
    start = params.cursor(asked)
    position = (forms.moment_of(start.morton), start.id) if start else (now, LAST)
    with reading() as db:
        found = log.entries(db, city.id, position)
        median = log.median_days(db, city.id, now)
        oldest = waiting.oldest(waiting.counts(db, city.id))
    more, found = len(found) > log.PAGE, found[: log.PAGE]
    following = forms.position(found[-1].at, found[-1].id) if more else None
    waits = max(timedelta(0), now - oldest).days if oldest else None
    if not wants_page():
        told = _told(city, found, {"median_days": median, "oldest_waiting_days": waits, "next": following})
        return finished(told, "application/json", BRIEFLY)
    page = {"entries": found, "median": median, "waits": waits, "following": following}
    return finished(
        render_template("moderation/log.html", city=city, **page), "text/html; charset=utf-8", BRIEFLY
    )


def _told(city: City, entries: list[log.Entry], figures: dict[str, Any]) -> str:
    """The log as JSON."""
    told = {**figures, "decisions": [_entry(city, each) for each in entries]}
    if figures["next"]:
        told["next"] = public_url(f"/{city.slug}/moderation/log?f=json&after={figures['next']}")
    return json.dumps(told, ensure_ascii=False)


def _entry(city: City, each: log.Entry) -> dict[str, Any]:
    place = None
    if each.place_id:
        title = title_of(each, language())[0]  # type: ignore[arg-type]
        place = {"title": title, "href": public_url(f"/{city.slug}/places/{each.place_id}")}
    return {
        "id": str(each.id),
        "at": each.at.isoformat(),
        "about": each.sort,
        "action": each.action,
        "reason": each.reason,
        "undone": each.undone,
        "days_waited": each.days,
        "place": place,
    }
