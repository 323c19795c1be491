"""Who was reminded of which place, and when."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Uuid,
)

from app.tables.registry import Scope, metadata

place_reminders = Table(
    "place_reminders",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("place_id", Uuid, nullable=False),
    Column("person_id", Uuid, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column(
        "used_at", DateTime(timezone=True), comment="when the place was confirmed by the link in the mail"
    ),
    PrimaryKeyConstraint("city_id", "place_id", "person_id"),
    ForeignKeyConstraint(["city_id", "place_id"], ["places.city_id", "places.id"], ondelete="CASCADE"),
    Index("place_reminders_person_id_idx", "person_id"),
    info={"scope": Scope.CITY},
    comment="the last mail that asked somebody whether a place is still as told",
)
