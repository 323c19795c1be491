"""Writing places under /ogc/, after OGC API - Features, Part 4 (20-002)."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Response, current_app, json, request
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.exceptions import MethodNotAllowed

from app import once
from app.brakes import Brake, attempt
from app.context import query, reading, transaction
from app.crs import Crs, system
from app.errors import BadParameter, WrongMedia
from app.identity import allow, caller
from app.once import Answer
from app.params import known
from app.permissions import Permission, may
from app.places.rules import Author
from app.places.service import Hand
from app.publish.ogc import asked, bodies, contributing, parameters
from app.publish.ogc.asked import blueprint, link, root
from app.publish.ogc.collections import collection
from app.publish.ogc.contributing import Conditions, Desk, Done, tag
from app.responses import GEOJSON, public_url, tags

FEATURES = (GEOJSON, asked.JSON)
PATCHES = ("application/merge-patch+json",)
READ = ("GET", "HEAD", "OPTIONS")
BRAKE = Brake("write", 1000, timedelta(hours=1))
"""So many requests of one person; a program that brings a neighbourhood's register is let through."""
PRIVATE = "private, no-store"

Act = Callable[[Connection, Desk], Answer]


@blueprint.post("/collections/<name>/items", provide_automatic_options=False)
@allow(Permission.ADD_PLACE)
def create(name: str) -> Response:
    """Pin a place."""
    feature = bodies.feature(_body(FEATURES))
    return _done(name, lambda db, desk: _created(name, contributing.create(db, desk, feature)))


@blueprint.put("/collections/<name>/items/<path:key>", provide_automatic_options=False)
@allow(Permission.EDIT_PLACE)
def replace(name: str, key: str) -> Response:
    """Put a feature in the place of the one that there is."""
    feature, conditions = bodies.feature(_body(FEATURES)), _conditions()

    def act(db: Connection, desk: Desk) -> Answer:
        done, new = contributing.replace_place(db, desk, key, feature, conditions)
        return _created(name, done) if new else _changed(done)

    return _done(name, act)


@blueprint.patch("/collections/<name>/items/<path:key>", provide_automatic_options=False)
@allow(Permission.EDIT_PLACE)
def update(name: str, key: str) -> Response:
    """Change some of what is written about a place."""
    patch, conditions = bodies.patch(_body(PATCHES)), _conditions()
    return _done(name, lambda db, desk: _changed(contributing.update_place(db, desk, key, patch, conditions)))


@blueprint.delete("/collections/<name>/items/<path:key>", provide_automatic_options=False)
@allow(Permission.EDIT_PLACE)
def delete(name: str, key: str) -> Response:
    """Take a place off the map."""
    conditions = _conditions()

    def act(db: Connection, desk: Desk) -> Answer:
        contributing.withdraw_place(db, desk, key, conditions)
        return Answer(204)

    return _done(name, act)


@blueprint.route("/collections/<name>/items", methods=["OPTIONS"])
@allow(Permission.READ_PUBLIC)
def options_of_items(name: str) -> Response:
    """What a collection's features can be asked to do."""
    return _options(name, ("POST",), {"Accept-Post": ", ".join(FEATURES)})


@blueprint.route("/collections/<name>/items/<path:key>", methods=["OPTIONS"])
@allow(Permission.READ_PUBLIC)
def options_of_item(name: str, key: str) -> Response:
    """What one feature can be asked to do."""
    return _options(name, ("PUT", "PATCH", "DELETE"), {"Accept-Patch": ", ".join(PATCHES)})


def _options(name: str, writing: tuple[str, ...], headers: dict[str, str]) -> Response:
    city = asked.city_or_none()
    with reading() as db:
        of_areas = collection(db, city, name).of_areas
    response = Response(status=200)
    response.headers["Allow"] = ", ".join(READ if of_areas else (*READ, *writing))
    if not of_areas:
        response.headers.update(headers)
    return response


def _done(name: str, act: Act) -> Response:
    """The answer to what somebody does in a collection of places, once for each `Idempotency-Key`."""
    known(query(), parameters.OF_WRITING)
    desk = _desk(name)
    with transaction() as db:
        attempt(db, BRAKE, str(desk.hand.by.person), str(current_app.secret_key), desk.hand.at)
    key = _key(desk)
    with transaction() as db:
        answer = once.before(db, key, desk.hand.at) if key else None
        if answer is None:
            answer = act(db, desk)
            if key:
                once.keep(db, key, answer, desk.hand.at)
    return _answered(answer)


def _desk(name: str) -> Desk:
    city, who = asked.city(), caller()
    crs = _crs(city.metric_srid)
    with reading() as db:
        wanted = collection(db, city, name)
    if wanted.of_areas:
        raise MethodNotAllowed(READ)
    trusted = may(who.roles(city), Permission.REVIEW)
    hand = Hand(Author(who.person, trusted), datetime.now(UTC))
    return Desk(city, wanted, crs, hand, lambda permission: who.may(permission, city))


def _crs(metric_srid: int) -> Crs:
    """The system of what is sent: as `Content-Crs` says, else `crs`, else CRS84."""
    name, words = "Content-Crs", query()
    if name in request.headers:
        words = {name: request.headers[name].strip().removeprefix("<").removesuffix(">")}
    return system(words, name if name in words else "crs", metric_srid)


def _key(desk: Desk) -> once.Asked | None:
    """The request's key, and a hash of all that was asked; raises BadParameter for what is no key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not (0 < len(key) <= once.LONGEST and key.isascii() and key.isprintable()):
        raise BadParameter(
            "Idempotency-Key", "must have 1 to %(most)s characters of ASCII.", most=once.LONGEST
        )
    assert desk.hand.by.person, "nobody writes without an account"
    said = [request.method, request.full_path, *(request.headers.get(name, "") for name in _SAID)]
    request_hash = hashlib.sha256("\n".join(said).encode() + b"\n\n" + request.get_data()).digest()
    return once.Asked(desk.hand.by.person, key, request_hash)


_SAID = ("Content-Type", "Content-Crs", "If-Match", "If-None-Match")
"""The headers that change what a request asks."""


def _body(media_types: tuple[str, ...]) -> bytes:
    """What was sent; raises BadParameter where its type is missing, and WrongMedia where it is not read."""
    if not request.mimetype:
        raise BadParameter("Content-Type", "is needed: %(types)s.", types=", ".join(media_types))
    if request.mimetype not in media_types:
        raise WrongMedia(
            "“%(given)s” is not read here; send %(types)s.",
            given=request.mimetype[:60],
            types=", ".join(media_types),
        )
    request.max_content_length = bodies.MAX_BYTES
    return request.get_data()


def _conditions() -> Conditions:
    given = request.if_match
    named = tags(given, weak=False) if "If-Match" in request.headers else None
    return Conditions(named, given.star_tag, request.if_none_match.star_tag)


def _created(name: str, done: Done) -> Answer:
    if done.outcome.state != "published":
        return _waiting(done)
    path = f"{root()}/collections/{name}/items/{done.place}"
    return Answer(201, _tagged(done) | {"Location": public_url(path)}, _told(done, "self", path))


def _changed(done: Done) -> Answer:
    return _waiting(done) if done.change else Answer(204, _tagged(done))


def _waiting(done: Done) -> Answer:
    """202: it was taken, and somebody looks at it first."""
    path = f"{root()}/contributions/{done.change or done.place}"
    headers = {"Location": public_url(path)}
    if not done.change:
        headers |= _tagged(done)
    return Answer(202, headers, _told(done, "monitor", path))


def _tagged(done: Done) -> dict[str, str]:
    return {"ETag": f'"{tag(done.outcome.revision, done.outcome.state)}"'}


def _told(done: Done, rel: str, path: str) -> dict[str, Any]:
    words = {
        "published": gettext("It is on the map."),
        "held": gettext("It was taken, and comes on the map when somebody has looked at it."),
        "hidden": gettext("It is not on the map: it was taken off."),
        "waiting": gettext("Your change was taken, and shows when somebody has looked at it."),
    }
    said = {"id": str(done.place), "state": done.outcome.state, "detail": words[done.outcome.state]}
    return said | {"links": [link(rel, asked.JSON, path)]}


def _answered(answer: Answer) -> Response:
    body = None if answer.body is None else json.dumps(answer.body, ensure_ascii=False)
    response = Response(body, answer.status, answer.headers, content_type=asked.JSON if body else None)
    response.headers["Cache-Control"] = PRIVATE
    if body is None:
        del response.headers["Content-Type"]
    return response
