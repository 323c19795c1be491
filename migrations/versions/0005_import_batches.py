"""What each import did."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE import_batches (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    subject TEXT NOT NULL,
    file_name TEXT NOT NULL,
    undoes UUID,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read INTEGER NOT NULL,
    inserted INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    repaired INTEGER NOT NULL,
    CONSTRAINT import_batches_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT import_batches_subject_check CHECK (subject IN ('places', 'areas', 'indicators')),
    CONSTRAINT import_batches_city_id_fkey FOREIGN KEY(city_id) REFERENCES cities (id)
);
COMMENT ON COLUMN import_batches.subject IS 'the table it wrote to';
COMMENT ON COLUMN import_batches.undoes IS 'the batch that this one undid, where it is an undo';
COMMENT ON COLUMN import_batches.read IS 'rows in the file';
COMMENT ON COLUMN import_batches.repaired IS 'geometries made valid';
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE import_batches")
