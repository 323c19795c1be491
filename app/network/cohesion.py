"""Where the network of a city falls apart: its islands, and what holds it together.

The graph is read by one statement and looked at here (`geo.measures`); what is too large for that is refused.
"""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from app.cql.properties import Property, Type
from app.network.asked import Asked
from app.network.edges import Edge, all_edges
from app.network.ground import Places, features_of
from app.places.counts import LEVELS
from app.statements import row
from geo import measures
from geo.graph import Graph

ISLAND = Property("island", Type.NUMBER, "number", {"en": "Island", "it": "Isola"})
CUTS = Property(
    "articulation",
    Type.BOOLEAN,
    "number = 1",
    {"en": "Without it the network falls apart", "it": "Senza, la rete si divide"},
)


@dataclass(frozen=True, slots=True)
class Island:
    """Places that hang together: its number (from 1, the largest), how many there are, and their edges."""

    island: int
    places: int
    edges: int


@dataclass(frozen=True, slots=True)
class Islands:
    """All islands; the first `limit` places with their `island`; how many public places have no edge."""

    islands: list[Island]
    places: Places
    alone: int
    truncated: bool


def islands(db: Connection, asked: Asked, limit: int) -> Islands:
    """The connected components that have two places or more, the largest first; raises BadParameter.

    The places are in the order of their island, then of their ids.
    """
    edges = all_edges(db, asked)
    graph = _graph(edges)
    numbers = dict(zip(graph.ids.tolist(), (measures.components(graph) + 1).tolist(), strict=True))
    members, ties = Counter(numbers.values()), Counter(numbers[each.tail] for each in edges)
    listed = [Island(number, members[number], ties[number]) for number in sorted(members)]
    ordered = dict(sorted(numbers.items(), key=lambda each: (each[1], each[0]))[:limit])
    places = features_of(db, asked.city_id, ordered, ISLAND)
    alone = max(0, _public(db, asked.city_id) - len(numbers))
    return Islands(listed, places, alone, len(numbers) > limit)


@dataclass(frozen=True, slots=True)
class Bridge:
    """An edge whose loss cuts so many places off from the rest of their island."""

    edge: Edge
    cut_off: int


@dataclass(frozen=True, slots=True)
class Bridges:
    """The bridges, those first that cut most off; their ends, and all places that hold their island together.

    How many of either there are, even where `truncated`.
    """

    bridges: list[Bridge]
    places: Places
    counted: dict[str, int]
    truncated: bool


def bridges(db: Connection, asked: Asked, limit: int) -> Bridges:
    """The edges, and the places, without which an island falls apart; raises BadParameter.

    Two places that hold together by several edges do not part by the loss of one. At most `limit` bridges and
    `limit` places that are articulation points, besides the ends of the bridges.
    """
    edges = all_edges(db, asked)
    graph = _graph(edges)
    between: dict[tuple[UUID, UUID], list[Edge]] = {}
    for edge in edges:
        between.setdefault(edge.pair, []).append(edge)
    found = [
        Bridge(between[pair][0], lost)
        for first, second, lost in measures.bridge_losses(graph)
        if len(between[pair := (min(first, second), max(first, second))]) == 1
    ]
    found.sort(key=lambda each: (-each.cut_off, each.edge.pair))
    cuts = measures.articulation_points(graph)
    shown, cutting = found[:limit], set(cuts)
    ends = dict.fromkeys([*cuts[:limit], *(end for each in shown for end in each.edge.pair)])
    places = features_of(db, asked.city_id, {each: int(each in cutting) for each in ends}, CUTS)
    public = set(places.ids)
    return Bridges(
        [each for each in shown if public.issuperset(each.edge.pair)],
        places,
        {"bridges": len(found), "articulations": len(cuts)},
        max(len(found), len(cuts)) > limit,
    )


def _graph(edges: list[Edge]) -> Graph:
    """The graph of these edges, its nodes in the order of their ids, one edge for each pair."""
    metres = {edge.pair: edge.metres for edge in edges}
    ids = sorted({end for pair in metres for end in pair})
    return Graph.from_edges(((*pair, far) for pair, far in metres.items()), ids)


def _public(db: Connection, city_id: int) -> int:
    """How many public places a city has, by the kept counts."""
    sql = f"""SELECT coalesce(sum(places), 0)::bigint FROM place_counts
        WHERE city_id = %(city)s AND level = {min(LEVELS)}"""
    return int(row(db, sql, {"city": city_id})[0])
