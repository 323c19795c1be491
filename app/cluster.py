"""The private PostGIS: made, started and stopped without a word to the machine's administrator.

It listens on a unix socket only, in a folder that nobody but its owner can enter, and it trusts whoever comes
through: the folder is the key, so a password beside it would protect nothing and could only be lost. There is
no TCP port. PostgreSQL refuses root; started by root, the server runs as the account `postgres`.
"""

import errno
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from app.cluster_home import (
    ELSEWHERE,
    PORT,
    alone,
    check_owner,
    choose_home,
    make_folder,
    make_private_folder,
    processes_in,
    socket_folder,
    version_of,
)
from app.errors import ClusterError, DatabaseError
from app.postgres import Account, account_for_server, find_programs, run
from app.settings import Settings
from app.tuning import MEBIBYTE, options, this_machine

OWNER_ROLE = "cortile_owner"
SERVING_ROLE = "cortile_app"
SUPERUSER = "postgres"
DATABASE = "cortile"
EXTENSIONS = ("postgis", "pg_trgm", "unaccent", "btree_gist")
OPTIONAL = ("pgrouting",)
"""Made where the machine has them; without pgRouting, ways on foot are told as straight lines."""

# New data with its first write-ahead log and PostGIS takes about 80 MiB; with less, work soon stops.
SPACE_TO_BEGIN = 300 * MEBIBYTE
LARGEST_LOG = 20 * MEBIBYTE


@dataclass(frozen=True)
class Cluster:
    """One private server: where its data and socket are, what runs it, and as which account."""

    data: Path
    socket: Path
    programs: Path
    version: int
    account: Account | None = None
    connections: int = 20
    throwaway: bool = False
    remark: str = ""

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of `database` for `role`, as SQLAlchemy takes it."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(str(self.socket))}&port={PORT}"

    def connect(self, role: str, database: str = DATABASE) -> psycopg.Connection[tuple[object, ...]]:
        """A plain connection that commits each statement; raises DatabaseError."""
        try:
            return psycopg.connect(
                host=str(self.socket),
                port=PORT,
                user=role,
                dbname=database,
                autocommit=True,
                connect_timeout=30,
            )
        except psycopg.OperationalError as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise DatabaseError(f"The private database at {self.socket} does not answer: {reason}.") from None


def open_cluster(settings: Settings, *, throwaway: bool = False) -> Cluster:
    """The cluster that `settings` describe, made or not, running or not; changes nothing.

    A `throwaway` one trades safety for speed and is for tests. Raises ProgramMissing where PostgreSQL or
    PostGIS is not there, ClusterError where the data belongs to another user.
    """
    account = account_for_server()
    home, remark = choose_home(settings.var, account)
    data = home / "postgres"
    check_owner(data, account)
    programs = find_programs(settings.pg_bin, version_of(data))
    return Cluster(
        data=data,
        socket=socket_folder(home),
        programs=programs.folder,
        version=programs.version,
        account=account,
        connections=settings.workers * (settings.threads + settings.downloads),
        throwaway=throwaway,
        remark=remark,
    )


def start(cluster: Cluster) -> bool:
    """Make the cluster where it is not made, start it where it does not run; True where this call started it.

    Two calls at once are as good as one: the second waits and finds it running. Raises ClusterError.
    """
    make_folder(cluster.data.parent)
    with alone(cluster.data.parent):
        try:
            return _start(cluster)
        except OSError as error:
            said = f"{error.filename}: {error.strerror}"
            raise ClusterError(f"The database did not start: {_reason(cluster, said)}.") from error


def _start(cluster: Cluster) -> bool:
    if version_of(cluster.data) is None:
        _make(cluster)
    # One that was killed a moment ago may still look alive.
    started = running(cluster) is None or not _answers(cluster)
    if started:
        _launch(cluster)
    try:
        _furnish(cluster)
    except Exception as error:
        if started:
            _halt(cluster)
        if isinstance(error, psycopg.Error):
            raise ClusterError(f"The database cannot be used: {_reason(cluster, str(error))}.") from error
        raise
    return started


def stop(cluster: Cluster) -> bool:
    """Stop the server cleanly, ending its sessions; False where none ran."""
    if running(cluster) is None:
        return False
    with alone(cluster.data.parent):
        if running(cluster) is None:
            return False
        _halt(cluster)
    return True


def running(cluster: Cluster) -> int | None:
    """The process id of the server, or None.

    A pid file alone proves nothing: after a `kill -9` the number may belong to any process. A server works in
    its data folder, so that is what the process must do.
    """
    try:
        pid = int((cluster.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if pid in processes_in(cluster.data, cluster.account) else None


def _make(cluster: Cluster) -> None:
    """Make the data beside its place and move it there when it is whole: in place it is never half made."""
    data = cluster.data
    if data.exists() and any(data.iterdir()):
        raise ClusterError(f"{data} holds files but is no PostgreSQL data; move it away and start again.")
    free = shutil.disk_usage(data.parent).free
    if free < SPACE_TO_BEGIN:
        raise ClusterError(
            f"The disk of {data.parent} is full: {free // MEBIBYTE} MiB are free and a new database needs "
            f"{SPACE_TO_BEGIN // MEBIBYTE} MiB; free some space, or {ELSEWHERE} on another disk."
        )
    making = _folder_for_making(data.parent, cluster.account)
    made = run(cluster.account, _initdb(cluster, making), timeout=600)
    if made.returncode != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise ClusterError(f"The database could not be made: {_reason(cluster, made.stdout)}.")
    with (making / "postgresql.conf").open("a") as configuration:
        configuration.write("\ninclude_if_exists = 'cortile.conf'   # written anew at every start\n")
    (making / "pg_hba.conf").write_text(
        "# The socket's folder is the key; there is no TCP port.\nlocal all all trust\n"
    )
    making.rename(data)


def _folder_for_making(home: Path, account: Account | None) -> Path:
    """A new folder beside the data, after removing what calls that were killed left behind.

    Its name is new each time: the initdb of a killed call may still be writing under the old one.
    """
    for left in home.glob("postgres.making-*"):
        shutil.rmtree(left, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix="postgres.making-", dir=home))
    if account:
        os.chown(making, account.uid, account.gid)
    return making


def _initdb(cluster: Cluster, making: Path) -> list[str | Path]:
    words: list[str | Path] = [cluster.programs / "initdb", f"--pgdata={making}", f"--username={SUPERUSER}"]
    words += ["--encoding=UTF8", "--auth=trust", "--data-checksums", "--no-instructions"]
    words += ["--no-sync"] if cluster.throwaway else []
    return words + _locale(cluster.version)


def _locale(version: int) -> list[str | Path]:
    """Compares by code point and knows every letter: one order on every machine, whatever its C library."""
    if version >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _launch(cluster: Cluster) -> None:
    _wait_for_survivors(cluster)
    make_private_folder(cluster.socket, cluster.account)
    _configure(cluster)
    log = cluster.data / "server.log"
    before = log.stat().st_size if log.exists() else 0
    if before > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
        before = 0
    words: list[str | Path] = [cluster.programs / "pg_ctl", "start", "--wait", "--silent", "--timeout=600"]
    answer = run(cluster.account, [*words, f"--pgdata={cluster.data}", f"--log={log}"], timeout=630)
    if answer.returncode != 0:
        said = log.read_bytes()[before:].decode(errors="replace") if log.exists() else ""
        raise ClusterError(
            f"The database did not start: {_reason(cluster, said or answer.stdout)} (log: {log})."
        )


def _wait_for_survivors(cluster: Cluster, patience: float = 15) -> None:
    """After a `kill -9` of the server its children end by themselves; then what it left can go.

    PostgreSQL itself would refuse to start where the old number belongs to another process by now, or to a
    dead one that nobody buried, as happens in containers.
    """
    until = time.monotonic() + patience
    while survivors := processes_in(cluster.data, cluster.account):
        if time.monotonic() > until:
            numbers = " ".join(map(str, sorted(survivors)))
            raise ClusterError(
                f"Processes of a server that was killed still use {cluster.data}; end them: kill {numbers}."
            )
        time.sleep(0.05)
    socket = cluster.socket / f".s.PGSQL.{PORT}"
    for left in (cluster.data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
        left.unlink(missing_ok=True)


def _answers(cluster: Cluster, patience: float = 600) -> bool:
    """True once it answers; False where it ends instead.

    One that somebody else has just started may still be replaying what a crash left.
    """
    until = time.monotonic() + patience
    while True:
        try:
            cluster.connect(SUPERUSER, "postgres").close()
            return True
        except DatabaseError:
            if running(cluster) is None:
                return False
            if time.monotonic() > until:
                raise
        time.sleep(0.05)


def _configure(cluster: Cluster) -> None:
    chosen = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(cluster.socket),
        "unix_socket_permissions": "0700",
        **options(this_machine(), cluster.connections, cluster.throwaway),
    }
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in chosen.items()]
    path = cluster.data / "cortile.conf"
    path.unlink(missing_ok=True)
    path.write_text("# Written anew at every start; ALTER SYSTEM overrides it.\n" + "".join(lines))
    path.chmod(0o600)
    if cluster.account:
        os.chown(path, cluster.account.uid, cluster.account.gid)


def _halt(cluster: Cluster) -> None:
    mode = "immediate" if cluster.throwaway else "fast"
    words: list[str | Path] = [
        cluster.programs / "pg_ctl",
        "stop",
        f"--mode={mode}",
        "--wait",
        "--timeout=300",
    ]
    answer = run(cluster.account, [*words, f"--pgdata={cluster.data}"], timeout=330)
    if answer.returncode != 0 and running(cluster) is not None:
        raise ClusterError(f"The database did not stop: {_reason(cluster, answer.stdout)}.")


def _furnish(cluster: Cluster) -> None:
    """The roles, the database and its extensions, where they are absent; only the superuser may make them."""
    with cluster.connect(SUPERUSER, "postgres") as connection:
        for role in (OWNER_ROLE, SERVING_ROLE):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)))
    with cluster.connect(SUPERUSER) as connection:
        present = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
        there = {row[0] for row in connection.execute("SELECT name FROM pg_available_extensions")}
        for extension in (*EXTENSIONS, *(each for each in OPTIONAL if each in there)):
            if extension not in present:
                connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(OWNER_ROLE)))


def _reason(cluster: Cluster, said: str) -> str:
    """What a program's messages mean: half a sentence without its full stop."""
    if os.strerror(errno.ENOSPC) in said:
        return f"the disk that holds {cluster.data} is full; free some space and start again"
    if "incompatible with server" in said:
        return f"{cluster.data} was made by another version of PostgreSQL than {cluster.version}"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "error:", "ERROR"))]
    return (telling or lines or ["it does not say why"])[-1].rstrip(".")
