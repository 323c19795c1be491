"""Measures beside networkx, and on graphs small enough to be worked out by hand."""

import math
from typing import Any

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import measures
from geo.errors import BadChoice
from geo.graph import Graph

EDGE = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 50)).filter(lambda e: e[0] != e[1])
EDGES = st.lists(EDGE, max_size=25, unique_by=lambda e: (e[0], e[1]))
# Two triangles that hang together by one edge.
BARBELL = Graph.from_edges([(a, b, 1.0) for a, b in ("ab", "bc", "ca", "cd", "de", "ef", "fd")])


def both(edges: list[tuple[int, int, int]]) -> tuple[Graph, Any]:
    """The graph, and networkx's without direction, where the shorter of two edges counts."""
    graph = Graph.from_edges([(a, b, float(w)) for a, b, w in edges], ids=range(10))
    theirs = networkx.Graph()
    theirs.add_nodes_from(range(10))
    for a, b, weight in edges:
        shorter = min(weight, theirs.get_edge_data(a, b, {"weight": weight})["weight"])
        theirs.add_edge(a, b, weight=shorter)
    return graph, theirs


def in_order(values: Any) -> list[float]:
    return [dict(values)[node] for node in range(10)]


@settings(max_examples=80, deadline=None)
@given(edges=EDGES)
def test_they_agree_with_networkx(edges: list[tuple[int, int, int]]) -> None:
    graph, theirs = both(edges)

    assert measures.degree(graph).tolist() == in_order(theirs.degree())
    assert measures.strength(graph) == pytest.approx(in_order(theirs.degree(weight="weight")))
    assert measures.closeness(graph) == pytest.approx(
        in_order(networkx.closeness_centrality(theirs, distance="weight"))
    )
    assert measures.betweenness(graph) == pytest.approx(
        in_order(networkx.betweenness_centrality(theirs, weight="weight"))
    )
    groups = networkx.connected_components(theirs)
    assert sorted(np.bincount(measures.components(graph)).tolist()) == sorted(len(each) for each in groups)
    assert {frozenset(pair) for pair in measures.bridges(graph)} == set(
        map(frozenset, networkx.bridges(theirs))
    )
    assert set(measures.articulation_points(graph)) == set(networkx.articulation_points(theirs))
    assert measures.core_number(graph).tolist() == in_order(networkx.core_number(theirs))
    assert measures.ego(graph, 3, 2) == networkx.single_source_shortest_path_length(theirs, 3, cutoff=2)


@settings(max_examples=60, deadline=None)
@given(edges=EDGES)
def test_what_a_bridge_loses_is_its_smaller_side(edges: list[tuple[int, int, int]]) -> None:
    graph, theirs = both(edges)

    lost = measures.bridge_losses(graph)

    assert [(first, second) for first, second, _ in lost] == measures.bridges(graph)
    for first, second, nodes in lost:
        without = networkx.Graph(theirs)
        without.remove_edge(first, second)
        sides = [len(networkx.node_connected_component(without, end)) for end in (first, second)]
        assert nodes == min(sides)


@settings(max_examples=80, deadline=None)
@given(edges=EDGES, ends=st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_the_shortest_way_is_networkx_s(edges: list[tuple[int, int, int]], ends: tuple[int, int]) -> None:
    graph, theirs = both(edges)

    way, metres = measures.shortest_path(graph, *ends)
    if not networkx.has_path(theirs, *ends):
        assert (way, metres) == ([], math.inf)
    else:
        assert metres == networkx.dijkstra_path_length(theirs, *ends)
        assert networkx.path_weight(theirs, way, "weight") == metres
        assert (way[0], way[-1]) == ends


@settings(max_examples=60, deadline=None)
@given(edges=EDGES.filter(bool), labels=st.lists(st.sampled_from("xyz"), min_size=10, max_size=10))
def test_groups_are_measured_as_networkx_does(edges: list[tuple[int, int, int]], labels: list[str]) -> None:
    graph, theirs = both(edges)
    networkx.set_node_attributes(theirs, dict(enumerate(labels)), "kind")
    groups = [{n for n in range(10) if labels[n] == label} for label in sorted(set(labels))]

    assert measures.modularity(graph, labels) == pytest.approx(
        networkx.community.modularity(theirs, groups, weight=None)
    )
    mixing = measures.assortativity(graph, labels)
    if len({labels[end] for edge in edges for end in edge[:2]}) == 1:
        assert math.isnan(mixing)
    else:
        assert mixing == pytest.approx(networkx.attribute_assortativity_coefficient(theirs, "kind"))


def test_a_barbell_by_hand() -> None:
    assert measures.degree(BARBELL).tolist() == [2, 2, 3, 3, 2, 2]
    assert measures.bridges(BARBELL) == [("c", "d")]
    assert measures.bridge_losses(BARBELL) == [("c", "d", 3)]
    assert measures.articulation_points(BARBELL) == ["c", "d"]
    assert measures.k_core(BARBELL, 2) == list("abcdef")
    assert measures.shortest_path(BARBELL, "a", "f") == (["a", "c", "d", "f"], 3.0)
    # Of the 10 pairs of others, c lies between {a, b} and {d, e, f}: 6.
    assert measures.betweenness(BARBELL)[2] == pytest.approx(0.6)
    # Each triangle: 3 of 7 edges inside, half of the degrees: 2 * (3/7 - 1/4) = 5/14.
    labels, quality = measures.communities(BARBELL)
    assert labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert quality == pytest.approx(5 / 14)
    # Shares of ends: aa 6/14, bb 6/14, ab 2/14; (12/14 - 1/2) / (1/2) = 5/7.
    assert measures.assortativity(BARBELL, list("xxxyyy")) == pytest.approx(5 / 7)


def test_zachary_s_karate_club() -> None:
    # Its own division into two clubs, without weights: Q = 0.3582 (Newman and Girvan, 2004).
    club = networkx.karate_club_graph()
    sides = [club.nodes[node]["club"] for node in club]
    graph = Graph.from_networkx(networkx.Graph(club.edges()))
    by_id = [sides[node] for node in graph.ids]

    assert measures.modularity(graph, by_id) == pytest.approx(0.3582, abs=5e-5)
    assert measures.communities(graph)[1] >= 0.40


def test_clark_and_evans_by_hand() -> None:
    # A square lattice 1 m apart: R = 1 / (0.5 / sqrt(1)) = 2; a hexagonal one has 2.1491, the most there is.
    assert measures.mean_nearest_neighbour_ratio([1.0] * 100, 100.0)[0] == pytest.approx(2.0)
    ratio, z = measures.mean_nearest_neighbour_ratio([0.5] * 100, 100.0)
    assert (ratio, z) == (pytest.approx(1.0), pytest.approx(0.0))
    apart = math.sqrt(2 / math.sqrt(3))
    assert measures.mean_nearest_neighbour_ratio([apart] * 50, 50.0)[0] == pytest.approx(2.1491, abs=5e-5)


def test_what_has_no_answer_is_refused() -> None:
    for arguments in (([], 10.0), ([1.0], 0.0), ([1.0], math.nan)):
        with pytest.raises(BadChoice):
            measures.mean_nearest_neighbour_ratio(*arguments)
    with pytest.raises(BadChoice):
        measures.ego(BARBELL, "a", -1)
    with pytest.raises(BadChoice):
        measures.betweenness(BARBELL, sample=7)
    empty = Graph.from_edges([])
    assert measures.modularity(empty, []) == 0.0
    assert measures.components(empty).tolist() == []
