"""The database: one pool of connections, and transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

from psycopg import OperationalError as DriverError
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import OperationalError

from app.errors import DatabaseError


def session_options(timeout_ms: int) -> str:
    """The settings of a session, as libpq takes them.

    The word similarity threshold is what makes a search forgive typing errors. Plans are generic, because our
    statements keep one shape whatever is asked (planning the sixteen arms of a page takes longer than running
    them), and one query uses one core, because the next reader wants the other.
    """
    return (
        f"-c statement_timeout={timeout_ms} -c pg_trgm.word_similarity_threshold=0.45"
        " -c timezone=UTC -c search_path=public"
        " -c plan_cache_mode=force_generic_plan -c max_parallel_workers_per_gather=0"
    )


class Database:
    """Connections to one database for `size` readers at once; `timeout_ms` ends abandoned work (0: never)."""

    def __init__(self, url: str, *, size: int = 2, timeout_ms: int = 10_000) -> None:
        self.engine: Engine = create_engine(
            url,
            pool_size=2 * size,  # one that each thread reads by, and one in which it writes
            max_overflow=0,
            pool_pre_ping=False,
            connect_args={
                "options": session_options(timeout_ms),
                "application_name": "cortile",
                # What psycopg prepares by itself it drops when a transaction is rolled back, and with it
                # everything that `statements` has prepared on the connection.
                "prepare_threshold": None,
            },
        )
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._seats = Semaphore(size)
        self._idle: list[Connection] = []

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block, or leaves nothing."""
        with _refusals(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading, without the two round trips of a transaction.

        It is kept for the next reader: taking one out of the engine's pool and giving it back costs as much
        processor time as all that Flask does for a request. After an error it goes back there, to be checked.
        Readers beyond `size` wait for a seat; so a reader must not ask for a second one inside.
        """
        with self._seats, _refusals():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._reading.connect()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    @contextmanager
    def moment(self) -> Iterator[Connection]:
        """A connection for reading whose questions all see the data as they were at the first of them.

        For answers put together from several questions; it takes the two round trips that `reading` saves.
        """
        with self.reading() as connection:
            connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection
            connection.exec_driver_sql("COMMIT")

    def close(self) -> None:
        """Give every idle connection back to the server."""
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (OperationalError, DriverError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise DatabaseError(f"The database did not do what was asked: {reason}.") from error
