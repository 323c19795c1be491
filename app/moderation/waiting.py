"""The queue: what waits, oldest first, from every table in which something can wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection

from app.statements import rows

PAGE = 25
EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anything waited."""
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Arm:
    """Where one sort of thing waits: its table, how it comes to its place `p`, and the columns told of it."""

    sort: str
    tables: str
    waits: str
    id: str
    since: str
    person: str
    detail: str
    picture: str = "NULL::int"


ARMS = (
    Arm(
        "place",
        "places p",
        "p.city_id = %(city)s AND p.moderation = 'held'",
        "p.id",
        "p.recorded_at",
        "p.author",
        "p.summary",
    ),
    Arm(
        "change",
        "place_changes x JOIN places p ON p.city_id = %(city)s AND p.id = x.place_id",
        "x.city_id = %(city)s AND x.state = 'waiting'",
        "x.id",
        "x.made_at",
        "x.author",
        "x.content ->> 'note'",
    ),
    Arm(
        "photo",
        "place_photos x JOIN places p ON p.city_id = %(city)s AND p.id = x.place_id",
        "x.city_id = %(city)s AND x.state = 'held'",
        "x.id",
        "x.added_at",
        "x.author",
        "x.alt",
        "x.version",
    ),
    Arm(
        "report",
        "reports x JOIN places p ON p.city_id = %(city)s AND p.id = x.place_id",
        "x.city_id = %(city)s AND x.state = 'waiting'",
        "x.id",
        "x.made_at",
        "x.person_id",
        "x.reason",
    ),
    Arm(
        "claim",
        "claims x JOIN places p ON p.city_id = %(city)s AND p.id = x.place_id",
        "x.city_id = %(city)s AND x.state = 'waiting'",
        "x.id",
        "x.made_at",
        "x.person_id",
        "x.organisation",
    ),
    Arm(
        "appeal",
        """appeals x JOIN decisions d ON d.city_id = %(city)s AND d.id = x.decision_id
            LEFT JOIN places p ON p.city_id = %(city)s AND p.id = d.place_id""",
        "x.city_id = %(city)s AND x.state = 'waiting'",
        "x.id",
        "x.made_at",
        "x.person_id",
        "x.words",
    ),
)
QUEUED = tuple(arm.sort for arm in ARMS)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a moderator wants to see: sorts and kinds (none: all), since before when, and after which."""

    sorts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    before: datetime | None = None
    after: tuple[datetime, UUID] = (EVER, FIRST)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: what, since when, who asks (`accepted` of their places are public), its place.

    `picture` is the version of the pictures of a photo.
    """

    sort: str
    id: UUID
    since: datetime
    person: UUID | None
    name: str | None
    accepted: int
    detail: str | None
    place_id: UUID | None
    title: str | None
    kind: str | None
    status: str | None
    language: str | None
    translations: dict[str, dict[str, str]] | None
    picture: int | None


def waiting(db: Connection, city_id: int, wish: Wish, now: datetime) -> list[Waiting]:
    """The next things that wait, one more than a page: it says that there are more."""
    arms = [_listed(arm) for arm in ARMS if not wish.sorts or arm.sort in wish.sorts]
    sql = f"""SELECT w.*, people.name, (SELECT count(*) FROM (
                SELECT FROM places a WHERE a.city_id = %(city)s AND a.author = w.person
                    AND a.moderation = 'published' LIMIT 100) AS public) AS accepted
        FROM ({" UNION ALL ".join(arms)}) AS w LEFT JOIN people ON people.id = w.person
        ORDER BY w.since, w.id LIMIT %(limit)s"""
    values = {
        "city": city_id,
        "kinds": list(wish.kinds),
        "before": wish.before or now,
        "since": wish.after[0],
        "id": wish.after[1],
        "limit": PAGE + 1,
    }
    return rows(db, Waiting, sql, values)


def _listed(arm: Arm) -> str:
    return f"""(SELECT '{arm.sort}' AS sort, {arm.id} AS id, {arm.since} AS since, {arm.person} AS person,
            {arm.detail} AS detail, p.id AS place_id, p.title, p.kind, p.status, p.language, p.translations,
            {arm.picture} AS picture
        FROM {arm.tables} WHERE {arm.waits} AND ({arm.since}, {arm.id}) > (%(since)s, %(id)s)
            AND {arm.since} <= %(before)s
            AND (cardinality(%(kinds)s::text[]) = 0 OR p.kind = ANY(%(kinds)s::text[]))
        ORDER BY {arm.since}, {arm.id} LIMIT %(limit)s)"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a sort wait, and since when the oldest does."""

    sort: str
    waiting: int
    since: datetime | None


def counts(db: Connection, city_id: int) -> list[Count]:
    """How many of each sort wait."""
    arms = [
        f"SELECT '{arm.sort}' AS sort, count(*) AS waiting, min({arm.since}) AS since"
        f" FROM {arm.tables} WHERE {arm.waits}"
        for arm in ARMS
    ]
    return rows(db, Count, " UNION ALL ".join(arms), {"city": city_id})


def oldest(counted: Sequence[Count]) -> datetime | None:
    """Since when the oldest of all waits."""
    return min((count.since for count in counted if count.since), default=None)
