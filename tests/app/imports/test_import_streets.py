"""`cortile import streets`: what is walkable goes in, cut at crossings; a broken file changes nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import shapely
from click.testing import CliRunner

from app.cli import commands
from app.errors import ImportRefused
from app.imports.cli import imports
from app.imports.streets import service
from app.imports.streets.reading import read
from app.imports.streets.rules import shut, walkable
from app.progress import Silent
from geo.streets import network
from tests import streets
from tests.streets import NODES, at, crossing, truth, write

from .conftest import Town

WHEN = datetime(2026, 5, 1, tzinfo=UTC)
NOISE = """INSERT INTO street_loads VALUES (1, 'a', 'b', 'c', NULL, '2026-01-01', 1, 1, 2, 10, 1, 10);
    INSERT INTO street_edges
    VALUES (1, 1, 1, 2, 10, 1, ST_GeomFromText('LINESTRING(7.6 45, 7.7 45)', 4326))"""


def load(town: Town, path: Path) -> Any:
    with town.database.transaction() as db:
        return service.import_streets(db, path, town.run().city, WHEN, Silent())


def stored(town: Town) -> list[list[tuple[Any, ...]]]:
    return [sorted(town.rows(f"SELECT t::text FROM {name} t")) for name in ("street_loads", "street_edges")]


def graph_of(town: Town) -> "nx.Graph[Any]":
    """The stored edges over their rounded positions."""
    made: nx.Graph[Any] = nx.Graph()
    sql = "SELECT metres, component, ST_AsBinary(geom) FROM street_edges WHERE city_id = 1272"
    for metres, component, wkb in town.rows(sql):
        line = shapely.from_wkb(bytes(wkb))
        ends = [tuple(round(x, 7) for x in point) for point in (line.coords[0], line.coords[-1])]
        made.add_edge(*ends, metres=metres, component=component)
    return made


@pytest.mark.parametrize("ending", ["osm.pbf", "osm", "osm.gz"])
def test_what_is_walkable_goes_in_and_nothing_else(town: Town, tmp_path: Path, ending: str) -> None:
    with town.database.transaction() as db:
        db.exec_driver_sql(NOISE)
    done = load(town, write(tmp_path / f"town.{ending}"))

    expected = truth()
    # Nothing but the bridge's middle joins two pieces only, so that is where no edge ends.
    bridge = streets.metres(crossing(0, 2), 34) + streets.metres(34, crossing(0, 3))
    expected.remove_node(34)
    expected.add_edge(crossing(0, 2), crossing(0, 3), metres=bridge)
    found = graph_of(town)
    assert {frozenset(edge) for edge in found.edges} == {
        frozenset(NODES[end] for end in edge) for edge in expected.edges
    }
    for a, b, long in expected.edges.data("metres"):
        assert found.edges[NODES[a], NODES[b]]["metres"] == pytest.approx(long, abs=1e-6)
        assert found.edges[NODES[a], NODES[b]]["component"] == (2 if a in (32, 33) else 1)
    # By hand: 5 x 4 pieces of rows, 5 x 3 of columns, the bridge, the dead end, the courtyard.
    assert (done.ways, done.edges, done.nodes, done.components) == (18, 38, 28, 2)
    assert done.metres == pytest.approx(sum(long for *_, long in expected.edges.data("metres")), abs=1e-6)
    assert done.extracted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (done.source, done.licence) == ("OpenStreetMap contributors", "ODbL 1.0")
    assert town.one("SELECT count(*) FROM street_edges WHERE city_id = 1") == 1


def test_a_second_load_takes_the_place_of_the_first(town: Town, tmp_path: Path) -> None:
    with town.database.transaction() as db:
        db.exec_driver_sql(NOISE)
    load(town, write(tmp_path / "a.osm.pbf"))
    load(town, write(tmp_path / "b.osm", ways=streets.WALKED[:1]))
    assert town.rows("SELECT file_name, ways, edges FROM street_loads WHERE city_id = 1272") == [
        ("b.osm", 1, 1)
    ]
    assert town.rows("SELECT count(*), min(city_id) FROM street_edges GROUP BY city_id ORDER BY 2") == [
        (1, 1),
        (1, 1272),
    ]


def cut(path: Path, share: float) -> Path:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    return path


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("ending", ["osm.pbf", "osm"])
def test_a_file_that_is_cut_off_changes_nothing(
    town: Town, tmp_path: Path, ending: str, share: float
) -> None:
    load(town, write(tmp_path / "a.osm.pbf"))
    before = stored(town)
    with pytest.raises(ImportRefused, match=r"^b\.osm\S* cannot be read to its end: it is cut off, or no"):
        load(town, cut(write(tmp_path / f"b.{ending}"), share))
    assert stored(town) == before


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.osm.pbf", b"id,lat,lon\n1,45,7\n", "cannot be read to its end: it is cut off, or no file of"),
        ("a.osm.pbf", b"", "cannot be read to its end"),
        ("a.osm", b"<html></html>", "cannot be read to its end"),
        (
            "a.csv",
            b"id\n",
            "does not look like an extract of OpenStreetMap; its name ends in .osm.pbf or .osm",
        ),
        ("a.osm", b'<osm version="0.6"></osm>', "has no street that may be walked"),
    ],
)
def test_what_is_no_extract_is_refused(
    town: Town, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    before = stored(town)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportRefused, match=sentence):
        load(town, tmp_path / name)
    assert stored(town) == before


def test_streets_elsewhere_are_refused(town: Town, tmp_path: Path) -> None:
    far = {number: (lon + 20, lat) for number, (lon, lat) in NODES.items()}
    with pytest.raises(ImportRefused, match=r"has streets, but none in torino and its surroundings"):
        load(town, write(tmp_path / "a.osm.pbf", nodes=far))
    lost = {99: (7.6, 45.0)}
    with pytest.raises(ImportRefused, match="has ways, but not the nodes that say where they run"):
        load(town, write(tmp_path / "a.osm.pbf", nodes=lost))


def test_a_street_is_cut_off_where_the_surroundings_end(tmp_path: Path) -> None:
    nodes = {n: (8.0 + n / 10, 45.0) for n in range(1, 8)}
    extract = read(write(tmp_path / "a.osm", nodes, [(list(nodes), {"highway": "track"})]), Silent())
    made = network(extract.ways, (8.15, 44.0, 8.35, 46.0))
    # 8.2 and 8.3 lie inside; the piece that leaves is kept as far as its next node.
    assert [line.wkt for line in made.lines] == ["LINESTRING (8.1 45, 8.2 45, 8.3 45, 8.4 45)"]
    without = {n: where for n, where in nodes.items() if n != 4}
    extract = read(write(tmp_path / "b.osm", without, [(list(nodes), {"highway": "track"})]), Silent())
    assert [line.wkt for line in network(extract.ways, (8.0, 44.0, 9.0, 46.0)).lines] == [
        "LINESTRING (8.1 45, 8.2 45, 8.3 45)",
        "LINESTRING (8.5 45, 8.6 45, 8.7 45)",
    ]


def test_a_loop_is_cut_in_two(tmp_path: Path) -> None:
    nodes = {1: at(0, 0), 2: at(100, 0), 3: at(100, 100), 4: at(0, 100), 5: at(-80, 0)}
    ways = [([1, 2, 3, 4, 1], streets.RESIDENTIAL), ([5, 1], streets.RESIDENTIAL)]
    made = network(read(write(tmp_path / "a.osm", nodes, ways), Silent()).ways, (7, 45, 8, 46))
    assert (made.source != made.target).all()
    assert len(made.metres) == 3
    assert made.metres.sum() == pytest.approx(480, abs=0.1)


def test_ways_that_have_no_piece_inside_make_no_edge(tmp_path: Path) -> None:
    extract = read(write(tmp_path / "a.osm"), Silent())
    made = network(extract.ways, (0, 0, 1, 1))
    assert (len(made.metres), len(made.lines), made.ways, made.nodes) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("highway=residential", True),
        ("highway=steps", True),
        ("highway=pedestrian area=yes", True),
        ("highway=path", True),
        ("highway=track", True),
        ("highway=footway access=no foot=yes", True),
        ("highway=service access=private", False),
        ("highway=service access=private foot=permissive", True),
        ("highway=residential foot=no", False),
        ("highway=footway foot=private", False),
        ("highway=primary foot=use_sidepath", False),
        ("highway=primary motorroad=yes", False),
        ("highway=motorway", False),
        ("highway=motorway foot=yes", False),
        ("highway=trunk", False),
        ("highway=trunk sidewalk=both", True),
        ("highway=trunk foot=yes", True),
        ("highway=cycleway", False),
        ("highway=cycleway foot=designated", True),
        ("highway=construction", False),
        ("highway=proposed foot=yes", False),
        ("highway=service access=customers", True),
        ("railway=rail", False),
        ("", False),
    ],
)
def test_which_ways_are_walkable(tags: str, expected: bool) -> None:
    assert walkable(dict(tag.split("=") for tag in tags.split())) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("barrier=gate", False),
        ("barrier=gate access=private", True),
        ("barrier=gate access=private foot=yes", False),
        ("barrier=bollard foot=no", True),
        ("access=private", False),
    ],
)
def test_which_gates_are_shut(tags: str, expected: bool) -> None:
    assert shut(dict(tag.split("=") for tag in tags.split())) is expected


def test_a_shut_gate_on_a_crossing_shuts_no_street(tmp_path: Path) -> None:
    nodes = {1: at(0, 0), 30: at(100, 0), 3: at(200, 0), 4: at(100, 100)}
    ways = [([1, 30, 3], streets.RESIDENTIAL), ([30, 4], streets.RESIDENTIAL)]
    made = network(read(write(tmp_path / "a.osm", nodes, ways), Silent()).ways, (7, 45, 8, 46))
    assert len(made.metres) == 3


@pytest.fixture
def cortile(town: Town, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    address = town.url.replace("+psycopg", "")
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setenv("OWNER_DATABASE_URL", address)

    def called(group: Any, *words: Any) -> str:
        done = CliRunner().invoke(group, [str(word) for word in words])
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    return called


def test_the_command_tells_what_was_loaded(town: Town, cortile: Callable[..., str], tmp_path: Path) -> None:
    path = write(tmp_path / "town.osm.pbf")
    said = cortile(imports, "streets", path, "--city", "torino")
    there = cortile(commands, "streets")
    length = town.one("SELECT metres FROM street_loads WHERE city_id = 1272")
    # The courtyard's path is 53.85 m long.
    share = 100 * (1 - 53.85 / length)
    for told in (said, there):
        assert f"torino: 18 ways, 38 edges, 28 nodes, {length / 1000:.1f} km; 2 connected parts" in told
        assert f"the largest has {share:.1f} % of the length." in told
        assert "town.osm.pbf, as of 2026-03-01" in told
        assert "© OpenStreetMap contributors, ODbL 1.0." in told
    assert "altrove: no streets; distances are straight lines." in there


def test_a_database_without_pgrouting_is_told(
    town: Town, cortile: Callable[..., str], tmp_path: Path, cluster: Any
) -> None:
    with cluster.connect("postgres", town.url.partition("@/")[2].partition("?")[0]) as superuser:
        superuser.execute("DROP EXTENSION pgrouting")
    said = cortile(imports, "streets", write(tmp_path / "town.osm.pbf"), "--city", "torino")
    assert "This database has no pgRouting, so distances stay straight lines" in said
    assert "CREATE EXTENSION pgrouting" in said


WORDS = """
import os, signal
from app.imports.streets import queries
copied = queries._copy
def killed(*args):
    copied(*args)
    os.kill(os.getpid(), signal.SIGKILL)
queries._copy = killed
from app.imports.cli import imports
imports()
"""


def test_a_load_that_is_killed_leaves_the_streets_as_they_were(town: Town, tmp_path: Path) -> None:
    load(town, write(tmp_path / "a.osm.pbf"))
    before = stored(town)
    address = town.url.replace("+psycopg", "")
    environment = {**os.environ, "DATABASE_URL": address, "OWNER_DATABASE_URL": address}
    told = [sys.executable, "-c", WORDS, "streets", str(write(tmp_path / "b.osm")), "--city", "torino"]
    done = subprocess.run(told, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert stored(town) == before
    assert load(town, tmp_path / "b.osm").edges == 38
