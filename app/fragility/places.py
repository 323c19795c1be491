"""Which places stand in some areas of a layer, page by page: area by area, in each by kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.cql.form import Form
from app.cql.properties import Property, Type
from app.errors import BadParameter
from app.places.queries import SHOWN, feature_sql
from app.statements import row_of_bytes, rows
from app.tables.places import VISIBLE

AREA = Property("area", Type.TEXT, "area", {"en": "Code of its area", "it": "Codice della sua zona"})
WITH_AREA = Form(properties=(*SHOWN, AREA))


@dataclass(frozen=True, slots=True)
class Members:
    """The places of some areas of a layer, of these kinds and statuses; of all where none is named.

    `codes` in the order in which the areas are wanted.
    """

    city_id: int
    layer: str
    codes: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """What the SQL of `filters` asks for."""
        return {
            "city": self.city_id,
            "layer": self.layer,
            "codes": list(self.codes),
            "kinds": list(self.kinds),
            "statuses": list(self.statuses),
        }

    @property
    def filters(self) -> str:
        """The conditions on kind and status, as SQL over `place_areas` or `area_counts`."""
        said = ["kind = ANY(%(kinds)s)"] if self.kinds else []
        return " AND ".join([*said, *(["status = ANY(%(statuses)s)"] if self.statuses else [])]) or "true"


@dataclass(frozen=True, slots=True)
class After:
    """The last place of a page: its kind, its id, and the code of its area."""

    kind: str
    id: UUID
    code: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.id.hex}.{self.code}"


def after(words: str | None) -> After | None:
    """Read where the page before ended, as its `next` link wrote it; raises BadParameter."""
    if words is None:
        return None
    kind, _, rest = words.partition(".")
    key, dot, code = rest.partition(".")
    try:
        found = After(kind, UUID(hex=key), code)
    except ValueError:
        found = None
    if found is None or not dot or "\0" in words:
        raise BadParameter("after", "is not a place in this list; follow the “next” link of the page before.")
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """Features with their `area`, separated by commas; how many, how many in all, where the next begins."""

    features: bytes
    count: int
    matched: int
    after: After | None


@dataclass(frozen=True, slots=True)
class _Sum:
    code: str
    places: int


def places_of(db: Connection, members: Members, begin: After | None, limit: int) -> Page:
    """The next `limit` places after `begin`; raises BadParameter where that is in none of the areas."""
    there = counted(db, members)
    matched = sum(there.values())
    codes = _from(members.codes, begin)
    values = members.values | {"codes": _enough(codes, there, limit), "limit": limit}
    values |= {"after_kind": begin.kind if begin else "", "after_id": begin.id if begin else UUID(int=0)}
    body, count, found, kind, last, code = row_of_bytes(db, _page(members.filters), values)
    return Page(body, count, matched, After(kind, last, code) if found > limit else None)


def counted(db: Connection, members: Members) -> dict[str, int]:
    """How many of them stand in each of the areas, by code; of areas with none there is nothing."""
    sql = f"""SELECT code, sum(places)::bigint AS places FROM area_counts
        WHERE city_id = %(city)s AND layer = %(layer)s AND code = ANY(%(codes)s) AND {members.filters}
        GROUP BY code"""
    return {each.code: each.places for each in rows(db, _Sum, sql, members.values)}


def _from(codes: Sequence[str], begin: After | None) -> Sequence[str]:
    if begin is None:
        return codes
    if begin.code not in codes:
        raise BadParameter("after", "is not a place in this list; follow the “next” link of the page before.")
    return codes[codes.index(begin.code) :]


def _enough(codes: Sequence[str], there: dict[str, int], limit: int) -> list[str]:
    """The first of the codes whose places, those of the very first one apart, fill a page and one more."""
    found, filled = [], 0
    for number, code in enumerate(codes):
        found.append(code)
        filled += there.get(code, 0) if number else 0
        if filled > limit:
            break
    return found


# Whoever hides a place keeps `place_areas` right; one that somebody hid by hand must not be told either.
@lru_cache(maxsize=4)
def _page(filters: str) -> str:
    return f"""WITH wanted AS (SELECT code, number FROM unnest(%(codes)s::text[]) WITH ORDINALITY
            AS c (code, number)),
        page AS MATERIALIZED (SELECT wanted.number, wanted.code AS area, m.kind AS group_kind, m.id AS place
            FROM wanted CROSS JOIN LATERAL (SELECT kind, id FROM place_areas
                WHERE city_id = %(city)s AND layer = %(layer)s AND place_areas.code = wanted.code
                    AND {filters}
                    AND (wanted.number > 1 OR (kind, id) > (%(after_kind)s, %(after_id)s::uuid))
                ORDER BY kind, id LIMIT %(limit)s + 1) AS m
            ORDER BY number, group_kind, place LIMIT %(limit)s + 1),
        kept AS MATERIALIZED (SELECT page.*, places.* FROM page
            JOIN places ON places.city_id = %(city)s AND places.id = page.place
            ORDER BY number, group_kind, place LIMIT %(limit)s)
        SELECT coalesce(string_agg({feature_sql(WITH_AREA)}, ',' ORDER BY number, kind, id)
                FILTER (WHERE {VISIBLE}), ''), count(*) FILTER (WHERE {VISIBLE}),
            (SELECT count(*) FROM page), (array_agg(kind ORDER BY number, kind, id))[count(*)],
            (array_agg(id ORDER BY number, kind, id))[count(*)],
            (array_agg(area ORDER BY number, kind, id))[count(*)]
        FROM kept"""
