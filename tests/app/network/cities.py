"""Small cities with relations and neighbours, and the graph that networkx makes of the same places."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import networkx
import numpy as np
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.network.asked import Asked, asked
from app.places.lists import rebuild
from app.places.neighbours import K
from geo.graph import Graph
from geo.proximity import metres_between
from tests.http.conftest import TORINO, add_place

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KINDS = ("house", "project", "site")
Spot = tuple[float, float]


def over(which: str, **more: str) -> Asked:
    """What is asked of Torino's edges."""
    return asked({"over": which, **more}, TORINO, NOW)


def relate(db: Connection, tail: str, kind: str, head: str, **said: Any) -> UUID:
    """A relation that holds, or whatever is said of it."""
    row = {"city": TORINO, "id": compat.uuid7(), "tail": tail, "head": head, "kind": kind}
    row |= {"state": "confirmed", "valid": "(,)", "note": None, "at": NOW} | said
    sql = """INSERT INTO relations (city_id, id, tail, head, kind, valid, state, note, proposed_at,
            recorded_at)
        VALUES (:city, :id, :tail, :head, :kind, cast(:valid AS tstzrange), :state, :note, :at, :at)"""
    db.execute(text(sql), row)
    found: UUID = row["id"]
    return found


def emptied(db: Connection) -> None:
    """Nothing is left of what stands in Torino."""
    for table in ("relations", "relation_revisions", "neighbours", "place_counts", "places"):
        db.execute(text(f"DELETE FROM {table} WHERE city_id = :city"), {"city": TORINO})


@dataclass(frozen=True)
class Drawn:
    """Spots, who of them is hidden, and relations between them as pairs of their numbers."""

    spots: list[Spot]
    hidden: set[int]
    related: set[tuple[int, int]]


@st.composite
def cities(draw: st.DrawFn) -> Drawn:
    """Some places far and near, several on one spot, and some relations."""
    grid = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(
        lambda at: (7.6 + at[0] * 0.002, 45.02 + at[1] * 0.0015)
    )
    spots = draw(st.lists(grid, min_size=2, max_size=24))
    ends = st.integers(0, len(spots) - 1)
    related = draw(st.sets(st.tuples(ends, ends).filter(lambda pair: pair[0] != pair[1]), max_size=16))
    return Drawn(spots, draw(st.sets(ends, max_size=3)), related)


@dataclass(frozen=True)
class Stands:
    """A drawn city in the database: the ids of its places in their order, hidden ones among them."""

    drawn: Drawn
    ids: list[str]

    @property
    def public(self) -> list[int]:
        return [number for number in range(len(self.ids)) if number not in self.drawn.hidden]

    def graph(self, which: str) -> Any:
        """The graph of networkx: an edge for each relation, one for two neighbours; by ids."""
        made = networkx.MultiGraph()
        numbers = self.public
        spots = [self.drawn.spots[number] for number in numbers]
        if which != "relations":
            near = Graph.build_knn(spots, K, [UUID(self.ids[number]) for number in numbers])
            ends = zip(near.ids[near.tails], near.ids[near.heads], strict=True)
            pairs = {frozenset(pair) for pair in ends}
            edges = [tuple(pair) for pair in pairs]
        else:
            edges = []
        if which != "neighbours":
            edges += [
                (UUID(self.ids[a]), UUID(self.ids[b]))
                for a, b in self.drawn.related
                if a in numbers and b in numbers
            ]
        at = {UUID(self.ids[number]): self.drawn.spots[number] for number in numbers}
        made.add_nodes_from(at)
        for a, b in edges:
            made.add_edge(a, b, weight=far(at[a], at[b]))
        return made


def far(first: Spot, second: Spot) -> float:
    """Geodesic metres."""
    return float(metres_between(np.array([first]), np.array([second]))[0])


def built(db: Connection, drawn: Drawn) -> Stands:
    """The city in the database, in place of whatever stood there."""
    emptied(db)
    ids = [
        add_place(
            db,
            lon,
            lat,
            title=f"n{number}",
            kind=KINDS[number % 3],
            moderation="hidden" if number in drawn.hidden else "published",
        )
        for number, (lon, lat) in enumerate(drawn.spots)
    ]
    for tail, head in drawn.related:
        relate(db, ids[tail], "supports", ids[head])
    rebuild(db, TORINO)
    return Stands(drawn, ids)
