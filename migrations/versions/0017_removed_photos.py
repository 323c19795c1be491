"""Photos that are removed for good, or withdrawn by who sent them: a trace stays, without the picture."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE place_photos ADD COLUMN removed_at TIMESTAMP WITH TIME ZONE;
COMMENT ON COLUMN place_photos.removed_at IS 'since when only this trace is left of it';
ALTER TABLE place_photos DROP CONSTRAINT place_photos_state_check;
ALTER TABLE place_photos ADD CONSTRAINT place_photos_state_check
    CHECK (state IN ('published', 'held', 'hidden', 'removed', 'withdrawn'));
ALTER TABLE place_photos ADD CONSTRAINT place_photos_removed_check
    CHECK ((state IN ('removed', 'withdrawn')) = (removed_at IS NOT NULL));
CREATE INDEX place_photos_city_id_author_idx ON place_photos (city_id, author);
ALTER TABLE decisions DROP CONSTRAINT decisions_action_check;
ALTER TABLE decisions ADD CONSTRAINT decisions_action_check
    CHECK (action IN ('approve', 'refuse', 'hide', 'merge', 'ask', 'undo', 'restore', 'remove'));
"""

# A trace is of no use to a program that does not know it; its decision becomes the strongest that it knows.
DOWN = """
DELETE FROM place_photos WHERE removed_at IS NOT NULL;
UPDATE decisions SET action = 'hide', after = 'hidden' WHERE action = 'remove';
ALTER TABLE decisions DROP CONSTRAINT decisions_action_check;
ALTER TABLE decisions ADD CONSTRAINT decisions_action_check
    CHECK (action IN ('approve', 'refuse', 'hide', 'merge', 'ask', 'undo', 'restore'));
DROP INDEX place_photos_city_id_author_idx;
ALTER TABLE place_photos DROP CONSTRAINT place_photos_removed_check;
ALTER TABLE place_photos DROP CONSTRAINT place_photos_state_check;
ALTER TABLE place_photos ADD CONSTRAINT place_photos_state_check
    CHECK (state IN ('published', 'held', 'hidden'));
ALTER TABLE place_photos DROP COLUMN removed_at;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
