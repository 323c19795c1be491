"""A photo that is removed for good: gone for everybody at once, its files too, also after a crash."""

import io
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from uuid_utils import compat

from app.errors import NotFound
from app.photos import queries, service, tidying
from app.photos.imaging import Pictures
from app.photos.processing import prepare
from app.photos.shelf import Shelf
from tests.app.photos.pictures import talkative
from tests.app.photos.test_service import Gallery
from tests.app.places.conftest import ANNA, BRUNO, Desk
from tests.http.conftest import MILANO, TORINO

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def prepared() -> Pictures:
    return prepare(io.BytesIO(talkative("JPEG", 6)))


@pytest.fixture
def gallery(desk: Desk, tmp_path: Path, prepared: Pictures) -> Gallery:
    return Gallery(desk, Shelf(tmp_path / "photos"), prepared)


def remove(gallery: Gallery, photo: UUID) -> None:
    with gallery.desk.database.transaction() as db:
        service.remove_photo(db, (TORINO, photo), NOW)
    gallery.files.remove(TORINO, photo)


def left(gallery: Gallery) -> list[str]:
    """Every file on the shelf."""
    return sorted(path.name for path in gallery.files.folder.rglob("*") if path.is_file())


def test_a_removed_photo_leaves_a_trace_without_picture_and_words(gallery: Gallery, db: Connection) -> None:
    photo, other = gallery.add(), gallery.add()
    key = (TORINO, photo)
    blurring = service.blurred_photo(gallery.files, key, [(0, 0, 0.5, 1)])
    with gallery.desk.database.transaction() as writing:
        service.show_blurred(writing, gallery.files, key, blurring)

    remove(gallery, photo)

    assert gallery.shown() == [other]
    assert left(gallery) == ["large.webp", "medium.webp", "original.jpg", "small.webp"], "the other one's"
    assert [each.id for each in queries.every_photo_of(db, (TORINO, gallery.place))] == [other]
    assert [each.id for each in queries.photos_by(db, TORINO, ANNA)] == [other]
    assert queries.photo(db, key) is None
    assert queries.count(db, (TORINO, gallery.place)) == 1
    trace = queries.photo_or_trace(db, key)
    assert trace is not None
    assert (trace.state, trace.alt, trace.regions, trace.author) == ("removed", None, None, ANNA)
    (told,) = queries.traces(db, (TORINO, gallery.place))
    assert (told.removed_at, told.withdrawn) == (NOW, False)
    assert queries.traces(db, (MILANO, gallery.place)) == []


def test_nothing_brings_a_removed_photo_back(gallery: Gallery, db: Connection) -> None:
    photo = gallery.add()
    key = (TORINO, photo)
    blurring = service.blurred_photo(gallery.files, key, [])
    remove(gallery, photo)

    gallery.add(id=photo)  # an outbox that never heard of its success sends it again
    with gallery.desk.database.transaction() as writing:
        assert service.settle_photos(writing, TORINO, [photo], "published") == 0
    for act in (
        lambda writing: service.show_blurred(writing, gallery.files, key, blurring),
        lambda writing: service.describe_photo(writing, key, "A face"),
        lambda writing: service.remove_photo(writing, key, NOW),
    ):
        with pytest.raises(NotFound), gallery.desk.database.transaction() as writing:
            act(writing)

    assert (gallery.shown(), left(gallery)) == ([], [])
    with pytest.raises(NotFound):
        service.blurred_photo(gallery.files, key, [])


def test_one_withdraws_ones_own_photo_only_and_twice_is_once(gallery: Gallery, db: Connection) -> None:
    photo, hidden = gallery.add(), gallery.add(held=True)

    def withdraw(photo_id: UUID, person: UUID, city: int = TORINO) -> None:
        with gallery.desk.database.transaction() as writing:
            service.withdraw_photo(writing, (city, photo_id), person, NOW)
        gallery.files.remove(city, photo_id)

    for person, city in ((BRUNO, TORINO), (ANNA, MILANO)):
        with pytest.raises(NotFound):
            withdraw(photo, person, city)
    assert gallery.shown() == [photo]
    for each in (photo, hidden, photo):
        withdraw(each, ANNA)
    assert (gallery.shown(), left(gallery)) == ([], [])
    assert [each.withdrawn for each in queries.traces(db, (TORINO, gallery.place))] == [True, True]

    other = gallery.add()
    remove(gallery, other)
    with pytest.raises(NotFound):
        withdraw(other, ANNA)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from app.db import Database
from app.photos import service, shelf
url, folder, city, photo, where = sys.argv[1:]
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
key = (int(city), UUID(photo))
with Database(url).transaction() as db:
    service.remove_photo(db, key, datetime.now(UTC))
    if where == "before the commit":
        die()
if where == "before the files":
    die()
shelf.shutil.rmtree = die
shelf.Shelf(Path(folder)).remove(*key)
"""


@pytest.mark.parametrize("where", ["before the commit", "before the files", "among the files"])
def test_a_kill_leaves_the_photo_whole_or_files_that_are_tidied_away(
    gallery: Gallery, db: Connection, where: str
) -> None:
    kept, photo = gallery.add(), gallery.add()
    url = str(gallery.desk.database.engine.url.render_as_string(hide_password=False))
    told = [url, str(gallery.files.folder), str(TORINO), str(photo), where]
    killed = subprocess.run([sys.executable, "-c", KILLED, *told], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert len(left(gallery)) == 8
    if where == "before the commit":
        assert gallery.shown() == [kept, photo]
        assert tidying.tidy(db, gallery.files, datetime.now(UTC)) == 0
        assert gallery.files.picture(TORINO, photo, 1, "small")
        return
    assert gallery.shown() == [kept], "nobody is shown it, whatever became of its files"
    assert tidying.tidy(db, gallery.files, datetime.now(UTC)) == 1, "at once, not after a day"
    assert len(left(gallery)) == 4
    assert tidying.tidy(db, gallery.files, datetime.now(UTC)) == 0


def test_the_table_refuses_what_is_half_removed(gallery: Gallery, db: Connection) -> None:
    photo = gallery.add()
    for wrong in ("state = 'removed'", "removed_at = now()"):
        with pytest.raises(Exception, match="place_photos_removed_check"):
            db.execute(text(f"UPDATE place_photos SET {wrong} WHERE id = :id"), {"id": photo})


def test_removing_what_has_no_files_is_nothing(tmp_path: Path) -> None:
    Shelf(tmp_path).remove(TORINO, compat.uuid7())
    assert list(tmp_path.iterdir()) == []
