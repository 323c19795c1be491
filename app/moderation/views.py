"""The moderators' pages: the queue, a page for each thing in it, and what is decided there."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from uuid_utils import compat
from werkzeug.wrappers import Response

from app import params
from app.cities import City
from app.context import query, reading, services, transaction
from app.errors import BadParameter, Conflict, CortileError, NotFound
from app.identity import allow, caller, known_caller
from app.moderation import forms, letters, log, pages, service, waiting
from app.moderation.rules import REMOVE, Thing, Verdict
from app.moderation.service import Merger
from app.moderation.waiting import QUEUED, Wish
from app.moderation.writing import Judge
from app.permissions import Permission
from app.photos.uploads import shelf
from app.problems import wants_page
from app.responses import with_query
from app.tables.moderation import SORTS
from app.tables.places import KINDS

blueprint = Blueprint("moderation", __name__)
PARAMETERS = ("sort", "kind", "age", "after", "lang")
MAX_AGE = 3650


@blueprint.get("/<city:city>/moderation")
@allow(Permission.REVIEW)
def queue(city: City) -> str:
    """What waits for somebody to look at it, oldest first."""
    return _queue(city)


@blueprint.post("/<city:city>/moderation")
@allow(Permission.REVIEW)
def decide(city: City) -> Response | tuple[str, int]:
    """Decide about the things that were chosen in the list."""
    try:
        decided = _decided(city, forms.things_of(request.form.getlist("item")))
    except (BadParameter, Conflict, NotFound) as problem:
        return _again(problem), _status(problem)
    letters.send(city, decided)
    return redirect(with_query(url_for("moderation.queue", city=city), _kept()) + "#queue", 303)


@blueprint.get("/<city:city>/moderation/<sort>/<uuid:thing_id>")
@allow(Permission.REVIEW)
def thing(city: City, sort: str, thing_id: UUID) -> str:
    """Everything that a moderator needs to decide about one thing."""
    return _thing(city, Thing(sort, thing_id))


@blueprint.post("/<city:city>/moderation/<sort>/<uuid:thing_id>")
@allow(Permission.REVIEW)
def decide_one(city: City, sort: str, thing_id: UUID) -> Response | tuple[str, int]:
    """Decide about one thing, then on to the queue."""
    one = Thing(sort, thing_id)
    try:
        decided = _decided(city, [_known(one)])
    except (BadParameter, Conflict) as problem:
        return _again(problem, one), _status(problem)
    letters.send(city, decided)
    return redirect(url_for("moderation.queue", city=city) + "#queue", 303)


@blueprint.post("/<city:city>/moderation/merge")
@allow(Permission.MERGE)
def merge(city: City) -> Response | tuple[str, int]:
    """Merge two places: `place` is looked at, `other` was chosen, `stays` says which of them stays."""
    first, other = (_place_in(name) for name in ("place", "other"))
    goes, stays = (first, other) if request.form.get("stays") == "other" else (other, first)
    try:
        with transaction() as db:
            merged = service.merge(db, city.id, Merger(goes, stays), _judge())
    except Conflict as problem:
        return _again(problem, Thing("place", first)), _status(problem)
    letters.send(city, [merged])
    return redirect(url_for("moderation.thing", city=city, sort="place", thing_id=stays), 303)


@blueprint.post("/<city:city>/moderation/undo")
@allow(Permission.REVIEW)
def undo(city: City) -> Response:
    """Take back everything that was decided in one go."""
    try:
        batch = UUID(request.form.get("batch", ""))
    except ValueError:
        raise BadParameter("batch", "is not an identifier.") from None
    with transaction() as db:
        undone = service.undo(db, city.id, batch, _judge())
    letters.send(city, undone)
    return redirect(url_for("moderation.queue", city=city) + "#queue", 303)


@blueprint.app_template_global("waiting_in")
def waiting_in(city: City) -> int | None:
    """How many things wait in a city, for the header of those who may look at them; None for others.

    Not to be called inside `reading()`.
    """
    if not moderates(city):
        return None
    with reading() as db:
        return sum(count.waiting for count in waiting.counts(db, city.id))


@blueprint.app_template_global("moderates")
def moderates(city: City) -> bool:
    """Whether the reader may look at what waits in the city."""
    return known_caller().person is not None and known_caller().may(Permission.REVIEW, city)


@blueprint.app_template_global("signed_in")
def signed_in() -> bool:
    """Whether somebody signed in reads the page."""
    return known_caller().person is not None


def _queue(city: City, problem: CortileError | None = None) -> str:
    asked = query()
    params.known(asked, PARAMETERS)
    now = datetime.now(UTC)
    with reading() as db:
        found = waiting.waiting(db, city.id, _wish(asked, now), now)
        frame = _frame(db, city, now)
    more = len(found) > waiting.PAGE
    found = found[: waiting.PAGE]
    following = forms.position(found[-1].since, found[-1].id) if more else None
    page = {"waiting": found, "following": following, "asked": asked, "sorts": QUEUED}
    return render_template("moderation/queue.html", **page, **frame, **_chosen(problem))


def _thing(city: City, one: Thing, problem: CortileError | None = None) -> str:
    _known(one)
    exact = caller().may(Permission.SEE_EXACT, city)
    with reading() as db:
        shown = pages.of(db, city.id, one, exact)
        frame = _frame(db, city, datetime.now(UTC))
    shown["may_blur"] = caller().may(Permission.BLUR_PHOTO, city)
    return render_template("moderation/thing.html", **shown, **frame, **_chosen(problem))


def _frame(db: Connection, city: City, now: datetime) -> dict[str, Any]:
    """What both pages show around what they are about."""
    who = caller().person
    counted = waiting.counts(db, city.id)
    return {
        "city": city,
        "now": now,
        "counted": counted,
        "oldest": waiting.oldest(counted),
        "last": log.last_batch(db, city.id, who, now) if who else [],
        "tiles": {"url": services().settings.tile_url, "attribution": services().settings.tile_attribution},
    }


def _chosen(problem: CortileError | None) -> dict[str, Any]:
    """What was written in the form, where it has to be shown again."""
    form = request.form if problem else {}
    items = request.form.getlist("item") if problem else []
    return {"problem": problem, "form": form, "chosen": items}


def _again(problem: CortileError, one: Thing | None = None) -> str:
    """The page once more, with what is wrong; programs get the problem itself."""
    if not wants_page():
        raise problem
    city: City = (request.view_args or {})["city"]
    return _thing(city, one, problem) if one else _queue(city, problem)


def _status(problem: CortileError) -> int:
    return 409 if isinstance(problem, Conflict) else 422


def _decided(city: City, things: list[Thing]) -> list[Any]:
    verdict: Verdict = forms.verdict_in(request.form)
    with transaction() as db:
        decided = service.decide(db, city.id, things, verdict, _judge())
    for each in decided:
        if each.action == REMOVE:  # now that nobody is shown it, its files go
            shelf().remove(city.id, each.subject_id)
    return decided


def _judge() -> Judge:
    return Judge(caller().person, datetime.now(UTC), compat.uuid7(), compat.uuid7)


def _known(one: Thing) -> Thing:
    """The thing, where its sort is one; what is not one is no address."""
    if one.sort not in SORTS:
        raise NotFound("There is nothing to decide about at %(item)s.", item=str(one)[:60])
    return one


def _place_in(name: str) -> UUID:
    """The place that a field names, by its id or by the address of its page."""
    written = request.form.get(name, "").strip().partition("?")[0].rstrip("/").rpartition("/")[2]
    try:
        return UUID(written)
    except ValueError:
        raise BadParameter(name, "“%(value)s” is no place; give its address.", value=written[:60]) from None


def _wish(asked: dict[str, str], now: datetime) -> Wish:
    after = params.cursor(asked)
    days = params.whole(asked, "age", 0, 0, MAX_AGE)
    position = (forms.moment_of(after.morton), after.id) if after else Wish().after
    sorts, kinds = (params.one_of(asked, name, known) for name, known in (("sort", QUEUED), ("kind", KINDS)))
    return Wish(sorts, kinds, now - timedelta(days=days), position)


def _kept() -> dict[str, str]:
    """The filters of the queue, to come back to."""
    return {name: value for name in ("sort", "kind", "age") if (value := request.args.get(name))}
