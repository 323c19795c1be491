"""The cities: a small reference table."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.tables.registry import Scope, metadata

REVIEWS = ("none", "first", "all")
"""Whose contributions wait for a moderator."""

cities = Table(
    "cities",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="the municipality's ISTAT code"),
    Column("slug", Text, nullable=False, comment="the city's word in addresses"),
    Column("names", JSONB, nullable=False, comment="name by language: {'it': 'Torino', 'en': 'Turin'}"),
    Column(
        "languages", ARRAY(Text), nullable=False, comment="the languages it is read in, the main one first"
    ),
    Column("time_zone", Text, nullable=False),
    Column("metric_srid", Integer, nullable=False, comment="EPSG code of the projected CRS used for metres"),
    Column("home", Geometry("POLYGON", 4326, spatial_index=False), nullable=False, comment="the first view"),
    Column(
        "extent",
        Geometry("POLYGON", 4326, spatial_index=False),
        nullable=False,
        comment="a place must lie inside",
    ),
    Column(
        "review",
        Text,
        nullable=False,
        server_default="first",
        comment="whose contributions wait for review: none, first (of a person in this city), all",
    ),
    Column(
        "visitors_pin",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="whether somebody without an account may pin, held for review",
    ),
    UniqueConstraint("slug"),
    CheckConstraint("review IN ('none', 'first', 'all')", name="review"),
    CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,62}$'", name="slug"),
    CheckConstraint("cardinality(languages) > 0", name="languages"),
    info={"scope": Scope.REFERENCE, "settled": ("review", "visitors_pin", "names")},
)

rule_changes = Table(
    "rule_changes",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("id", Uuid, nullable=False, comment="UUIDv7"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("person_id", Uuid, comment="who settled it; NULL: the command line"),
    Column("before", JSONB, nullable=False, comment="the rules that changed, as they were"),
    Column("after", JSONB, nullable=False),
    PrimaryKeyConstraint("city_id", "id"),
    Index("rule_changes_city_id_at_id_idx", "city_id", "at", "id"),
    info={"scope": Scope.HISTORY},
    comment="what was changed of the rules of a city; only ever added to",
)
