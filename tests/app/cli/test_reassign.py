"""`cortile reassign`, as it is typed."""

from typing import Any

from sqlalchemy import Connection, text

from tests.app.people.test_cli import typed
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import TORINO, add_place
from tests.membership import by_looking, kept_members, put_areas

__all__ = ["typed"]


def test_every_place_finds_its_area_again(typed: Any, torino: Connection) -> None:
    torino.exec_driver_sql("BEGIN")
    put_areas(torino, TORINO, "zone", {"1": "POLYGON ((7.6 45, 7.7 45, 7.7 45.1, 7.6 45.1, 7.6 45))"})
    torino.exec_driver_sql("COMMIT")
    assert "torino: every place was in its area.\n" in typed("reassign").output
    add_place(torino)  # behind the back of who keeps the areas
    assert "torino: 2 rows were wrong.\n" in typed("reassign").output  # its own, and that of the count
    assert kept_members(torino, TORINO) == by_looking(torino, TORINO) != set()
    assert torino.scalar(text("SELECT sum(places) FROM area_counts")) == 1
