"""The one list of the tables, and what each of them is to a cluster of several nodes.

- A *city* table carries `city_id` first in its key: all rows of a city can live on one node.
- A *reference* table is small, rarely changes, and can be copied to every node. The serving role may change
  those of its columns that the table says are `settled` on a page: the rules of a city.
- A *history* table is a city table whose rows are only ever added by the serving role.
- A *shared* table is a reference table that the serving role also writes, seldom: people.
- A *local* table stays on the node that serves, and is not copied: sessions, tokens, attempts.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import Column, DateTime, MetaData, Table, Uuid
from sqlalchemy.schema import PrimaryKeyConstraint

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)


class Scope(StrEnum):
    """What a table is; the serving role's privileges follow from it."""

    CITY = "city"
    REFERENCE = "reference"
    HISTORY = "history"
    SHARED = "shared"
    LOCAL = "local"


OF_A_CITY = (Scope.CITY, Scope.HISTORY)
"""The scopes whose tables hold rows of cities; every statement about them names its city."""


def scope_of(table: Table) -> Scope:
    """The scope that the table was declared with."""
    return Scope(table.info["scope"])


def history_of(current: Table, extra_key: str) -> Table:
    """The table of `current`'s superseded rows: the same columns, when each was superseded, and by what.

    Its key is the key of `current` and `extra_key`, the column that counts the versions. It has no other
    constraint: it keeps what once was allowed.
    """
    name = f"{current.name.removesuffix('s')}_revisions"
    columns: list[Column[Any]] = [Column(c.name, c.type, nullable=c.nullable) for c in current.columns]
    key = [c.name for c in current.primary_key.columns] + [extra_key]
    return Table(
        name,
        metadata,
        *columns,
        Column("superseded_at", DateTime(timezone=True), nullable=False),
        Column("superseded_by", Uuid, comment="the import batch that superseded it, where one did"),
        PrimaryKeyConstraint(*key),
        info={"scope": Scope.HISTORY},
        comment=f"superseded versions of {current.name}",
    )


def settled_in(table: Table) -> tuple[str, ...]:
    """The columns of a reference table that the serving role may change, too."""
    return tuple(table.info.get("settled", ()))


PRIVILEGES = {
    Scope.CITY: "SELECT, INSERT, UPDATE, DELETE",
    Scope.REFERENCE: "SELECT",
    Scope.HISTORY: "SELECT, INSERT",
    Scope.SHARED: "SELECT, INSERT, UPDATE, DELETE",
    Scope.LOCAL: "SELECT, INSERT, UPDATE, DELETE",
}
"""What the serving role may do to the tables of each scope."""
