"""The three tables that files go into, and what an import has to know of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from app.tables.areas import area_revisions, areas, indicator_value_revisions, indicator_values
from app.tables.places import place_revisions, places


@dataclass(frozen=True)
class Target:
    """A table with its history.

    `match`: the columns by which a row of a file finds its row in the table; `derived`: columns that follow
    from the geometry and need no comparing; `reborn`: whether a key can come back after it was removed, so
    that its revisions go on counting; `untouched`: columns that neither an import nor an undo changes;
    `personal`: columns that say which person wrote a version, and are empty in a version that a file wrote.
    """

    subject: str
    table: Table
    history: Table
    match: tuple[str, ...]
    derived: tuple[str, ...] = ()
    reborn: bool = True
    untouched: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key without the city."""
        return tuple(c.name for c in self.table.primary_key.columns if c.name != "city_id")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the table."""
        return tuple(c.name for c in self.table.columns)

    def type_of(self, column: str) -> str:
        """The type of a column, as SQL writes it."""
        return str(self.table.columns[column].type.compile(dialect=postgresql.dialect()))


PLACES = Target(
    "places",
    places,
    place_revisions,
    match=("source", "external_id"),
    derived=("lon", "lat", "morton"),
    reborn=False,  # a place that comes back gets an id of its own
    untouched=("moderation", "merged_into", "confirmed_at"),  # what people decided outlives every file
    personal=("author", "on_behalf_of", "note", "blur_m"),
)
AREAS = Target("areas", areas, area_revisions, match=("layer", "code"))
VALUES = Target("indicators", indicator_values, indicator_value_revisions, match=("indicator", "area_code"))
TARGETS: Mapping[str, Target] = {target.subject: target for target in (PLACES, AREAS, VALUES)}


@dataclass(frozen=True)
class Staged:
    """What lies ready beside the table.

    `columns`: the columns that differ from row to row; `constants`: columns with one value for the whole
    file; `defaults`: the same, but only for rows that are new: they change nothing that is there.
    """

    columns: tuple[str, ...]
    constants: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stamp:
    """Who writes: the city, the batch, and the moment from which it is known (an aware datetime)."""

    city_id: int
    batch: Any
    at: Any
