"""What every test may ask for: a throw-away server, and a fresh database of its own.

Each process of a test run has a server of its own in a temporary folder, so that runs side by side, and the
processes of one run, never meet.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from psycopg import sql
from werkzeug.routing import Rule

from app.cluster import DATABASE, OWNER_ROLE, SERVING_ROLE, SUPERUSER, Cluster, open_cluster, start, stop
from app.errors import CortileError
from app.migration import migrate
from app.settings import Settings

PREFIX = "cortile-test-"
TEMPLATE = "migrated"
LEFT_BEHIND: dict[tuple[Path, str], list[str]] = {}
"""The emptied databases that wait for a test, by server and template."""
SHAPES: dict[tuple[Path, str], object] = {}
"""What a copy of each template is made of."""
SHAPE = """SELECT md5(string_agg(each, ' ' ORDER BY each)) FROM (
    SELECT format('%s %s %s %s %s', oid::regclass, relkind, relacl, reloptions, relrowsecurity) FROM pg_class
        WHERE relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_|^information_schema')
    UNION ALL SELECT format('%s %s %s %s', attrelid::regclass, attname, atttypid::regtype, attnotnull)
        FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT format('%s %s', oid::regprocedure, md5(prosrc)) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE oid >= 16384
    UNION ALL SELECT format('%s %s', indexrelid::regclass, indisvalid) FROM pg_index WHERE indexrelid >= 16384
    UNION ALL SELECT format('%s %s', setrole, setconfig) FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS part (each)"""
"""Tables, columns, functions, constraints, indexes, rights and settings of a database, in one word."""
TABLES = """SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND nspname !~ '^pg_|^information_schema' AND relname <> 'alembic_version'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')"""
"""The tables of ours whose rows tests write."""


@dataclass(frozen=True)
class FreshDatabase:
    """A database of one test: its name, and its addresses for the role that owns and the one that serves."""

    name: str
    owner_url: str
    app_url: str


def temporary_folder() -> Path:
    """A new folder that every account may enter, as the server's must when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    return folder


def remove_leftovers() -> None:
    """Stop and remove the servers of test runs that were killed; the folder's name tells the process."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        told = re.match(rf"{PREFIX}(\d+)-", folder.name)
        if told is None or Path(f"/proc/{told[1]}").exists():
            continue
        try:
            stop(open_cluster(Settings(var=folder), throwaway=True))
        except CortileError:
            continue
        shutil.rmtree(folder, ignore_errors=True)


class Compiled(BytecodeCache):
    """Templates that a process has compiled once; every test makes an application of its own."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled from the same source."""
        if code := self.kept.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self.kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> None:
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> None:
    """werkzeug writes a function for each address: most of the time that it takes to make an application."""
    compiled, made = Rule._compile_builder, {}

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), str(rule.defaults), append_unknown)
        return made.get(key) or made.setdefault(key, compiled(rule, append_unknown))

    Rule._compile_builder = once  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running server whose database `cortile` has roles and extensions, but no tables."""
    remove_leftovers()
    folder = temporary_folder()
    made = open_cluster(Settings(var=folder), throwaway=True)
    try:
        start(made)
        yield made
    finally:
        stop(made)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database_template(cluster: Cluster) -> str:
    """The name of a database with every migration applied; nobody may stay connected to it."""
    with cluster.connect(SUPERUSER, "postgres") as connection:
        connection.execute(copy_of(DATABASE, TEMPLATE))
    migrate(cluster.url(OWNER_ROLE, TEMPLATE), cluster.url(SERVING_ROLE, TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database(cluster: Cluster, database_template: str) -> Iterator[FreshDatabase]:
    """A migrated and empty database, dropped after the test."""
    with fresh_database(cluster, database_template) as fresh:
        yield fresh


@pytest.fixture
def bare_database(cluster: Cluster) -> Iterator[FreshDatabase]:
    """A database with roles and extensions, but no tables: for the tests of the migrations."""
    with fresh_database(cluster, DATABASE) as fresh:
        yield fresh


@contextmanager
def fresh_database(cluster: Cluster, template: str) -> Iterator[FreshDatabase]:
    """A database like `template` for the length of the block; for fixtures of a wider scope too.

    One that an earlier test has left behind is emptied and used again: that costs a tenth of a copy.
    """
    waiting = LEFT_BEHIND.setdefault((cluster.socket, template), [])
    name = waiting.pop() if waiting else copied(cluster, template)
    try:
        yield FreshDatabase(name, cluster.url(OWNER_ROLE, name), cluster.url(SERVING_ROLE, name))
    finally:
        if template == TEMPLATE and emptied(cluster, name, template):
            waiting.append(name)
        else:
            with cluster.connect(SUPERUSER, "postgres") as connection:
                # FORCE: a test that failed may have left a session open.
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def copied(cluster: Cluster, template: str) -> str:
    """The name of a new database, a copy of `template`."""
    name = f"test_{uuid4().hex}"
    with cluster.connect(SUPERUSER, "postgres") as connection:
        connection.execute(copy_of(template, name))
    if (cluster.socket, template) not in SHAPES:
        with cluster.connect(SUPERUSER, name) as connection:
            SHAPES[cluster.socket, template] = connection.execute(SHAPE).fetchone()
    return name


def emptied(cluster: Cluster, name: str, template: str) -> bool:
    """Take every row out of a database; False where its test has changed more than rows."""
    with cluster.connect(SUPERUSER, name) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        if connection.execute(SHAPE).fetchone() != SHAPES[cluster.socket, template]:
            return False
        tables = [str(table) for (table,) in connection.execute(TABLES)]
        held = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
        filled = [str(table) for (table,) in connection.execute(held)]
        if filled:
            connection.execute(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")
            # What the planner knew of the rows would outlive them.
            connection.execute("DELETE FROM pg_statistic WHERE starelid::regclass::text = ANY(%s)", [filled])
    return True


def copy_of(template: str, name: str) -> sql.Composed:
    """The statement that copies a database: by its files, which costs a fifth of copying through the log."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
    return statement.format(sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(template))
