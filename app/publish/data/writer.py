"""A process that writes one binary download: `python -m app.publish.data.writer` with the job on its input.

Arrow and GDAL would take a hundred megabytes of each serving process and keep its readers waiting; here they
have a process of their own, which ends with the download. GeoParquet goes to the output while it is made, the
other formats to the file that the job names.
"""

import os
import pickle
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from app.publish.data.columnar import write_by_gdal, write_parquet
from app.publish.data.job import Job
from app.streams import CSV, Rows


def main() -> None:
    """Do the job on the standard input; nothing of it is left running in PostgreSQL when this is ended."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    job: Job = pickle.load(sys.stdin.buffer)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output:
        write(job, output)


def write(job: Job, output: IO[bytes]) -> None:
    """Write what the job asks for."""
    rows = Rows(job.source, job.dataset.records(), job.dataset.parameters, CSV)
    try:
        if job.path is None:
            write_parquet(_while_wanted(rows), job.dataset, job.about, output)
        else:
            write_by_gdal(_while_wanted(rows), job.dataset, job.about, Path(job.path))
    finally:
        rows.close()


def _while_wanted(rows: Rows) -> Iterator[bytes]:
    """The rows, as long as the process that asked for them lives."""
    parent = os.getppid()
    for block in rows:
        if os.getppid() != parent:
            sys.exit(1)
        yield block


if __name__ == "__main__":
    main()
