"""Who was reminded of which place, and when."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE place_reminders (
    city_id INTEGER NOT NULL,
    place_id UUID NOT NULL,
    person_id UUID NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT place_reminders_pkey PRIMARY KEY (city_id, place_id, person_id),
    CONSTRAINT place_reminders_person_id_fkey FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE CASCADE,
    CONSTRAINT place_reminders_city_id_fkey FOREIGN KEY (city_id, place_id)
        REFERENCES places (city_id, id) ON DELETE CASCADE
);
CREATE INDEX place_reminders_person_id_idx ON place_reminders (person_id);
COMMENT ON TABLE place_reminders IS 'the last mail that asked somebody whether a place is still as told';
COMMENT ON COLUMN place_reminders.used_at IS 'when the place was confirmed by the link in the mail';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE place_reminders")
