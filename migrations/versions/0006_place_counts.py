"""How many public places stand in each small cell, so that an overview costs the same however many there are."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE place_counts (
    city_id INTEGER NOT NULL,
    level SMALLINT NOT NULL,
    cell BIGINT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    slot SMALLINT NOT NULL,
    places BIGINT NOT NULL,
    lon_e7 BIGINT NOT NULL,
    lat_e7 BIGINT NOT NULL,
    codes BIGINT NOT NULL,
    CONSTRAINT place_counts_pkey PRIMARY KEY (city_id, level, cell, kind, status, slot),
    CONSTRAINT place_counts_city_id_fkey FOREIGN KEY(city_id) REFERENCES cities (id)
) WITH (fillfactor=80);
COMMENT ON TABLE place_counts IS 'public places in each cell of four grids, kept by whatever writes places';
COMMENT ON COLUMN place_counts.level IS 'the grid: 2^level cells of Web Mercator each way';
COMMENT ON COLUMN place_counts.cell IS 'the first 2 * level bits of the Morton codes in it';
COMMENT ON COLUMN place_counts.slot IS 'writers at one time add to rows of their own; the sum counts';
COMMENT ON COLUMN place_counts.lon_e7 IS 'the sum of the longitudes in ten millionths of a degree';
COMMENT ON COLUMN place_counts.codes IS 'the exclusive or of the Morton codes: of one place, its own';
"""

ROWS = """
INSERT INTO place_counts
SELECT city_id, level, morton >> (62 - 2 * level), kind, status, 0, count(*),
    sum(round(lon * 1e7)::bigint)::bigint, sum(round(lat * 1e7)::bigint)::bigint, bit_xor(morton)
FROM places CROSS JOIN (VALUES (12), (14), (16), (18)) AS grids (level)
WHERE moderation = 'published'
GROUP BY 1, 2, 3, 4, 5
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(ROWS)


def downgrade() -> None:
    op.execute("DROP TABLE place_counts")
