"""Which places of some areas are far from every house: by distance, or on foot."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from app.cql.form import Form
from app.cql.properties import Condition
from app.errors import BadParameter
from app.fragility.overlay import houses
from app.fragility.places import AREA, Members, counted
from app.network import gaps as on_foot
from app.network.queries import METRES, NEAREST
from app.params import Cursor
from app.places.assigning import copied
from app.places.queries import SHOWN, feature_sql
from app.places.selection import Selection
from app.statements import row_of_bytes, rows
from app.tables.places import VISIBLE
from geo.proximity import SAME, Floats, nearest_of

MOST_MEASURED = 200_000
"""So many places are measured for one answer at the most: half a second, and a hundred megabytes."""
FORM = Form(properties=(*SHOWN, AREA, METRES, NEAREST))


@dataclass(frozen=True, slots=True)
class Mark:
    """The last place of a page: how far it is from its house, in micrometres, and its id."""

    micrometres: int
    id: UUID

    def __str__(self) -> str:
        return f"{self.micrometres}.{self.id.hex}"


def mark(words: str | None) -> Mark | None:
    """Read where the page before ended, as its `next` link wrote it; raises BadParameter."""
    if words is None:
        return None
    far, _, key = words.partition(".")
    try:
        return Mark(int(far[:20]), UUID(hex=key))
    except ValueError:
        raise BadParameter(
            "after", "is not a place in this list; follow the “next” link of the page before."
        ) from None


@dataclass(frozen=True, slots=True)
class Far:
    """Features with their `area`, separated by commas; how many, and where the next page begins.

    `matched`: how many there are in all, where that is known; `houses`: how many houses there are; `among`:
    of how many places that were asked for, near or far.
    """

    features: bytes
    count: int
    after: Mark | Cursor | None
    matched: int | None = None
    houses: int | None = None
    among: int = 0


def far_of(db: Connection, members: Members, metres: float, begin: Mark | None, limit: int) -> Far:
    """The places with no house within so many metres, from pin to pin, the farthest first.

    The members must be of kinds that are named, houses not among them. Each says its `area`, its `nearest`
    house and the `metres` to it. In a city without a house every place is far, in the order of their ids.
    Raises BadParameter where more of them stand there than are measured for one answer.
    """
    among = sum(counted(db, members).values())
    _check(among)
    there = houses(db, members.city_id)
    ids, codes, lonlat = _members(db, members)
    if there and len(ids):
        which, apart = nearest_of(lonlat, np.array([(house.lon, house.lat) for house in there]))
    else:
        which, apart = np.zeros(len(ids), dtype=np.int64), np.full(len(ids), np.inf)
    ticks = np.where(np.isfinite(apart), np.round(apart / SAME), -1).astype(np.int64)
    far = np.flatnonzero(apart > metres)
    matched = len(far)
    if begin is not None:
        last_id = str(begin.id)
        beyond = (ticks[far] < begin.micrometres) | ((ticks[far] == begin.micrometres) & (ids[far] > last_id))
        far = far[beyond]
    far = far[np.argsort(-ticks[far], kind="stable")]
    page = far[:limit].tolist()
    told = [
        _Told(
            UUID(ids[each]),
            str(codes[each]),
            float(apart[each]) if there else None,
            there[which[each]].id if there else None,
        )
        for each in page
    ]
    last = Mark(int(ticks[page[-1]]), UUID(ids[page[-1]])) if len(far) > limit else None
    return Far(_features(db, members.city_id, told), len(page), last, matched, len(there), among)


def _check(places: int) -> None:
    if places > MOST_MEASURED:
        raise BadParameter(
            "kind",
            "%(places)s places stand in these areas; %(most)s are measured at the most: ask for fewer kinds,"
            " fewer areas, or a status.",
            places=places,
            most=MOST_MEASURED,
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """A place, the code of its area, and the house that is nearest to it."""

    id: UUID
    code: str
    metres: float | None
    house: UUID | None


def _members(db: Connection, members: Members) -> tuple[Any, Any, Floats]:
    """The ids, by which they are sorted, the codes of the areas and the pins of the members, in numpy."""
    filters = members.filters.replace("%(kinds)s", ":kinds").replace("%(statuses)s", ":statuses")
    sql = f"""SELECT id, code, lon, lat FROM place_areas
        WHERE city_id = :city AND layer = :layer AND code = ANY(:codes) AND {filters} ORDER BY id"""
    found = copied(db, sql, members.values, "id, code, lon, lat")
    lonlat = [found[name].cast("float64").to_numpy() for name in ("lon", "lat")]
    ids, codes = (found[name].to_numpy().astype(str) for name in ("id", "code"))
    return ids, codes, np.column_stack(lonlat)


def _features(db: Connection, city_id: int, told: list[_Told]) -> bytes:
    values: dict[str, Any] = {
        "city": city_id,
        "ids": [each.id for each in told],
        "areas": [each.code for each in told],
        "metres": [each.metres for each in told],
        "houses": [each.house for each in told],
    }
    sql = f"""WITH told AS MATERIALIZED (SELECT t.area, t.metres, t.nearest, t.number, p.*
            FROM unnest(%(ids)s::uuid[], %(areas)s::text[], %(metres)s::float8[], %(houses)s::uuid[])
                WITH ORDINALITY AS t (id, area, metres, nearest, number)
            JOIN places AS p ON p.city_id = %(city)s AND p.id = t.id AND p.{VISIBLE})
        SELECT coalesce(string_agg({feature_sql(FORM)}, ',' ORDER BY number), '') FROM told"""
    body: bytes = row_of_bytes(db, sql, values)[0]
    return body


@dataclass(frozen=True, slots=True)
class _Code:
    id: UUID
    code: str


def far_on_foot(
    db: Connection, members: Members, walk: tuple[float, float], begin: Cursor | None, limit: int
) -> Far:
    """The places with no house within so many metres on foot, in the order of the map.

    `walk`: a latitude of the city, and the metres. Raises BadParameter where there are too many houses.
    """
    where = Condition(
        """id IN (SELECT f.id FROM place_areas AS f WHERE f.city_id = %(city)s AND f.layer = %(f_layer)s
            AND f.code = ANY(%(f_codes)s) AND f.kind = ANY(%(kinds)s))""",
        (("f_layer", members.layer), ("f_codes", list(members.codes))),
    )
    selection = Selection(members.city_id, members.kinds, members.statuses, after=begin, where=where)
    found = on_foot.gaps(db, selection, *walk, limit)
    features: list[dict[str, Any]] = json.loads(b"[" + found.features + b"]")
    values = members.values | {"ids": [UUID(each["id"]) for each in features]}
    sql = """SELECT id, code FROM place_areas
        WHERE city_id = %(city)s AND layer = %(layer)s AND id = ANY(%(ids)s::uuid[])"""
    codes = {str(each.id): each.code for each in rows(db, _Code, sql, values)}
    for each in features:
        each["properties"]["area"] = codes.get(each["id"])
    said = ",".join(json.dumps(each, ensure_ascii=False) for each in features)
    among = sum(counted(db, members).values())
    return Far(said.encode(), found.count, found.after, among=among)
