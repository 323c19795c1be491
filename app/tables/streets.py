"""The streets of a city that somebody on foot may use, as a graph, and where they come from."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from app.tables.registry import Scope, metadata

street_loads = Table(
    "street_loads",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("extracted_at", DateTime(timezone=True), comment="how old the data are, where the file tells it"),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("ways", Integer, nullable=False, comment="ways of OpenStreetMap with an edge here"),
    Column("edges", Integer, nullable=False),
    Column("nodes", Integer, nullable=False),
    Column("metres", Double, nullable=False, comment="the lengths of all edges together"),
    Column("components", Integer, nullable=False, comment="parts that no way on foot connects"),
    Column("largest_metres", Double, nullable=False, comment="the lengths of the edges of the largest part"),
    PrimaryKeyConstraint("city_id"),
    info={"scope": Scope.CITY},
    comment="where a city's streets come from, and what was loaded",
)

street_edges = Table(
    "street_edges",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("id", BigInteger, nullable=False),
    Column("source", BigInteger, nullable=False, comment="the node at the first point"),
    Column("target", BigInteger, nullable=False, comment="the node at the last point"),
    Column("metres", Double, nullable=False, comment="geodesic"),
    Column(
        "component", Integer, nullable=False, comment="the connected part it belongs to; 1 is the largest"
    ),
    Column("geom", Geometry("LINESTRING", 4326, spatial_index=False), nullable=False),
    PrimaryKeyConstraint("city_id", "id"),
    ForeignKeyConstraint(["city_id"], ["street_loads.city_id"], ondelete="CASCADE"),
    CheckConstraint("source > 0 AND target > 0 AND metres >= 0", name="walkable"),
    Index("street_edges_city_id_geom_idx", "city_id", "geom", postgresql_using="gist"),
    info={"scope": Scope.CITY},
    comment="pieces of street between two crossings, walkable both ways",
)
