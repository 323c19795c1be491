"""What may be asked of the edges of the graph: over which, from which place, how far, as of when. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.range import TimestamptzRange

from app import params, times
from app.errors import BadParameter
from app.network.rules import identifier

BOTH, RELATIONS, NEIGHBOURS = OVER = ("both", "relations", "neighbours")
MOST_HOPS = 4
WHEN = ("over", "at", "as_of")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which edges of a city: over relations, neighbours or both; relations true at a time `during`.

    `as_of`: the relations as they were known then; None: as they are known now. Neighbours are always those
    of today.
    """

    city_id: int
    over: str
    during: TimestamptzRange
    as_of: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What the SQL of edges asks for."""
        return {
            "city": self.city_id,
            "during": self.during,
            "as_of": self.as_of,
            "stated": ["confirmed", "ended"],  # at their time, they are or were true
        }

    @property
    def near(self) -> bool:
        """Whether neighbours count."""
        return self.over != RELATIONS

    @property
    def stated(self) -> bool:
        """Whether relations count."""
        return self.over != NEIGHBOURS


def asked(values: Mapping[str, str], city_id: int, now: datetime, default: str = BOTH) -> Asked:
    """Read `over`, `at` (a day or a moment; without it, now) and `as_of`."""
    over = values.get("over", default)
    if over not in OVER:
        raise BadParameter(
            "over", "“%(word)s” is not one of %(allowed)s.", word=over[:40], allowed=", ".join(OVER)
        )
    during = TimestamptzRange(now, now, "[]")
    if "at" in values:
        said = times.moment("at", values["at"])
        during = TimestamptzRange(said.start, said.end, said.bounds)
    return Asked(city_id, over, during, times.since(values, "as_of"))


def hops(values: Mapping[str, str], default: int) -> int:
    """Read `hops`, how many steps away, from 1 to 4."""
    return params.whole(values, "hops", default, 1, MOST_HOPS)


def place(values: Mapping[str, str], name: str = "place") -> UUID:
    """Read the identifier of a place, or the address of its page, whose last part is that."""
    if name not in values:
        raise BadParameter(name, "is needed: the identifier of a place.")
    found = identifier(values[name])
    if found is None:
        raise BadParameter(name, "is not the identifier of a place.")
    return found


def ends(values: Mapping[str, str]) -> tuple[UUID, UUID]:
    """Read `from` and `to`, two places."""
    start, end = place(values, "from"), place(values, "to")
    if start == end:
        raise BadParameter("to", "is the same place as from: there is no way to go.")
    return start, end
