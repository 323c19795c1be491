"""What becomes of a photo: kept once, shown only where it may be, blurred, and whole after a crash."""

import io
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection
from uuid_utils import compat

from app.errors import BadParameter, Conflict, NotFound
from app.photos import processing, queries, service, shelf, tidying
from app.photos.imaging import MOST_BYTES, Pictures
from app.photos.processing import prepare
from app.photos.queries import NewPhoto, photos_of
from app.photos.shelf import Shelf
from app.places import service as places_service
from tests.app.photos.pictures import HTML, MARK, png_bomb, quarters, talkative, written
from tests.app.places.conftest import ANNA, BRUNO, Desk
from tests.http.conftest import MILANO, TORINO

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def prepared() -> Pictures:
    return prepare(io.BytesIO(talkative("JPEG", 6)))


@pytest.fixture
def files(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "photos")


@pytest.fixture
def gallery(desk: Desk, files: Shelf, prepared: Pictures) -> "Gallery":
    return Gallery(desk, files, prepared)


class Gallery:
    """A place that photos can be added to."""

    def __init__(self, desk: Desk, files: Shelf, prepared: Pictures) -> None:
        self.desk, self.files, self.prepared = desk, files, prepared
        self.place = desk.pin()

    def add(self, by: UUID | None = ANNA, place: UUID | None = None, **said: object) -> UUID:
        photo = replace(NewPhoto(compat.uuid7(), "A courtyard", by, NOW, held=False), **said)  # type: ignore[arg-type]
        with self.desk.database.transaction() as db:
            service.add_photo(db, self.files, (TORINO, place or self.place), photo, self.prepared)
        return photo.id

    def shown(self) -> list[UUID]:
        with self.desk.database.reading() as db:
            return [photo.id for photo in photos_of(db, (TORINO, self.place))]


def test_a_photo_is_prepared_in_a_process_of_its_own(prepared: Pictures) -> None:
    assert (prepared.width, prepared.height) == (200, 400)
    assert all(MARK.encode() not in data for data in (prepared.kept, *prepared.sizes.values()))


def test_a_photo_is_kept_and_shown(gallery: Gallery, db: Connection, prepared: Pictures) -> None:
    photo_id = gallery.add()

    (photo,) = photos_of(db, (TORINO, gallery.place))

    assert (photo.id, photo.alt, photo.author, photo.licence) == (photo_id, "A courtyard", ANNA, "CC-BY-4.0")
    assert (photo.width, photo.height, photo.version, photo.size("small")) == (200, 400, 1, (160, 320))
    for size, data in prepared.sizes.items():
        assert gallery.files.picture(TORINO, photo_id, 1, size) == data
    assert gallery.files.original(TORINO, photo_id) == prepared.kept
    assert gallery.files.prepared(TORINO, photo_id) == prepared
    assert photos_of(db, (MILANO, gallery.place)) == []


def test_the_same_photo_again_is_the_same_once(gallery: Gallery) -> None:
    photo_id = gallery.add()

    assert gallery.add(id=photo_id) == photo_id
    assert gallery.shown() == [photo_id]


def test_an_id_belongs_to_who_had_it_first(gallery: Gallery) -> None:
    photo_id, other = gallery.add(), gallery.desk.pin()

    with pytest.raises(Conflict):
        gallery.add(by=BRUNO, id=photo_id)
    with pytest.raises(Conflict):
        gallery.add(place=other, id=photo_id)
    assert gallery.shown() == [photo_id]


def test_a_place_that_is_not_there_gets_no_photo(gallery: Gallery) -> None:
    with pytest.raises(NotFound):
        gallery.add(place=compat.uuid7())
    assert list(gallery.files.photos()) == []


def test_a_place_has_at_most_thirty(gallery: Gallery) -> None:
    for _ in range(service.MOST):
        gallery.add()
    with pytest.raises(BadParameter, match="30 photos already"):
        gallery.add()


def test_held_and_hidden_photos_and_those_of_hidden_places_are_not_shown(gallery: Gallery) -> None:
    held, public = gallery.add(held=True), gallery.add()
    assert gallery.shown() == [public]

    def settle(ids: list[UUID], state: str) -> int:
        with gallery.desk.database.transaction() as db:
            return service.settle_photos(db, TORINO, ids, state)

    assert settle([held, public], "published") == 1
    assert set(gallery.shown()) == {held, public}
    assert settle([held], "hidden") == 1
    assert gallery.shown() == [public]
    with gallery.desk.database.transaction() as db:
        places_service.moderate(db, TORINO, [gallery.place], "hidden")
        assert queries.public_photo(db, (TORINO, public)) is None
    assert gallery.shown() == []


def test_a_blurring_makes_the_next_version_and_can_be_taken_back(gallery: Gallery, db: Connection) -> None:
    key = (TORINO, gallery.add())
    before = gallery.files.picture(*key, 1, "large")

    blurring = service.blurred_photo(gallery.files, key, [(0, 0, 0.5, 1)])
    assert gallery.files.original(*key) == gallery.prepared.kept
    with gallery.desk.database.transaction() as writing:
        assert service.show_blurred(writing, gallery.files, key, blurring) == 2
    assert gallery.files.picture(*key, 2, "large") != before
    assert queries.photo(db, key).regions == [[0, 0, 0.5, 1]]  # type: ignore[union-attr]

    plain = service.blurred_photo(gallery.files, key, [])
    with gallery.desk.database.transaction() as writing:
        assert service.show_blurred(writing, gallery.files, key, plain) == 3
    assert gallery.files.picture(*key, 3, "large") == before


def test_moved_photos_go_with_the_place_that_stays(gallery: Gallery) -> None:
    photo_id, other = gallery.add(), gallery.desk.pin()
    with gallery.desk.database.transaction() as db:
        assert queries.move(db, TORINO, [photo_id], other) == 1
        assert [photo.id for photo in photos_of(db, (TORINO, other))] == [photo_id]
    assert gallery.shown() == []


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from app.db import Database
from app.photos import service
from app.photos.processing import prepare
from app.photos.queries import NewPhoto
from app.photos.shelf import Shelf
from app.places import service as places_service
url, folder, city, place, photo = sys.argv[1:]
with Database(url).transaction() as db:
    new = NewPhoto(UUID(photo), None, None, datetime.now(UTC), False)
    service.add_photo(db, Shelf(Path(folder)), (int(city), UUID(place)), new, prepare(sys.stdin.buffer))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_between_file_and_row_leaves_a_file_that_is_tidied_away(
    gallery: Gallery, db: Connection
) -> None:
    kept, lost = gallery.add(), compat.uuid7()
    url = str(gallery.desk.database.engine.url.render_as_string(hide_password=False))
    told = [url, str(gallery.files.folder), str(TORINO), str(gallery.place), str(lost)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *told], input=written(quarters()), check=False)

    assert killed.returncode == -signal.SIGKILL
    assert gallery.shown() == [kept]
    assert {photo for _, photo, _ in gallery.files.photos()} == {kept, lost}
    assert tidying.tidy(db, gallery.files, datetime.now(UTC)) == 0, "it may be on its way"
    tomorrow = datetime.now(UTC) + timedelta(days=1, minutes=1)
    assert tidying.tidy(db, gallery.files, tomorrow) == 1
    assert {photo for _, photo, _ in gallery.files.photos()} == {kept}
    assert tidying.tidy(db, gallery.files, tomorrow) == 0

    assert gallery.add(id=lost) == lost, "and it can be sent again"


def test_pictures_of_before_and_what_was_begun_are_tidied_away(gallery: Gallery, db: Connection) -> None:
    key = (TORINO, gallery.add())
    with gallery.desk.database.transaction() as writing:
        service.show_blurred(
            writing, gallery.files, key, service.blurred_photo(gallery.files, key, [(0, 0, 1, 1)])
        )
    (gallery.files.of(*key).parent / ".making-1" / "1").mkdir(parents=True)

    assert tidying.tidy(db, gallery.files, datetime.now(UTC) + timedelta(days=2)) == 2
    assert sorted(path.name for path in gallery.files.of(*key).iterdir()) == ["2", "original.jpg"]


def test_a_photo_that_is_put_twice_at_once_is_whole(files: Shelf, prepared: Pictures) -> None:
    photo_id = compat.uuid7()
    files.put(TORINO, photo_id, prepared)
    making = files.of(TORINO, photo_id).parent / ".making-2"
    (making / "1").mkdir(parents=True)

    shelf._settle(making, files.of(TORINO, photo_id))

    assert files.prepared(TORINO, photo_id) == prepared
    assert not making.exists()


def test_what_is_kept_is_for_its_owner_only(files: Shelf, prepared: Pictures) -> None:
    photo_id = compat.uuid7()
    files.put(TORINO, photo_id, prepared)
    assert files.of(TORINO, photo_id).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (HTML, "JPEG, PNG or WebP"),
        (png_bomb(8000, 5126), "8000 x 5126"),
        (written(quarters())[:900], "damaged"),
        (written(quarters()).ljust(MOST_BYTES + 100_000, b"\0"), "larger than 10 MB"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(BadParameter, match=words):
        prepare(io.BytesIO(data))


def test_a_file_of_exactly_ten_megabytes_is_taken() -> None:
    assert prepare(io.BytesIO(written(quarters()).ljust(MOST_BYTES, b"\0"))).width == 400


def test_a_photo_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processing, "SECONDS_OF_WORK", 0.01)
    with pytest.raises(BadParameter, match="damaged"):
        prepare(io.BytesIO(written(quarters())))
