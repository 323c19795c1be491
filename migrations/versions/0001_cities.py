"""The cities."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE cities (
    id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    names JSONB NOT NULL,
    languages TEXT[] NOT NULL,
    time_zone TEXT NOT NULL,
    metric_srid INTEGER NOT NULL,
    home geometry(POLYGON,4326) NOT NULL,
    extent geometry(POLYGON,4326) NOT NULL,
    CONSTRAINT cities_pkey PRIMARY KEY (id),
    CONSTRAINT cities_slug_key UNIQUE (slug),
    CONSTRAINT cities_slug_check CHECK (slug ~ '^[a-z][a-z0-9-]{1,62}$'),
    CONSTRAINT cities_languages_check CHECK (cardinality(languages) > 0)
);
COMMENT ON COLUMN cities.id IS 'the municipality''s ISTAT code';
COMMENT ON COLUMN cities.slug IS 'the city''s word in addresses';
COMMENT ON COLUMN cities.names IS 'name by language: {''it'': ''Torino'', ''en'': ''Turin''}';
COMMENT ON COLUMN cities.languages IS 'the languages it is read in, the main one first';
COMMENT ON COLUMN cities.metric_srid IS 'EPSG code of the projected CRS used for metres';
COMMENT ON COLUMN cities.home IS 'the first view';
COMMENT ON COLUMN cities.extent IS 'a place must lie inside';
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE cities")
