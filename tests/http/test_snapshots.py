"""Snapshots: whole or not at all, never changed, given out piece by piece, and compared."""

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, text

from app.errors import SnapshotExists
from app.imports.demo import the_city
from app.publish.data import queries
from app.publish.data.formats import FORMATS
from app.publish.data.keeping import keep
from app.publish.data.shelf import Snapshot
from tests.conftest import FreshDatabase
from tests.http.conftest import TORINO, add_place
from tests.http.test_problems import NO_FILE, told

FIRST, SECOND = date(2026, 1, 1), date(2026, 2, 1)
Keep = Callable[[date], Snapshot]


@pytest.fixture
def kept(app: Flask, database: FreshDatabase) -> Keep:
    """Makes a snapshot of Torino for a day, on the shelf that the application serves."""
    settings = app.extensions["cortile"].settings
    return lambda day: keep(
        database.app_url, settings, lambda db: the_city(db, "torino"), day, lambda _sentence: None
    )


@pytest.fixture
def places(torino: Connection) -> dict[str, str]:
    """Three places, two that a title tells apart and one that nobody may see."""
    return {
        "stays": add_place(torino, title="Resta"),
        "moves": add_place(torino, title="Si “sposta”,\nforse"),
        "goes": add_place(torino, title="Va via"),
        "hidden": add_place(torino, title="Segreto", moderation="hidden"),
    }


def test_a_snapshot_holds_every_format_and_its_sums(
    kept: Keep, places: dict[str, str], client: FlaskClient
) -> None:
    made = kept(FIRST)

    assert {file.name for file in made.of("places")} == {f"places.{ending}" for ending in FORMATS}
    sums = (made.folder / "SHA256SUMS").read_bytes()
    assert made.sha256 == hashlib.sha256(sums).hexdigest()
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=made.folder, check=True)
    assert len(sums.splitlines()) == len(FORMATS) + 2
    assert made.records == {"places": 3}
    assert len(geopandas.read_parquet(made.folder / "places.parquet")) == 3
    assert made.sha256 in made.citation
    assert "https://city.example/torino/data#snapshot-2026-01-01" in made.citation
    cff = (made.folder / "CITATION.cff").read_text()
    assert 'cff-version: "1.2.0"' in cff
    assert not any(b"Segreto" in path.read_bytes() for path in made.folder.rglob("*") if path.is_file())
    assert not any(path.stat().st_mode & 0o222 for path in made.folder.rglob("*"))


def test_a_day_has_one_snapshot(kept: Keep, places: dict[str, str]) -> None:
    made = kept(FIRST)
    before = {path: path.read_bytes() for path in made.folder.rglob("*") if path.is_file()}

    with pytest.raises(SnapshotExists, match="2026-01-01"):
        kept(FIRST)
    assert {path: path.read_bytes() for path in made.folder.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in made.folder.parent.iterdir()) == [".lock", "2026-01-01"]


def test_a_killed_run_leaves_nothing(database: FreshDatabase, places: dict[str, str], tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database.app_url,
        "OWNER_DATABASE_URL": database.owner_url,
        "CORTILE_VAR": str(tmp_path),
    }
    words = [str(Path(sys.executable).with_name("cortile")), "snapshot", "--city", "torino"]
    shelf = tmp_path / "snapshots" / "torino"
    with subprocess.Popen(
        [*words, "--date", "2026-01-01"], env=environment, stdout=subprocess.PIPE
    ) as process:
        until = time.monotonic() + 60
        while not list(shelf.glob(".making-*/*.csv")):
            assert time.monotonic() < until
        process.send_signal(signal.SIGKILL)
    assert not (shelf / "2026-01-01").exists()

    done = subprocess.run(
        [*words, "--date", "2026-01-01"], env=environment, check=True, capture_output=True, text=True
    )
    assert "SHA-256" in done.stdout
    assert sorted(path.name for path in shelf.iterdir()) == [".lock", "2026-01-01"]
    again = subprocess.run([*words, "--date", "2026-01-01"], env=environment, capture_output=True, text=True)
    assert (again.returncode, "already" in again.stderr) == (5, True)
    future = subprocess.run([*words, "--date", "2999-01-01"], env=environment, capture_output=True, text=True)
    assert future.returncode == 2


def test_files_are_given_out_for_ever_and_piece_by_piece_and_nothing_else(
    kept: Keep, places: dict[str, str], client: FlaskClient
) -> None:
    made = kept(FIRST)
    for file in made.files:
        address = f"/torino/data/snapshots/2026-01-01/{file.name}"
        whole = client.get(address, buffered=True)
        assert (whole.status_code, whole.content_type) == (200, file.media_type)
        assert hashlib.sha256(whole.data).hexdigest() == file.sha256
        assert whole.headers["ETag"] == f'"{file.sha256}"'
        assert "immutable" in whole.headers["Cache-Control"]
        assert whole.headers["Content-Digest"] == whole.headers["Repr-Digest"]
        again = client.get(address, headers={"If-None-Match": whole.headers["ETag"]}, buffered=True)
        assert (again.status_code, again.data) == (304, b"")
        part = {"Range": "bytes=5-9", "If-Range": whole.headers["ETag"]}
        piece = client.get(address, headers=part, buffered=True)
        assert (piece.status_code, piece.data) == (206, whole.data[5:10])
        assert "Content-Digest" not in piece.headers
        head = client.head(address)
        assert (head.status_code, head.headers["Content-Length"]) == (200, str(file.size))
        other = client.get(address, headers={**part, "If-Range": '"other"'}, buffered=True)
        assert (other.status_code, other.data) == (200, whole.data)
    address = "/torino/data/snapshots/2026-01-01"
    for name in ("manifest.json", ".marks", "..%2f.lock", ".marks%2fplaces.csv", "%2e%2e"):
        assert client.get(f"{address}/{name}").status_code == 404, name
    assert told(client, f"{address}/x.csv", "en") == (404, NO_FILE[0])
    assert told(client, f"{address}/x.csv", "it") == (404, NO_FILE[1])
    assert client.get("/milano/data/snapshots/2026-01-01/places.csv").status_code == 404
    gate = client.application.extensions["cortile"].gate
    assert len([gate.download() for _ in range(4)]) == 4, "every ticket came back"


def test_snapshots_are_listed_with_their_sums_and_what_changed_between_them(
    kept: Keep, places: dict[str, str], torino: Connection, client: FlaskClient
) -> None:
    first = kept(FIRST)
    moved = "UPDATE places SET lon = 7.7, geom = ST_SetSRID(ST_MakePoint(7.7, 45.07), 4326) WHERE id = :id"
    torino.execute(text(moved), {"id": places["moves"]})
    recorded = "UPDATE places SET recorded_at = now() WHERE id = :id"
    torino.execute(text(recorded), {"id": places["stays"]})
    torino.execute(text("DELETE FROM places WHERE id = :id"), {"id": places["goes"]})
    new = add_place(torino, title="Nuovo", kind="house")
    second = kept(SECOND)
    listed = client.get("/torino/data?lang=en").text
    assert listed.index("snapshot-2026-02-01") < listed.index("snapshot-2026-01-01")
    assert all(each.sha256 in listed for made in (first, second) for each in (made, *made.files))

    asked = "?from=2026-01-01&to=2026-02-01"
    found = list(csv.DictReader(io.StringIO(client.get(f"/torino/data/difference.csv{asked}").text)))
    expected = {
        (new, "added", "house", "Nuovo"),
        (places["moves"], "changed", "project", "Si “sposta”,\nforse"),
        (places["goes"], "removed", "project", "Va via"),
    }
    assert {(row["key"], row["change"], row["kind"], row["title"]) for row in found} == expected
    assert client.get(f"/torino/data/difference.json{asked}").json["changes"] == found
    back = client.get("/torino/data/difference.json?from=2026-02-01&to=2026-01-01").json["changes"]
    assert {row["change"] for row in back if row["key"] == new} == {"removed"}
    page = client.get(f"/torino/data/difference{asked}&lang=en").text
    assert "Added <strong>1</strong> · Changed <strong>1</strong> · Removed <strong>1</strong>" in page
    same = client.get("/torino/data/difference?from=2026-01-01&to=2026-01-01&lang=en").text
    assert "Nothing changed." in same
    assert client.get(f"/torino/data/difference{asked}&dataset=moons").status_code == 400


def test_the_catalogue_says_the_same_in_both_notations(
    kept: Keep, places: dict[str, str], client: FlaskClient
) -> None:
    made = kept(FIRST)
    answer = client.get("/torino/data/catalog.jsonld")
    assert answer.content_type == "application/ld+json"
    record = json.loads(answer.data)
    live, old = record["dcat:dataset"]
    assert live["dct:identifier"] == "cortile:torino:places"
    assert old["dct:isVersionOf"] == {"@id": live["@id"]}
    licence = {each["dct:license"]["@id"] for each in old["dcat:distribution"]}
    assert licence == {"https://spdx.org/licenses/CC0-1.0"}
    sums = {each["spdx:checksum"]["spdx:checksumValue"]["@value"] for each in old["dcat:distribution"]}
    assert sums == {file.sha256 for file in made.of("places")}

    turtle = client.get("/torino/data/catalog.ttl").text
    assert turtle.count("a dcat:Distribution, dcatapit:Distribution") == 2 * len(FORMATS)
    assert turtle.count("a dcat:Dataset, dcatapit:Dataset") == 2
    assert all(file.sha256 in turtle for file in made.of("places"))
    assert "a dcatapit:Agent, foaf:Agent" in turtle
    own = (made.folder / "dcat.jsonld").read_text()
    assert len(json.loads(own)["dcat:dataset"]) == 1


def test_every_licence_of_public_places_is_found(torino: Connection) -> None:
    pairs = [("b", "CC0-1.0"), ("a", "ODbL-1.0"), ("a", "CC0-1.0"), ("a", "CC0-1.0"), ("c", "CC-BY-4.0")]
    for source, licence in pairs:
        add_place(torino, source=source, licence=licence)
    add_place(torino, licence="secret", moderation="hidden")
    assert queries.licences(torino, TORINO) == {"places": ["CC-BY-4.0", "CC0-1.0", "ODbL-1.0"]}


def test_a_catalogue_of_several_licences_points_to_the_page(
    app: Flask, torino: Connection, client: FlaskClient
) -> None:
    add_place(torino)
    add_place(torino, licence="ODbL-1.0")
    live = json.loads(client.get("/torino/data/catalog.jsonld").data)["dcat:dataset"][0]
    assert live["dcat:distribution"][0]["dct:license"]["@id"] == "https://city.example/torino/data#licences"
