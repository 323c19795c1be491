"""Downloads as the server gives them out: readers who hang up, who are many, and what it costs the worker."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from app.cluster import SUPERUSER, Cluster
from tests.conftest import FreshDatabase

PLACES = 40_000
RUNNING = """SELECT pid FROM pg_stat_activity
    WHERE datname = %s AND application_name = 'cortile download' AND state = 'active'"""


@pytest.fixture
def crowd(torino: Connection) -> Connection:
    """40,000 places with long summaries: 90 MB, far more than sockets and pipes hold."""
    torino.execute(
        text("""INSERT INTO places (city_id, id, kind, status, title, summary, language, source, licence,
                recorded_at, lon, lat, morton, geom)
            SELECT 1272, gen_random_uuid(), 'project', 'active', 'Orto', repeat('.', 2000), 'it', 'a test',
                'CC0-1.0', '2026-01-02', 7.68, 45.07, n, ST_SetSRID(ST_MakePoint(7.68, 45.07), 4326)
            FROM generate_series(1, :places) AS n"""),
        {"places": PLACES},
    )
    return torino


@contextmanager
def serving(database: FreshDatabase, folder: Path, **more: str) -> Iterator[tuple[int, int]]:
    """`cortile run` with one process; gives its port and the process that serves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database.app_url,
        "OWNER_DATABASE_URL": database.owner_url,
        "CORTILE_VAR": str(folder),
        "WORKERS": "1",
        "PORT": str(port),
        **more,
    }
    words = [str(Path(sys.executable).with_name("cortile")), "run"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: answers(port))
            yield port, worker_of(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def answers(port: int) -> bool:
    try:
        return asked(port, "/torino/data/codebook.csv").status == 200
    except OSError:
        return False


def asked(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return connection.getresponse()


def worker_of(parent: int) -> int:
    """The process below `parent` that has most memory."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return max(map(int, children), key=memory)


def memory(process: int) -> int:
    """The bytes of memory that a process holds."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        threading.Event().wait(0.05)


@pytest.mark.slow
def test_a_reader_who_hangs_up_ends_the_query(
    crowd: Connection, database: FreshDatabase, cluster: Cluster, tmp_path: Path
) -> None:
    with serving(database, tmp_path) as (port, _), cluster.connect(SUPERUSER, "postgres") as watcher:

        def running() -> int:
            return len(watcher.execute(RUNNING, (database.name,)).fetchall())

        for ending in ("geojson", "csv?compress=gzip", "parquet"):
            answer = asked(port, f"/torino/data/places.{ending}")
            answer.read(1000)
            if ending != "parquet":  # which may have been written whole already: it packs well
                assert running() == 1
            answer.close()
            wait_for(lambda: running() == 0, 10)
        assert json.loads(asked(port, "/torino/data/places.geojson?kind=house").read())["features"] == []


@pytest.mark.slow
def test_slow_readers_keep_nobody_waiting_and_have_an_end(
    crowd: Connection, database: FreshDatabase, tmp_path: Path
) -> None:
    with serving(database, tmp_path, DOWNLOADS="2") as (port, worker):
        idle = memory(worker)
        slow = [asked(port, "/torino/data/places.geojsonl") for _ in range(2)]
        for answer in slow:
            answer.read(1000)

        assert asked(port, "/torino/pins?bbox=7,45,8,46").status == 200, "small requests pass by"
        refused = asked(port, "/torino/data/places.csv")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "30")

        largest = idle
        for answer in slow:
            size = 1000
            while block := answer.read(1 << 20):
                size += len(block)
                largest = max(largest, memory(worker))
            assert size > PLACES * 2000
        assert largest - idle < 64 << 20
        wait_for(lambda: asked(port, "/torino/data/places.csv?kind=house").status == 200, 10)


@pytest.mark.slow
def test_a_download_that_breaks_off_cannot_be_taken_for_whole(
    crowd: Connection, database: FreshDatabase, cluster: Cluster, tmp_path: Path
) -> None:
    end = f"SELECT pg_terminate_backend(pid) FROM ({RUNNING}) AS running"
    with serving(database, tmp_path) as (port, _), cluster.connect(SUPERUSER, "postgres") as superuser:
        answer = asked(port, "/torino/data/places.geojsonl")
        answer.read(1000)
        superuser.execute(end.encode(), (database.name,))
        last = answer.read().splitlines()[-1]
    assert last == b'{"error":"The download broke off; ask for it again.'
    with pytest.raises(json.JSONDecodeError):
        json.loads(last)
