"""A spatial graph as a value: places as nodes, edges with their metres and their kind.

`build_*` makes one from positions, `from_*` from what others hold, `to_*` gives it to others. Edges run from
a tail to a head. A neighbourhood that is the same both ways (distance band, Delaunay, Gabriel, relative
neighbourhood) has both directions of each edge; the k nearest of a place need not have it among theirs.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse

from geo import exchange, triangulation
from geo.errors import BadChoice, BadGraph, NoSuchNode
from geo.numeric import floats, is_finite, is_whole
from geo.proximity import Floats, Indices, Neighbourhood, checked, metres_between

if TYPE_CHECKING:
    import geopandas
    import libpysal.graph
    import networkx

Ids = npt.NDArray[Any]
Kinds = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes, and edges between them; nothing of it can be changed.

    `ids`: (n,) the nodes' ids, each once. `tails`, `heads`: (m,) positions in `ids`, of where an edge begins
    and ends; no node has an edge with itself. `weights`: (m,) metres, finite and not negative. `kinds`: (m,)
    the kind of each edge; between two nodes there is at most one edge of a kind in a
    direction. `lonlat`: (n, 2) degrees, EPSG:4326, or None where nobody said where the nodes are. The edges
    are kept in the order of tail, head and kind. Raises BadGraph, which names the first thing that is wrong.
    """

    ids: Ids
    tails: Indices
    heads: Indices
    weights: Floats
    kinds: Kinds
    lonlat: Floats | None = None
    _positions: pd.Index = field(init=False, repr=False)

    def __post_init__(self) -> None:
        ids = _array_of_ids(self.ids)
        positions = pd.Index(ids)
        if not positions.is_unique:
            again = positions[positions.duplicated()].tolist()[0]
            raise BadGraph(f"The id {again!r} is given to several nodes.")
        tails, heads = (_positions_of(ends, len(ids)) for ends in (self.tails, self.heads))
        weights = floats(self.weights, "The metres of edges", BadGraph)
        kinds = np.asarray(self.kinds)
        if not len(tails) == len(heads) == len(weights) == len(kinds):
            counted = f"{len(tails)} tails, {len(heads)} heads, {len(weights)} weights and {len(kinds)} kinds"
            raise BadGraph(f"{counted} do not make edges: there must be as many of each.")
        names, codes = _coded(kinds)
        _check_edges(ids, tails, heads, weights)
        keys = (tails * len(ids) + heads) * len(names) + codes
        order = np.argsort(keys, kind="stable")
        if (again := np.flatnonzero(np.diff(keys[order]) == 0)).size:
            edge = order[again[0]]
            kind = str(names[codes[edge]])
            raise BadGraph(
                f"The edge {_said(ids, tails[edge], heads[edge])} of the kind {kind!r} is there twice."
            )
        lonlat = None if self.lonlat is None else checked(self.lonlat).copy()
        if lonlat is not None and len(lonlat) != len(ids):
            raise BadGraph(f"{len(lonlat)} positions do not fit {len(ids)} nodes.")
        kinds = names[codes[order]] if len(names) > 1 else np.broadcast_to(kinds[:1], (len(keys),))
        edges = {"tails": tails[order], "heads": heads[order], "weights": weights[order], "kinds": kinds}
        self._keep(ids=ids, lonlat=lonlat, **edges)
        object.__setattr__(self, "_positions", positions)

    def _keep(self, **arrays: npt.NDArray[Any] | None) -> None:
        for name, array in arrays.items():
            if array is not None and array.flags.writeable:
                array.setflags(write=False)
            object.__setattr__(self, name, array)

    # Making one.

    @classmethod
    def build_knn(cls, lonlat: Any, k: int, ids: Iterable[Hashable] | None = None) -> "Graph":
        """An edge from each place to each of its `k` nearest others, by geodesic metres (WGS 84).

        `lonlat`: (n, 2) degrees. Of several at the same distance (to a micrometre) those are taken that stand
        first; places at one point are neighbours at 0 m. With k or fewer places everybody has all others, and
        no places make a graph without nodes. Raises BadChoice where k is not a whole number from 1.
        """
        if not is_whole(k) or k < 1:
            raise BadChoice(f"k must be a whole number from 1, not {k!r}.")
        there = Neighbourhood(lonlat)
        heads, metres = there.nearest(int(k))
        tails = np.repeat(np.arange(len(heads)), heads.shape[1])
        return cls._built(there.lonlat, ids, (tails, heads.ravel(), metres.ravel()), "knn")

    @classmethod
    def build_distance_band(
        cls, lonlat: Any, metres: float, ids: Iterable[Hashable] | None = None
    ) -> "Graph":
        """Edges both ways between places at most so many geodesic metres apart, the limit included.

        A place that is far from all others is a node without edges. Raises BadChoice for a distance that is
        not a finite number from 0.
        """
        if not (is_finite(metres) and metres >= 0):
            raise BadChoice(f"A distance must be a finite number of metres from 0, not {metres!r}.")
        there = Neighbourhood(lonlat)
        return cls._both_ways(there.lonlat, ids, there.pairs_within(float(metres)), "distance_band")

    @classmethod
    def build_delaunay(cls, lonlat: Any, ids: Iterable[Hashable] | None = None) -> "Graph":
        """Edges both ways along the sides of the Delaunay triangles (`geo.triangulation.delaunay`)."""
        return cls._triangulated(lonlat, ids, triangulation.delaunay, "delaunay")

    @classmethod
    def build_gabriel(cls, lonlat: Any, ids: Iterable[Hashable] | None = None) -> "Graph":
        """Edges both ways between Gabriel neighbours (`geo.triangulation.gabriel`)."""
        return cls._triangulated(lonlat, ids, triangulation.gabriel, "gabriel")

    @classmethod
    def build_relative_neighborhood(cls, lonlat: Any, ids: Iterable[Hashable] | None = None) -> "Graph":
        """Edges both ways between relative neighbours (`geo.triangulation.relative_neighbourhood`)."""
        made = triangulation.relative_neighbourhood
        return cls._triangulated(lonlat, ids, made, "relative_neighborhood")

    @classmethod
    def _triangulated(
        cls,
        lonlat: Any,
        ids: Iterable[Hashable] | None,
        pairs_of: Callable[[Floats], triangulation.Edges],
        kind: str,
    ) -> "Graph":
        points = checked(lonlat)
        first, second = pairs_of(points)
        apart = metres_between(points[first], points[second])
        return cls._both_ways(points, ids, (first, second, apart), kind)

    @classmethod
    def _both_ways(
        cls, points: Floats, ids: Iterable[Hashable] | None, pairs: tuple[Indices, Indices, Floats], kind: str
    ) -> "Graph":
        first, second, metres = pairs
        ends = np.concatenate([first, second]), np.concatenate([second, first])
        return cls._built(points, ids, (*ends, np.tile(metres, 2)), kind)

    @classmethod
    def _built(
        cls, points: Floats, ids: Iterable[Hashable] | None, edges: tuple[Indices, Indices, Floats], kind: str
    ) -> "Graph":
        named = np.arange(len(points)) if ids is None else _array_of_ids(ids)
        return cls(named, *edges, _all(kind, len(edges[0])), points)

    @classmethod
    def from_edges(
        cls,
        edges: Iterable[tuple[Hashable, Hashable, float]],
        ids: Iterable[Hashable] | None = None,
        kind: str = "edge",
        lonlat: Any = None,
    ) -> "Graph":
        """The graph of these edges: (id of the tail, id of the head, metres) each.

        Without `ids` the nodes are the ends, in the order in which they come up; with `ids` there may be
        nodes without an edge. Raises NoSuchNode for an end that is not among the ids.
        """
        try:
            listed = [(tail, head, metres) for tail, head, metres in edges]
        except (TypeError, ValueError):
            raise BadGraph("Edges are (id of the tail, id of the head, metres) each.") from None
        ends = [end for tail, head, _ in listed for end in (tail, head)]
        named = _array_of_ids(dict.fromkeys(ends) if ids is None else ids)
        where = _found(pd.Index(named), ends).reshape(-1, 2)
        metres = floats([metres for _, _, metres in listed], "The metres of edges", BadGraph)
        return cls(named, where[:, 0], where[:, 1], metres, _all(kind, len(listed)), lonlat)

    @classmethod
    def from_networkx(cls, graph: "networkx.Graph[Any]") -> "Graph":
        """The graph of networkx's nodes and edges.

        An edge's metres are its `weight` (1 without), its kind its `kind` ("edge" without); an edge without a
        direction becomes two. Positions are the nodes' `lon` and `lat`, if all have them.
        """
        return cls(*exchange.from_networkx(graph))

    # Looking at it.

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.ids)

    @property
    def size(self) -> int:
        """How many edges there are; one that goes both ways counts twice."""
        return len(self.tails)

    def __repr__(self) -> str:
        kinds = ", ".join(map(str, _coded(self.kinds)[0])) or "no edges"
        return f"<Graph of {len(self):,} nodes and {self.size:,} edges ({kinds})>"

    def __eq__(self, other: object) -> bool:
        """Whether both have the same nodes in the same order, and the same edges to the last bit."""
        if not isinstance(other, Graph):
            return NotImplemented
        names = ("ids", "tails", "heads", "weights", "kinds")
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)

    __hash__ = None  # type: ignore[assignment]

    @property
    def symmetric(self) -> bool:
        """Whether each edge has one of its kind in the other direction."""
        return np.array_equal(self._keys(self.tails, self.heads), np.sort(self._keys(self.heads, self.tails)))

    def _keys(self, tails: Indices, heads: Indices) -> Indices:
        names, codes = _coded(self.kinds)
        keys: Indices = (tails * len(self) + heads) * len(names) + codes
        return keys

    def position(self, node: Hashable) -> int:
        """Where an id stands in `ids`; raises NoSuchNode."""
        return int(_found(self._positions, [node])[0])

    def neighbours(self, node: Hashable) -> list[tuple[Any, float, str]]:
        """The edges that begin at a node: id of the other end, metres and kind, nearest first."""
        here = self.position(node)
        first, last = np.searchsorted(self.tails, [here, here + 1])
        order = first + np.argsort(self.weights[first:last], kind="stable")
        return [(self.ids[self.heads[e]], float(self.weights[e]), str(self.kinds[e])) for e in order]

    # Putting two together.

    def __or__(self, other: "Graph") -> "Graph":
        """The nodes and edges of either; where both have an edge, the left one's metres count."""
        ids = self._positions.append(other._positions).unique()
        ours, theirs = self._edges_among(ids), other._edges_among(ids)
        both = pd.concat([ours, theirs]).drop_duplicates(["tail", "head", "kind"])
        return _of_frame(ids, both, self._lonlat_of(ids, other))

    def __and__(self, other: "Graph") -> "Graph":
        """The left one's nodes, and its edges that the other has too: same ends, same kind."""
        return self._kept(self._shared(other))

    def __sub__(self, other: "Graph") -> "Graph":
        """The left one's nodes, and its edges that the other has not."""
        return self._kept(~self._shared(other))

    def _kept(self, which: npt.NDArray[np.bool_]) -> "Graph":
        edges = {name: getattr(self, name)[which] for name in ("tails", "heads", "weights", "kinds")}
        return replace(self, **edges)

    def _shared(self, other: "Graph") -> npt.NDArray[np.bool_]:
        ids = self._positions.append(other._positions).unique()
        key = ["tail", "head", "kind"]
        ours = pd.MultiIndex.from_frame(self._edges_among(ids)[key])
        shared: npt.NDArray[np.bool_] = ours.isin(pd.MultiIndex.from_frame(other._edges_among(ids)[key]))
        return shared

    def _edges_among(self, ids: pd.Index) -> pd.DataFrame:
        where = ids.get_indexer(self._positions)
        ends = {"tail": where[self.tails], "head": where[self.heads]}
        return pd.DataFrame({**ends, "metres": self.weights, "kind": self.kinds})

    def _lonlat_of(self, ids: pd.Index, other: "Graph") -> Floats | None:
        if self.lonlat is None or other.lonlat is None:
            return None
        ours, theirs = self._positions.get_indexer(ids), other._positions.get_indexer(ids)
        where: Floats = np.where((ours >= 0)[:, None], self.lonlat[ours], other.lonlat[theirs])
        return where

    # Giving it to others.

    def to_adjacency(self) -> scipy.sparse.csr_array:
        """The (n, n) sparse matrix of metres from row to column; of several kinds the shortest edge counts.

        An edge of 0 m is stored as an explicit zero, which scipy's graph routines take as an edge.
        """
        return exchange.to_adjacency(self)

    def to_networkx(self) -> Any:
        """A networkx graph with `weight` and `kind` on its edges, `lon` and `lat` on its nodes.

        It is a Graph where every edge goes both ways, else a DiGraph; a MultiGraph or MultiDiGraph where two
        nodes have edges of several kinds.
        """
        return exchange.to_networkx(self)

    def to_geodataframe(self) -> "geopandas.GeoDataFrame":
        """The edges as lines, EPSG:4326: `tail`, `head`, `metres`, `kind`; one line for an edge both ways.

        A line that crosses the antimeridian is cut there in two. Raises BadGraph where no positions are
        known.
        """
        return exchange.to_geodataframe(self)

    def to_libpysal(self) -> "libpysal.graph.Graph":
        """The libpysal graph of these weights; there a node without edges has weight 0 with itself."""
        return exchange.to_libpysal(self)


def _array_of_ids(ids: Any) -> Ids:
    """Ids as an array of its own; tuples and other sequences stay whole."""
    if isinstance(ids, np.ndarray):
        if ids.ndim != 1:
            raise BadGraph(f"The ids must be one row of them, not of the shape {ids.shape}.")
        return ids.copy()
    listed = list(ids)
    if all(isinstance(each, (int, np.integer)) and not isinstance(each, bool) for each in listed):
        return np.array(listed, dtype=np.int64)
    kept: Ids = np.empty(len(listed), dtype=object)
    kept[:] = listed
    return kept


def _all(kind: str, edges: int) -> Kinds:
    """One kind for all edges, which takes no more room than one."""
    return np.broadcast_to(np.array(kind), (edges,))


def _coded(kinds: Any) -> tuple[Kinds, Indices]:
    """The names of the kinds, and which of them each edge is; one name for all is not looked through."""
    if kinds is not None and len(kinds) and kinds.strides == (0,):
        return np.asarray(kinds[:1]), np.zeros(len(kinds), dtype=np.int64)
    codes, names = pd.factorize(np.asarray(kinds, dtype=object), sort=True)
    return np.asarray(names, dtype=str), codes.astype(np.int64)


def _positions_of(ends: Any, n: int) -> Indices:
    given = np.asarray(ends)
    if given.size and not np.issubdtype(given.dtype, np.integer):
        raise BadGraph(f"Tails and heads must be positions, whole numbers, not {given.dtype}.")
    positions: Indices = given.astype(np.int64)
    beyond = (positions < 0) | (positions >= n)
    if beyond.any():
        raise BadGraph(f"An edge ends at position {positions[beyond][0]}, and there are {n} nodes.")
    return positions


def _check_edges(ids: Ids, tails: Indices, heads: Indices, weights: Floats) -> None:
    if (alone := np.flatnonzero(tails == heads)).size:
        raise BadGraph(f"{ids[[tails[alone[0]]]].tolist()[0]!r} has an edge with itself.")
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if wrong.size:
        edge = wrong[0]
        said = f"{_said(ids, tails[edge], heads[edge])} weighs {weights[edge]}"
        raise BadGraph(f"The edge {said}: metres must be finite and not negative.")


def _said(ids: Ids, tail: int, head: int) -> str:
    """Between which nodes an edge runs, by their ids as Python has them."""
    return "from {!r} to {!r}".format(*ids[[tail, head]].tolist())


def _found(positions: pd.Index, nodes: list[Any]) -> Indices:
    wanted = np.empty(len(nodes), dtype=object)
    wanted[:] = nodes
    where: Indices = positions.get_indexer(pd.Index(wanted)).astype(np.int64)
    if (where < 0).any():
        raise NoSuchNode(f"There is no node {wanted[where < 0][0]!r} in this graph.")
    return where


def _of_frame(ids: pd.Index, edges: pd.DataFrame, lonlat: Floats | None) -> Graph:
    tails, heads, metres, kinds = (edges[name].to_numpy() for name in ("tail", "head", "metres", "kind"))
    return Graph(ids.to_numpy(), tails, heads, metres, kinds, lonlat)
