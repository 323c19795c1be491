"""A process that works on one photo: `python -m app.photos.worker`, the job and the photo on its input.

Decoders of images are where malice comes in by. Here they have a process of their own with little memory and
time; whatever becomes of it, the server goes on. Input and output are a line of JSON and then bytes.
"""

import json
import resource
import sys
from typing import IO, Any

from app.photos.imaging import SIZES, NotTaken, Pictures, blurred, taken

MEMORY = 1_500_000_000
SECONDS = 30
"""Of processor time; 40 megapixels take about four."""


def main() -> None:
    """Do the job on the standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer(work(sys.stdin.buffer), sys.stdout.buffer)
    except NotTaken as error:
        told(sys.stdout.buffer, {"refused": error.reason, "values": error.values})
    except MemoryError:
        told(sys.stdout.buffer, {"refused": "damaged", "values": {}})


def work(source: IO[bytes]) -> Pictures:
    """The pictures that the job asks for."""
    job = json.loads(source.readline())
    data = source.read()
    return taken(data) if job["regions"] is None else blurred(data, job["regions"])


def answer(pictures: Pictures, output: IO[bytes]) -> None:
    """The pictures: how long each is, and then all of them."""
    parts = [pictures.kept, *(pictures.sizes[name] for name in SIZES)]
    size = {"width": pictures.width, "height": pictures.height}
    told(output, {**size, "lengths": [len(part) for part in parts]})
    for part in parts:
        output.write(part)


def told(output: IO[bytes], words: dict[str, Any]) -> None:
    """A line of JSON."""
    output.write(json.dumps(words).encode() + b"\n")


if __name__ == "__main__":
    main()
