"""How much of a supply falls to each resident: floating catchments and gravity.

Demand (people of areas) reaches supply (places, staff, hours of houses) at a cost: metres, minutes. What is
told of a supply is its capacity over everybody who can come; what is told of an area is the sum of that over
all it reaches. So nothing is lost: the scores times the demand add up to the capacity that anybody reaches.

Costs are an (n, m) array, from each of n demands to each of m supplies, with infinity where there is no way;
or `Costs`, of the pairs that have one, which takes less room. NaN is refused: no cost is not an unknown cost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.errors import BadAccess, BadChoice
from geo.numeric import GREATEST, floats, from_zero, is_finite, is_whole
from geo.proximity import Floats, Indices

Decay = Callable[[Floats], Floats]
"""How much each of some costs, (k,), weighs: from 0, and finite."""
LUO_QI = ((10.0, 1.0), (20.0, 0.68), (30.0, 0.22))
"""The bands of Luo and Qi (2009), table 1: minutes, and the weight up to there."""


@dataclass(frozen=True, eq=False)
class Costs:
    """The pairs of demand and supply between which there is a way, each once; nothing can be changed.

    `origins`: (k,) positions among n demands; `destinations`: (k,) among m supplies; `costs`: (k,) finite and
    from 0; `shape`: (n, m). Raises BadAccess, which names the first thing that is wrong.
    """

    origins: Indices
    destinations: Indices
    costs: Floats
    shape: tuple[int, int]

    def __post_init__(self) -> None:
        if len(self.shape) != 2 or not all(is_whole(count) and count >= 0 for count in self.shape):
            raise BadAccess(f"The shape is how many demands and supplies there are, not {self.shape!r}.")
        ends = [_positions(self.origins, self.shape[0]), _positions(self.destinations, self.shape[1])]
        costs = floats(self.costs, "Costs", BadAccess).reshape(-1)
        if not len(ends[0]) == len(ends[1]) == len(costs):
            counted = f"{len(ends[0])} origins, {len(ends[1])} destinations and {len(costs)} costs"
            raise BadAccess(f"{counted} do not make pairs: there must be as many of each.")
        if (wrong := np.flatnonzero(~(np.isfinite(costs) & (costs >= 0)))).size:
            pair = f"from {ends[0][wrong[0]]} to {ends[1][wrong[0]]}"
            rule = "costs are numbers from 0, and infinity where there is no way"
            raise BadAccess(f"The cost {pair} is {costs[wrong[0]]:g}: {rule}.")
        keys = ends[0] * self.shape[1] + ends[1]
        if len(np.unique(keys)) < len(keys):
            order = np.argsort(keys, kind="stable")
            again = order[1:][np.diff(keys[order]) == 0][0]
            raise BadAccess(f"The pair from {ends[0][again]} to {ends[1][again]} is there twice.")
        for name, array in zip(("origins", "destinations", "costs"), (*ends, costs.copy()), strict=True):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def of(cls, matrix: npt.ArrayLike) -> "Costs":
        """The pairs of an (n, m) array; those at infinity have no way."""
        given = floats(matrix, "Costs", BadAccess)
        if given.ndim != 2:
            raise BadAccess(f"Costs must be an (n, m) array from demand to supply, not {given.shape}.")
        origins, destinations = np.nonzero(given != np.inf)
        return cls(origins, destinations, given[origins, destinations], given.shape)

    def matrix(self) -> Floats:
        """The (n, m) array, with infinity where there is no way."""
        whole = np.full(self.shape, np.inf)
        whole[self.origins, self.destinations] = self.costs
        return whole


@dataclass(frozen=True, eq=False)
class Access:
    """What falls to each demand.

    `scores`: (n,) supply for one of the demand; `ratios`: (m,) the same at each supply, over all who come to
    it, 0 where nobody does. `unserved`: positions of demands that reach no supply, whose score is 0;
    `unreached`: of supplies that no demand reaches, whose capacity falls to nobody.
    """

    scores: Floats
    ratios: Floats
    unserved: tuple[int, ...]
    unreached: tuple[int, ...]


def within(limit: float) -> Decay:
    """1 up to a cost, the limit included, 0 beyond. Raises BadChoice for a limit that is no number from 0.

    >>> within(60.0)(np.array([0.0, 60.0, 61.0])).tolist()
    [1.0, 1.0, 0.0]
    """
    _check("limit", limit)
    return lambda costs: (costs <= limit).astype(float)


def bands(steps: Sequence[tuple[float, float]] = LUO_QI) -> Decay:
    """A weight for each band of costs: (upper limit, included; weight), limits rising; 0 beyond the last.

    Raises BadChoice for anything else.

    >>> bands()(np.array([5.0, 10.0, 15.0, 31.0])).tolist()
    [1.0, 1.0, 0.68, 0.0]
    """
    table = floats(steps, "Bands", BadChoice)
    good = table.ndim == 2 and table.shape[1] == 2 and len(table) and np.isfinite(table).all()
    if not good or (np.diff(table[:, 0]) <= 0).any() or (table < 0).any():
        raise BadChoice(f"Bands are (limit, weight), from 0 and with rising limits, not {steps!r}.")
    limits, weights = table[:, 0], np.append(table[:, 1], 0.0)
    return lambda costs: weights[np.searchsorted(limits, costs, side="left")]


def power(beta: float, least: float = 0.0) -> Decay:
    """c^-beta, for costs of at least `least`; smaller ones count as that. 0 has no such weight: BadAccess.

    Raises BadChoice for a `beta` or a least cost that is no number from 0.

    >>> power(2.0, least=0.5)(np.array([0.0, 0.5, 2.0])).tolist()
    [4.0, 4.0, 0.25]
    """
    _check("beta", beta)
    _check("least cost", least)

    def weights(costs: Floats) -> Floats:
        kept = np.maximum(costs, least)
        if (kept <= 0).any():
            raise BadAccess("A cost of 0 has an infinite weight: say what the least cost counts as.")
        falling: Floats = kept**-beta
        return falling

    return weights


def exponential(beta: float) -> Decay:
    """exp(-beta c). Raises BadChoice for a `beta` that is no number from 0.

    >>> exponential(0.1)(np.array([0.0, 10.0])).round(4).tolist()
    [1.0, 0.3679]
    """
    _check("beta", beta)
    return lambda costs: np.exp(-beta * costs)


def gaussian(limit: float) -> Decay:
    """(exp(-(c / limit)^2 / 2) - exp(-1/2)) / (1 - exp(-1/2)) up to a limit: 1 at no cost, 0 at the limit.

    D. Dai, "Black residential segregation, disparities in spatial access to health care facilities, and
    late-stage breast cancer diagnosis in metropolitan Detroit", Health & Place 16 (2010), 1038-1052. Raises
    BadChoice for a limit that is no number above 0.

    >>> gaussian(10.0)(np.array([0.0, 5.0, 10.0, 20.0])).round(4).tolist()
    [1.0, 0.7014, 0.0, 0.0]
    """
    _check("limit", limit, above=True)
    edge = np.exp(-0.5)
    return lambda costs: np.maximum((np.exp(-0.5 * (costs / limit) ** 2) - edge) / (1 - edge), 0.0)


def two_step_fca(
    costs: Costs | npt.ArrayLike, demand: npt.ArrayLike, supply: npt.ArrayLike, limit: float
) -> Access:
    """The two-step floating catchment (2SFCA): within a limit everything counts, beyond it nothing.

    R_j = S_j / sum of P_k over all k with c_kj <= limit; A_i = sum of R_j over all j with c_ij <= limit. W.
    Luo and F. Wang, "Measures of spatial accessibility to health care in a GIS environment", Environment and
    Planning B 30 (2003), 865-884.

    `demand`: (n,) and `supply`: (m,), finite and from 0. Raises BadAccess for anything else, BadChoice for a
    limit that is no number from 0.

    >>> two_step_fca([[1, 40], [40, 1]], [100, 50], [15, 20], 30).scores.tolist()
    [0.15, 0.4]
    """
    return gravity(costs, demand, supply, within(limit))


def enhanced_two_step_fca(
    costs: Costs | npt.ArrayLike,
    demand: npt.ArrayLike,
    supply: npt.ArrayLike,
    steps: Sequence[tuple[float, float]] = LUO_QI,
) -> Access:
    """The enhanced two-step floating catchment (E2SFCA): nearer bands weigh more, in both steps.

    R_j = S_j / sum_k P_k W(c_kj); A_i = sum_j R_j W(c_ij), W the weight of the band (`bands`). W. Luo and Y.
    Qi, "An enhanced two-step floating catchment area (E2SFCA) method for measuring spatial accessibility to
    primary care physicians", Health & Place 15 (2009), 1100-1107. Input and errors as in `two_step_fca`.

    >>> enhanced_two_step_fca([[5, 15], [15, 5]], [100, 50], [15, 20]).scores.round(4).tolist()
    [0.2272, 0.2456]
    """
    return gravity(costs, demand, supply, bands(steps))


def three_step_fca(
    costs: Costs | npt.ArrayLike, demand: npt.ArrayLike, supply: npt.ArrayLike, decay: Decay
) -> Access:
    """The three-step floating catchment (3SFCA): who has several supplies near asks each of them for less.

    G_ij = W(c_ij) / sum_k W(c_ik); R_j = S_j / sum_k G_kj W(c_kj) P_k; A_i = sum_j G_ij W(c_ij) R_j. N. Wan,
    B. Zou and T. Sternberg, "A three-step floating catchment area method for analyzing spatial access to
    health services", International Journal of Geographical Information Science 26 (2012), 1073-1089. Input
    and errors as in `gravity`.

    >>> three_step_fca([[5, 5]], [100], [10, 10], within(10)).scores.tolist()
    [0.2]
    """
    pairs = _pairs(costs)
    weights = _weighed(pairs, decay)
    total = _summed(pairs.origins, weights, pairs.shape[0])[pairs.origins]
    chosen = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
    return _shared(pairs, chosen * weights, demand, supply)


def gravity(
    costs: Costs | npt.ArrayLike, demand: npt.ArrayLike, supply: npt.ArrayLike, decay: Decay
) -> Access:
    """Gravity with competition: each supply is shared by all demand, the nearer the more.

    A_i = sum_j S_j f(c_ij) / V_j, V_j = sum_k P_k f(c_kj), f the `decay` (`power`, `exponential`, `gaussian`,
    `bands`, or any other). A. E. Joseph and P. R. Bantock, "Measuring potential physical accessibility to
    general practitioners in rural areas", Social Science & Medicine 16 (1982), 85-90.

    `costs`: (n, m) in any unit, the one that `decay` takes; `demand`: (n,) and `supply`: (m,), finite and
    from 0. Raises BadAccess for anything else and for weights that are negative or not finite.

    >>> gravity([[1, 2], [2, 1]], [100, 100], [10, 20], power(1.0)).scores.round(4).tolist()
    [0.1333, 0.1667]
    """
    pairs = _pairs(costs)
    return _shared(pairs, _weighed(pairs, decay), demand, supply)


def potential(costs: Costs | npt.ArrayLike, supply: npt.ArrayLike, decay: Decay) -> Floats:
    """What could be reached, whoever else does: A_i = sum_j S_j f(c_ij), (n,).

    W. G. Hansen, "How accessibility shapes land use", Journal of the American Institute of Planners 25
    (1959), 73-76. No capacity is shared, so nothing is conserved. Errors as in `gravity`.

    >>> potential([[1, 4], [2, 1]], [10, 20], power(1.0)).tolist()
    [15.0, 25.0]
    """
    pairs = _pairs(costs)
    held = _amounts("supply", supply, pairs.shape[1])
    return _summed(pairs.origins, _weighed(pairs, decay) * held[pairs.destinations], pairs.shape[0])


def _shared(pairs: Costs, weights: Floats, demand: npt.ArrayLike, supply: npt.ArrayLike) -> Access:
    """Each supply over its weighted demand, and for each demand the weighted sum of these."""
    people, held = _amounts("demand", demand, pairs.shape[0]), _amounts("supply", supply, pairs.shape[1])
    origins, destinations = pairs.origins, pairs.destinations
    coming = _summed(destinations, weights * people[origins], pairs.shape[1])
    ratios = np.divide(held, coming, out=np.zeros_like(held), where=coming > 0)
    scores = _summed(origins, weights * ratios[destinations], pairs.shape[0])
    reach = _summed(origins, weights, pairs.shape[0])
    return Access(scores, ratios, _where(reach <= 0), _where(coming <= 0))


def _where(these: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(np.flatnonzero(these).tolist())


def _pairs(costs: Costs | npt.ArrayLike) -> Costs:
    return costs if isinstance(costs, Costs) else Costs.of(costs)


def _weighed(pairs: Costs, decay: Decay) -> Floats:
    if not callable(decay):
        raise BadChoice(f"A decay is a function of costs, such as `within(600)`, not {decay!r}.")
    with np.errstate(over="ignore"):  # an infinite weight is refused in words, and exp(-infinity) is 0
        weights = floats(decay(pairs.costs), "The weights of a decay", BadAccess)
    if weights.shape != pairs.costs.shape or not (np.isfinite(weights) & (weights >= 0)).all():
        raise BadAccess("A decay must give one finite weight from 0 for each cost.")
    return weights


def _amounts(name: str, given: npt.ArrayLike, count: int) -> Floats:
    amounts = floats(given, f"The {name}", BadAccess)
    if amounts.shape != (count,):
        raise BadAccess(f"The {name} of the shape {amounts.shape} is not one number for each of {count}.")
    if (wrong := np.flatnonzero(~from_zero(amounts))).size:
        raise BadAccess(
            f"The {name} at {wrong[0]} is {amounts[wrong[0]]:g}: it must be a number from 0 to {GREATEST:g}."
        )
    return amounts


def _positions(given: Any, count: int) -> Indices:
    told = floats(given, "The ends of pairs", BadAccess).reshape(-1)
    if not (told == np.floor(told)).all():
        raise BadAccess("The ends of pairs are positions, whole numbers from 0.")
    positions: Indices = told.astype(np.int64)
    if (beyond := positions[(positions < 0) | (positions >= count)]).size:
        raise BadAccess(f"A pair has an end at {beyond[0]}, and there are {count}.")
    return positions


def _check(name: str, number: float, above: bool = False) -> None:
    if not is_finite(number) or number < 0 or (above and number == 0):
        raise BadChoice(
            f"The {name} must be a finite number {'above' if above else 'from'} 0, not {number!r}."
        )


def _summed(positions: Indices, amounts: Floats, count: int) -> Floats:
    return np.bincount(positions, amounts, minlength=count).astype(float, copy=False)
