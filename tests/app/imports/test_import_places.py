"""Places from files: what goes in, what a second time changes, what is told."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import ImportRefused
from app.imports import pipeline
from app.imports.report import Report
from app.places import lists
from app.tables.places import places
from geo.curve import encode

from .conftest import Town

Write = Callable[..., Path]
HEADER = "id,nome,lat,lon,tipo,sito\n"
THREE = (
    HEADER + "a,Uno,45.05,7.65,house,www.uno.it\nb,Due,45.1,7.7,site,\nc,,45.02,7.61,place,https://tre.it/x\n"
)
COLUMNS = {"external_id": "id", "title": "nome", "kind": "tipo", "website": "sito"}
MINE = "SELECT {} FROM places WHERE city_id = 1272 ORDER BY external_id"


def test_rows_become_places(town: Town, write: Write) -> None:
    outcome = town.places(write("p.csv", THREE), COLUMNS)
    assert (outcome.batch.read, outcome.batch.inserted, outcome.batch.unchanged) == (3, 3, 0)
    assert town.rows(MINE.format("external_id, title, kind, status, website, language, source, licence")) == [
        ("a", "Uno", "house", "active", "https://www.uno.it", "it", "test", "unknown"),
        ("b", "Due", "site", "active", None, "it", "test", "unknown"),
        ("c", None, "place", "active", "https://tre.it/x", "it", "test", "unknown"),
    ]
    codes = encode([7.65, 7.7, 7.61], [45.05, 45.1, 45.02]).tolist()
    assert town.rows(MINE.format("ST_X(geom), ST_Y(geom), ST_SRID(geom), lon, lat, morton")) == [
        (7.65, 45.05, 4326, 7.65, 45.05, codes[0]),
        (7.7, 45.1, 4326, 7.7, 45.1, codes[1]),
        (7.61, 45.02, 4326, 7.61, 45.02, codes[2]),
    ]
    assert set(town.rows(MINE.format("revision, batch_id, moderation, valid::text"))) == {
        (1, outcome.batch.id, "published", "(,)")
    }


def test_the_same_file_again_changes_nothing(town: Town, write: Write) -> None:
    town.places(write("p.csv", THREE), COLUMNS, keep=("id", "tipo"))
    before = town.state()
    outcome = town.places(write("p.csv", THREE), COLUMNS, keep=("id", "tipo"))
    assert (outcome.batch.inserted, outcome.batch.updated, outcome.batch.unchanged) == (0, 0, 3)
    assert town.state()[:-1] == before[:-1]  # all but the batches


def test_what_differs_becomes_the_next_revision(town: Town, write: Write) -> None:
    first = town.places(write("p.csv", THREE), COLUMNS)
    changed = THREE.replace("Due", "Due bis").replace("45.02", "45.03") + "d,Quattro,45,7.6,place,\n"
    second = town.places(write("p.csv", changed), COLUMNS)
    assert (second.batch.inserted, second.batch.updated, second.batch.unchanged) == (1, 2, 1)
    assert town.rows(MINE.format("external_id, title, lat, revision, batch_id")) == [
        ("a", "Uno", 45.05, 1, first.batch.id),
        ("b", "Due bis", 45.1, 2, second.batch.id),
        ("c", None, 45.03, 2, second.batch.id),
        ("d", "Quattro", 45.0, 1, second.batch.id),
    ]
    history = town.rows(
        "SELECT external_id, title, lat, revision, batch_id, superseded_by, superseded_at > recorded_at"
        " FROM place_revisions ORDER BY external_id"
    )
    assert history == [
        ("b", "Due", 45.1, 1, first.batch.id, second.batch.id, True),
        ("c", None, 45.02, 1, first.batch.id, second.batch.id, True),
    ]


def test_fields_that_the_file_does_not_fill_stay(town: Town, write: Write) -> None:
    town.places(write("p.csv", THREE), COLUMNS)
    town.edit("summary = 'mio', status = 'ended', moderation = 'hidden'")
    town.places(write("p.csv", THREE.replace("Uno", "Uno bis")), COLUMNS)
    assert town.rows(MINE.format("title, summary, status, moderation"))[0] == (
        "Uno bis", "mio", "ended", "hidden",
    )  # fmt: skip


def test_an_identifier_counts_within_its_source(town: Town, write: Write) -> None:
    town.places(write("p.csv", THREE), COLUMNS)
    outcome = town.places(write("p.csv", THREE), COLUMNS, constants={"source": "another"})
    assert outcome.batch.inserted == 3


def test_an_identifier_can_be_made_of_several_columns(town: Town, write: Write) -> None:
    town.places(write("p.csv", THREE), {"external_id": "tipo,id"})
    assert [row[0] for row in town.rows(MINE.format("external_id"))] == ["house/a", "place/c", "site/b"]


def test_without_an_identifier_a_row_is_known_by_position_and_title(town: Town, write: Write) -> None:
    twins = "nome,lat,lon,nota\nA,45.1,7.6,x\nA,45.1,7.6,y\nB,45.1,7.6,z\n"
    columns = {"title": "nome", "summary": "nota"}
    first = town.places(write("p.csv", twins), columns)
    assert first.batch.inserted == 3  # two rows alike are two places, told apart by their order
    assert town.places(write("p.csv", twins), columns).batch.unchanged == 3
    again = town.places(write("p.csv", twins.replace(",z", ",w")), columns)
    assert (again.batch.updated, again.batch.unchanged) == (1, 2)


def test_nothing_mapped_is_guessed_and_said(town: Town, write: Write) -> None:
    outcome = town.places(write("p.csv", THREE))
    assert (
        "No column was mapped; taken by their names: external_id from id, title from nome, website from sito."
        in outcome.notes
    )
    assert outcome.notes[0] == (
        "p.csv names no coordinate reference system: taken as longitude and latitude (EPSG:4326)."
    )
    assert town.rows(MINE.format("external_id, title"))[0] == ("a", "Uno")


def test_words_of_the_file_are_translated(town: Town, write: Write) -> None:
    values = {"kind": {"house": "project", "*": "story"}}
    town.places(write("p.csv", THREE), {"external_id": "id", "kind": "tipo"}, values=values)
    assert town.rows(MINE.format("kind")) == [("project",), ("story",), ("story",)]


def test_kept_columns_become_properties(town: Town, write: Write) -> None:
    town.places(write("p.csv", THREE), {"external_id": "id"}, keep=("*",))
    assert town.rows(MINE.format("properties"))[1:] == [
        ({"nome": "Due", "lat": "45.1", "lon": "7.7", "tipo": "site"},),
        ({"lat": "45.02", "lon": "7.61", "tipo": "place", "sito": "https://tre.it/x"},),
    ]


def test_days_count_as_a_whole_in_the_citys_time_zone(town: Town, write: Write) -> None:
    content = "id,lat,lon,da,a\n1,45,7,2026-03-01,2026-06-30\n2,45,7,,2026-01-01T12:00:00Z\n3,45,7,,\n"
    town.places(write("p.csv", content), {"external_id": "id", "valid_from": "da", "valid_to": "a"})
    assert town.rows(MINE.format("valid = '[2026-02-28 23:00Z, 2026-06-30 22:00Z)'"))[0] == (True,)
    assert town.rows(MINE.format("valid::text"))[1:] == [('(,"2026-01-01 12:00:00+00")',), ("(,)",)]


def test_texts_in_another_language_become_translations(town: Town, write: Write) -> None:
    content = "id,t,en,sen,lat,lon\n1,Orto,Garden,A garden,45,7\n2,Orto,,,45,7\n"
    town.places(
        write("p.csv", content), {"external_id": "id", "title": "t", "title_en": "en", "summary_en": "sen"}
    )
    assert town.rows(MINE.format("translations")) == [
        ({"en": {"title": "Garden", "summary": "A garden"}},),
        (None,),
    ]


BAD = HEADER + (
    "a,Uno,45,7.6,house,\n"
    "b,Due,45,7.6,castle,\n"
    f"c,{'x' * 301},45,7.6,site,\n"
    "d,Quattro,45,7.6,site,javascript:alert(1)\n"
    ",Cinque,45,7.6,site,\n"
    "a,Sei,45,7.6,site,\n"
    "g,Sette,45,7.6,,\n"
)


def test_each_bad_row_is_told_and_the_rest_goes_in(town: Town, write: Write) -> None:
    outcome = town.places(write("p.csv", BAD), COLUMNS)
    assert (outcome.batch.read, outcome.batch.inserted, outcome.batch.rejected) == (7, 1, 6)
    assert sorted(str(finding) for finding in town.reports[-1].first) == [
        "row 3, kind (from tipo): is not one of house, site, project, enterprise, event, story, "
        "place (“castle”)",
        f"row 4, title (from nome): is longer than 300 characters (“{'x' * 59}…”)",
        "row 5, website (from sito): is not a web address (“javascript:alert(1)”)",
        "row 6, external_id (from id): is empty",
        "row 7, external_id: repeats the identifier of row 2 (“a”)",
        "row 8, kind (from tipo): is empty",
    ]


def test_strict_takes_all_rows_or_none(town: Town, write: Write) -> None:
    before = town.state()
    with pytest.raises(ImportRefused) as refused:
        town.places(write("p.csv", BAD), COLUMNS, strict=True)
    assert str(refused.value) == (
        "6 of the 7 rows of p.csv are bad, and --strict allows none. Nothing was stored."
    )
    assert town.state() == before


def test_a_dry_run_tells_the_same_and_stores_nothing(town: Town, write: Write) -> None:
    before = town.state()
    outcome = town.places(write("p.csv", THREE), COLUMNS, dry=True)
    assert outcome.batch.inserted == 3
    assert [row["title"] for row in outcome.sample] == ["Uno", "Due", None]
    assert outcome.fields["title"] == "from nome"
    assert outcome.fields["status"] == "“active” in every new row"
    assert town.state() == before


def test_every_finding_is_in_the_report_file(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    with Report(path) as report:
        report.reject(range(1, 101), "title", "is too long", ["x"] * 100)
        report.repair([101], "geometry", "was invalid")
    assert len(report.first) == 20
    assert (report.rejected, report.repaired) == (100, 1)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["row", "finding", "field", "reason", "value"]
    assert len(rows) == 102
    assert rows[-1] == ["101", "repaired", "geometry", "was invalid", ""]


def indexes(town: Town) -> Any:
    return town.rows("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'places' ORDER BY 1")


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the indexes that get dropped from now on."""
    dropped: list[str] = []
    drop = pipeline.queries.drop_index

    def drop_and_tell(db: Any, name: str) -> None:
        dropped.append(name)
        drop(db, name)

    monkeypatch.setattr(pipeline.queries, "drop_index", drop_and_tell)
    return dropped


def test_indexes_that_were_dropped_are_the_same_again(
    town: Town, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "REBUILD_FROM", 1)
    dropped = watched(monkeypatch)
    before = indexes(town)
    rows = "".join(f"{n},N{n},45,7.6,place,\n" for n in range(50))
    town.places(write("p.csv", HEADER + rows), COLUMNS)
    assert len(dropped) == len(places.indexes)
    assert indexes(town) == before
    # The unique index is one again: the same identifiers find their rows.
    assert town.places(write("p.csv", HEADER + rows), COLUMNS).batch.unchanged == 50


def test_few_new_rows_leave_the_indexes_alone(
    town: Town, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(pipeline.queries, "drop_index", never)
    assert town.places(write("p.csv", THREE), COLUMNS).batch.inserted == 3


def test_rows_of_an_import_that_died_do_not_count_as_there(
    town: Town, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{n},N{n},45,7.6,place,\n" for n in range(50))
    path = write("p.csv", HEADER + rows)
    with town.database.engine.connect() as dying:
        columns = "kind, status, language, source, licence, recorded_at, lon, lat, morton, geom"
        dying.exec_driver_sql(
            f"INSERT INTO places (city_id, id, {columns})"
            f" SELECT 1, gen_random_uuid(), {columns} FROM places, generate_series(1, 1000)"
        )
        dying.exec_driver_sql("ANALYZE places")  # which counts them, and what it counted stays
        dying.rollback()
    assert town.one("SELECT reltuples FROM pg_class WHERE relname = 'places'") > 1000
    monkeypatch.setattr(pipeline, "REBUILD_FROM", 1)
    dropped = watched(monkeypatch)
    town.places(path, COLUMNS)
    assert len(dropped) == len(places.indexes)


def test_a_large_import_says_that_neighbours_are_of_before(
    town: Town, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("a.csv", "lon,lat\n" + "".join(f"7.6{n},45.1\n" for n in range(5)))
    told = "cortile network build"
    assert not any(told in note for note in town.places(file).notes)
    assert town.one("SELECT count(*) FROM neighbours WHERE city_id = 1272") == 5

    monkeypatch.setattr(lists, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(lists, "SMALL", 2)
    more = write("b.csv", "lon,lat\n" + "".join(f"7.7{n},45.1\n" for n in range(5)))
    assert any(told in note for note in town.places(more).notes)
    assert town.one("SELECT state FROM neighbour_graphs WHERE city_id = 1272") == "stale"
    assert town.one("SELECT count(*) FROM neighbours WHERE city_id = 1272") == 5
