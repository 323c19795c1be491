"""What comes in by forms: the texts, the keys, and what only a machine would fill in."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils import compat

from app.errors import BadParameter, Invalid
from app.moderation.rules import REMOVE, Thing, Verdict, thing_of, verdict_of
from app.places.content import Reader, line_of, prose_of
from app.tables.moderation import MAX_LINE, MAX_WORDS, REPORT_REASONS

HONEYPOT = "homepage"
"""A field that people do not see. What fills it in is told that all went well."""
EPOCH, LAST = datetime(1970, 1, 1, tzinfo=UTC), 10**16
Given = Mapping[str, Any]


def things_of(written: list[str]) -> list[Thing]:
    """The things that were chosen in a list."""
    if not written:
        raise BadParameter("item", "is needed: choose at least one.")
    return [thing_of(each) for each in written]


def verdict_in(given: Given) -> Verdict:
    """What is to be done, as a form says it."""
    reader = Reader(given)
    words = reader.read("words", prose_of(MAX_WORDS), None)
    if reader.problems:
        raise reader.problems[0]
    if given.get("action") == REMOVE and not given.get("sure"):
        raise BadParameter("sure", "is needed: a photo that is removed for good cannot be brought back.")
    return verdict_of(given.get("action", ""), given.get("reason") or None, words)


def key_in(given: Given) -> UUID:
    """The id that the form brings, so that it is sent once; a new one where it brings none."""
    try:
        return UUID(given["key"])
    except (KeyError, ValueError):
        return compat.uuid7()


def report_in(given: Given) -> tuple[str, str | None, str | None]:
    """Reason, words and e-mail of a report; raises Invalid."""
    reader = Reader(given)
    reason = reader.read("reason", _reason, "")
    words = reader.read("words", prose_of(MAX_WORDS), None)
    email = reader.read("email", address, None)
    _finished(reader, "reason", reason)
    return reason, words, email


def claim_in(given: Given) -> tuple[str | None, str | None]:
    """Organisation and words of a claim; raises Invalid."""
    reader = Reader(given)
    organisation = reader.read("organisation", line_of(MAX_LINE), None)
    words = reader.read("words", prose_of(MAX_WORDS), None)
    _finished(reader)
    return organisation, words


def appeal_in(given: Given) -> str:
    """The words of an appeal; raises Invalid."""
    reader = Reader(given)
    words = reader.read("words", prose_of(MAX_WORDS), "")
    _finished(reader, "words", words)
    return words


def address(name: str, value: Any) -> str:
    """The rule of an e-mail address, as far as one can tell from its looks."""
    written = line_of(MAX_LINE)(name, value)
    before, _, domain = written.rpartition("@")
    if not before or "." not in domain.strip(".") or " " in written:
        raise BadParameter(name, "“%(value)s” is not an e-mail address.", value=written[:60])
    return written


def _reason(name: str, value: Any) -> str:
    if value not in REPORT_REASONS:
        raise BadParameter(name, "“%(reason)s” is not one of the reasons.", reason=str(value)[:40])
    return str(value)


def _finished(reader: Reader, name: str | None = None, value: str = "") -> None:
    """Raise Invalid where a field breaks its rule, or the one that is needed is missing."""
    if name and not value and all(problem.name != name for problem in reader.problems):
        reader.problems.append(BadParameter(name, "is missing: without it nobody can decide."))
    if reader.problems:
        raise Invalid(reader.problems)


def position(moment: datetime, key: UUID) -> str:
    """Where a page ends, for the address of the next: microseconds since 1970 and the id, in hexadecimals."""
    return f"{(moment - EPOCH) // timedelta(microseconds=1):x}.{key.hex}"


def moment_of(microseconds: int) -> datetime:
    """The moment of a position, or the last one that there is."""
    return EPOCH + timedelta(microseconds=min(microseconds, LAST))
