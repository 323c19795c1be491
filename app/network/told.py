"""What is told of relations on pages: to everybody, and to those whose word is asked for or was given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.network.relating import PROPOSED, Speaker
from app.places.versions import Key
from app.statements import row, rows
from app.tables.places import VISIBLE

FEW = 12
"""So many relations stand on the page of a place; all of them stand on a page of their own."""
PAGE, MOST = 50, 500


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge of a place as its page shows it: `sort` is relation or neighbour; the rest tells the other end.

    `metres`, geodesic, are told of neighbours; `relation`, `outward`, `state` and the times of relations.
    """

    sort: str
    relation: str | None
    outward: bool | None
    state: str | None
    since: datetime | None
    until: datetime | None
    note: str | None
    metres: float | None
    id: UUID
    kind: str
    status: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    lon: float
    lat: float


def around(db: Connection, city_id: int, place_id: UUID) -> list[Edge]:
    """What holds or held of a public place, at most `FEW` and one more, and its nearest neighbours."""
    other = "p.id, p.kind, p.status, p.title, p.language, p.translations, p.lon, p.lat"
    here = f"EXISTS (SELECT FROM places WHERE city_id = %(city)s AND id = %(place)s AND {VISIBLE})"
    sql = f"""(SELECT 'relation' AS sort, r.kind AS relation, r.tail = %(place)s AS outward, r.state,
            lower(r.valid) AS since, upper(r.valid) AS until, r.note, NULL::float8 AS metres, {other}
        FROM relations r JOIN places p ON p.city_id = %(city)s AND p.{VISIBLE}
            AND p.id = CASE WHEN r.tail = %(place)s THEN r.head ELSE r.tail END
        WHERE r.city_id = %(city)s AND (r.tail = %(place)s OR r.head = %(place)s)
            AND r.state IN ('confirmed', 'ended') AND {here}
        ORDER BY r.state, r.kind, outward DESC, r.proposed_at, r.id LIMIT {FEW + 1})
        UNION ALL
        (SELECT 'neighbour', NULL, NULL, NULL, NULL, NULL, NULL, kept.metres, {other}
        FROM neighbours n
            CROSS JOIN LATERAL unnest(n.heads, n.metres) WITH ORDINALITY AS kept (head, metres, rank)
            JOIN places p ON p.city_id = %(city)s AND p.id = kept.head AND p.{VISIBLE}
        WHERE n.city_id = %(city)s AND n.id = %(place)s AND {here}
        ORDER BY kept.rank)"""
    return rows(db, Edge, sql, {"city": city_id, "place": place_id})


@dataclass(frozen=True, slots=True)
class End:
    """One of the two places of a relation."""

    id: str
    kind: str
    status: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    lon: float
    lat: float
    said: bool
    own: bool
    owned: bool
    """Whether this side has agreed, whether the reader owns it, and whether anybody does."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A relation with both of its places, as a reader may know it; `mine`: the reader proposed it."""

    id: UUID
    kind: str
    state: str
    since: datetime | None
    until: datetime | None
    note: str | None
    proposed_at: datetime
    recorded_at: datetime
    mine: bool
    tail_told: dict[str, Any]
    head_told: dict[str, Any]

    @property
    def tail(self) -> End:
        """The place that is part of, hosted by, about ..."""
        return End(**self.tail_told)

    @property
    def head(self) -> End:
        """... this one."""
        return End(**self.head_told)

    def outward(self, place_id: UUID) -> bool:
        """Whether the place is the tail."""
        return bool(self.tail_told["id"] == str(place_id))

    @property
    def lacking(self) -> tuple[End, ...]:
        """The places nobody has spoken for yet."""
        return tuple(end for end in (self.tail, self.head) if not end.said)


def stated(db: Connection, key: Key, by: Speaker) -> Stated | None:
    """One relation; None where there is none that the speaker may see."""
    found = _stated(db, key[0], by, f"r.id = %(id)s AND {_SEEN}", id=key[1])
    return found[0] if found else None


def stated_of(db: Connection, key: Key, by: Speaker) -> list[Stated]:
    """The relations of a place, in every state that the speaker may see; what holds first."""
    return _stated(db, key[0], by, f"(r.tail = %(place)s OR r.head = %(place)s) AND {_SEEN}", place=key[1])


def asked_of(db: Connection, city_id: int, person: UUID) -> list[Stated]:
    """The relations that wait for somebody's word: of places that they own, and nobody has spoken for."""
    mine = "SELECT place_id FROM place_owners WHERE city_id = %(city)s AND person_id = %(person)s"
    which = f"""r.state = '{PROPOSED}'
        AND (r.tail_by IS NULL AND r.tail IN ({mine}) OR r.head_by IS NULL AND r.head IN ({mine}))"""
    return _stated(db, city_id, Speaker(person), which)


def proposed_by(db: Connection, city_id: int, person: UUID) -> list[Stated]:
    """The relations that somebody proposed, in any state."""
    return _stated(db, city_id, Speaker(person), "r.proposed_by = %(person)s")


def waiting(db: Connection, city_id: int, by: Speaker) -> list[Stated]:
    """The relations that wait in a city, the oldest first, at most a page of them."""
    return _stated(db, city_id, by, f"r.state = '{PROPOSED}'", _OLDEST, limit=PAGE)


def count_waiting(db: Connection, city_id: int) -> int:
    """How many relations between public places wait in a city."""
    sql = f"""SELECT count(*) FROM relations r
            JOIN places t ON t.city_id = %(city)s AND t.id = r.tail AND t.{VISIBLE}
            JOIN places h ON h.city_id = %(city)s AND h.id = r.head AND h.{VISIBLE}
        WHERE r.city_id = %(city)s AND r.state = '{PROPOSED}'"""
    return int(row(db, sql, {"city": city_id})[0])


def _owns(end: str, whose: str = "") -> str:
    return f"""EXISTS (SELECT FROM place_owners o
        WHERE o.city_id = %(city)s AND o.place_id = r.{end}{whose})"""


_BY = " AND o.person_id = %(person)s"
_SEEN = f"""(r.state IN ('confirmed', 'ended') OR %(settles)s OR r.proposed_by = %(person)s
    OR {_owns("tail", _BY)} OR {_owns("head", _BY)})"""


def _told(end: str) -> str:
    names = ("id", "kind", "status", "title", "language", "translations", "lon", "lat")
    told = ", ".join(f"'{name}', {end}.{name}" for name in names)
    return f"""jsonb_build_object({told}, 'said', r.{end}_by IS NOT NULL,
        'own', {_owns(end, _BY)}, 'owned', {_owns(end)}) AS {end}_told"""


_OLDEST = "r.proposed_at, r.id"
_OPEN_FIRST = f"array_position('{{proposed,confirmed,ended,refused,withdrawn}}'::text[], r.state), {_OLDEST}"


def _stated(
    db: Connection, city_id: int, by: Speaker, which: str, order: str = _OPEN_FIRST, **more: Any
) -> list[Stated]:
    sql = f"""SELECT r.id, r.kind, r.state, lower(r.valid) AS since, upper(r.valid) AS until, r.note,
            r.proposed_at, r.recorded_at, coalesce(r.proposed_by = %(person)s, false) AS mine,
            {_told("tail")}, {_told("head")}
        FROM relations r
            JOIN places tail ON tail.city_id = %(city)s AND tail.id = r.tail AND tail.{VISIBLE}
            JOIN places head ON head.city_id = %(city)s AND head.id = r.head AND head.{VISIBLE}
        WHERE r.city_id = %(city)s AND {which}
        ORDER BY {order} LIMIT %(limit)s"""
    values = {"city": city_id, "person": by.person, "settles": by.settles, "limit": MOST}
    return rows(db, Stated, sql, values | more)
