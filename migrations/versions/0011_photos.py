"""Photos of places."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE place_photos (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    place_id UUID NOT NULL,
    state TEXT NOT NULL,
    alt TEXT,
    author UUID,
    licence TEXT NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    regions JSONB,
    CONSTRAINT place_photos_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT place_photos_state_check CHECK (state IN ('published', 'held', 'hidden')),
    CONSTRAINT place_photos_alt_check CHECK (char_length(alt) BETWEEN 1 AND 1000),
    CONSTRAINT place_photos_size_check CHECK (width BETWEEN 1 AND 4096 AND height BETWEEN 1 AND 4096)
);
CREATE INDEX place_photos_city_id_place_id_added_at_idx ON place_photos (city_id, place_id, added_at);
CREATE INDEX place_photos_city_id_added_at_idx ON place_photos (city_id, added_at) WHERE state = 'held';
COMMENT ON TABLE place_photos IS 'photos of places; their files are beside the database';
COMMENT ON COLUMN place_photos.id IS 'UUIDv7; the client may make it';
COMMENT ON COLUMN place_photos.alt IS 'what is to be seen, in words; for who cannot see it';
COMMENT ON COLUMN place_photos.author IS 'who sent it; who left has no row in people';
COMMENT ON COLUMN place_photos.licence IS 'under what terms it may be used';
COMMENT ON COLUMN place_photos.width IS 'of what is kept, upright, in pixels';
COMMENT ON COLUMN place_photos.version IS 'of its pictures';
COMMENT ON COLUMN place_photos.regions IS 'what is blurred: left, top, width, height as fractions';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE place_photos")
