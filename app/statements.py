"""Statements that read: prepared at first use on each connection, then run by libpq in one call.

psycopg's cursors are passed by, because a page of a thousand features comes in sixty pieces and they would go
through Python for each: that costs more processor time than all that a request does besides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from psycopg import DataError, InternalError, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from sqlalchemy import Connection

from app.errors import BadParameter

Row = TypeVar("Row")
Params = Mapping[str, Any]

IN_FAILED_TRANSACTION = "25P02"
_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a statement, as psycopg reads them."""

    result: Any
    adapted: Any


@dataclass(slots=True)
class _Session:
    """What was prepared on one connection, and how its values are written and read."""

    driver: Any
    adapted: Any
    prepared: dict[tuple[str, tuple[int, ...]], bytes] = field(default_factory=dict)


def rows(db: Connection, kind: type[Row], sql: str, params: Params, *, once: bool = False) -> list[Row]:
    """Every row of the answer as a `kind`, a dataclass whose fields are the columns' names."""
    answer = executed(db, sql, params, once=once)
    names = [answer.result.fname(column).decode() for column in range(answer.result.nfields)]
    found = answer.adapted.load_rows(0, answer.result.ntuples, tuple)
    return [kind(**dict(zip(names, values, strict=True))) for values in found]


def row(db: Connection, sql: str, params: Params, *, once: bool = False) -> tuple[Any, ...]:
    """The first row of an answer that always has one."""
    found: tuple[Any, ...] | None = executed(db, sql, params, once=once).adapted.load_row(0, tuple)
    if found is None:
        raise LookupError(sql)
    return found


def row_of_bytes(db: Connection, sql: str, params: Params, *, once: bool = False) -> tuple[Any, ...]:
    """The first row as `row` gives it, but its first column, a text, as the bytes that the database sent.

    They are neither decoded here nor turned into a `bytea` there: at half a megabyte, both cost.
    """
    answer = executed(db, sql, params, once=once)
    return (answer.result.get_value(0, 0), *(_loaded(answer, n) for n in range(1, answer.result.nfields)))


def _loaded(answer: Answer, column: int) -> Any:
    value = answer.result.get_value(0, column)
    if value is None:
        return None
    return answer.adapted.get_loader(answer.result.ftype(column), Format.BINARY).load(value)


def executed(db: Connection, sql: str, params: Params, *, once: bool = False) -> Answer:
    """The answer to `sql`, where %(name)s stands for a value of `params`; raises psycopg's errors.

    The texts of statements stay with the connection, so there must be few: what varies is a parameter. A text
    that a caller's filter shapes runs `once`: nothing of it is kept, it is planned for its values, and what
    cannot be computed with them is told as BadParameter.
    """
    statement, names = (_renumbered if once else _numbered)(sql)
    session = _session(db)
    values = session.adapted.dump_sequence([params[name] for name in names], [PyFormat.AUTO] * len(names))
    types, formats = session.adapted.types or (), session.adapted.formats
    if once:
        result = _planned_for_values(session.driver, (statement, values, types, formats, Format.BINARY))
        session.adapted.set_pgresult(result)
        return Answer(result, session.adapted)
    prepared = session.prepared.get((sql, types))
    if prepared is None:
        prepared = b"cortile_%d" % len(session.prepared)
        _checked(session.driver.prepare(prepared, statement, types))
        session.prepared[sql, types] = prepared
    result = _checked(session.driver.exec_prepared(prepared, values, formats, Format.BINARY))
    session.adapted.set_pgresult(result)
    return Answer(result, session.adapted)


def _planned_for_values(driver: Any, question: tuple[Any, ...]) -> Any:
    """Sessions plan generically, which knows nothing of how much a filter lets through."""
    _checked(driver.exec_(b"SET plan_cache_mode = force_custom_plan"))
    try:
        return _checked(driver.exec_params(*question))
    except (DataError, InternalError) as error:
        if error.sqlstate == IN_FAILED_TRANSACTION:
            raise
        reason = str(error).splitlines()[0][:120]
        raise BadParameter("filter", "cannot be computed here: %(reason)s.", reason=reason) from error
    finally:
        driver.exec_(b"SET plan_cache_mode = force_generic_plan")


def _session(db: Connection) -> _Session:
    held: _Session | None = db.info.get("statements")
    if held is None:
        connection: Any = db.connection.driver_connection
        held = db.info["statements"] = _Session(connection.pgconn, Transformer(connection))
    return held


def _checked(result: Any) -> Any:
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        error = error_from_result(result)
        # Only a connection that is lost has no code: psycopg's cursors call that an OperationalError too.
        raise error if error.sqlstate else OperationalError(str(error))
    return result


def _renumbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement as PostgreSQL takes it, and the names of its parameters in their order."""
    numbers: dict[str, int] = {}
    statement = _PARAMETER.sub(lambda name: f"${numbers.setdefault(name[1], len(numbers) + 1)}", sql)
    return statement.replace("%%", "%").encode(), tuple(numbers)


_numbered = lru_cache(maxsize=512)(_renumbered)
