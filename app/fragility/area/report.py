"""What is told of an area: gathered once for its layer, then for each area that is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app.errors import BadParameter
from app.fragility import overlay, queries, rules
from app.fragility.area import queries as asking
from app.fragility.area.queries import Feature
from app.fragility.area.rules import Line, Part, Standing, lines, parts, standing
from app.fragility.indices import queries as index_queries
from app.fragility.indices.queries import Published, Score
from app.fragility.overlay import LEVEL, PER, AreaCount, House
from app.fragility.queries import Area, AreaFigure, Indicator, Layer
from app.fragility.ranking import Nearest, ranked_gaps, standings
from app.tables.places import KINDS
from geo.rates import rates

NEWEST, NEAREST = 5, 3


@dataclass(frozen=True, slots=True)
class Ground:
    """A layer with every figure of every area; `few`: the codes of areas with few residents.

    `lead`: the indicator by which areas are ranked on the page; None where none says who is more fragile.
    """

    city_id: int
    layer: Layer
    indicators: Sequence[Indicator]
    lead: Indicator | None
    values: Mapping[str, Mapping[str, float]]
    counts: Mapping[str, AreaCount]
    few: frozenset[str]
    houses: Sequence[House]
    indices: Sequence[tuple[Published, Sequence[Score]]]

    @property
    def residents(self) -> Indicator | None:
        """The indicator that tells how many people live in an area."""
        return rules.residents_of(self.indicators, self.layer.slug)


def ground(db: Connection, city_id: int, layer: Layer, lead: str | None) -> Ground:
    """The layer of an area; `lead` names the figure that ranks, else a published index does. Raises
    NotFound and BadParameter."""
    indicators = [each for each in queries.indicators(db, city_id) if each.layer == layer.slug]
    shown = index_queries.published(db, city_id, layer.slug)
    newest = {each.index: each for each in reversed(shown)}
    counts = {each.code: each for each in overlay.counts_of(db, city_id, layer.slug)}
    return Ground(
        city_id,
        layer,
        indicators,
        _lead(indicators, layer, lead, [each.indicator for each in newest.values()]),
        asking.figures(db, city_id, layer.slug, [each.slug for each in indicators]),
        counts,
        frozenset(code for code, each in counts.items() if rules.is_small(each.residents)),
        overlay.houses(db, city_id),
        [(each, index_queries.scores(db, city_id, each.index, each.version)) for each in newest.values()],
    )


def _lead(
    indicators: Sequence[Indicator], layer: Layer, asked: str | None, shown: Sequence[str]
) -> Indicator | None:
    if asked is None:
        ranking = [each for each in indicators if each.polarity]
        return next((each for each in ranking if each.slug in shown), next(iter(ranking), None))
    found = rules.indicator_named(indicators, layer.slug, asked)
    if not found.polarity:
        raise BadParameter(
            "indicator",
            "“%(indicator)s” tells neither by more nor by less of it who is more fragile: no area is worst.",
            indicator=found.slug,
        )
    return found


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator of the area and how it stands beside the others."""

    indicator: Indicator
    stands: Standing


@dataclass(frozen=True, slots=True)
class IndexOf:
    """The area in a published index: its score, of how many, and its parts, with the figures that made them.

    `missing`: what is lacking for a score, by series.
    """

    index: Published
    indicator: Indicator
    score: Score
    scored: int
    parts: Sequence[tuple[Part, Indicator | None, float | None]]
    lacks: Sequence[Indicator | str]


@dataclass(frozen=True, slots=True)
class Count:
    """How many places of a kind stand in the area, and for 1,000 residents, with the interval."""

    kind: str
    places: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An area that touches this one, and how it stands by the leading figure."""

    code: str
    name: str | None
    few: bool
    stands: Standing | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Where the area stands among those that are fragile and far from a house: 1 is the greatest gap."""

    rank: int
    of: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is told of an area."""

    area: Area
    square_metres: float
    count: AreaCount
    few: bool
    lead: Figure | None
    gap: Gap | None
    indices: Sequence[IndexOf]
    figures: Sequence[Figure]
    trends: Sequence[Line]
    neighbours: Sequence[Neighbour]
    kinds: Sequence[Count]
    house: House | None
    newest: Sequence[Feature]
    houses: Sequence[Feature]
    projects: Sequence[Feature]
    inside: frozenset[str]


def report(db: Connection, there: Ground, area: Area) -> Report:
    """What is told of this area of the layer."""
    key, count = (there.city_id, there.layer.slug, area.code), there.counts[area.code]
    figures = [_figure(there, each, area.code) for each in there.indicators]
    near = {kind: asking.near(db, there.city_id, kind, (count.lon, count.lat), NEAREST)
            for kind in ("house", "project")}  # fmt: skip
    return Report(
        area,
        asking.square_metres(db, *key),
        count,
        area.code in there.few,
        next((each for each in figures if each.indicator is there.lead), None),
        _gap(there, area.code),
        [_index(there, index, scores, area.code) for index, scores in there.indices],
        figures,
        lines((each.indicator, each.stands) for each in figures),
        [_neighbour(there, code) for code in asking.neighbours(db, there.city_id, there.layer, area.code)],
        _kinds(count),
        next((house for house in there.houses if house.id == count.house_id), None),
        asking.newest(db, *key, NEWEST),
        near["house"],
        near["project"],
        asking.inside(db, *key, [each["id"] for found in near.values() for each in found]),
    )


def _figure(there: Ground, indicator: Indicator, code: str) -> Figure:
    values = there.values[indicator.slug]
    return Figure(indicator, standing(values, code, there.few, indicator.polarity))


def _neighbour(there: Ground, code: str) -> Neighbour:
    stands = _figure(there, there.lead, code).stands if there.lead else None
    return Neighbour(code, there.counts[code].name, code in there.few, stands)


def _index(there: Ground, index: Published, scores: Sequence[Score], code: str) -> IndexOf:
    by_series = {each.series: each for each in there.indicators if each.year != index.year}
    by_series |= {each.series: each for each in there.indicators if each.year == index.year}
    score = next((each for each in scores if each.code == code), None)
    score = score or Score(code, None, None, None, None, None, None, {}, False, [])
    told = parts(score.parts, [each.parts for each in scores if each.score is not None])
    made_of = [(each, by_series.get(each.series)) for each in told]
    return IndexOf(
        index,
        next(each for each in there.indicators if each.slug == index.indicator),
        score,
        sum(each.score is not None for each in scores),
        [(part, of, there.values[of.slug].get(code) if of else None) for part, of in made_of],
        [by_series.get(series, series) for series in score.missing],
    )


def _kinds(count: AreaCount) -> list[Count]:
    """How many there are of each kind, of none too, since that is what somebody may look for."""
    seen = [count.by_kind.get(kind, 0) for kind in KINDS]
    if not count.residents:
        return [Count(kind, number, None, None, None) for kind, number in zip(KINDS, seen, strict=True)]
    told = rates(seen, [count.residents] * len(seen), PER, LEVEL)
    return [
        Count(kind, number, float(rate), float(low), float(high))
        for kind, number, rate, low, high in zip(KINDS, seen, *told, strict=True)
    ]


def _gap(there: Ground, code: str) -> Gap | None:
    if there.lead is None:
        return None
    values = there.values[there.lead.slug]
    told = [
        AreaFigure(each.code, each.name, values.get(each.code), each.residents)
        for each in there.counts.values()
    ]
    nearest = {each.code: Nearest(each.house_metres, each.house_id) for each in there.counts.values()}
    ranked = ranked_gaps(standings(told, there.lead), nearest)
    return next((Gap(each.rank, len(ranked)) for each in ranked if each.code == code), None)
