"""What moderators decide about, and what they decided: reports, claims, appeals, decisions."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from app.tables.places import one_of
from app.tables.registry import Scope, metadata

SORTS = ("place", "change", "photo", "report", "claim", "appeal")
"""What can wait in the queue."""
REPORT_REASONS = ("wrong_position", "gone", "duplicate", "offensive", "private", "spam", "other")
REASONS = (*REPORT_REASONS[:-1], "not_for_this_map", "unclear", "not_proven", "other")
"""Why something is refused or hidden; the words for them are in `app/pages/reasons.py`."""
ACTIONS = ("approve", "refuse", "hide", "merge", "ask", "undo", "restore", "remove")
ASKED_STATES = ("waiting", "granted", "refused", "withdrawn")
WAITING = "state = 'waiting'"
MAX_WORDS, MAX_LINE = 2_000, 300


def _asked(name: str, *columns: SchemaItem, comment: str) -> Table:
    """A table of what somebody asks moderators for."""
    return Table(
        name,
        metadata,
        Column("city_id", Integer, nullable=False),
        Column("id", Uuid, nullable=False, comment="UUIDv7; the form brings it, so that it is sent once"),
        *columns,
        Column("words", Text),
        Column("made_at", DateTime(timezone=True), nullable=False),
        Column("state", Text, nullable=False, server_default="waiting"),
        Column("decided_at", DateTime(timezone=True)),
        PrimaryKeyConstraint("city_id", "id"),
        CheckConstraint(one_of("state", ASKED_STATES), name="state"),
        CheckConstraint(f"char_length(words) BETWEEN 1 AND {MAX_WORDS}", name="words"),
        Index(f"{name}_city_id_made_at_idx", "city_id", "made_at", postgresql_where=text(WAITING)),
        info={"scope": Scope.CITY},
        comment=comment,
    )


def _of_place(table: Table) -> None:
    """What is asked about a place goes when an import that brought the place is undone."""
    table.append_constraint(
        ForeignKeyConstraint(["city_id", "place_id"], ["places.city_id", "places.id"], ondelete="CASCADE")
    )
    Index(f"{table.name}_city_id_place_id_idx", table.c.city_id, table.c.place_id)


reports = _asked(
    "reports",
    Column("place_id", Uuid, nullable=False),
    Column("photo_id", Uuid, comment="where it is about one photo of the place"),
    Column("reason", Text, nullable=False),
    Column("person_id", Uuid, comment="who reports; NULL: a visitor"),
    Column("email", Text, comment="where a visitor wants the answer sent; never public"),
    Column("language", Text, nullable=False, comment="the language of the answer"),
    CheckConstraint(one_of("reason", REPORT_REASONS), name="reason"),
    comment="what somebody says should not be on the map as it is; never public",
)
claims = _asked(
    "claims",
    Column("place_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("organisation", Text),
    comment="“this is our place”: who says so, and whether it was granted",
)
appeals = _asked(
    "appeals",
    Column("decision_id", Uuid, nullable=False, comment="one decision is appealed against once"),
    Column("person_id", Uuid, comment="NULL: by the link that came with the decision"),
    comment="objections to decisions",
)
_of_place(reports)
_of_place(claims)
Index("claims_city_id_person_id_idx", claims.c.city_id, claims.c.person_id)
Index("appeals_city_id_decision_id_key", appeals.c.city_id, appeals.c.decision_id, unique=True)

decisions = Table(
    "decisions",
    metadata,
    Column("city_id", Integer, ForeignKey("cities.id"), nullable=False),
    Column("id", Uuid, nullable=False, comment="UUIDv7"),
    Column("batch_id", Uuid, nullable=False, comment="what was decided in one go is undone in one go"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("person_id", Uuid, comment="who decided; never public. NULL: the command line"),
    Column("sort", Text, nullable=False, comment="what was decided about"),
    Column("subject_id", Uuid, nullable=False),
    Column("place_id", Uuid, comment="the place that it is about, which may be gone by now"),
    Column("action", Text, nullable=False),
    Column("reason", Text),
    Column("words", Text, comment="told to those whom it concerns; never public"),
    Column("before", Text, nullable=False, comment="the subject's state before"),
    Column("after", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), comment="since when it had waited"),
    Column("details", JSONB, comment="what else was changed with it, for undoing"),
    Column("undoes", Uuid, comment="the decision that this one takes back"),
    PrimaryKeyConstraint("city_id", "id"),
    CheckConstraint(one_of("sort", SORTS), name="sort"),
    CheckConstraint(one_of("action", ACTIONS), name="action"),
    CheckConstraint(one_of("reason", REASONS), name="reason"),
    CheckConstraint(f"char_length(words) BETWEEN 1 AND {MAX_WORDS}", name="words"),
    Index(
        "decisions_city_id_undoes_key",
        "city_id",
        "undoes",
        unique=True,
        postgresql_where=text("undoes IS NOT NULL"),
    ),
    Index("decisions_city_id_at_id_idx", "city_id", "at", "id"),
    Index("decisions_city_id_batch_id_idx", "city_id", "batch_id"),
    Index("decisions_city_id_subject_id_idx", "city_id", "subject_id"),
    Index("decisions_city_id_place_id_idx", "city_id", "place_id"),
    info={"scope": Scope.HISTORY},
    comment="what was decided about contributions; only ever added to",
)
