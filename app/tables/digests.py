"""The mails that tell followers what has changed."""

from sqlalchemy import Column, DateTime, ForeignKey, Table, Uuid

from app.tables.registry import Scope, metadata

digests = Table(
    "digests",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("sent_at", DateTime(timezone=True), comment="when the last one went out"),
    Column("stopped_at", DateTime(timezone=True), comment="since when they want none; NULL: they do"),
    info={"scope": Scope.LOCAL},
    comment="the mails about what changes at places that people follow",
)
