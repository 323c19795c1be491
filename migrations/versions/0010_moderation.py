"""Reports, claims, appeals, and what was decided."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE reports (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    place_id UUID NOT NULL,
    photo_id UUID,
    reason TEXT NOT NULL,
    person_id UUID,
    email TEXT,
    language TEXT NOT NULL,
    words TEXT,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT reports_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT reports_reason_check CHECK (reason IN ('wrong_position', 'gone', 'duplicate', 'offensive', 'private', 'spam', 'other')),
    CONSTRAINT reports_state_check CHECK (state IN ('waiting', 'granted', 'refused', 'withdrawn')),
    CONSTRAINT reports_words_check CHECK (char_length(words) BETWEEN 1 AND 2000),
    CONSTRAINT reports_city_id_place_id_fkey FOREIGN KEY(city_id, place_id) REFERENCES places (city_id, id) ON DELETE CASCADE
);
CREATE INDEX reports_city_id_made_at_idx ON reports (city_id, made_at) WHERE state = 'waiting';
CREATE INDEX reports_city_id_place_id_idx ON reports (city_id, place_id);
COMMENT ON TABLE reports IS 'what somebody says should not be on the map as it is; never public';
COMMENT ON COLUMN reports.id IS 'UUIDv7; the form brings it, so that it is sent once';
COMMENT ON COLUMN reports.photo_id IS 'where it is about one photo of the place';
COMMENT ON COLUMN reports.person_id IS 'who reports; NULL: a visitor';
COMMENT ON COLUMN reports.email IS 'where a visitor wants the answer sent; never public';
COMMENT ON COLUMN reports.language IS 'the language of the answer';
CREATE TABLE claims (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    place_id UUID NOT NULL,
    person_id UUID NOT NULL,
    organisation TEXT,
    words TEXT,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT claims_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT claims_state_check CHECK (state IN ('waiting', 'granted', 'refused', 'withdrawn')),
    CONSTRAINT claims_words_check CHECK (char_length(words) BETWEEN 1 AND 2000),
    CONSTRAINT claims_city_id_place_id_fkey FOREIGN KEY(city_id, place_id) REFERENCES places (city_id, id) ON DELETE CASCADE
);
CREATE INDEX claims_city_id_made_at_idx ON claims (city_id, made_at) WHERE state = 'waiting';
CREATE INDEX claims_city_id_person_id_idx ON claims (city_id, person_id);
CREATE INDEX claims_city_id_place_id_idx ON claims (city_id, place_id);
COMMENT ON TABLE claims IS '“this is our place”: who says so, and whether it was granted';
COMMENT ON COLUMN claims.id IS 'UUIDv7; the form brings it, so that it is sent once';
CREATE TABLE appeals (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    decision_id UUID NOT NULL,
    person_id UUID,
    words TEXT,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT DEFAULT 'waiting' NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT appeals_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT appeals_state_check CHECK (state IN ('waiting', 'granted', 'refused', 'withdrawn')),
    CONSTRAINT appeals_words_check CHECK (char_length(words) BETWEEN 1 AND 2000)
);
CREATE UNIQUE INDEX appeals_city_id_decision_id_key ON appeals (city_id, decision_id);
CREATE INDEX appeals_city_id_made_at_idx ON appeals (city_id, made_at) WHERE state = 'waiting';
COMMENT ON TABLE appeals IS 'objections to decisions';
COMMENT ON COLUMN appeals.id IS 'UUIDv7; the form brings it, so that it is sent once';
COMMENT ON COLUMN appeals.decision_id IS 'one decision is appealed against once';
COMMENT ON COLUMN appeals.person_id IS 'NULL: by the link that came with the decision';
CREATE TABLE decisions (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    batch_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id UUID,
    sort TEXT NOT NULL,
    subject_id UUID NOT NULL,
    place_id UUID,
    action TEXT NOT NULL,
    reason TEXT,
    words TEXT,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE,
    details JSONB,
    undoes UUID,
    CONSTRAINT decisions_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT decisions_sort_check CHECK (sort IN ('place', 'change', 'photo', 'report', 'claim', 'appeal')),
    CONSTRAINT decisions_action_check CHECK (action IN ('approve', 'refuse', 'hide', 'merge', 'ask', 'undo')),
    CONSTRAINT decisions_reason_check CHECK (reason IN ('wrong_position', 'gone', 'duplicate', 'offensive', 'private', 'spam', 'not_for_this_map', 'unclear', 'not_proven', 'other')),
    CONSTRAINT decisions_words_check CHECK (char_length(words) BETWEEN 1 AND 2000),
    CONSTRAINT decisions_city_id_fkey FOREIGN KEY(city_id) REFERENCES cities (id)
);
CREATE INDEX decisions_city_id_at_id_idx ON decisions (city_id, at, id);
CREATE INDEX decisions_city_id_batch_id_idx ON decisions (city_id, batch_id);
CREATE INDEX decisions_city_id_place_id_idx ON decisions (city_id, place_id);
CREATE INDEX decisions_city_id_subject_id_idx ON decisions (city_id, subject_id);
CREATE UNIQUE INDEX decisions_city_id_undoes_key ON decisions (city_id, undoes) WHERE undoes IS NOT NULL;
COMMENT ON TABLE decisions IS 'what was decided about contributions; only ever added to';
COMMENT ON COLUMN decisions.id IS 'UUIDv7';
COMMENT ON COLUMN decisions.batch_id IS 'what was decided in one go is undone in one go';
COMMENT ON COLUMN decisions.person_id IS 'who decided; never public. NULL: the command line';
COMMENT ON COLUMN decisions.sort IS 'what was decided about';
COMMENT ON COLUMN decisions.place_id IS 'the place that it is about, which may be gone by now';
COMMENT ON COLUMN decisions.words IS 'told to those whom it concerns; never public';
COMMENT ON COLUMN decisions.before IS 'the subject''s state before';
COMMENT ON COLUMN decisions.asked_at IS 'since when it had waited';
COMMENT ON COLUMN decisions.details IS 'what else was changed with it, for undoing';
COMMENT ON COLUMN decisions.undoes IS 'the decision that this one takes back';
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    for table in ("decisions", "appeals", "claims", "reports"):
        op.execute(f"DROP TABLE {table}")
