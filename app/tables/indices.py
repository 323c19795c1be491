"""Indices of fragility: what each is, its versions, the scores of areas, and what was published."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.tables.registry import Scope, metadata

indices = Table(
    "indices",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("slug", Text, nullable=False),
    Column("layer", Text, nullable=False, comment="the layer whose areas it scores"),
    Column("names", JSONB, nullable=False, comment="name by language"),
    Column("descriptions", JSONB, nullable=False, server_default="{}"),
    Column("licence", Text, nullable=False, comment="under what terms its scores may be used"),
    Column("made_by", Uuid, comment="NULL: the command line; who left has no row in people"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("city_id", "slug"),
    ForeignKeyConstraint(["city_id", "layer"], ["area_layers.city_id", "area_layers.slug"]),
    # Shorter than an indicator's: `_2021` has to fit behind it.
    CheckConstraint("slug ~ '^[a-z][a-z0-9_-]{0,57}$'", name="slug"),
    info={"scope": Scope.CITY},
    comment="composites of indicators; how each is computed is in its versions",
)

index_versions = Table(
    "index_versions",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("index", Text, nullable=False),
    Column("version", Integer, nullable=False, comment="counted from 1, for each index"),
    Column("year", SmallInteger, nullable=False, comment="of the data"),
    Column("definition", JSONB, nullable=False, comment="every choice, in canonical order"),
    Column("definition_hash", Text, nullable=False, comment="SHA-256 of the definition as canonical JSON"),
    Column("data_hash", Text, nullable=False, comment="SHA-256 of the values as canonical JSON"),
    Column("method", JSONB, nullable=False, comment="the method in words, by language"),
    Column(
        "sources", JSONB, nullable=False, comment="of each series: indicator, name, unit, source, licence"
    ),
    Column(
        "facts",
        JSONB,
        nullable=False,
        comment="what was found on the way: goalposts, areas with and without a score",
    ),
    Column("computed_by", Uuid, comment="NULL: the command line; who left has no row in people"),
    Column("computed_at", DateTime(timezone=True), nullable=False),
    Column("code", Text, nullable=False, comment="the version of the program"),
    PrimaryKeyConstraint("city_id", "index", "version"),
    UniqueConstraint("city_id", "index", "year", "definition_hash", "data_hash"),
    ForeignKeyConstraint(["city_id", "index"], ["indices.city_id", "indices.slug"]),
    info={"scope": Scope.HISTORY},
    comment="an index as computed once; only ever added to",
)

index_scores = Table(
    "index_scores",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("index", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("area_code", Text, nullable=False),
    Column("score", Double, comment="more is more fragile; NULL: left out"),
    Column("rank", Integer, comment="1 is the most fragile"),
    Column("rank_median", Double),
    Column("rank_low", Double, comment="the 90 % interval of the rank under other choices"),
    Column("rank_high", Double),
    Column("parts", JSONB, nullable=False, comment="what each series adds to the score"),
    Column(
        "few_residents",
        Boolean,
        nullable=False,
        comment="so few people live there that a rate says little",
    ),
    Column("missing", ARRAY(Text), nullable=False, comment="series without a value there"),
    PrimaryKeyConstraint("city_id", "index", "version", "area_code"),
    ForeignKeyConstraint(
        ["city_id", "index", "version"],
        ["index_versions.city_id", "index_versions.index", "index_versions.version"],
    ),
    CheckConstraint("score <> 'NaN' AND abs(score) <> 'Infinity'", name="score"),
    CheckConstraint("(rank IS NULL) = (score IS NULL)", name="rank"),
    info={"scope": Scope.HISTORY},
    comment="the score of each area in a version; only ever added to",
)

index_publications = Table(
    "index_publications",
    metadata,
    Column("city_id", Integer, nullable=False),
    Column("id", Uuid, nullable=False, comment="UUIDv7"),
    Column("index", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("published_by", Uuid, comment="NULL: the command line; who left has no row in people"),
    Column("published_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("city_id", "id"),
    ForeignKeyConstraint(
        ["city_id", "index", "version"],
        ["index_versions.city_id", "index_versions.index", "index_versions.version"],
    ),
    Index("index_publications_city_id_index_idx", "city_id", "index"),
    info={"scope": Scope.HISTORY},
    comment="which versions were published; the last one of a year counts; only ever added to",
)
