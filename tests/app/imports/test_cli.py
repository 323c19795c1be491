"""`cortile import`: what a person types, and what they read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from app.errors import CortileError, ImportRefused, NotFound
from app.imports.cli import imports

from .conftest import Town

Write = Callable[..., Path]
ROWS = "id,nome,lat,lon\na,Uno,45.1,7.6\nb,Due,5.1,7.6\n"
Command = Callable[..., Result]


@pytest.fixture
def cortile(town: Town, monkeypatch: pytest.MonkeyPatch) -> Command:
    address = town.url.replace("+psycopg", "")
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("OWNER_DATABASE_URL", address)

    def called(*words: Any) -> Result:
        done = CliRunner().invoke(imports, [str(word) for word in words])
        if isinstance(done.exception, CortileError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done

    return called


def test_a_load_tells_its_batch_and_undo_takes_it_back(cortile: Command, town: Town, write: Write) -> None:
    path = write("p.csv", ROWS)
    done = cortile("places", path, "--city", "torino", "--kind", "site", "--map", "external_id=id")
    assert "p.csv: 2 rows read; 1 new, 0 changed, 0 the same; 1 rejected, 0 repaired." in done.output
    assert "rejected: row 3, geometry: The geometry lies outside Torino. (“7.6, 5.1”)" in done.output
    batch = UUID(done.output.strip().rpartition(" ")[2])
    assert town.rows("SELECT kind, batch_id FROM places WHERE city_id = 1272") == [("site", batch)]
    assert str(batch) in cortile("list", "--city", "torino").output
    undone = cortile("undo", batch, "--city", "torino")
    assert "Undone: 1 put back or removed, 0 brought back, 0 left alone" in undone.output
    assert town.rows("SELECT kind FROM places WHERE city_id = 1272") == []
    assert f"undoes {batch}" in cortile("list", "--city", "torino").output


def test_a_dry_run_shows_fields_and_rows(cortile: Command, town: Town, write: Write) -> None:
    before = town.state()
    done = cortile("places", write("p.csv", ROWS), "--city", "torino", "--dry-run")
    assert "  title         from nome\n" in done.output
    assert "Row 1 of the sample: row_no=2, " in done.output
    assert "1 would be new" in done.output
    assert "A dry run: nothing was stored." in done.output
    assert town.state() == before


def test_a_mapping_can_be_kept(cortile: Command, town: Town, write: Write, tmp_path: Path) -> None:
    path, kept = write("p.csv", ROWS), tmp_path / "m.toml"
    words = ("places", path, "--city", "torino")
    cortile(*words, "--map", "title=nome", "--set", "kind=house", "--save-mapping", kept)
    cortile(*words, "--mapping", kept, "--status", "ended", "--source", "b")
    rows = town.rows("SELECT title, kind, status FROM places WHERE city_id = 1272 ORDER BY status")
    assert rows == [("Uno", "house", "active"), ("Uno", "house", "ended")]


def test_areas_and_figures_by_options(cortile: Command, town: Town, write: Write) -> None:
    zones = write("z.csv", 'cod,wkt\n1,"POLYGON((7 45,7.1 45,7.1 45.1,7 45))"\n')
    city = ("--city", "torino")
    cortile("areas", zones, *city, "--layer", "zone", "--layer-name-it", "Zone", "--code", "cod")
    table = write("v.csv", "cod;tasso\n1;4,5\n")
    words = ("indicators", table, *city, "--layer", "zone", "--code", "cod", "--map", "rate=tasso")
    cortile(*words, "--year", 2021, "--unit", "%", "--polarity", "1")
    assert town.rows("SELECT slug, year, polarity FROM indicators") == [("rate", 2021, 1)]
    assert town.rows("SELECT value FROM indicator_values") == [(4.5,)]
    assert town.rows("SELECT names FROM area_layers WHERE city_id = 1272") == [
        ({"it": "Zone", "en": "Zone"},)
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "There are several cities: say which with --city; they are altrove, torino."),
        (("--city", "turin"), "--city turin: there is no such city; there are altrove, torino."),
    ],
)
def test_the_city_is_named(cortile: Command, write: Write, words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(NotFound) as refused:
        cortile("places", write("p.csv", ROWS), *words)
    assert str(refused.value) == sentence


def test_a_refusal_still_tells_the_rows_and_fills_the_report(
    cortile: Command, town: Town, write: Write, tmp_path: Path
) -> None:
    before, report = town.state(), tmp_path / "r.csv"
    with pytest.raises(ImportRefused, match=r"^1 of the 2 rows of p.csv are bad, and --strict allows none. "):
        cortile("places", write("p.csv", ROWS), "--city", "torino", "--strict", "--report", report)
    assert (
        report.read_text("utf-8-sig")
        .splitlines()[1]
        .startswith("3,rejected,geometry,The geometry lies outside")
    )
    assert town.state() == before


def test_a_city_of_its_own_from_a_folder(cortile: Command, town: Town, tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text(
        'id = 2\nslug = "asti"\nnames = { it = "Asti" }\nlanguages = ["it"]\ntime_zone = "Europe/Rome"\n'
        "metric_srid = 32632\nhome = [8.1, 44.8, 8.3, 45]\nextent = [8, 44.7, 8.5, 45.1]\n"
    )
    (tmp_path / "places.csv").write_text("external_id,title,lat,lon,source,licence\n1,Palio,44.9,8.2,x,CC0\n")
    cortile("city", tmp_path)
    assert town.rows("SELECT title FROM places WHERE city_id = 2") == [("Palio",)]
