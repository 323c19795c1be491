"""Finding PostgreSQL: what is missing is named, with what to install."""

from pathlib import Path

import pytest

from app.errors import ProgramMissing
from app.postgres import NEEDED, find_programs


def installation(folder: Path, version: str, *, postgis: bool) -> Path:
    """A pretended installation whose programs only tell their version; gives the folder of the programs."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    for name in NEEDED:
        program = programs / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    extensions = folder / "share" / "extension"
    extensions.mkdir(parents=True)
    if postgis:
        (extensions / "postgis.control").write_text("")
    return programs


def test_a_server_without_postgis_is_told_with_the_package_of_its_version(tmp_path: Path) -> None:
    programs = installation(tmp_path, "16.2", postgis=False)
    with pytest.raises(ProgramMissing) as caught:
        find_programs(programs)
    assert "PostGIS is missing" in str(caught.value)
    assert "postgresql-16-postgis-3" in str(caught.value)
    assert str(programs) in str(caught.value)


def test_a_server_with_postgis_is_found_where_pg_bin_says(tmp_path: Path) -> None:
    programs = installation(tmp_path, "16.2 (Debian 16.2-1)", postgis=True)
    found = find_programs(programs)
    assert (found.folder, found.version) == (programs, 16)


def test_a_server_that_is_too_old_is_named(tmp_path: Path) -> None:
    programs = installation(tmp_path, "13.9", postgis=True)
    with pytest.raises(ProgramMissing, match=r"15 or newer is not in .* \(found: 13 in"):
        find_programs(programs)


def test_a_folder_without_programs_names_the_apt_command(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing, match=r"apt-get install .* postgresql-15 postgresql-15-postgis-3"):
        find_programs(tmp_path)


def test_data_of_another_version_asks_for_that_version(tmp_path: Path) -> None:
    programs = installation(tmp_path, "16.2", postgis=True)
    with pytest.raises(ProgramMissing, match=r"made by PostgreSQL 15, which is not in .*postgresql-15"):
        find_programs(programs, version=15)


def test_this_machine_s_programs_are_found_without_being_named() -> None:
    found = find_programs(None)
    assert found.version >= 15
    assert (found.folder / "initdb").exists()
