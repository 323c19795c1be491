"""Ways, surroundings, islands and bridges are those that networkx finds in the same graph; a town by hand."""

from collections import Counter
from itertools import pairwise
from uuid import UUID

import networkx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from app.errors import BadParameter, NotFound
from app.network import cohesion, ego, paths
from app.network.answers import listed
from app.network.asked import OVER
from app.network.edges import RELATION
from app.places.lists import rebuild
from tests.app.network.cities import Drawn, Stands, built, cities, emptied, far, over, relate
from tests.http.conftest import TORINO, add_place, owner, torino

__all__ = ["owner", "torino"]
EASILY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@EASILY
@given(drawn=cities(), which=st.sampled_from(OVER), data=st.data())
def test_a_way_is_as_short_as_the_shortest_of_networkx(
    torino: Connection, drawn: Drawn, which: str, data: st.DataObject
) -> None:
    city = built(torino, drawn)
    graph = city.graph(which)
    ends = st.sampled_from([UUID(each) for each in city.ids])
    start, end = data.draw(st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]))
    if start not in graph or end not in graph:
        with pytest.raises(NotFound, match="There is no place"):
            paths.way(torino, over(which), start, end)
        return

    found = paths.way(torino, over(which), start, end)

    if not networkx.has_path(graph, start, end):
        assert (found.metres, found.edges, found.places.ids) == (None, [], [])
        return
    expected = networkx.shortest_path_length(graph, start, end, weight="weight")
    assert found.metres == pytest.approx(expected, abs=1e-4)
    passed = found.places.ids
    assert (passed[0], passed[-1]) == (start, end)
    assert all(graph.has_edge(a, b) for a, b in pairwise(passed))
    assert [set(edge.pair) for edge in found.edges] == [{a, b} for a, b in pairwise(passed)]
    assert [each["properties"]["step"] for each in listed(found.places.features)] == list(range(len(passed)))


@EASILY
@given(drawn=cities(), which=st.sampled_from(OVER), hops=st.integers(1, 4), data=st.data())
def test_an_ego_network_has_everybody_so_near_and_every_edge_among_them(
    torino: Connection, drawn: Drawn, which: str, hops: int, data: st.DataObject
) -> None:
    city = built(torino, drawn)
    graph = city.graph(which)
    if not graph:
        return
    middle = data.draw(st.sampled_from(sorted(graph)))

    found = ego.ego(torino, over(which), middle, hops)

    away = networkx.single_source_shortest_path_length(graph, middle, cutoff=hops)
    told = {UUID(each["id"]): each["properties"]["hops"] for each in listed(found.places.features)}
    assert told == away
    assert found.truncated is False
    among = graph.subgraph(away)
    assert Counter(frozenset(edge.pair) for edge in found.edges) == Counter(
        frozenset(pair) for pair in among.edges()
    )
    at = dict(zip(map(UUID, city.ids), drawn.spots, strict=True))
    for edge in found.edges:
        assert edge.metres == pytest.approx(far(at[edge.tail], at[edge.head]), abs=1e-5)


@EASILY
@given(drawn=cities(), which=st.sampled_from(OVER))
def test_islands_and_bridges_are_those_of_networkx(torino: Connection, drawn: Drawn, which: str) -> None:
    city = built(torino, drawn)
    graph = city.graph(which)

    islands = cohesion.islands(torino, over(which), 1000)
    bridges = cohesion.bridges(torino, over(which), 1000)

    parts = [part for part in networkx.connected_components(graph) if len(part) > 1]
    assert sorted(each.places for each in islands.islands) == sorted(map(len, parts))
    assert sum(each.edges for each in islands.islands) == graph.number_of_edges()
    assert islands.alone == sum(len(part) == 1 for part in networkx.connected_components(graph))
    told: dict[int, set[UUID]] = {}
    for each in listed(islands.places.features):
        told.setdefault(each["properties"]["island"], set()).add(UUID(each["id"]))
    assert sorted(map(sorted, told.values())) == sorted(map(sorted, parts))
    assert [len(told[number]) for number in sorted(told)] == sorted(map(len, parts), reverse=True)
    _check_bridges(bridges, graph)


def _check_bridges(bridges: cohesion.Bridges, graph: "networkx.MultiGraph[UUID]") -> None:
    simple = networkx.Graph(graph)
    single = {frozenset(pair) for pair in networkx.bridges(simple) if graph.number_of_edges(*pair) == 1}
    assert {frozenset(each.edge.pair) for each in bridges.bridges} == single
    for each in bridges.bridges:
        without = simple.copy()
        without.remove_edge(*each.edge.pair)
        sides = [len(networkx.node_connected_component(without, end)) for end in each.edge.pair]
        assert each.cut_off == min(sides)
    cuts = {
        UUID(each["id"]) for each in listed(bridges.places.features) if each["properties"]["articulation"]
    }
    assert cuts == set(networkx.articulation_points(simple))


def test_a_way_between_two_islands_is_none_without_a_look_at_all_that_lies_between(
    torino: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied(torino)
    west, east = ([(lon + 0.0001 * number, 45.0) for number in range(7)] for lon in (7.5, 7.9))
    middle = [(7.7, 45.0 + 0.00001 * number) for number in range(20)]
    city = built(torino, Drawn([*west, *east, *middle], set(), set()))
    ids = [UUID(each) for each in city.ids]
    monkeypatch.setattr(paths, "SMALL", 7)
    monkeypatch.setattr(paths, "MOST_LOOKED_AT", 34)

    assert paths.way(torino, over("neighbours"), ids[0], ids[7]) == paths.NOWHERE
    assert paths.way(torino, over("both"), ids[0], ids[6]).metres == pytest.approx(
        far((7.5, 45.0), (7.5006, 45.0)), abs=1e-4
    )
    relate(torino, str(ids[3]), "supports", str(ids[9]))
    assert paths.way(torino, over("both"), ids[0], ids[7]).places.ids[1:] != []
    monkeypatch.setattr(paths, "MOST_LOOKED_AT", 33)
    with pytest.raises(BadParameter, match="too far: more than 33 places would have to be looked at"):
        paths.way(torino, over("neighbours"), ids[0], ids[7])


LINE = 0.01
"""Degrees of longitude between the places of the town: 788 m at a latitude of 45."""


@pytest.fixture
def town(torino: Connection) -> Stands:
    """By hand: 0-1-2 hang together, 2 supports 3 and is part of it; 4 and 5 apart; 6 alone; 7 is hidden.

    All stand on a line from west to east.
    """
    emptied(torino)
    drawn = Drawn([(7.6 + LINE * number, 45.0) for number in range(8)], {7}, {(0, 1), (1, 2), (2, 3), (4, 5)})
    city = built(torino, drawn)
    relate(torino, city.ids[2], "part_of", city.ids[3])
    relate(torino, city.ids[0], "supports", city.ids[7])
    relate(torino, city.ids[7], "supports", city.ids[6])
    return city


def test_a_town_by_hand(torino: Connection, town: Stands) -> None:
    ids = [UUID(each) for each in town.ids]
    step = far((7.6, 45.0), (7.6 + LINE, 45.0))

    way = paths.way(torino, over("relations"), ids[0], ids[3])
    assert way.places.ids == ids[:4]
    assert [edge.kind for edge in way.edges] == ["supports", "supports", "part_of"]
    assert way.metres == pytest.approx(3 * step, abs=1e-3)
    assert paths.way(torino, over("relations"), ids[0], ids[6]).metres is None, "only by a hidden place"
    near = paths.way(torino, over("both"), ids[0], ids[6])
    assert near.metres == pytest.approx(6 * step, rel=1e-6)

    islands = cohesion.islands(torino, over("relations"), 100)
    assert [(each.places, each.edges) for each in islands.islands] == [(4, 4), (2, 1)]
    assert islands.alone == 1
    bridges = cohesion.bridges(torino, over("relations"), 100)
    assert [(set(each.edge.pair), each.cut_off) for each in bridges.bridges] == [
        ({ids[1], ids[2]}, 2),
        ({ids[0], ids[1]}, 1),
        ({ids[4], ids[5]}, 1),
    ], "2 and 3 hold together twice"
    around = ego.ego(torino, over("relations"), ids[1], 1)
    assert set(around.places.ids) == set(ids[:3])
    assert {edge.sort for edge in around.edges} == {RELATION}


def test_relations_of_a_day_and_as_they_were_known(torino: Connection, town: Stands) -> None:
    ids = town.ids
    was = relate(torino, ids[4], "supports", ids[6], state="ended", valid="[2019-03-01, 2020-03-01)")
    relate(torino, ids[5], "supports", ids[6], state="proposed")
    start, end = UUID(ids[4]), UUID(ids[6])

    def there(**when: str) -> bool:
        return paths.way(torino, over("relations", **when), start, end).metres is not None

    assert there() is False
    assert there(at="2019-06-01") is True
    assert there(at="2019-02-28") is False
    assert there(at="2019-03-01") is True
    assert there(at="2020-03-01") is False
    assert there(at="2020-02-29T23:59:59Z") is True
    assert there(at="2019-06-01", as_of="2026-05-01") is False, "nobody had said so yet"
    sql = """INSERT INTO relation_revisions
            SELECT r.*, cast(:now AS timestamptz) FROM relations r WHERE id = :id;
        UPDATE relations SET state = 'withdrawn', revision = 2, recorded_at = :now WHERE id = :id"""
    for each in sql.split(";"):
        torino.execute(text(each), {"id": was, "now": "2026-07-01T00:00:00Z"})
    assert there(at="2019-06-01") is False
    assert there(at="2019-06-01", as_of="2026-06-15") is True


def test_what_is_large_is_cut_or_refused(
    torino: Connection, town: Stands, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [UUID(each) for each in town.ids]
    monkeypatch.setattr(ego, "MOST_PLACES", 3)
    found = ego.ego(torino, over("neighbours"), ids[0], 2)
    assert (found.places.ids, found.truncated) == (ids[:3], True), "the nearest ones"

    monkeypatch.setattr(paths, "MOST_LOOKED_AT", 1)
    monkeypatch.setattr(paths, "AT_FIRST", 1)
    with pytest.raises(BadParameter, match="to: is too far: more than 1 places"):
        paths.way(torino, over("relations"), ids[0], ids[3])


def test_lists_of_before_tell_of_nobody_who_is_hidden(torino: Connection, town: Stands) -> None:
    """As in a graph that is stale: the lists still hold places that are hidden now, or have moved."""
    ids = town.ids
    torino.execute(text("UPDATE places SET moderation = 'hidden' WHERE id = :id"), {"id": ids[3]})
    torino.execute(text("UPDATE places SET lon = lon + 0.05 WHERE id = :id"), {"id": ids[1]})

    found = ego.ego(torino, over("both"), UUID(ids[2]), 4)

    assert UUID(ids[3]) not in found.places.ids
    assert not [edge for edge in found.edges if UUID(ids[3]) in edge.pair]
    moved = next(edge for edge in found.edges if edge.pair == (UUID(ids[1]), UUID(ids[2])))
    assert moved.metres == pytest.approx(far((7.66, 45.0), (7.62, 45.0)), abs=1e-5)
    rebuild(torino, TORINO)
    assert add_place(torino)
