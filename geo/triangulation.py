"""Which points are neighbours by the room between them: Delaunay, Gabriel and relative neighbourhood edges.

Circles decide these, so points are laid on the conformal sphere, where the circles of a map are circles: the
latitude is replaced by the conformal latitude (J. P. Snyder, "Map projections, a working manual", USGS
Professional Paper 1395, 1987, equation 3-1). On a sphere nothing ends at the antimeridian or at a pole.

Points are (n, 2) arrays of longitude and latitude in degrees, EPSG:4326; edges are two arrays of positions,
each pair once, the smaller position first, in ascending order. Points that coincide (to a micrometre) count
as one in all three: the first of them has the edges, and each other one has one edge, with that first one.
Points on one line, of which there are no triangles, are joined to a chain.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import ConvexHull, Delaunay, KDTree, QhullError

from geo.proximity import SAME, WGS84, Floats, Indices, checked, in_space

Edges = tuple[Indices, Indices]
Flags = npt.NDArray[np.bool_]

_HEMISPHERE = 0.05
"""Points whose directions all have this cosine with their middle lie well inside a half of the sphere."""
_RIGHT_ANGLE = 1e-9
"""An angle whose cosine is nearer to zero than this is a right angle: the point lies on the circle."""
_FARTHER = 1 + 1e-12
_EDGES_AT_ONCE = 200_000


@dataclass(frozen=True)
class Triangulated:
    """Distinct points on the sphere, `triangles` (t, 3) among them, and `loose` edges (m, 2) beside these."""

    units: Floats
    triangles: Indices
    loose: Indices


def delaunay(lonlat: npt.ArrayLike) -> Edges:
    """The edges of the triangles whose circumcircle holds no other point (B. Delaunay, 1934).

    On a plane and well inside a hemisphere they are those of the stereographic projection, which keeps
    circles; beyond, those of the convex hull in space. Where four points lie on a circle one of the two
    diagonals is taken.
    """
    return _of_all(lonlat, _delaunay)


def gabriel(lonlat: npt.ArrayLike) -> Edges:
    """The pairs whose circle (the pair is its diameter) neither holds nor touches another point.

    K. R. Gabriel and R. R. Sokal, "A new statistical approach to geographic variation analysis", Systematic
    Zoology 18 (1969), 259-278. They are edges of triangles whose opposite angles are all acute.
    """
    return _of_all(lonlat, _gabriel)


def relative_neighbourhood(lonlat: npt.ArrayLike) -> Edges:
    """The pairs with no point that is nearer to both of them than they are to each other.

    G. T. Toussaint, "The relative neighbourhood graph of a finite planar set", Pattern Recognition 12 (1980),
    261-268. They are among the Gabriel edges.
    """
    return _of_all(lonlat, _relative)


def _of_all(lonlat: npt.ArrayLike, pairs_of: Callable[[Triangulated], Indices]) -> Edges:
    points = checked(lonlat)
    if len(points) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    _, kept, same = np.unique(
        np.round(in_space(points) / SAME).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    same = same.ravel()
    pairs = kept[pairs_of(_triangulated(_on_sphere(points[kept])))] if len(kept) > 1 else np.empty((0, 2))
    others = np.setdiff1d(np.arange(len(points)), kept)
    pairs = np.vstack([pairs, np.column_stack([kept[same[others]], others])]).astype(np.int64)
    pairs.sort(axis=1)
    pairs = np.unique(pairs, axis=0)
    return pairs[:, 0], pairs[:, 1]


def _on_sphere(lonlat: Floats) -> Floats:
    lon, lat = np.radians(lonlat).T
    e = np.sqrt(WGS84.es)
    lift = e * np.arctanh(e * np.sin(lat))
    with np.errstate(divide="ignore"):
        conformal = np.arctan(np.sinh(np.arcsinh(np.tan(lat)) - lift))
    poles = np.abs(lonlat[:, 1]) == 90.0
    conformal[poles] = lat[poles]
    return np.column_stack(
        [np.cos(conformal) * np.cos(lon), np.cos(conformal) * np.sin(lon), np.sin(conformal)]
    )


def _triangulated(units: Floats) -> Triangulated:
    middle = units.mean(axis=0)
    length = float(np.linalg.norm(middle))
    try:
        if length < _HEMISPHERE or (units @ (middle / length)).min() < _HEMISPHERE:
            triangles = ConvexHull(units).simplices.astype(np.int64)
        else:
            triangles = Delaunay(_flat(units, middle / length)).simplices.astype(np.int64)
    except (QhullError, ValueError):  # fewer than three points, or all on one line
        return Triangulated(units, np.empty((0, 3), np.int64), _chain(units))
    return Triangulated(units, triangles, _left_out(units, triangles))


def _left_out(units: Floats, triangles: Indices) -> Indices:
    """What Qhull leaves out, because it is all but on another point: each with the nearest that is in."""
    inside = np.unique(triangles)
    outside = np.setdiff1d(np.arange(len(units)), inside)
    if not len(outside):
        return np.empty((0, 2), np.int64)
    _, nearest = KDTree(units[inside]).query(units[outside])
    return np.column_stack([outside, inside[nearest]])


def _flat(units: Floats, middle: Floats) -> Floats:
    """The stereographic projection around `middle`, scaled so that the coordinates are about 1."""
    _, _, axes = np.linalg.svd(middle[None, :])
    plane = (units @ axes[1:].T) / (1.0 + units @ middle)[:, None]
    scaled: Floats = (plane - plane.mean(axis=0)) / (np.abs(plane - plane.mean(axis=0)).max() or 1.0)
    return scaled


def _chain(units: Floats) -> Indices:
    """Each point with the next one along their line."""
    middle = units.mean(axis=0)
    _, _, axes = np.linalg.svd(units - middle, full_matrices=False)
    order = np.argsort((units - middle) @ axes[0], kind="stable")
    return np.column_stack([order[:-1], order[1:]])


def _delaunay(there: Triangulated) -> Indices:
    sides = there.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    return np.unique(np.sort(np.vstack([sides, there.loose]), axis=1), axis=0)


def _gabriel(there: Triangulated) -> Indices:
    edges = _delaunay(there)
    first, second, apex = (
        there.triangles[:, [0, 1, 2]],
        there.triangles[:, [1, 2, 0]],
        there.triangles[:, [2, 0, 1]],
    )
    to_first = there.units[first] - there.units[apex]
    to_second = there.units[second] - there.units[apex]
    product = (to_first * to_second).sum(axis=2)
    size = np.linalg.norm(to_first, axis=2) * np.linalg.norm(to_second, axis=2)
    blunt = product <= _RIGHT_ANGLE * size  # the apex lies in the circle over the opposite side, or on it
    n = len(there.units)
    low, high = np.minimum(first, second)[blunt], np.maximum(first, second)[blunt]
    return _connected(there, edges, ~np.isin(edges[:, 0] * n + edges[:, 1], low * n + high))


def _relative(there: Triangulated) -> Indices:
    edges = _gabriel(there)
    tree = KDTree(there.units)
    empty = [
        _nobody_nearer(there.units, tree, edges[start : start + _EDGES_AT_ONCE])
        for start in range(0, len(edges), _EDGES_AT_ONCE)
    ]
    return _connected(there, edges, np.concatenate([np.empty(0, np.bool_), *empty]))


def _connected(there: Triangulated, edges: Indices, kept: Flags) -> Indices:
    """The edges that are `kept`, and those of the minimum spanning tree where they leave the points apart.

    The tree is part of both graphs, as Toussaint shows, so that on paper nothing is ever added. But of
    two points that all but coincide rounding cannot tell which one is nearer to a third, and may drop both.
    """
    n = len(there.units)

    def graph(of: Indices, weights: npt.NDArray[Any]) -> coo_array:
        return coo_array((weights, (of[:, 0], of[:, 1])), shape=(n, n))

    alone, _ = connected_components(graph(edges[kept], np.ones(kept.sum())), directed=False)
    if alone == 1:
        return edges[kept]
    apart = np.linalg.norm(there.units[edges[:, 0]] - there.units[edges[:, 1]], axis=1)
    rank = np.empty(len(edges))  # the order decides alone, and no edge weighs 0, which would be none
    rank[np.argsort(apart, kind="stable")] = np.arange(1, len(edges) + 1)
    tree = minimum_spanning_tree(graph(edges, rank)).tocoo()
    kept = kept | np.isin(rank, tree.data)
    return edges[kept]


def _nobody_nearer(units: Floats, tree: KDTree, edges: Indices) -> Flags:
    """Which edges have a lens (of which the circle around their middle holds all) that is empty."""
    first, second = units[edges[:, 0]], units[edges[:, 1]]
    apart = np.linalg.norm(first - second, axis=1)
    reach = apart * np.sqrt(0.75) * _FARTHER + (1 - np.sqrt(np.maximum(0, 1 - (apart / 2) ** 2)))
    found = tree.query_ball_point((first + second) / 2, reach, workers=-1)
    edge = np.repeat(np.arange(len(edges)), [len(each) for each in found])
    near = np.concatenate([np.asarray(each, dtype=np.int64) for each in found]) if len(found) else edge
    farther = np.maximum(
        np.linalg.norm(units[near] - first[edge], axis=1), np.linalg.norm(units[near] - second[edge], axis=1)
    )
    nearer = farther * _FARTHER < apart[edge]
    return ~np.isin(np.arange(len(edges)), edge[nearer])
