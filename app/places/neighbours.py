"""The nearest neighbours of every public place, kept right by whatever writes places.

A place's list holds the `K` public places of its city whose anchors are nearest to its own, by geodesic
metres to a micrometre; of several that are equally far, those with the smaller id. Only what a write touches
is looked at: the places whose list it enters or leaves, which are those that stand nearer to it than to the
last of their list. An index of the balls around them finds those. The database only proposes candidates; the
metres of `geo.proximity` decide, here and in a rebuild (`app/places/lists.py`), so both come to the same.

Whoever changes lists holds the graph of the city (`hold`) from then on to the end of the transaction, as the
last of all locks: no place may be locked after it. Never commits.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, text

from app.statements import executed, row, rows
from app.tables.network import BALL, BUILDING, KEPT, STALE
from app.tables.places import VISIBLE
from geo.proximity import SAME, Floats, in_space, metres_between

K = 6
"""As many as a place has neighbours on average in a Delaunay triangulation of the plane."""
AT_ONCE = 200
"""So many places are looked at in one go."""
EVERYWHERE = 1.3e7
"""Metres in space that reach every place on earth: of somebody with fewer than `K` neighbours."""
GRAPHS = 0x6E656967
"""The first half of the keys of the advisory locks that hold a city's graph; any constant will do."""
BUILDERS = 0x6E656962
_MORE = 3
_TICKS = 1 / SAME
SPOT = "ST_SetSRID(ST_MakePoint({0}.x, {0}.y, {0}.z), 4978)"


@dataclass(frozen=True, slots=True)
class Node:
    """A public place as the graph knows it: where it stands, and its list."""

    id: UUID
    lon: float
    lat: float
    heads: list[UUID]
    metres: list[float]

    @property
    def last(self) -> tuple[int, UUID] | None:
        """How far the last of a full list is, in micrometres, and who it is; None: there is room."""
        return (_ticks(self.metres[-1]), self.heads[-1]) if len(self.heads) >= K else None


@dataclass(frozen=True, slots=True)
class State:
    """Whether a city's lists are right (`kept`), and since when they are or are not; None: from the first."""

    state: str = KEPT
    since: datetime | None = None
    build: UUID | None = None


def hold(db: Connection, city_id: int) -> None:
    """Let nobody else change lists or relations of the city until the transaction ends."""
    # Not by `statements`, which begins no transaction where it comes first.
    db.execute(text("SELECT pg_advisory_xact_lock(:key, :city)"), {"key": GRAPHS, "city": city_id})


def build_alone(db: Connection, city_id: int) -> bool:
    """Whether nobody else is making all lists of the city anew, and will not until the transaction ends."""
    sql = "SELECT pg_try_advisory_xact_lock(:key, :city)"
    return bool(db.scalar(text(sql), {"key": BUILDERS, "city": city_id}))


def state_of(db: Connection, city_id: int) -> State:
    """Whether the lists of a city are right."""
    sql = "SELECT state, since, build FROM neighbour_graphs WHERE city_id = %(city)s"
    found = rows(db, State, sql, {"city": city_id})
    return found[0] if found else State()


def set_state(db: Connection, city_id: int, state: State) -> None:
    """Say whether the lists are right; the graph must be held."""
    sql = """INSERT INTO neighbour_graphs (city_id, state, since, build)
        VALUES (:city, :state, :since, :build)
        ON CONFLICT (city_id) DO UPDATE
            SET state = excluded.state, since = excluded.since, build = excluded.build"""
    values = {"city": city_id, "state": state.state, "since": state.since, "build": state.build}
    db.execute(text(sql), values)


def renew(db: Connection, city_id: int, place_ids: Sequence[UUID]) -> None:
    """Bring the lists up to date after these places were written, shown, hidden or removed.

    The places must be locked, or gone. Where the graph is stale nothing is done; while it is being built, the
    places are noted for who builds it.
    """
    if not _moved(db, city_id, place_ids):
        return
    hold(db, city_id)
    state = state_of(db, city_id).state
    if state == BUILDING:
        _note(db, city_id, place_ids)
    elif state != STALE:
        look_at(db, city_id, place_ids)


def look_at(db: Connection, city_id: int, place_ids: Sequence[UUID]) -> None:
    """Bring every list up to date that these places belong to, or did; the graph must be held."""
    for first in range(0, len(place_ids), AT_ONCE):
        _look_at(db, city_id, list(place_ids[first : first + AT_ONCE]))


def _moved(db: Connection, city_id: int, place_ids: Sequence[UUID]) -> bool:
    """Whether one of the places is not where its list was made, or there is no telling.

    The row of a locked place changes only by who has locked it, so that this can be asked without the graph.
    """
    sql = f"""SELECT EXISTS (SELECT {_BOTH} WHERE (p.lon, p.lat) IS DISTINCT FROM (n.lon, n.lat))
        OR EXISTS (SELECT FROM neighbour_graphs WHERE city_id = %(city)s AND state <> '{KEPT}')"""
    return bool(place_ids) and bool(row(db, sql, {"city": city_id, "ids": list(place_ids)})[0])


_BOTH = f"""FROM unnest(%(ids)s::uuid[]) AS asked (id)
    LEFT JOIN (SELECT * FROM places WHERE city_id = %(city)s AND {VISIBLE}) AS p ON p.id = asked.id
    LEFT JOIN (SELECT * FROM neighbours WHERE city_id = %(city)s) AS n ON n.id = asked.id"""


def _note(db: Connection, city_id: int, place_ids: Sequence[UUID]) -> None:
    sql = """INSERT INTO neighbour_changes (city_id, mark, id)
        SELECT %(city)s, mark, id FROM unnest(%(marks)s::uuid[], %(ids)s::uuid[]) AS noted (mark, id)"""
    marks = [UUID(bytes=secrets.token_bytes(16)) for _ in place_ids]
    executed(db, sql, {"city": city_id, "marks": marks, "ids": list(place_ids)})


@dataclass(frozen=True, slots=True)
class _Touched:
    """A place that came (`lon`, `lat`), went (`was_lon`, `was_lat`), or moved."""

    id: UUID
    lon: float | None
    lat: float | None
    was_lon: float | None
    was_lat: float | None


@dataclass(frozen=True, slots=True)
class _Spot:
    id: UUID
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Who stands near the centre of this number, and how far in a straight line through the earth."""

    number: int
    id: UUID
    lon: float
    lat: float
    chord: float


_Standing = _Spot | _Candidate | Node


def _look_at(db: Connection, city_id: int, place_ids: list[UUID]) -> None:
    touched = _touched(db, city_id, place_ids)
    came = [
        _Spot(each.id, each.lon, each.lat)
        for each in touched
        if each.lon is not None and each.lat is not None
    ]
    went = [
        _Spot(each.id, each.was_lon, each.was_lat)
        for each in touched
        if each.was_lon is not None and each.was_lat is not None
    ]
    holders = _holders(db, city_id, came, went)
    left = {each.id for each in went}
    others = [node for node in holders if node.id not in {each.id for each in touched}]
    losing = [node for node in others if not left.isdisjoint(node.heads)]
    gaining = [node for node in others if left.isdisjoint(node.heads)]
    if went:
        sql = "DELETE FROM neighbours WHERE city_id = %(city)s AND id = ANY(%(ids)s::uuid[])"
        executed(db, sql, {"city": city_id, "ids": list(left)})
    searched = [*came, *(_Spot(node.id, node.lon, node.lat) for node in losing)]
    lists = [*_nearest(db, city_id, searched, came), *_entered(gaining, came)]
    if lists:
        _write(db, city_id, lists)


def _touched(db: Connection, city_id: int, place_ids: list[UUID]) -> list[_Touched]:
    """Those of the places that are not where their lists were made."""
    sql = f"""SELECT DISTINCT asked.id, p.lon, p.lat, n.lon AS was_lon, n.lat AS was_lat {_BOTH}
        WHERE (p.lon, p.lat) IS DISTINCT FROM (n.lon, n.lat)"""
    return rows(db, _Touched, sql, {"city": city_id, "ids": place_ids})


def _holders(db: Connection, city_id: int, came: Sequence[_Spot], went: Sequence[_Spot]) -> list[Node]:
    """The places whose lists may change: that have one in it who went, or are as near to one who came."""
    spot = SPOT.format("s")
    sql = f"""SELECT DISTINCT ON (n.id) n.id, n.lon, n.lat, n.heads, n.metres
        FROM unnest(%(x)s::float8[], %(y)s::float8[], %(z)s::float8[], %(left)s::bool[]) AS s (x, y, z, gone)
        CROSS JOIN LATERAL (SELECT * FROM neighbours WHERE city_id = %(city)s AND {BALL} &&& {spot}
            AND CASE WHEN s.gone THEN heads && %(gone)s::uuid[] ELSE (pin <<->> {spot}) <= reach END) AS n"""
    values = _in_columns([*came, *went]) | {
        "city": city_id,
        "left": [False] * len(came) + [True] * len(went),
        "gone": [each.id for each in went],
    }
    return rows(db, Node, sql, values)


def _in_columns(spots: Sequence[_Spot]) -> dict[str, Any]:
    x, y, z = in_space(_lonlat(spots)).T.tolist()
    return {"x": x, "y": y, "z": z}


def _lonlat(spots: Sequence[_Standing]) -> Floats:
    return np.array([(each.lon, each.lat) for each in spots], dtype=float).reshape(-1, 2)


def _ticks(metres: float) -> int:
    return round(metres * _TICKS)


def _measured(tails: Sequence[_Standing], heads: Sequence[_Standing]) -> list[int]:
    """Geodesic micrometres, pair by pair, as `geo.proximity` rounds them."""
    ticks: list[int] = (
        np.round(metres_between(_lonlat(tails), _lonlat(heads)) / SAME).astype(np.int64).tolist()
    )
    return ticks


def _entered(gaining: Sequence[Node], came: Sequence[_Spot]) -> Iterator[Node]:
    """The lists that one who came enters, with all who enter; nobody leaves them but at their ends."""
    pairs = [(node, spot) for node in gaining for spot in came]
    ticks = _measured([node for node, _ in pairs], [spot for _, spot in pairs])
    for position, node in enumerate(gaining):
        mine = ticks[position * len(came) : (position + 1) * len(came)]
        before = [(_ticks(metres), head) for metres, head in zip(node.metres, node.heads, strict=True)]
        after = sorted([*before, *zip(mine, (spot.id for spot in came), strict=True)])[:K]
        if after != before:
            yield _listed(node, after)


def _listed(spot: _Spot | Node, found: Sequence[tuple[int, UUID]]) -> Node:
    return Node(
        spot.id, spot.lon, spot.lat, [head for _, head in found], [tick / _TICKS for tick, _ in found]
    )


def _nearest(db: Connection, city_id: int, centres: Sequence[_Spot], came: Sequence[_Spot]) -> Iterator[Node]:
    """The lists of the centres, from the places in the table and those who came, who are not in it yet."""
    wanted = K + 1 + _MORE
    while centres:
        unsure: list[_Spot] = []
        found = _candidates(db, city_id, centres, wanted)
        for centre, near in zip(centres, found, strict=True):
            around: list[_Standing] = [*near, *came]
            others = [each for each in around if each.id != centre.id]
            ticks = _measured([centre] * len(others), others)
            best = sorted(zip(ticks, (each.id for each in others), strict=True))[:K]
            # A chord is never longer than its geodesic: beyond the last candidate nobody is nearer than that.
            if len(near) < wanted or near[-1].chord > best[-1][0] / _TICKS + SAME:
                yield _listed(centre, best)
            else:
                unsure.append(centre)
        centres, wanted = unsure, 2 * wanted


def _candidates(
    db: Connection, city_id: int, centres: Sequence[_Spot], wanted: int
) -> list[list[_Candidate]]:
    """Of each centre, so many places of the table that are nearest to it in space."""
    spot = SPOT.format("s")
    sql = f"""SELECT (s.number - 1)::int AS number, n.id, n.lon, n.lat, n.chord
        FROM unnest(%(x)s::float8[], %(y)s::float8[], %(z)s::float8[]) WITH ORDINALITY AS s (x, y, z, number)
        CROSS JOIN LATERAL (SELECT id, lon, lat, pin <<->> {spot} AS chord FROM neighbours
            WHERE city_id = %(city)s ORDER BY pin <<->> {spot} LIMIT %(wanted)s) AS n
        ORDER BY s.number, n.chord"""
    found: list[list[_Candidate]] = [[] for _ in centres]
    values = _in_columns(centres) | {"city": city_id, "wanted": wanted}
    for each in rows(db, _Candidate, sql, values):
        found[each.number].append(each)
    return found


def reach_of(node: Node) -> float:
    """How far around a place somebody has to stand to enter its list, in metres and a little more."""
    return node.metres[-1] + 2 * SAME if len(node.heads) >= K else EVERYWHERE


def _write(db: Connection, city_id: int, nodes: Sequence[Node]) -> None:
    sql = f"""INSERT INTO neighbours (city_id, id, lon, lat, pin, reach, heads, metres)
        SELECT %(city)s, s.id, s.lon, s.lat, {SPOT.format("s")}, s.reach, s.heads::uuid[], s.metres::float8[]
        FROM unnest(%(ids)s::uuid[], %(lons)s::float8[], %(lats)s::float8[], %(x)s::float8[], %(y)s::float8[],
            %(z)s::float8[], %(reach)s::float8[], %(heads)s::text[], %(metres)s::text[])
            AS s (id, lon, lat, x, y, z, reach, heads, metres)
        ON CONFLICT (city_id, id) DO UPDATE
            SET reach = excluded.reach, heads = excluded.heads, metres = excluded.metres"""
    values = _in_columns([_Spot(node.id, node.lon, node.lat) for node in nodes]) | {
        "city": city_id,
        "ids": [node.id for node in nodes],
        "lons": [node.lon for node in nodes],
        "lats": [node.lat for node in nodes],
        "reach": [reach_of(node) for node in nodes],
        "heads": ["{" + ",".join(map(str, node.heads)) + "}" for node in nodes],
        "metres": ["{" + ",".join(map(repr, node.metres)) + "}" for node in nodes],
    }
    executed(db, sql, values)
