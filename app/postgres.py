"""PostgreSQL's server programs: where they are, whether PostGIS is with them, and running one of them.

Nothing here knows about Cortile's own data; `cluster.py` decides what to run.
"""

import os
import pwd
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import ClusterError, ProgramMissing

OLDEST = 15
DEBIAN = Path("/usr/lib/postgresql")
NEEDED = ("initdb", "pg_ctl", "postgres")
APT = "apt-get install --no-install-recommends postgresql-{version} postgresql-{version}-postgis-3"

# The programs get nothing of the caller's environment: PGHOST, PGOPTIONS or a locale of somebody's shell must
# not change what they do, and their messages are read by `cluster.py`, which knows the English ones.
# glibc would give the memory of every page of features back to the kernel and ask for it again, zeroed, for
# the next: a seventh of the server's time. Each connection keeps 32 MiB at the most instead.
ENVIRONMENT = {
    "PATH": os.defpath,
    "LC_ALL": "C",
    "TZ": "UTC",
    "MALLOC_TRIM_THRESHOLD_": str(32 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
}


@dataclass(frozen=True)
class Programs:
    """One installation of PostgreSQL: the folder of its programs and its major version."""

    folder: Path
    version: int


@dataclass(frozen=True)
class Account:
    """The account of the operating system that the server runs as, where it is not the caller's own."""

    name: str
    uid: int
    gid: int


def find_programs(pg_bin: Path | None, version: int | None = None) -> Programs:
    """The newest server programs that have PostGIS, or those of `version`, which made the data.

    `pg_bin` (the setting PG_BIN) is the only place looked at where it is given. Raises ProgramMissing, whose
    sentence says what to install.
    """
    found = list(_installed([pg_bin] if pg_bin else _places()))
    where = f"in {pg_bin} (PG_BIN)" if pg_bin else "on this machine"
    fitting = [programs for programs in found if programs.version >= OLDEST]
    if not fitting:
        seen = ", ".join(f"{programs.version} in {programs.folder}" for programs in found)
        raise ProgramMissing(
            f"PostgreSQL {OLDEST} or newer is not {where}{f' (found: {seen})' if seen else ''}; "
            f"install it: {APT.format(version=OLDEST)}, or set PG_BIN or DATABASE_URL."
        )
    if version is not None:
        fitting = [programs for programs in fitting if programs.version == version]
        if not fitting:
            raise ProgramMissing(
                f"The data was made by PostgreSQL {version}, which is not {where}; "
                f"install it: {APT.format(version=version)}."
            )
    with_postgis = [programs for programs in fitting if _has_postgis(programs)]
    if not with_postgis:
        newest = max(fitting, key=lambda programs: programs.version)
        raise ProgramMissing(
            f"PostGIS is missing: PostgreSQL {newest.version} in {newest.folder} has no extension postgis; "
            f"install it: apt-get install --no-install-recommends postgresql-{newest.version}-postgis-3."
        )
    return max(with_postgis, key=lambda programs: programs.version)


def account_for_server(name: str = "postgres") -> Account | None:
    """None where the caller can run the server; the account to run it as where the caller is root, which
    PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise ClusterError(
            f"PostgreSQL does not run as root and this machine has no account {name}; "
            "make one (useradd --system postgres), or run Cortile as an ordinary user."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def run(
    account: Account | None, command: Sequence[str | Path], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `command` as `account` with an empty environment, from the root folder, which everybody can enter.

    Gives exit code and output (both streams together); raises ClusterError after `timeout` seconds.
    """
    identity: dict[str, object] = {}
    if account:
        identity = {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=ENVIRONMENT,
            cwd="/",
            umask=0o077,
            timeout=timeout,
            **identity,
        )
    except subprocess.TimeoutExpired:
        raise ClusterError(f"{command[0]} did not end within {timeout:.0f} seconds.") from None


def _places() -> Iterator[Path]:
    """Debian keeps each version apart and out of PATH; other systems tell by pg_config."""
    yield from sorted(DEBIAN.glob("*/bin"))
    told = _pg_config("pg_config", "--bindir")
    if told:
        yield told


def _installed(folders: Iterable[Path]) -> Iterator[Programs]:
    for folder in folders:
        if all(os.access(folder / program, os.X_OK) for program in NEEDED):
            answer = run(None, [folder / "postgres", "--version"], timeout=20).stdout
            number = re.search(r"(\d+)", answer)
            if number:
                yield Programs(folder.resolve(), int(number[1]))


def _has_postgis(programs: Programs) -> bool:
    """Whether the control file is where this installation looks for extensions.

    Debian has no pg_config beside the programs unless the development package is installed; there the share
    folder follows from the version.
    """
    shares = [Path(f"/usr/share/postgresql/{programs.version}")] if DEBIAN in programs.folder.parents else []
    told = _pg_config(str(programs.folder / "pg_config"), "--sharedir")
    beside = programs.folder.parent / "share"
    shares += [told] if told else [beside, beside / "postgresql"]
    return any((share / "extension" / "postgis.control").is_file() for share in shares)


def _pg_config(program: str, option: str) -> Path | None:
    try:
        answer = run(None, [program, option], timeout=20)
    except OSError:
        return None
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None
