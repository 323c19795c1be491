"""Area layers, areas, indicators, their values, and what was superseded."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE area_layers (
    city_id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    names JSONB NOT NULL,
    position SMALLINT DEFAULT '0' NOT NULL,
    CONSTRAINT area_layers_pkey PRIMARY KEY (city_id, slug),
    CONSTRAINT area_layers_slug_check CHECK (slug ~ '^[a-z][a-z0-9_-]{0,62}$'),
    CONSTRAINT area_layers_city_id_fkey FOREIGN KEY(city_id) REFERENCES cities (id)
);
COMMENT ON COLUMN area_layers.names IS 'name by language';
COMMENT ON COLUMN area_layers.position IS 'order in lists';
CREATE TABLE areas (
    city_id INTEGER NOT NULL,
    layer TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT,
    approximate BOOLEAN DEFAULT false NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    batch_id UUID,
    revision INTEGER DEFAULT '1' NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    geom geometry(MULTIPOLYGON,4326) NOT NULL,
    CONSTRAINT areas_pkey PRIMARY KEY (city_id, layer, code),
    CONSTRAINT areas_city_id_layer_fkey FOREIGN KEY(city_id, layer) REFERENCES area_layers (city_id, slug) ON DELETE CASCADE
);
CREATE INDEX areas_city_id_batch_id_idx ON areas (city_id, batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX areas_geom_idx ON areas USING gist (geom);
COMMENT ON COLUMN areas.code IS 'the official code, on which indicators join';
COMMENT ON COLUMN areas.name IS 'the official name, where it has one';
COMMENT ON COLUMN areas.approximate IS 'drawn, not surveyed';
CREATE TABLE area_revisions (
    city_id INTEGER NOT NULL,
    layer TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT,
    approximate BOOLEAN NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    batch_id UUID,
    revision INTEGER NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    geom geometry(MULTIPOLYGON,4326) NOT NULL,
    superseded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    superseded_by UUID,
    CONSTRAINT area_revisions_pkey PRIMARY KEY (city_id, layer, code, revision)
);
CREATE INDEX area_revisions_city_id_superseded_by_idx ON area_revisions (city_id, superseded_by);
COMMENT ON TABLE area_revisions IS 'superseded versions of areas';
COMMENT ON COLUMN area_revisions.superseded_by IS 'the import batch that superseded it, where one did';
CREATE TABLE indicators (
    city_id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    layer TEXT NOT NULL,
    names JSONB NOT NULL,
    descriptions JSONB DEFAULT '{}' NOT NULL,
    units JSONB NOT NULL,
    year SMALLINT NOT NULL,
    polarity SMALLINT NOT NULL,
    decimals SMALLINT DEFAULT '1' NOT NULL,
    position SMALLINT DEFAULT '0' NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    CONSTRAINT indicators_pkey PRIMARY KEY (city_id, slug),
    CONSTRAINT indicators_city_id_layer_fkey FOREIGN KEY(city_id, layer) REFERENCES area_layers (city_id, slug) ON DELETE CASCADE,
    CONSTRAINT indicators_slug_check CHECK (slug ~ '^[a-z][a-z0-9_-]{0,62}$'),
    CONSTRAINT indicators_polarity_check CHECK (polarity IN (-1, 0, 1)),
    CONSTRAINT indicators_decimals_check CHECK (decimals BETWEEN 0 AND 6),
    CONSTRAINT indicators_city_id_fkey FOREIGN KEY(city_id) REFERENCES cities (id)
);
COMMENT ON COLUMN indicators.layer IS 'the layer whose codes its values carry';
COMMENT ON COLUMN indicators.names IS 'name by language';
COMMENT ON COLUMN indicators.units IS 'unit by language';
COMMENT ON COLUMN indicators.polarity IS '1: more of it is more fragile; -1: less; 0: neither';
COMMENT ON COLUMN indicators.position IS 'order in lists';
CREATE TABLE indicator_values (
    city_id INTEGER NOT NULL,
    indicator TEXT NOT NULL,
    area_code TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    batch_id UUID,
    revision INTEGER DEFAULT '1' NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT indicator_values_pkey PRIMARY KEY (city_id, indicator, area_code),
    CONSTRAINT indicator_values_city_id_indicator_fkey FOREIGN KEY(city_id, indicator) REFERENCES indicators (city_id, slug) ON DELETE CASCADE,
    CONSTRAINT indicator_values_finite_check CHECK (value <> 'NaN' AND abs(value) <> 'Infinity')
);
CREATE INDEX indicator_values_city_id_batch_id_idx ON indicator_values (city_id, batch_id) WHERE batch_id IS NOT NULL;
COMMENT ON COLUMN indicator_values.area_code IS 'may come before the area itself';
CREATE TABLE indicator_value_revisions (
    city_id INTEGER NOT NULL,
    indicator TEXT NOT NULL,
    area_code TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    batch_id UUID,
    revision INTEGER NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    superseded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    superseded_by UUID,
    CONSTRAINT indicator_value_revisions_pkey PRIMARY KEY (city_id, indicator, area_code, revision)
);
CREATE INDEX indicator_value_revisions_city_id_superseded_by_idx ON indicator_value_revisions (city_id, superseded_by);
COMMENT ON TABLE indicator_value_revisions IS 'superseded versions of indicator_values';
COMMENT ON COLUMN indicator_value_revisions.superseded_by IS 'the import batch that superseded it, where one did';
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE indicator_value_revisions")
    op.execute("DROP TABLE indicator_values")
    op.execute("DROP TABLE indicators")
    op.execute("DROP TABLE area_revisions")
    op.execute("DROP TABLE areas")
    op.execute("DROP TABLE area_layers")
