"""All lists of neighbours of a city at once: read by COPY, found in numpy, written by COPY.

Positions come and lists go in PostgreSQL's binary form, whose rows have one length here, so that an array of
numpy is the file. Never commits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
import numpy.typing as npt
from psycopg import sql
from sqlalchemy import Connection, text

from app.places.neighbours import EVERYWHERE, K, State, build_alone, hold, look_at, renew, set_state, state_of
from app.progress import Silent, Watcher
from app.statements import row
from app.tables.network import KEPT, STALE
from app.tables.places import VISIBLE
from geo.curve import encode
from geo.proximity import SAME, Floats, Neighbourhood, in_space

MOST_AT_ONCE = 1_000
"""More written places than this, and a whole list is cheaper, or a graph that says that it is stale."""
SMALL = 20_000
"""A city of so many public places is done anew in about a second."""
BLOCK = 20_000
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_UUID, _FLOAT = 2950, 701
"""The numbers by which PostgreSQL knows the types of the members of an array."""
_POINT_Z = 0xA0000001  # a point, with a third axis and the number of its reference system


@dataclass(frozen=True, slots=True)
class Positions:
    """Public places in the order of their ids: `ids` (n,) of 16 bytes, `lonlat` (n, 2) degrees."""

    ids: npt.NDArray[np.void]
    lonlat: Floats


def written(db: Connection, city_id: int, which: str, values: dict[str, object]) -> list[UUID]:
    """The ids of the places of a condition; of very many, one more than `MOST_AT_ONCE`."""
    sql_text = f"SELECT id FROM places WHERE city_id = :city AND ({which}) LIMIT {MOST_AT_ONCE + 1}"
    return list(db.scalars(text(sql_text), {"city": city_id, **values}))


def renew_many(db: Connection, city_id: int, place_ids: set[UUID], at: datetime) -> None:
    """Bring lists up to date after an import: the places' own, all of a small city, or none, and say so."""
    if len(place_ids) <= MOST_AT_ONCE:
        renew(db, city_id, sorted(place_ids))
        return
    hold(db, city_id)
    counted = f"SELECT FROM places WHERE city_id = %(city)s AND {VISIBLE} LIMIT {SMALL + 1}"
    there = row(db, f"SELECT count(*) FROM ({counted}) AS counted", {"city": city_id})[0]
    if there <= SMALL and build_alone(db, city_id):
        rebuild(db, city_id)
        set_state(db, city_id, State(KEPT, at))
    elif state_of(db, city_id).state != STALE:
        set_state(db, city_id, State(STALE, at))


def rebuild(db: Connection, city_id: int, watch: Watcher | None = None) -> int:
    """Make every list of a city anew; gives how many there are. Whoever does must `build_alone`."""
    told = watch or Silent()
    told.stage("Reading where the places are")
    there = positions(db, city_id)
    told.stage(f"Finding the {K} nearest of {len(there.ids):,} places")
    heads, metres = Neighbourhood(there.lonlat).nearest(K)
    told.stage("Writing their lists", len(there.ids))
    db.execute(text("DELETE FROM neighbours WHERE city_id = :city"), {"city": city_id})
    _put(db, _encoded(city_id, there, heads, metres), told)
    return len(there.ids)


def catch_up(db: Connection, city_id: int, seen: set[UUID]) -> int:
    """Look at the places noted while lists were built, but for the marks `seen`, which it adds to."""
    noted = db.execute(
        text("SELECT mark, id FROM neighbour_changes WHERE city_id = :city"), {"city": city_id}
    ).all()
    new = [each for each in noted if each.mark not in seen]
    look_at(db, city_id, sorted({each.id for each in new}))
    seen.update(each.mark for each in new)
    return len(new)


def positions(db: Connection, city_id: int) -> Positions:
    """Where the public places of a city stand."""
    statement = sql.SQL(
        "COPY (SELECT id, lon, lat FROM places WHERE city_id = {} AND {} ORDER BY id)"
        " TO STDOUT (FORMAT binary)"
    ).format(sql.Literal(city_id), sql.SQL(VISIBLE))
    connection = db.connection.driver_connection
    assert connection is not None
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        data = b"".join(copy)
    row_type = np.dtype(
        [
            ("fields", ">i2"),
            ("a", ">i4"),
            ("id", "V16"),
            ("b", ">i4"),
            ("lon", ">f8"),
            ("c", ">i4"),
            ("lat", ">f8"),
        ]
    )
    found = np.frombuffer(data[len(_SIGNATURE) : -len(_END)], row_type)
    lonlat = np.column_stack([found["lon"], found["lat"]]).astype(float)
    return Positions(found["id"].copy(), lonlat)


def _put(db: Connection, blocks: Iterator[npt.NDArray[np.void]], told: Watcher) -> None:
    names = "city_id, id, lon, lat, pin, reach, heads, metres"
    connection = db.connection.driver_connection
    assert connection is not None
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY neighbours ({names}) FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(_SIGNATURE)
        for block in blocks:
            copy.write(block.tobytes())
            told.advance(len(block))
        copy.write(_END)


def _encoded(
    city_id: int, there: Positions, heads: npt.NDArray[np.int64], metres: Floats
) -> Iterator[npt.NDArray[np.void]]:
    """The rows of the table as COPY takes them, near ones near each other, block by block."""
    k = heads.shape[1]
    rounded = np.round(metres / SAME) / (1 / SAME)
    full = rounded[:, -1] + 2 * SAME if k == K else np.full(len(heads), EVERYWHERE)
    pins = in_space(there.lonlat)
    order = np.argsort(encode(*there.lonlat.T), kind="stable")
    for first in range(0, len(heads), BLOCK):
        part = order[first : first + BLOCK]
        block = np.zeros(len(part), _row_type(k))
        fixed = {"fields": 8, "city": city_id, "order": 1, "shape": _POINT_Z, "srid": 4978}
        for name, value in fixed.items():
            block[name] = value
        values = {"id": there.ids[part], "lon": there.lonlat[part, 0], "lat": there.lonlat[part, 1]}
        values |= {"pin": pins[part], "reach": full[part]}
        for name, column in values.items():
            block[name] = column
        _fill(block["heads"], (_UUID, 16), there.ids[heads[part]])
        _fill(block["metres"], (_FLOAT, 8), rounded[part])
        for name in ("city", "id", "lon", "lat", "reach", "heads", "metres"):
            block[f"{name}_size"] = block.dtype[name].itemsize
        block["pin_size"] = 33
        yield block


def _fill(
    arrays: npt.NDArray[np.void], member: tuple[int, int], values: npt.NDArray[np.void] | Floats
) -> None:
    """Write `values` (n, k) as arrays of one axis whose members are of a type and a size."""
    k = values.shape[1]
    arrays["axes"], arrays["type"], arrays["count"], arrays["begins"] = 1, member[0], k, 1
    arrays["members"]["size"], arrays["members"]["value"] = member[1], values


def _row_type(k: int) -> np.dtype[np.void]:
    """A row of COPY: the number of its fields, then size and value of each; both arrays have `k` members."""

    def array_of(member: str) -> list[tuple[object, ...]]:
        head = [(name, ">i4") for name in ("axes", "nulls", "type", "count", "begins")]
        return [*head, ("members", [("size", ">i4"), ("value", member)], (k,))]

    fields: list[tuple[object, ...]] = [("fields", ">i2")]
    for name, kind in (("city", ">i4"), ("id", "V16"), ("lon", ">f8"), ("lat", ">f8")):
        fields += [(f"{name}_size", ">i4"), (name, kind)]
    fields += [("pin_size", ">i4"), ("order", "u1"), ("shape", "<u4"), ("srid", "<u4"), ("pin", "<f8", (3,))]
    fields += [("reach_size", ">i4"), ("reach", ">f8")]
    for name, member in (("heads", "V16"), ("metres", ">f8")):
        fields += [(f"{name}_size", ">i4"), (name, array_of(member))]
    return np.dtype(fields)
