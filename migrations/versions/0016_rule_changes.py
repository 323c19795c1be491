"""What was changed of the rules of cities."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE rule_changes (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id UUID,
    before JSONB NOT NULL,
    after JSONB NOT NULL,
    CONSTRAINT rule_changes_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT rule_changes_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
CREATE INDEX rule_changes_city_id_at_id_idx ON rule_changes (city_id, at, id);
COMMENT ON TABLE rule_changes IS 'what was changed of the rules of a city; only ever added to';
COMMENT ON COLUMN rule_changes.id IS 'UUIDv7';
COMMENT ON COLUMN rule_changes.person_id IS 'who settled it; NULL: the command line';
COMMENT ON COLUMN rule_changes.before IS 'the rules that changed, as they were';
"""


def upgrade() -> None:
    op.execute(TABLE)


def downgrade() -> None:
    op.execute("DROP TABLE rule_changes")
