"""What a writing process is asked to do, and the process as its parent sees it."""

import pickle
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.errors import DatabaseError
from app.publish.data.datasets import Dataset
from app.streams import Source

MODULE = "app.publish.data.writer"
BLOCK = 1 << 17
SECONDS_TO_END = 5


@dataclass(frozen=True)
class Job:
    """A data set to be written: GeoParquet to the standard output, or a file of GDAL's at `path`."""

    source: Source
    dataset: Dataset
    about: Mapping[str, str]
    path: str | None = None


class Writing:
    """A process that does a job."""

    def __init__(self, job: Job) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdin
        assert self._process.stdout
        self._output = self._process.stdout
        with self._process.stdin as told:
            pickle.dump(job, told)

    def blocks(self) -> Iterator[bytes]:
        """What it writes to its output; raises DatabaseError where it fails, whose reason it has logged."""
        while block := self._output.read1(BLOCK):  # type: ignore[attr-defined]
            yield block
        if self._process.wait() != 0:
            raise DatabaseError("A download could not be written; the reason is above.")

    def close(self) -> None:
        """End it, whatever it does."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._output.close()
