"""How many public places stand where: kept for the cells of four grids, and added up when somebody asks.

A cell is what Morton codes share in their first 2 * level bits. Cells are small, so that two people who pin
at once rarely meet in one row, and those who do may take a slot each. Whatever writes places counts the
places it is about to touch out of their cells, writes, and counts them in again, all in its transaction;
numbers that were added and taken away add up, in whatever order transactions commit.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from app.tables.places import VISIBLE
from geo.curve import BITS

LEVELS = (12, 14, 16, 18)
"""Cells of 6.9 km, 1.7 km, 430 m and 108 m in Torino: a quarter of a map tile at zooms 10, 12, 14 and 16."""

SUMS = (
    "count(*) AS places, sum(round(lon * 1e7)::bigint)::bigint AS lon_e7,"
    " sum(round(lat * 1e7)::bigint)::bigint AS lat_e7, bit_xor(morton) AS codes"
)
"""What is kept of the places in a cell. Whole numbers, because what is taken away must leave nothing."""


SLOTS = 16
SEATS = 0x636F756E
"""The first half of the keys of the advisory locks by which writers share the slots; any constant will do."""


def seat(db: Connection) -> int:
    """A slot that no other transaction counts in until this one ends; to be taken before any place is locked.

    Two writers who count in one slot could wait for each other in a ring, each in a cell that the other has
    changed. Only where sixteen write at this moment does the next one wait.
    """
    sql = """SELECT slot FROM generate_series(0, :last) AS slot
        WHERE pg_try_advisory_xact_lock(:key, slot) LIMIT 1"""
    free = db.scalar(text(sql), {"key": SEATS, "last": SLOTS - 1})
    if free is None:
        free = secrets.randbelow(SLOTS)
        db.execute(text("SELECT pg_advisory_xact_lock(:key, :slot)"), {"key": SEATS, "slot": free})
    return int(free)


@contextmanager
def recounted(
    db: Connection, city_id: int, touched: tuple[str, str], values: Mapping[str, Any], slot: int = 0
) -> Iterator[None]:
    """Keep the counts right around the writes of the block.

    `touched`: two SQL conditions on `places`, with `values`: what the block is about to change or remove, and
    what it has added or changed then. `slot` (0 to 15) keeps writers apart that count in the same cell at the
    same time. The rows must be locked already where others could write them.
    """
    before, after = touched
    count(db, city_id, (-1, before), values, slot)
    yield
    count(db, city_id, (1, after), values, slot)


def count(
    db: Connection, city_id: int, change: tuple[int, str], values: Mapping[str, Any], slot: int = 0
) -> None:
    """Add (1) or take away (-1) the places of a condition in the cells they stand in.

    In the order of the key, so that two writers never wait for each other in a ring. A row that comes to
    nothing stays: the next place in that cell would make it again.
    """
    sign, which = change
    sql = f"""INSERT INTO place_counts AS kept
            (city_id, level, cell, kind, status, slot, places, lon_e7, lat_e7, codes)
        SELECT :city, level, cell, kind, status, :slot, :sign * places, :sign * lon_e7, :sign * lat_e7, codes
        FROM ({_counted(which)}) AS changed ORDER BY level, cell, kind, status
        ON CONFLICT (city_id, level, cell, kind, status, slot) DO UPDATE SET
            places = kept.places + excluded.places, lon_e7 = kept.lon_e7 + excluded.lon_e7,
            lat_e7 = kept.lat_e7 + excluded.lat_e7, codes = kept.codes # excluded.codes"""
    db.execute(text(sql), {**values, "city": city_id, "slot": slot, "sign": sign})


def _counted(which: str) -> str:
    """Level, cell, kind, status and sums of the places of a condition; coarse cells from the finest."""
    finest = max(LEVELS)
    grids = ", ".join(f"({level})" for level in LEVELS)
    return f"""SELECT level, cell >> (2 * ({finest} - level)) AS cell, kind, status,
            sum(places)::bigint AS places, sum(lon_e7)::bigint AS lon_e7, sum(lat_e7)::bigint AS lat_e7,
            bit_xor(codes) AS codes
        FROM (
            SELECT morton >> {2 * (BITS - finest)} AS cell, kind, status, {SUMS}
            FROM places WHERE city_id = :city AND {VISIBLE} AND ({which}) GROUP BY 1, kind, status
        ) AS finest CROSS JOIN (VALUES {grids}) AS grids (level) GROUP BY 1, 2, kind, status"""


def rebuild(db: Connection, city_id: int) -> int:
    """Count every place of the city anew; returns in how many cells the kept counts had been wrong.

    Writers of the city's counts wait until the transaction ends.
    """
    db.execute(text("LOCK TABLE place_counts IN SHARE ROW EXCLUSIVE MODE"))
    wrong = db.scalar(text(_WRONG), {"city": city_id})
    db.execute(text("DELETE FROM place_counts WHERE city_id = :city"), {"city": city_id})
    count(db, city_id, (1, "true"), {})
    return int(wrong or 0)


_WRONG = f"""SELECT count(*) FROM (
        SELECT level, cell, kind, status, sum(places) AS places, sum(lon_e7) AS lon_e7, sum(lat_e7) AS lat_e7,
            bit_xor(codes) AS codes
        FROM place_counts WHERE city_id = :city GROUP BY level, cell, kind, status HAVING sum(places) <> 0
    ) AS kept FULL JOIN ({_counted("true")}) AS there USING (level, cell, kind, status)
    WHERE ROW(kept.places, kept.lon_e7, kept.lat_e7, kept.codes)
        IS DISTINCT FROM ROW(there.places, there.lon_e7, there.lat_e7, there.codes)"""
