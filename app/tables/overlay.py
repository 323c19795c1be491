"""Places laid over areas: which area of each layer a public place stands in, and how many stand in each."""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from app.tables.registry import Scope, metadata

place_areas = Table(
    "place_areas",
    metadata,
    # No foreign key: a check for each of a million rows would cost more than writing them.
    Column("city_id", Integer, nullable=False),
    Column("id", Uuid, nullable=False, comment="a public place"),
    Column("layer", Text, nullable=False),
    Column("code", Text, nullable=False, comment="the area of the layer that holds its anchor"),
    Column("kind", Text, nullable=False, comment="of the place, as status: so that both can be counted here"),
    Column("status", Text, nullable=False),
    Column("lon", Double, nullable=False, comment="its anchor, which the area holds"),
    Column("lat", Double, nullable=False),
    PrimaryKeyConstraint("city_id", "id", "layer"),
    Index(
        "place_areas_city_id_layer_code_kind_id_idx",
        "city_id",
        "layer",
        "code",
        "kind",
        "id",
    ),
    info={"scope": Scope.CITY},
    comment="the area of each layer that a public place stands in, kept by whatever writes places or areas",
)

area_counts = Table(
    "area_counts",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("layer", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("slot", SmallInteger, nullable=False, comment="as in place_counts; the sum counts"),
    Column("places", BigInteger, nullable=False),
    PrimaryKeyConstraint("city_id", "layer", "code", "kind", "status", "slot"),
    info={"scope": Scope.CITY},
    comment="how many public places stand in each area, kept with place_areas",
    postgresql_with={"fillfactor": 80},
)

area_points = Table(
    "area_points",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("layer", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("lon", Double, nullable=False, comment="a point inside the area, EPSG:4326"),
    Column("lat", Double, nullable=False),
    PrimaryKeyConstraint("city_id", "layer", "code"),
    ForeignKeyConstraint(
        ["city_id", "layer", "code"],
        ["areas.city_id", "areas.layer", "areas.code"],
        ondelete="CASCADE",
    ),
    info={"scope": Scope.CITY},
    comment="a point inside each area, from which distances are measured",
)
