"""Relations as they stand in the table, for tests of what shows them."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text
from uuid_utils import compat

from tests.http.conftest import TORINO


def relate(db: Connection, tail: str, head: str, kind: str = "supports", **said: Any) -> str:
    """A relation as it stands in the table; `since` and `until` are years."""
    since, until = said.pop("since", None), said.pop("until", None)
    row = {"city": TORINO, "id": str(compat.uuid7()), "tail": tail, "head": head, "kind": kind, "note": None}
    row |= {"state": "confirmed", "at": datetime(2026, 1, 2, tzinfo=UTC)} | said
    row |= {"since": since and datetime(since, 1, 1, tzinfo=UTC)}
    row |= {"until": until and datetime(until, 1, 1, tzinfo=UTC)}
    db.execute(
        text("""INSERT INTO relations (city_id, id, tail, head, kind, state, note, valid, proposed_at,
                recorded_at)
            VALUES (:city, :id, :tail, :head, :kind, :state, :note, tstzrange(:since, :until), :at, :at)"""),
        row,
    )
    return str(row["id"])
