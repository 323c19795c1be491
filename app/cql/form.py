"""How a page of features is told: its system of coordinates, its properties, its order."""

from dataclasses import dataclass

from app.cql.properties import Property
from app.cql.sorting import Sorting
from app.crs import CRS84, Crs


@dataclass(frozen=True, slots=True)
class Form:
    """What a caller asks of a page, besides which features are on it; `offset` leaves the first ones out."""

    crs: Crs = CRS84
    properties: tuple[Property, ...] | None = None
    sorting: Sorting | None = None
    offset: int = 0

    @property
    def once(self) -> bool:
        """Whether its SQL is one of very many, so that no connection should keep it."""
        return self.properties is not None or self.sorting is not None

    @property
    def skipping(self) -> str:
        """SQL that leaves the first features out."""
        return " OFFSET %(offset)s" if self.offset else ""

    def shape(self) -> "Form":
        """Another form with the same SQL."""
        return Form(self.crs, self.properties, self.sorting, min(self.offset, 1))


PLAIN = Form()


def columns(properties: tuple[Property, ...]) -> str:
    """SQL for the properties under their names, as columns of a SELECT; `NULL` names none."""
    return ", ".join(
        each.sql if each.sql == each.name else f'{each.sql} AS "{each.name}"' for each in properties
    )
