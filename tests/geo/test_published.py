"""Graphs and measures beside what others have published, or ship with their packages."""

import warnings
from itertools import combinations
from pathlib import Path
from typing import Any

import geopandas
import libpysal
import networkx
import numpy as np
import numpy.typing as npt
import pytest
from libpysal.graph import Graph as TheirGraph
from pyproj import Transformer

from geo import measures
from geo.graph import Graph

# Around its centre this map is true to length and angle to 1e-9, at a few hundred metres.
PLANE = "+proj=aeqd +lat_0=45.07 +lon_0=7.68 +ellps=WGS84"
TWELVE = [
    (66.22, 32.54), (22.52, 22.39), (31.01, 81.21), (9.47, 31.02), (30.78, 60.10), (75.21, 58.93),
    (79.26, 7.68), (8.23, 39.93), (98.73, 77.17), (89.78, 42.53), (65.19, 92.08), (54.46, 8.48),
]  # fmt: skip

Points = npt.NDArray[np.float64]


def on_earth(plane: Any, projection: str = PLANE) -> Points:
    """Degrees of points of a plane in metres."""
    there = Transformer.from_crs(projection, "EPSG:4326", always_xy=True)
    return np.column_stack(there.transform(*np.asarray(plane, dtype=float).T))


def example(name: str) -> Points:
    """The centroids of one of the data sets in libpysal's wheel."""
    centroids = geopandas.read_file(libpysal.examples.get_path(name)).geometry.centroid
    return np.column_stack([centroids.x, centroids.y])


def pairs(graph: Graph) -> set[tuple[int, int]]:
    return {(int(t), int(h)) for t, h in zip(graph.tails, graph.heads, strict=True) if t < h}


def theirs(plane: Points, method: str) -> set[tuple[int, int]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = TheirGraph.build_triangulation(plane, method=method).adjacency
    return {(int(a), int(b)) for a, b in made[made > 0].index if a < b}


def test_the_nearest_neighbours_of_twelve_events() -> None:
    # The example of PySAL's pointpats (PointPattern.nnd, mean_nnd), out of its documentation.
    graph = Graph.build_knn(on_earth(TWELVE), 1)

    assert graph.weights == pytest.approx(
        [
            25.59050019, 15.64542745, 21.11125292, 8.99587128, 21.11125292, 21.93729473,
            24.81289987, 8.99587128, 29.76387072, 21.93729473, 34.63124168, 24.81289987,
        ],
        abs=1e-6,
    )  # fmt: skip
    assert graph.weights.mean() == pytest.approx(21.612139802089246, abs=1e-6)
    # Chance would give 0.5 / sqrt(12 / 100^2) = 14.434 in a square of 100: R = 1.497, and by Clark and Evans'
    # equation for the error, 0.26136 / sqrt(12 * 12 / 100^2) = 2.178, z = 3.296.
    ratio, z = measures.mean_nearest_neighbour_ratio(graph.weights, 100.0**2)
    assert (ratio, z) == (pytest.approx(1.497, abs=5e-4), pytest.approx(3.296, abs=5e-4))


@pytest.mark.parametrize(
    ("method", "edges"), [("delaunay", 134), ("gabriel", 92), ("relative_neighborhood", 59)]
)
def test_the_neighbourhoods_of_columbus(method: str, edges: int) -> None:
    # 49 neighbourhoods: L. Anselin, "Spatial econometrics" (1988), table 12.1; the file has no CRS.
    plane = (example("columbus.shp") - (8.5, 12.5)) * 50
    mine = pairs(getattr(Graph, f"build_{method}")(on_earth(plane)))

    assert len(mine) == edges
    assert mine == theirs(plane, method)


@pytest.mark.parametrize(
    ("method", "edges"), [("delaunay", 218), ("gabriel", 177), ("relative_neighborhood", 112)]
)
def test_the_counties_around_saint_louis(method: str, edges: int) -> None:
    # 78 counties in degrees: S. Messner et al., "An atlas of the spatial patterning of county-level homicide"
    # (2000). The stereographic map keeps circles; their Gabriel and relative neighbours are measured on it.
    lonlat = example("stl_hom.shp")
    stereographic = "+proj=stere +lat_0=38.6 +lon_0=-90.3 +ellps=WGS84"
    plane = np.column_stack(
        Transformer.from_crs("EPSG:4326", stereographic, always_xy=True).transform(*lonlat.T)
    )
    mine = pairs(getattr(Graph, f"build_{method}")(lonlat))

    assert len(mine) == edges
    assert mine == theirs(plane, method)


def test_the_four_nearest_of_baltimore_are_those_of_the_published_weights() -> None:
    # 211 houses: R. Dubin, Regional Science and Urban Economics 22 (1992); baltim_k4.gwt comes with them.
    # They stand on a grid of half units, so that many are equally far: the distances must agree.
    plane = example("baltim.shp")
    plane -= plane.mean(axis=0)
    lines = Path(libpysal.examples.get_path("baltim_k4.gwt")).read_text().splitlines()[1:]
    listed = np.array([line.split()[:2] for line in lines], dtype=int) - 1
    apart = np.linalg.norm(plane[listed[:, 0]] - plane[listed[:, 1]], axis=1)

    graph = Graph.build_knn(on_earth(plane), 4)

    assert len(listed) == graph.size == 844
    for house in range(211):
        assert sorted(metres for _, metres, _ in graph.neighbours(house)) == pytest.approx(
            sorted(apart[listed[:, 0] == house]), abs=1e-5
        )


def test_the_gabriel_neighbours_of_baltimore_are_those_of_the_definition() -> None:
    # Gabriel and Sokal (1969): no other point in the circle, nor on it. There are right angles on this grid,
    # which the ellipsoid bends: of the pairs whose circle just touches a third house either is right.
    plane = example("baltim.shp")
    plane -= plane.mean(axis=0)
    least = {
        (a, b): least_cosine(np.delete(plane, (a, b), axis=0), plane[a], plane[b])
        for a, b in combinations(range(len(plane)), 2)
    }
    sure = {pair for pair, cosine in least.items() if cosine > 1e-6}
    maybe = {pair for pair, cosine in least.items() if cosine > -1e-6}

    assert len(sure) == 415
    assert sure <= pairs(Graph.build_gabriel(on_earth(plane))) <= maybe


def least_cosine(others: Points, a: Points, b: Points) -> float:
    """Of the angles at which the others see a pair: negative where one stands in the pair's circle."""
    to_a, to_b = a - others, b - others
    lengths = np.linalg.norm(to_a, axis=1) * np.linalg.norm(to_b, axis=1)
    return float(((to_a * to_b).sum(axis=1) / lengths).min())


def test_the_families_of_florence() -> None:
    # Marriages of the 15th century (Padgett and Ansell, 1993); betweenness as in M. O. Jackson, "Social and
    # economic networks" (2008), section 1.2.1: Medici .522, Guadagni .255, Strozzi .103.
    graph = Graph.from_networkx(networkx.florentine_families_graph())
    share = dict(zip(graph.ids.tolist(), measures.betweenness(graph).round(3).tolist(), strict=True))
    degree = dict(zip(graph.ids.tolist(), measures.degree(graph).tolist(), strict=True))

    assert (share["Medici"], share["Guadagni"], share["Strozzi"]) == (0.522, 0.255, 0.103)
    assert (degree["Medici"], degree["Guadagni"], degree["Strozzi"]) == (6, 4, 4)
