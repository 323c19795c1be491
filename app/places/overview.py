"""The places of a box, gathered in the cells of a grid: from the kept counts where a filter allows it.

A box of a map never ends where cells end. So the coarsest kept cells that lie wholly inside it are taken as
they are; those on its edge are replaced by their finer cells, and those of the finest on the edge by the
places themselves. What is read is the rows inside and the places along the edge, however many there are.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from psycopg.types.numeric import Int8
from sqlalchemy import Connection

from app.params import Bbox
from app.places.counts import LEVELS, SUMS
from app.places.selection import Selection, anchored, conditions, filters, parameters, pins, shapes
from app.statements import row, rows
from geo import curve

X_BITS, Y_BITS = 0x1555555555555555, 0x2AAAAAAAAAAAAAAA
"""The bits of x and of y in a Morton code: codes with all others cleared compare as their x, or y, do."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The places of one kind in a grid cell: how many, sums of their coordinates in 1e-7 degrees, and the
    exclusive or of their Morton codes, which for one place is its own."""

    cell: int
    kind: str
    places: int
    lon_e7: int
    lat_e7: int
    codes: int


def cells(db: Connection, selection: Selection, grid: int) -> list[Cell]:
    """The cells of the grid of level `grid` (0 to 31) with places whose pins stand in the selection's box.

    Exact under every filter: each place that the selection holds is counted once, in one cell or, over the
    antimeridian, in a part of it on each side.
    """
    drop = 2 * (curve.BITS - grid)
    levels = tuple(level for level in LEVELS if level >= grid)
    if not (selection.counted and levels):
        values = parameters(selection) | {"drop": drop}
        sql = (_from_places.__wrapped__ if selection.once else _from_places)(selection.shape())
        return rows(db, Cell, sql, values, once=selection.once)
    found: list[Cell] = []
    for box in (selection.bbox or EVERYWHERE).boxes():
        half = replace(selection, bbox=box)
        values = parameters(half) | {"drop": drop} | _outline(box, levels[0])
        found += rows(db, Cell, _from_counts(half.shape(), levels), values)
    return found


def matched(db: Connection, selection: Selection) -> int | None:
    """How many places the selection holds, lines and polygons that only touch its box included.

    None under a filter whose count would have to read every place that it lets through.
    """
    if not selection.counted:
        return None
    if selection.bbox is None:
        sql = f"""SELECT coalesce(sum(places), 0)::bigint FROM place_counts
            WHERE city_id = %(city)s AND level = {LEVELS[0]} AND {filters(selection)}"""
        total: int = row(db, sql, parameters(selection))[0]
        return total
    standing = sum(cell.places for cell in cells(db, selection, 0))
    whole = replace(selection, after=None)
    sql = f"WITH {shapes(whole.shape(), 'id, morton, geom')} SELECT count(*) FROM shapes"
    touching: int = row(db, sql, parameters(whole))[0]
    return standing + touching


EVERYWHERE = Bbox(-180.0, -90.0, 180.0, 90.0)


def _outline(box: Bbox, level: int) -> dict[str, Any]:
    """The box as Morton codes: its corners, and ranges of the level's cells that together hold it."""
    edges = (box.west, box.south, box.east, box.north)
    corners = zip(
        ("outer_first", "outer_last", "inner_first", "inner_last"), curve.corners(*edges), strict=True
    )
    values: dict[str, Any] = {name: Int8(code) for name, code in corners}
    firsts, lasts = zip(*_cells_covering(edges, level), strict=True)
    return values | {"cover_firsts": list(map(Int8, firsts)), "cover_lasts": list(map(Int8, lasts))}


def _cells_covering(edges: tuple[float, float, float, float], level: int) -> list[tuple[int, int]]:
    drop = 2 * (curve.BITS - level)
    ranges: list[tuple[int, int]] = []
    for first, last in curve.cover(*edges):
        first, last = first >> drop, last >> drop
        if ranges and first <= ranges[-1][1]:  # two ranges of codes may meet in one cell
            first = ranges.pop()[0]
        ranges.append((first, last))
    return ranges


@lru_cache(maxsize=64)
def _from_places(selection: Selection) -> str:
    return f"""SELECT morton >> %(drop)s AS cell, kind, {SUMS}
        FROM ({pins(selection, "lon, lat, morton, kind")}) AS pins GROUP BY cell, kind"""


@lru_cache(maxsize=64)
def _from_counts(selection: Selection, levels: tuple[int, ...]) -> str:
    steps = [_first_step(selection, levels[0])]
    steps += [_finer_step(selection, *pair) for pair in pairwise(levels)]
    parts = [_inside(level) for level in levels] + [_on_the_edge(selection, levels[-1])]
    return f"""WITH {", ".join(steps)}
        SELECT cell, kind, sum(places)::bigint AS places, sum(lon_e7)::bigint AS lon_e7,
            sum(lat_e7)::bigint AS lat_e7, bit_xor(codes) AS codes
        FROM ({" UNION ALL ".join(parts)}) AS parts GROUP BY cell, kind HAVING sum(places) > 0"""


def _first_step(selection: Selection, level: int) -> str:
    cover = "unnest(%(cover_firsts)s::bigint[], %(cover_lasts)s::bigint[])"
    return _step(selection, level, f"{cover} AS a (first, last)", "a.first AND a.last")


def _finer_step(selection: Selection, coarse: int, fine: int) -> str:
    bits = 2 * (fine - coarse)
    return _step(selection, fine, _edge(coarse), f"a.cell << {bits} AND (a.cell + 1 << {bits}) - 1")


def _step(selection: Selection, level: int, among: str, between: str) -> str:
    """The kept rows of a level among ranges of cells; OFFSET keeps PostgreSQL to one search for each range,
    where it would read the whole level, because it cannot guess how few rows are left."""
    return f"""kept{level} AS MATERIALIZED (SELECT k.* FROM {among} CROSS JOIN LATERAL (
            SELECT * FROM place_counts AS k WHERE k.city_id = %(city)s AND k.level = {level}
                AND k.cell BETWEEN {between} AND {filters(selection)} OFFSET 0
        ) AS k WHERE {_between(level, "outer", ">=", "<=")})"""


def _on_the_edge(selection: Selection, level: int) -> str:
    bits = 2 * (curve.BITS - level)
    return f"""SELECT morton >> %(drop)s, kind, 1, round(lon * 1e7)::bigint, round(lat * 1e7)::bigint, morton
        FROM {_edge(level)} CROSS JOIN LATERAL (
            SELECT morton, kind, lon, lat FROM places
            WHERE {conditions(selection)} AND {anchored(selection.bbox)}
                AND morton BETWEEN a.cell << {bits} AND (a.cell + 1 << {bits}) - 1 OFFSET 0
        ) AS places"""


def _inside(level: int) -> str:
    """The cells that lie wholly in the box: nearer to its middle than the cells of its corners."""
    bits = 2 * (curve.BITS - level)
    return f"""SELECT cell >> %(drop)s - {bits} AS cell, kind, places, lon_e7, lat_e7, codes
        FROM kept{level} AS k WHERE {_between(level, "inner", ">", "<")}"""


def _edge(level: int) -> str:
    inside = _between(level, "inner", ">", "<")
    return f"(SELECT DISTINCT cell FROM kept{level} AS k WHERE NOT ({inside})) AS a"


def _between(level: int, corners: str, after: str, before: str) -> str:
    """That a cell stands in this order to the cells of two corners, in x and in y."""
    bits = 2 * (curve.BITS - level)
    return " AND ".join(
        f"(k.cell & {mask}) {sign} (%({corners}_{corner})s >> {bits} & {mask})"
        for mask in (X_BITS, Y_BITS)
        for sign, corner in ((after, "first"), (before, "last"))
    )
