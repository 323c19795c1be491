"""An import that dies in the middle leaves nothing, and the next one works."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Town

ROWS = 50_000
WORDS = "from app.imports.cli import imports; imports()"


def command(town: Town, path: Path) -> subprocess.Popen[str]:
    told = ["places", str(path), "--city", "torino", "--map", "external_id=id", "--source", "test"]
    address = town.url.replace("+psycopg", "")
    environment = {**os.environ, "DATABASE_URL": address, "OWNER_DATABASE_URL": address}
    return subprocess.Popen(
        [sys.executable, "-c", WORDS, *told], env=environment, stderr=subprocess.PIPE, text=True
    )


def wait_for(town: Town, condition: str) -> None:
    """Until the server works on an import's statement for which the condition holds."""
    sql = f"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND {condition}"
    deadline = time.monotonic() + 60
    while not town.one(sql):
        assert time.monotonic() < deadline, f"nothing was seen of {condition}"


@pytest.mark.parametrize("moment", ["query LIKE 'COPY import_rows%'", "query LIKE 'INSERT INTO places%'"])
def test_a_killed_import_leaves_nothing(town: Town, write: Callable[..., Path], moment: str) -> None:
    rows = "".join(f"{n},45.{n % 6 + 1},7.{n:06d}\n" for n in range(ROWS))
    path = write("p.csv", "id,lat,lon\n" + rows)
    before = town.state()
    running = command(town, path)
    try:
        wait_for(town, f"state = 'active' AND {moment}")
        running.send_signal(signal.SIGKILL)
    finally:
        running.kill()
        running.communicate()
    wait_for(
        town,
        "true AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'cortile'"
        " AND datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%import_%')",
    )
    assert town.state() == before
    again = command(town, path)
    _, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert town.one("SELECT count(*) FROM places WHERE city_id = 1272") == ROWS
