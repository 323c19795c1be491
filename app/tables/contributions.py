"""What people do to places besides their versions: changes that wait, exact positions, owners, followers."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from app.tables.places import one_of
from app.tables.registry import Scope, metadata

CHANGE_STATES = ("waiting", "approved", "refused", "withdrawn", "outdated")
WAITING = "state = 'waiting'"

place_changes = Table(
    "place_changes",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("id", Uuid, nullable=False, comment="UUIDv7; the client may make it"),
    Column("place_id", Uuid, nullable=False),
    Column("base_revision", Integer, nullable=False, comment="the version that the author saw"),
    Column("content", JSONB, nullable=False, comment="every field of the version that is proposed"),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), nullable=False, comment="exact"),
    Column("author", Uuid),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("decided_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("city_id", "id"),
    ForeignKeyConstraint(["city_id", "place_id"], ["places.city_id", "places.id"], ondelete="CASCADE"),
    CheckConstraint(one_of("state", CHANGE_STATES), name="state"),
    Index("place_changes_city_id_place_id_idx", "city_id", "place_id"),
    Index("place_changes_city_id_made_at_idx", "city_id", "made_at", postgresql_where=text(WAITING)),
    info={"scope": Scope.CITY},
    comment="changes that wait for somebody to look at them, and what became of them",
)

place_exact = Table(
    "place_exact",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False, comment="the version whose public position is another one"),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), nullable=False),
    Column("accuracy_m", Double),
    Column("azimuth", Double, nullable=False, comment="degrees from north, from the exact position"),
    Column("share", Double, nullable=False, comment="of the radius, that the public position lies away"),
    PrimaryKeyConstraint("city_id", "id", "revision"),
    info={"scope": Scope.HISTORY},
    comment="where a place truly is, for moderators, where the public is told a position near it",
)


def _people_of(name: str, *columns: SchemaItem, comment: str) -> Table:
    """A table of which person stands in some relation to which place."""
    return Table(
        name,
        metadata,
        Column("city_id", Integer, nullable=False),
        Column("place_id", Uuid, nullable=False),
        Column("person_id", Uuid, nullable=False),
        Column("since", DateTime(timezone=True), nullable=False),
        *columns,
        PrimaryKeyConstraint("city_id", "place_id", "person_id"),
        ForeignKeyConstraint(["city_id", "place_id"], ["places.city_id", "places.id"], ondelete="CASCADE"),
        Index(f"{name}_city_id_person_id_idx", "city_id", "person_id"),
        info={"scope": Scope.CITY},
        comment=comment,
    )


place_owners = _people_of("place_owners", comment="whose place it is, where a claim was granted")
place_followers = _people_of(
    "place_followers",
    Column(
        "told_at",
        DateTime(timezone=True),
        comment="what happened until then they know of; NULL: until they followed",
    ),
    Column("told_revision", Integer, comment="the newest version that they know of"),
    Column(
        "gone",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="whether they were told that it is not public any more",
    ),
    comment="who wants to hear what becomes of it",
)
