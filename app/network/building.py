"""Making all neighbours of a city anew, while people go on reading and writing.

First it is said that the graph is being built: from then on writers note what they touch and leave the lists
alone. Then one transaction reads the places, writes every list and looks at what was noted; readers see the
lists of before until it commits. Only its end holds the graph, for as long as the last few notes take. A run
that dies leaves the lists of before, and a state that says so; the next run begins anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from app.db import Database
from app.errors import Conflict
from app.places.lists import catch_up, rebuild
from app.places.neighbours import State, build_alone, hold, set_state, state_of
from app.progress import Watcher
from app.tables.network import BUILDING, KEPT

FEW = 50
"""So many notes are looked at while writers wait: a fifth of a second."""
ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Built:
    """What a run made: how many lists, and of how many writes it heard meanwhile; `kept`: they are right."""

    lists: int
    heard: int
    kept: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One run for one city, under an identifier of its own."""

    city_id: int
    id: UUID
    clock: Callable[[], datetime]
    watch: Watcher


def build(database: Database, run: Run) -> Built:
    """Make the neighbours of a city anew; raises Conflict where somebody else is at it."""
    with database.transaction() as db:
        _begin(db, run)
    with database.transaction() as db:
        if not build_alone(db, run.city_id) or state_of(db, run.city_id).build != run.id:
            raise _two()
        made = rebuild(db, run.city_id, run.watch)
        run.watch.stage("Looking at what was written meanwhile")
        seen: set[UUID] = set()
        for _ in range(ROUNDS):
            if catch_up(db, run.city_id, seen) <= FEW:
                break
        return Built(made, *_end(db, run, seen))


def _begin(db: Connection, run: Run) -> None:
    if not build_alone(db, run.city_id):
        raise _two()
    hold(db, run.city_id)
    set_state(db, run.city_id, State(BUILDING, run.clock(), run.id))
    _forget_notes(db, run.city_id)


def _end(db: Connection, run: Run, seen: set[UUID]) -> tuple[int, bool]:
    """Look at the last notes while writers wait; say that the lists are right, unless an import came."""
    hold(db, run.city_id)
    catch_up(db, run.city_id, seen)
    kept = state_of(db, run.city_id).build == run.id
    if kept:
        set_state(db, run.city_id, State(KEPT, run.clock()))
        _forget_notes(db, run.city_id)
    return len(seen), kept


def _forget_notes(db: Connection, city_id: int) -> None:
    db.execute(text("DELETE FROM neighbour_changes WHERE city_id = :city"), {"city": city_id})


def _two() -> Conflict:
    return Conflict("Somebody else is building the neighbours of this city; wait until that is done.")
