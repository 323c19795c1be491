"""Who decides, and decisions on their way into the table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.places.rules import Author
from app.places.service import Hand


@dataclass(frozen=True, slots=True)
class Judge:
    """Who decides and when; `batch` is of all that is decided in one go, `new_id` makes further ids.

    `person` is None for the command line.
    """

    person: UUID | None
    at: datetime
    batch: UUID
    new_id: Callable[[], UUID]

    @property
    def hand(self) -> Hand:
        """The same, for what is written to places."""
        return Hand(Author(self.person, trusted=True), self.at)
