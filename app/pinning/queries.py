"""The questions of pinning: what is there already, what somebody did, what nobody has confirmed for long."""

from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from app.pinning.rules import KIN_M, NEAR_M, SIMILAR
from app.places.versions import Key
from app.statements import row, rows
from app.tables.contributions import WAITING
from app.tables.places import VISIBLE

MOST_ALIKE = 5
MOST_OF_MINE = 500
METRES_OF_A_DEGREE = 111_000


@dataclass(frozen=True, slots=True)
class Alike:
    """A place that may be the one that somebody is about to pin; `metres` between the two."""

    id: UUID
    kind: str
    status: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    address: str | None
    metres: float


@dataclass(frozen=True, slots=True)
class Mine:
    """A place that somebody pinned, changed or follows, and where it stands.

    `waiting` says that a change of theirs waits; `refused` that the last one, `last_change`, was refused.
    """

    id: UUID
    kind: str
    status: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    moderation: str
    merged_into: UUID | None
    recorded_at: datetime
    pinned: bool
    changed: bool
    followed: bool
    waiting: bool
    refused: bool
    last_change: UUID | None

    @property
    def decided_about(self) -> UUID | None:
        """What somebody decided against, if anybody did: the place, or the last change of it."""
        if self.moderation == "hidden":
            return self.id
        only_refused = self.moderation == "published" and self.refused and not self.waiting
        return self.last_change if only_refused else None


def alike(
    db: Connection, city_id: int, shape: BaseGeometry, kind: str, title: str | None, but: UUID | None = None
) -> list[Alike]:
    """The public places that may be the same as this one, the nearest first.

    `shape` in EPSG:4326. Filters of the reader do not count here, and every status does.
    """
    sql = f"""WITH here AS (SELECT ST_GeomFromWKB(%(wkb)s, 4326) AS shape),
        near AS (
            SELECT id, kind, status, title, language, translations, address,
                ST_Distance(geom::geography, here.shape::geography) AS metres
            FROM here JOIN places ON city_id = %(city)s AND {VISIBLE} AND id <> %(but)s
                AND geom && ST_Expand(ST_Envelope(here.shape), %(dx)s, %(dy)s)
        )
        SELECT * FROM near
        WHERE metres <= {KIN_M} AND kind = %(kind)s
            OR metres <= {NEAR_M} AND greatest(similarity(folded(title), folded(%(title)s)),
                word_similarity(folded(%(title)s), folded(title))) >= {SIMILAR}
        ORDER BY metres, id LIMIT {MOST_ALIKE}"""
    _, south, _, north = shape.bounds
    reach = KIN_M / METRES_OF_A_DEGREE
    across = reach / max(0.01, cos(radians(max(abs(south), abs(north)))))
    values = {"city": city_id, "wkb": shapely.to_wkb(shape), "kind": kind, "title": title or ""}
    return rows(db, Alike, sql, {**values, "dx": across, "dy": reach, "but": but or UUID(int=0)})


def mine(db: Connection, city_id: int, person: UUID) -> list[Mine]:
    """What somebody pinned, changed or follows, the newest first; also what the public does not see."""
    sql = f"""WITH pinned AS (
            SELECT id FROM places WHERE city_id = %(city)s AND author = %(person)s AND revision = 1
            UNION SELECT id FROM place_revisions
                WHERE city_id = %(city)s AND author = %(person)s AND revision = 1),
        changed AS (
            SELECT place_id AS id, bool_or({WAITING}) AS waiting,
                (array_agg(state ORDER BY made_at DESC))[1] = 'refused' AS refused,
                (array_agg(id ORDER BY made_at DESC))[1] AS last_change
            FROM place_changes WHERE city_id = %(city)s AND author = %(person)s GROUP BY place_id),
        followed AS (
            SELECT place_id AS id FROM place_followers
            WHERE city_id = %(city)s AND person_id = %(person)s)
        SELECT p.id, p.kind, p.status, p.title, p.language, p.translations, p.moderation, p.merged_into,
            p.recorded_at, p.id IN (SELECT id FROM pinned) AS pinned, c.id IS NOT NULL AS changed,
            p.id IN (SELECT id FROM followed) AS followed, coalesce(c.waiting, false) AS waiting,
            coalesce(c.refused, false) AS refused, c.last_change
        FROM places AS p LEFT JOIN changed AS c ON c.id = p.id
        WHERE p.city_id = %(city)s
            AND p.id IN (SELECT id FROM pinned UNION SELECT id FROM changed UNION SELECT id FROM followed)
            AND (p.{VISIBLE} OR p.id IN (SELECT id FROM pinned))
        ORDER BY p.recorded_at DESC, p.id LIMIT {MOST_OF_MINE}"""
    return rows(db, Mine, sql, {"city": city_id, "person": person})


def pinned_by(db: Connection, city_id: int, place_id: UUID) -> UUID | None:
    """Who pinned a place, public or not; None where nobody is known to have."""
    sql = """SELECT (SELECT author FROM (
            SELECT revision, author FROM places WHERE city_id = %(city)s AND id = %(id)s
            UNION ALL
            SELECT revision, author FROM place_revisions WHERE city_id = %(city)s AND id = %(id)s
        ) AS versions ORDER BY revision LIMIT 1)"""
    found: UUID | None = row(db, sql, {"city": city_id, "id": place_id})[0]
    return found


def state_of(db: Connection, city_id: int, place_id: UUID, person: UUID | None) -> str | None:
    """Whether a place is published, held or hidden; None where it is not public and somebody else's."""
    sql = f"""SELECT (SELECT moderation FROM places WHERE city_id = %(city)s AND id = %(id)s
        AND ({VISIBLE} OR author = %(person)s))"""
    found: str | None = row(db, sql, {"city": city_id, "id": place_id, "person": person})[0]
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a place: whether they follow it, and whether a change of theirs waits."""

    person: UUID | None = None
    follows: bool = False
    waits: bool = False


def standing_of(db: Connection, city_id: int, place_id: UUID, person: UUID | None) -> Standing:
    """How somebody stands to a place; nothing is asked for a visitor."""
    if person is None:
        return Standing()
    sql = f"""SELECT EXISTS (SELECT FROM place_followers
            WHERE city_id = %(city)s AND place_id = %(id)s AND person_id = %(person)s),
        EXISTS (SELECT FROM place_changes
            WHERE city_id = %(city)s AND place_id = %(id)s AND author = %(person)s AND {WAITING})"""
    follows, waits = row(db, sql, {"city": city_id, "id": place_id, "person": person})
    return Standing(person, follows, waits)


def owns(db: Connection, city_id: int, place_id: UUID, person: UUID) -> bool:
    """Whether a place is somebody's own, by a claim that was granted."""
    sql = """SELECT EXISTS (SELECT FROM place_owners
        WHERE city_id = %(city)s AND place_id = %(id)s AND person_id = %(person)s)"""
    return bool(row(db, sql, {"city": city_id, "id": place_id, "person": person})[0])


def follow(db: Connection, key: Key, person: UUID, at: datetime) -> bool:
    """Let somebody follow a public place; False where there is none. Following twice is following once."""
    sql = f"""INSERT INTO place_followers (city_id, place_id, person_id, since, told_revision)
        SELECT :city, id, :person, :at, revision FROM places WHERE city_id = :city AND id = :id AND {VISIBLE}
        ON CONFLICT (city_id, place_id, person_id) DO UPDATE SET since = place_followers.since"""
    values = {"city": key[0], "id": key[1], "person": person, "at": at}
    return db.execute(text(sql), values).rowcount == 1


def unfollow(db: Connection, key: Key, person: UUID) -> None:
    """Let somebody follow a place no longer."""
    sql = """DELETE FROM place_followers
        WHERE city_id = :city AND place_id = :id AND person_id = :person"""
    db.execute(text(sql), {"city": key[0], "id": key[1], "person": person})
