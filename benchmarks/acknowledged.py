"""What was acknowledged is there: people write, the database is killed with `kill -9` and started again."""

import io
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from PIL import Image
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.cluster import running, start
from app.db import Database
from app.errors import ClusterError
from app.people.queries import add_person
from app.people.rules import WantedToken
from app.people.service import make_token, new_account
from app.photos.shelf import shelf_of
from app.places.counts import rebuild
from app.postgres import run
from benchmarks.stage import Stage, empty_database, served
from benchmarks.writers import Ledger, found_wanting, write

TORINO = 1272
DATABASE = "acknowledged"
VERSIONS = """SELECT id, revision, title FROM places WHERE city_id = :city
    UNION ALL SELECT id, revision, title FROM place_revisions WHERE city_id = :city"""
CHANGES = """SELECT count(*) FROM places p WHERE p.city_id = :city AND p.revision - 1 <> (
    SELECT count(*) FROM place_changes c
    WHERE c.city_id = :city AND c.place_id = p.id AND c.state = 'approved')"""


@dataclass(frozen=True, slots=True)
class Report:
    """How it went; `wrong` is empty where nothing was lost and nothing is half there."""

    ledger: Ledger
    seconds_down: float
    wrong: list[str]

    def told(self) -> str:
        """It in a few lines."""
        ledger = self.ledger
        lines = [
            f"{len(ledger.acknowledged)} versions and {len(ledger.photos)} photos were acknowledged.",
            f"{ledger.lost_races} changes lost a race, and were told so.",
            f"The database was away for {self.seconds_down:.1f} s; {ledger.sent_again} requests came again.",
            "All that was acknowledged is there, once." if not self.wrong else "\n".join(self.wrong[:20]),
        ]
        return "\n".join(lines)


def measure(stage: Stage, clients: int, seconds: float) -> Report:
    """Let `clients` write for `seconds`, kill the database in the middle, and compare with the ledger."""
    empty_database(stage, DATABASE)
    owner = Database(stage.owner(DATABASE), size=1, timeout_ms=0)
    with owner.transaction() as db:
        db.execute(text("UPDATE cities SET review = 'none' WHERE id = :city"), {"city": TORINO})
        tokens = [_token(db, number) for number in range(clients)]
    owner.close()
    down: list[float] = []
    with served(stage, DATABASE) as url:
        port = int(url.rpartition(":")[2])
        ledger = write(port, tokens, seconds, _photo(), lambda: down.append(_killed(stage)))
    owner = Database(stage.owner(DATABASE), size=1, timeout_ms=0)
    with owner.transaction() as db:
        wrong = _wrong(db, stage, ledger)
    owner.close()
    return Report(ledger, down[0], wrong)


def _token(db: Connection, number: int) -> str:
    now, person = datetime.now(UTC), compat.uuid7()
    account = new_account(person, f"writer{number}@city.example", now)
    add_person(db, account | {"name": f"Writer {number}", "confirmed_at": now})
    return make_token(db, person, WantedToken("writing", ("read", "write"), 1), now)[0]


def _photo() -> bytes:
    output = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).save(output, "JPEG")
    return output.getvalue()


def _killed(stage: Stage) -> float:
    """Kill the database's first process, start it again, and give the seconds in which it was not there."""
    began = time.monotonic()
    pid = running(stage.cluster)
    run(stage.cluster.account, ["/bin/sh", "-c", f"kill -9 {pid}"], timeout=10)
    while running(stage.cluster) is None:
        with suppress(ClusterError):  # those that it leaves behind need a moment to end
            start(stage.cluster)
    return time.monotonic() - began


def _wrong(db: Connection, stage: Stage, ledger: Ledger) -> list[str]:
    rows = db.execute(text(VERSIONS), {"city": TORINO}).all()
    wrong = found_wanting(ledger, {(str(place), revision): title for place, revision, title in rows})
    if count := db.scalar(text(CHANGES), {"city": TORINO}):
        wrong.append(f"{count} places have another number of changes than of versions")
    if cells := rebuild(db, TORINO):
        wrong.append(f"the kept counts were wrong in {cells} cells")
    there = set(db.scalars(text("SELECT id FROM place_photos WHERE city_id = :city"), {"city": TORINO}))
    shelf = shelf_of(stage.folder)
    for photo in map(UUID, ledger.photos):
        if photo not in there or shelf.prepared(TORINO, photo) is None:
            wrong.append(f"photo {photo} was acknowledged and is not there")
    return wrong + [f"unexpected answer {said}" for said in ledger.unexpected]
