"""Where the measurements take place: a private server of our own code, databases in it, and Cortile itself.

The server has the settings of production, the durable ones too (fsync, full page writes, synchronous
commit): a write that is faster than it may be would flatter the import. It lies in a folder of its own and is
stopped at the end; the database of a city stays there for the next run.
"""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from app.cluster import DATABASE, OWNER_ROLE, SERVING_ROLE, SUPERUSER, Cluster, open_cluster, start, stop
from app.db import Database
from app.imports.demo import load_city, new_run, the_city
from app.imports.mapping import FieldMapping
from app.imports.readers import open_source
from app.imports.service import PlaceOptions, import_places
from app.imports.source import FileOptions
from app.migration import migrate
from app.settings import CHECKOUT, Settings
from benchmarks.city import ATTRIBUTES, LICENCE, SOURCE, make_city
from benchmarks.files import FORMATS

WORKERS = 2
EMPTY = "empty_city"
MAPPING = FieldMapping(
    {name: (name,) for name in ATTRIBUTES}, {"language": "it", "source": SOURCE, "licence": LICENCE}
)


@dataclass(frozen=True)
class Stage:
    """A running server and the folder of files beside it."""

    cluster: Cluster
    folder: Path

    def owner(self, database: str) -> str:
        """The address of a database for the role that owns the tables."""
        return self.cluster.url(OWNER_ROLE, database)

    def serving(self, database: str) -> str:
        """The address of a database for the role that serves."""
        return self.cluster.url(SERVING_ROLE, database)

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as the superuser."""
        with self.cluster.connect(SUPERUSER, database) as connection:
            connection.execute(statement.encode())

    def asked(self, statement: str, database: str) -> list[tuple[object, ...]]:
        """The rows of one statement."""
        with self.cluster.connect(SUPERUSER, database) as connection:
            return connection.execute(statement.encode()).fetchall()


@contextmanager
def open_stage(folder: Path) -> Iterator[Stage]:
    """The server for the length of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    cluster = open_cluster(Settings(var=folder, workers=WORKERS, threads=4))
    start(cluster)
    try:
        yield Stage(cluster, folder)
    finally:
        stop(cluster)


def empty_database(stage: Stage, name: str) -> str:
    """A new database with every table and the city, but no place; one of that name is dropped."""
    if not _exists(stage, EMPTY) or _note(stage, EMPTY) != _code():
        copy(stage, DATABASE, EMPTY)
        migrate(stage.owner(EMPTY), stage.serving(EMPTY))
        owner = Database(stage.owner(EMPTY), size=1, timeout_ms=0)
        with tempfile.TemporaryDirectory() as folder, owner.transaction() as db:
            described = (CHECKOUT / "data" / "torino" / "city.toml").read_text("utf-8")
            Path(folder, "city.toml").write_text(described, "utf-8")
            load_city(db, Path(folder))
        owner.close()
        stage.run(f"COMMENT ON DATABASE {EMPTY} IS '{_code()}'")
    copy(stage, EMPTY, name)
    return name


def city_database(stage: Stage, places: int, seed: int) -> str:
    """The database of a synthetic city, loaded by the import; made anew once the code of it changed."""
    name = f"city_{places}_{seed}"
    if _exists(stage, name) and _note(stage, name) == _code():
        return name
    empty_database(stage, name)
    load_file(stage, name, city_file(stage, places, seed, "gpkg"))
    stage.run("VACUUM ANALYZE places", name)
    stage.run(f"COMMENT ON DATABASE {name} IS '{_code()}'")
    stage.run("CHECKPOINT")
    return name


def load_file(stage: Stage, database: str, path: Path) -> int:
    """Import a file of places as `cortile import` does; returns how many came in."""
    owner = Database(stage.owner(database), size=1, timeout_ms=0)
    try:
        with owner.transaction() as db, open_source(path, FileOptions()) as source:
            run = new_run(the_city(db, None), strict=True)
            return import_places(db, source, PlaceOptions(MAPPING), run).batch.inserted
    finally:
        owner.close()


def city_file(stage: Stage, places: int, seed: int, ending: str) -> Path:
    """A file of the synthetic city, written where it is not there yet."""
    path = stage.folder / f"city-{places}-{seed}-{_made_by()}.{ending}"
    if not path.exists():
        written = path.with_name(f"unfinished.{ending}")
        FORMATS[ending](make_city(places, seed), written)
        written.rename(path)
    return path


@contextmanager
def served(stage: Stage, database: str) -> Iterator[str]:
    """The address of Cortile as `cortile run` starts it, with two workers, for the length of the block."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": stage.serving(database),
        "OWNER_DATABASE_URL": stage.owner(database),
        "CORTILE_VAR": str(stage.folder),
        "WORKERS": str(WORKERS),
        "PORT": str(port),
        "TILE_URL": "",
    }
    words = [str(Path(sys.executable).with_name("cortile")), "run"]
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, cwd=CHECKOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}/ogc/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return once the address answers; raises RuntimeError where the process ends or it takes too long."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise RuntimeError(f"Nothing answered at {url}.")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _exists(stage: Stage, name: str) -> bool:
    return bool(stage.asked(f"SELECT 1 FROM pg_database WHERE datname = '{name}'", "postgres"))


def _note(stage: Stage, name: str) -> object:
    told = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    return stage.asked(told, "postgres")[0][0]


def copy(stage: Stage, template: str, name: str) -> None:
    """A database that is a copy of another one, which nobody may be connected to; one of its name goes."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
        sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(template)
    )
    with stage.cluster.connect(SUPERUSER, "postgres") as connection:
        connection.execute(drop)
        connection.execute(make)


def _code() -> str:
    """What the databases were made by: the tables, and the code of the city."""
    return _hash([*sorted((CHECKOUT / "migrations" / "versions").glob("*.py"))]) + _made_by()


def _made_by() -> str:
    return _hash(
        [Path(__file__).with_name(name) for name in ("city.py", "layout.py", "words.py", "files.py")]
    )


def _hash(paths: list[Path]) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]
