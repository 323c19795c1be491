"""The SQL of an import: from the staging table into the real one, and the batches. Never commits.

The statements are put together from the names of columns, which come from `app.tables`, never from a file.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, text

from app.imports.staging import STAGING
from app.imports.targets import Staged, Stamp, Target

MATCHED = "import_matched"
MEMORY_KB = 256 << 10
"""For sorting, hashing and index builds of one import, where the server's own setting is less."""


@dataclass(frozen=True)
class Batch:
    """What one import or undo did: a row of import_batches."""

    id: UUID
    subject: str
    file_name: str
    undoes: UUID | None
    started_at: datetime
    finished_at: datetime
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    repaired: int


def city_extent(db: Connection, city_id: int) -> BaseGeometry:
    """Where the city's places must lie, EPSG:4326."""
    sql = "SELECT ST_AsBinary(extent) FROM cities WHERE id = :city"
    extent: BaseGeometry = shapely.from_wkb(db.scalar(text(sql), {"city": city_id}))
    return extent


def prepare_session(db: Connection) -> None:
    """For this transaction: memory for big sorts, and an early end where the importing process is gone."""
    for name in ("work_mem", "maintenance_work_mem"):
        db.execute(
            text(
                "SELECT set_config(name, greatest(setting::bigint, :least) || 'kB', true)"
                " FROM pg_settings WHERE name = :name"
            ),
            {"name": name, "least": MEMORY_KB},
        )
    db.execute(text("SET LOCAL statement_timeout = 0"))
    db.execute(text("SET LOCAL client_connection_check_interval = '2s'"))


def duplicates(db: Connection, target: Target, staged: Staged) -> Iterator[tuple[int, int, str]]:
    """Rows whose key an earlier row of the file has: their number, that row's, and the key's last part."""
    names = ", ".join(_varying_key(target, staged))
    sql = f"""SELECT DISTINCT s.row_no, earlier.row_no AS first, {target.match[-1]} AS said
        FROM {STAGING} s JOIN (
            SELECT {names}, min(row_no) AS row_no FROM {STAGING} GROUP BY {names} HAVING count(*) > 1
        ) earlier USING ({names})
        WHERE s.row_no > earlier.row_no ORDER BY s.row_no"""
    for row in db.execute(text(sql)):
        yield row.row_no, row.first, row.said


def drop_duplicates(db: Connection, target: Target, staged: Staged) -> int:
    """Of staged rows with one key, keep the first; returns how many went."""
    same = " AND ".join(f"s.{name} = earlier.{name}" for name in _varying_key(target, staged))
    names = ", ".join(_varying_key(target, staged))
    sql = f"""DELETE FROM {STAGING} s USING (
            SELECT {names}, min(row_no) AS row_no FROM {STAGING} GROUP BY {names} HAVING count(*) > 1
        ) earlier WHERE {same} AND s.row_no > earlier.row_no"""
    return db.execute(text(sql)).rowcount


def number_repeats(db: Connection, prefix: str) -> int:
    """Tell staged rows apart that share an identifier made from their content: the second becomes `...-2`."""
    sql = f"""UPDATE {STAGING} s SET external_id = s.external_id || '-' || repeat.nth FROM (
            SELECT row_no, row_number() OVER (PARTITION BY external_id ORDER BY row_no) AS nth
            FROM {STAGING} WHERE external_id IN (
                SELECT external_id FROM {STAGING} WHERE starts_with(external_id, :prefix)
                GROUP BY external_id HAVING count(*) > 1
            )
        ) repeat WHERE repeat.row_no = s.row_no AND repeat.nth > 1"""
    return db.execute(text(sql), {"prefix": prefix}).rowcount


def outnumbers(db: Connection, target: Target, rows: int) -> bool:
    """Whether `rows` are more than the whole table holds, all cities together: its indexes are theirs too.

    Counted, because PostgreSQL's own estimate takes rows for there that an import had written when it died;
    and counted only so far, so that a small import never reads a large table.
    """
    sql = f"SELECT count(*) FROM (SELECT FROM {target.table.name} LIMIT :rows) counted"
    return int(db.scalar(text(sql), {"rows": rows}) or 0) < rows


def lock(db: Connection, target: Target, *, alone: bool) -> None:
    """Keep other writers out until the end of the transaction, and readers too where `alone`."""
    mode = "ACCESS EXCLUSIVE" if alone else "SHARE ROW EXCLUSIVE"
    db.execute(text(f"LOCK TABLE {target.table.name} IN {mode} MODE"))


def match(db: Connection, target: Target, staged: Staged, stamp: Stamp) -> tuple[int, int]:
    """Note which staged rows the table has already; returns how many of those differ and how many do not."""
    key_types = "".join(f", {name} {target.type_of(name)}" for name in target.key)
    db.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{MATCHED}")
    db.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {MATCHED} (row_no bigint, changed boolean{key_types}) ON COMMIT DROP"
    )
    compared = [name for name in _imported(target, staged) if name not in target.derived]
    old = ", ".join(f"t.{name}" for name in compared)
    new = ", ".join(_value(target, staged, name) for name in compared)
    same = " AND ".join(f"t.{name} = {_value(target, staged, name)}" for name in target.match)
    key = ", ".join(f"t.{name}" for name in target.key)
    sql = f"""INSERT INTO {MATCHED} SELECT s.row_no, ROW({old}) IS DISTINCT FROM ROW({new}), {key}
        FROM {STAGING} s JOIN {target.table.name} t ON t.city_id = :city AND {same}"""
    db.execute(text(sql), _parameters(staged, stamp))
    db.exec_driver_sql(f"ANALYZE {MATCHED}")
    counted = db.execute(
        text(f"SELECT count(*) FILTER (WHERE changed) AS changed, count(*) AS matched FROM {MATCHED}")
    ).one()
    return counted.changed, counted.matched - counted.changed


def archive_changed(db: Connection, target: Target, stamp: Stamp) -> None:
    """Keep the versions that `update_changed` is about to supersede."""
    names = ", ".join(target.columns)
    old = ", ".join(f"t.{name}" for name in target.columns)
    sql = f"""INSERT INTO {target.history.name} ({names}, superseded_at, superseded_by)
        SELECT {old}, :at, :batch FROM {target.table.name} t JOIN {MATCHED} m ON {_same_key(target, "m")}
        WHERE t.city_id = :city AND m.changed"""
    db.execute(text(sql), stamp_parameters(stamp))


def update_changed(db: Connection, target: Target, staged: Staged, stamp: Stamp) -> None:
    """Write what differs over the rows that are there, as their next revision."""
    new = {name: _value(target, staged, name) for name in _imported(target, staged)}
    new |= dict.fromkeys(target.personal, "NULL")
    assigned = ", ".join(f"{name} = {value}" for name, value in new.items())
    sql = f"""UPDATE {target.table.name} t
        SET {assigned}, batch_id = :batch, revision = t.revision + 1, recorded_at = :at
        FROM {MATCHED} m JOIN {STAGING} s USING (row_no)
        WHERE m.changed AND t.city_id = :city AND {_same_key(target, "m")}"""
    db.execute(text(sql), _parameters(staged, stamp))


def insert_new(db: Connection, target: Target, staged: Staged, stamp: Stamp) -> int:
    """Add the staged rows that the table does not have, near ones near each other; returns how many."""
    named = [*staged.columns, *staged.constants, *staged.defaults]
    values = ", ".join(_value(target, staged, name) for name in named)
    # Places lie in the order of their Morton code: a query for a box then reads few pages.
    order = "ORDER BY s.morton" if "morton" in staged.columns else "ORDER BY s.row_no"
    sql = f"""INSERT INTO {target.table.name} (city_id, {", ".join(named)}, batch_id, revision, recorded_at)
        SELECT :city, {values}, :batch, {_first_revision(target, staged)}, :at FROM {STAGING} s
        WHERE NOT EXISTS (SELECT FROM {MATCHED} m WHERE m.row_no = s.row_no) {order}"""
    return db.execute(text(sql), _parameters(staged, stamp)).rowcount


def secondary_indexes(db: Connection, target: Target) -> dict[str, str]:
    """Name and definition of every index of the table but its primary key."""
    sql = """SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = CAST(:name AS regclass) AND NOT i.indisprimary
            AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
        ORDER BY c.relname"""
    return {row[0]: row[1] for row in db.execute(text(sql), {"name": target.table.name})}


def drop_index(db: Connection, name: str) -> None:
    """Drop an index whose definition `secondary_indexes` has told."""
    db.exec_driver_sql(f"DROP INDEX {db.dialect.identifier_preparer.quote(name)}")


def rebuild_index(db: Connection, definition: str) -> None:
    """Make an index again from the definition that PostgreSQL gave."""
    db.connection.driver_connection.execute(definition)  # type: ignore[union-attr]


def analyze(db: Connection, target: Target) -> None:
    """Tell the planner of a table that is not what it was; waiting for autovacuum would serve bad plans."""
    db.exec_driver_sql(f"ANALYZE {target.table.name}")


def add_batch(db: Connection, city_id: int, batch: Batch) -> None:
    """Record what a batch did."""
    fields = asdict(batch)
    names, values = ", ".join(fields), ", ".join(f":{name}" for name in fields)
    sql = f"INSERT INTO import_batches (city_id, {names}) VALUES (:city_id, {values})"
    db.execute(text(sql), {"city_id": city_id, **fields})


def batches(db: Connection, city_id: int) -> list[Batch]:
    """Every batch of the city, the latest first."""
    names = ", ".join(Batch.__dataclass_fields__)
    sql = f"SELECT {names} FROM import_batches WHERE city_id = :city ORDER BY started_at DESC, id DESC"
    return [Batch(**row._mapping) for row in db.execute(text(sql), {"city": city_id})]


def stamp_parameters(stamp: Stamp) -> dict[str, Any]:
    """The parameters that every writing statement has."""
    return {"city": stamp.city_id, "batch": stamp.batch, "at": stamp.at}


def _parameters(staged: Staged, stamp: Stamp) -> dict[str, Any]:
    fixed = {**staged.defaults, **staged.constants}
    return {**stamp_parameters(stamp), **{f"fixed_{name}": value for name, value in fixed.items()}}


def _value(target: Target, staged: Staged, name: str) -> str:
    """A column's new value: from the staged row, or the same for all rows."""
    return f"s.{name}" if name in staged.columns else f"CAST(:fixed_{name} AS {target.type_of(name)})"


def _imported(target: Target, staged: Staged) -> list[str]:
    """The columns that the file decides about."""
    fixed = {*target.key, *target.match}
    return [name for name in (*staged.columns, *staged.constants) if name not in fixed]


def _varying_key(target: Target, staged: Staged) -> list[str]:
    return [name for name in target.match if name in staged.columns]


def _same_key(target: Target, other: str) -> str:
    return " AND ".join(f"t.{name} = {other}.{name}" for name in target.key)


def _first_revision(target: Target, staged: Staged) -> str:
    if not target.reborn:
        return "1"
    same = " AND ".join(f"h.{name} = {_value(target, staged, name)}" for name in target.key)
    return f"""1 + coalesce((SELECT max(h.revision) FROM {target.history.name} h
            WHERE h.city_id = :city AND {same}), 0)"""
