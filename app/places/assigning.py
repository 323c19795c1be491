"""The areas of very many places at once: read by COPY, found by `geo.holding`, written by COPY.

For imports of places, and for layers whose areas have changed. Never commits.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from pyarrow import csv
from sqlalchemy import Connection, text

from app import streams
from app.places.membership import hold_alone, share
from app.statements import executed
from app.tables.places import VISIBLE
from geo.holding import NOBODY, Geometries, holder

MEMBERS = ("id", "layer", "code", "kind", "status", "lon", "lat")
_TAKEN = MEMBERS[3:]
COUNTED = ("layer", "code", "kind", "status")
_PARAMETER = re.compile(r":([a-z_]+)")
_TEXTS = {name: pa.string() for name in (*MEMBERS, "places")}


@dataclass(frozen=True, slots=True)
class Layer:
    """The areas of a layer, the smallest code first."""

    slug: str
    codes: list[str]
    shapes: Geometries


@contextmanager
def reassigned(
    db: Connection, city_id: int, touched: tuple[str, str], values: Mapping[str, Any]
) -> Iterator[None]:
    """Keep the areas of places right around a block that writes very many; as `counts.recounted` does.

    `touched`: conditions on `places`, with `values`: what the block is about to change or remove, and what it
    has added or changed then. Others must be kept from writing places.
    """
    share(db, city_id)
    layers = layers_of(db, city_id)
    before, after = touched
    if layers:
        _take_away(db, city_id, before, values)
    yield
    if layers:
        _put(db, city_id, members(db, city_id, layers, (after, values)))


def assign(db: Connection, city_id: int, layers: Sequence[str]) -> int:
    """Say anew in which area of these layers every place stands, after the areas have changed.

    Gives how many places stand in one. Writers of the city wait until the transaction ends, which must have
    begun with `membership.begin_alone`.
    """
    hold_alone(db, city_id)
    for table in ("place_areas", "area_counts"):
        sql = f"DELETE FROM {table} WHERE city_id = :city AND layer = ANY(:layers)"
        db.execute(text(sql), {"city": city_id, "layers": list(layers)})
    found = members(db, city_id, [each for each in layers_of(db, city_id) if each.slug in layers])
    _put(db, city_id, found)
    return len(found)


def rebuild(db: Connection, city_id: int) -> int:
    """Assign every place of the city anew; gives how many rows had been wrong, those of the counts included.

    The transaction must have begun with `membership.begin_alone`.
    """
    hold_alone(db, city_id)
    was, counts = kept(db, city_id), kept_counts(db, city_id)
    for table in ("place_areas", "area_counts"):
        db.execute(text(f"DELETE FROM {table} WHERE city_id = :city"), {"city": city_id})
    found = members(db, city_id, layers_of(db, city_id))
    _put(db, city_id, found)
    return _different(was, found) + _different(counts, counted(found))


def layers_of(db: Connection, city_id: int) -> list[Layer]:
    """The layers of a city that have areas, each with all of them."""
    sql = """SELECT layer, array_agg(code ORDER BY code COLLATE "C") AS codes,
            array_agg(ST_AsBinary(geom) ORDER BY code COLLATE "C") AS shapes
        FROM areas WHERE city_id = :city GROUP BY layer ORDER BY layer"""
    return [
        Layer(each.layer, each.codes, shapely.from_wkb(np.array(each.shapes, dtype=object)))
        for each in db.execute(text(sql), {"city": city_id})
    ]


def members(
    db: Connection,
    city_id: int,
    layers: Sequence[Layer],
    which: tuple[str, Mapping[str, Any]] = ("true", {}),
) -> pa.Table:
    """The area of each public place of a condition in each layer: a table of the columns `MEMBERS`."""
    condition, values = which
    columns = "id, kind, status, lon, lat"
    sql = f"SELECT {columns} FROM places WHERE city_id = :city AND {VISIBLE} AND ({condition})"
    places = copied(db, sql, {**values, "city": city_id}, columns)
    lon, lat = (places[name].cast(pa.float64()).to_numpy() for name in ("lon", "lat"))
    parts = [_in_layer(places, layer, holder(layer.shapes, lon, lat)) for layer in layers]
    return pa.concat_tables([_EMPTY, *parts])


_EMPTY = pa.table({name: pa.array([], pa.string()) for name in MEMBERS})


def _in_layer(places: pa.Table, layer: Layer, found: Any) -> pa.Table:
    inside = np.flatnonzero(found != NOBODY)
    # Those of an area together, in the order of the index that lists them: it is then filled from end to end.
    inside = inside[np.argsort(found[inside], kind="stable")]
    there = places.take(pa.array(inside))
    codes = pa.array(layer.codes, pa.string()).take(pa.array(found[inside]))
    slugs = pa.array([layer.slug] * len(inside), pa.string())
    return pa.table(
        {"id": there["id"], "layer": slugs, "code": codes} | {name: there[name] for name in _TAKEN}
    )


def counted(found: pa.Table) -> pa.Table:
    """How many of the members there are, by the columns `COUNTED`."""
    return found.group_by(list(COUNTED)).aggregate([([], "count_all")]).rename_columns([*COUNTED, "places"])


def kept(db: Connection, city_id: int) -> pa.Table:
    """What is kept of the places of a city, as `members` gives it."""
    names = ", ".join(MEMBERS)
    return copied(db, f"SELECT {names} FROM place_areas WHERE city_id = :city", {"city": city_id}, names)


def kept_counts(db: Connection, city_id: int) -> pa.Table:
    """What is kept of the counts of a city, as `counted` gives it; those that came to nothing left out."""
    names = ", ".join(COUNTED)
    sql = f"""SELECT {names}, sum(places) FROM area_counts WHERE city_id = :city
        GROUP BY {names} HAVING sum(places) <> 0"""
    found = copied(db, sql, {"city": city_id}, f"{names}, places")
    return found.set_column(len(COUNTED), "places", found["places"].cast(pa.int64()))


def _different(one: pa.Table, other: pa.Table) -> int:
    """How many rows only one of them has; a row that differs is in both."""
    keys = one.column_names
    missing = (a.join(b, keys, join_type="left anti").num_rows for a, b in ((one, other), (other, one)))
    return int(max(missing))


def copied(db: Connection, sql: str, values: Mapping[str, Any], columns: str) -> pa.Table:
    """The rows of a SELECT, whose `:names` are parameters, read by COPY: a table of texts.

    Where it should be part of a transaction, that must have begun.
    """
    connection: Any = db.connection.driver_connection
    question = streams.bound(connection, _PARAMETER.sub(r"%(\1)s", sql), values)
    data = _read(connection.pgconn, f"COPY ({question}) TO STDOUT (FORMAT csv)".encode())
    if not data:
        return pa.table({name: pa.array([], pa.string()) for name in columns.split(", ")})
    named = csv.ReadOptions(column_names=columns.split(", "))
    types = csv.ConvertOptions(column_types=_TEXTS, strings_can_be_null=False)
    return csv.read_csv(io.BytesIO(data), named, convert_options=types)


def _read(driver: Any, statement: bytes) -> bytes:
    """Everything that a COPY sends: psycopg's own loop goes through the kernel for each row."""
    answer = driver.exec_(statement)
    if answer.status != ExecStatus.COPY_OUT:
        raise error_from_result(answer)
    rows = []
    while (row := driver.get_copy_data(0))[0] >= 0:
        rows.append(row[1])
    answer = driver.get_result()
    if answer.status != ExecStatus.COMMAND_OK:
        raise error_from_result(answer)
    driver.get_result()  # None: the connection is free again
    return b"".join(rows)


def _put(db: Connection, city_id: int, found: pa.Table) -> None:
    """Write members that are not there yet, and count them in."""
    if not len(found):
        return
    connection = db.connection.driver_connection
    assert connection is not None
    sink = pa.BufferOutputStream()
    numbered = found.add_column(0, "city_id", pa.array(np.full(len(found), city_id)))
    # In one chunk, because pyarrow writes zero bytes where an empty one comes first (seen in 26.0).
    csv.write_csv(numbered.combine_chunks(), sink, csv.WriteOptions(include_header=False))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY place_areas (city_id, {', '.join(MEMBERS)}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(sink.getvalue())
    counts = counted(found)
    values = {name: counts[name].to_pylist() for name in counts.column_names}
    executed(db, _COUNT_IN, {**values, "city": city_id})


_COUNT_IN = """INSERT INTO area_counts AS kept (city_id, layer, code, kind, status, slot, places)
    SELECT %(city)s, layer, code, kind, status, 0, places
    FROM unnest(%(layer)s::text[], %(code)s::text[], %(kind)s::text[], %(status)s::text[],
        %(places)s::bigint[]) AS n (layer, code, kind, status, places)
    ON CONFLICT (city_id, layer, code, kind, status, slot)
        DO UPDATE SET places = kept.places + excluded.places"""


def _take_away(db: Connection, city_id: int, which: str, values: Mapping[str, Any]) -> None:
    """Forget the areas of the places of a condition, and count them out."""
    sql = f"""WITH gone AS (DELETE FROM place_areas WHERE city_id = :city
            AND id IN (SELECT id FROM places WHERE city_id = :city AND ({which}))
            RETURNING layer, code, kind, status)
        INSERT INTO area_counts AS kept (city_id, layer, code, kind, status, slot, places)
            SELECT :city, layer, code, kind, status, 0, -count(*) FROM gone
            GROUP BY layer, code, kind, status ORDER BY layer, code, kind, status
            ON CONFLICT (city_id, layer, code, kind, status, slot)
                DO UPDATE SET places = kept.places + excluded.places"""
    db.execute(text(sql), {**values, "city": city_id})
