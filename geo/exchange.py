"""Graphs from and to what others hold: scipy, networkx, geopandas, libpysal."""

from typing import TYPE_CHECKING, Any

import geopandas
import networkx
import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse
import shapely

from geo.errors import BadGraph

if TYPE_CHECKING:
    import libpysal.graph

    from geo.graph import Graph


def from_networkx(graph: "networkx.Graph[Any]") -> tuple[Any, ...]:
    """What `Graph` is made of, out of networkx's; see `Graph.from_networkx`."""
    nodes = list(graph.nodes)
    ids: npt.NDArray[Any] = np.empty(len(nodes), dtype=object)
    ids[:] = nodes
    where = {node: position for position, node in enumerate(nodes)}
    edges = [
        (where[tail], where[head], data.get("weight", 1.0), data.get("kind", "edge"))
        for tail, head, data in graph.edges(data=True)
    ]
    if not graph.is_directed():
        edges += [(head, tail, metres, kind) for tail, head, metres, kind in edges]
    columns = list(zip(*edges, strict=True)) or [()] * 4
    ends = [np.array(column, dtype=np.int64) for column in columns[:2]]
    kinds = np.array(columns[3], dtype=object if not edges else None)
    told = [(data.get("lon"), data.get("lat")) for _, data in graph.nodes(data=True)]
    known = bool(told) and all(lon is not None and lat is not None for lon, lat in told)
    return ids, *ends, np.array(columns[2], dtype=float), kinds, told if known else None


def to_adjacency(graph: "Graph") -> scipy.sparse.csr_array:
    """See `Graph.to_adjacency`."""
    order = np.lexsort((graph.weights, graph.heads, graph.tails))
    tails, heads, weights = graph.tails[order], graph.heads[order], graph.weights[order]
    first = np.ones(len(tails), dtype=bool)
    first[1:] = (np.diff(tails) != 0) | (np.diff(heads) != 0)
    rows = np.searchsorted(tails[first], np.arange(len(graph) + 1))
    shape = (len(graph), len(graph))
    return scipy.sparse.csr_array((weights[first], heads[first], rows), shape=shape)


def to_networkx(graph: "Graph") -> Any:
    """See `Graph.to_networkx`."""
    both_ways = graph.symmetric
    several = bool(((np.diff(graph.tails) == 0) & (np.diff(graph.heads) == 0)).any())
    kinds = {
        (True, False): networkx.Graph,
        (False, False): networkx.DiGraph,
        (True, True): networkx.MultiGraph,
        (False, True): networkx.MultiDiGraph,
    }
    made = kinds[both_ways, several]()
    for position, node in enumerate(graph.ids.tolist()):
        where = {} if graph.lonlat is None else dict(zip(("lon", "lat"), graph.lonlat[position], strict=True))
        made.add_node(node, **{name: float(value) for name, value in where.items()})
    kept = graph.tails < graph.heads if both_ways else np.ones(graph.size, dtype=bool)
    ends = (graph.ids[ends[kept]].tolist() for ends in (graph.tails, graph.heads))
    data = zip(*ends, graph.weights[kept].tolist(), graph.kinds[kept].tolist(), strict=True)
    made.add_edges_from((tail, head, {"weight": metres, "kind": kind}) for tail, head, metres, kind in data)
    return made


def to_geodataframe(graph: "Graph") -> geopandas.GeoDataFrame:
    """See `Graph.to_geodataframe`."""
    if graph.lonlat is None:
        raise BadGraph("No positions are known of this graph's nodes, so its edges are no lines.")
    kept = graph.tails < graph.heads if graph.symmetric else np.ones(graph.size, dtype=bool)
    tails, heads = graph.tails[kept], graph.heads[kept]
    ends = np.stack([graph.lonlat[tails], graph.lonlat[heads]], axis=1)
    lines = np.array(shapely.linestrings(ends) if len(ends) else [], dtype=object)
    for edge in np.flatnonzero(np.abs(ends[:, 0, 0] - ends[:, 1, 0]) > 180.0):
        lines[edge] = _cut(ends[edge])
    columns = {"tail": graph.ids[tails], "head": graph.ids[heads]}
    columns |= {"metres": graph.weights[kept], "kind": graph.kinds[kept]}
    return geopandas.GeoDataFrame(columns, geometry=lines, crs="EPSG:4326")


def _cut(ends: npt.NDArray[np.float64]) -> shapely.MultiLineString:
    """A line over the antimeridian as two, one on each side (RFC 7946, section 3.1.9)."""
    (lon, lat), (to_lon, to_lat) = ends
    edge = 180.0 if lon > 0 else -180.0
    unrolled = to_lon + 360.0 if lon > 0 else to_lon - 360.0
    share = (edge - lon) / (unrolled - lon)
    middle = lat + share * (to_lat - lat)
    return shapely.MultiLineString([[(lon, lat), (edge, middle)], [(-edge, middle), (to_lon, to_lat)]])


def to_libpysal(graph: "Graph") -> "libpysal.graph.Graph":
    """See `Graph.to_libpysal`."""
    # Loading it takes two seconds, and few graphs go there.
    from libpysal.graph import Graph as TheirGraph

    matrix = to_adjacency(graph).tocoo()
    alone = np.setdiff1d(np.arange(len(graph)), matrix.row)
    focal = graph.ids[np.concatenate([matrix.row, alone])]
    neighbor = graph.ids[np.concatenate([matrix.col, alone])]
    weights = np.concatenate([matrix.data, np.zeros(len(alone))])
    order = pd.Index(graph.ids).get_indexer(focal).argsort(kind="stable")
    return TheirGraph.from_arrays(focal[order], neighbor[order], weights[order])
