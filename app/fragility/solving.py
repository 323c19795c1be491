"""Searching for an answer beside other requests: without their seat, one at a time, kept for a while."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, Semaphore
from typing import Any, TypeVar

from app.errors import Busy
from app.gate import Gate

WAIT_SECONDS = 8
MOST_KEPT = 64
Answer = TypeVar("Answer")

_turn = Semaphore(1)
_lock = Lock()
_kept: "OrderedDict[Hashable, Any]" = OrderedDict()


def solved(gate: Gate, key: Hashable, search: Callable[[], Answer]) -> Answer:
    """What `search` finds, or what it found before for the same `key`.

    It takes the place of a download, so that only so many wait, and lets other requests go first. Nobody may
    hold a connection of the database meanwhile. Raises Busy.
    """
    if (known := _known(key)) is not None:
        found: Answer = known
        return found
    ticket = gate.download()
    try:
        with gate.aside():
            if not _turn.acquire(timeout=WAIT_SECONDS):
                raise Busy("Others are asking where to build; please try again in some seconds.", seconds=10)
            try:
                found = _known(key) or search()
            finally:
                _turn.release()
    finally:
        ticket.give_back()
    with _lock:
        _kept[key] = found
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _known(key: Hashable) -> Any:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)
