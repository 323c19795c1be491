"""Settling the rules of a city: by its page and by `cortile city set`, with one function."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.settling import queries
from app.settling.queries import Change
from app.settling.rules import changed


def settle(
    db: Connection, city_id: int, wanted: Mapping[str, Any], key: UUID, by: tuple[UUID | None, datetime]
) -> Change | None:
    """Make the rules of a city what is wanted of them, and note the change under this key.

    `wanted` holds fields of `Rules`, judged already; a rule that it does not name stays. Gives what
    changed, or None where everything was so before. `by` is who settles, None on the command line, and when.
    """
    queries.take_turns(db, city_id)
    before = queries.rules(db, city_id)
    after = changed(before, wanted)
    if not after:
        return None
    queries.write(db, city_id, replace(before, **after))
    person, at = by
    change = Change(at, person, None, {name: getattr(before, name) for name in after}, after)
    queries.note(db, city_id, key, change)
    return change
