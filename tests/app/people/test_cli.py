"""`cortile appoint`, `dismiss` and `people`, as they are typed."""

from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from app.cli import commands
from app.errors import BadParameter, NotFound
from tests.conftest import FreshDatabase
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_person


@pytest.fixture
def typed(database: FreshDatabase, torino: Connection, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs a command over this test's database."""
    environment = {
        "DATABASE_URL": database.app_url,
        "OWNER_DATABASE_URL": database.owner_url,
        "CORTILE_VAR": str(tmp_path_factory.mktemp("var")),
    }

    def run(*words: str) -> Result:
        return CliRunner().invoke(commands, words, env=environment)

    return run


def test_the_first_administrator_comes_from_the_command_line(typed: Any, torino: Connection) -> None:
    first = typed("appoint", "torino", "Ada@City.Example", "administrator")
    assert first.output.startswith("ada@city.example is administrator of torino.\n")
    assert "new" in first.output
    again = typed("appoint", "torino", "ada@city.example", "administrator")
    assert again.output == "ada@city.example is administrator of torino.\n"
    assert typed("people", "torino").output.startswith("administrator  ada@city.example, since 20")
    assert typed("people", "milano").output == ""
    row = torino.execute(text("SELECT password, confirmed_at IS NOT NULL FROM people")).one()
    assert tuple(row) == (None, True)


def test_a_role_can_be_taken_away_and_the_account_stays(typed: Any, torino: Connection) -> None:
    add_person(torino, "bruno@city.example", role="moderator")
    done = typed("dismiss", "torino", "bruno@city.example", "moderator")
    assert done.output == "bruno@city.example is no longer moderator of torino.\n"
    assert typed("people", "torino").output == ""
    assert torino.execute(text("SELECT count(*) FROM people")).scalar_one() == 1
    assert typed("dismiss", "torino", "bruno@city.example", "moderator").exit_code == 2


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("atlantis", "ada@city.example", "moderator"), NotFound),
        (("torino", "ada", "moderator"), BadParameter),
        (("torino", "ada@city.example", "king"), BadParameter),
        (("torino", "ada@city.example", "resident"), BadParameter),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    typed: Any, torino: Connection, words: tuple[str, ...], kind: type[Exception]
) -> None:
    assert isinstance(typed("appoint", *words).exception, kind)
    assert torino.execute(text("SELECT count(*) FROM people")).scalar_one() == 0
