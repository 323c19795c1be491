"""Of each indicator, whether its figures add up (a count) or not (a rate)."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE indicators ADD COLUMN measure TEXT DEFAULT 'rate' NOT NULL;
UPDATE indicators SET measure = 'count' WHERE series = 'residents';
ALTER TABLE indicators ADD CONSTRAINT indicators_measure_check CHECK (measure IN ('count', 'rate'));
COMMENT ON COLUMN indicators.measure IS
    'count: two areas together have the sum of both; rate: a value between them';
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute("ALTER TABLE indicators DROP COLUMN measure")
