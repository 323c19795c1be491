"""Where new houses would reach the most fragile residents, and what one more house would change."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

import shapely
from flask import Blueprint, Response
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.context import language, query, reading, services
from app.errors import BadParameter, NotFound
from app.fragility import asked, overlay, queries, siting, telling
from app.fragility.asked import CSV, PAGE, Ground
from app.fragility.changed import changes, summed
from app.fragility.palettes import colours
from app.fragility.siting import Candidate, Figures, Numbers, Plan, Step
from app.fragility.sketch import sketch_of
from app.fragility.solving import solved
from app.identity import allow
from app.network import rules
from app.network.asked import place
from app.permissions import Permission
from app.places.texts import title_of
from app.statements import rows
from app.tables.places import STATUSES, VISIBLE

blueprint = Blueprint("siting", __name__, url_prefix="/<city:city>/fragility")
FIGURES = ("layer", "indicator", "metres", "worst", "f", "lang")
STEP_COLUMNS = (
    "rank", "key", "kind", "title", "lon", "lat", "accuracy_m", "areas", "residents", "mean_metres",
    "fragile_residents_within", "residents_within", "fragile_areas_within", *telling.CITED,
)  # fmt: skip
CHANGE_COLUMNS = (
    "code", "name", "residents", "fragile_residents", "metres_before", "metres_after", "saved", "rank_before",
    "rank_after", "within_before", "within_after", "accuracy_m", *telling.CITED,
)  # fmt: skip
CANDIDATE = "id::text AS key, lon, lat, title, language, translations, accuracy_m"
ON_THE_PAGE = 20
STRAIGHT = "straight"
"""How far is said as the crow flies, whether streets are loaded or not: on foot would be a walk a pair."""


def _ground(db: Connection, city: City, values: Mapping[str, str]) -> Ground:
    there = asked.ground(values, queries.layers(db, city.id), queries.indicators(db, city.id))
    if there.residents is None:
        raise BadParameter(
            "layer", "“%(layer)s” has no figure of residents to reach.", layer=there.layer.slug
        )
    return asked.ranked(values, there)


def _numbers(db: Connection, city: City, there: Ground, candidates: Sequence[Candidate]) -> Numbers:
    assert there.indicator is not None
    layer = there.layer.slug
    areas = overlay.standings_of(db, city.id, layer, there.indicator)
    return Numbers(areas, overlay.spots(db, city.id, layer), overlay.houses(db, city.id), candidates)


def _asked(values: Mapping[str, str]) -> siting.Asked:
    objective = params.one(values, "objective", siting.OBJECTIVES)
    p = params.whole(values, "p", siting.P, 1, siting.MOST_P)
    return siting.Asked(objective, p, asked.metres(values), asked.share(values))


def _candidates(db: Connection, city: City, there: Ground, values: Mapping[str, str]) -> list[Candidate]:
    among = params.one_of(values, "candidates", siting.CANDIDATES) or (siting.SITES,)
    if len(among) > 1:
        raise BadParameter("candidates", "can be sites or areas, not both.")
    if among[0] == siting.AREAS:
        return [
            Candidate(each.code, each.lon, each.lat) for each in overlay.spots(db, city.id, there.layer.slug)
        ]
    sql = f"""SELECT {CANDIDATE} FROM places
        WHERE city_id = %(city)s AND {VISIBLE} AND kind = 'site' AND status = ANY(%(statuses)s)
        ORDER BY id LIMIT %(most)s"""
    statuses = list(params.one_of(values, "status", STATUSES) or STATUSES)
    most = siting.most_candidates(there.layer.areas) + 1
    return rows(db, Candidate, sql, {"city": city.id, "statuses": statuses, "most": most})


@blueprint.get("/siting")
@allow(Permission.READ_PUBLIC)
def where(city: City) -> Response:
    """Where p new houses would reach the most fragile residents."""
    values = query()
    params.known(values, ("objective", "p", "candidates", "status", *FIGURES))
    form, question = telling.wanted(values), _asked(values)
    with reading(one_moment=True) as db:
        there = _ground(db, city, values)
        candidates = _candidates(db, city, there, values)
        if not candidates and not {"candidates", "status"} & values.keys():
            # A city that has no site yet can ask all the same, of anywhere.
            values = {**values, "candidates": siting.AREAS}
            candidates = _candidates(db, city, there, values)
        numbers = _numbers(db, city, there, candidates)
    if "p" not in values:
        question = replace(question, p=min(question.p, max(len(numbers.candidates), 1)))
    siting.check(question, numbers)
    plan = solved(services().gate, _key(question, numbers), lambda: siting.planned(numbers, question))
    rows = [_step_row(step, values) for step in plan.steps]
    if form == CSV:
        return telling.table(
            f"{city.slug}-{there.layer.slug}-siting", telling.cited(rows, there), STEP_COLUMNS, None
        )
    if form != PAGE:
        return telling.features(
            [telling.point_feature(row) for row in rows], len(rows), None, **_told(there, question, plan)
        )
    with reading(one_moment=True) as db:
        sheet = sketch_of(db, city.id, there.layer.slug)
        return telling.page(
            "siting", city, values, there, question=question, plan=plan, numbers=numbers, sheet=sheet,
            fills=_fills(numbers), of_areas=_of_areas(values), seconds=siting.SECONDS, most_p=siting.MOST_P,
            lonlat=_spots(numbers),
        )  # fmt: skip


def _key(question: siting.Asked, numbers: Numbers) -> tuple[siting.Asked, bytes]:
    """What a search is kept under: a sum of its numbers, because they themselves may be megabytes."""
    parts = (numbers.areas, numbers.spots, numbers.houses, numbers.candidates)
    return question, hashlib.sha256(repr(parts).encode()).digest()


def _of_areas(values: Mapping[str, str]) -> bool:
    return values.get("candidates") == siting.AREAS


def _spots(numbers: Numbers) -> dict[str, tuple[float, float]]:
    return {each.code: (each.lon, each.lat) for each in numbers.spots}


def _fills(numbers: Numbers) -> dict[str, str]:
    """A colour for each area that has a rank: the more fragile, the darker."""
    tones = colours("purples", 5)
    return {
        each.code: tones[min(int(each.percentile * 5), 4)]
        for each in numbers.areas
        if each.percentile is not None
    }


def _step_row(step: Step, values: Mapping[str, str]) -> dict[str, Any]:
    spot = step.candidate
    title = title_of(spot, language())[0] if spot.language else None
    row = {"rank": step.rank, "key": spot.key, "kind": "area" if _of_areas(values) else "site"}
    row |= {
        "title": title,
        "lon": spot.lon,
        "lat": spot.lat,
        "accuracy_m": spot.accuracy_m,
        "areas": " ".join(step.serves),
    }
    return row | {"residents": round(step.residents), **_figures(step.figures)}


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "mean_metres": None if figures.mean is None else round(figures.mean, 1),
        "fragile_residents_within": round(figures.fragile, 1),
        "residents_within": round(figures.residents),
        "fragile_areas_within": figures.areas,
    }


def _told(there: Ground, question: siting.Asked, plan: Plan) -> dict[str, Any]:
    total = _figures(plan.total)
    return {
        **telling.basis(there),
        **asdict(question),
        "method": STRAIGHT,
        "proven_best": plan.proven,
        "gap": round(plan.gap, 6),
        "before": _figures(plan.before),
        "after": _figures(plan.after),
        "total": {name.removesuffix("_within"): total[name] for name in list(total)[1:]},
        "areas": [asdict(each) for each in plan.served],
        "beyond": list(plan.beyond),
        "left_out": [{"code": each.code, "why": each.left_out} for each in plan.left_out],
    }


@blueprint.get("/what-if")
@allow(Permission.READ_PUBLIC)
def what_if(city: City) -> Response:
    """What would change if there were a house at a place, or at a point; nothing is written."""
    values = query()
    params.known(values, ("site", "lon", "lat", *FIGURES))
    form, metres, share = telling.wanted(values), asked.metres(values), asked.share(values)
    with reading(one_moment=True) as db:
        there = _ground(db, city, values)
        if form == PAGE and not any(name in values for name in ("site", "lon", "lat")):
            return telling.page("what_if", city, values, there, spot=None, metres=metres)
        spot = _spot(db, city, values)
        numbers = _numbers(db, city, there, [spot])
        found = changes(numbers, metres, share)
        rows = [asdict(each) for each in found]
        if form == CSV:
            rows = telling.cited([{**row, "accuracy_m": spot.accuracy_m} for row in rows], there)
            return telling.table(f"{city.slug}-{there.layer.slug}-what-if", rows, CHANGE_COLUMNS, None)
        before, after, total = summed(numbers, metres, share)
        if form != PAGE:
            shapes = overlay.shapes_of(db, city.id, there.layer.slug, [each.code for each in found])
            made = [telling.area_feature(shapes[row["code"]], row["code"], row) for row in rows]
            said: dict[str, Any] = {
                "site": spot.key or None,
                "lon": spot.lon,
                "lat": spot.lat,
                "accuracy_m": spot.accuracy_m,
                "metres": metres,
            }
            said |= {"method": STRAIGHT, "before": _figures(before), "after": _figures(after)}
            return telling.features(made, len(made), None, **telling.basis(there), **said)
        return telling.page(
            "what_if", city, values, there, spot=spot, metres=metres, changes=found, before=before,
            after=after, total=total, sheet=sketch_of(db, city.id, there.layer.slug), most=ON_THE_PAGE,
            numbers=numbers, fills=_fills(numbers), lonlat=_spots(numbers),
            left_out=siting.ground(numbers, share).left_out,
        )  # fmt: skip


def _spot(db: Connection, city: City, values: Mapping[str, str]) -> Candidate:
    """The place or the point that is asked for; raises BadParameter and NotFound."""
    if "site" not in values:
        for name in ("lon", "lat"):
            if name not in values:
                raise BadParameter("site", "is needed: a place of the map, or a point by lon and lat.")
        shape = rules.origin(values, city).shape
        assert isinstance(shape, shapely.Point)
        return Candidate("", shape.x, shape.y)
    if "lon" in values or "lat" in values:
        raise BadParameter("site", "and lon and lat cannot both be given: name a place, or a point.")
    return _place(db, city, place(values, "site"))


def _place(db: Connection, city: City, key: UUID) -> Candidate:
    sql = f"""SELECT {CANDIDATE} FROM places
        WHERE city_id = %(city)s AND {VISIBLE} AND id = %(id)s"""
    found = rows(db, Candidate, sql, {"city": city.id, "id": key})
    if not found:
        raise NotFound("There is no place %(place)s here; it may have been removed.", place=key)
    if any(house.id == key for house in overlay.houses(db, city.id)):
        raise BadParameter("site", "is a house already: name another place.")
    return found[0]
