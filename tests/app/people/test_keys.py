"""The secret that is made once, whoever asks first."""

import stat
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from app.errors import SettingsError
from app.keys import fingerprint, pseudonym, secret_key
from app.settings import Settings


def secret_in(folder: Path) -> str:
    return secret_key(replace(Settings(), var=folder))


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with ProcessPoolExecutor(8, mp_context=get_context("fork")) as processes:
        made = set(processes.map(secret_in, [folder] * 40))
    assert len(made) == 1
    assert len(made.pop()) >= 32
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret"]


def test_the_setting_goes_first_and_must_be_long(tmp_path: Path) -> None:
    settings = Settings.from_env({"SECRET_KEY": "x" * 32, "CORTILE_VAR": str(tmp_path)})
    assert secret_key(settings) == "x" * 32
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SettingsError, match="SECRET_KEY must have 32 characters or more") as caught:
        Settings.from_env({"SECRET_KEY": "short-secret"})
    assert "short-secret" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="set SECRET_KEY or CORTILE_VAR"):
        secret_in(tmp_path / "file")


def test_hashes_tell_nothing_and_are_the_same_each_time() -> None:
    # SHA-256 of "abc": FIPS 180-2, appendix B.1
    assert fingerprint("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert pseudonym("one", "ada") == pseudonym("one", "ada") != pseudonym("two", "ada")
