"""Alembic's way in: the connection is handed over by `app.migration.migrate`; every step is transactional."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine

from app.tables import metadata


def include_object(_item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
    """Leave PostGIS's own table out of comparisons."""
    return not (kind == "table" and reflected and name == "spatial_ref_sys")


def run(connection: Connection) -> None:
    """Run the steps on this connection, inside its transaction."""
    context.configure(connection=connection, target_metadata=metadata, include_object=include_object)
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    engine = create_engine(context.config.attributes["url"])
    with engine.begin() as own:
        run(own)
