"""What somebody without an account pinned, and where they want to hear of it."""

from geoalchemy2 import Geometry
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

from app.tables.registry import Scope, metadata

UNCONFIRMED = "content IS NOT NULL"
"""What was not confirmed yet is here and nowhere else; what was is a place like every other."""

visitor_pins = Table(
    "visitor_pins",
    metadata,
    Column("city_id", Integer, nullable=False),
    # No foreign key: until it is confirmed there is no such place.
    Column("place_id", Uuid, nullable=False, comment="UUIDv7; the client may make it"),
    Column("content", JSONB, comment="every field of the place, until it is confirmed or withdrawn"),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), comment="exact, for as long as content"),
    Column("photo_id", Uuid, comment="UUIDv7, made here; its files are beside the database"),
    Column("alt", Text, comment="what is to be seen on the photo, in words"),
    Column("email", Text, comment="in small letters; never shown to anybody. NULL: withdrawn"),
    Column("language", Text, nullable=False, comment="the language of mails"),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True), comment="when the button behind the link was pressed"),
    Column("withdrawn_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("city_id", "place_id"),
    CheckConstraint("(content IS NULL) = (geom IS NULL)", name="geom"),
    CheckConstraint("(content IS NULL) = (coalesce(confirmed_at, withdrawn_at) IS NOT NULL)", name="content"),
    CheckConstraint("(email IS NULL) = (withdrawn_at IS NOT NULL)", name="email"),
    Index("visitor_pins_city_id_email_idx", "city_id", "email", postgresql_where=text(UNCONFIRMED)),
    Index("visitor_pins_city_id_photo_id_idx", "city_id", "photo_id"),
    info={"scope": Scope.CITY},
    comment="what visitors pinned: held here until confirmed by mail, afterwards only whom to tell",
)
