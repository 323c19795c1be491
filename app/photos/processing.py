"""Working on photos aside: one at a time for each serving process, in a process that can be ended."""

import json
import subprocess
import sys
from collections.abc import Sequence
from threading import Semaphore
from typing import IO, Any

from app.errors import BadParameter, Busy, CortileError
from app.photos.imaging import MOST_BYTES, MOST_PIXELS, SIZES, Pictures, Region

FIELD = "photo"
MODULE = "app.photos.worker"
SECONDS_OF_WORK = 60
SECONDS_IN_LINE = 20
AT_ONCE = Semaphore(1)
"""A photo takes a core for a second or more; the readers want the others."""

Prepared = Pictures
"""A photo ready to be kept: without metadata, upright, in three sizes."""


def prepare(stream: IO[bytes]) -> Prepared:
    """The photo in `stream`, judged and cleaned; it takes a second or so, and nothing is stored.

    Raises BadParameter ("photo") for what is no photo, damaged or too large, and Busy where many are waiting.
    """
    data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BadParameter(
            FIELD,
            "is larger than %(most)s MB, which is the most that is taken; send a smaller one.",
            most=MOST_BYTES // 1_000_000,
        )
    return _worked(data, None)


def blur(kept: bytes, regions: Sequence[Region]) -> Prepared:
    """The photo that was kept, with these regions blurred; raises Busy."""
    return _worked(kept, regions)


def _worked(data: bytes, regions: Sequence[Region] | None) -> Pictures:
    if not AT_ONCE.acquire(timeout=SECONDS_IN_LINE):
        raise Busy(
            "Many photos are being worked on; please send yours again in a moment.",
            seconds=SECONDS_IN_LINE,
        )
    try:
        output = _run(json.dumps({"regions": regions}).encode() + b"\n" + data)
    finally:
        AT_ONCE.release()
    line, _, rest = output.partition(b"\n")
    return _pictures(json.loads(line), rest)


def _run(job: bytes) -> bytes:
    """What the process writes; one that is ended by its limits has met a photo that was made to break it."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", MODULE],
            input=job,
            stdout=subprocess.PIPE,
            timeout=SECONDS_OF_WORK,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return REFUSED
    if done.returncode < 0:
        return REFUSED
    if done.returncode != 0:
        raise CortileError("A photo could not be worked on; the reason is above.")
    return done.stdout


REFUSED = b'{"refused": "damaged", "values": {}}\n'


def _pictures(told: dict[str, Any], rest: bytes) -> Pictures:
    if reason := told.get("refused"):
        raise _refusal(reason, told["values"])
    parts = []
    for length in told["lengths"]:
        parts.append(rest[:length])
        rest = rest[length:]
    return Pictures(told["width"], told["height"], parts[0], dict(zip(SIZES, parts[1:], strict=True)))


def _refusal(reason: str, values: dict[str, int]) -> BadParameter:
    if reason == "kind":
        return BadParameter(FIELD, "is not a photo that can be read here; send JPEG, PNG or WebP.")
    if reason == "pixels":
        return BadParameter(
            FIELD,
            "has %(width)s x %(height)s pixels; at most %(most)s millions are taken.",
            width=values["width"],
            height=values["height"],
            most=MOST_PIXELS // 1_000_000,
        )
    return BadParameter(FIELD, "is damaged and cannot be opened; send it again, or another one.")
