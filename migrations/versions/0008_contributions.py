"""Who wrote which version of a place, changes that wait, exact positions, owners and followers."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

VERSION = (
    ("author", "UUID", "the person who wrote this version; who left has no row in people"),
    ("on_behalf_of", "TEXT", "whom a house wrote it for; never public"),
    ("note", "TEXT", "why this version was written"),
    ("blur_m", "DOUBLE PRECISION", "the public position lies within so many metres of the exact one"),
    ("confirmed_at", "TIMESTAMP WITH TIME ZONE", "when somebody last said that it is still true"),
    ("merged_into", "UUID", "the place that this one was a duplicate of"),
)

TABLES = """
COMMENT ON COLUMN places.geom IS 'the public one';
ALTER TABLE places
    ADD CONSTRAINT places_blur_check CHECK (blur_m > 0),
    ADD CONSTRAINT places_merged_check CHECK (merged_into IS NULL OR moderation = 'hidden');
CREATE INDEX places_city_id_author_idx ON places (city_id, author) WHERE author IS NOT NULL;
CREATE INDEX places_city_id_recorded_at_idx ON places (city_id, recorded_at) WHERE moderation = 'held';
ALTER TABLE cities
    ADD COLUMN review TEXT DEFAULT 'first' NOT NULL,
    ADD COLUMN visitors_pin BOOLEAN DEFAULT false NOT NULL,
    ADD CONSTRAINT cities_review_check CHECK (review IN ('none', 'first', 'all'));
COMMENT ON COLUMN cities.review IS 'whose contributions wait for review: none, first (of a person in this city), all';
COMMENT ON COLUMN cities.visitors_pin IS 'whether somebody without an account may pin, held for review';
CREATE TABLE place_changes (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    place_id UUID NOT NULL,
    base_revision INTEGER NOT NULL,
    content JSONB NOT NULL,
    geom geometry(GEOMETRY,4326) NOT NULL,
    author UUID,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT place_changes_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT place_changes_city_id_place_id_fkey FOREIGN KEY (city_id, place_id)
        REFERENCES places (city_id, id) ON DELETE CASCADE,
    CONSTRAINT place_changes_state_check
        CHECK (state IN ('waiting', 'approved', 'refused', 'withdrawn', 'outdated'))
);
CREATE INDEX place_changes_city_id_place_id_idx ON place_changes (city_id, place_id);
CREATE INDEX place_changes_city_id_made_at_idx ON place_changes (city_id, made_at) WHERE state = 'waiting';
COMMENT ON TABLE place_changes IS 'changes that wait for somebody to look at them, and what became of them';
COMMENT ON COLUMN place_changes.id IS 'UUIDv7; the client may make it';
COMMENT ON COLUMN place_changes.base_revision IS 'the version that the author saw';
COMMENT ON COLUMN place_changes.content IS 'every field of the version that is proposed';
COMMENT ON COLUMN place_changes.geom IS 'exact';
CREATE TABLE place_exact (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    revision INTEGER NOT NULL,
    geom geometry(GEOMETRY,4326) NOT NULL,
    accuracy_m DOUBLE PRECISION,
    azimuth DOUBLE PRECISION NOT NULL,
    share DOUBLE PRECISION NOT NULL,
    CONSTRAINT place_exact_pkey PRIMARY KEY (city_id, id, revision)
);
COMMENT ON TABLE place_exact IS 'where a place truly is, for moderators, where the public is told a position near it';
COMMENT ON COLUMN place_exact.revision IS 'the version whose public position is another one';
COMMENT ON COLUMN place_exact.azimuth IS 'degrees from north, from the exact position';
COMMENT ON COLUMN place_exact.share IS 'of the radius, that the public position lies away';
"""

PEOPLE_OF = """
CREATE TABLE {name} (
    city_id INTEGER NOT NULL,
    place_id UUID NOT NULL,
    person_id UUID NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT {name}_pkey PRIMARY KEY (city_id, place_id, person_id),
    CONSTRAINT {name}_city_id_place_id_fkey FOREIGN KEY (city_id, place_id)
        REFERENCES places (city_id, id) ON DELETE CASCADE
);
CREATE INDEX {name}_city_id_person_id_idx ON {name} (city_id, person_id);
COMMENT ON TABLE {name} IS '{comment}';
"""


def upgrade() -> None:
    for table in ("places", "place_revisions"):
        for name, kind, comment in VERSION:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
            if table == "places":
                op.execute(f"COMMENT ON COLUMN places.{name} IS '{comment}'")
    op.execute(TABLES)
    op.execute(PEOPLE_OF.format(name="place_owners", comment="whose place it is, where a claim was granted"))
    op.execute(PEOPLE_OF.format(name="place_followers", comment="who wants to hear what becomes of it"))


def downgrade() -> None:
    for table in ("place_followers", "place_owners", "place_exact", "place_changes"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP INDEX places_city_id_recorded_at_idx")
    op.execute("ALTER TABLE cities DROP COLUMN visitors_pin, DROP COLUMN review")
    for table in ("place_revisions", "places"):
        for name, _, _ in reversed(VERSION):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    op.execute("COMMENT ON COLUMN places.geom IS NULL")
