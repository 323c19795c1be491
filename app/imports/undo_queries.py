"""The SQL of an undo: what a batch wrote, what was there before, and putting it back. Never commits.

A version carries the batch whose values it has, so a version that an undo put back is again the version of
the batch before. What a batch superseded is in the history, marked with it.
"""

from uuid import UUID

from sqlalchemy import Connection, text

from app.imports.queries import stamp_parameters
from app.imports.targets import Stamp, Target

UNDO = "import_undo"


def make_list(db: Connection, target: Target) -> None:
    """An empty list of what to do: a key, the revision to put back (none: remove), whether it is there."""
    key = "".join(f"{name} {target.type_of(name)}, " for name in target.key)
    db.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{UNDO}")
    db.exec_driver_sql(
        f"CREATE TEMPORARY TABLE {UNDO} ({key}restored integer, present boolean) ON COMMIT DROP"
    )


def list_written(db: Connection, target: Target, city_id: int, batch: UUID) -> None:
    """List the keys whose current version is the batch's, each with the version that it superseded."""
    key = ", ".join(f"t.{name}" for name in target.key)
    sql = f"""INSERT INTO {UNDO} SELECT {key}, max(h.revision), true
        FROM {target.table.name} t LEFT JOIN {target.history.name} h
            ON h.city_id = :city AND {_same(target, "h", "t")} AND h.superseded_by = :batch
        WHERE t.city_id = :city AND t.batch_id = :batch GROUP BY {key}"""
    db.execute(text(sql), {"city": city_id, "batch": batch})


def list_superseded(db: Connection, target: Target, city_id: int, undo: UUID) -> None:
    """List what the batch `undo` took away and nobody has changed since: to redo what it undid."""
    key = ", ".join(f"h.{name}" for name in target.key)
    clash = " AND ".join(f"o.{name} = h.{name}" for name in target.match)
    sql = f"""INSERT INTO {UNDO} SELECT {key}, h.revision, t.revision IS NOT NULL
        FROM {target.history.name} h LEFT JOIN {target.table.name} t
            ON t.city_id = :city AND {_same(target, "t", "h")}
        WHERE h.city_id = :city AND h.superseded_by = :undo AND (
            t.revision = h.revision + 1
            OR t.revision IS NULL
            AND NOT EXISTS (SELECT FROM {target.table.name} o WHERE o.city_id = :city AND {clash})
            AND NOT EXISTS (SELECT FROM {target.history.name} later
                WHERE later.city_id = :city AND {_same(target, "later", "h")} AND later.revision > h.revision)
        )"""
    db.execute(text(sql), {"city": city_id, "undo": undo})


def counts(db: Connection) -> tuple[int, int, int]:
    """How many of the listed keys get another version, are removed, and come back."""
    db.exec_driver_sql(f"ANALYZE {UNDO}")
    sql = f"""SELECT count(*) FILTER (WHERE present AND restored IS NOT NULL),
        count(*) FILTER (WHERE restored IS NULL), count(*) FILTER (WHERE NOT present) FROM {UNDO}"""
    row = db.execute(text(sql)).one()
    return row[0], row[1], row[2]


def count_kept(db: Connection, target: Target, city_id: int, batch: UUID) -> int:
    """How many keys the batch touched that are not listed, because they were changed since."""
    key = ", ".join(f"h.{name}" for name in target.key)
    listed = ", ".join(target.key)
    sql = f"""SELECT count(*) FROM (
            SELECT {key} FROM {target.history.name} h
            WHERE h.city_id = :city AND (h.superseded_by = :batch OR h.batch_id = :batch)
            EXCEPT SELECT {listed} FROM {UNDO}
        ) kept"""
    return int(db.scalar(text(sql), {"city": city_id, "batch": batch}) or 0)


def archive_listed(db: Connection, target: Target, stamp: Stamp) -> None:
    """Keep the current versions that are about to go."""
    names = ", ".join(target.columns)
    old = ", ".join(f"t.{name}" for name in target.columns)
    sql = f"""INSERT INTO {target.history.name} ({names}, superseded_at, superseded_by)
        SELECT {old}, :at, :batch FROM {target.table.name} t JOIN {UNDO} u ON {_same(target, "u", "t")}
        WHERE t.city_id = :city AND u.present"""
    db.execute(text(sql), stamp_parameters(stamp))


def restore_listed(db: Connection, target: Target, stamp: Stamp) -> None:
    """Put the listed versions over the current ones, as new revisions."""
    fixed = {"city_id", *target.key, *target.untouched, "revision", "recorded_at"}
    assigned = ", ".join(f"{name} = h.{name}" for name in target.columns if name not in fixed)
    sql = f"""UPDATE {target.table.name} t SET {assigned}, revision = t.revision + 1, recorded_at = :at
        FROM {UNDO} u JOIN {target.history.name} h ON h.city_id = :city AND {_same(target, "h", "u")}
            AND h.revision = u.restored
        WHERE t.city_id = :city AND {_same(target, "t", "u")} AND u.present"""
    db.execute(text(sql), {"city": stamp.city_id, "at": stamp.at})


def remove_listed(db: Connection, target: Target, stamp: Stamp) -> None:
    """Remove the rows that the batch had added."""
    sql = f"""DELETE FROM {target.table.name} t USING {UNDO} u
        WHERE t.city_id = :city AND {_same(target, "t", "u")} AND u.restored IS NULL"""
    db.execute(text(sql), {"city": stamp.city_id})


def bring_back_listed(db: Connection, target: Target, stamp: Stamp) -> None:
    """Add rows again that an undo had removed."""
    names = [name for name in target.columns if name not in ("revision", "recorded_at")]
    old = ", ".join(f"h.{name}" for name in names)
    order = "ORDER BY h.morton" if "morton" in names else ""
    sql = f"""INSERT INTO {target.table.name} ({", ".join(names)}, revision, recorded_at)
        SELECT {old}, h.revision + 1, :at FROM {UNDO} u JOIN {target.history.name} h
            ON h.city_id = :city AND {_same(target, "h", "u")} AND h.revision = u.restored
        WHERE NOT u.present {order}"""
    db.execute(text(sql), {"city": stamp.city_id, "at": stamp.at})


def _same(target: Target, one: str, other: str) -> str:
    return " AND ".join(f"{one}.{name} = {other}.{name}" for name in target.key)
