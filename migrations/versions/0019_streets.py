"""The streets that somebody on foot may use."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE street_loads (
    city_id INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    source TEXT NOT NULL,
    licence TEXT NOT NULL,
    extracted_at TIMESTAMP WITH TIME ZONE,
    loaded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ways INTEGER NOT NULL,
    edges INTEGER NOT NULL,
    nodes INTEGER NOT NULL,
    metres DOUBLE PRECISION NOT NULL,
    components INTEGER NOT NULL,
    largest_metres DOUBLE PRECISION NOT NULL,
    CONSTRAINT street_loads_pkey PRIMARY KEY (city_id),
    CONSTRAINT street_loads_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
COMMENT ON TABLE street_loads IS 'where a city''s streets come from, and what was loaded';
COMMENT ON COLUMN street_loads.extracted_at IS 'how old the data are, where the file tells it';
COMMENT ON COLUMN street_loads.ways IS 'ways of OpenStreetMap with an edge here';
COMMENT ON COLUMN street_loads.metres IS 'the lengths of all edges together';
COMMENT ON COLUMN street_loads.components IS 'parts that no way on foot connects';
COMMENT ON COLUMN street_loads.largest_metres IS 'the lengths of the edges of the largest part';
CREATE TABLE street_edges (
    city_id INTEGER NOT NULL,
    id BIGINT NOT NULL,
    source BIGINT NOT NULL,
    target BIGINT NOT NULL,
    metres DOUBLE PRECISION NOT NULL,
    component INTEGER NOT NULL,
    geom geometry(LINESTRING,4326) NOT NULL,
    CONSTRAINT street_edges_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT street_edges_city_id_fkey FOREIGN KEY (city_id)
        REFERENCES street_loads (city_id) ON DELETE CASCADE,
    CONSTRAINT street_edges_walkable_check CHECK (source > 0 AND target > 0 AND metres >= 0)
);
CREATE INDEX street_edges_city_id_geom_idx ON street_edges USING gist (city_id, geom);
COMMENT ON TABLE street_edges IS 'pieces of street between two crossings, walkable both ways';
COMMENT ON COLUMN street_edges.source IS 'the node at the first point';
COMMENT ON COLUMN street_edges.target IS 'the node at the last point';
COMMENT ON COLUMN street_edges.metres IS 'geodesic';
COMMENT ON COLUMN street_edges.component IS 'the connected part it belongs to; 1 is the largest';
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE street_edges; DROP TABLE street_loads")
