"""Places, and their superseded versions."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

from app.tables.registry import Scope, history_of, metadata

KINDS = ("house", "site", "project", "enterprise", "event", "story", "place")
STATUSES = ("proposed", "active", "ended")
MODERATION = ("published", "held", "hidden")

VISIBLE = "moderation = 'published'"
"""The one predicate of what the public may see; the partial indexes carry the same words."""

SHAPE = "GeometryType(geom) <> 'POINT'"
"""A place that is more than its pin: a box can touch it and miss its anchor."""


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL condition that `column` holds one of `values`."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


places = Table(
    "places",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("id", Uuid, nullable=False, comment="UUIDv7; the client may make it"),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("moderation", Text, nullable=False, server_default="published"),
    Column("title", Text, comment="may be missing: a place can be pinned before it has a name"),
    Column("summary", Text),
    Column("language", Text, nullable=False, comment="the language of title and summary"),
    Column("translations", JSONB, comment="{'en': {'title': ..., 'summary': ...}}"),
    Column("address", Text),
    Column("website", Text),
    Column("properties", JSONB, comment="columns of an imported file that have no column here"),
    Column("accuracy_m", Double, comment="how far off the position can be, in metres; NULL: not known"),
    Column("valid", TSTZRANGE, nullable=False, server_default=text("'(,)'"), comment="true in the world"),
    Column("source", Text, nullable=False, comment="who made the record"),
    Column("licence", Text, nullable=False, comment="under what terms it may be used"),
    Column("external_id", Text, comment="its identifier in the source"),
    Column("batch_id", Uuid, comment="the import batch that wrote this version, where one did"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, comment="known to us since"),
    Column("lon", Double, nullable=False, comment="the anchor: where the pin stands, EPSG:4326"),
    Column("lat", Double, nullable=False),
    Column("morton", BigInteger, nullable=False, comment="Morton code of the anchor, 31 bits an axis"),
    Column("geom", Geometry("GEOMETRY", 4326, spatial_index=False), nullable=False, comment="the public one"),
    Column("author", Uuid, comment="the person who wrote this version; who left has no row in people"),
    Column("on_behalf_of", Text, comment="whom a house wrote it for; never public"),
    Column("note", Text, comment="why this version was written"),
    Column("blur_m", Double, comment="the public position lies within so many metres of the exact one"),
    Column("confirmed_at", DateTime(timezone=True), comment="when somebody last said that it is still true"),
    Column("merged_into", Uuid, comment="the place that this one was a duplicate of"),
    PrimaryKeyConstraint("city_id", "id"),
    CheckConstraint(one_of("kind", KINDS), name="kind"),
    CheckConstraint(one_of("status", STATUSES), name="status"),
    CheckConstraint(one_of("moderation", MODERATION), name="moderation"),
    CheckConstraint("accuracy_m >= 0", name="accuracy"),
    CheckConstraint("char_length(title) BETWEEN 1 AND 300", name="title"),
    CheckConstraint("char_length(summary) BETWEEN 1 AND 10000", name="summary"),
    CheckConstraint("blur_m > 0", name="blur"),
    CheckConstraint("merged_into IS NULL OR moderation = 'hidden'", name="merged"),
    Index(
        "places_city_id_source_external_id_key",
        "city_id",
        "source",
        "external_id",
        unique=True,
        postgresql_where=text("external_id IS NOT NULL"),
    ),
    Index(
        "places_city_id_morton_id_idx",
        "city_id",
        "morton",
        "id",
        postgresql_where=text(VISIBLE),
    ),
    Index(
        "places_city_id_kind_morton_id_idx",
        "city_id",
        "kind",
        "morton",
        "id",
        postgresql_where=text(VISIBLE),
    ),
    Index(
        "places_city_id_kind_recorded_at_id_idx",
        "city_id",
        "kind",
        "recorded_at",
        "id",
        postgresql_where=text(VISIBLE),
    ),
    Index(
        "places_city_id_source_licence_idx",
        "city_id",
        "source",
        "licence",
        postgresql_where=text(VISIBLE),
    ),
    Index("places_geom_idx", "geom", postgresql_using="gist"),
    Index("places_shape_idx", "geom", postgresql_using="gist", postgresql_where=text(SHAPE)),
    Index(
        "places_search_idx",
        text("place_document(language, title, summary, address, translations)"),
        postgresql_using="gin",
        postgresql_where=text(VISIBLE),
    ),
    Index(
        "places_title_idx",
        literal_column("folded(title)").label("folded_title"),
        postgresql_using="gin",
        postgresql_ops={"folded_title": "gin_trgm_ops"},
        postgresql_where=text(VISIBLE),
    ),
    Index(
        "places_city_id_batch_id_idx", "city_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")
    ),
    Index("places_city_id_author_idx", "city_id", "author", postgresql_where=text("author IS NOT NULL")),
    Index(
        "places_city_id_recorded_at_idx",
        "city_id",
        "recorded_at",
        postgresql_where=text("moderation = 'held'"),
    ),
    info={"scope": Scope.CITY},
)

place_revisions = history_of(places, "revision")
Index("place_revisions_city_id_superseded_by_idx", place_revisions.c.city_id, place_revisions.c.superseded_by)

place_counts = Table(
    "place_counts",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("level", SmallInteger, nullable=False, comment="the grid: 2^level cells of Web Mercator each way"),
    Column("cell", BigInteger, nullable=False, comment="the first 2 * level bits of the Morton codes in it"),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column(
        "slot",
        SmallInteger,
        nullable=False,
        comment="writers at one time add to rows of their own; the sum counts",
    ),
    Column("places", BigInteger, nullable=False),
    Column(
        "lon_e7",
        BigInteger,
        nullable=False,
        comment="the sum of the longitudes in ten millionths of a degree",
    ),
    Column("lat_e7", BigInteger, nullable=False),
    Column(
        "codes",
        BigInteger,
        nullable=False,
        comment="the exclusive or of the Morton codes: of one place, its own",
    ),
    PrimaryKeyConstraint("city_id", "level", "cell", "kind", "status", "slot"),
    info={"scope": Scope.CITY},
    comment="public places in each cell of four grids, kept by whatever writes places",
    postgresql_with={"fillfactor": 80},
)
