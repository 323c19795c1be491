"""Statements whose answer is too large to hold: rows as bytes, block by block, over a connection apart.

PostgreSQL writes the rows (COPY ... TO STDOUT), and they are passed on in blocks. psycopg's own loop over a
COPY wakes up once for each row; here the rows that libpq has received are taken out at once.
"""

import select
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

from app.db import session_options
from app.errors import DatabaseError

BLOCK = 1 << 17
TEXT = "FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02'"
"""Rows of one column, as they are, a line each: JSON has none of these signs in it, so nothing is quoted."""
CSV = "FORMAT csv"
CSV_WITH_NAMES = "FORMAT csv, HEADER"


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: the database's address, how long they may take, and the moment that they show.

    The moment is one that `pg_export_snapshot()` named and its transaction still holds; empty: now.
    """

    url: str
    timeout_ms: int
    moment: str = ""


class Rows(Iterator[bytes]):
    """The rows of one statement in blocks of about 128 KiB, each of whole rows; `count` is known at the end.

    Whoever does not read to the end must `close` it, which ends the statement in PostgreSQL too. Raises
    DatabaseError, where it begins and on the way.
    """

    def __init__(self, source: Source, sql: str, params: Mapping[str, Any], how: str) -> None:
        self.count: int | None = None
        try:
            self._connection = _connected(source.url, source.timeout_ms)
        except psycopg.Error as error:
            raise _told(error) from error
        try:
            self._driver = self._connection.pgconn
            if source.moment:
                self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                self._connection.execute(f"SET TRANSACTION SNAPSHOT '{source.moment}'".encode())
            answer = self._driver.exec_(
                f"COPY ({bound(self._connection, sql, params)}) TO STDOUT ({how})".encode()
            )
            if answer.status != ExecStatus.COPY_OUT:
                raise error_from_result(answer)
        except psycopg.Error as error:
            self._connection.close()
            raise _told(error) from error
        self._readable = select.poll()
        self._readable.register(self._driver.socket, select.POLLIN)
        # What fails at once fails here, before an answer has begun.
        self._next = self._block()

    def __next__(self) -> bytes:
        block, self._next = self._next, b""
        block = block or self._block()
        if not block:
            raise StopIteration
        return block

    def _block(self) -> bytes:
        """The next rows: as many as fill a block, none at the end."""
        if self._connection.closed:
            return b""
        try:
            return self._read()
        except psycopg.Error as error:
            self.close()
            raise _told(error) from error

    def _read(self) -> bytes:
        rows: list[Any] = []
        size = 0
        while size < BLOCK:
            length, row = self._driver.get_copy_data(1)
            if length > 0:
                rows.append(row)
                size += length
            elif length == 0:  # libpq has no whole row left
                self._readable.poll()
                self._driver.consume_input()
            else:
                self._end()
                break
        return b"".join(rows)

    def _end(self) -> None:
        answer = self._driver.get_result()
        if answer is None or answer.status != ExecStatus.COMMAND_OK:
            raise error_from_result(answer) if answer else psycopg.OperationalError("the answer broke off")
        self.count = answer.command_tuples or 0
        self._connection.close()

    def close(self) -> None:
        """Give the connection up; a statement that still runs is ended. May be called at any time, often."""
        if self._connection.closed:
            return
        try:
            # The order tells PostgreSQL while it computes; the closed socket, while it waits to write.
            self._connection.cancel_safe(timeout=5)
        except psycopg.Error:
            pass  # the server is gone, or the statement has ended by itself
        finally:
            self._connection.close()

    def __del__(self) -> None:
        if hasattr(self, "_connection"):
            self.close()


def bound(connection: psycopg.Connection[Any], sql: str, params: Mapping[str, Any]) -> str:
    """The statement with its values in it as literals: COPY takes no parameters."""
    return psycopg.ClientCursor(connection).mogrify(sql, params)


def _connected(url: str, timeout_ms: int) -> psycopg.Connection[Any]:
    """A connection on which PostgreSQL asks every few seconds whether we are still there."""
    options = f"{session_options(timeout_ms)} -c client_connection_check_interval=3000"
    return psycopg.connect(
        url.replace("postgresql+psycopg:", "postgresql:", 1),
        autocommit=True,
        options=options,
        application_name="cortile download",
    )


def _told(error: psycopg.Error) -> DatabaseError:
    reason = str(error).strip().splitlines() or [type(error).__name__]
    return DatabaseError(f"The database did not do what was asked: {reason[0]}.")
