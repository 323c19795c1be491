"""The spatial graph: relations that people state, and neighbours that follow from where places are."""

from geoalchemy2 import Geometry
from sqlalchemy import (
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
    Uuid,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSTZRANGE

from app.tables.places import one_of
from app.tables.registry import Scope, history_of, metadata

RELATION_KINDS = ("part_of", "hosted_by", "supports", "regenerates", "organised_by", "about")
RELATION_STATES = ("proposed", "confirmed", "ended", "refused", "withdrawn")
OPEN = "state IN ('proposed', 'confirmed')"
"""A relation that something can still become of; between two places there is one of a kind at a time."""
MAX_NOTE = 500

relations = Table(
    "relations",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("id", Uuid, nullable=False, comment="UUIDv7; the client may make it"),
    Column("tail", Uuid, nullable=False, comment="the place that is part of, hosted by, about ..."),
    Column("head", Uuid, nullable=False, comment="... this one"),
    Column("kind", Text, nullable=False),
    Column("valid", TSTZRANGE, nullable=False, server_default=text("'(,)'"), comment="true in the world"),
    Column("state", Text, nullable=False),
    Column("note", Text),
    Column("proposed_by", Uuid, comment="never public; who left has no row in people"),
    Column("proposed_at", DateTime(timezone=True), nullable=False),
    Column("tail_by", Uuid, comment="who agreed for the tail: an owner, or a moderator"),
    Column("head_by", Uuid, comment="who agreed for the head"),
    Column("decided_by", Uuid, comment="who brought it into this state"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("recorded_at", DateTime(timezone=True), nullable=False, comment="known to us as it is since"),
    PrimaryKeyConstraint("city_id", "id"),
    ForeignKeyConstraint(["city_id", "tail"], ["places.city_id", "places.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["city_id", "head"], ["places.city_id", "places.id"], ondelete="CASCADE"),
    CheckConstraint(one_of("kind", RELATION_KINDS), name="kind"),
    CheckConstraint(one_of("state", RELATION_STATES), name="state"),
    CheckConstraint("tail <> head", name="ends"),
    CheckConstraint("NOT isempty(valid)", name="valid"),
    CheckConstraint(f"char_length(note) BETWEEN 1 AND {MAX_NOTE}", name="note"),
    Index(
        "relations_city_id_tail_head_kind_key",
        "city_id",
        "tail",
        "head",
        "kind",
        unique=True,
        postgresql_where=text(OPEN),
    ),
    Index("relations_city_id_tail_idx", "city_id", "tail"),
    Index("relations_city_id_head_idx", "city_id", "head"),
    Index(
        "relations_waiting_idx", "city_id", "proposed_at", "id", postgresql_where=text("state = 'proposed'")
    ),
    Index(
        "relations_proposed_by_idx",
        "city_id",
        "proposed_by",
        postgresql_where=text("proposed_by IS NOT NULL"),
    ),
    info={"scope": Scope.CITY},
    comment="edges between places that people state, and what the other side says to it",
)
relation_revisions = history_of(relations, "revision")
Index("relation_revisions_city_id_tail_idx", relation_revisions.c.city_id, relation_revisions.c.tail)
Index("relation_revisions_city_id_head_idx", relation_revisions.c.city_id, relation_revisions.c.head)

BALL = "ST_Expand(pin, reach)"
"""A cube around the ball that reaches to a place's farthest neighbour: who stands in none is in no list."""

neighbours = Table(
    "neighbours",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("id", Uuid, nullable=False, comment="a public place"),
    Column("lon", Double, nullable=False, comment="its anchor as it was when the list was made"),
    Column("lat", Double, nullable=False),
    Column(
        "pin",
        Geometry("POINTZ", 4978, dimension=3, spatial_index=False),
        nullable=False,
        comment="the anchor in space: metres from the centre of the earth",
    ),
    Column("reach", Double, nullable=False, comment="metres from the pin that nobody nearer is beyond"),
    Column("heads", ARRAY(Uuid), nullable=False, comment="the nearest places, nearest first"),
    Column("metres", ARRAY(Double), nullable=False, comment="how far each is, geodesic, to a micrometre"),
    PrimaryKeyConstraint("city_id", "id"),
    Index(
        "neighbours_pin_idx", "pin", postgresql_using="gist", postgresql_ops={"pin": "gist_geometry_ops_nd"}
    ),
    Index(
        "neighbours_ball_idx",
        literal_column(BALL).label("ball"),
        postgresql_using="gist",
        postgresql_ops={"ball": "gist_geometry_ops_nd"},
    ),
    info={"scope": Scope.CITY},
    comment="the nearest places of each public place, kept by whatever writes places",
    postgresql_with={"fillfactor": 90},
)

KEPT, STALE, BUILDING = GRAPH_STATES = ("kept", "stale", "building")

neighbour_graphs = Table(
    "neighbour_graphs",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("state", Text, nullable=False, comment="kept: right at any time; else some lists are of before"),
    Column("since", DateTime(timezone=True), nullable=False, comment="when it came into this state"),
    Column("build", Uuid, comment="which run is building"),
    PrimaryKeyConstraint("city_id"),
    CheckConstraint(one_of("state", GRAPH_STATES), name="state"),
    info={"scope": Scope.CITY},
    comment="whether the neighbours of a city are right; without a row they are",
)

neighbour_changes = Table(
    "neighbour_changes",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("mark", Uuid, nullable=False, comment="made anew for each change"),
    Column("id", Uuid, nullable=False, comment="a place that was written while the graph was being built"),
    PrimaryKeyConstraint("city_id", "mark"),
    info={"scope": Scope.CITY},
    comment="what a run that builds the graph has still to look at",
)
