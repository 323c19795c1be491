"""Our side: wrk asks the served application for a list of addresses in turn, as fast as it can."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_SCRIPT = """
local paths = {PATHS}
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
"""


def rate(url: str, paths: Sequence[str], clients: int, seconds: int) -> float:
    """Answers a second over `clients` connections that stay open, after one second of warm-up."""
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("wrk is not on this machine; install it: apt-get install wrk.")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT.replace("PATHS", ", ".join(map(json.dumps, paths))))
        script.flush()
        words = [program, "-t", "1", "-c", str(clients), "--timeout", "60s", "-s", script.name, url]
        _run([*words, "-d", "1"])
        said = _run([*words, "-d", str(seconds)])
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"Some answers were errors: {said}")
    found = _RATE.search(said)
    assert found is not None, said
    return float(found[1])


def _run(words: Sequence[str | Path]) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout
