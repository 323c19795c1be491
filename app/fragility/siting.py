"""Where new houses would reach the most fragile residents, answered from numbers. Pure: no database.

Of an area count its fragile residents: its residents times its percentile rank towards the fragile end of a
figure, so that somebody in the most fragile area counts once and somebody in the least fragile one not at
all. Distances are geodesic metres from the point inside an area. Houses that stand already go on serving.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.errors import BadParameter
from app.fragility.overlay import House, Spot
from app.fragility.ranking import Standing, worst
from geo import siting
from geo.proximity import Floats, Indices, metres_between, nearest_of

PEOPLE, REACH, COVER = OBJECTIVES = ("people", "reach", "cover")
SITES, AREAS = CANDIDATES = ("sites", "areas")
UNKNOWN = "residents not known"
P, MOST_P = 3, 20
MOST_PAIRS = 2_000_000
"""So many distances are measured for one answer at the most: 94 areas and 20,000 sites, 3,800 and 500."""
SECONDS = 4.0
"""How long an answer is searched for, beside measuring the distances."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where a house could be: `key` is the id of a site or the code of an area; `title` what it is called;
    `accuracy_m` how far off its position can be, None where that is not known."""

    key: str
    lon: float
    lat: float
    title: str | None = None
    language: str = ""
    translations: dict[str, dict[str, str]] | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The objective; how many houses; how far is near; the share of areas that is fragile, for `cover`."""

    objective: str
    p: int
    metres: float
    worst: float


@dataclass(frozen=True, eq=False)
class Numbers:
    """All that an answer is computed from; `spots` has one for each of the `areas`."""

    areas: Sequence[Standing]
    spots: Sequence[Spot]
    houses: Sequence[House]
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class Figures:
    """How well the areas are served: the metres to the nearest house for a fragile resident (None: there is
    no house), and how many fragile residents, residents and fragile areas have one within the metres asked
    for."""

    mean: float | None
    fragile: float
    residents: float
    areas: int


@dataclass(frozen=True, slots=True)
class Step:
    """A place to build at, in the order of what each adds; `figures` once it stands beside those before it.

    `serves`: the codes of the areas that are nearest to it in the end; `residents`: how many live there.
    """

    rank: int
    candidate: Candidate
    figures: Figures
    serves: tuple[str, ...]
    residents: float


@dataclass(frozen=True, slots=True)
class Served:
    """An area, its metres to the nearest house before and after, and the key of what serves it after; None
    for a house that stands already."""

    code: str
    name: str | None
    weight: float
    before: float | None
    after: float | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer: what to build, how well that serves, and by which share another choice could be better.

    `total`: everybody and every fragile area, as `before` and `after` count them; `beyond`: the codes of
    fragile areas that no candidate is near to; `left_out`: areas that do not count, each with the reason.
    """

    steps: Sequence[Step]
    before: Figures
    after: Figures
    total: Figures
    proven: bool
    gap: float
    served: Sequence[Served]
    beyond: Sequence[str]
    left_out: Sequence[Standing]


@dataclass(frozen=True, eq=False)
class Ground:
    """Numbers as arrays, over the areas that count: `existing` is (n,), infinite without a house; `apart` is
    (n, m) metres to the candidates; `weights`, `residents` and `fragile`, the worst areas, are (n,)."""

    codes: Sequence[str]
    names: Sequence[str | None]
    existing: Floats
    apart: Floats
    weights: Floats
    residents: Floats
    fragile: npt.NDArray[np.bool_]
    left_out: Sequence[Standing]


def most_candidates(areas: int) -> int:
    """How many candidates can be compared for so many areas."""
    return MOST_PAIRS // max(areas, 1)


def check(asked: Asked, numbers: Numbers) -> None:
    """Refuse what cannot be answered, or not in the time of a request; raises BadParameter."""
    there, areas = len(numbers.candidates), len(numbers.areas)
    if not there:
        raise BadParameter(
            "candidates",
            "there is no site to choose from: ask for candidates=areas, the middle of each area.",
        )
    if there > most_candidates(areas):
        raise BadParameter(
            "candidates",
            "more than %(most)s for %(areas)s areas are too many to compare: name a status, or a layer of"
            " larger areas.",
            most=most_candidates(areas),
            areas=areas,
        )
    if asked.objective != COVER and asked.p > there:
        raise BadParameter(
            "p",
            "%(p)s is more than the candidates: there are %(there)s to choose from.",
            p=asked.p,
            there=there,
        )


def ground(numbers: Numbers, share: float) -> Ground:
    """The areas that count: those with a rank and with residents that are known; raises BadParameter."""
    areas = [
        replace(each, left_out=UNKNOWN) if each.left_out is None and each.residents is None else each
        for each in numbers.areas
    ]
    kept = [number for number, each in enumerate(areas) if each.left_out is None]
    count = [areas[number] for number in kept]
    rank = np.array([each.percentile or 0.0 for each in count])
    residents = np.array([each.residents or 0.0 for each in count])
    if not (rank * residents).any():
        raise BadParameter(
            "indicator", "ranks nobody: no area with residents is more fragile than another by it."
        )
    spot_of = {each.code: (each.lon, each.lat) for each in numbers.spots}
    points = np.array([spot_of[each.code] for each in count])
    open_yet = np.array([(each.lon, each.lat) for each in numbers.houses])
    existing = nearest_of(points, open_yet)[1] if len(open_yet) else np.full(len(points), np.inf)
    among = {each.code for each in worst(count, share)}
    return Ground(
        [each.code for each in count],
        [each.name for each in count],
        existing,
        _apart(points, np.array([(each.lon, each.lat) for each in numbers.candidates])),
        rank * residents,
        residents,
        np.array([each.code in among for each in count]),
        [each for each in areas if each.left_out],
    )


def _apart(points: Floats, others: Floats) -> Floats:
    """Geodesic metres from each of the points to each of the others."""
    pairs = metres_between(np.repeat(points, len(others), axis=0), np.tile(others, (len(points), 1)))
    return pairs.reshape(len(points), len(others))


def planned(numbers: Numbers, asked: Asked, seconds: float = SECONDS) -> Plan:
    """The answer to a question that `check` let pass; raises BadParameter."""
    there = ground(numbers, asked.worst)
    chosen, proven, gap = _ANSWERS[asked.objective](there, asked, seconds)
    order = _ordered(there, asked, chosen)
    before = figures(there, there.existing, asked.metres)
    nearest, by = there.existing.copy(), np.full(len(there.codes), -1)
    along = []
    for number in order:
        nearer = there.apart[:, number] < nearest
        by[nearer], nearest[nearer] = number, there.apart[nearer, number]
        along.append(figures(there, nearest, asked.metres))
    beyond = there.fragile & (np.minimum(there.apart.min(axis=1), there.existing) > asked.metres)
    return Plan(
        _steps(there, numbers.candidates, order, along, by),
        before,
        along[-1] if along else before,
        figures(there, np.zeros(len(there.codes)), 0.0),
        proven,
        gap,
        _served(there, numbers.candidates, nearest, by),
        [there.codes[number] for number in np.flatnonzero(beyond).tolist()]
        if asked.objective == COVER
        else [],
        there.left_out,
    )


def figures(there: Ground, nearest: Floats, metres: float) -> Figures:
    """How well the areas are served where each has so many metres to its nearest house."""
    near = nearest <= metres
    whole = float(there.weights @ nearest / there.weights.sum()) if np.isfinite(nearest).all() else None
    fragile, residents = float(there.weights[near].sum()), float(there.residents[near].sum())
    return Figures(whole, fragile, residents, int((there.fragile & near).sum()))


Answer = tuple[Indices, bool, float]
"""The chosen candidates, whether nothing is better, and by which share something could be."""


def _costs(there: Ground) -> tuple[Floats, list[int]]:
    """The costs with the nearest house as one more candidate, the last, and what exists of them."""
    if not np.isfinite(there.existing).all():
        return there.apart, []
    return np.column_stack([there.apart, there.existing]), [there.apart.shape[1]]


def _people(there: Ground, asked: Asked, seconds: float) -> Answer:
    costs, existing = _costs(there)
    return _told(siting.p_median(costs, there.weights, asked.p, existing, seconds))


def _reach(there: Ground, asked: Asked, seconds: float) -> Answer:
    costs, existing = _costs(there)
    return _told(siting.maximal_covering(costs, there.weights, asked.p, asked.metres, existing, seconds))


def _cover(there: Ground, asked: Asked, seconds: float) -> Answer:
    """Of the fragile areas those are covered that any candidate is near to."""
    costs, existing = _costs(there)
    asking = there.fragile & (costs.min(axis=1) <= asked.metres)
    if not asking.any():
        return np.empty(0, dtype=np.int64), True, 0.0
    return _told(siting.set_covering(costs[asking], asked.metres, existing, seconds))


def _told(found: siting.Siting) -> Answer:
    return np.array(found.chosen, dtype=np.int64), found.status == siting.OPTIMAL, found.gap


_ANSWERS: dict[str, Callable[[Ground, Asked, float], Answer]] = {
    PEOPLE: _people,
    REACH: _reach,
    COVER: _cover,
}


def _ordered(there: Ground, asked: Asked, chosen: Indices) -> list[int]:
    """The chosen ones, each time the one that adds the most; of equal ones the first."""
    left = chosen.tolist()
    if asked.objective == PEOPLE:
        lost = there.apart * there.weights[:, None]
        now = np.where(there.weights > 0, there.existing, 0.0) * there.weights
    else:
        counts = there.weights if asked.objective == REACH else there.fragile.astype(float)
        lost = (there.apart > asked.metres) * counts[:, None]
        now = (there.existing > asked.metres) * counts
    order = []
    while left:
        best = min(left, key=lambda number: (np.minimum(now, lost[:, number]).sum(), number))
        now = np.minimum(now, lost[:, best])
        left.remove(best)
        order.append(best)
    return order


def _steps(
    there: Ground,
    candidates: Sequence[Candidate],
    order: Sequence[int],
    along: Sequence[Figures],
    by: Indices,
) -> list[Step]:
    return [
        Step(
            rank,
            candidates[number],
            told,
            tuple(there.codes[area] for area in np.flatnonzero(by == number).tolist()),
            float(there.residents[by == number].sum()),
        )
        for rank, (number, told) in enumerate(zip(order, along, strict=True), start=1)
    ]


def _served(there: Ground, candidates: Sequence[Candidate], nearest: Floats, by: Indices) -> list[Served]:
    def said(metres: float) -> float | None:
        return round(float(metres), 1) if np.isfinite(metres) else None

    return [
        Served(
            code,
            there.names[number],
            float(there.weights[number]),
            said(there.existing[number]),
            said(nearest[number]),
            candidates[by[number]].key if by[number] >= 0 else None,
        )
        for number, code in enumerate(there.codes)
    ]
