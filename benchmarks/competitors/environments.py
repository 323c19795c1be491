"""Environments of the competitors: made when they are first needed, and anew when their versions change."""

import subprocess
import sys
from pathlib import Path

from benchmarks.stage import Stage

HERE = Path(__file__).parent


def environment(stage: Stage, name: str) -> Path:
    """The folder of the programs of `name`, installed as its file of pinned versions says.

    Raises CalledProcessError where pip cannot install them.
    """
    wanted = (HERE / f"{name}.txt").read_text("utf-8")
    folder = stage.folder / "competitors" / name
    made = folder / "made-from.txt"
    if not made.exists() or made.read_text("utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip: list[str | Path] = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", HERE / f"{name}.txt"], check=True)
        made.write_text(wanted, "utf-8")
    return folder / "bin"


def version(name: str) -> str:
    """The version that is pinned."""
    lines = (HERE / f"{name}.txt").read_text("utf-8").splitlines()
    return next(line.split("==")[1].split()[0] for line in lines if line.startswith(f"{name}=="))
