"""What followers were told: a mark for each place that somebody follows, and when each was written to last.

And restores among the decisions.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE = """
ALTER TABLE place_followers ADD COLUMN told_at TIMESTAMP WITH TIME ZONE;
ALTER TABLE place_followers ADD COLUMN told_revision INTEGER;
ALTER TABLE place_followers ADD COLUMN gone BOOLEAN DEFAULT false NOT NULL;
COMMENT ON COLUMN place_followers.told_at IS 'what happened until then they know of; NULL: until they followed';
COMMENT ON COLUMN place_followers.told_revision IS 'the newest version that they know of';
COMMENT ON COLUMN place_followers.gone IS 'whether they were told that it is not public any more';
CREATE TABLE digests (
    person_id UUID NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    stopped_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT digests_pkey PRIMARY KEY (person_id),
    CONSTRAINT digests_person_id_fkey FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE CASCADE
);
COMMENT ON TABLE digests IS 'the mails about what changes at places that people follow';
COMMENT ON COLUMN digests.sent_at IS 'when the last one went out';
COMMENT ON COLUMN digests.stopped_at IS 'since when they want none; NULL: they do';
"""


ACTIONS = "'approve', 'refuse', 'hide', 'merge', 'ask', 'undo'"


def upgrade() -> None:
    op.execute(TABLE)
    _allow(f"{ACTIONS}, 'restore'")


def downgrade() -> None:
    op.execute("DELETE FROM decisions WHERE action = 'restore'")
    _allow(ACTIONS)
    op.execute("DROP TABLE digests")
    for column in ("gone", "told_revision", "told_at"):
        op.execute(f"ALTER TABLE place_followers DROP COLUMN {column}")


def _allow(actions: str) -> None:
    """Which actions a decision may have."""
    op.execute("ALTER TABLE decisions DROP CONSTRAINT decisions_action_check")
    op.execute(f"ALTER TABLE decisions ADD CONSTRAINT decisions_action_check CHECK (action IN ({actions}))")
