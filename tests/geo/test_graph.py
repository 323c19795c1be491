"""Graphs of places: equal to brute force and to libpysal, right at the antimeridian, refused when wrong."""

import math
import warnings
from itertools import combinations
from typing import Any

import geopandas as gpd
import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.errors import BadChoice, BadCoordinate, BadGraph, NoSuchNode
from geo.graph import Graph

GEOD = Geod(ellps="WGS84")
CITY = st.tuples(st.floats(7.6, 7.75), st.floats(45.0, 45.14))
GRID = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(lambda p: (180.0 - abs(p[0]) / 500, p[1] / 500))
ACROSS = st.tuples(st.sampled_from([179.99, -179.99, 180.0, -180.0, 179.995]), st.floats(-0.02, 0.02))
POLAR = st.tuples(st.floats(-180, 180), st.floats(89.8, 90))
WORLD = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
POINTS = st.one_of(*(st.lists(each, min_size=0, max_size=14) for each in (CITY, GRID, ACROSS, POLAR, WORLD)))

Point = tuple[float, float]


def metres(a: Point, b: Point) -> float:
    return float(GEOD.inv(*a, *b)[2])


def pairs(graph: Graph) -> set[tuple[int, int]]:
    return {(int(t), int(h)) for t, h in zip(graph.tails, graph.heads, strict=True)}


@settings(max_examples=150, deadline=None)
@given(points=POINTS, k=st.integers(1, 5))
def test_the_k_nearest_are_those_of_brute_force(points: list[Point], k: int) -> None:
    graph = Graph.build_knn(points, k)

    for node, here in enumerate(points):
        others = sorted(
            (round(metres(here, there), 6), other) for other, there in enumerate(points) if other != node
        )
        told = sorted((round(each[1], 6), each[0]) for each in graph.neighbours(node))
        assert [far for far, _ in told] == pytest.approx([far for far, _ in others[:k]], abs=2e-6)
        last = others[min(k, len(others)) - 1][0] if others else 0
        nearer = {other for far, other in others if far < last - 1e-5}
        assert nearer <= {other for _, other in told}


def test_of_those_at_one_distance_the_first_are_taken() -> None:
    points = [(0.0, 0.0), (0.001, 0.0), (-0.001, 0.0), (0.0, 0.0), (0.0, 0.0)]

    graph = Graph.build_knn(points, 2)

    assert [node for node, _, _ in graph.neighbours(0)] == [3, 4]
    assert [node for node, _, _ in graph.neighbours(1)] == [0, 3]


def test_a_thousand_places_on_one_point_are_neighbours_in_their_order() -> None:
    graph = Graph.build_knn([(7.68, 45.07)] * 1000, 3)

    assert [node for node, _, _ in graph.neighbours(500)] == [0, 1, 2]
    assert graph.weights.max() == 0


@settings(max_examples=80, deadline=None)
@given(points=POINTS, limit=st.floats(0, 30_000))
def test_a_distance_band_is_that_of_brute_force(points: list[Point], limit: float) -> None:
    graph = Graph.build_distance_band(points, limit)

    apart = {pair: metres(points[pair[0]], points[pair[1]]) for pair in combinations(range(len(points)), 2)}
    sure = {pair for pair, far in apart.items() if far < limit - 1e-5}
    maybe = {pair for pair, far in apart.items() if far <= limit + 1e-5}
    told = {pair for pair in pairs(graph) if pair[0] < pair[1]}
    assert sure <= told <= maybe
    assert graph.symmetric


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(4, 60), method=st.sampled_from(
    [("delaunay", Graph.build_delaunay), ("gabriel", Graph.build_gabriel),
     ("relative_neighborhood", Graph.build_relative_neighborhood)]))  # fmt: skip
def test_triangulations_are_those_of_libpysal_on_projected_points(seed: int, n: int, method: Any) -> None:
    from libpysal.graph import Graph as TheirGraph

    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.uniform(7.6, 7.75, n), rng.uniform(45.0, 45.14, n)])
    projected = gpd.GeoSeries(gpd.points_from_xy(*points.T), crs=4326).to_crs(32632)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = TheirGraph.build_triangulation(projected, method=method[0]).adjacency
    mine = pairs(method[1](points))
    differing = mine ^ set(theirs[theirs > 0].index)

    # UTM's circles are the sphere's to a few parts in a thousand: at the rim of the hull that may decide.
    assert len(differing) <= (4 if method[0] == "delaunay" else 0)


@settings(max_examples=60, deadline=None)
@given(
    points=st.one_of(st.lists(each, min_size=2, max_size=12, unique=True) for each in (CITY, ACROSS, WORLD))
)
def test_relative_neighbours_are_gabriel_and_gabriel_delaunay(points: list[Point]) -> None:
    delaunay, gabriel, relative = (
        pairs(build(points))
        for build in (Graph.build_delaunay, Graph.build_gabriel, Graph.build_relative_neighborhood)
    )

    assert relative <= gabriel <= delaunay
    assert networkx.is_connected(Graph.build_relative_neighborhood(points).to_networkx())


def test_two_places_that_all_but_coincide_leave_no_third_one_alone() -> None:
    # A tenth of a millimetre apart, a degree from the third: no double tells which of the two is nearer.
    points = [(0.0, 0.0), (0.0, 1e-09), (1.0, 0.0)]

    for build in (Graph.build_gabriel, Graph.build_relative_neighborhood):
        assert networkx.is_connected(build(points).to_networkx())


def test_the_sphere_is_covered_by_triangles() -> None:
    rng = np.random.default_rng(5)
    space = rng.normal(size=(300, 3))
    lat = np.degrees(np.arcsin(space[:, 2] / np.linalg.norm(space, axis=1)))
    points = np.column_stack([np.degrees(np.arctan2(space[:, 1], space[:, 0])), lat])

    assert Graph.build_delaunay(points).size == 2 * (3 * 300 - 6)  # Euler: a triangulated sphere


def test_a_square_has_no_gabriel_diagonal_and_its_corners_are_relative_neighbours() -> None:
    square = [(7.0, 45.0), (7.001, 45.0), (7.001, 45.001), (7.0, 45.001)]
    sides = {(0, 1), (1, 2), (2, 3), (0, 3)}

    # By hand: the circle over a diagonal touches both other corners; over a side it holds nobody.
    assert {pair for pair in pairs(Graph.build_gabriel(square)) if pair[0] < pair[1]} == sides
    assert Graph.build_delaunay(square).size == 10


@pytest.mark.parametrize(
    "build", [Graph.build_delaunay, Graph.build_gabriel, Graph.build_relative_neighborhood]
)
def test_points_on_a_line_are_a_chain_and_those_on_one_point_hang_on_its_first(build: Any) -> None:
    points = [(7.0, 45.0), (7.0, 45.2), (7.0, 45.1), (7.0, 45.1)]  # a meridian is straight

    assert {pair for pair in pairs(build(points)) if pair[0] < pair[1]} == {(0, 2), (1, 2), (2, 3)}
    assert [len(build(points[:n])) for n in range(3)] == [0, 1, 2]
    assert [build(points[:n]).size for n in range(3)] == [0, 0, 2]


def test_everything_works_without_places() -> None:
    for graph in (Graph.build_knn([], 3), Graph.build_distance_band([], 5), Graph.build_delaunay([])):
        assert (len(graph), graph.size, graph.to_adjacency().shape) == (0, 0, (0, 0))
    assert Graph.build_knn([(7, 45)], 3).size == 0


def test_weights_are_geodesic_metres() -> None:
    # Paris to Turin by Karney's method: 582,905.6 m (GeographicLib's GeodSolve).
    graph = Graph.build_knn([(2.3522, 48.8566), (7.6869, 45.0703)], 1)

    assert graph.weights[0] == pytest.approx(metres((2.3522, 48.8566), (7.6869, 45.0703)), abs=1e-6)


@given(lat=st.floats(-89, 89), azimuth=st.floats(0, 360), far=st.floats(0.001, 1500))
def test_short_distances_are_as_exact_as_long_ones(lat: float, azimuth: float, far: float) -> None:
    lon, to_lat, _ = GEOD.fwd(7.0, lat, azimuth, far)

    weights = Graph.build_knn([(7.0, lat), (lon, to_lat)], 1).weights
    assert weights == pytest.approx(metres((7.0, lat), (lon, to_lat)), abs=3e-8)


EDGES = [("a", "b", 1.0), ("b", "c", 2.0), ("c", "a", 4.0)]


def test_a_graph_goes_to_others_and_comes_back() -> None:
    points = np.random.default_rng(2).uniform((7.6, 45.0), (7.7, 45.1), (30, 2))
    for graph in (Graph.build_knn(points, 3), Graph.build_gabriel(points), Graph.from_edges(EDGES)):
        assert Graph.from_networkx(graph.to_networkx()) == graph
    matrix = Graph.from_edges(EDGES).to_adjacency().toarray()
    assert matrix.tolist() == [[0, 1, 0], [0, 0, 2], [4, 0, 0]]
    theirs = Graph.from_edges(EDGES, ids=["a", "b", "c", "alone"]).to_libpysal()
    assert theirs["c"].to_dict() == {"a": 4.0}
    assert list(theirs.isolates) == ["alone"]
    lines = Graph.build_gabriel(points).to_geodataframe()
    assert len(lines) == Graph.build_gabriel(points).size / 2
    assert lines.geometry.iloc[0].coords[0] == tuple(points[lines["tail"].iloc[0]])


def test_a_line_over_the_antimeridian_is_cut_there() -> None:
    lines = Graph.build_gabriel([(179.9, 10.0), (-179.9, 12.0)]).to_geodataframe()

    assert lines.geometry.iloc[0].wkt == "MULTILINESTRING ((179.9 10, 180 11), (-180 11, -179.9 12))"


def test_graphs_are_united_intersected_and_taken_from_each_other() -> None:
    left, right = Graph.from_edges(EDGES[:2]), Graph.from_edges([*EDGES[1:], ("d", "a", 1.0)])

    assert pairs_of_ids(left | right) == {("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")}
    assert set((left | right).ids.tolist()) == {"a", "b", "c", "d"}
    assert pairs_of_ids(left & right) == {("b", "c")}
    assert pairs_of_ids(left - right) == {("a", "b")}
    other = Graph.from_edges([("a", "b", 9.0)], kind="supports")
    assert (left | other).size == 3
    assert type((left | other).to_networkx()) is networkx.MultiDiGraph
    assert [metres for _, metres, _ in (left | Graph.from_edges([("a", "b", 9.0)])).neighbours("a")] == [1.0]


def pairs_of_ids(graph: Graph) -> set[tuple[Any, Any]]:
    return {(graph.ids[t], graph.ids[h]) for t, h in zip(graph.tails, graph.heads, strict=True)}


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"ids": ["a", "a"]}, "'a' is given to several nodes"),
        ({"tails": [0, 0]}, "2 tails, 1 heads"),
        ({"heads": [2]}, "ends at position 2, and there are 2"),
        ({"heads": [0]}, "'a' has an edge with itself"),
        ({"heads": [0.5]}, "whole numbers"),
        ({"weights": [-1.0]}, "from 'a' to 'b' weighs -1.0"),
        ({"weights": [math.nan]}, "weighs nan"),
        ({"tails": [0, 0], "heads": [1, 1], "weights": [1, 2], "kinds": ["x", "x"]}, "'x' is there twice"),
        ({"weights": ["far"]}, "The metres of edges must be numbers"),
        ({"ids": [3, 5], "weights": [-1.0]}, "from 3 to 5 weighs -1.0"),
        ({"ids": [3, 3]}, "The id 3 is given to several nodes"),
        ({"lonlat": [(7, 45)]}, "1 positions do not fit 2 nodes"),
    ],
)
def test_what_is_no_graph_is_refused_with_what_is_wrong(broken: dict[str, Any], said: str) -> None:
    parts: dict[str, Any] = {"ids": ["a", "b"], "tails": [0], "heads": [1], "weights": [1.0], "kinds": ["x"]}

    with pytest.raises(BadGraph, match=said):
        Graph(**{**parts, **broken})


def test_edges_are_three_things_each() -> None:
    for edge in ((0, 1), 5, (0, 1, 2.0, "kind")):
        with pytest.raises(BadGraph, match="id of the head, metres"):
            Graph.from_edges([edge])  # type: ignore[list-item]
    assert Graph.from_edges(np.array([[0.0, 1.0, 5.0]])).weights.tolist() == [5.0]


def test_nothing_of_a_graph_can_be_changed() -> None:
    graph = Graph.from_edges(EDGES)

    for array in (graph.ids, graph.tails, graph.weights, graph.kinds):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


def test_what_was_given_stays_what_it_was() -> None:
    ids, points = np.array([5, 6]), np.array([[7.0, 45.0], [7.1, 45.0]])
    graph = Graph.build_knn(points, 1, ids)
    ids[0], points[0, 0] = 9, 9.0

    assert graph.ids.tolist() == [5, 6]
    assert graph.lonlat is not None
    assert graph.lonlat[0, 0] == 7.0


@pytest.mark.parametrize("k", [0, -1, 1.5, True, None])
def test_a_k_that_counts_nothing_is_refused(k: Any) -> None:
    with pytest.raises(BadChoice, match="whole number from 1"):
        Graph.build_knn([(7, 45)], k)


def test_what_cannot_be_measured_or_found_is_refused() -> None:
    for limit in (-1.0, math.nan, math.inf):
        with pytest.raises(BadChoice):
            Graph.build_distance_band([(7, 45)], limit)
    for points in ([(181.0, 0.0)], [(0.0, math.nan)], [(0.0, 0.0, 0.0)], [1.0, 2.0, 3.0]):
        with pytest.raises(BadCoordinate):
            Graph.build_knn(points, 1)
    with pytest.raises(NoSuchNode, match="'z'"):
        Graph.from_edges(EDGES).neighbours("z")
    with pytest.raises(NoSuchNode):
        Graph.from_edges(EDGES, ids=["a", "b"])
    with pytest.raises(BadGraph, match="No positions"):
        Graph.from_edges(EDGES).to_geodataframe()
