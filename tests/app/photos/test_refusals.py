"""Each refusal of a photo is said in both languages."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from app.errors import CortileError
from app.photos import processing, service
from app.photos.queries import NewPhoto
from app.photos.shelf import Shelf
from tests.app.photos.pictures import HTML, png_bomb, quarters, written
from tests.app.photos.refusals import LOST, PHOTOS, SENDING
from tests.app.places.conftest import ANNA, BRUNO, Desk
from tests.app.places.test_refusals import said, telling  # noqa: F401 - a fixture
from tests.http.conftest import TORINO

THIRTY = """INSERT INTO place_photos (city_id, id, place_id, state, licence, added_at, width, height)
    SELECT %(city)s, gen_random_uuid(), %(place)s, 'published', 'CC0-1.0', '2026-01-02', 9, 9
    FROM generate_series(1, 30)"""
SENT = [bytes(10_000_001), HTML, png_bomb(8000, 5126), written(quarters())[:900]]


def test_each_is_said_in_both_languages(
    desk: Desk,
    tmp_path: Path,
    said: Callable[[CortileError], tuple[str, str]],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[CortileError] = []
    for data in SENT:
        with telling(told):
            processing.prepare(io.BytesIO(data))
    prepared = processing.prepare(io.BytesIO(written(quarters())))
    shelf, place = Shelf(tmp_path), desk.pin()

    def add(by: UUID) -> None:
        with desk.database.transaction() as db:
            photo = NewPhoto(UUID(LOST), None, by, datetime.now(UTC), held=False)
            service.add_photo(db, shelf, (TORINO, place), photo, prepared)

    with desk.database.transaction() as db:
        db.exec_driver_sql(THIRTY, {"city": TORINO, "place": place})
    with telling(told):
        add(ANNA)
    with desk.database.transaction() as db:
        db.exec_driver_sql("DELETE FROM place_photos")
    add(ANNA)
    with telling(told):
        add(BRUNO)
    with telling(told), desk.database.transaction() as db:
        service.describe_photo(db, (TORINO, place), "")
    for regions in ([(0.0, 0.0, 2.0, 1.0)], [(0.0, 0.0, 0.1, 0.1)] * 51):
        with telling(told):
            service.blurred_photo(shelf, (TORINO, UUID(LOST)), regions)
    monkeypatch.setattr(processing, "SECONDS_IN_LINE", 0.01)
    with processing.AT_ONCE, telling(told):
        processing.prepare(io.BytesIO(b""))
    expected = [(en.replace(LOST, str(place)), it.replace(LOST, str(place))) if "no photo" in en else (en, it)
                for en, it in PHOTOS]  # fmt: skip
    assert [said(error) for error in told] == expected[len(SENDING) :]
