"""The shortest way between two places, by metres over the edges.

A* with the geodesic to the end as its guide: P. E. Hart, N. J. Nilsson, B. Raphael, "A formal basis for the
heuristic determination of minimum cost paths", IEEE Transactions on Systems Science and Cybernetics 4 (1968),
100-107. Every edge is a geodesic and no way is shorter than one, so what comes out is what Dijkstra finds,
but only places are looked at that lie about in between: an ellipse, where a search from both ends looks at
two discs, which hold four times as many. Edges are fetched as the search goes on, of all the places that are
first in its queue at once: hardly more statements than the way has steps.
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
from app.network.edges import RELATION, Edge, Spot
from app.network.ground import Ground, Places, features_of, standing
from geo.proximity import metres_between

MOST_LOOKED_AT = 10_000
"""So many places are looked at for one way: some three kilometres where a million stand in a city."""
AT_FIRST = 16
STEP = Property("step", Type.NUMBER, "number", {"en": "Step", "it": "Passo"})


@dataclass(frozen=True, slots=True)
class Way:
    """A way: its places with their `step` from 0, an edge for each step, and metres; None: there is none."""

    places: Places
    edges: list[Edge]
    metres: float | None


def way(db: Connection, asked: Asked, start: UUID, end: UUID) -> Way:
    """The shortest way between two public places; raises NotFound, and BadParameter where it is too long."""
    found = standing(db, asked.city_id, (start, end))
    ground = Ground(db, asked, {each.id: (each.lon, each.lat) for each in found.values()})
    came = _search(ground, start, end)
    if end not in came:
        return Way(Places(b"", []), [], None)
    passed = [end]
    while passed[-1] != start:
        passed.append(came[passed[-1]])
    passed.reverse()
    edges = [_told(ground.around[a][b]) for a, b in pairwise(passed)]
    places = features_of(db, asked.city_id, {each: step for step, each in enumerate(passed)}, STEP)
    if places.ids != passed:  # one of them was hidden just now
        return Way(Places(b"", []), [], None)
    return Way(places, edges, sum(edge.metres for edge in edges))


def _told(between: list[Edge]) -> Edge:
    """Of the edges between two places, the one that says most."""
    return min(between, key=lambda edge: (edge.sort != RELATION, edge.kind or "", str(edge.id)))


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
        raise BadParameter(
            "to",
            "is too far: more than %(most)s places would have to be looked at. Ask for a nearer place,"
            " or over relations only.",
            most=f"{MOST_LOOKED_AT:,}",
        )
    ahead = heapq.nsmallest(max(AT_FIRST, len(ground.fetched) // 4), queue)
    ground.fetch(dict.fromkeys((here, *(each[2] for each in ahead))))


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
