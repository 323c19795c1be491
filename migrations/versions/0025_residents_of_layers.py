"""Who is worst: the residents of a layer are the newest of its series, whatever the indicator is called."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# The figure and the residents of its layer are found once, not for each area.
WORST_AREAS = """
CREATE OR REPLACE FUNCTION worst_areas(city integer, indicator text, share double precision DEFAULT 0.2,
        few double precision DEFAULT 200)
    RETURNS TABLE (layer text, code text, value double precision, percentile double precision)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH figure AS MATERIALIZED (SELECT i.layer, i.slug, i.polarity, (
            SELECT n.slug FROM indicators AS n
            WHERE n.city_id = $1 AND n.layer = i.layer AND {residents} LIMIT 1) AS people
        FROM indicators AS i WHERE i.city_id = $1 AND i.slug = $2 AND i.polarity <> 0)
    SELECT ranked.layer, ranked.code, ranked.value, ranked.percentile FROM (
        SELECT a.layer, a.code, v.value, percent_rank() OVER (ORDER BY v.value * f.polarity) AS percentile
        FROM figure AS f
        JOIN areas AS a ON a.city_id = $1 AND a.layer = f.layer
        JOIN indicator_values AS v ON v.city_id = $1 AND v.indicator = f.slug AND v.area_code = a.code
        LEFT JOIN indicator_values AS r
            ON r.city_id = $1 AND r.indicator = f.people AND r.area_code = a.code
        WHERE coalesce(r.value >= $4, true)
    ) AS ranked
    WHERE ranked.percentile >= 1 - $3 - 1e-12 AND (ranked.percentile > 0 OR $3 >= 1)
    ORDER BY ranked.percentile DESC, ranked.code COLLATE "C"
$$;
"""


def upgrade() -> None:
    op.execute(WORST_AREAS.format(residents="n.series = 'residents' ORDER BY n.year DESC"))


def downgrade() -> None:
    op.execute(WORST_AREAS.format(residents="n.slug = 'residents'"))
