"""The SQL of street loads. Never commits."""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pyarrow as pa
import shapely
from pyarrow import csv
from sqlalchemy import Connection, text

from app.network.streets import Load
from geo.streets import Network

COLUMNS = ("city_id", "id", "source", "target", "metres", "component", "geom")
ROWS_A_PIECE = 16_384
LOCK = 0x57A1C  # any constant will do, as long as every load of streets takes the same one


def can_route(db: Connection) -> bool:
    """Whether this database has pgRouting."""
    return bool(db.scalar(text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pgrouting')")))


def replace(db: Connection, city_id: int, load: Load, network: Network, sent: Callable[[int], None]) -> None:
    """Put these streets in the place of those that the city has; readers see the old ones until the end.

    `sent` is told of edges as they go. Two loads of one city take turns.
    """
    key = {"city": city_id}
    db.execute(text("SELECT pg_advisory_xact_lock(:lock, :city)"), {"lock": LOCK, **key})
    db.execute(text("DELETE FROM street_edges WHERE city_id = :city"), key)
    db.execute(text("DELETE FROM street_loads WHERE city_id = :city"), key)
    told = asdict(load)
    db.execute(
        text(
            f"""INSERT INTO street_loads (city_id, {", ".join(told)})
            VALUES (:city, {", ".join(f":{name}" for name in told)})"""
        ),
        {**key, **told},
    )
    _copy(db, city_id, network, sent)
    db.exec_driver_sql("ANALYZE street_edges")


def _copy(db: Connection, city_id: int, network: Network, sent: Callable[[int], None]) -> None:
    connection = db.connection.driver_connection
    assert connection is not None
    statement = f"COPY street_edges ({', '.join(COLUMNS)}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for begin in range(0, len(network.metres), ROWS_A_PIECE):
            piece = _piece(city_id, network, slice(begin, begin + ROWS_A_PIECE))
            sink = pa.BufferOutputStream()
            csv.write_csv(piece, sink, csv.WriteOptions(include_header=False))
            copy.write(sink.getvalue())
            sent(len(piece))


def _piece(city_id: int, network: Network, part: slice) -> pa.Table:
    numbers = np.arange(1, len(network.metres) + 1)[part]
    lines = shapely.to_wkb(shapely.set_srid(network.lines[part], 4326), hex=True, include_srid=True)
    arrays = (network.source, network.target, network.metres, network.component)
    columns = [np.full(len(numbers), city_id), numbers, *(each[part] for each in arrays), lines]
    return pa.table(dict(zip(COLUMNS, map(pa.array, columns), strict=True)))
