"""Rows that stream out of the database: whole, ended early, and refused."""

import time

import pytest

from app.cluster import SUPERUSER, Cluster
from app.errors import DatabaseError
from app.streams import CSV, TEXT, Rows, Source
from tests.conftest import FreshDatabase

MANY = "SELECT '{\"n\":' || n || '}' FROM generate_series(1, %(many)s::int) AS n"


def rows(
    database: FreshDatabase, sql: str, how: str = TEXT, timeout_ms: int = 10_000, **params: object
) -> Rows:
    return Rows(Source(database.app_url, timeout_ms), sql, params, how)


def test_blocks_are_of_whole_rows_and_add_up(database: FreshDatabase) -> None:
    stream = rows(database, MANY, many=100_000)
    blocks = list(stream)

    assert len(blocks) > 5
    assert all(block.startswith(b'{"n":') and block.endswith(b"}\n") for block in blocks)
    assert b"".join(blocks).splitlines()[-1] == b'{"n":100000}'
    assert stream.count == 100_000


def test_json_comes_out_as_it_is(database: FreshDatabase) -> None:
    said = 'a "b" \\ c\n\t\r, d\' \x01\x02 è 🌍'
    stream = rows(database, "SELECT to_json(%(said)s::text)::text", said=said)
    assert b"".join(stream) == b'"a \\"b\\" \\\\ c\\n\\t\\r, d\' \\u0001\\u0002 \xc3\xa8 \xf0\x9f\x8c\x8d"\n'


def test_values_are_literals_never_sql(database: FreshDatabase) -> None:
    said = "'); DROP TABLE places; --"
    assert b"".join(rows(database, "SELECT %(said)s::text", CSV, said=said)) == said.encode() + b"\n"


def test_nothing_is_nothing(database: FreshDatabase) -> None:
    stream = rows(database, MANY, many=0)
    assert (list(stream), stream.count) == ([], 0)


def test_what_fails_at_once_fails_at_once(database: FreshDatabase) -> None:
    with pytest.raises(DatabaseError, match="nowhere"):
        rows(database, "SELECT * FROM nowhere")
    with pytest.raises(DatabaseError):
        Rows(Source("postgresql+psycopg://nobody@127.0.0.1:1/x", 1000), "SELECT 1", {}, TEXT)


def test_a_late_error_is_an_error(database: FreshDatabase) -> None:
    stream = rows(database, "SELECT repeat('x', 100) || 1 / (50000 - n) FROM generate_series(1, 60000) AS n")
    with pytest.raises(DatabaseError, match="division by zero"):
        list(stream)
    assert stream.count is None


def test_a_statement_has_an_end(database: FreshDatabase) -> None:
    with pytest.raises(DatabaseError, match="timeout"):
        rows(database, "SELECT pg_sleep(20)", timeout_ms=100)


def test_closing_ends_the_statement(database: FreshDatabase, cluster: Cluster) -> None:
    stream = rows(database, "SELECT a FROM generate_series(1, 9999) AS a, generate_series(1, 99999) AS b")
    next(stream)
    with cluster.connect(SUPERUSER, "postgres") as watcher:
        running = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state = 'active'"
        assert watcher.execute(running, (database.name,)).fetchone() == (1,)
        stream.close()
        stream.close()
        until = time.monotonic() + 10
        while watcher.execute(running, (database.name,)).fetchone() != (0,):
            assert time.monotonic() < until, "the statement still runs"
    assert list(stream) == []
