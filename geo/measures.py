"""What a graph says of its nodes and of itself; each one pure function with its formula.

All look at the graph without direction: two nodes are neighbours if an edge runs either way, and of several
edges between them the shortest counts. (n,) arrays are in the order of `graph.ids`; sets and lists hold ids.
"""

from collections.abc import Hashable
from typing import Any

import networkx
import numpy as np
import numpy.typing as npt
import scipy.sparse
from scipy.sparse import csgraph

from geo.errors import BadChoice
from geo.graph import Graph
from geo.proximity import SAME, Floats, Indices

_ROWS_AT_ONCE = 256


def degree(graph: Graph) -> Indices:
    """How many neighbours each node has: k_i = sum over j of a_ij, a_ij 1 for neighbours and else 0. (n,)

    L. C. Freeman, "Centrality in social networks: conceptual clarification", Social Networks 1 (1978),
    215-239, equation 1.

    >>> degree(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0)]))
    array([1, 2, 1])
    """
    counted: Indices = np.diff(_undirected(graph).indptr).astype(np.int64)
    return counted


def strength(graph: Graph) -> Floats:
    """The metres of each node's edges added up: s_i = sum over j of w_ij. (n,)

    A. Barrat, M. Barthelemy, R. Pastor-Satorras, A. Vespignani, "The architecture of complex weighted
    networks", PNAS 101 (2004), 3747-3752, equation 2.

    >>> strength(Graph.from_edges([("a", "b", 1.0), ("b", "c", 2.0)]))
    array([1., 3., 2.])
    """
    return np.asarray(_undirected(graph).sum(axis=1), dtype=float).ravel()


def components(graph: Graph) -> Indices:
    """The number of the connected component that each node is in, the largest first. (n,) from 0.

    Two nodes are in one component if a chain of edges leads from one to the other. Of components of one size
    that comes first whose first node does; a node without edges is one of its own. J. Hopcroft and R.
    Tarjan, "Algorithm 447: efficient algorithms for graph manipulation", Communications of the ACM 16 (1973),
    372-378.

    >>> components(Graph.from_edges([("a", "b", 1.0)], ids=["z", "a", "b"]))
    array([1, 0, 0])
    """
    count, label = csgraph.connected_components(_undirected(graph), directed=False)
    size, first = np.bincount(label, minlength=count), np.full(count, len(graph))
    np.minimum.at(first, label, np.arange(len(graph)))
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(count)
    numbered: Indices = rank[label]
    return numbered


def bridges(graph: Graph) -> list[tuple[Any, Any]]:
    """The edges without which a component falls apart: pairs of ids, in the order of the nodes.

    R. E. Tarjan, "A note on finding the bridges of a graph", Information Processing Letters 2 (1974),
    160-161.

    >>> bridges(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0), ("c", "a", 1.0), ("c", "d", 1.0)]))
    [('c', 'd')]
    """
    found = sorted(tuple(sorted(pair)) for pair in networkx.bridges(_by_position(graph)))
    names = graph.ids.tolist()
    return [(names[first], names[second]) for first, second in found]


def bridge_losses(graph: Graph) -> list[tuple[Any, Any, int]]:
    """The `bridges`, each with how many nodes its loss cuts off: those on the side that has fewer.

    >>> bridge_losses(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0), ("c", "a", 1.0), ("c", "d", 1.0)]))
    [('c', 'd', 1)]
    """
    whole = _by_position(graph)
    found = sorted(tuple(sorted(pair)) for pair in networkx.bridges(whole))
    rest = networkx.Graph(whole)
    rest.remove_edges_from(found)
    part = np.empty(len(graph), dtype=np.int64)  # what stays together without any bridge
    sizes = []
    for number, members in enumerate(networkx.connected_components(rest)):
        part[list(members)] = number
        sizes.append(len(members))
    forest = networkx.Graph((part[first], part[second]) for first, second in found)
    beyond: dict[tuple[int, int], int] = {}
    for tree in networkx.connected_components(forest):
        steps = list(networkx.bfs_edges(forest, min(tree)))
        total = sum(sizes[each] for each in tree)
        for parent, child in reversed(steps):
            beyond[min(parent, child), max(parent, child)] = min(sizes[child], total - sizes[child])
            sizes[parent] += sizes[child]
    names, lost = graph.ids.tolist(), [tuple(sorted((part[a], part[b]))) for a, b in found]
    return [
        (names[first], names[second], beyond[pair]) for (first, second), pair in zip(found, lost, strict=True)
    ]


def articulation_points(graph: Graph) -> list[Any]:
    """The nodes without which a component falls apart, in the order of the nodes.

    J. Hopcroft and R. Tarjan, "Algorithm 447: efficient algorithms for graph manipulation", Communications of
    the ACM 16 (1973), 372-378.

    >>> articulation_points(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0)]))
    ['b']
    """
    names = graph.ids.tolist()
    return [names[position] for position in sorted(networkx.articulation_points(_by_position(graph)))]


def closeness(graph: Graph) -> Floats:
    """How near each node is to all that it can reach: ((r - 1) / (n - 1)) * ((r - 1) / sum of metres). (n,)

    r: how many nodes it reaches, itself included. The first factor keeps small components from looking
    central: S. Wasserman and K. Faust, "Social network analysis" (1994), equation 5.22. 0 for a node that
    reaches none; inf where all that it reaches stand on one point with it.

    >>> closeness(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0)]))
    array([0.66666667, 1.        , 0.66666667])
    """
    matrix, n = _undirected(graph), len(graph)
    near = np.zeros(n)
    for start in range(0, n, _ROWS_AT_ONCE):
        rows = np.arange(start, min(start + _ROWS_AT_ONCE, n))
        metres = csgraph.dijkstra(matrix, directed=False, indices=rows)
        there = np.isfinite(metres)
        reached, total = there.sum(axis=1) - 1, np.where(there, metres, 0).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            near[rows] = np.where(reached > 0, reached / max(n - 1, 1) * (reached / total), 0.0)
    return near


def betweenness(graph: Graph, sample: int | None = None, seed: int = 0) -> Floats:
    """The share of shortest paths between two others that lead over each node, from 0 to 1. (n,)

    b_v = sum over s < t of (p_st(v) / p_st) / ((n - 1)(n - 2) / 2), with p_st shortest paths from s to t and
    p_st(v) of them over v; s and t are not v.
    L. C. Freeman, "A set of measures of centrality based on betweenness", Sociometry 40 (1977), 35-41, by
    U. Brandes, "A faster algorithm for betweenness centrality", Journal of Mathematical Sociology 25
    (2001), 163-177. `sample`: take the paths from so many nodes only, drawn with `seed`; for more than some
    thousands of nodes. Raises BadChoice for a sample that is not from 1 to n.

    >>> betweenness(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0)]))
    array([0., 1., 0.])
    """
    if sample is not None and not 1 <= sample <= len(graph):
        raise BadChoice(f"A sample of {sample} cannot be drawn from {len(graph)} nodes.")
    shares = networkx.betweenness_centrality(_by_position(graph), k=sample, weight="weight", seed=seed)
    return np.array([shares[position] for position in range(len(graph))], dtype=float)


def shortest_path(graph: Graph, start: Hashable, end: Hashable) -> tuple[list[Any], float]:
    """The ids on the shortest way from one node to another, and its metres; ([], inf) where there is none.

    E. W. Dijkstra, "A note on two problems in connexion with graphs", Numerische Mathematik 1 (1959),
    269-271. Raises NoSuchNode.

    >>> shortest_path(Graph.from_edges([("a", "b", 1.0), ("b", "c", 2.0), ("a", "c", 9.0)]), "a", "c")
    (['a', 'b', 'c'], 3.0)
    """
    way, metres = _way(_undirected(graph), graph.position(start), graph.position(end))
    names = graph.ids.tolist()
    return [names[position] for position in way], metres


def shortest_way(
    nodes: int, edges: npt.ArrayLike, metres: npt.ArrayLike, ends: tuple[int, int]
) -> tuple[list[int], float]:
    """`shortest_path` over numbers: `edges`, (m, 2), join two of the nodes 0 to `nodes` - 1, both ways.

    `metres`: (m,), none below 0. An edge may be there several times; the shortest counts.

    >>> shortest_way(3, [(0, 1), (2, 1), (0, 2)], [1.0, 2.0, 9.0], (0, 2))
    ([0, 1, 2], 3.0)
    """
    joined = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    return _way(_both_ways(nodes, joined, np.asarray(metres, dtype=float)), *ends)


def reached(nodes: int, edges: npt.ArrayLike, start: int) -> Indices:
    """The nodes that hang together with one, itself among them, over edges as in `shortest_way`.

    >>> reached(4, [(1, 0), (2, 3)], 0).tolist()
    [0, 1]
    """
    joined = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    matrix = _both_ways(nodes, joined, np.ones(len(joined)))
    labels = csgraph.connected_components(matrix, directed=False)[1]
    return np.flatnonzero(labels == labels[start])


def _way(matrix: scipy.sparse.csr_array, first: int, last: int) -> tuple[list[int], float]:
    metres, before = csgraph.dijkstra(matrix, directed=False, indices=first, return_predecessors=True)
    if not np.isfinite(metres[last]):
        return [], float("inf")
    way = [last]
    while way[-1] != first:
        way.append(int(before[way[-1]]))
    return way[::-1], float(metres[last])


def ego(graph: Graph, node: Hashable, hops: int = 1) -> dict[Any, int]:
    """The nodes at most `hops` edges away from a node, and how many edges; the node itself is at 0.

    In the order of hops, then of the nodes: {v: d(node, v)} for all with d <= hops, d the fewest edges. L. C.
    Freeman, "Centered graphs and the structure of ego networks", Mathematical Social Sciences 3 (1982),
    291-304. Raises NoSuchNode, and BadChoice for hops below 0.

    >>> ego(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0), ("c", "d", 1.0)]), "a", 2)
    {'a': 0, 'b': 1, 'c': 2}
    """
    if hops < 0:
        raise BadChoice(f"An ego network has 0 hops or more, not {hops}.")
    matrix = _undirected(graph)
    away = np.full(len(graph), -1, dtype=np.int64)
    edge = np.array([graph.position(node)])
    for hop in range(hops + 1):
        away[edge] = hop
        following = np.unique(
            np.concatenate([matrix.indices[matrix.indptr[n] : matrix.indptr[n + 1]] for n in edge])
        )
        edge = following[away[following] < 0]
        if not len(edge):
            break
    there = np.flatnonzero(away >= 0)
    there = there[np.argsort(away[there], kind="stable")]
    return dict(zip(graph.ids[there].tolist(), away[there].tolist(), strict=True))


def core_number(graph: Graph) -> Indices:
    """The largest k such that a node is in the k-core, the part in which everybody has k neighbours. (n,)

    S. B. Seidman, "Network structure and minimum degree", Social Networks 5 (1983), 269-287; V. Batagelj
    and M. Zaversnik, "An O(m) algorithm for cores decomposition of networks" (2003).

    >>> core_number(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0), ("c", "a", 1.0), ("c", "d", 1.0)]))
    array([2, 2, 2, 1])
    """
    cores = networkx.core_number(_by_position(graph))
    return np.array([cores[position] for position in range(len(graph))], dtype=np.int64)


def k_core(graph: Graph, k: int) -> list[Any]:
    """The ids of the nodes in the k-core, in the order of the nodes: those whose `core_number` is at least k.

    >>> k_core(Graph.from_edges([("a", "b", 1.0), ("b", "c", 1.0), ("c", "a", 1.0), ("c", "d", 1.0)]), 2)
    ['a', 'b', 'c']
    """
    return graph.ids[core_number(graph) >= k].tolist()  # type: ignore[no-any-return]


def communities(graph: Graph, resolution: float = 1.0, seed: int = 0) -> tuple[Indices, float]:
    """A division of the nodes into communities with many edges inside, and its modularity.

    Numbers from 0, the largest community first, (n,); found by V. D. Blondel, J.-L. Guillaume, R.
    Lambiotte, E. Lefebvre, "Fast unfolding of communities in large networks", Journal of Statistical
    Mechanics (2008) P10008, which is greedy and random: the same `seed` gives the same division.
    Modularity: `modularity`.

    >>> communities(Graph.from_edges([("a", "b", 1.0), ("c", "d", 1.0)]))
    (array([0, 0, 1, 1]), 0.5)
    """
    plain = networkx.Graph(_by_position(graph).edges())
    plain.add_nodes_from(range(len(graph)))
    found = networkx.community.louvain_communities(plain, weight=None, resolution=resolution, seed=seed)
    labels = np.zeros(len(graph), dtype=np.int64)
    for number, members in enumerate(sorted(found, key=lambda each: (-len(each), min(each)))):
        labels[list(members)] = number
    return labels, modularity(graph, labels, resolution)


def modularity(graph: Graph, labels: npt.ArrayLike, resolution: float = 1.0) -> float:
    """How much more the edges stay inside the groups than chance would have it; 0 without edges.

    Q = sum over groups of (L_c / m - resolution * (k_c / 2m)^2), with m edges, L_c of them inside group c,
    k_c the degrees of its nodes added up. M. E. J. Newman and M. Girvan, "Finding and evaluating community
    structure in networks", Physical Review E 69 (2004) 026113. Edges count the same whatever their length.

    >>> modularity(Graph.from_edges([("a", "b", 1.0), ("c", "d", 1.0)]), ["x", "x", "y", "y"])
    0.5
    """
    matrix, groups = _undirected(graph), np.unique(np.asarray(labels), return_inverse=True)[1]
    degrees = np.diff(matrix.indptr)
    both = int(degrees.sum())  # each edge twice
    if not both:
        return 0.0
    tails = np.repeat(np.arange(len(graph)), degrees)
    share = np.bincount(groups, weights=degrees) / both
    together = groups[tails] == groups[matrix.indices]
    inside = np.bincount(groups[tails], weights=together, minlength=len(share))
    return float((inside / both - resolution * share**2).sum())


def assortativity(graph: Graph, kinds: npt.ArrayLike) -> float:
    """Whether neighbours are of one kind: 1 always, 0 as by chance, below 0 rather not; NaN where undefined.

    r = (sum e_ii - sum a_i b_i) / (1 - sum a_i b_i), e_ij the share of edges between kinds i and j. M. E.
    J. Newman, "Mixing patterns in networks", Physical Review E 67 (2003) 026126, equation 2. `kinds`: (n,)
    of the nodes.

    >>> assortativity(Graph.from_edges([("a", "b", 1.0), ("c", "d", 1.0)]), ["x", "y", "x", "y"])
    -1.0
    """
    matrix, groups = _undirected(graph), np.unique(np.asarray(kinds), return_inverse=True)[1]
    tails = np.repeat(np.arange(len(graph)), np.diff(matrix.indptr))
    if not len(tails):
        return float("nan")
    mixed = np.zeros((groups.max() + 1, groups.max() + 1))
    np.add.at(mixed, (groups[tails], groups[matrix.indices]), 1.0 / len(tails))
    chance = float((mixed.sum(axis=0) * mixed.sum(axis=1)).sum())
    return float("nan") if chance > 1.0 - 1e-12 else (float(np.trace(mixed)) - chance) / (1.0 - chance)


def mean_nearest_neighbour_ratio(metres: npt.ArrayLike, area_m2: float) -> tuple[float, float]:
    """Whether points crowd (below 1), are scattered by chance (1) or keep apart (to 2.149), and how surely.

    `metres`: (n,) from each point to its nearest other; `area_m2`: the area that they could stand in.
    Returns R = mean / (0.5 / sqrt(density)) and z = (mean - expected) / (0.26136 / sqrt(n * density)). P.
    J. Clark and F. C. Evans, "Distance to nearest neighbor as a measure of spatial relationships in
    populations", Ecology 35 (1954), 445-453. Nothing is done about the edge of the area. Raises BadChoice
    without points or area.

    Four points at the corners of a square of 10 m, each in the middle of a square of its own:

    >>> ratio, z = mean_nearest_neighbour_ratio([10.0, 10.0, 10.0, 10.0], 400.0)
    >>> print(f"{ratio:.2f} {z:.2f}")
    2.00 3.83
    """
    nearest = np.asarray(metres, dtype=float)
    if not nearest.size or not (np.isfinite(area_m2) and area_m2 > 0):
        raise BadChoice(f"{nearest.size} distances in {area_m2} square metres have no ratio.")
    density = nearest.size / area_m2
    expected = 0.5 / np.sqrt(density)
    error = np.sqrt((4 - np.pi) / (4 * np.pi)) / np.sqrt(nearest.size * density)
    return float(nearest.mean() / expected), float((nearest.mean() - expected) / error)


def _undirected(graph: Graph) -> scipy.sparse.csr_array:
    """The symmetric (n, n) matrix of the shortest metres either way; an edge of 0 m is an explicit zero."""
    return _both_ways(len(graph), np.column_stack([graph.tails, graph.heads]), graph.weights)


def _both_ways(nodes: int, edges: Indices, weights: Floats) -> scipy.sparse.csr_array:
    ends = np.concatenate([edges[:, 0], edges[:, 1]]), np.concatenate([edges[:, 1], edges[:, 0]])
    metres = np.tile(weights, 2)
    order = np.lexsort((metres, ends[1], ends[0]))
    tails, heads, metres = ends[0][order], ends[1][order], metres[order]
    first = np.ones(len(tails), dtype=bool)
    first[1:] = (np.diff(tails) != 0) | (np.diff(heads) != 0)
    rows = np.searchsorted(tails[first], np.arange(nodes + 1))
    return scipy.sparse.csr_array((metres[first], heads[first], rows), shape=(nodes, nodes))


def _by_position(graph: Graph) -> "networkx.Graph[int]":
    """The undirected networkx graph whose nodes are positions."""
    matrix = _undirected(graph).tocoo()
    made: networkx.Graph[int] = networkx.Graph()
    made.add_nodes_from(range(len(graph)))
    half = matrix.row < matrix.col
    # Brandes' algorithm asks for lengths above zero.
    metres = np.maximum(matrix.data[half], SAME)
    edges = zip(matrix.row[half].tolist(), matrix.col[half].tolist(), metres.tolist(), strict=True)
    made.add_weighted_edges_from(edges)
    return made
