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
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    CONSTRAINT place_areas_pkey PRIMARY KEY (city_id, id, layer)
);
COMMENT ON TABLE place_areas IS
    'the area of each layer that a public place stands in, kept by whatever writes places or areas';
COMMENT ON COLUMN place_areas.id IS 'a public place';
COMMENT ON COLUMN place_areas.code IS 'the area of the layer that holds its anchor';
COMMENT ON COLUMN place_areas.kind IS 'of the place, as status: so that both can be counted here';
COMMENT ON COLUMN place_areas.lon IS 'its anchor, which the area holds';
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
INSERT INTO place_areas (city_id, id, layer, code, kind, status, lon, lat)
    SELECT DISTINCT ON (p.city_id, p.id, a.layer)
        p.city_id, p.id, a.layer, a.code, p.kind, p.status, p.lon, p.lat
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


# For people who ask the database itself; docs/fragility.md says what each answers.
FUNCTIONS = """
CREATE FUNCTION places_in_area(city integer, layer text, code text)
    RETURNS TABLE (id uuid, kind text, status text, title text, lon double precision, lat double precision)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT p.id, p.kind, p.status, p.title, p.lon, p.lat FROM place_areas AS m
    JOIN places AS p ON p.city_id = $1 AND p.id = m.id AND p.moderation = 'published'
    WHERE m.city_id = $1 AND m.layer = $2 AND m.code = $3 ORDER BY p.kind, p.id
$$;
CREATE FUNCTION places_by_area(city integer, layer text)
    RETURNS TABLE (code text, kind text, status text, places bigint)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT c.code, c.kind, c.status, sum(c.places)::bigint FROM area_counts AS c
    WHERE c.city_id = $1 AND c.layer = $2
    GROUP BY c.code, c.kind, c.status HAVING sum(c.places) <> 0 ORDER BY 1, 2, 3
$$;
CREATE FUNCTION worst_areas(city integer, indicator text, share double precision DEFAULT 0.2,
        few double precision DEFAULT 200)
    RETURNS TABLE (layer text, code text, value double precision, percentile double precision)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT ranked.layer, ranked.code, ranked.value, ranked.percentile FROM (
        SELECT a.layer, a.code, v.value, percent_rank() OVER (ORDER BY v.value * i.polarity) AS percentile
        FROM indicators AS i
        JOIN areas AS a ON a.city_id = $1 AND a.layer = i.layer
        JOIN indicator_values AS v ON v.city_id = $1 AND v.indicator = i.slug AND v.area_code = a.code
        LEFT JOIN indicators AS people
            ON people.city_id = $1 AND people.layer = i.layer AND people.slug = 'residents'
        LEFT JOIN indicator_values AS r
            ON r.city_id = $1 AND r.indicator = people.slug AND r.area_code = a.code
        WHERE i.city_id = $1 AND i.slug = $2 AND i.polarity <> 0 AND coalesce(r.value >= $4, true)
    ) AS ranked
    WHERE ranked.percentile >= 1 - $3 - 1e-12 AND (ranked.percentile > 0 OR $3 >= 1)
    ORDER BY ranked.percentile DESC, ranked.code COLLATE "C"
$$;
COMMENT ON FUNCTION places_in_area IS 'the public places that stand in an area';
COMMENT ON FUNCTION places_by_area IS 'how many public places of each kind and status stand in each area';
COMMENT ON FUNCTION worst_areas IS
    'the areas whose rank towards the fragile end of an indicator is at least 1 - share, the worst first';
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(ROWS)
    op.execute(FUNCTIONS)


def downgrade() -> None:
    for function in ("places_in_area", "places_by_area", "worst_areas"):
        op.execute(f"DROP FUNCTION {function}")
    for table in ("area_points", "area_counts", "place_areas"):
        op.execute(f"DROP TABLE {table}")
