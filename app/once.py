"""Requests that may be sent twice and act once: by the `Idempotency-Key` that their sender made for each.

The answer is kept in the transaction of what was done. So there is never one without the other, a request
that was refused leaves nothing, and a key whose request failed is as good as new.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from app.errors import BadParameter, Conflict, Invalid

KEPT = timedelta(days=1)
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered: a status, headers, and a JSON object or nothing."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with a key: whose it is, the key, and a hash of all that was asked."""

    person: UUID
    key: str
    request: bytes


def before(db: Connection, asked: Asked, now: datetime) -> Answer | None:
    """What was answered when this was asked before; None where it was not.

    Nobody else gets the key until the transaction ends. Raises Conflict where somebody has it now, and
    Invalid where something else was asked by it.
    """
    names = {"person": asked.person, "key": asked.key}
    lock = "SELECT pg_try_advisory_xact_lock(hashtextextended(:key || CAST(:person AS text), 0))"
    if not db.scalar(text(lock), names):
        raise Conflict("The same Idempotency-Key is being used at this moment; wait for that answer.")
    sweep(db, now)
    sql = "SELECT request, answer FROM kept_answers WHERE person_id = :person AND key = :key"
    kept = db.execute(text(sql), names).one_or_none()
    if kept is None:
        return None
    if bytes(kept.request) != asked.request:
        raise Invalid(
            [BadParameter("Idempotency-Key", "was used for another request before; make a new one.")]
        )
    return Answer(**kept.answer)


def keep(db: Connection, asked: Asked, answer: Answer, now: datetime) -> None:
    """Keep what is answered, for a day."""
    sql = """INSERT INTO kept_answers (person_id, key, request, answer, at)
        VALUES (:person, :key, :request, :answer, :at)"""
    db.execute(text(sql), {**asdict(asked), "answer": Jsonb(asdict(answer)), "at": now})


def sweep(db: Connection, now: datetime) -> int:
    """Remove what was kept for long enough, and say how much."""
    return db.execute(text("DELETE FROM kept_answers WHERE at < :before"), {"before": now - KEPT}).rowcount
