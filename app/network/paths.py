"""The shortest way between two places, by metres over the edges.

Every edge is a geodesic and no way is shorter than one. Over neighbours, all that can lie on a way of so many
metres is fetched at once (`between`), and Dijkstra's algorithm finds the shortest in it; where that is longer
than what was fetched for, more is fetched. Relations are few and may lead anywhere, so over these alone the
edges are fetched as the search goes on: A* with the geodesic to the end as its guide (P. E. Hart, N. J.
Nilsson, B. Raphael, "A formal basis for the heuristic determination of minimum cost paths", IEEE Transactions
on Systems Science and Cybernetics 4 (1968), 100-107), of all the places at once that are first in its queue.
"""

import heapq
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from app.cql.properties import Property, Type
from app.errors import BadParameter
from app.network.asked import Asked
from app.network.between import Piece, between
from app.network.edges import RELATION, Edge, Spot, edges_among, edges_around, measured
from app.network.ground import Ground, Places, features_of, standing
from geo.measures import reached, shortest_way
from geo.proximity import metres_between

MOST_LOOKED_AT = 100_000
"""So many places are looked at for one way: a whole city of this size, some kilometres in a larger one."""
DETOUR, SPARE_M = 1.15, 100.0
"""So many times longer than the straight line a way is at first taken to be, and so many metres; in a
synthetic city it is mostly 1.06 to 1.13 times."""
LONGEST_M = 4.1e7
"""Farther than once around the earth is nowhere."""
FARTHER, SMALL = 3, 1_000
"""How many times more metres are tried where no way was found; what is still called a small island."""
AT_FIRST = 16
STEP = Property("step", Type.NUMBER, "number", {"en": "Step", "it": "Passo"})


@dataclass(frozen=True, slots=True)
class Way:
    """A way: its places with their `step` from 0, an edge for each step, and metres; None: there is none."""

    places: Places
    edges: list[Edge]
    metres: float | None


NOWHERE = Way(Places(b"", []), [], None)


def way(db: Connection, asked: Asked, start: UUID, end: UUID) -> Way:
    """The shortest way between two public places; raises NotFound, and BadParameter where it is too long."""
    found = standing(db, asked.city_id, (start, end))
    spots = {each.id: (each.lon, each.lat) for each in found.values()}
    passed = (_over_neighbours if asked.near else _over_relations)(db, asked, (start, end), spots)
    if not passed:
        return NOWHERE
    around: dict[tuple[UUID, UUID], list[Edge]] = {}
    for edge in edges_among(db, asked, passed):
        around.setdefault(edge.pair, []).append(edge)
    steps = [around.get((min(pair), max(pair)), []) for pair in pairwise(passed)]
    places = features_of(db, asked.city_id, {each: step for step, each in enumerate(passed)}, STEP)
    if places.ids != passed or not all(steps):  # one of them was hidden just now
        return NOWHERE
    edges = [_told(each) for each in steps]
    return Way(places, edges, sum(edge.metres for edge in edges))


def _told(between: list[Edge]) -> Edge:
    """Of the edges between two places, the one that says most."""
    return min(between, key=lambda edge: (edge.sort != RELATION, edge.kind or "", str(edge.id)))


def _over_neighbours(
    db: Connection, asked: Asked, ends: tuple[UUID, UUID], spots: dict[UUID, Spot]
) -> list[UUID]:
    """The places on the way; none if there is no way."""
    spot = spots[ends[0]], spots[ends[1]]
    longest = DETOUR * float(measured(*(np.array([each], dtype=float) for each in spot))[0]) + SPARE_M
    while longest < LONGEST_M:
        piece = between(db, asked, spot, longest, MOST_LOOKED_AT)
        if piece is None:
            raise _too_far()
        if not set(ends) <= set(piece.ids):  # one of them was hidden just now
            return []
        numbers = piece.ids.index(ends[0]), piece.ids.index(ends[1])
        way, metres = shortest_way(len(piece.ids), piece.edges, piece.metres, numbers)
        if metres <= longest:
            return [piece.ids[number] for number in way]
        if not way and any(_closed(db, asked, piece, number) for number in numbers):
            return []
        longest = metres if way else FARTHER * longest
    return []


def _closed(db: Connection, asked: Asked, piece: Piece, number: int) -> bool:
    """Whether what hangs together with a place is a small island that ends within the piece."""
    island = {piece.ids[each] for each in reached(len(piece.ids), piece.edges, number)}
    if len(island) > SMALL:
        return False
    return all({edge.tail, edge.head} <= island for edge in edges_around(db, asked, list(island)))


def _over_relations(
    db: Connection, asked: Asked, ends: tuple[UUID, UUID], spots: dict[UUID, Spot]
) -> list[UUID]:
    """The places on the way; none if there is no way."""
    start, end = ends
    came = _search(Ground(db, asked, spots), start, end)
    if end not in came:
        return []
    passed = [end]
    while passed[-1] != start:
        passed.append(came[passed[-1]])
    return passed[::-1]


def _search(ground: Ground, start: UUID, end: UUID) -> dict[UUID, UUID]:
    """From which place the search came to each; the end is among them if there is a way."""
    guide = _Guide(ground, ground.at[end])
    best, came = {start: 0.0}, dict[UUID, UUID]()
    queue = [(0.0, 0.0, start)]
    while queue:
        _, gone, here = heapq.heappop(queue)
        if gone > best[here]:
            continue
        if here == end:
            return came
        if here not in ground.fetched:
            _fetch(ground, here, queue)
        for there, edges in ground.around.get(here, {}).items():
            far = gone + edges[0].metres
            if far < best.get(there, np.inf):
                best[there], came[there] = far, here
                heapq.heappush(queue, (far + guide.left(there), far, there))
    return {}


def _fetch(ground: Ground, here: UUID, queue: list[tuple[float, float, UUID]]) -> None:
    """Fetch a place's edges, and those of the places that will probably be next."""
    if len(ground.fetched) >= MOST_LOOKED_AT:
        raise _too_far()
    ahead = heapq.nsmallest(max(AT_FIRST, len(ground.fetched) // 4), queue)
    ground.fetch(dict.fromkeys((here, *(each[2] for each in ahead))))


def _too_far() -> BadParameter:
    return BadParameter(
        "to",
        "is too far: more than %(most)s places would have to be looked at. Ask for a nearer place,"
        " or over relations only.",
        most=f"{MOST_LOOKED_AT:,}",
    )


class _Guide:
    """How far it is to the end at least: computed for all places that are known, when one is asked for."""

    def __init__(self, ground: Ground, end: Spot) -> None:
        self._ground, self._end, self._left = ground, end, dict[UUID, float]()

    def left(self, place: UUID) -> float:
        """Geodesic metres from a place to the end."""
        if place not in self._left:
            new = [each for each in self._ground.at if each not in self._left]
            spots = np.array([self._ground.at[each] for each in new], dtype=float)
            ends = np.broadcast_to(np.array(self._end), spots.shape)
            self._left.update(zip(new, metres_between(spots, ends).tolist(), strict=True))
        return self._left[place]
