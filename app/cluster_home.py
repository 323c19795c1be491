"""Where the private database lives: which folder, whose it is, who may enter, and who works on it now.

Everything stands in one folder, the home: `postgres/` (the data, with the server's log), `postgres.lock` (who
makes, starts or stops the server waits here for the others) and `socket/`.
"""

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import ClusterError
from app.postgres import Account, run

# PostgreSQL names the socket by a port even without TCP; stated, so that the caller's PGPORT does not matter.
PORT = 5432
LONGEST_SOCKET_PATH = 107
SHARED_HOME = Path("/var/lib/cortile")
ELSEWHERE = "set CORTILE_VAR to a folder of your own"


def choose_home(var: Path, account: Account | None) -> tuple[Path, str]:
    """The home, and a remark where it is not `var`, because the server's account cannot enter there."""
    if account is None or _can_enter(var, account):
        return var, ""
    home = SHARED_HOME / _short_hash(var)
    return home, f"The account {account.name} cannot enter {var}, so the data is kept in {home}."


def socket_folder(home: Path) -> Path:
    """`home/socket`, or a short folder where its path is longer than a socket's may be."""
    folder = home / "socket"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
        return folder
    return Path("/tmp") / f"cortile-{_short_hash(home)}"


def version_of(data: Path) -> int | None:
    """The major version of the server that made `data`; None where nothing is made."""
    try:
        return int((data / "PG_VERSION").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None


def check_owner(data: Path, account: Account | None) -> None:
    """Raises ClusterError where `data` exists and is not the account's that would run the server."""
    owner = account.uid if account else os.geteuid()
    try:
        found = data.stat().st_uid
    except FileNotFoundError:
        return
    except OSError as error:
        raise ClusterError(f"{data} cannot be looked at ({error.strerror}); {ELSEWHERE}.") from None
    if found != owner:
        who = account.name if account else "you"
        raise ClusterError(
            f"{data} belongs to the user with number {found}, but the server would run as number {owner} "
            f"({who}); run Cortile as the owner, or {ELSEWHERE}."
        )


def make_folder(folder: Path) -> None:
    """`folder` and what is missing above it, open to the server's account also under a strict umask."""
    for place in (*reversed(folder.parents), folder):
        try:
            place.mkdir()
            place.chmod(0o755)
        except FileExistsError:
            continue
        except OSError as error:
            raise ClusterError(f"{place} cannot be made ({error.strerror}); {ELSEWHERE}.") from None


def make_private_folder(folder: Path, account: Account | None) -> None:
    """Make `folder` so that only the server's account can enter it, or make sure that it is so already."""
    owner = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        pass
    except OSError as error:
        raise ClusterError(f"{folder} cannot be made ({error.strerror}); {ELSEWHERE}.") from None
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise ClusterError(
            f"{folder} must be a folder of the user with number {owner}, who runs the server; remove it."
        )
    folder.chmod(0o700)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Holds the home's lock; the system releases it when the holder dies, however that happens."""
    path = home / "postgres.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ClusterError(f"{path} cannot be opened ({error.strerror}); {ELSEWHERE}.") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def processes_in(data: Path, account: Account | None) -> set[int]:
    """The processes of the server's account that work in `data`: a server and its children.

    Asked as that account, because root in a container may not see where other users' processes work.
    """
    script = 'for p in /proc/[0-9]*; do [ "$p/cwd" -ef "$1" ] && echo "${p#/proc/}"; done; true'
    return {
        int(pid) for pid in run(account, ["/bin/sh", "-c", script, "sh", data], timeout=60).stdout.split()
    }


def _can_enter(folder: Path, account: Account) -> bool:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return run(account, ["/bin/sh", "-c", 'cd "$1"', "sh", there], timeout=20).returncode == 0


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
