"""Streets as a graph for somebody on foot: ways cut at their crossings, the ground that a walk reaches."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from geo.crs import Crs, projected, to_wgs84
from geo.errors import BadGraph

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Geometries = npt.NDArray[np.object_]

_EARTH = Geod(ellps="WGS84")
_COARSE = 2.0
"""Metres by which lines are simplified before ground is drawn around them: less than a street is wide."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Lines over numbered nodes.

    `nodes`: (n,) the nodes of all ways, one way after the other; `way`: (n,) which way each belongs to,
    rising; `lonlat`: (m, 2) degrees of each node, EPSG:4326, NaN where unknown; `shut`: (m,) nodes where
    nobody may pass, such as a private gate.
    """

    nodes: Ints
    way: Ints
    lonlat: Floats
    shut: Flags


@dataclass(frozen=True, slots=True)
class Network:
    """Edges between crossings, walkable both ways; all arrays are (e,).

    `source`, `target`: nodes, numbered from 1 without a gap; `metres`: geodesic; `component`: connected
    parts, 1 the longest; `lines`: LineStrings in EPSG:4326 from source to target; `ways`: how many ways have
    an edge; `nodes`: how many nodes there are.
    """

    source: Ints
    target: Ints
    metres: Floats
    component: Ints
    lines: Geometries
    ways: int
    nodes: int


def network(ways: Ways, box: tuple[float, float, float, float]) -> Network:
    """The edges of `ways` that touch the box (west, south, east, north), cut where ways meet.

    A piece between two neighbouring nodes is kept where both are known and one of them lies in the box. Ways
    end at a node that is `shut`, unless others meet there: a gate stands beside a crossing, not on it. No
    edge leads from a node to itself: such a loop is cut in two. Raises BadGraph for arrays that do not fit
    each other.
    """
    _check(ways)
    kept = _kept(ways, box)
    ways_kept = len(np.unique(ways.way[:-1][kept]))
    begins = _begins(ways.nodes, kept)
    first, last = _ends(begins, kept)
    loops = ways.nodes[first] == ways.nodes[last + 1]
    begins[(first + (last - first + 1) // 2)[loops]] = True
    first, last = _ends(begins, kept)
    source, target = ways.nodes[first], ways.nodes[last + 1]
    used, numbers = np.unique(np.concatenate([source, target]), return_inverse=True)
    source, target = numbers[: len(first)] + 1, numbers[len(first) :] + 1
    lines, metres = _drawn(ways, kept, begins)
    component = _components(source, target, metres, len(used))
    return Network(source, target, metres, component, lines, ways_kept, len(used))


def _check(ways: Ways) -> None:
    if ways.nodes.shape != ways.way.shape or ways.lonlat.shape != (len(ways.shut), 2):
        raise BadGraph("Ways need a way for each of their nodes, and a position for each node.")
    if ways.nodes.size and not 0 <= ways.nodes.min() <= ways.nodes.max() < len(ways.shut):
        raise BadGraph("A way has a node that is not among the positions.")


def _kept(ways: Ways, box: tuple[float, float, float, float]) -> Flags:
    """(n - 1,) which pieces from one node to the next are kept."""
    west, south, east, north = box
    lon, lat = ways.lonlat.T
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    known: Flags = np.asarray(np.isfinite(ways.lonlat).all(axis=1))
    a, b = ways.nodes[:-1], ways.nodes[1:]
    one_way: Flags = np.asarray(ways.way[:-1] == ways.way[1:]) & (a != b)
    kept = one_way & known[a] & known[b] & (inside[a] | inside[b])
    alone = ways.shut & (_degree(ways.nodes, kept, len(ways.shut)) <= 2)
    return np.asarray(kept & ~alone[a] & ~alone[b])


def _degree(nodes: Ints, kept: Flags, count: int) -> Ints:
    ends = np.concatenate([nodes[:-1][kept], nodes[1:][kept]])
    return np.bincount(ends, minlength=count).astype(np.int64)


def _begins(nodes: Ints, kept: Flags) -> Flags:
    """Which kept pieces an edge begins with: the first of a run, and those after a node where ways meet."""
    degree = _degree(nodes, kept, int(nodes.max(initial=0)) + 1)
    after_gap: Flags = np.ones(len(kept), dtype=bool)
    after_gap[1:] = ~kept[:-1]
    return np.asarray(kept & (after_gap | (degree[nodes[:-1]] != 2)))


def _ends(begins: Flags, kept: Flags) -> tuple[Ints, Ints]:
    """The first and the last piece of each edge."""
    pieces = np.flatnonzero(kept)
    edge = np.cumsum(begins)[pieces]
    breaks = np.flatnonzero(np.diff(edge))
    starts = np.concatenate([[0], breaks + 1]) if len(pieces) else np.array([], dtype=np.int64)
    stops = np.concatenate([breaks, [len(pieces) - 1]]) if len(pieces) else starts
    return pieces[starts], pieces[stops]


def _drawn(ways: Ways, kept: Flags, begins: Flags) -> tuple[Geometries, Floats]:
    """The line of each edge, and its geodesic metres."""
    pieces = np.flatnonzero(kept)
    edge = np.cumsum(begins)[pieces] - 1
    starts = np.flatnonzero(begins[pieces])
    if not len(pieces):
        return np.array([], dtype=object), np.array([])
    a, b = ways.lonlat[ways.nodes[pieces]], ways.lonlat[ways.nodes[pieces + 1]]
    metres = np.add.reduceat(_EARTH.inv(*a.T, *b.T)[2], starts)
    points = np.empty((len(pieces) + len(starts), 2))
    points[np.arange(len(pieces)) + edge + 1] = b
    points[starts + np.arange(len(starts))] = a[starts]
    of_edge = np.repeat(np.arange(len(starts)), np.diff([*starts, len(pieces)]) + 1)
    return np.asarray(shapely.linestrings(points, indices=of_edge), dtype=object), metres


def _components(source: Ints, target: Ints, metres: Floats, nodes: int) -> Ints:
    """(e,) the connected part of each edge, numbered from the longest one."""
    joined = coo_array((np.ones(len(source)), (source - 1, target - 1)), shape=(nodes, nodes))
    _, of_node = connected_components(joined, directed=False)
    of_piece = of_node[source - 1]
    length = np.bincount(of_piece, weights=metres, minlength=1)
    rank = np.empty(len(length), dtype=np.int64)
    rank[np.argsort(-length, kind="stable")] = np.arange(1, len(length) + 1)
    return np.asarray(rank[of_piece])


def ground(shapes: Geometries, width: float, fill: float, crs: Crs, *, corners: int = 3) -> BaseGeometry:
    """The ground within `width` metres of the shapes, as a polygon or several, EPSG:4326; empty for none.

    Holes of at most `fill` square metres are filled: what lies inside a block whose streets are all
    reached. `crs`: a projected system in metres; `corners`: how many a quarter of a circle has.
    """
    flat = shapely.simplify(projected(shapes, crs), _COARSE)
    around = shapely.union_all(shapely.buffer(flat, width, quad_segs=corners))
    whole = [
        Polygon(each.exterior, [hole for hole in each.interiors if Polygon(hole).area > fill])
        for each in shapely.get_parts(around)
    ]
    drawn = whole[0] if len(whole) == 1 else MultiPolygon(whole)
    found: BaseGeometry = to_wgs84(np.array([drawn], dtype=object), crs)[0]
    return found


def part(line: LineString, begin: float, end: float, east: float) -> LineString:
    """The piece of a line from one share of its length to another, backwards where `end` is the smaller.

    `line` in degrees; `east`: how long a degree of longitude is beside one of latitude there. A piece
    without a length is its point, twice.
    """
    flat = shapely.transform(line, lambda points: points * (east, 1))
    cut = substring(flat, begin, end, normalized=True)
    points = [(x / east, y) for x, y in cut.coords]
    return LineString(points if len(points) > 1 else points * 2)
