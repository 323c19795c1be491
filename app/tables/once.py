"""Answers that were given to requests with an `Idempotency-Key`, so that a request sent twice acts once."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.tables.registry import Scope, metadata

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("person_id", Uuid, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False, comment="the Idempotency-Key of the request"),
    Column("request", LargeBinary, nullable=False, comment="SHA-256 of all that was asked"),
    Column("answer", JSONB, nullable=False, comment="status, headers and body"),
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("person_id", "key"),
    CheckConstraint("char_length(key) BETWEEN 1 AND 200", name="key"),
    Index("kept_answers_at_idx", "at"),
    info={"scope": Scope.LOCAL},
    comment="for a day; written in the transaction of what was done",
)
