"""The export of every place as GeoJSON, beside COPY of the same JSON and beside ogr2ogr; and its memory."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url

from app.db import session_options
from app.places.queries import FEATURE
from app.publish.data.columns import PLACES
from app.tables.places import VISIBLE
from benchmarks.files import CITY_ID
from benchmarks.results import Result, Target, alternated
from benchmarks.stage import Stage, city_database, served

EXPORT = "/torino/data/places.geojson"
ROWS = f"FROM places WHERE city_id = {CITY_ID} AND {VISIBLE}"
EVERY = 0.02
"""Seconds between two looks at the memory."""


def measure(stage: Stage, places: int, seed: int, rounds: int) -> list[Result]:
    """The export in seconds, beside both, and the most memory that a worker took above idle."""
    database = city_database(stage, places, seed)
    what = f"export of {places:,} places as GeoJSON"
    with served(stage, database) as url:
        watch = Watch(url)

        def ours() -> float:
            with watch:
                return _seconds(["curl", "--fail", "--silent", "--output", "/dev/null", url + EXPORT])

        ours()
        copied = alternated(ours, lambda: _copied(stage, database), rounds)
        converted = alternated(ours, lambda: _converted(stage, database), max(1, rounds // 2))
    most = watch.most / (1 << 20)
    return [
        _row(f"{what} (beside COPY of its JSON)", copied, Target(1.1, at_least=False)),
        _row(f"{what} (beside ogr2ogr)", converted, Target(0.5, at_least=False)),
        Result(
            "memory of a worker in an export, over idle",
            f"{most:.0f} MiB",
            "",
            most,
            Target(64, at_least=False),
        ),
    ]


def _row(what: str, found: tuple[float, float, float], target: Target) -> Result:
    above, under, ratio = found
    return Result(what, f"{above:.1f} s", f"{under:.1f} s", ratio, target)


def _copied(stage: Stage, database: str) -> float:
    """COPY by psql, with the session settings that the application has."""
    statement = f"COPY (SELECT {FEATURE} {ROWS}) TO STDOUT"
    address = stage.serving(database).replace("+psycopg", "", 1)
    program = stage.cluster.programs / "psql"
    words = [str(program if program.exists() else "psql"), address, "--quiet", "--command", statement]
    return _seconds(words, PGOPTIONS=session_options(0))


def _converted(stage: Stage, database: str) -> float:
    """ogr2ogr of the same rows and columns from the same table."""
    if shutil.which("ogr2ogr") is None:
        raise RuntimeError("ogr2ogr is not on this machine; install it: apt-get install gdal-bin.")
    parts = make_url(stage.serving(database))
    source = f"PG:host={parts.query['host']} port={parts.query['port']} user={parts.username}"
    columns = ", ".join(column.written for column in PLACES)
    words = ["ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"{source} dbname={parts.database}"]
    return _seconds([*words, "-sql", f"SELECT {columns}, geom {ROWS}", "-lco", "COORDINATE_PRECISION=7"])


def _seconds(words: Sequence[str], **environment: str) -> float:
    began = time.perf_counter()
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True, env={**os.environ, **environment})
    return time.perf_counter() - began


class Watch:
    """Looks at the memory of the processes that serve at `url`, as long as its block lasts."""

    def __init__(self, url: str) -> None:
        self._processes = _serving(urlsplit(url).port or 0)
        self._idle = {process: _memory(process) for process in self._processes}
        self._ended = threading.Event()
        self._looking: threading.Thread | None = None
        self.most = 0

    def __enter__(self) -> "Watch":
        self._ended.clear()
        self._looking = threading.Thread(target=self._look)
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._looking:
            self._looking.join()

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            for process, idle in self._idle.items():
                self.most = max(self.most, _memory(process) - idle)


def _serving(port: int) -> list[Path]:
    """The processes of `cortile run` on this port."""
    mark = f"PORT={port}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(process)
        except OSError:  # gone, or somebody else's
            continue
    return found


def _memory(process: Path) -> int:
    """The bytes of memory that a process holds."""
    return int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
