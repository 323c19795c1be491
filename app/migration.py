"""The tables brought up to date, and what the serving role may do with each."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, make_url, text

from app.db import Database
from app.tables import metadata
from app.tables.registry import PRIVILEGES, scope_of, settled_in

MIGRATIONS = Path(__file__).parents[1] / "migrations"
MIGRATION_LOCK = 0x434F5254  # any constant will do, as long as every migrating process takes the same one


def migrations_config(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def migrate(owner_url: str, serving_url: str, revision: str = "head") -> None:
    """Bring the tables to `revision` and give the serving role its privileges; can be run at any time.

    `owner_url` names the role that owns the tables, `serving_url` the one that serves (it may be the same).
    Two processes that migrate at once take turns.
    """
    owner = Database(owner_url, size=1, timeout_ms=0)
    try:
        with owner.transaction() as db:
            db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            config = migrations_config(owner_url)
            config.attributes["connection"] = db
            command.upgrade(config, revision)
            if revision == "head":
                grant(db, make_url(serving_url).username)
    finally:
        owner.close()


def grant(db: Connection, role: str | None) -> None:
    """Give `role` what the registry says of every table; nothing to do where it is the owner itself."""
    owner = db.scalar(text("SELECT current_user"))
    if role is None or role == owner:
        return
    quoted = db.dialect.identifier_preparer.quote(role)
    for table in metadata.sorted_tables:
        db.execute(text(f"REVOKE ALL ON {table.name} FROM {quoted}"))
        db.execute(text(f"GRANT {PRIVILEGES[scope_of(table)]} ON {table.name} TO {quoted}"))
        if columns := ", ".join(settled_in(table)):
            db.execute(text(f"GRANT UPDATE ({columns}) ON {table.name} TO {quoted}"))
