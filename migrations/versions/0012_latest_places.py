"""Indexes for the latest places of each kind, and for the sources and licences there are."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""CREATE INDEX places_city_id_kind_recorded_at_id_idx ON places (city_id, kind, recorded_at, id)
        WHERE moderation = 'published'""")
    op.execute("""CREATE INDEX places_city_id_source_licence_idx ON places (city_id, source, licence)
        WHERE moderation = 'published'""")


def downgrade() -> None:
    op.execute("DROP INDEX places_city_id_source_licence_idx")
    op.execute("DROP INDEX places_city_id_kind_recorded_at_id_idx")
