"""What may be tried only so often, over all connections, and again when time has passed."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.brakes import Brake, attempt, forget, sweep
from app.db import Database
from app.errors import TooMany
from tests.conftest import FreshDatabase

BRAKE = Brake("sign-in", 10, timedelta(minutes=15))
START = datetime(2026, 5, 1, 12, tzinfo=UTC)


def tries(database: Database, who: str, at: datetime, times: int = 1) -> int:
    """How many of so many attempts are let through."""
    let = 0
    for _ in range(times):
        try:
            with database.transaction() as db:
                attempt(db, BRAKE, who, "secret", at)
        except TooMany:
            continue
        let += 1
    return let


def test_ten_in_a_quarter_of_an_hour_and_then_one_for_each_that_grows_old(database: FreshDatabase) -> None:
    app = Database(database.app_url, size=1)
    assert tries(app, "ada", START, 6) == 6
    assert tries(app, "ada", START + timedelta(minutes=10), 6) == 4
    assert tries(app, "bruno", START + timedelta(minutes=10), 3) == 3, "each has attempts of their own"
    with pytest.raises(TooMany) as caught, app.transaction() as db:
        attempt(db, BRAKE, "ada", "secret", START + timedelta(minutes=10))
    assert caught.value.seconds == 5 * 60 + 1
    assert tries(app, "ada", START + timedelta(minutes=14, seconds=59), 3) == 0
    assert tries(app, "ada", START + timedelta(minutes=15), 9) == 6
    app.close()


def test_fifty_at_once_are_fifty(database: FreshDatabase) -> None:
    app, let = Database(database.app_url, size=5), []
    threads = [threading.Thread(target=lambda: let.append(tries(app, "ada", START, 5))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(let) == 10
    app.close()


def test_success_forgets_and_nothing_tells_who_tried(database: FreshDatabase) -> None:
    app = Database(database.app_url, size=1)
    tries(app, "ada@city.example", START, 10)
    with app.transaction() as db:
        kept = db.execute(text("SELECT who FROM attempts")).scalars().all()
        assert all(len(who) == 32 for who in kept)
        assert not any(b"ada" in bytes(who) for who in kept)
        forget(db, BRAKE, "ada@city.example", "secret")
    assert tries(app, "ada@city.example", START, 12) == 10
    with app.transaction() as db:
        sweep(db, START + timedelta(days=1))
        assert db.execute(text("SELECT count(*) FROM attempts")).scalar_one() == 0
    app.close()
