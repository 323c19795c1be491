"""The spatial graph: relations, and the nearest neighbours of every public place."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COLUMNS = """
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    tail UUID NOT NULL,
    head UUID NOT NULL,
    kind TEXT NOT NULL,
    valid TSTZRANGE {unbounded}NOT NULL,
    state TEXT NOT NULL,
    note TEXT,
    proposed_by UUID,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tail_by UUID,
    head_by UUID,
    decided_by UUID,
    revision INTEGER {first}NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,"""

RELATIONS = f"""
CREATE TABLE relations ({COLUMNS.format(unbounded="DEFAULT '(,)' ", first="DEFAULT 1 ")}
    CONSTRAINT relations_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT relations_city_id_tail_fkey FOREIGN KEY (city_id, tail)
        REFERENCES places (city_id, id) ON DELETE CASCADE,
    CONSTRAINT relations_city_id_head_fkey FOREIGN KEY (city_id, head)
        REFERENCES places (city_id, id) ON DELETE CASCADE,
    CONSTRAINT relations_kind_check
        CHECK (kind IN ('part_of', 'hosted_by', 'supports', 'regenerates', 'organised_by', 'about')),
    CONSTRAINT relations_state_check
        CHECK (state IN ('proposed', 'confirmed', 'ended', 'refused', 'withdrawn')),
    CONSTRAINT relations_ends_check CHECK (tail <> head),
    CONSTRAINT relations_valid_check CHECK (NOT isempty(valid)),
    CONSTRAINT relations_note_check CHECK (char_length(note) BETWEEN 1 AND 500)
);
CREATE UNIQUE INDEX relations_city_id_tail_head_kind_key ON relations (city_id, tail, head, kind)
    WHERE state IN ('proposed', 'confirmed');
CREATE INDEX relations_city_id_tail_idx ON relations (city_id, tail);
CREATE INDEX relations_city_id_head_idx ON relations (city_id, head);
COMMENT ON TABLE relations IS 'edges between places that people state, and what the other side says to it';
COMMENT ON COLUMN relations.id IS 'UUIDv7; the client may make it';
COMMENT ON COLUMN relations.tail IS 'the place that is part of, hosted by, about ...';
COMMENT ON COLUMN relations.head IS '... this one';
COMMENT ON COLUMN relations.valid IS 'true in the world';
COMMENT ON COLUMN relations.proposed_by IS 'never public; who left has no row in people';
COMMENT ON COLUMN relations.tail_by IS 'who agreed for the tail: an owner, or a moderator';
COMMENT ON COLUMN relations.head_by IS 'who agreed for the head';
COMMENT ON COLUMN relations.decided_by IS 'who brought it into this state';
COMMENT ON COLUMN relations.recorded_at IS 'known to us as it is since';
CREATE TABLE relation_revisions ({COLUMNS.format(unbounded="", first="")}
    superseded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    superseded_by UUID,
    CONSTRAINT relation_revisions_pkey PRIMARY KEY (city_id, id, revision)
);
CREATE INDEX relation_revisions_city_id_tail_idx ON relation_revisions (city_id, tail);
CREATE INDEX relation_revisions_city_id_head_idx ON relation_revisions (city_id, head);
COMMENT ON TABLE relation_revisions IS 'superseded versions of relations';
COMMENT ON COLUMN relation_revisions.superseded_by IS 'the import batch that superseded it, where one did';
"""

NEIGHBOURS = """
CREATE TABLE neighbours (
    city_id INTEGER NOT NULL,
    id UUID NOT NULL,
    lon DOUBLE PRECISION NOT NULL,
    lat DOUBLE PRECISION NOT NULL,
    pin geometry(POINTZ,4978) NOT NULL,
    reach DOUBLE PRECISION NOT NULL,
    heads UUID[] NOT NULL,
    metres DOUBLE PRECISION[] NOT NULL,
    CONSTRAINT neighbours_pkey PRIMARY KEY (city_id, id),
    CONSTRAINT neighbours_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
) WITH (fillfactor = 90);
CREATE INDEX neighbours_pin_idx ON neighbours USING gist (pin gist_geometry_ops_nd);
CREATE INDEX neighbours_ball_idx ON neighbours USING gist (ST_Expand(pin, reach) gist_geometry_ops_nd);
COMMENT ON TABLE neighbours IS 'the nearest places of each public place, kept by whatever writes places';
COMMENT ON COLUMN neighbours.id IS 'a public place';
COMMENT ON COLUMN neighbours.lon IS 'its anchor as it was when the list was made';
COMMENT ON COLUMN neighbours.pin IS 'the anchor in space: metres from the centre of the earth';
COMMENT ON COLUMN neighbours.reach IS 'metres from the pin that nobody nearer is beyond';
COMMENT ON COLUMN neighbours.heads IS 'the nearest places, nearest first';
COMMENT ON COLUMN neighbours.metres IS 'how far each is, geodesic, to a micrometre';
CREATE TABLE neighbour_graphs (
    city_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    build UUID,
    CONSTRAINT neighbour_graphs_pkey PRIMARY KEY (city_id),
    CONSTRAINT neighbour_graphs_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id),
    CONSTRAINT neighbour_graphs_state_check CHECK (state IN ('kept', 'stale', 'building'))
);
COMMENT ON TABLE neighbour_graphs IS 'whether the neighbours of a city are right; without a row they are';
COMMENT ON COLUMN neighbour_graphs.state IS 'kept: right at any time; else some lists are of before';
COMMENT ON COLUMN neighbour_graphs.since IS 'when it came into this state';
COMMENT ON COLUMN neighbour_graphs.build IS 'which run is building';
CREATE TABLE neighbour_changes (
    city_id INTEGER NOT NULL,
    mark UUID NOT NULL,
    id UUID NOT NULL,
    CONSTRAINT neighbour_changes_pkey PRIMARY KEY (city_id, mark),
    CONSTRAINT neighbour_changes_city_id_fkey FOREIGN KEY (city_id) REFERENCES cities (id)
);
COMMENT ON TABLE neighbour_changes IS 'what a run that builds the graph has still to look at';
COMMENT ON COLUMN neighbour_changes.mark IS 'made anew for each change';
COMMENT ON COLUMN neighbour_changes.id IS 'a place that was written while the graph was being built';
"""

# The places that there are have no lists yet: `cortile network build` makes them.
STALE = """INSERT INTO neighbour_graphs (city_id, state, since)
    SELECT DISTINCT city_id, 'stale', now() FROM places"""


def upgrade() -> None:
    for statements in (RELATIONS, NEIGHBOURS, STALE):
        op.execute(statements)


def downgrade() -> None:
    for table in ("neighbour_changes", "neighbour_graphs", "neighbours", "relation_revisions", "relations"):
        op.execute(f"DROP TABLE {table}")
