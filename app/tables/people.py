"""People: their accounts, what they are to a city, and by what they are recognised."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.permissions import GIVEN, SCOPES
from app.tables.registry import Scope, metadata

ROLES = ", ".join(repr(role.value) for role in GIVEN)
KNOWN_SCOPES = ", ".join(repr(scope) for scope in SCOPES)


def of_a_person() -> Column[object]:
    """The column of a local table that says whose row it is; rows go with their person."""
    return Column("person_id", Uuid, ForeignKey("people.id", ondelete="CASCADE"), nullable=False)


people = Table(
    "people",
    metadata,
    Column("id", Uuid, primary_key=True, comment="UUIDv7"),
    Column("email", Text, nullable=False, comment="in small letters"),
    Column("name", Text, comment="shown in public, where they want one"),
    Column("password", Text, comment="its hash (Argon2id); NULL: no password yet"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("confirmed_at", DateTime(timezone=True), comment="when the address was found to be theirs"),
    Column("language", Text, nullable=False, comment="the language of mails to them"),
    Column("fs_uniquifier", Text, nullable=False, comment="changes with the password, and ends all sessions"),
    Column("fs_webauthn_user_handle", Text, nullable=False, comment="what their passkeys know them by"),
    Column("tf_primary_method", Text, comment="the second factor; NULL: none"),
    Column("tf_totp_secret", Text, comment="encrypted"),
    Column("mf_recovery_codes", ARRAY(Text), comment="encrypted; each opens once"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("email"),
    UniqueConstraint("fs_uniquifier"),
    UniqueConstraint("fs_webauthn_user_handle"),
    CheckConstraint("email = lower(email) AND char_length(email) <= 320", name="email"),
    CheckConstraint("char_length(name) BETWEEN 1 AND 80", name="name"),
    info={"scope": Scope.SHARED},
)

memberships = Table(
    "memberships",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    of_a_person(),
    Column("role", Text, nullable=False),
    Column("organisation", Text, comment="on whose behalf, where on anybody's"),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("given_by", Uuid, comment="who gave it; NULL: from the command line"),
    PrimaryKeyConstraint("city_id", "person_id", "role"),
    CheckConstraint(f"role IN ({ROLES})", name="role"),
    CheckConstraint("char_length(organisation) BETWEEN 1 AND 200", name="organisation"),
    info={"scope": Scope.CITY},
)

sessions = Table(
    "sessions",
    metadata,
    Column("key", LargeBinary, primary_key=True, comment="SHA-256 of the number in the cookie"),
    Column("id", Uuid, nullable=False, comment="what the list of sessions calls it"),
    of_a_person(),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False, comment="to the hour or so"),
    Column("user_agent", Text, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    UniqueConstraint("id"),
    Index("sessions_person_id_idx", "person_id"),
    info={"scope": Scope.LOCAL},
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("key", LargeBinary, primary_key=True, comment="SHA-256 of the token, which only its owner has"),
    Column("id", Uuid, nullable=False, comment="what the list of tokens calls it"),
    of_a_person(),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), comment="to the hour or so"),
    UniqueConstraint("id"),
    CheckConstraint("char_length(name) BETWEEN 1 AND 80", name="name"),
    CheckConstraint(
        f"cardinality(scopes) > 0 AND scopes <@ ARRAY[{KNOWN_SCOPES}]::text[]",
        name="scopes",
    ),
    Index("api_tokens_person_id_idx", "person_id"),
    info={"scope": Scope.LOCAL},
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("credential_id", LargeBinary, primary_key=True),
    of_a_person(),
    Column("public_key", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("transports", ARRAY(Text)),
    Column("extensions", Text),
    Column("usage", Text, nullable=False, comment="first: instead of a password; secondary: beside it"),
    Column("device_type", Text, nullable=False),
    Column("backup_state", Boolean, nullable=False),
    Column("create_datetime", DateTime(timezone=True), nullable=False),
    Column("lastuse_datetime", DateTime(timezone=True), nullable=False),
    Index("passkeys_person_id_idx", "person_id"),
    info={"scope": Scope.LOCAL},
)

federated_identities = Table(
    "federated_identities",
    metadata,
    Column("issuer", Text, nullable=False, comment="the provider of OpenID Connect"),
    Column("subject", Text, nullable=False, comment="who somebody is to the provider"),
    of_a_person(),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("issuer", "subject"),
    Index("federated_identities_person_id_idx", "person_id"),
    info={"scope": Scope.LOCAL},
)

attempts = Table(
    "attempts",
    metadata,
    Column("what", Text, nullable=False, comment="what is counted, such as sign-in"),
    Column("who", LargeBinary, nullable=False, comment="a keyed hash of an address or a person"),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("attempts_what_who_at_idx", "what", "who", "at"),
    Index("attempts_at_idx", "at"),
    info={"scope": Scope.LOCAL},
    comment="what may be tried so many times in so much time",
)
