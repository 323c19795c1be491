"""Rows on their way into a table beside the real one: one thread reads and checks, another sends by COPY."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Full, Queue
from threading import Event, Thread

import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection

from app.imports.targets import Target

STAGING = "import_rows"
_AHEAD = 3
"""Pieces that may wait to be sent; each is some megabytes, so memory stays bounded whatever the file."""


@dataclass(frozen=True)
class Piece:
    """Some rows ready to be sent. `rows`: how many rows of the file they stand for."""

    rows: int
    table: pa.Table


def make_staging(db: Connection, target: Target, columns: tuple[str, ...]) -> None:
    """An empty table of `row_no` and these columns of the target, gone at the end of the transaction."""
    fields = "".join(f", {name} {target.type_of(name)}" for name in columns)
    db.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{STAGING}")
    db.exec_driver_sql(f"CREATE TEMPORARY TABLE {STAGING} (row_no bigint NOT NULL{fields}) ON COMMIT DROP")


def fill_staging(
    db: Connection, columns: tuple[str, ...], pieces: Iterator[Piece], advanced: Callable[[int], None]
) -> int:
    """COPY the rows of all pieces; returns how many. `advanced` is told of the file's rows as they go."""
    statement = f"COPY {STAGING} (row_no, {', '.join(columns)}) FROM STDIN (FORMAT csv)"
    connection = db.connection.driver_connection
    assert connection is not None
    rows = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for sent, told, text in _ahead(_encoded(("row_no", *columns), pieces)):
            copy.write(text)
            rows += sent
            advanced(told)
    db.exec_driver_sql(f"ANALYZE {STAGING}")
    return rows


_Encoded = tuple[int, int, pa.Buffer]


def _encoded(columns: tuple[str, ...], pieces: Iterator[Piece]) -> Iterator[_Encoded]:
    options = csv.WriteOptions(include_header=False)
    for piece in pieces:
        sink = pa.BufferOutputStream()
        if len(piece.table):
            csv.write_csv(piece.table.select(list(columns)), sink, options)
        yield len(piece.table), piece.rows, sink.getvalue()


def _ahead(items: Iterator[_Encoded]) -> Iterator[_Encoded]:
    """The same items, made in a thread of their own while the caller works on those before."""
    queue: Queue[_Encoded | BaseException | None] = Queue(_AHEAD)
    stopped = Event()

    def put(item: _Encoded | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                queue.put(item, timeout=0.2)
                return
            except Full:
                continue

    def work() -> None:
        try:
            for item in items:
                put(item)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = Thread(target=work, name="import-reader", daemon=True)
    thread.start()
    try:
        while (item := queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()
