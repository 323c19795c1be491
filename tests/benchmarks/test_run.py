"""A measurement from end to end, small: the floor and the application answer the same questions."""

import json
import shutil
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from app.cluster import Cluster
from app.db import Database
from app.statements import row
from benchmarks import floor, imports, index, items, near, spatial
from benchmarks.items import Pace, questions
from benchmarks.stage import Stage, city_database, city_file, served

PLACES, SEED = 1500, 3


@pytest.fixture(scope="module")
def stage(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The tests' throw-away server, with a folder for files."""
    folder: Path = tmp_path_factory.mktemp("bench")
    folder.chmod(0o755)
    return Stage(cluster, folder)


@pytest.fixture(scope="module")
def database(stage: Stage) -> str:
    return city_database(stage, PLACES, SEED)


def test_a_city_is_loaded_once(stage: Stage, database: str) -> None:
    assert stage.asked("SELECT count(*) FROM places", database) == [(PLACES,)]
    written = city_file(stage, PLACES, SEED, "gpkg").stat().st_mtime_ns
    assert city_database(stage, PLACES, SEED) == database
    assert city_file(stage, PLACES, SEED, "gpkg").stat().st_mtime_ns == written


def test_both_sides_answer_the_same_question(stage: Stage, database: str) -> None:
    opened = Database(stage.serving(database), size=1)
    with served(stage, database) as url, opened.reading() as db:
        for asked in questions(stage, database, PLACES, SEED)[:6]:
            for path, question in zip(asked.paths[:3], asked.questions[:3], strict=True):
                with urllib.request.urlopen(url + path) as answer:
                    ours = json.load(answer)["features"]
                assert json.loads(f"[{row(db, question.sql, question.parameters)[0]}]") == ours
    opened.close()


def test_pgbench_runs_the_statement_and_counts(stage: Stage, database: str) -> None:
    asked = questions(stage, database, PLACES, SEED)[0]
    program = stage.cluster.programs / "pgbench"
    if not program.exists():
        pytest.skip("pgbench is not on this machine")
    assert floor.rate(program, stage.serving(database), asked.questions[:2], 1, 1) > 0


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not on this machine")
def test_a_tiny_run_gives_a_row_for_every_question(stage: Stage, database: str) -> None:
    each = questions(stage, database, PLACES, SEED)
    with served(stage, database) as url:
        small = replace(each[0], paths=each[0].paths[:2], questions=each[0].questions[:2])
        found = items._compared(stage, database, (url, small), Pace(1, 1))
    assert found.what == "100 features of 1 km"
    assert found.ratio is not None
    assert 0 < found.ratio < 2


def test_plain_postgis_finds_what_is_near_too(stage: Stage, database: str) -> None:
    near.indexed(stage, database)
    twenty, around = near.questions(stage, database, PLACES, SEED)
    opened = Database(stage.serving(near.INDEXED), size=1)
    with served(stage, database) as url, opened.reading() as db:
        for number in range(8):
            for asked, limit in ((twenty, near.K), (around, near.LIMIT)):
                with urllib.request.urlopen(url + asked.paths[number]) as answer:
                    ours = [feature["id"] for feature in json.load(answer)["features"]]
                first, plain = (
                    [feature["id"] for feature in json.loads(f"[{row(db, each.sql, each.parameters)[0]}]")]
                    for each in (asked.ours[number], asked.plain[number])
                )
                assert first == ours
                assert len(set(ours) & set(plain)) >= len(ours) - (asked is twenty), "a sphere may err by one"
                assert len(ours) <= limit
    opened.close()


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not on this machine")
def test_what_is_near_is_measured_beside_both(stage: Stage, database: str) -> None:
    if not (stage.cluster.programs / "pgbench").exists():
        pytest.skip("pgbench is not on this machine")
    near.indexed(stage, database)
    asked = near.questions(stage, database, PLACES, SEED)[0]
    few = replace(asked, paths=asked.paths[:2], ours=asked.ours[:2], plain=asked.plain[:2])
    with served(stage, database) as url:
        found = near._compared(stage, database, (url, few), Pace(1, 1))
    assert [result.what.split(", ")[1] for result in found] == [
        "over HTTP (beside our statement through the same pool)",
        "over HTTP (beside our statement by pgbench)",
        "over HTTP (beside plain PostGIS by pgbench)",
        "our statement (beside plain PostGIS)",
    ]
    assert all(result.ratio is not None and 0 < result.ratio < 100 for result in found)


def test_an_index_is_measured_beside_strtree() -> None:
    found = index.measure(PLACES, SEED, 1)
    assert len(found) == 5
    assert all(result.ratio is not None and result.ratio > 0 for result in found[:3])


def test_an_import_is_measured_beside_copy(stage: Stage) -> None:
    found = imports.measure(stage, PLACES, SEED, 1)
    assert [result.what for result in found] == [
        f"import of 1,500 places from {ending}" for ending in ("geojson", "csv", "gpkg")
    ]
    assert all(result.ratio is not None and result.ratio > 0 for result in found)
    assert stage.asked("SELECT count(*) FROM places", "imported") == [(PLACES,)]


def test_patterns_and_siting_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("AREAS", 60), ("CANDIDATES", 15), ("CHOSEN", 3), ("PERMUTATIONS", 9)):
        monkeypatch.setattr(spatial, name, few)
    moran, *siting = spatial.measure(SEED, 1)
    assert moran.ratio is not None
    assert moran.ratio > 0
    assert len(siting) == 3
    assert all("gap 0.000 %, optimal" in result.ours for result in siting)
