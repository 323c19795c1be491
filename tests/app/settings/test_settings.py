"""The settings: defaults, every rule, and that all problems are told at once."""

from pathlib import Path

import pytest

from app.errors import SettingsError
from app.settings import VARIABLES, Settings


class Recording(dict[str, str]):
    """An environment that remembers which variables were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        self.asked.add(key)
        return super().get(key, default)


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    settings = Settings.from_env({})
    assert (settings.host, settings.port, settings.default_language) == ("127.0.0.1", 8000, "it")
    assert settings.database_url is None
    assert settings.owner_database_url is None
    assert settings.workers >= 1
    assert settings.var.name == "var"


def test_every_variable_that_is_read_has_its_sentence_and_no_other() -> None:
    environ = Recording()
    Settings.from_env(environ)
    assert environ.asked == set(VARIABLES)


def test_all_problems_are_named_in_one_error() -> None:
    wrong = {
        "PORT": "http",
        "WORKERS": "0",
        "THREADS": "-1",
        "DATABASE_URL": "mysql://u:secret@host/db",
        "TILE_URL": "https://tiles.example.org/{z}/{x}.png",
        "DEFAULT_LANGUAGE": "de",
        "BASE_URL": "cortile.example.org",
        "PG_BIN": "/no/such/folder",
        "STATEMENT_TIMEOUT_MS": "1e4",
    }
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(wrong)
    sentence = str(caught.value)
    assert [name for name in wrong if name not in sentence] == []
    assert "'http'" in sentence
    assert "from 1 to 65535" in sentence


@pytest.mark.parametrize(
    "url", ["mysql://u:s3cret@host/db", "u:s3cret@host", "postgresql://u:s3cret@host:port/db"]
)
def test_a_refused_database_address_is_never_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"DATABASE_URL": url})
    assert "s3cret" not in str(caught.value)
    assert "DATABASE_URL" in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_scheme_becomes_the_driver_that_is_installed(scheme: str) -> None:
    settings = Settings.from_env({"DATABASE_URL": f"{scheme}://app@db.example.org:5433/city"})
    assert settings.database_url == "postgresql+psycopg://app@db.example.org:5433/city"
    assert settings.owner_database_url == settings.database_url


def test_a_socket_address_is_a_database_address() -> None:
    settings = Settings.from_env({"DATABASE_URL": "postgresql://app@/city?host=/run/db"})
    assert settings.database_url == "postgresql+psycopg://app@/city?host=/run/db"


def test_an_owner_without_a_server_is_refused() -> None:
    with pytest.raises(SettingsError, match="OWNER_DATABASE_URL"):
        Settings.from_env({"OWNER_DATABASE_URL": "postgresql://owner@/city"})


@pytest.mark.parametrize(("written", "right"), [("1", 1), ("65535", 65535)])
def test_the_limits_of_a_port_are_ports(written: str, right: int) -> None:
    assert Settings.from_env({"PORT": written}).port == right


@pytest.mark.parametrize("written", ["0", "65536", "-1", "8000.0", "٨٠٠٠", "8 000"])
def test_beyond_the_limits_or_in_other_digits_is_no_port(written: str) -> None:
    with pytest.raises(SettingsError, match="PORT"):
        Settings.from_env({"PORT": written})


def test_an_empty_variable_counts_as_absent_but_an_empty_tile_address_means_no_base_map() -> None:
    settings = Settings.from_env({"PORT": "", "HOST": " ", "TILE_URL": ""})
    assert (settings.port, settings.host, settings.tile_url) == (8000, "127.0.0.1", "")


def test_a_relative_folder_becomes_absolute() -> None:
    assert Settings.from_env({"CORTILE_VAR": "data"}).var == Path.cwd() / "data"
