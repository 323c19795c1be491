"""Series of indicators; indices of fragility, their versions, their scores, and what was published."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SERIES = """
ALTER TABLE indicators ADD COLUMN series TEXT;
UPDATE indicators SET series = slug;
ALTER TABLE indicators ALTER COLUMN series SET NOT NULL;
ALTER TABLE indicators ADD CONSTRAINT indicators_series_check CHECK (series ~ '^[a-z][a-z0-9_-]{0,62}$');
ALTER TABLE indicators ADD CONSTRAINT indicators_city_id_layer_series_year_key
    UNIQUE (city_id, layer, series, year);
COMMENT ON COLUMN indicators.series IS 'the same indicator over the years; the slug where there is one year';
"""

TABLES = """
CREATE TABLE indices (
    city_id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    layer TEXT NOT NULL,
    names JSONB NOT NULL,
    descriptions JSONB DEFAULT '{}' NOT NULL,
    licence TEXT NOT NULL,
    made_by UUID,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT indices_pkey PRIMARY KEY (city_id, slug),
    CONSTRAINT indices_city_id_layer_fkey FOREIGN KEY (city_id, layer) REFERENCES area_layers (city_id, slug),
    CONSTRAINT indices_slug_check CHECK (slug ~ '^[a-z][a-z0-9_-]{0,57}$')
);
COMMENT ON TABLE indices IS 'composites of indicators; how each is computed is in its versions';
COMMENT ON COLUMN indices.layer IS 'the layer whose areas it scores';
COMMENT ON COLUMN indices.names IS 'name by language';
COMMENT ON COLUMN indices.licence IS 'under what terms its scores may be used';
COMMENT ON COLUMN indices.made_by IS 'NULL: the command line; who left has no row in people';
CREATE TABLE index_versions (
    city_id INTEGER NOT NULL,
    index TEXT NOT NULL,
    version INTEGER NOT NULL,
    year SMALLINT NOT NULL,
    definition JSONB NOT NULL,
    definition_hash TEXT NOT NULL,
    data_hash TEXT NOT NULL,
    method JSONB NOT NULL,
    sources JSONB NOT NULL,
    facts JSONB NOT NULL,
    computed_by UUID,
    computed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    code TEXT NOT NULL,
    CONSTRAINT index_versions_pkey PRIMARY KEY (city_id, index, version),
    CONSTRAINT index_versions_city_id_index_year_definition_hash_data_hash_key
        UNIQUE (city_id, index, year, definition_hash, data_hash),
    CONSTRAINT index_versions_city_id_index_fkey FOREIGN KEY (city_id, index) REFERENCES indices (city_id, slug)
);
COMMENT ON TABLE index_versions IS 'an index as computed once; only ever added to';
COMMENT ON COLUMN index_versions.version IS 'counted from 1, for each index';
COMMENT ON COLUMN index_versions.year IS 'of the data';
COMMENT ON COLUMN index_versions.definition IS 'every choice, in canonical order';
COMMENT ON COLUMN index_versions.definition_hash IS 'SHA-256 of the definition as canonical JSON';
COMMENT ON COLUMN index_versions.data_hash IS 'SHA-256 of the values as canonical JSON';
COMMENT ON COLUMN index_versions.method IS 'the method in words, by language';
COMMENT ON COLUMN index_versions.sources IS 'of each series: indicator, name, unit, source, licence';
COMMENT ON COLUMN index_versions.facts IS 'what was found on the way: goalposts, areas with and without a score';
COMMENT ON COLUMN index_versions.computed_by IS 'NULL: the command line; who left has no row in people';
COMMENT ON COLUMN index_versions.code IS 'the version of the program';
CREATE TABLE index_scores (
    city_id INTEGER NOT NULL,
    index TEXT NOT NULL,
    version INTEGER NOT NULL,
    area_code TEXT NOT NULL,
    score DOUBLE PRECISION,
    rank INTEGER,
    rank_median DOUBLE PRECISION,
    rank_low DOUBLE PRECISION,
    rank_high DOUBLE PRECISION,
    parts JSONB NOT NULL,
    few_residents BOOLEAN NOT NULL,
    missing TEXT[] NOT NULL,
    CONSTRAINT index_scores_pkey PRIMARY KEY (city_id, index, version, area_code),
    CONSTRAINT index_scores_city_id_index_version_fkey FOREIGN KEY (city_id, index, version)
        REFERENCES index_versions (city_id, index, version),
    CONSTRAINT index_scores_score_check CHECK (score <> 'NaN' AND abs(score) <> 'Infinity'),
    CONSTRAINT index_scores_rank_check CHECK ((rank IS NULL) = (score IS NULL))
);
COMMENT ON TABLE index_scores IS 'the score of each area in a version; only ever added to';
COMMENT ON COLUMN index_scores.score IS 'more is more fragile; NULL: left out';
COMMENT ON COLUMN index_scores.rank IS '1 is the most fragile';
COMMENT ON COLUMN index_scores.rank_low IS 'the 90 % interval of the rank under other choices';
COMMENT ON COLUMN index_scores.parts IS 'what each series adds to the score';
COMMENT ON COLUMN index_scores.few_residents IS 'so few people live there that a rate says little';
COMMENT ON COLUMN index_scores.missing IS 'series without a value there';
CREATE TABLE index_publications (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    index TEXT NOT NULL,
    version INTEGER NOT NULL,
    published_by UUID,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT index_publications_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT index_publications_city_id_index_version_fkey FOREIGN KEY (city_id, index, version)
        REFERENCES index_versions (city_id, index, version)
);
CREATE INDEX index_publications_city_id_index_idx ON index_publications (city_id, index);
COMMENT ON TABLE index_publications IS
    'which versions were published; the last one of a year counts; only ever added to';
COMMENT ON COLUMN index_publications.id IS 'UUIDv7';
COMMENT ON COLUMN index_publications.published_by IS 'NULL: the command line; who left has no row in people';
"""


def upgrade() -> None:
    op.execute(SERIES)
    op.execute(TABLES)


def downgrade() -> None:
    for table in ("index_publications", "index_scores", "index_versions", "indices"):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE indicators DROP CONSTRAINT indicators_city_id_layer_series_year_key")
    op.execute("ALTER TABLE indicators DROP COLUMN series")
