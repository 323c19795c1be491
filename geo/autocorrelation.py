"""Do alike areas lie together? Moran's I, local Moran, and the hot spots of Getis and Ord.

Values come one for each node of a `Graph`, whose edges say who is whose neighbour; their metres do not count.
An area whose value is NaN is left out with its edges and named in `missing`. An area that then has no
neighbour is an island: its value counts for the mean and the spread, and it has no local figure (NaN); it is
named in `islands`. esda and libpysal compute the statistics.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import scipy.sparse
import scipy.stats

from geo.errors import BadChoice, BadSample
from geo.graph import Graph
from geo.numeric import floats, is_finite, is_whole, near_one
from geo.proximity import Floats, Indices

if TYPE_CHECKING:
    import libpysal.graph

Texts = npt.NDArray[np.str_]
Flags = npt.NDArray[np.bool_]

TRANSFORMS = {"row": "R", "binary": "B"}
"""`row`: the weights of an area's neighbours add up to 1, so that its lag is their mean. `binary`: 1 each."""
QUADRANTS = np.array(["", "HH", "LH", "LL", "HL"])
"""An area's own value, then its neighbours': high (above the mean) or low. Empty for islands and no data."""
_SAME = 1e-9
"""Sums of standardised values that differ by less are the same sum, added up in another order."""


@dataclass(frozen=True, eq=False)
class Moran:
    """Moran's I of all areas together.

    `i`: above `expected` where alike values lie together, below where unlike ones do. `z_random`, `p_random`:
    under the assumption that the values were dealt out to the areas by chance; `z_normal`, `p_normal`: that
    each was drawn from one normal distribution. `p_permuted`: the share of permutations that are as far out
    on either side. All p are two-sided. `areas`: how many have a value.
    """

    i: float
    expected: float
    z_random: float
    p_random: float
    z_normal: float
    p_normal: float
    p_permuted: float
    permutations: int
    areas: int
    islands: tuple[Any, ...]
    missing: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class LocalMoran:
    """Local Moran's I; arrays of (n,), in the order of the graph's nodes.

    `i`: the statistic. `value`: standardised by mean and population deviation; `lag`: the mean of the
    neighbours' (their sum with binary weights), which together draw Moran's scatterplot. `quadrant`: "HH",
    "LL" (clusters), "HL", "LH" (outliers) or "". `p`: two-sided pseudo p of one area alone; `q`: the same
    once the false discovery rate is kept to; `significant`: q <= alpha.
    """

    ids: npt.NDArray[Any]
    i: Floats
    value: Floats
    lag: Floats
    quadrant: Texts
    p: Floats
    q: Floats
    significant: Flags
    alpha: float
    permutations: int
    seed: int
    islands: tuple[Any, ...]
    missing: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class HotSpots:
    """Getis and Ord's local G; arrays of (n,), in the order of the graph's nodes.

    `z`: above 0 where high values lie together (hot), below where low ones do (cold). `p`: two-sided, of the
    normal distribution; `q`: the same once the false discovery rate is kept to; `significant`: q <= alpha.
    `star`: whether an area counts as its own neighbour (Gi*).
    """

    ids: npt.NDArray[Any]
    z: Floats
    p: Floats
    q: Floats
    significant: Flags
    alpha: float
    star: bool
    islands: tuple[Any, ...]
    missing: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class _Sample:
    """The areas that have a value: where they stand in the graph, their values, who is whose neighbour."""

    kept: Indices
    values: Floats
    neighbours: scipy.sparse.csr_array
    islands: tuple[Any, ...]
    missing: tuple[Any, ...]

    @property
    def standard(self) -> Floats:
        """The values less their mean, in population deviations."""
        standard: Floats = (self.values - self.values.mean()) / self.values.std()
        return standard

    @property
    def counts(self) -> Indices:
        """How many neighbours each has."""
        counts: Indices = np.diff(self.neighbours.indptr).astype(np.int64)
        return counts

    def weights(self) -> "libpysal.graph.Graph":
        """Binary weights as libpysal has them: an island has weight 0 with itself."""
        # Loading it takes a second and a half, and few questions come here.
        from libpysal.graph import Graph as TheirGraph

        alone = np.flatnonzero(self.counts == 0)
        tails = np.repeat(np.arange(len(self.values)), self.counts)
        focal = np.concatenate([tails, alone])
        order = np.argsort(focal, kind="stable")
        neighbor = np.concatenate([self.neighbours.indices, alone])
        weight = np.concatenate([np.ones(len(tails)), np.zeros(len(alone))])
        return TheirGraph.from_arrays(focal[order], neighbor[order], weight[order])

    def spread_out(self, figures: Floats, n: int) -> Floats:
        """Figures of the areas with a value as figures of all, NaN elsewhere."""
        whole = np.full(n, np.nan)
        whole[self.kept] = figures
        return whole


def moran(
    values: npt.ArrayLike, graph: Graph, transform: str = "row", permutations: int = 999, seed: int = 0
) -> Moran:
    """Moran's I: whether alike values lie together over the whole city.

    I = n / S0 * sum_ij w_ij z_i z_j / sum_i z_i^2, z the values less their mean, S0 the sum of all weights;
    its expectation is -1 / (n - 1). P. A. P. Moran, "Notes on continuous stochastic phenomena", Biometrika 37
    (1950), 17-23; the moments: A. D. Cliff and J. K. Ord, "Spatial processes" (1981), section 2.3.

    `values`: (n,), of the nodes in their order, NaN for no data; `transform`: one of `TRANSFORMS`. Islands
    count in n. The same `seed` gives the same permutations. Raises BadSample where fewer than four areas
    have a value, none of them are neighbours, or all values are one; BadChoice for a number out of its range.

    >>> path = Graph.from_edges([(a, b, 1.0) for a in range(4) for b in range(4) if abs(a - b) == 1])
    >>> round(moran([1, 2, 3, 4], path, "binary").i, 6)
    0.333333
    """
    code, sample = _transform(transform), _sample(values, graph, least=4)
    _check_draws(permutations, seed)
    from esda.moran import Moran as Theirs

    theirs = Theirs(sample.values, sample.weights(), transformation=code, permutations=0, two_tailed=True)
    return Moran(
        i=float(theirs.I),
        expected=float(theirs.EI),
        z_random=float(theirs.z_rand),
        p_random=float(theirs.p_rand),
        z_normal=float(theirs.z_norm),
        p_normal=float(theirs.p_norm),
        p_permuted=_permuted(sample, code, permutations, seed),
        permutations=permutations,
        areas=len(sample.values),
        islands=sample.islands,
        missing=sample.missing,
    )


def local_moran(
    values: npt.ArrayLike,
    graph: Graph,
    transform: str = "row",
    permutations: int = 999,
    seed: int = 0,
    alpha: float = 0.05,
) -> LocalMoran:
    """Local Moran's I: which areas lie among alike ones, and which among unlike ones.

    I_i = (n - 1) z_i sum_j w_ij z_j / sum_k z_k^2. L. Anselin, "Local indicators of spatial association -
    LISA", Geographical Analysis 27 (1995), 93-115, with n - 1 for n as GeoDa and esda have it.

    p_i = min(1, 2 (1 + m) / (1 + permutations)), m the smaller of how many permutations give at least, and at
    most, the I observed: the value of area i stays, those of its neighbours are drawn from all others. A tie
    counts on both sides, so an area at the mean (I = 0 whoever its neighbours are) has p = 1. The draws are
    those that esda makes of the same `seed`. q: Y. Benjamini and Y. Hochberg, "Controlling the false
    discovery rate", Journal of the Royal Statistical Society B 57 (1995), 289-300. The least p there is,
    2 / (1 + permutations), must be small beside alpha / n for a single area to stand out: 9,999 for a
    hundred areas.

    `values`: (n,), of the nodes in their order, NaN for no data; `transform`: one of `TRANSFORMS`. Raises
    BadSample where fewer than three areas have a value, none of them are neighbours, or all values are one;
    BadChoice for a number out of its range.

    >>> path = Graph.from_edges([(a, b, 1.0) for a in range(4) for b in range(4) if abs(a - b) == 1])
    >>> local_moran([1, 2, 8, 9], path).quadrant.tolist()
    ['LL', 'LL', 'HH', 'HH']
    """
    code, sample = _transform(transform), _sample(values, graph, least=3)
    _check_draws(permutations, seed)
    _check_alpha(alpha)
    from esda.moran import Moran_Local

    theirs = Moran_Local(sample.values, sample.weights(), transformation=code, permutations=0)
    alone, n = sample.counts == 0, len(graph)
    p = np.where(alone, np.nan, _pseudo_p(sample, permutations, seed))
    quadrant = np.zeros(n, dtype=np.int64)
    quadrant[sample.kept] = np.where(alone, 0, theirs.q)
    whole = sample.spread_out(p, n)
    q = _discovery_rate(whole)
    return LocalMoran(
        ids=graph.ids,
        i=sample.spread_out(np.where(alone, np.nan, theirs.Is), n),
        value=sample.spread_out(sample.standard, n),
        lag=sample.spread_out(np.where(alone, np.nan, _lag(sample, code)), n),
        quadrant=QUADRANTS[quadrant],
        p=whole,
        q=q,
        significant=q <= alpha,
        alpha=alpha,
        permutations=permutations,
        seed=seed,
        islands=sample.islands,
        missing=sample.missing,
    )


def hot_spots(values: npt.ArrayLike, graph: Graph, star: bool = True, alpha: float = 0.05) -> HotSpots:
    """Getis and Ord's Gi* as a standard score: where high values, or low ones, lie together.

    z_i = (sum_j w_ij x_j - W_i m) / (s sqrt((n S_i - W_i^2) / (n - 1))), m and s the mean and the population
    deviation, W_i = sum_j w_ij, S_i = sum_j w_ij^2, area i among its own neighbours. J. K. Ord and A. Getis,
    "Local spatial autocorrelation statistics: distributional issues and an application", Geographical
    Analysis 27 (1995), 286-306, equation 14. Without `star` area i is left out of its neighbours, of m, s and
    n (equation 13); then an island has no figure.

    Weights are 1 for a neighbour. Shares of 1 (row-standardised) would give the same z: a factor of a row
    cancels. Nor does z change with the unit or the zero of the values, so they may be negative. `values`:
    (n,), of the nodes in their order, NaN for no data. An area that everybody is a neighbour of has no z
    (NaN), as nothing is left to compare; nor has one without `star` whose others all have one value. Raises
    as `local_moran`.

    >>> path = Graph.from_edges([(a, b, 1.0) for a in range(5) for b in range(5) if abs(a - b) == 1])
    >>> hot_spots([0, 0, 0, 6, 9], path).z.round(3).tolist()
    [-1.291, -1.936, -0.645, 1.291, 1.936]
    """
    sample = _sample(values, graph, least=3)
    _check_alpha(alpha)
    if not isinstance(star, (bool, np.bool_)):
        raise BadChoice(f"star is True or False, not {star!r}.")
    from esda.getisord import G_Local

    # esda divides by the mean, which loses the sign, or everything, where that is not above 0.
    above = sample.values - sample.values.min() + np.ptp(sample.values)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = G_Local(above, sample.weights(), transform="B", star=star, permutations=0).Zs
    everybody = sample.counts + star >= len(sample.values) - (not star)
    levels, times = np.unique(sample.values, return_counts=True)
    odd = np.isin(sample.values, levels[times == 1]) & (len(levels) == 2)
    nothing = everybody | (((sample.counts == 0) | odd) & (not star))
    whole = sample.spread_out(np.where(nothing, np.nan, z), len(graph))
    p = 2 * scipy.stats.norm.sf(np.abs(whole))
    q = _discovery_rate(p)
    told = {"islands": sample.islands, "missing": sample.missing}
    return HotSpots(graph.ids, whole, p, q, q <= alpha, alpha, star, **told)


def _sample(values: npt.ArrayLike, graph: Graph, least: int) -> _Sample:
    given = floats(values, "Values of areas", BadSample)
    if not isinstance(graph, Graph):
        raise BadSample(f"Who is whose neighbour is told by a Graph, not by a {type(graph).__name__}.")
    if given.shape != (len(graph),):
        raise BadSample(f"Values of the shape {given.shape} are not one for each of {len(graph)} areas.")
    if (wrong := np.flatnonzero(np.isinf(given))).size:
        raise BadSample(
            f"The area {graph.ids[wrong].tolist()[0]!r} has an infinite value: give NaN for no data."
        )
    kept = np.flatnonzero(~np.isnan(given))
    if len(kept) < least:
        raise BadSample(f"{len(kept)} of {len(given)} areas have a value, and it takes at least {least}.")
    known = near_one(given[kept])
    if np.ptp(known) <= 1e-12 * np.abs(known).max():
        raise BadSample(f"All areas have the value {given[kept[0]]:g}: without spread there is no pattern.")
    neighbours = graph.to_adjacency()[kept][:, kept].tocsr()
    neighbours.data = np.ones(neighbours.nnz)
    counts = np.diff(neighbours.indptr)
    if not counts.any():
        raise BadSample("No two areas that have a value are neighbours.")
    islands = tuple(graph.ids[kept[counts == 0]].tolist())
    return _Sample(kept, known, neighbours, islands, tuple(graph.ids[np.isnan(given)].tolist()))


def _transform(transform: str) -> str:
    if not isinstance(transform, str) or transform not in TRANSFORMS:
        raise BadChoice(f"Weights are {' or '.join(TRANSFORMS)}, not {transform!r}.")
    return TRANSFORMS[transform]


def _check_draws(permutations: int, seed: int) -> None:
    for name, number, first in (("permutations", permutations, 1), ("seed", seed, 0)):
        if not is_whole(number) or not first <= number < 2**32:
            raise BadChoice(f"The {name} must be a whole number from {first}, not {number!r}.")


def _check_alpha(alpha: float) -> None:
    if not is_finite(alpha) or not 0 < alpha < 1:
        raise BadChoice(f"alpha must lie between 0 and 1, not {alpha!r}.")


def _lag(sample: _Sample, code: str) -> Floats:
    sums: Floats = sample.neighbours @ sample.standard
    return sums / np.maximum(sample.counts, 1) if code == "R" else sums


def _permuted(sample: _Sample, code: str, permutations: int, seed: int) -> float:
    """The two-sided pseudo p of Moran's I; a hundred permutations at a time, to keep to a little memory."""
    chance, z = np.random.default_rng(seed), sample.standard
    shares = 1 / np.maximum(sample.counts, 1) if code == "R" else np.ones(len(z))
    observed = z @ (shares * (sample.neighbours @ z))
    simulated = []
    for first in range(0, permutations, 100):
        width = min(100, permutations - first)
        dealt = chance.permuted(np.tile(z[:, None], width), axis=0)
        simulated.append((dealt * shares[:, None] * (sample.neighbours @ dealt)).sum(axis=0))
    sums = np.concatenate(simulated)
    above, below = (sums >= observed - _SAME).sum(), (sums <= observed + _SAME).sum()
    return float(_two_sided(above, below, permutations))


def _pseudo_p(sample: _Sample, permutations: int, seed: int) -> Floats:
    """The two-sided pseudo p of each area; the sign and size of its own value change no order of sums."""
    above, below = _extremes(sample.standard, sample.neighbours, permutations, seed)
    at_the_mean = np.abs(sample.standard) < _SAME
    p: Floats = np.where(at_the_mean, 1.0, _two_sided(above, below, permutations))
    return p


def _two_sided(above: Any, below: Any, permutations: int) -> Any:
    return np.minimum(1.0, 2 * (np.minimum(above, below) + 1) / (permutations + 1))


def _extremes(
    z: Floats, neighbours: scipy.sparse.csr_array, permutations: int, seed: int
) -> tuple[Indices, Indices]:
    """In how many draws the sum over an area's neighbours is at least, and at most, the one observed: (n,).

    A draw is positions among the n - 1 others, the same ones for every area; an area with k neighbours takes
    the first k. From one area to the next only the draws of one position come to mean another value, so that
    the sums are kept and mended instead of being made anew for each area.
    """
    n, counts, observed = len(z), np.diff(neighbours.indptr), neighbours @ z
    draws = _draws(n - 1, int(counts.max()), permutations, seed)
    # The others of the first area are all from the second on. Row k - 1: the sums of the first k drawn.
    sums = np.ascontiguousarray(np.cumsum(z[draws + 1], axis=1).T)
    ranks = np.arange(len(sums))[:, None]
    order = np.argsort(draws, axis=None, kind="stable")
    draw, rank = np.divmod(order, draws.shape[1])
    begins = np.searchsorted(draws.ravel()[order], np.arange(n))
    above, below = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for area in range(n):
        if area:
            # What stood before this area among the others was itself, and is the area before it from now on.
            here = slice(begins[area - 1], begins[area])
            sums[:, draw[here]] += np.where(ranks >= rank[here], z[area - 1] - z[area], 0.0)
        if counts[area]:
            simulated = sums[counts[area] - 1]
            above[area] = np.count_nonzero(simulated >= observed[area] - _SAME)
            below[area] = np.count_nonzero(simulated <= observed[area] + _SAME)
    return above, below


def _draws(others: int, size: int, permutations: int, seed: int) -> Indices:
    """esda's draws, `esda.crand.vec_permutations`, without its seeding numpy for everybody else."""
    chance = np.random.RandomState(seed)
    return np.array([chance.choice(others, size, replace=False) for _ in range(permutations)])


def _discovery_rate(p: Floats) -> Floats:
    """Benjamini and Hochberg's adjusted p, of those that are there."""
    there, adjusted = ~np.isnan(p), np.full(len(p), np.nan)
    adjusted[there] = scipy.stats.false_discovery_control(p[there])
    return adjusted
