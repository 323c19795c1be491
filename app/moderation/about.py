"""What a moderator needs to know about one thing: its place, who wrote it, what is near, what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.places.versions import Key
from app.statements import rows

NEAR_M = 250


@dataclass(frozen=True, slots=True)
class Subject:
    """A place as moderators see it; `exact` is told where the public shape is another (both GeoJSON)."""

    id: UUID
    kind: str
    status: str
    moderation: str
    title: str | None
    summary: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    address: str | None
    website: str | None
    source: str
    revision: int
    recorded_at: datetime
    author: UUID | None
    author_name: str | None
    on_behalf_of: str | None
    note: str | None
    blur_m: float | None
    accuracy_m: float | None
    merged_into: UUID | None
    public: str
    exact: str | None
    reports: int


def subject(db: Connection, key: Key) -> Subject | None:
    """A place, whatever its moderation."""
    sql = """SELECT p.id, p.kind, p.status, p.moderation, p.title, p.summary, p.language, p.translations,
            p.address, p.website, p.source, p.revision, p.recorded_at, p.author, people.name AS author_name,
            p.on_behalf_of, p.note, p.blur_m, p.accuracy_m, p.merged_into,
            ST_AsGeoJSON(p.geom, 6) AS public, ST_AsGeoJSON(e.geom, 6) AS exact,
            (SELECT count(*) FROM reports r
                WHERE r.city_id = %(city)s AND r.place_id = p.id AND r.state = 'waiting') AS reports
        FROM places p LEFT JOIN people ON people.id = p.author
        LEFT JOIN place_exact e ON e.city_id = %(city)s AND e.id = p.id AND e.revision = p.revision
        WHERE p.city_id = %(city)s AND p.id = %(id)s"""
    return next(iter(rows(db, Subject, sql, {"city": key[0], "id": key[1]})), None)


@dataclass(frozen=True, slots=True)
class Near:
    """A place near another one; `alike` is how much the titles are, from 0 to 1."""

    id: UUID
    kind: str
    status: str
    moderation: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    metres: float
    alike: float
    shape: str


def near(db: Connection, key: Key) -> list[Near]:
    """Places within 250 m that could be the same one: the most alike first, hidden ones too."""
    # Degrees cut out a box that is large enough anywhere up to 60 degrees of latitude; metres decide.
    sql = f"""SELECT n.id, n.kind, n.status, n.moderation, n.title, n.language, n.translations,
            ST_Distance(n.geom::geography, p.geom::geography) AS metres,
            coalesce(similarity(folded(n.title), folded(p.title)), 0)::float8 AS alike,
            ST_AsGeoJSON(n.geom, 6) AS shape
        FROM places p JOIN places n ON n.city_id = %(city)s AND n.id <> p.id AND n.merged_into IS NULL
            AND n.geom && ST_Expand(p.geom, {NEAR_M} / 55000.0, {NEAR_M} / 110000.0)
            AND ST_DWithin(n.geom::geography, p.geom::geography, {NEAR_M})
        WHERE p.city_id = %(city)s AND p.id = %(id)s
        ORDER BY alike DESC, n.kind <> p.kind, metres, n.id LIMIT 8"""
    return rows(db, Near, sql, {"city": key[0], "id": key[1]})


@dataclass(frozen=True, slots=True)
class Record:
    """What somebody has contributed to the city before."""

    public: int
    held: int
    hidden: int
    changes: int
    refused: int


def record(db: Connection, city_id: int, person: UUID | None) -> Record | None:
    """A person's earlier contributions, counted; None for a visitor."""
    if person is None:
        return None
    sql = """SELECT count(*) FILTER (WHERE moderation = 'published') AS public,
            count(*) FILTER (WHERE moderation = 'held') AS held,
            count(*) FILTER (WHERE moderation = 'hidden') AS hidden,
            (SELECT count(*) FROM place_changes c
                WHERE c.city_id = %(city)s AND c.author = %(person)s AND c.state = 'approved') AS changes,
            (SELECT count(*) FROM place_changes c
                WHERE c.city_id = %(city)s AND c.author = %(person)s AND c.state = 'refused') AS refused
        FROM places WHERE city_id = %(city)s AND author = %(person)s"""
    return rows(db, Record, sql, {"city": city_id, "person": person})[0]


@dataclass(frozen=True, slots=True)
class Request:
    """A report, a claim or an appeal, with what was written."""

    id: UUID
    state: str
    made_at: datetime
    place_id: UUID | None
    person: UUID | None
    name: str | None
    reason: str | None
    words: str | None
    email: str | None
    decision_id: UUID | None


REQUESTS = {
    "photo": """x.added_at AS made_at, x.alt AS words, x.place_id, x.author AS person, NULL::text AS reason,
            NULL::text AS email, NULL::uuid AS decision_id
        FROM place_photos x LEFT JOIN people ON people.id = x.author""",
    "report": """x.made_at, x.words, x.place_id, x.person_id AS person, x.reason, x.email,
            NULL::uuid AS decision_id
        FROM reports x LEFT JOIN people ON people.id = x.person_id""",
    "claim": """x.made_at, x.words, x.place_id, x.person_id AS person, x.organisation AS reason,
            people.email, NULL::uuid AS decision_id
        FROM claims x LEFT JOIN people ON people.id = x.person_id""",
    "appeal": """x.made_at, x.words, d.place_id, x.person_id AS person, NULL::text AS reason,
            NULL::text AS email, x.decision_id
        FROM appeals x JOIN decisions d ON d.city_id = %(city)s AND d.id = x.decision_id
            LEFT JOIN people ON people.id = x.person_id""",
}


def request(db: Connection, city_id: int, sort: str, key: UUID) -> Request | None:
    """What somebody asked for, or a photo; of a claim `reason` is the organisation."""
    sql = f"""SELECT x.id, x.state, people.name, {REQUESTS[sort]}
        WHERE x.city_id = %(city)s AND x.id = %(id)s"""
    return next(iter(rows(db, Request, sql, {"city": city_id, "id": key})), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change as it was proposed; `shape` is GeoJSON, exact."""

    id: UUID
    place_id: UUID
    state: str
    base_revision: int
    content: dict[str, Any]
    shape: str
    made_at: datetime
    author: UUID | None
    author_name: str | None


def proposal(db: Connection, city_id: int, change_id: UUID) -> Proposal | None:
    """A proposed change, waiting or decided about."""
    sql = """SELECT c.id, c.place_id, c.state, c.base_revision, c.content, ST_AsGeoJSON(c.geom, 6) AS shape,
            c.made_at, c.author, people.name AS author_name
        FROM place_changes c LEFT JOIN people ON people.id = c.author
        WHERE c.city_id = %(city)s AND c.id = %(id)s"""
    return next(iter(rows(db, Proposal, sql, {"city": city_id, "id": change_id})), None)
