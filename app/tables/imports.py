"""Import batches: what each import did, so that it can be told and undone."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)

from app.tables.places import one_of
from app.tables.registry import Scope, metadata

SUBJECTS = ("places", "areas", "indicators")

import_batches = Table(
    "import_batches",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("id", Uuid, nullable=False),
    Column("subject", Text, nullable=False, comment="the table it wrote to"),
    Column("file_name", Text, nullable=False),
    Column("undoes", Uuid, comment="the batch that this one undid, where it is an undo"),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True), nullable=False),
    Column("read", Integer, nullable=False, comment="rows in the file"),
    Column("inserted", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("repaired", Integer, nullable=False, comment="geometries made valid"),
    PrimaryKeyConstraint("city_id", "id"),
    CheckConstraint(one_of("subject", SUBJECTS), name="subject"),
    info={"scope": Scope.HISTORY},
)
