"""People, what they are to a city, and by what they are recognised."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE people (
    id UUID NOT NULL,
    email TEXT NOT NULL,
    name TEXT,
    password TEXT,
    active BOOLEAN DEFAULT true NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    language TEXT NOT NULL,
    fs_uniquifier TEXT NOT NULL,
    fs_webauthn_user_handle TEXT NOT NULL,
    tf_primary_method TEXT,
    tf_totp_secret TEXT,
    mf_recovery_codes TEXT[],
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT people_pkey PRIMARY KEY (id),
    CONSTRAINT people_email_key UNIQUE (email),
    CONSTRAINT people_fs_uniquifier_key UNIQUE (fs_uniquifier),
    CONSTRAINT people_fs_webauthn_user_handle_key UNIQUE (fs_webauthn_user_handle),
    CONSTRAINT people_email_check CHECK (email = lower(email) AND char_length(email) <= 320),
    CONSTRAINT people_name_check CHECK (char_length(name) BETWEEN 1 AND 80)
);
COMMENT ON COLUMN people.id IS 'UUIDv7';
COMMENT ON COLUMN people.email IS 'in small letters';
COMMENT ON COLUMN people.name IS 'shown in public, where they want one';
COMMENT ON COLUMN people.password IS 'its hash (Argon2id); NULL: no password yet';
COMMENT ON COLUMN people.confirmed_at IS 'when the address was found to be theirs';
COMMENT ON COLUMN people.language IS 'the language of mails to them';
COMMENT ON COLUMN people.fs_uniquifier IS 'changes with the password, and ends all sessions';
COMMENT ON COLUMN people.fs_webauthn_user_handle IS 'what their passkeys know them by';
COMMENT ON COLUMN people.tf_primary_method IS 'the second factor; NULL: none';
COMMENT ON COLUMN people.tf_totp_secret IS 'encrypted';
COMMENT ON COLUMN people.mf_recovery_codes IS 'encrypted; each opens once';
CREATE TABLE memberships (
    city_id INTEGER NOT NULL,
    person_id UUID NOT NULL,
    role TEXT NOT NULL,
    organisation TEXT,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    given_by UUID,
    CONSTRAINT memberships_pkey PRIMARY KEY (city_id, person_id, role),
    CONSTRAINT memberships_role_check CHECK (role IN ('member', 'operator', 'moderator', 'officer', 'administrator')),
    CONSTRAINT memberships_organisation_check CHECK (char_length(organisation) BETWEEN 1 AND 200),
    CONSTRAINT memberships_city_id_fkey FOREIGN KEY(city_id) REFERENCES cities (id),
    CONSTRAINT memberships_person_id_fkey FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
COMMENT ON COLUMN memberships.organisation IS 'on whose behalf, where on anybody''s';
COMMENT ON COLUMN memberships.given_by IS 'who gave it; NULL: from the command line';
CREATE TABLE sessions (
    key BYTEA NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    user_agent TEXT NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT sessions_pkey PRIMARY KEY (key),
    CONSTRAINT sessions_id_key UNIQUE (id),
    CONSTRAINT sessions_person_id_fkey FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX sessions_person_id_idx ON sessions (person_id);
COMMENT ON COLUMN sessions.key IS 'SHA-256 of the number in the cookie';
COMMENT ON COLUMN sessions.id IS 'what the list of sessions calls it';
COMMENT ON COLUMN sessions.seen_at IS 'to the hour or so';
CREATE TABLE api_tokens (
    key BYTEA NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (key),
    CONSTRAINT api_tokens_id_key UNIQUE (id),
    CONSTRAINT api_tokens_name_check CHECK (char_length(name) BETWEEN 1 AND 80),
    CONSTRAINT api_tokens_scopes_check CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'write', 'moderate']::text[]),
    CONSTRAINT api_tokens_person_id_fkey FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX api_tokens_person_id_idx ON api_tokens (person_id);
COMMENT ON COLUMN api_tokens.key IS 'SHA-256 of the token, which only its owner has';
COMMENT ON COLUMN api_tokens.id IS 'what the list of tokens calls it';
COMMENT ON COLUMN api_tokens.used_at IS 'to the hour or so';
CREATE TABLE passkeys (
    credential_id BYTEA NOT NULL,
    person_id UUID NOT NULL,
    public_key BYTEA NOT NULL,
    name TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    transports TEXT[],
    extensions TEXT,
    usage TEXT NOT NULL,
    device_type TEXT NOT NULL,
    backup_state BOOLEAN NOT NULL,
    create_datetime TIMESTAMP WITH TIME ZONE NOT NULL,
    lastuse_datetime TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT passkeys_pkey PRIMARY KEY (credential_id),
    CONSTRAINT passkeys_person_id_fkey FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX passkeys_person_id_idx ON passkeys (person_id);
COMMENT ON COLUMN passkeys.usage IS 'first: instead of a password; secondary: beside it';
CREATE TABLE federated_identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person_id UUID NOT NULL,
    linked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT federated_identities_pkey PRIMARY KEY (issuer, subject),
    CONSTRAINT federated_identities_person_id_fkey FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);
CREATE INDEX federated_identities_person_id_idx ON federated_identities (person_id);
COMMENT ON COLUMN federated_identities.issuer IS 'the provider of OpenID Connect';
COMMENT ON COLUMN federated_identities.subject IS 'who somebody is to the provider';
CREATE TABLE attempts (
    what TEXT NOT NULL,
    who BYTEA NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX attempts_at_idx ON attempts (at);
CREATE INDEX attempts_what_who_at_idx ON attempts (what, who, at);
COMMENT ON TABLE attempts IS 'what may be tried so many times in so much time';
COMMENT ON COLUMN attempts.what IS 'what is counted, such as sign-in';
COMMENT ON COLUMN attempts.who IS 'a keyed hash of an address or a person';
"""


def upgrade() -> None:
    op.execute(TABLES)


def downgrade() -> None:
    op.execute(
        "DROP TABLE attempts, federated_identities, passkeys, api_tokens, sessions, memberships, people"
    )
