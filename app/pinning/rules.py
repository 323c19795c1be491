"""When two places may be one, when a robot filled in a form, and how long a place stays fresh. Pure."""

from datetime import datetime, timedelta

from itsdangerous import BadSignature, TimestampSigner

from app.errors import BadParameter

NEAR_M, KIN_M = 100.0, 250.0
"""Within the first, places of a similar title may be one; within the second, places of one kind."""
SIMILAR = 0.4
"""How much of two titles has to be alike (pg_trgm), from 0 to 1."""
PACE = timedelta(seconds=2)
TRAP = "nickname"


def stamp(secret: str) -> str:
    """What a form says of when it was opened; only this server can have written it."""
    return _signer(secret).sign("form").decode()


def slow_enough(secret: str, stamped: str, trap: str, now: datetime) -> None:
    """Raise BadParameter where no person can have filled in the form.

    A field that people do not see must be empty, and the form must have been open for two seconds. It may
    have been open for weeks: what was written offline is sent late.
    """
    if trap:
        raise BadParameter(TRAP, "must stay empty: only robots fill it in.")
    try:
        _, opened = _signer(secret).unsign(stamped, return_timestamp=True)
    except BadSignature:
        raise BadParameter("opened", "is not as this server wrote it; open the form again.") from None
    # The stamp has whole seconds, cut off: so much can a form look older than it is.
    if now - opened < PACE:
        raise BadParameter("opened", "was just now: nobody writes so fast. Send it once more.")


def _signer(secret: str) -> TimestampSigner:
    return TimestampSigner(secret, salt="pin")
