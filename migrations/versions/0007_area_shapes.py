"""The shapes of areas, simplified for small scales."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE area_shapes (
    city_id INTEGER NOT NULL,
    layer TEXT NOT NULL,
    zoom SMALLINT NOT NULL,
    code TEXT NOT NULL,
    geom geometry(MULTIPOLYGON,3857) NOT NULL,
    CONSTRAINT area_shapes_pkey PRIMARY KEY (city_id, layer, zoom, code),
    CONSTRAINT area_shapes_city_id_layer_code_fkey FOREIGN KEY(city_id, layer, code)
        REFERENCES areas (city_id, layer, code) ON DELETE CASCADE
);
COMMENT ON TABLE area_shapes IS 'areas with fewer points, for maps of this zoom and smaller ones';
COMMENT ON COLUMN area_shapes.zoom IS 'drawn to half a pixel at this zoom of Web Mercator';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE area_shapes")
