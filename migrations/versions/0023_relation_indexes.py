"""Indexes of the relations that wait, and of those that somebody proposed."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEXES = """
CREATE INDEX relations_waiting_idx ON relations (city_id, proposed_at, id) WHERE state = 'proposed';
CREATE INDEX relations_proposed_by_idx ON relations (city_id, proposed_by) WHERE proposed_by IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(INDEXES)


def downgrade() -> None:
    op.execute("DROP INDEX relations_waiting_idx; DROP INDEX relations_proposed_by_idx")
