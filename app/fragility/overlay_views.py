"""Places laid over areas, under /<city>/fragility/: as pages, as GeoJSON and as CSV."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Connection

from app import params
from app.cities import City
from app.context import query, reading
from app.errors import BadParameter
from app.fragility import asked, far, overlay, places, queries, ranking, rules, telling
from app.fragility.asked import COMMON, CSV, MOST_AREAS, MOST_PLACES, PAGE, Ground
from app.fragility.far import Far
from app.fragility.indices.queries import Score, scores_shown
from app.fragility.overlay import PER, AreaCount, House
from app.identity import allow
from app.network.rules import KM_AN_HOUR, METRES_A_MINUTE
from app.network.streets import SNAP_M, walked
from app.network.views import listed
from app.network.walking import NOT_LOADED, STRAIGHT, STREETS, Basis, told
from app.permissions import Permission
from app.tables.places import KINDS, STATUSES

blueprint = Blueprint("fragility", __name__, url_prefix="/<city:city>/fragility")
FIGURES = ("residents", "rate", "low", "high", "few_residents", "house_metres", "house_id", *telling.CITED)
GAP_COLUMNS = (
    "rank", "code", "name", "value", "percentile", "metres", "house", "far", "gap", "residents", "left_out",
    "index_rank", "index_rank_low", "index_rank_high", *telling.CITED,
)  # fmt: skip
PLACE_COLUMNS = (
    "id", "kind", "status", "title", "address", "area", "lon", "lat", "accuracy_m", "source", "licence",
    "figure", "figure_year", "figure_source", "figure_licence",
)  # fmt: skip
A_PAGE, A_FILE = 50, 1_000
Row = dict[str, Any]


def _ground(db: Connection, city: City, values: Mapping[str, str]) -> Ground:
    return asked.ground(values, queries.layers(db, city.id), queries.indicators(db, city.id))


def _limit(values: Mapping[str, str], form: str, most: int) -> int:
    return params.whole(values, "limit", A_PAGE if form == PAGE else A_FILE, 1, most)


def _areas(
    db: Connection, city: City, there: Ground, rows: Sequence[Row], link: str | None, **said: Any
) -> Response:
    """Rows about areas as GeoJSON, with their shapes."""
    shapes = overlay.shapes_of(db, city.id, there.layer.slug, [row["code"] for row in rows])
    made = [telling.area_feature(shapes[row["code"]], row["code"], row) for row in rows]
    return telling.features(made, len(made), link, **telling.basis(there), **said)


@blueprint.get("/counts")
@allow(Permission.READ_PUBLIC)
def counts(city: City) -> Response:
    """How many places stand in each area of a layer, and for 1,000 residents, and its nearest house."""
    values = query()
    params.known(values, ("kind", "status", *COMMON))
    kinds, statuses = params.one_of(values, "kind", KINDS), params.one_of(values, "status", STATUSES)
    form = telling.wanted(values)
    limit = _limit(values, form, MOST_AREAS)
    with reading(one_moment=True) as db:
        there = _ground(db, city, values)
        found = overlay.counts_of(db, city.id, there.layer.slug, kinds, statuses)
        outside = overlay.outside(db, city.id, there.layer.slug, kinds, statuses)
        begin = asked.after_code(values, [each.code for each in found])
        part = found if form == CSV else found[begin : begin + limit]
        link = telling.following(values, part[-1].code) if begin + len(part) < len(found) and part else None
        rows = [_count_row(each, kinds or KINDS) for each in part]
        if form == CSV:
            header = ("code", "name", "places", *(kinds or KINDS), *FIGURES)
            return telling.table(
                f"{city.slug}-{there.layer.slug}-counts", telling.cited(rows, there), header, None
            )
        if form != PAGE:
            said: Row = {"per": PER, "level": overlay.LEVEL, "outside": outside, "numberMatched": len(found)}
            return _areas(db, city, there, rows, link, **said)
        shown = {"kinds": kinds, "per": PER, "small": rules.is_small, "outside": outside, "begin": begin}
        return telling.page(
            "counts", city, values, there, areas=part, all=found, following=link,
            houses=_by_id(overlay.houses(db, city.id)), **shown,
        )  # fmt: skip


def _count_row(each: AreaCount, kinds: Iterable[str]) -> Row:
    row: Row = {"code": each.code, "name": each.name, "places": each.places}
    row |= {kind: each.by_kind.get(kind, 0) for kind in kinds}
    row |= {"residents": each.residents, "rate": each.rate, "low": each.low, "high": each.high}
    row |= {"few_residents": rules.is_small(each.residents)}
    return row | {
        "house_metres": each.house_metres,
        "house_id": str(each.house_id) if each.house_id else None,
    }


def _by_id(houses: Iterable[House]) -> dict[Any, House]:
    return {house.id: house for house in houses}


@blueprint.get("/gaps")
@allow(Permission.READ_PUBLIC)
def gaps(city: City) -> Response:
    """The areas of a layer ranked by gap: fragile, and far from every house."""
    values = query()
    params.known(values, ("indicator", *COMMON))
    form = telling.wanted(values)
    limit = _limit(values, form, MOST_AREAS)
    with reading(one_moment=True) as db:
        there = asked.ranked(values, _ground(db, city, values))
        assert there.indicator is not None
        found, left_out = overlay.gaps_of(db, city.id, there.layer.slug, there.indicator)
        begin = asked.after_code(values, [each.code for each in found])
        part = found if form == CSV else found[begin : begin + limit]
        link = telling.following(values, part[-1].code) if begin + len(part) < len(found) and part else None
        scores = scores_shown(db, city.id, there.layer.slug, there.indicator.slug)
        rows = [_gap_row(each, scores.get(each.code)) for each in part]
        if form == CSV:
            rows += [asdict(each) for each in left_out]
            return telling.table(
                f"{city.slug}-{there.layer.slug}-gaps", telling.cited(rows, there), GAP_COLUMNS, None
            )
        out = [{"code": each.code, "name": each.name, "why": each.left_out} for each in left_out]
        if form != PAGE:
            return _areas(db, city, there, rows, link, left_out=out, numberMatched=len(found))
        said = {"level": len({each.gap for each in found}) < 2, "scores": scores, "begin": begin}
        return telling.page(
            "gaps", city, values, there, gaps=part, all=found, left_out=left_out, following=link,
            houses=_by_id(overlay.houses(db, city.id)), **said,
        )  # fmt: skip


def _gap_row(each: ranking.Gap, score: Score | None) -> Row:
    """A row of the ranking; where the figure is a published index, with the rank and its interval."""
    row = {**asdict(each), "house": str(each.house) if each.house else None}
    if score is None:
        return row
    said = {"rank": score.rank, "rank_low": score.rank_low, "rank_high": score.rank_high}
    return row | {f"index_{name}": rank for name, rank in said.items()}


@blueprint.get("/places")
@allow(Permission.READ_PUBLIC)
def in_areas(city: City) -> Response:
    """The places of one area, or of the areas that are worst by an indicator."""
    values = query()
    params.known(values, ("indicator", "area", "worst", "kind", "status", *COMMON))
    form = telling.wanted(values)
    limit = _limit(values, form, MOST_PLACES)
    begin = places.after(values.get("after"))
    with reading(one_moment=True) as db:
        there, areas, chosen = _chosen(db, city, values)
        members = asked.members(values, (city.id, there.layer.slug), chosen)
        found = places.places_of(db, members, begin, limit)
    link = telling.following(values, found.after)
    if form == CSV:
        return _place_table((city, there), "places", found.features, link, ())
    if form != PAGE:
        said = {"areas": list(chosen), "numberMatched": found.matched}
        return telling.features([found.features], found.count, link, **telling.basis(there), **said)
    named = {each.code: each for each in areas}
    return telling.page(
        "places", city, values, there, features=listed(found.features), matched=found.matched,
        following=link, chosen=chosen, named=named, share=None if "area" in values else asked.share(values),
        left_out=[each for each in areas if each.left_out],
    )  # fmt: skip


def _chosen(
    db: Connection, city: City, values: Mapping[str, str]
) -> tuple[Ground, list[ranking.Standing], tuple[str, ...]]:
    """The layer and the indicator, every area of it, and the codes of those that are asked for."""
    there = _ground(db, city, values)
    if "area" in values and "indicator" not in values and not there.ranking:
        codes = [spot.code for spot in overlay.spots(db, city.id, there.layer.slug)]
        areas = [ranking.Standing(code, None, None, None, None, None) for code in codes]
    else:
        there = asked.ranked(values, there)
        assert there.indicator is not None
        areas = overlay.standings_of(db, city.id, there.layer.slug, there.indicator)
    return there, areas, asked.codes(values, areas)


def _place_table(
    where: tuple[City, Ground], name: str, features: bytes, link: str | None, more: Sequence[str]
) -> Response:
    city, there = where
    rows = []
    for each in listed(features):
        lon, lat = _pin(each["geometry"])
        rows.append({"id": each["id"], "lon": lon, "lat": lat, **each["properties"]})
    cited = telling.cited(rows, there, "figure_")
    return telling.table(f"{city.slug}-{name}", cited, (*PLACE_COLUMNS, *more), link)


def _pin(geometry: Mapping[str, Any]) -> tuple[float, float]:
    """A point of a geometry: of more than one, the first of its vertices."""
    at: Any = geometry["coordinates"]
    while isinstance(at[0], list):
        at = at[0]
    return at[0], at[1]


@blueprint.get("/far")
@allow(Permission.READ_PUBLIC)
def far_places(city: City) -> Response:
    """The sites, or other places, of fragile areas that have no house within so many metres or minutes."""
    values = query()
    params.known(values, ("indicator", "area", "worst", "metres", "minutes", "kind", "status", *COMMON))
    form = telling.wanted(values)
    limit = _limit(values, form, MOST_PLACES)
    metres, minutes = asked.how_far(values)
    with reading(one_moment=True) as db:
        there, areas, chosen = _chosen(db, city, values)
        members = asked.members({"kind": "site", **values}, (city.id, there.layer.slug), chosen)
        if "house" in members.kinds:
            raise BadParameter("kind", "house cannot be asked for: what is asked is how far the houses are.")
        found, basis = _far(db, city, values, members, limit)
    link = telling.following(values, found.after)
    if form == CSV:
        return _place_table((city, there), "far", found.features, link, ("metres", "minutes", "nearest"))
    if form != PAGE:
        said: dict[str, Any] = {"areas": list(chosen), **(told(basis) if basis else {})}
        said |= {"minutes": minutes} if minutes else {"metres": metres, "numberMatched": found.matched}
        return telling.features([found.features], found.count, link, **telling.basis(there), **said)
    return telling.page(
        "far", city, values, there, features=listed(found.features), matched=found.matched, following=link,
        chosen=chosen, named={each.code: each for each in areas}, metres=metres, minutes=minutes, basis=basis,
        houses=found.houses, among=found.among, share=None if "area" in values else asked.share(values),
        left_out=[each for each in areas if each.left_out], km_an_hour=KM_AN_HOUR, snap_m=SNAP_M,
    )  # fmt: skip


def _far(
    db: Connection, city: City, values: Mapping[str, str], members: places.Members, limit: int
) -> tuple[Far, Basis | None]:
    """By the crow's flight, or on foot along the streets, where the city has them."""
    metres, minutes = asked.how_far(values)
    streets = walked(db, city.id) if minutes else None
    if minutes and streets:
        middle = (city.home[1] + city.home[3]) / 2
        begin = params.cursor(values)
        walk = (middle, minutes * METRES_A_MINUTE)
        return far.far_on_foot(db, members, walk, begin, limit), Basis(STREETS, streets)
    reach = minutes * METRES_A_MINUTE if minutes else metres
    found = far.far_of(db, members, reach, far.mark(values.get("after")), limit)
    return found, Basis(STRAIGHT, None, NOT_LOADED) if minutes else None
