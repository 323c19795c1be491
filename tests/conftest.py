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
from uuid import uuid4

import pytest
from psycopg import sql

from app.cluster import DATABASE, OWNER_ROLE, SERVING_ROLE, SUPERUSER, Cluster, open_cluster, start, stop
from app.db import migrate
from app.errors import CortileError
from app.settings import Settings

PREFIX = "cortile-test-"
TEMPLATE = "migrated"


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
    """A copy of `template` for the length of the block; for fixtures of a wider scope too."""
    name = f"test_{uuid4().hex}"
    with cluster.connect(SUPERUSER, "postgres") as connection:
        connection.execute(copy_of(template, name))
        try:
            yield FreshDatabase(name, cluster.url(OWNER_ROLE, name), cluster.url(SERVING_ROLE, name))
        finally:
            # FORCE: a test that failed may have left a session open.
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def copy_of(template: str, name: str) -> sql.Composed:
    """The statement that copies a database: by its files, which costs a fifth of copying through the log."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy")
    return statement.format(sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(template))
