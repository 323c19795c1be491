"""Area layers, their areas, the indicators and their values, and what was superseded."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.tables.registry import Scope, history_of, metadata

SLUG = "slug ~ '^[a-z][a-z0-9_-]{0,62}$'"

area_layers = Table(
    "area_layers",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("slug", Text, nullable=False),
    Column("names", JSONB, nullable=False, comment="name by language"),
    Column("position", SmallInteger, nullable=False, server_default="0", comment="order in lists"),
    PrimaryKeyConstraint("city_id", "slug"),
    CheckConstraint(SLUG, name="slug"),
    info={"scope": Scope.CITY},
)

areas = Table(
    "areas",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("layer", Text, nullable=False),
    Column("code", Text, nullable=False, comment="the official code, on which indicators join"),
    Column("name", Text, comment="the official name, where it has one"),
    Column(
        "approximate", Boolean, nullable=False, server_default=text("false"), comment="drawn, not surveyed"
    ),
    Column("source", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("batch_id", Uuid),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("geom", Geometry("MULTIPOLYGON", 4326, spatial_index=False), nullable=False),
    PrimaryKeyConstraint("city_id", "layer", "code"),
    ForeignKeyConstraint(
        ["city_id", "layer"], ["area_layers.city_id", "area_layers.slug"], ondelete="CASCADE"
    ),
    Index("areas_geom_idx", "geom", postgresql_using="gist"),
    Index("areas_city_id_batch_id_idx", "city_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    info={"scope": Scope.CITY},
)

area_shapes = Table(
    "area_shapes",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("layer", Text, nullable=False),
    Column(
        "zoom", SmallInteger, nullable=False, comment="drawn to half a pixel at this zoom of Web Mercator"
    ),
    Column("code", Text, nullable=False),
    Column("geom", Geometry("MULTIPOLYGON", 3857, spatial_index=False), nullable=False),
    PrimaryKeyConstraint("city_id", "layer", "zoom", "code"),
    ForeignKeyConstraint(
        ["city_id", "layer", "code"],
        ["areas.city_id", "areas.layer", "areas.code"],
        ondelete="CASCADE",
    ),
    info={"scope": Scope.CITY},
    comment="areas with fewer points, for maps of this zoom and smaller ones",
)

area_revisions = history_of(areas, "revision")
Index("area_revisions_city_id_superseded_by_idx", area_revisions.c.city_id, area_revisions.c.superseded_by)

indicators = Table(
    "indicators",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("slug", Text, nullable=False),
    Column(
        "series",
        Text,
        nullable=False,
        comment="the same indicator over the years; the slug where there is one year",
    ),
    Column("layer", Text, nullable=False, comment="the layer whose codes its values carry"),
    Column("names", JSONB, nullable=False, comment="name by language"),
    Column("descriptions", JSONB, nullable=False, server_default="{}"),
    Column("units", JSONB, nullable=False, comment="unit by language"),
    Column("year", SmallInteger, nullable=False),
    Column(
        "polarity",
        SmallInteger,
        nullable=False,
        comment="1: more of it is more fragile; -1: less; 0: neither",
    ),
    Column(
        "measure",
        Text,
        nullable=False,
        server_default="rate",
        comment="count: two areas together have the sum of both; rate: a value between them",
    ),
    Column("decimals", SmallInteger, nullable=False, server_default="1"),
    Column("position", SmallInteger, nullable=False, server_default="0", comment="order in lists"),
    Column("source", Text, nullable=False),
    Column("licence", Text, nullable=False),
    PrimaryKeyConstraint("city_id", "slug"),
    UniqueConstraint("city_id", "layer", "series", "year"),
    ForeignKeyConstraint(
        ["city_id", "layer"], ["area_layers.city_id", "area_layers.slug"], ondelete="CASCADE"
    ),
    CheckConstraint(SLUG, name="slug"),
    CheckConstraint(SLUG.replace("slug", "series"), name="series"),
    CheckConstraint("polarity IN (-1, 0, 1)", name="polarity"),
    CheckConstraint("measure IN ('count', 'rate')", name="measure"),
    CheckConstraint("decimals BETWEEN 0 AND 6", name="decimals"),
    info={"scope": Scope.CITY},
)

indicator_values = Table(
    "indicator_values",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("area_code", Text, nullable=False, comment="may come before the area itself"),
    Column("value", Double, nullable=False),
    Column("batch_id", Uuid),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("city_id", "indicator", "area_code"),
    ForeignKeyConstraint(
        ["city_id", "indicator"], ["indicators.city_id", "indicators.slug"], ondelete="CASCADE"
    ),
    CheckConstraint("value <> 'NaN' AND abs(value) <> 'Infinity'", name="finite"),
    Index(
        "indicator_values_city_id_batch_id_idx",
        "city_id",
        "batch_id",
        postgresql_where=text("batch_id IS NOT NULL"),
    ),
    info={"scope": Scope.CITY},
)

indicator_value_revisions = history_of(indicator_values, "revision")
Index(
    "indicator_value_revisions_city_id_superseded_by_idx",
    indicator_value_revisions.c.city_id,
    indicator_value_revisions.c.superseded_by,
)
