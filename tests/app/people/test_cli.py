"""`cortile appoint`, `dismiss` and `people`, as they are typed."""

import re
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text

from app.cli import commands
from app.errors import BadParameter, NotFound
from app.settings import Settings
from app.web import create_app
from tests.conftest import FreshDatabase
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_person, csrf_of

SECRET = "a secret of more than 32 characters"


@pytest.fixture
def typed(database: FreshDatabase, torino: Connection, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Runs a command over this test's database."""
    environment = {
        "DATABASE_URL": database.app_url,
        "OWNER_DATABASE_URL": database.owner_url,
        "CORTILE_VAR": str(tmp_path_factory.mktemp("var")),
        "SECRET_KEY": SECRET,
        "BASE_URL": "https://city.example",
    }

    def run(*words: str) -> Result:
        return CliRunner().invoke(commands, words, env=environment)

    return run


def test_the_first_administrator_comes_from_the_command_line(typed: Any, torino: Connection) -> None:
    first = typed("appoint", "torino", "Ada@City.Example", "administrator")
    assert first.output.startswith("ada@city.example is administrator of torino.\n")
    assert re.search(r"^https://city\.example/reset/\S+$", first.output, re.MULTILINE)
    again = typed("appoint", "torino", "ada@city.example", "administrator")
    assert again.output == "ada@city.example is administrator of torino.\n"
    assert typed("people", "torino").output.startswith("administrator  ada@city.example, since 20")
    assert typed("people", "milano").output == ""
    row = torino.execute(text("SELECT password, confirmed_at IS NOT NULL FROM people")).one()
    assert tuple(row) == (None, True)


def test_the_link_sets_the_password_of_a_new_account_once(
    typed: Any, torino: Connection, database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = typed("appoint", "torino", "ada@city.example", "administrator").output
    path = told.strip().splitlines()[-1].removeprefix("https://city.example")
    settings = replace(Settings(), database_url=database.app_url, secret_key=SECRET)
    app = create_app(replace(settings, var=tmp_path_factory.mktemp("served")))
    client, new = app.test_client(), "una frase abbastanza lunga"
    page = client.get(path)
    fields = {"csrf_token": csrf_of(page.text), "password": new, "password_confirm": new}
    assert client.post(path, data=fields).status_code == 302
    fields = {"csrf_token": csrf_of(client.get("/login").text), "email": "ada@city.example", "password": new}
    assert client.post("/login", data=fields).status_code == 302
    assert "amministratore" in client.get("/account").text
    assert app.test_client().get(path).headers["Location"] == "/reset"
    app.extensions["cortile"].database.close()


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
