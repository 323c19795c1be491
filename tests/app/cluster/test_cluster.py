"""The private PostGIS: what it shuts out, what it survives, and what it says when it cannot be."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import cluster as clusters
from app.cluster import Cluster, open_cluster, running, start, stop
from app.cluster_home import alone, processes_in
from app.errors import ClusterError
from app.postgres import account_for_server, run
from app.settings import Settings
from tests.conftest import temporary_folder


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder of this test alone; a server left in it is stopped."""
    folder = temporary_folder()
    yield folder
    if (folder / "postgres").exists():
        stop(open_cluster(Settings(var=folder), throwaway=True))
    shutil.rmtree(folder)


@pytest.fixture
def own(var: Path) -> Cluster:
    return open_cluster(Settings(var=var), throwaway=True)


def kill(pids: set[int], account: object) -> None:
    """As the server's account, because root in a container need not be allowed to."""
    run(account, ["/bin/sh", "-c", 'kill -9 "$@"', "sh", *map(str, pids)], timeout=10)  # type: ignore[arg-type]


def test_the_database_has_roles_and_extensions_and_checksums(cluster: Cluster) -> None:
    with cluster.connect(clusters.SERVING_ROLE) as connection:
        extensions = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
        facts = connection.execute(
            "SELECT current_setting('data_checksums'), current_setting('server_encoding'), lower('ÀÉ'),"
            " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
        ).fetchone()
    assert set(clusters.EXTENSIONS) <= extensions
    assert facts == ("on", "UTF8", "àé", False)


def test_only_the_owner_of_the_socket_folder_gets_in_and_no_tcp_port_is_open(cluster: Cluster) -> None:
    folder = cluster.socket.stat()
    assert stat.S_IMODE(folder.st_mode) == 0o700
    assert folder.st_uid == (cluster.account.uid if cluster.account else os.geteuid())
    with cluster.connect(clusters.SUPERUSER) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    # The fifth line of the pid file is the socket's folder, the sixth the TCP address that is listened on.
    lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    assert (lines[4], lines[5]) == (str(cluster.socket), "")


def test_starting_what_runs_and_stopping_what_does_not_are_no_errors(own: Cluster) -> None:
    assert start(own) is True
    assert start(own) is False
    assert stop(own) is True
    assert stop(own) is False
    assert running(own) is None


@pytest.mark.parametrize("whole", [True, False], ids=["with all its children", "alone"])
def test_a_server_killed_outright_starts_again_with_what_it_acknowledged(var: Path, whole: bool) -> None:
    own = open_cluster(Settings(var=var))
    start(own)
    with own.connect(clusters.SUPERUSER) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    pid = running(own)
    assert pid is not None
    kill(processes_in(own.data, own.account) if whole else {pid}, own.account)
    assert (own.data / "postmaster.pid").exists()
    assert start(own) is True
    with own.connect(clusters.SUPERUSER) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_pid_file_whose_number_belongs_to_another_process_does_not_hinder(own: Cluster) -> None:
    start(own)
    pid_file = own.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines(keepends=True)
    kill(processes_in(own.data, own.account), own.account)
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as other:
        pid_file.write_text("".join([f"{other.pid}\n", *lines[1:]]))
        assert running(own) is None
        assert start(own) is True
        other.kill()


def test_two_starts_at_once_both_succeed_and_one_of_them_did_it(own: Cluster) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(lambda _: start(own), range(3))) == [False, False, True]


def test_a_start_killed_while_it_makes_the_data_leaves_nothing_in_the_way(var: Path, own: Cluster) -> None:
    code = (
        "import sys; from pathlib import Path; from app.settings import Settings;"
        "from app.cluster import open_cluster, start;"
        "start(open_cluster(Settings(var=Path(sys.argv[1])), throwaway=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(var)]) as victim:
        while not list(var.glob("postgres.making-*/PG_VERSION")):
            assert victim.poll() is None, "it ended before it could be killed"
        victim.send_signal(signal.SIGKILL)
    assert not own.data.exists()
    assert start(own) is True
    assert own.connect(clusters.SERVING_ROLE).execute("SELECT postgis_lib_version()").fetchone()
    assert not list(var.glob("postgres.making-*"))


def test_the_lock_of_a_process_that_died_is_free(var: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from app.cluster_home import alone\n"
        "with alone(Path(sys.argv[1])): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(var)], check=False).returncode == 9
    with alone(var):
        pass


def test_files_that_are_no_database_are_never_removed(var: Path, own: Cluster) -> None:
    own.data.mkdir()
    if own.account:
        os.chown(own.data, own.account.uid, own.account.gid)
    (own.data / "thesis.txt").write_text("years of work")
    with pytest.raises(ClusterError, match=re.escape(f"{own.data} holds files but is no PostgreSQL data")):
        start(own)
    assert (own.data / "thesis.txt").read_text() == "years of work"
    shutil.rmtree(own.data)


def test_a_full_disk_is_told_before_anything_is_made(
    own: Cluster, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(var)
    monkeypatch.setattr(clusters.shutil, "disk_usage", lambda _: usage._replace(free=5 << 20))
    with pytest.raises(ClusterError, match=r"disk of .* is full: 5 MiB are free"):
        start(own)
    assert not own.data.exists()


def test_a_disk_that_fills_later_is_told_from_the_server_s_own_words(own: Cluster) -> None:
    said = 'FATAL:  could not write to file "pg_wal/xlogtemp.7": No space left on device\n'
    assert "is full; free some space" in clusters._reason(own, said)


def test_what_the_server_says_when_it_does_not_start_is_repeated(own: Cluster) -> None:
    start(own)
    stop(own)
    with (own.data / "postgresql.auto.conf").open("a") as configuration:
        configuration.write("max_connections = 'many'\n")
    with pytest.raises(ClusterError, match=r"did not start: .*server\.log"):
        start(own)
    assert running(own) is None


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(var: Path) -> None:
    deep = open_cluster(Settings(var=var / ("d" * 100)), throwaway=True)
    assert len(str(deep.socket)) < 60
    try:
        start(deep)
        assert stat.S_IMODE(deep.socket.stat().st_mode) == 0o700
    finally:
        stop(deep)
        shutil.rmtree(deep.socket, ignore_errors=True)


def test_a_socket_folder_that_somebody_else_put_there_is_refused(var: Path, own: Cluster) -> None:
    elsewhere = var / "elsewhere"
    elsewhere.mkdir()
    own.socket.symlink_to(elsewhere)
    with pytest.raises(ClusterError, match="socket must be a folder of the user with number"):
        start(own)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_data_of_another_user_is_refused_with_both_names(var: Path) -> None:
    (var / "postgres").mkdir()
    os.chown(var / "postgres", 12345, 12345)
    with pytest.raises(ClusterError, match=r"belongs to the user with number 12345, but .* \(postgres\)"):
        open_cluster(Settings(var=var))
    (var / "postgres").rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only for root is there an account that may not enter")
def test_root_s_own_folder_is_replaced_by_one_that_the_server_can_enter(var: Path) -> None:
    closed = var / "closed"
    closed.mkdir(mode=0o700)
    elsewhere = open_cluster(Settings(var=closed / "var"))
    assert elsewhere.data.parent.parent == Path("/var/lib/cortile")
    assert str(elsewhere.data.parent) in elsewhere.remark
    assert str(closed) in elsewhere.remark
    account = account_for_server()
    assert account is not None
    assert account.name == "postgres"
