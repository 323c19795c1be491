"""The `cortile` command from outside: what it prints, how it ends, and that it stops what it started."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import click
import pytest

from app import cli
from app.cluster import open_cluster, running, stop
from app.errors import ClusterError, DatabaseError, ImportRefused, ProgramMissing, SettingsError
from app.settings import Settings
from tests.conftest import temporary_folder

COMMAND = [str(Path(sys.executable).with_name("cortile"))]


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """One folder for the commands of this module, with whatever they leave running stopped at the end."""
    folder = temporary_folder()
    yield folder
    stop(open_cluster(Settings(var=folder)))
    shutil.rmtree(folder)


def environment(var: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "CORTILE_VAR": str(var), "WORKERS": "1", **more}


def cortile(var: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(var, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_every_command_is_where_the_table_says_and_the_help_names_them_all(var: Path) -> None:
    told = cortile(var, "--help").stdout
    for name in cli.COMMANDS:
        command = cli.commands.get_command(click.Context(cli.commands), name)
        assert command is not None
        assert command.name == name
        assert re.search(rf"^  {name} +\w", told, re.M)


def test_a_word_that_is_no_command_is_told_so_before_anything_is_loaded(var: Path) -> None:
    done = cortile(var, "mapp")
    assert (done.returncode, "No such command 'mapp'" in done.stderr) == (2, True)
    heavy = "import app.commands.cluster, sys; print({'flask', 'scipy', 'sqlalchemy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True).stdout == "set()\n"


def test_up_status_psql_and_down(var: Path) -> None:
    assert "Not made yet" in cortile(var, "status").stdout
    up = cortile(var, "up")
    assert (up.returncode, up.stdout.startswith("Started: PostgreSQL")) == (0, True)
    assert cortile(var, "up").stdout.startswith("Running already")
    answer = cortile(var, "psql", "-Atc", "SELECT current_user", PGPORT="1", PGUSER="nobody", PGDATABASE="x")
    assert answer.stdout.strip() == "cortile_owner"
    assert cortile(var, "psql", "-c", "SELECT 1/0").returncode == 1
    assert cortile(var, "down").stdout == "Stopped.\n"
    assert cortile(var, "down").stdout.startswith("No private database runs")


def test_a_command_stops_the_database_that_it_started_and_leaves_one_that_ran(var: Path) -> None:
    cluster = open_cluster(Settings(var=var))
    assert cortile(var, "migrate").returncode == 0
    assert running(cluster) is None
    cortile(var, "up")
    assert cortile(var, "migrate").stdout == "The tables are up to date.\n"
    assert running(cluster) is not None
    cortile(var, "down")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_run_serves_and_a_signal_ends_it_with_everything_that_it_started(
    var: Path, number: signal.Signals
) -> None:
    cluster = open_cluster(Settings(var=var))
    variables = environment(var, PORT=str(free_port()))
    # Whoever runs the tests by `nohup` has them ignore SIGHUP, and all that they start.
    words = ["env", "--default-signal=HUP", *COMMAND, "run"]
    with subprocess.Popen(words, env=variables, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        address = next(found[1] for line in served.stdout if (found := re.search(r"at (http\S+)", line)))
        with urlopen(f"{address}ogc/", timeout=30) as answer:
            assert answer.status == 200
        assert running(cluster) is not None
        served.send_signal(number)
        assert "Stopping the private database." in served.stdout.read()
    assert served.returncode == 0
    assert running(cluster) is None
    with pytest.raises(OSError, match="refused"):
        urlopen(address, timeout=5)


def test_a_taken_port_is_named_before_anything_is_started(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = cortile(var, "run", PORT=str(port))
    assert ended.returncode == 2
    assert f"Port {port} of 127.0.0.1 is taken" in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize(
    ("words", "more", "code", "sentence"),
    [
        (["run"], {"PORT": "http", "THREADS": "0"}, 2, "PORT must be a whole number from 1 to 65535"),
        (["run"], {"HOST": "no-such-host.invalid"}, 2, "HOST 'no-such-host.invalid' is no address"),
        (["up"], {"PG_BIN": "/usr"}, 3, "PostgreSQL 15 or newer is not in /usr (PG_BIN)"),
        (["up"], {"DATABASE_URL": "postgresql://host/db"}, 2, "DATABASE_URL names a server"),
        (
            ["migrate"],
            {"DATABASE_URL": "postgresql://nobody@/none?host=/no/such/socket"},
            4,
            "/no/such/socket",
        ),
        (["fly"], {}, 2, "No such command"),
        (["up", "--high"], {}, 2, "No such option"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_a_code(
    var: Path, words: list[str], more: dict[str, str], code: int, sentence: str
) -> None:
    ended = cortile(var, *words, **more)
    assert sentence in ended.stderr
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr


def test_check_names_the_remedy_and_hides_the_password(var: Path) -> None:
    url = "postgresql://nobody:s3cret@/none?host=/no/such/socket"
    ended = cortile(var, "check", DATABASE_URL=url)
    assert ended.returncode == 4
    assert "start the server, or correct DATABASE_URL" in ended.stdout
    assert "s3cret" not in ended.stdout + ended.stderr


def test_check_of_a_prepared_database_tells_its_versions(var: Path) -> None:
    cortile(var, "load-demo")
    ended = cortile(var, "check")
    for name in ("PostgreSQL", "PostGIS", "GEOS", "PROJ"):
        assert re.search(rf"^ok +{name} +\d", ended.stdout, re.M), name
    assert re.search(r"^ok +tables +at \d+, the newest", ended.stdout, re.M)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("x"), 2),
        (ProgramMissing("x"), 3),
        (ClusterError("x"), 4),
        (DatabaseError("x"), 4),
        (ImportRefused("x"), 5),
        (ZeroDivisionError("x"), 1),
    ],
)
def test_every_kind_of_error_has_its_exit_code(error: Exception, code: int) -> None:
    assert cli._exit_code(error) == code


def test_what_nobody_expected_is_still_a_sentence_unless_debug_asks_for_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Settings, "from_env", lambda: 1 / 0)
    for words, traced in ((["cortile", "up"], False), (["cortile", "--debug", "up"], True)):
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr().err
        assert ended.value.code == 1
        assert "Something unexpected happened (ZeroDivisionError: division by zero)" in told
        assert ("Traceback" in told) is traced
