"""Photos of places."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.tables.places import MODERATION, one_of
from app.tables.registry import Scope, metadata

SHOWN = "state = 'published'"
"""The one predicate of which photos the public may see; their place must be visible, too."""
GONE = ("removed", "withdrawn")
"""The states of a photo of which a trace is left: taken away by a moderator, or by who had sent it."""
THERE = "removed_at IS NULL"
"""Of which photos there are files."""

place_photos = Table(
    "place_photos",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("id", Uuid, nullable=False, comment="UUIDv7; the client may make it"),
    # No foreign key: an import that is undone takes its places away and may bring them back, photos and all.
    Column("place_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    Column("alt", Text, comment="what is to be seen, in words; for who cannot see it"),
    Column("author", Uuid, comment="who sent it; who left has no row in people"),
    Column("licence", Text, nullable=False, comment="under what terms it may be used"),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("width", Integer, nullable=False, comment="of what is kept, upright, in pixels"),
    Column("height", Integer, nullable=False),
    Column("version", Integer, nullable=False, server_default="1", comment="of its pictures"),
    Column("regions", JSONB, comment="what is blurred: left, top, width, height as fractions"),
    Column("removed_at", DateTime(timezone=True), comment="since when only this trace is left of it"),
    PrimaryKeyConstraint("city_id", "id"),
    CheckConstraint(one_of("state", (*MODERATION, *GONE)), name="state"),
    CheckConstraint(f"({one_of('state', GONE)}) = (removed_at IS NOT NULL)", name="removed"),
    CheckConstraint("char_length(alt) BETWEEN 1 AND 1000", name="alt"),
    CheckConstraint("width BETWEEN 1 AND 4096 AND height BETWEEN 1 AND 4096", name="size"),
    Index("place_photos_city_id_place_id_added_at_idx", "city_id", "place_id", "added_at"),
    Index("place_photos_city_id_author_idx", "city_id", "author"),
    Index(
        "place_photos_city_id_added_at_idx", "city_id", "added_at", postgresql_where=text("state = 'held'")
    ),
    info={"scope": Scope.CITY},
    comment="photos of places; their files are beside the database",
)
