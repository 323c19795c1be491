"""`tools/system-packages`: what is missing is seen by its files; who may not install is told."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "system-packages"


def program(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with PostgreSQL 99 and PostGIS, and a user who may not install."""
    program(tmp_path / "bin" / "initdb", "")
    program(tmp_path / "bin" / "postgres", "echo 'postgres (PostgreSQL) 99.1'")
    program(tmp_path / "bin" / "pg_config", f"echo {tmp_path}/share")
    program(tmp_path / "path" / "id", "echo 1000")
    program(tmp_path / "path" / "sudo", "exit 1")
    for name in ("node", "npm", "chromium-headless-shell", "ogrinfo", "apt-get"):
        program(tmp_path / "path" / name, "")
    (tmp_path / "share" / "extension").mkdir(parents=True)
    (tmp_path / "share" / "extension" / "postgis.control").touch()
    return tmp_path


def run(machine: Path, mode: str, **more: str) -> tuple[int, str]:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "PATH": f"{machine}/path:{os.environ['PATH']}",
        "PG_BIN": f"{machine}/bin",
        **more,
    }
    done = subprocess.run(
        [str(SCRIPT), mode], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_nothing_is_said_where_nothing_is_missing(machine: Path) -> None:
    (machine / "share" / "extension" / "pgrouting.control").touch()
    assert run(machine, "run") == (0, "")
    assert run(machine, "test") == (0, "")


def test_without_pgrouting_cortile_can_serve_but_not_be_tested(machine: Path) -> None:
    sentence = (
        "Missing on this machine: postgresql-99-pgrouting. Somebody who may install them runs: "
        "sudo apt-get install --no-install-recommends postgresql-99-pgrouting\n"
    )
    assert run(machine, "run") == (0, sentence)
    assert run(machine, "test") == (3, sentence)


def test_with_a_server_named_only_the_tests_need_one_here(machine: Path) -> None:
    assert run(machine, "run", DATABASE_URL="postgresql:///elsewhere") == (0, "")
    assert run(machine, "test", DATABASE_URL="postgresql:///elsewhere")[0] == 3
