"""Hot spots of a figure: which areas lie among alike ones. Kept while neither layer nor figure changes."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection

from app.errors import BadParameter
from app.fragility import queries, rules
from app.fragility.queries import AreaShape
from geo.autocorrelation import HotSpots, LocalMoran, Moran, hot_spots, local_moran, moran
from geo.contiguity import contiguity
from geo.errors import BadSample
from geo.graph import Graph

SEED, ALPHA = 0, 0.05
"""The same address gives the same answer: the permutations are those of one seed."""
MANY, FINE, COARSE = 1000, 9_999, 999
"""So many permutations up to so many areas, fewer above: enough that one area alone can stand out among a
city's zones; over its census sections the fine ones would take seconds."""
NAMES = {"HH": "high-high", "LL": "low-low", "HL": "high-low", "LH": "low-high"}
NEITHER = "neither"
QUEEN, GABRIEL = "queen", "gabriel"
MOST_KEPT = 32
_kept: "OrderedDict[tuple[int, str, str, str], Spots]" = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, eq=False)
class Spots:
    """Moran's I of a figure, and of each area the local one and Gi*, in the order of `codes`.

    `neighbours` says how neighbours were found, "queen" or "gabriel"; `few` are left out for their few
    residents, `missing` for having no value.
    """

    codes: list[str]
    whole: Moran
    local: LocalMoran
    gi: HotSpots
    few: list[str]
    missing: list[str]
    neighbours: str

    def painted(self, paint: str) -> dict[str, str]:
        """What each area with a value is among its neighbours, by code; `paint` is "moran" or "gi"."""
        return self.gathered() if paint == "gi" else self.alike()

    def alike(self) -> dict[str, str]:
        """By local Moran's I: high or low, among high or low neighbours; else that nothing stands out."""
        found = zip(self.codes, self.local.quadrant, self.local.significant, strict=True)
        left_out = {*self.few, *self.missing}
        return {
            code: NAMES[quadrant] if significant else NEITHER
            for code, quadrant, significant in found
            if code not in left_out
        }

    def gathered(self) -> dict[str, str]:
        """By Gi*: high or low together with its neighbours; else that nothing stands out."""
        found = zip(self.codes, self.gi.z, self.gi.significant, strict=True)
        left_out = {*self.few, *self.missing}
        return {
            code: ("hot" if z > 0 else "cold") if significant else NEITHER
            for code, z, significant in found
            if code not in left_out
        }


def spots_of(db: Connection, city_id: int, layer: str, indicator: str) -> Spots:
    """The hot spots of a figure over the areas that share a border or a corner (queen contiguity).

    Areas that are only drawn approximately leave gaps that are not there: of such a layer those are
    neighbours between whose middles no other one lies (Gabriel graph).

    Raises BadParameter where nothing can be said: too few areas have a value, or all the same one.
    """
    key = (city_id, layer, indicator, queries.state_of(db, city_id, layer, indicator))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = _made(queries.area_shapes(db, city_id, layer, indicator))
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made


def _made(areas: list[AreaShape]) -> Spots:
    codes = [area.code for area in areas]
    few = [area.code for area in areas if area.value is not None and rules.is_small(area.residents)]
    values = [
        np.nan if area.value is None or rules.is_small(area.residents) else area.value for area in areas
    ]
    neighbours = GABRIEL if any(area.approximate for area in areas) else QUEEN
    graph = _graph(areas, codes, neighbours)
    permutations = FINE if len(codes) <= MANY else COARSE
    try:
        whole = moran(values, graph, permutations=permutations, seed=SEED)
        local = local_moran(values, graph, permutations=permutations, seed=SEED, alpha=ALPHA)
        gi = hot_spots(values, graph, alpha=ALPHA)
    except BadSample:
        raise BadParameter(
            "indicator",
            "has no hot spots: too few zones have a value, none of them touch, or all values are one.",
        ) from None
    missing = [area.code for area in areas if area.value is None]
    return Spots(codes, whole, local, gi, few, missing, neighbours)


def _graph(areas: list[AreaShape], codes: list[str], neighbours: str) -> Graph:
    shapes = shapely.from_wkb(np.array([bytes(area.shape) for area in areas], dtype=object))
    if neighbours == QUEEN:
        return contiguity(shapes, codes)
    return Graph.build_gabriel(shapely.get_coordinates(shapely.point_on_surface(shapes)), codes)


def described(spots: Spots) -> dict[str, Any]:
    """The hot spots as JSON says them; areas that were left out are named, and stand nowhere else."""
    whole, alike, gathered = spots.whole, spots.alike(), spots.gathered()
    columns = zip(
        spots.local.i, spots.local.p, spots.local.q, spots.gi.z, spots.gi.p, spots.gi.q, strict=True
    )
    figures = dict(zip(spots.codes, columns, strict=True))
    return {
        "neighbours": spots.neighbours,
        "permutations": whole.permutations,
        "seed": SEED,
        "alpha": ALPHA,
        "moran": {"i": whole.i, "expected": whole.expected, "p": whole.p_permuted, "areas": whole.areas},
        "few_residents": spots.few,
        "no_data": spots.missing,
        "islands": list(whole.islands),
        "areas": {
            code: {
                "moran": _statistic("i", figures[code][:3], alike[code]),
                "gi": _statistic("z", figures[code][3:], gathered[code]),
            }
            for code in alike
        },
    }


def _statistic(name: str, figures: tuple[float, ...], spot: str) -> dict[str, Any]:
    value, p, q = (None if np.isnan(figure) else round(float(figure), 4) for figure in figures)
    return {name: value, "p": p, "q": q, "spot": spot}
