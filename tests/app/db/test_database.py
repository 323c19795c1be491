"""Readers share few connections, however many there are."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from app.db import Database
from app.statements import row
from tests.conftest import FreshDatabase
from tests.http.conftest import add_person


def test_more_readers_than_connections_take_turns(database: FreshDatabase) -> None:
    shared = Database(database.app_url, size=1)

    def read(number: int) -> int:
        with shared.reading() as db:
            (answer,) = row(db, "SELECT %(number)s::int + 1 FROM pg_sleep(0.002)", {"number": number})
        return int(answer)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(read, range(200), timeout=20))

    assert answers == list(range(1, 201))
    shared.close()


def test_a_reader_that_fails_leaves_its_seat_to_the_next(database: FreshDatabase) -> None:
    shared = Database(database.app_url, size=1)
    for _ in range(3):
        with pytest.raises(LookupError), shared.reading():
            raise LookupError

    with shared.reading() as db:
        assert row(db, "SELECT 1", {}) == (1,)
    shared.close()


def test_what_was_prepared_outlives_a_transaction_that_is_rolled_back(database: FreshDatabase) -> None:
    shared = Database(database.app_url, size=1)

    def read_and_write(then: type[Exception] | None) -> None:
        with shared.transaction() as db:
            assert row(db, "SELECT %(number)s::int", {"number": 3}) == (3,)
            for number in range(8):  # psycopg would prepare a statement that it sees for the fifth time
                assert db.scalar(text("SELECT :number"), {"number": number}) == number
            if then:
                raise then

    with pytest.raises(LookupError):
        read_and_write(LookupError)
    read_and_write(None)
    shared.close()


def test_questions_of_one_moment_see_nothing_that_happens_between_them(database: FreshDatabase) -> None:
    shared, owner = Database(database.app_url, size=1), Database(database.owner_url, size=1)
    count = "SELECT count(*) FROM people WHERE email = %(email)s"

    def happens(email: str) -> None:
        with owner.transaction() as db:
            add_person(db, email)

    with shared.moment() as db:
        assert row(db, count, {"email": "ada@city.example"}) == (0,)
        happens("ada@city.example")
        assert row(db, count, {"email": "ada@city.example"}) == (0,)
    with shared.reading() as db:
        assert row(db, count, {"email": "ada@city.example"}) == (1,)
        happens("bea@city.example")
        assert row(db, count, {"email": "bea@city.example"}) == (1,)
    with pytest.raises(LookupError), shared.moment() as db:
        raise LookupError
    with shared.moment() as db:
        assert row(db, count, {"email": "bea@city.example"}) == (1,)
    for each in (shared, owner):
        each.close()
