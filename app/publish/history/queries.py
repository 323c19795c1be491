"""The questions about the versions of a place; each takes a connection and gives typed rows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.places.versions import Key
from app.statements import rows
from app.tables.places import VISIBLE

COLUMNS = (
    "city_id, id, revision, moderation, kind, status, title, summary, language, translations, address,"
    " website, accuracy_m, valid, author, note, blur_m, source, batch_id, recorded_at, geom"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """The place whose history it is. `blurred`: a version of it has a public position near the true one."""

    id: UUID
    revision: int
    moderation: str
    merged_into: UUID | None
    confirmed_at: datetime | None
    blurred: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it was public. `geometry` and `exact` are GeoJSON; `exact` only where it is another one.

    `left`: its author has no account any more. `imported`: by a file, not by a person.
    """

    revision: int
    kind: str
    status: str
    title: str | None
    summary: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    address: str | None
    website: str | None
    accuracy_m: float | None
    valid_from: datetime | None
    valid_to: datetime | None
    author: UUID | None
    name: str | None
    left: bool
    note: str | None
    blur_m: float | None
    source: str
    imported: bool
    recorded_at: datetime
    geometry: str
    exact: str | None


def subject(db: Connection, key: Key) -> Subject | None:
    """The place, public or not; None where there is none."""
    sql = """SELECT id, revision, moderation, merged_into, confirmed_at,
            EXISTS (SELECT FROM place_exact WHERE city_id = %(city)s AND id = %(id)s) AS blurred
        FROM places WHERE city_id = %(city)s AND id = %(id)s"""
    found = rows(db, Subject, sql, {"city": key[0], "id": key[1]})
    return found[0] if found else None


def public_versions(db: Connection, key: Key, newest: int, limit: int) -> list[Version]:
    """The versions up to `newest` that the public could see, the newest first; at most `limit`.

    A superseded version was public if its place was when it was superseded; so the current one of a place
    that is hidden now was not shown to the public for long enough to tell, and is left out.
    """
    sql = f"""SELECT v.revision, v.kind, v.status, v.title, v.summary, v.language, v.translations, v.address,
            v.website, v.accuracy_m, lower(v.valid) AS valid_from, upper(v.valid) AS valid_to, v.author,
            p.name, v.author IS NOT NULL AND p.id IS NULL AS left, v.note, v.blur_m, v.source,
            v.author IS NULL AND (v.batch_id IS NOT NULL OR v.source NOT LIKE 'Cortile, %%') AS imported,
            v.recorded_at, ST_AsGeoJSON(v.geom, 7) AS geometry, ST_AsGeoJSON(e.geom, 7) AS exact
        FROM (
            SELECT {COLUMNS} FROM places WHERE city_id = %(city)s AND id = %(id)s AND {VISIBLE}
            UNION ALL
            SELECT {COLUMNS} FROM place_revisions WHERE city_id = %(city)s AND id = %(id)s AND {VISIBLE}
        ) AS v
        LEFT JOIN place_exact e ON e.city_id = %(city)s AND e.id = v.id AND e.revision = v.revision
        LEFT JOIN people p ON p.id = v.author
        WHERE v.revision <= %(newest)s ORDER BY v.revision DESC LIMIT %(limit)s"""
    values = {"city": key[0], "id": key[1], "newest": newest, "limit": limit}
    return rows(db, Version, sql, values)
