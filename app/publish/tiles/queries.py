"""How many places stand in each cell of a grid over the view."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.places.selection import Selection, parameters, pins
from app.statements import rows


@dataclass(frozen=True, slots=True)
class Cell:
    """The places of one kind in a grid cell: how many, the sums of their coordinates, the lowest code."""

    cell: int
    kind: str
    places: int
    lon: float
    lat: float
    morton: int


def cells(db: Connection, selection: Selection, shift: int) -> list[Cell]:
    """The cells with places in them, a cell being what Morton codes share above their lowest `shift` bits.

    Exact under every filter: each place that the selection holds and whose pin stands in its box is
    counted once.
    """
    sql = f"""SELECT morton >> %(shift)s AS cell, kind, count(*) AS places, sum(lon) AS lon, sum(lat) AS lat,
            min(morton) AS morton
        FROM ({pins(selection, "lon, lat, morton, kind")}) AS pins
        GROUP BY cell, kind"""
    return rows(db, Cell, sql, parameters(selection) | {"shift": shift})
