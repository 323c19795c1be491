"""Questions that begin at a place: the way to another, what is around it in the graph, who could help."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app import params
from app.cities import City
from app.context import query, reading
from app.identity import allow
from app.network import answers, asked, ego, helpers, paths, phrases, rules
from app.network.ground import Standing, standing
from app.network.helpers import Reach
from app.network.naming import which
from app.permissions import Permission
from app.problems import wants_page

blueprint = Blueprint("paths", __name__, url_prefix="/<city:city>/graph")
SHOWN = ("f", "lang")


@blueprint.get("/way")
@allow(Permission.READ_PUBLIC)
def way(city: City) -> Response:
    """The shortest way from one place to another, by metres over relations and neighbours."""
    given = query()
    params.known(given, ("from", "to", *asked.WHEN, *SHOWN))
    wish = asked.asked(given, city.id, datetime.now(UTC))
    if question := which(city, given, "from", "to"):
        return question
    if wants_page() and not ("from" in given and "to" in given):
        return answers.page("way", city, given, ends=_ends(city, given))
    start, end = asked.ends(given)
    with reading() as db:
        found = paths.way(db, wish, start, end)
        state = answers.state(db, wish)
        ends = standing(db, city.id, (start, end))
    if wants_page():
        features = answers.listed(found.places.features)
        names = {str(each): phrases.title(features[step]) for step, each in enumerate(found.places.ids)}
        legs = [phrases.leg(edge, found.places.ids[step], names) for step, edge in enumerate(found.edges)]
        said = {"features": features, "legs": legs, "found": found, "state": state}
        return answers.page("way", city, given, **said, ends={"from": ends[start], "to": ends[end]})
    said = {"metres": found.metres, "steps": len(found.edges) if found.edges else None, **state}
    return answers.collection(found.places.features, map(answers.feature, found.edges), said)


def _ends(city: City, given: dict[str, str]) -> dict[str, Standing]:
    """The place that is given already, if one is."""
    ends = {name: asked.place(given, name) for name in ("from", "to") if name in given}
    with reading() as db:
        found = standing(db, city.id, list(ends.values()))
    return {name: found[each] for name, each in ends.items()}


@blueprint.get("/ego")
@allow(Permission.READ_PUBLIC)
def network_of_one(city: City) -> Response:
    """A place and those at most so many steps away, with the edges among them."""
    given = query()
    params.known(given, ("place", "hops", *asked.WHEN, *SHOWN))
    wish, hops = asked.asked(given, city.id, datetime.now(UTC)), asked.hops(given, 1)
    if wants_page() and "place" not in given:
        return answers.page("ego", city, given)
    if question := which(city, given, "place"):
        return question
    place = asked.place(given)
    with reading() as db:
        found = ego.ego(db, wish, place, hops)
        state = answers.state(db, wish)
        around = standing(db, city.id, (place,))[place]
    if wants_page():
        features = answers.listed(found.places.features)
        said = {"features": features[1:], "middle": features[0], "found": found, "state": state}
        said["around"] = around
        return answers.page("ego", city, given, **said, ties=_ties(found, place, features))
    said = {"hops": hops, "truncated": found.truncated, **state}
    return answers.collection(found.places.features, map(answers.feature, found.edges), said)


def _ties(found: ego.Ego, place: UUID, features: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What those at one step are to the place in the middle, by their ids: relations, or that it is near."""
    names = {each["id"]: phrases.title(each) for each in features}
    told: dict[str, list[str]] = {}
    for edge in sorted(found.edges, key=lambda edge: edge.kind is None):
        if place not in edge.pair:
            continue
        other = edge.head if edge.tail == place else edge.tail
        if edge.kind or str(other) not in told:
            told.setdefault(str(other), []).append(phrases.leg(edge, other, names))
    return told


@blueprint.get("/helpers")
@allow(Permission.READ_PUBLIC)
def who_could_help(city: City) -> Response:
    """Houses and projects that could help with a site: related to it, or near; ranked, with their reasons."""
    given = query()
    params.known(given, ("place", "hops", "metres", "limit", *SHOWN))
    metres = rules.metres(given, rules.GAP)
    assert metres is not None, "it has a default"
    reach = Reach(asked.hops(given, 2), metres, params.whole(given, "limit", 20, 1, 100))
    if wants_page() and "place" not in given:
        return answers.page("helpers", city, given, reach=reach)
    if question := which(city, given, "place"):
        return question
    place = asked.place(given)
    wish = asked.asked({"over": asked.RELATIONS}, city.id, datetime.now(UTC))
    with reading() as db:
        found = helpers.helpers(db, wish, place, reach)
    features = [_told(each, found, found.named[place]) for each in found.helpers]
    if wants_page():
        said = {"features": features, "found": found, "middle": found.named[place], "reach": reach}
        return answers.page("helpers", city, given, **said)
    body = ",".join(json.dumps(each, ensure_ascii=False) for each in features).encode()
    said = {"hops": reach.hops, "metres": reach.metres, "truncated": found.truncated}
    return answers.collection(body, (), said)


def _told(helper: helpers.Helper, found: helpers.Helpers, place: Any) -> dict[str, Any]:
    """A feature with why."""
    why = helper.reasons
    about: dict[str, Any] = {"score": why.score, "hops": why.hops, "metres": round(why.metres, 2)}
    about["company"] = why.company
    about["reasons"] = phrases.reasons(why, place, found.named)
    return {**helper.feature, "properties": {**helper.feature["properties"], **about}}
