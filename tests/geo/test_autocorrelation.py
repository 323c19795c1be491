"""Moran's I, local Moran and Gi*: published figures, figures by hand, and what must not matter."""

import math
from itertools import combinations
from typing import Any

import esda
import geopandas
import libpysal
import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph as TheirGraph

from geo import autocorrelation, contiguity
from geo.autocorrelation import hot_spots, local_moran, moran
from geo.errors import BadChoice, BadGraph, BadSample, BadZones
from geo.graph import Graph

SIX = [2, 3, 3.2, 5, 8, 7]
"""The values of the six points of Getis and Ord's G in esda's documentation."""
POINTS = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
WITHIN_15 = [(a, b) for a, b in combinations(range(6), 2) if math.dist(POINTS[a], POINTS[b]) <= 15]

Floats = npt.NDArray[np.float64]
ESDA_SPEAKS = pytest.mark.filterwarnings("ignore:The alternative hypothesis:DeprecationWarning")
"""Of a change to come in its own p, which is not compared."""


def both_ways(pairs: list[tuple[int, int]], nodes: int) -> Graph:
    # Metres do not count, not even none.
    edges = [(tail, head, float(a)) for a, b in pairs for tail, head in ((a, b), (b, a))]
    return Graph.from_edges(edges, ids=range(nodes))


def two_sided(simulated: Floats, observed: Floats) -> Floats:
    """The pseudo p of esda's simulations, (permutations, n): ties, up to rounding, count on both sides."""
    above, below = (simulated >= observed - 1e-9).sum(axis=0), (simulated <= observed + 1e-9).sum(axis=0)
    p: Floats = np.minimum(1, 2 * (np.minimum(above, below) + 1) / (len(simulated) + 1))
    return p


def published(gal: str, table: str, column: str) -> tuple[Floats, Graph, Any]:
    """A column of a data set in libpysal's wheel, and its published weights as ours and as theirs."""
    theirs = libpysal.io.open(libpysal.examples.get_path(gal)).read()
    values = np.array(libpysal.io.open(libpysal.examples.get_path(table)).by_col(column), dtype=float)
    edges = [(tail, head, 1.0) for tail, heads in theirs.neighbors.items() for head in heads]
    return values, Graph.from_edges(edges, ids=theirs.id_order), theirs


@pytest.mark.parametrize(
    ("data", "i", "p_normal"),
    [
        # Columbus, burglaries and thefts: L. Anselin, "Spatial econometrics" (1988), table 12.1.
        (("columbus.gal", "columbus.dbf", "CRIME"), 0.5001885571828611, 1.7988309915890043e-08),
        # Saint Louis and around, homicides 1988-93, and deaths of infants in North Carolina: esda's
        # documentation of Moran, which halves the second p by asking for one side.
        (("stl.gal", "stl_hom.txt", "HR8893"), 0.24365582621771659, 0.00027147862770937614),
        (("sids2.gal", "sids2.dbf", "SIDR74"), 0.24772519320480135, 2 * 5.7916539074498452e-05),
    ],
)
def test_the_published_figures_of_moran_s_i(data: tuple[str, str, str], i: float, p_normal: float) -> None:
    values, graph, _ = published(*data)
    found = moran(values, graph)

    assert found.i == pytest.approx(i, rel=1e-12)
    assert found.p_normal == pytest.approx(p_normal, rel=1e-6)
    assert found.expected == pytest.approx(-1 / (len(values) - 1))
    assert found.p_permuted < 0.05
    assert (found.areas, found.islands, found.missing) == (len(values), (), ())


def test_the_variances_of_a_board_of_nine() -> None:
    # esda's test: 1 to 9 on a board, rook's neighbours, binary: 0.0596875 by randomisation, 0.053125 normal.
    board = [shapely.box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)]
    found = moran(np.arange(1, 10), contiguity.contiguity(board, rook=True), "binary")

    assert ((found.i - found.expected) / found.z_random) ** 2 == pytest.approx(0.0596875)
    assert ((found.i - found.expected) / found.z_normal) ** 2 == pytest.approx(0.053125)


@ESDA_SPEAKS
def test_local_moran_of_the_published_ten() -> None:
    # M. J. de Smith, M. F. Goodchild, P. A. Longley, "Geospatial analysis": the quadrants in esda's
    # documentation, 1 HH, 2 LH, 3 LL, 4 HL; with its seed the draws are esda's.
    values, graph, weights = published("desmith.gal", "desmith.txt", "z")
    found = local_moran(values, graph, permutations=99, seed=12345)
    theirs = esda.Moran_Local(values, weights, permutations=99, seed=12345)

    assert found.quadrant.tolist() == ["HL", "HL", "HL", "LH", "LL", "LL", "HH", "HL", "LL", "LL"]
    assert found.i == pytest.approx(theirs.Is)
    assert found.p == pytest.approx(two_sided(theirs.sim, theirs.Is))


@ESDA_SPEAKS
@pytest.mark.parametrize("transform", ["row", "binary"])
def test_local_moran_of_columbus(transform: str) -> None:
    values, graph, weights = published("columbus.gal", "columbus.dbf", "CRIME")
    found = local_moran(values, graph, transform, permutations=499, seed=7)
    code = {"row": "r", "binary": "b"}[transform]
    theirs = esda.Moran_Local(values, weights, transformation=code, permutations=499, seed=7)

    assert found.i == pytest.approx(theirs.Is)
    assert found.p == pytest.approx(two_sided(theirs.sim, theirs.Is))
    # The local figures add up to the global one: I = sum I_i * n / (n - 1) / S0.
    total = graph.size if transform == "binary" else len(graph)
    expected = found.i.sum() * len(graph) / (len(graph) - 1) / total
    assert moran(values, graph, transform).i == pytest.approx(expected)


def test_the_false_discovery_rate_by_hand() -> None:
    # Benjamini and Hochberg (1995), section 3.2: 15 p, of which 4 hold at 0.05.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
         0.6528, 0.7590, 1.0]  # fmt: skip
    q = autocorrelation._discovery_rate(np.array([*p, np.nan]))

    assert (q <= 0.05).sum() == 4
    assert np.isnan(q[-1])
    # The fourth: 0.0095 * 15 / 4.
    assert q[3] == pytest.approx(0.035625)


def test_the_published_g_star_of_six_points() -> None:
    # esda's documentation of G_Local, binary weights, with and without star.
    graph = both_ways(WITHIN_15, 6)
    assert hot_spots(SIX, graph).z == pytest.approx(
        [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331], abs=1e-8
    )
    assert hot_spots(SIX, graph, star=False).z == pytest.approx(
        [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941], abs=1e-7
    )
    # Two-sided: 2 * (1 - Phi(z)) = erfc(z / sqrt(2)).
    assert hot_spots(SIX, graph).p[5] == pytest.approx(math.erfc(2.02424331 / math.sqrt(2)))


def test_g_star_knows_neither_unit_nor_zero() -> None:
    graph = both_ways(WITHIN_15, 6)
    known = hot_spots(SIX, graph).z

    for moved in (np.array(SIX) * 1000, np.array(SIX) - 100, np.array(SIX) - np.mean(SIX)):
        assert hot_spots(moved, graph).z == pytest.approx(known)
    assert hot_spots(-np.array(SIX), graph).z == pytest.approx(-known)


def test_islands_and_areas_without_a_value_are_named_and_change_nobody() -> None:
    values, graph, _ = published("columbus.gal", "columbus.dbf", "CRIME")
    known = local_moran(values, graph, permutations=99)
    # An area more, first, without a value, neighbour of two.
    ids = ["new", *graph.ids.tolist()]
    edges = zip(graph.tails + 1, graph.heads + 1, strict=True)
    more = [(ids[tail], ids[head], 1.0) for tail, head in edges]
    more += [("new", ids[1], 1.0), (ids[1], "new", 1.0), (ids[2], "new", 1.0)]
    found = local_moran([np.nan, *values], Graph.from_edges(more, ids=ids), permutations=99)

    assert found.missing == ("new",)
    for name in ("i", "value", "lag", "p", "q"):
        assert getattr(found, name)[1:] == pytest.approx(getattr(known, name))
        assert np.isnan(getattr(found, name)[0])
    assert found.quadrant.tolist() == ["", *known.quadrant.tolist()]
    assert not found.significant[0]
    assert hot_spots([np.nan, *values], Graph.from_edges(more, ids=ids)).z[1:] == pytest.approx(
        hot_spots(values, graph).z
    )


def test_an_island_has_no_local_figure_but_counts() -> None:
    # The fifth is alone; the sixth is once its only neighbour has no value.
    graph = both_ways([(0, 1), (1, 2), (2, 3), (5, 6)], 7)
    values = [1, 2, 8, 9, 5, 6, np.nan]
    found = local_moran(values, graph, permutations=99)

    assert (found.islands, found.missing) == ((4, 5), (6,))
    assert found.quadrant.tolist() == ["LL", "LL", "HH", "HH", "", "", ""]
    assert np.isnan(found.p[4:]).all()
    # The mean of the six is 31/6.
    assert found.value[4] == pytest.approx((5 - 31 / 6) / np.std(values[:6]))
    with_itself = hot_spots(values, graph)
    # Alone with itself: (x - mean) / deviation, as W = S = 1.
    assert with_itself.z[4] == pytest.approx(found.value[4])
    assert np.isnan(hot_spots(values, graph, star=False).z[4:]).all()
    assert moran(values, graph).islands == (4, 5)


def test_an_area_at_the_mean_is_never_significant() -> None:
    # Its I is 0 whoever its neighbours are; esda's pseudo p would be the least there is.
    values = [3.0, 1.0, 5.0, 0.0, 6.0, 3.0, 3.0]
    found = local_moran(values, both_ways([(0, n) for n in range(1, 7)], 7), permutations=99)

    assert found.i[0] == pytest.approx(0)
    assert found.p[0] == 1.0


def test_who_neighbours_everybody_has_no_g() -> None:
    graph = both_ways([(0, 1), (0, 2), (0, 3), (1, 2)], 4)
    for star in (True, False):
        z = hot_spots([1, 2, 3, 5], graph, star=star).z
        assert np.isnan(z).tolist() == [True, False, False, False]


def test_whose_others_are_all_alike_has_no_g_without_star() -> None:
    # A deviation of 0, whatever is left of it after 0.1 has been added up.
    graph = both_ways([(0, 1), (1, 2), (3, 4), (0, 3)], 5)
    z = hot_spots([5, 0.1, 0.1, 0.1, 0.1], graph, star=False).z
    assert np.isnan(z).tolist() == [True, False, False, False, False]
    assert not np.isnan(hot_spots([5, 0.1, 0.1, 0.1, 0.1], graph).z).any()


@pytest.mark.parametrize("unit", [2.0**-700, 2.0**900])
def test_no_unit_is_too_small_or_too_great(unit: float) -> None:
    graph = both_ways(WITHIN_15, 6)
    values = np.array(SIX)
    assert moran(values * unit, graph, permutations=9).i == moran(values, graph, permutations=9).i
    here, there = (local_moran(each, graph, permutations=9) for each in (values, values * unit))
    assert np.array_equal(here.i, there.i)
    assert np.array_equal(hot_spots(values * unit, graph).z, hot_spots(values, graph).z)


@settings(max_examples=25)
@given(
    values=st.lists(st.integers(0, 9), min_size=8, max_size=8).filter(lambda each: len(set(each)) > 1),
    order=st.permutations(range(8)),
    scale=st.floats(0.01, 1000),
)
def test_neither_the_order_of_areas_nor_the_unit_matters(
    values: list[int], order: list[int], scale: float
) -> None:
    pairs = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 0), (0, 4), (2, 6)]
    where = {old: new for new, old in enumerate(order)}
    given_values = np.array(values)
    known, graph = given_values.astype(float), both_ways(pairs, 8)
    turned, other = scale * known[order] + 5, both_ways([(where[a], where[b]) for a, b in pairs], 8)

    assert moran(turned, other, permutations=1).i == pytest.approx(moran(known, graph, permutations=1).i)
    here, there = local_moran(known, graph, permutations=9), local_moran(turned, other, permutations=9)
    assert there.i == pytest.approx(here.i[order], abs=1e-9)
    assert hot_spots(turned, other).z == pytest.approx(hot_spots(known, graph).z[order], abs=1e-6)


def test_the_same_seed_is_the_same_answer_and_numpy_s_own_is_left_alone() -> None:
    values, graph, _ = published("columbus.gal", "columbus.dbf", "CRIME")
    np.random.seed(3)
    expected = np.random.random(2)[1]
    np.random.seed(3)
    np.random.random()
    first, second = local_moran(values, graph, seed=4), local_moran(values, graph, seed=4)

    assert np.random.random() == expected
    assert np.array_equal(first.p, second.p)
    assert not np.array_equal(first.p, local_moran(values, graph, seed=5).p)
    assert moran(values, graph, seed=4).p_permuted == moran(values, graph, seed=4).p_permuted


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["many"] * 6, "Values of areas must be numbers"),
        ([1, 2, 3], r"shape \(3,\) are not one for each of 6"),
        ([1, 2, 3, 4, 5, np.inf], "area 5 has an infinite value"),
        ([np.nan] * 6, "0 of 6 areas have a value"),
        ([1, 2, np.nan, np.nan, np.nan, np.nan], "2 of 6 areas have a value"),
        ([4.5] * 5 + [np.nan], "All areas have the value 4.5"),
        ([0.3] * 5 + [0.1 + 0.2], "All areas have the value 0.3"),
    ],
)
def test_values_of_which_nothing_can_be_said(values: list[float], said: str) -> None:
    graph = both_ways(WITHIN_15, 6)
    for measure in (moran, local_moran, hot_spots):
        with pytest.raises(BadSample, match=said):
            measure(values, graph)


def test_values_of_areas_of_which_none_are_neighbours() -> None:
    graph = both_ways([(0, 1), (1, 2)], 6)
    for measure in (moran, local_moran, hot_spots):
        with pytest.raises(BadSample, match="No two areas that have a value are neighbours"):
            measure([1, np.nan, 3, 4, 5, 6], graph)


def test_numbers_out_of_their_range() -> None:
    graph = both_ways(WITHIN_15, 6)
    for wrong in (
        {"permutations": 0},
        {"permutations": 9.5},
        {"seed": -1},
        {"seed": True},
        {"transform": "R"},
    ):
        with pytest.raises(BadChoice):
            moran(SIX, graph, **wrong)
        with pytest.raises(BadChoice):
            local_moran(SIX, graph, **wrong)
    for alpha in (0, 1, np.nan, "0.05"):
        with pytest.raises(BadChoice, match="alpha"):
            hot_spots(SIX, graph, alpha=alpha)
    with pytest.raises(BadChoice, match="star is True or False"):
        hot_spots(SIX, graph, star="no")
    with pytest.raises(BadSample, match="told by a Graph, not by a ndarray"):
        moran(SIX, np.eye(6))


def test_contiguity_is_libpysal_s() -> None:
    table = geopandas.read_file(libpysal.examples.get_path("columbus.shp"))
    for rook in (False, True):
        mine = contiguity.contiguity(table.geometry.to_numpy(), ids=table.index, rook=rook)
        adjacency = TheirGraph.build_contiguity(table, rook=rook, strict=True).adjacency
        pairs = {pair for pair, weight in adjacency.items() if weight}
        assert {(mine.ids[t], mine.ids[h]) for t, h in zip(mine.tails, mine.heads, strict=True)} == pairs
        assert mine.symmetric


def test_areas_that_touch_none_and_areas_without_a_shape() -> None:
    square, far = shapely.box(7, 45, 8, 46), shapely.box(10, 45, 11, 46)
    graph = contiguity.contiguity([square, far, shapely.box(7.5, 45, 9, 46)], ids=["a", "b", "c"])

    assert [graph.ids[tail] for tail in graph.tails] == ["a", "c"]
    assert graph.lonlat is not None
    assert shapely.contains_xy(square, *graph.lonlat[0])
    with pytest.raises(BadZones, match="1 ids do not fit 2 areas"):
        contiguity.contiguity([square, far], ids=["a"])
    with pytest.raises(BadZones, match="a row of polygons"):
        contiguity.contiguity(["square"])
    for nothing in (None, shapely.Polygon(), shapely.Point(7, 45)):
        with pytest.raises(BadZones, match="area 'b' has no shape"):
            contiguity.contiguity([square, nothing], ids=["a", "b"])
    with pytest.raises(BadGraph):
        contiguity.contiguity([square, far], ids=["a", "a"])
