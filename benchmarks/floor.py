"""The floor: PostGIS makes the finished bytes, and pgbench reads them through one prepared statement.

pgbench runs the statement that the application runs, over the same socket, with the same parameters and the
same session options. It has no list of parameters to draw from, so each question becomes a script of its own
whose parameters are variables given on the command line; all scripts are drawn equally often.
"""

import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import make_url

from app.db import session_options

MOST_SCRIPTS = 128
"""pgbench takes no more."""

WARM_UP_SECONDS = 3
"""Each connection plans every script at its first run; the seconds in which it does are not counted."""

_PARAMETER = re.compile(r"%\((\w+)\)s")
_PROGRESS = re.compile(r"^progress: [\d.]+ s, ([\d.]+) tps", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """A statement of the application with its %(name)s, and what they stand for."""

    sql: str
    parameters: Mapping[str, Any]


def rate(program: Path, url: str, questions: Sequence[Question], clients: int, seconds: int) -> float:
    """Answers a second of `clients` connections that ask the questions for `seconds`, warm-up apart."""
    assert len(questions) <= MOST_SCRIPTS, f"pgbench takes {MOST_SCRIPTS} scripts"
    with tempfile.TemporaryDirectory() as folder:
        words: list[str] = []
        for number, question in enumerate(questions):
            script = Path(folder, f"{number}.sql")
            script.write_text(_script(question, number))
            words += ["-f", str(script)]
            words += _variables(question, number)
        words += ["-n", "-M", "prepared", "-c", str(clients), "-P", "1", "--random-seed=1"]
        words += ["-T", str(seconds + WARM_UP_SECONDS), *_address(url)]
        options = {**os.environ, "PGOPTIONS": session_options(timeout_ms=0)}
        done = subprocess.run([program, *words], capture_output=True, text=True, env=options, check=False)
    each_second = [float(tps) for tps in _PROGRESS.findall(done.stderr)][WARM_UP_SECONDS:]
    if done.returncode != 0 or not each_second:
        raise RuntimeError(f"pgbench failed: {done.stderr[-2000:]}")
    return statistics.fmean(each_second)


def _script(question: Question, number: int) -> str:
    """The statement as pgbench takes it."""
    sql = question.sql.replace("%%", "%")
    # A colon that is followed by a letter would be a variable of pgbench: there is none but ours.
    return " ".join(_PARAMETER.sub(lambda name: f":q{number}_{name[1]}", sql).split()) + ";\n"


def _variables(question: Question, number: int) -> list[str]:
    used = dict.fromkeys(_PARAMETER.findall(question.sql))
    return [word for name in used for word in ("-D", f"q{number}_{name}={_text(question.parameters[name])}")]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return value.hex if isinstance(value, UUID) else repr(value) if isinstance(value, float) else f"{value}"


def _address(url: str) -> list[str]:
    parts = make_url(url)
    host, port = str(parts.query["host"]), str(parts.query["port"])
    return ["-h", host, "-p", port, "-U", str(parts.username), str(parts.database)]
