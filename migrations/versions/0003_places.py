"""Places and their superseded versions."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE places (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    moderation TEXT DEFAULT 'published' NOT NULL,
    title TEXT,
    summary TEXT,
    language TEXT NOT NULL,
    translations JSONB,
    address TEXT,
    website TEXT,
    properties JSONB,
    accuracy_m DOUBLE PRECISION,
    valid TSTZRANGE DEFAULT '(,)' NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    external_id TEXT,
    batch_id UUID,
    revision INTEGER DEFAULT '1' NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    morton BIGINT NOT NULL,
    geom geometry(GEOMETRY,4326) NOT NULL,
    CONSTRAINT places_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT places_kind_check CHECK (kind IN ('house', 'site', 'project', 'enterprise', 'event', 'story', 'place')),
    CONSTRAINT places_status_check CHECK (status IN ('proposed', 'active', 'ended')),
    CONSTRAINT places_moderation_check CHECK (moderation IN ('published', 'held', 'hidden')),
    CONSTRAINT places_accuracy_check CHECK (accuracy_m >= 0),
    CONSTRAINT places_title_check CHECK (char_length(title) BETWEEN 1 AND 300),
    CONSTRAINT places_summary_check CHECK (char_length(summary) BETWEEN 1 AND 10000),
    CONSTRAINT places_city_id_fkey FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE INDEX places_city_id_batch_id_idx ON places (city_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX places_city_id_kind_morton_id_idx ON places (city_id, kind, morton, id) WHERE moderation = 'published';
CREATE INDEX places_city_id_morton_id_idx ON places (city_id, morton, id) WHERE moderation = 'published';
CREATE UNIQUE INDEX places_city_id_source_external_id_key ON places (city_id, source, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX places_geom_idx ON places USING gist (geom);
CREATE INDEX places_search_idx ON places USING gin (place_document(language, title, summary, address, translations)) WHERE moderation = 'published';
CREATE INDEX places_shape_idx ON places USING gist (geom) WHERE GeometryType(geom) <> 'POINT';
CREATE INDEX places_title_idx ON places USING gin (folded(title) gin_trgm_ops) WHERE moderation = 'published';
COMMENT ON COLUMN places.id IS 'UUIDv7; the client may make it';
COMMENT ON COLUMN places.title IS 'may be missing: a place can be pinned before it has a name';
COMMENT ON COLUMN places.language IS 'the language of title and summary';
COMMENT ON COLUMN places.translations IS '{''en'': {''title'': ..., ''summary'': ...}}';
COMMENT ON COLUMN places.properties IS 'columns of an imported file that have no column here';
COMMENT ON COLUMN places.accuracy_m IS 'how far off the position can be, in metres; NULL: not known';
COMMENT ON COLUMN places.valid IS 'true in the world';
COMMENT ON COLUMN places.source IS 'who made the record';
COMMENT ON COLUMN places.licence IS 'under what terms it may be used';
COMMENT ON COLUMN places.external_id IS 'its identifier in the source';
COMMENT ON COLUMN places.batch_id IS 'the import batch that wrote this version, where one did';
COMMENT ON COLUMN places.recorded_at IS 'known to us since';
COMMENT ON COLUMN places.lon IS 'the anchor: where the pin stands, EPSG:4326';
COMMENT ON COLUMN places.morton IS 'Morton code of the anchor, 31 bits an axis';
CREATE TABLE place_revisions (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    moderation TEXT NOT NULL,
    title TEXT,
    summary TEXT,
    language TEXT NOT NULL,
    translations JSONB,
    address TEXT,
    website TEXT,
    properties JSONB,
    accuracy_m DOUBLE PRECISION,
    valid TSTZRANGE NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    external_id TEXT,
    batch_id UUID,
    revision INTEGER NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    morton BIGINT NOT NULL,
    geom geometry(GEOMETRY,4326) NOT NULL,
    superseded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    superseded_by UUID,
    CONSTRAINT place_revisions_pkey PRIMARY KEY (city_id, id, revision)
);
CREATE INDEX place_revisions_city_id_superseded_by_idx ON place_revisions (city_id, superseded_by);
COMMENT ON TABLE place_revisions IS 'superseded versions of places';
COMMENT ON COLUMN place_revisions.superseded_by IS 'the import batch that superseded it, where one did';
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE place_revisions")
    op.execute("DROP TABLE places")
