"""`cortile hide`, as it is typed."""

import re
from typing import Any

from sqlalchemy import Connection, text

from tests.app.people.test_cli import typed
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_person, add_place

__all__ = ["typed"]


def test_everything_of_a_person_is_hidden_and_shown_again(typed: Any, torino: Connection) -> None:
    ada = add_person(torino)
    shown, held = add_place(torino, author=ada), add_place(torino, author=ada, moderation="held")
    other = add_place(torino)

    def states() -> list[str]:
        sql = "SELECT moderation FROM places WHERE city_id = 1272 AND id = :id"
        return [torino.execute(text(sql), {"id": key}).scalar_one() for key in (shown, held, other)]

    hidden = typed("hide", "torino", "ada@city.example")
    assert hidden.output.startswith("2 things are hidden or refused"), hidden.output
    assert states() == ["hidden", "hidden", "published"]
    number = re.search(r"--undo (\S+) ", hidden.output)
    assert number
    assert "2 decisions were taken back" in typed("hide", "torino", "--undo", number[1]).output
    assert states() == ["published", "held", "published"]


def test_a_wrong_word_is_told(typed: Any, torino: Connection) -> None:
    assert "Nobody has the address" in typed("hide", "torino", "bea@city.example").output
    assert "There is no city" in typed("hide", "roma", "bea@city.example").output
    assert typed("hide", "torino").exit_code == 2
