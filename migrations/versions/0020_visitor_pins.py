"""What somebody without an account pinned, and where they want to hear of it."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE visitor_pins (
    city_id INTEGER NOT NULL,
    place_id UUID NOT NULL,
    content JSONB,
    geom geometry(GEOMETRY,4326),
    photo_id UUID,
    alt TEXT,
    email TEXT,
    language TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT visitor_pins_pkey PRIMARY KEY (city_id, place_id),
    CONSTRAINT visitor_pins_geom_check CHECK ((content IS NULL) = (geom IS NULL)),
    CONSTRAINT visitor_pins_content_check
        CHECK ((content IS NULL) = (coalesce(confirmed_at, withdrawn_at) IS NOT NULL)),
    CONSTRAINT visitor_pins_email_check CHECK ((email IS NULL) = (withdrawn_at IS NOT NULL))
);
CREATE INDEX visitor_pins_city_id_email_idx ON visitor_pins (city_id, email) WHERE content IS NOT NULL;
CREATE INDEX visitor_pins_city_id_photo_id_idx ON visitor_pins (city_id, photo_id);
COMMENT ON TABLE visitor_pins IS
    'what visitors pinned: held here until confirmed by mail, afterwards only whom to tell';
COMMENT ON COLUMN visitor_pins.place_id IS 'UUIDv7; the client may make it';
COMMENT ON COLUMN visitor_pins.content IS 'every field of the place, until it is confirmed or withdrawn';
COMMENT ON COLUMN visitor_pins.geom IS 'exact, for as long as content';
COMMENT ON COLUMN visitor_pins.photo_id IS 'UUIDv7, made here; its files are beside the database';
COMMENT ON COLUMN visitor_pins.alt IS 'what is to be seen on the photo, in words';
COMMENT ON COLUMN visitor_pins.email IS 'in small letters; never shown to anybody. NULL: withdrawn';
COMMENT ON COLUMN visitor_pins.language IS 'the language of mails';
COMMENT ON COLUMN visitor_pins.confirmed_at IS 'when the button behind the link was pressed';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE visitor_pins")
