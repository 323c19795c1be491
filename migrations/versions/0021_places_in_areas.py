"""Places laid over areas: where each public place stands, how many stand in each area, a point in each."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE place_areas (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    layer TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT place_areas_pkey PRIMARY KEY (city_id, id, layer),
    CONSTRAINT place_areas_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
COMMENT ON TABLE place_areas IS
    'the area of each layer that a public place stands in, kept by whatever writes places or areas';
COMMENT ON COLUMN place_areas.id IS 'a public place';
COMMENT ON COLUMN place_areas.code IS 'the area of the layer that holds its anchor';
COMMENT ON COLUMN place_areas.kind IS 'of the place, as status: so that both can be counted here';
CREATE TABLE area_counts (
    city_id INTEGER NOT NULL,
    layer TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    slot SMALLINT NOT NULL,
    places BIGINT NOT NULL,
    CONSTRAINT area_counts_pkey PRIMARY KEY (city_id, layer, code, kind, status, slot),
    CONSTRAINT area_counts_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
) WITH (fillfactor = 80);
COMMENT ON TABLE area_counts IS 'how many public places stand in each area, kept with place_areas';
COMMENT ON COLUMN area_counts.slot IS 'as in place_counts; the sum counts';
CREATE TABLE area_points (
    city_id INTEGER NOT NULL,
    layer TEXT NOT NULL,
    code TEXT NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    CONSTRAINT area_points_pkey PRIMARY KEY (city_id, layer, code),
    CONSTRAINT area_points_city_id_layer_code_fkey FOREIGN KEY (city_id, layer, code)
        REFERENCES areas (city_id, layer, code) ON DELETE CASCADE
);
COMMENT ON TABLE area_points IS 'a point inside each area, from which distances are measured';
COMMENT ON COLUMN area_points.lon IS 'a point inside the area, EPSG:4326';
"""

# The index comes after the rows. ST_Covers rounds where a pin stands within nanometres of a border; who wants
# to be sure of those runs `cortile reassign`.
ROWS = """
INSERT INTO place_areas (city_id, id, layer, code, kind, status)
    SELECT DISTINCT ON (p.city_id, p.id, a.layer) p.city_id, p.id, a.layer, a.code, p.kind, p.status
    FROM places AS p JOIN areas AS a
        ON a.city_id = p.city_id AND ST_Covers(a.geom, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))
    WHERE p.moderation = 'published'
    ORDER BY p.city_id, p.id, a.layer, a.code COLLATE "C";
CREATE INDEX place_areas_city_id_layer_code_kind_id_idx ON place_areas (city_id, layer, code, kind, id);
INSERT INTO area_counts (city_id, layer, code, kind, status, slot, places)
    SELECT city_id, layer, code, kind, status, 0, count(*)
    FROM place_areas GROUP BY city_id, layer, code, kind, status;
INSERT INTO area_points (city_id, layer, code, lon, lat)
    SELECT city_id, layer, code, ST_X(inner_point), ST_Y(inner_point)
    FROM areas CROSS JOIN LATERAL ST_PointOnSurface(geom) AS inner_point;
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(ROWS)


def downgrade() -> None:
    for table in ("area_points", "area_counts", "place_areas"):
        op.execute(f"DROP TABLE {table}")
