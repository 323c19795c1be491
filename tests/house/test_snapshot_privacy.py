"""Snapshots, what they are told by and how they differ: no exact position, no hidden place, no held photo.

A snapshot never changes, so what it told once it would tell for ever.
"""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyarrow import parquet
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.imports.demo import the_city
from app.publish.data.keeping import keep
from app.publish.data.shelf import Snapshot
from tests.conftest import FreshDatabase
from tests.house.test_privacy import WORDS, People, desk, exact_in, outputs, people, shelter, unpacked
from tests.house.test_routes import furnished
from tests.http.conftest import *  # noqa: F403 - its fixtures
from tests.http.conftest import add_place, sign_in

__all__ = ["desk", "furnished", "people", "shelter"]
DAYS = (date(2026, 1, 1), date(2026, 2, 1))
SECRET = "Segretissimo"


@pytest.fixture
def unseen(furnished: Connection, shelter: UUID) -> dict[str, str]:
    """What the public does not see: two places, and photos of the one that it does see."""
    keys = {state: add_place(furnished, title=SECRET, moderation=state) for state in ("held", "hidden")}
    for state in ("held", "hidden", "removed"):
        keys[f"{state} photo"] = str(compat.uuid7())
        furnished.execute(
            text("""INSERT INTO place_photos (city_id, id, place_id, state, alt, licence, added_at, width,
                    height, removed_at)
                VALUES (1272, :id, :place, :state, :alt, 'CC0-1.0', '2026-01-02', 9, 9, :gone)"""),
            {"id": keys[f"{state} photo"], "place": shelter, "state": state}
            | {"alt": SECRET, "gone": "2026-01-03" if state == "removed" else None},
        )
    return keys


@pytest.fixture
def snapshots(app: Flask, database: FreshDatabase, furnished: Connection, unseen: object) -> list[Snapshot]:
    """Two, between which a place that was hidden comes out and goes again, and the others are renamed."""
    settings, made = app.extensions["cortile"].settings, []
    for day in DAYS:
        made.append(keep(database.app_url, settings, lambda db: the_city(db, "torino"), day, lambda _: None))
        furnished.execute(text("UPDATE places SET title = title || ' due' WHERE city_id = 1272"))
    return made


def addresses(made: list[Snapshot]) -> Iterator[str]:
    """Everything by which a snapshot is told and given out."""
    yield from (f"/torino/data{end}" for end in ("", "?f=json", "/catalog.jsonld", "/catalog.ttl"))
    for one in made:
        yield from (f"/torino/data/snapshots/{one.day}/{file.name}" for file in one.files)
        for hidden in ("manifest.json", ".marks/places.csv", "../../secret-key"):
            yield f"/torino/data/snapshots/{one.day}/{hidden}"
    for ending in ("", ".csv", ".json"):
        yield f"/torino/data/difference{ending}?from={DAYS[0]}&to={DAYS[1]}&dataset=places"
        yield f"/torino/data/difference{ending}?from={DAYS[1]}&to={DAYS[0]}&dataset=places"


def kept(path: Path) -> bytes:
    """What a file of a snapshot says, out of its wrapping."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        rows = parquet.read_table(io.BytesIO(data)).to_pylist()
        return b"\n".join(
            v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row.values()
        )
    return data


def told(body: bytes, unseen: dict[str, str]) -> list[str]:
    """What an output says that it must not."""
    found = [word for word in WORDS if word.encode() in body]
    found += [name for name, key in unseen.items() if key.encode() in body or UUID(key).bytes in body]
    position = exact_in(body)
    return found + ([position] if position else [])


def test_no_snapshot_tells_what_is_not_public(
    app: Flask, furnished: Connection, people: People, snapshots: list[Snapshot], unseen: dict[str, str]
) -> None:
    """Neither its files nor its addresses, to nobody. One test: snapshots take long to make."""
    files = [path for made in snapshots for path in made.folder.rglob("*") if path.is_file()]
    wrong = {path.name: bad for path in files if (bad := told(kept(path), unseen))}
    assert wrong == {}
    assert len(files) > 20
    assert sum(b"Riparo" in kept(path) for path in files) >= 2 * 6, "the place itself is told"
    for who in (None, "bruno", "moderator"):
        client, found = app.test_client(), 0
        if who:
            sign_in(client, furnished, getattr(people, who))
        for url in addresses(snapshots):
            answer = client.get(url, headers={"Accept": "text/html, application/json"})
            body = unpacked(answer) if answer.status_code == 200 else answer.data
            assert told(body, unseen) == [], f"{url} for {who}"
            found += b"Riparo" in body
        assert found > 12, f"the place itself is told to {who}"


@pytest.mark.parametrize("who", [None, "carla"])
def test_no_output_tells_of_photos_that_are_not_shown(
    app: Flask,
    client: FlaskClient,
    furnished: Connection,
    people: People,
    shelter: UUID,
    unseen: dict[str, str],
    who: str | None,
) -> None:
    if who:
        sign_in(client, furnished, getattr(people, who))
    photos = {name: key for name, key in unseen.items() if "photo" in name}
    for url in outputs(app, shelter):
        body = unpacked(client.get(url, headers={"Accept": "text/html, application/json"}))
        assert not [name for name, key in photos.items() if key.encode() in body], url
    for key in photos.values():
        for path in (*(f"{size}.webp" for size in ("small", "medium", "large")), "blur", "withdraw"):
            answer = client.get(f"/torino/photos/{key}/{path}", headers={"Accept": "application/json"})
            assert answer.status_code in (401, 403, 404), path
