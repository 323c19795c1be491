"""`cortile network build`, as it is typed."""

from typing import Any

from sqlalchemy import Connection, text

from app.errors import NotFound
from tests.app.people.test_cli import typed
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_place

__all__ = ["typed"]


def test_the_neighbours_of_a_city_are_made_anew(typed: Any, torino: Connection) -> None:
    for north in range(3):
        add_place(torino, lat=45.07 + north * 0.001)
    there = torino.scalar(text("SELECT count(*) FROM places WHERE city_id = 1272"))
    done = typed("network", "build", "--city", "torino")
    assert f"torino: the neighbours of {there} places.\n" in done.output
    lists = "SELECT count(*) FROM neighbours WHERE city_id = 1272 AND cardinality(heads) = :others"
    assert torino.scalar(text(lists), {"others": there - 1}) == there
    assert "milano" in typed("network", "build").output
    assert isinstance(typed("network", "build", "--city", "atlantis").exception, NotFound)
