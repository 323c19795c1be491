"""A download on its way out: what the server iterates, and closes when the reader has gone."""

from collections.abc import Callable, Iterable, Iterator

from app.gate import Ticket


class Body(Iterator[bytes]):
    """Blocks of bytes that hold a ticket, and whatever else `close` gives back, until they are closed.

    The server closes it at the end and when the reader hangs up; where it is thrown away, it closes itself.
    """

    def __init__(self, blocks: Iterable[bytes], ticket: Ticket, close: Callable[[], None]) -> None:
        self._blocks = iter(blocks)
        self._ticket = ticket
        self._close = close

    def __next__(self) -> bytes:
        return next(self._blocks)

    def close(self) -> None:
        """End the work behind it; closing it twice is closing it once."""
        try:
            self._close()
        finally:
            self._ticket.give_back()

    def __del__(self) -> None:
        self.close()
