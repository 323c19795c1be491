"""How many requests a process works on at once, and how many downloads it gives out beside them.

Several threads that make small answers contend for Python's lock and are slower than one. So the server has a
thread for each seat and one for each download, but only as many requests as there are seats are worked on; a
download keeps its thread for as long as its reader takes, and needs no seat while its bytes go out.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Lock, Semaphore
from typing import Any

from app.errors import Busy

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SECONDS_TO_WAIT = 30


class Gate:
    """A WSGI application around `inner`: `requests` at once, and `downloads` beside them."""

    def __init__(self, inner: Application, requests: int, downloads: int) -> None:
        self._inner = inner
        self._seats: SimpleQueue[None] = SimpleQueue()
        for _ in range(requests):
            self._seats.put(None)
        self._downloads = Semaphore(downloads)
        self._most = downloads

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The answer; it is iterated by the server, outside."""
        self._seats.get()
        try:
            return self._inner(environ, start_response)
        finally:
            self._seats.put(None)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let another request go first for the length of the block; only for a request that holds a seat."""
        self._seats.put(None)
        try:
            yield
        finally:
            self._seats.get()

    def download(self) -> "Ticket":
        """The right to one download, to be given back; raises Busy where all are in use."""
        if not self._downloads.acquire(blocking=False):
            raise Busy(
                "%(most)s downloads are under way here, which is as many as there may be; please try again"
                " in half a minute.",
                seconds=SECONDS_TO_WAIT,
                most=self._most,
            )
        return Ticket(self._downloads)


class Ticket:
    """The right to one download, until it is given back; giving it back twice is giving it back once."""

    def __init__(self, downloads: Semaphore) -> None:
        self._downloads: Semaphore | None = downloads
        self._once = Lock()

    def give_back(self) -> None:
        """Let somebody else download."""
        with self._once:
            held, self._downloads = self._downloads, None
        if held is not None:
            held.release()
