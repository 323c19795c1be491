"""Tidying: what is over goes, what still counts stays, and one failure stops nothing else."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from app import housekeeping
from app.errors import DatabaseError
from app.housekeeping import Done, House, keep_tidy, tidied
from app.settings import Settings
from tests.app.people.test_cli import typed
from tests.conftest import FreshDatabase
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_person

__all__ = ["typed"]
NOW = datetime.now(UTC)
NOTHING = [Done(name, 0) for name in ("attempts", "sessions", "answers", "photos", "visitors")]


def litter(db: Connection, photos: Path) -> None:
    """Of everything that can be tidied one that is over and one that is not."""
    person = add_person(db)
    for days in (2, 0):
        at = {"at": NOW - timedelta(days=days), "key": uuid4().bytes, "id": uuid4(), "person": person}
        db.execute(text("INSERT INTO attempts (what, who, at) VALUES ('sign-in', :key, :at)"), at)
        sql = """INSERT INTO kept_answers (person_id, key, request, answer, at)
            VALUES (:person, cast(:id AS text), :key, '{}', :at)"""
        db.execute(text(sql), at)
    for seen, ended in ((31, None), (29, None), (1, 0), (0, None)):
        sql = """INSERT INTO sessions (key, id, person_id, started_at, seen_at, user_agent, ended_at)
            VALUES (:key, :id, :person, :seen, :seen, 'a test', :ended)"""
        ends = None if ended is None else NOW
        seen_at = {"seen": NOW - timedelta(days=seen), "ended": ends}
        db.execute(text(sql), {"key": uuid4().bytes, "id": uuid4(), "person": person, **seen_at})
    for days in (2, 0):
        folder = photos / "1272" / "aa" / str(uuid4())
        folder.mkdir(parents=True)
        os.utime(folder, ((NOW - timedelta(days=days)).timestamp(),) * 2)


def left(db: Connection) -> dict[str, int]:
    tables = ("attempts", "sessions", "kept_answers")
    return {table: db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), var=tmp_path)


def test_what_is_over_goes_and_the_rest_stays(
    database: FreshDatabase, torino: Connection, settings: Settings
) -> None:
    litter(torino, settings.var / "photos")
    done = {one.what: one.removed for one in tidied(settings, database.app_url)}
    assert done == {"attempts": 1, "sessions": 2, "answers": 1, "photos": 1, "visitors": 0}
    assert left(torino) == {"attempts": 1, "sessions": 2, "kept_answers": 1}
    assert tidied(settings, database.app_url) == NOTHING


def test_one_that_fails_keeps_none_of_the_others(
    database: FreshDatabase,
    torino: Connection,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_house: House) -> int:
        raise DatabaseError("The database did not do what was asked.")

    litter(torino, settings.var / "photos")
    monkeypatch.setattr(housekeeping, "TASKS", (broken, *housekeeping.TASKS))
    done = tidied(settings, database.app_url)
    assert done[0] == Done("broken", None)
    assert [one.removed for one in done[1:]] == [1, 2, 1, 1, 0]
    assert "This could not be tidied: broken" in caplog.text


def test_a_server_tidies_again_and_again_until_it_ends(
    database: FreshDatabase, torino: Connection, settings: Settings
) -> None:
    waited: list[float] = []

    def ended(seconds: float) -> bool:
        """In place of waiting: before each round there is something to tidy."""
        assert left(torino)["attempts"] <= 1, "the round before has tidied"
        old = {"who": uuid4().bytes, "at": NOW - timedelta(days=2)}
        torino.execute(text("INSERT INTO attempts (what, who, at) VALUES ('sign-in', :who, :at)"), old)
        waited.append(seconds)
        return len(waited) == 3

    keep_tidy(settings, database.app_url, ended)
    assert waited == [60, 6 * 3600, 6 * 3600]
    assert left(torino)["attempts"] == 1, "the one of the round that was not begun"


def test_the_command_says_how_much_it_removed(typed: Any, torino: Connection, tmp_path: Path) -> None:
    litter(torino, tmp_path)  # a folder that the command does not know
    done = typed("tidy")
    assert done.output.splitlines() == [
        "attempts    1 removed",
        "sessions    2 removed",
        "answers     1 removed",
        "photos      0 removed",
        "visitors    0 removed",
    ]
    assert done.exit_code == 0


def test_the_command_ends_with_an_error_where_something_failed(
    typed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_house: House) -> int:
        raise OSError("the disk is full")

    monkeypatch.setattr(housekeeping, "TASKS", (broken, housekeeping.attempts))
    done = typed("tidy")
    assert done.exit_code == 1
    assert "broken      failed" in done.output
    assert "attempts    0 removed" in done.output
