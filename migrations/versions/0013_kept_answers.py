"""What was answered to requests that may be sent twice."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE kept_answers (
    person_id UUID NOT NULL,
    key TEXT NOT NULL,
    request BYTEA NOT NULL,
    answer JSONB NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT kept_answers_pkey PRIMARY KEY (person_id, key),
    CONSTRAINT kept_answers_key_check CHECK (char_length(key) BETWEEN 1 AND 200),
    CONSTRAINT kept_answers_person_id_fkey FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX kept_answers_at_idx ON kept_answers (at);
COMMENT ON TABLE kept_answers IS 'for a day; written in the transaction of what was done';
COMMENT ON COLUMN kept_answers.key IS 'the Idempotency-Key of the request';
COMMENT ON COLUMN kept_answers.request IS 'SHA-256 of all that was asked';
COMMENT ON COLUMN kept_answers.answer IS 'status, headers and body';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE kept_answers")
