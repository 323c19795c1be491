"""A living index of places: added, moved and removed one by one, asked who is near, without a database.

Places stand on the ellipsoid in space, as in `geo.proximity`, in one R-tree for each kind: a tree finds
candidates by boxes and chords, their geodesic metres decide. It answers as PostGIS does for `geography`.
"""

import math
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt
from rtree.index import Index, Property

from geo.errors import BadChoice, BadCoordinate, NoSuchNode
from geo.proximity import SAME, WGS84, Floats, checked, in_space, longest, metres_between

Id = str | int
KIND = "place"
_TABLE = """CREATE TABLE IF NOT EXISTS places (
    slot INTEGER PRIMARY KEY, id NOT NULL UNIQUE, kind TEXT NOT NULL, lon REAL NOT NULL, lat REAL NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the index: EPSG:4326 degrees."""

    id: Id
    kind: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Near:
    """A place and its geodesic metres from where was asked."""

    place: Place
    metres: float


class PlaceIndex:
    """Places by id. With a `path` they are kept there (a SQLite file) and are there again the next time.

    What `add`, `move` and `remove` did is on disk when they return; `add_many` writes all or nothing. An
    index is for one thread. Of several places at one distance (to a micrometre) those come first that were
    added first.
    """

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        self._kept = sqlite3.connect(path if path is not None else ":memory:", isolation_level=None)
        self._kept.execute(_TABLE)
        self._slots: dict[Id, int] = {}
        self._places: dict[int, Place] = {}
        self._trees: dict[str, Index] = {}
        self._load(self._kept.execute("SELECT slot, id, kind, lon, lat FROM places ORDER BY slot").fetchall())

    def __enter__(self) -> "PlaceIndex":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the index answers no more."""
        self._kept.close()

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, place_id: object) -> bool:
        return place_id in self._slots

    def __iter__(self) -> Iterator[Place]:
        """Every place, in the order in which they were added."""
        return iter(list(self._places.values()))

    def __getitem__(self, place_id: Id) -> Place:
        """The place of an id; raises NoSuchNode."""
        return self._places[self._slot(place_id)]

    def add(self, place_id: Id, lon: float, lat: float, kind: str = KIND) -> None:
        """Add a place; raises BadChoice where the id is there already, BadCoordinate for no position."""
        self.add_many([place_id], [(lon, lat)], [kind])

    def add_many(self, ids: Sequence[Id], lonlat: npt.ArrayLike, kinds: Sequence[str] | None = None) -> None:
        """Add places: (n,) ids, (n, 2) degrees, (n,) kinds. All of them, or none where one is refused."""
        points = checked(lonlat)
        named = list(ids)
        told = [KIND] * len(points) if kinds is None else list(kinds)
        if not len(named) == len(points) == len(told):
            raise BadChoice(f"{len(named)} ids, {len(points)} positions and {len(told)} kinds do not fit.")
        self._check_new(named)
        first = max(self._places, default=0) + 1
        rows = [
            (slot, place_id, str(kind), float(lon), float(lat))
            for slot, place_id, kind, (lon, lat) in zip(
                range(first, first + len(named)), named, told, points.tolist(), strict=True
            )
        ]
        self._kept.execute("BEGIN")
        self._kept.executemany("INSERT INTO places VALUES (?, ?, ?, ?, ?)", rows)
        self._kept.execute("COMMIT")
        self._load(rows)

    def move(self, place_id: Id, lon: float, lat: float) -> None:
        """Give a place another position; raises NoSuchNode, BadCoordinate."""
        ((lon, lat),) = checked([(lon, lat)]).tolist()
        slot = self._slot(place_id)
        before = self._places[slot]
        self._kept.execute("UPDATE places SET lon = ?, lat = ? WHERE slot = ?", (lon, lat, slot))
        self._trees[before.kind].delete(slot, _box(before.lon, before.lat))
        self._trees[before.kind].insert(slot, _box(lon, lat))
        self._places[slot] = Place(before.id, before.kind, lon, lat)

    def remove(self, place_id: Id) -> None:
        """Take a place out; raises NoSuchNode."""
        slot = self._slot(place_id)
        self._kept.execute("DELETE FROM places WHERE slot = ?", (slot,))
        gone = self._places.pop(slot)
        del self._slots[gone.id]
        self._trees[gone.kind].delete(slot, _box(gone.lon, gone.lat))

    def nearest(self, lon: float, lat: float, k: int = 1, kind: str | None = None) -> list[Near]:
        """The `k` places nearest to a position, of one kind if it is given, nearest first.

        Fewer where there are fewer. Raises BadChoice for a k below 1, BadCoordinate for no position.
        """
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise BadChoice(f"k must be a whole number from 1, not {k!r}.")
        here = in_space(checked([(lon, lat)]))[0]
        found: set[int] = set()
        for tree in self._asked(kind):
            found.update(tree.nearest((*here, *here), k))
        if len(found) > k:  # enough: whatever may be nearer than the k-th of these counts too
            chords = np.sort([np.linalg.norm(here - in_space(self._lonlat([slot]))[0]) for slot in found])
            return self._near(lon, lat, float(longest(chords[k - 1 : k])[0]), kind)[:k]
        if len(found) == k:
            farthest = max(each.metres for each in self._measured(lon, lat, sorted(found)))
            return self._near(lon, lat, farthest + SAME, kind)[:k]
        return self._measured(lon, lat, sorted(found))

    def within(self, lon: float, lat: float, metres: float, kind: str | None = None) -> list[Near]:
        """The places at most so many metres from a position, of one kind if it is given, nearest first.

        Raises BadChoice for a distance that is not a finite number from 0, BadCoordinate for no position.
        """
        if not (math.isfinite(metres) and metres >= 0):
            raise BadChoice(f"A distance must be a finite number of metres from 0, not {metres!r}.")
        checked([(lon, lat)])
        return [each for each in self._near(lon, lat, metres, kind) if each.metres <= metres]

    def bbox(
        self, west: float, south: float, east: float, north: float, kind: str | None = None
    ) -> list[Place]:
        """The places in a box of degrees, its edges included, in the order in which they were added.

        A box whose west exceeds its east crosses the antimeridian. Raises BadCoordinate.
        """
        checked([(west, south), (east, north)])
        if south > north:
            raise BadCoordinate(f"The box ends in the south ({north:g}) of where it begins ({south:g}).")
        box = _patch(west, south, east, north)
        slots = sorted({slot for tree in self._asked(kind) for slot in tree.intersection(box)})
        across = west > east
        return [
            place
            for place in map(self._places.__getitem__, slots)
            if south <= place.lat <= north
            and ((place.lon >= west or place.lon <= east) if across else west <= place.lon <= east)
        ]

    def _near(self, lon: float, lat: float, metres: float, kind: str | None) -> list[Near]:
        """Everybody whose chord could be so short, nearest first, and maybe some who are farther."""
        here = in_space(np.array([(lon, lat)]))[0]
        reach = min(metres, 2 * WGS84.a) + SAME
        box = (*(here - reach), *(here + reach))
        slots = sorted({slot for tree in self._asked(kind) for slot in tree.intersection(box)})
        return self._measured(lon, lat, slots)

    def _measured(self, lon: float, lat: float, slots: Sequence[int]) -> list[Near]:
        there = self._lonlat(slots)
        metres = metres_between(np.broadcast_to([float(lon), float(lat)], there.shape), there)
        order = np.lexsort((np.asarray(slots), np.round(metres / SAME)))
        return [Near(self._places[slots[each]], float(metres[each])) for each in order]

    def _lonlat(self, slots: Sequence[int]) -> Floats:
        where = [(self._places[slot].lon, self._places[slot].lat) for slot in slots]
        return np.array(where, dtype=float).reshape(-1, 2)

    def _asked(self, kind: str | None) -> Iterable[Index]:
        if kind is None:
            return self._trees.values()
        return [self._trees[kind]] if kind in self._trees else []

    def _slot(self, place_id: Id) -> int:
        try:
            return self._slots[place_id]
        except KeyError:
            raise NoSuchNode(f"There is no place {place_id!r} in this index.") from None

    def _check_new(self, ids: Sequence[Id]) -> None:
        seen = set()
        for each in ids:
            if isinstance(each, bool) or not isinstance(each, (str, int)):
                raise BadChoice(f"An id must be a text or a whole number, not {each!r}.")
            if each in self._slots or each in seen:
                raise BadChoice(f"The id {each!r} is in the index already.")
            seen.add(each)

    def _load(self, rows: Sequence[tuple[int, Id, str, float, float]]) -> None:
        by_kind: dict[str, list[tuple[int, Id, str, float, float]]] = {}
        for row in rows:
            slot, place_id, kind, lon, lat = row
            self._slots[place_id] = slot
            self._places[slot] = Place(place_id, kind, lon, lat)
            by_kind.setdefault(kind, []).append(row)
        for kind, members in by_kind.items():
            self._plant(kind, members)

    def _plant(self, kind: str, rows: Sequence[tuple[int, Id, str, float, float]]) -> None:
        """Put rows into the tree of their kind: a new one is packed from all at once, which is faster."""
        space = in_space(np.array([(lon, lat) for *_, lon, lat in rows]))
        if kind in self._trees:
            for row, point in zip(rows, space.tolist(), strict=True):
                self._trees[kind].insert(row[0], (*point, *point))
            return
        slots = np.array([row[0] for row in rows], dtype=np.int64)
        settings: dict[str, Any] = {"properties": Property(dimension=3), "interleaved": True}
        self._trees[kind] = Index((slots, space, space), **settings)


def _box(lon: float, lat: float) -> tuple[float, ...]:
    point = in_space(np.array([(lon, lat)]))[0].tolist()
    return (*point, *point)


def _patch(west: float, south: float, east: float, north: float) -> tuple[float, ...]:
    """The box in space around a box of degrees: what distance from the axis and direction can be there."""
    east += 360.0 if west > east else 0.0
    turns = [turn for turn in range(-180, 541, 90) if west < turn < east]
    latitudes = [south, north, *([0.0] if south < 0 < north else [])]
    corners = in_space(np.array([(lon, lat) for lon in (west, east, *turns) for lat in latitudes]))
    return (*(corners.min(axis=0) - SAME), *(corners.max(axis=0) + SAME))
