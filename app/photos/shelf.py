"""The files of photos: a folder for each, written whole before anything refers to it.

    <folder>/<city id>/<last two digits of the id>/<photo id>/original.jpg
                                                             /1/small.webp, medium.webp, large.webp

The number is the version of the pictures: blurring makes the next one. `original.jpg` is what they are made
of; no address leads to it. The last digits of a UUIDv7 are random, the first are the time.
"""

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from PIL import Image

from app.photos.imaging import SIZES, Pictures

ORIGINAL = "original.jpg"
MAKING = ".making-"
LEAVING = ".leaving-"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the photos are: `photos` in the folder of what Cortile keeps."""

    folder: Path

    def of(self, city_id: int, photo_id: UUID) -> Path:
        """The folder of a photo."""
        return self.folder / str(city_id) / photo_id.hex[-2:] / str(photo_id)

    def picture(self, city_id: int, photo_id: UUID, version: int, size: str) -> bytes:
        """One size of a photo; raises FileNotFoundError."""
        return (self.of(city_id, photo_id) / str(version) / f"{size}.webp").read_bytes()

    def original(self, city_id: int, photo_id: UUID) -> bytes:
        """What the sizes are made of; raises FileNotFoundError."""
        return (self.of(city_id, photo_id) / ORIGINAL).read_bytes()

    def prepared(self, city_id: int, photo_id: UUID) -> Pictures | None:
        """A photo that was put here before, as it was; None where there is none."""
        folder = self.of(city_id, photo_id)
        try:
            sizes = {name: (folder / "1" / f"{name}.webp").read_bytes() for name in SIZES}
            kept = (folder / ORIGINAL).read_bytes()
        except FileNotFoundError:
            return None
        with Image.open(io.BytesIO(kept)) as image:
            return Pictures(*image.size, kept, sizes)

    def put(self, city_id: int, photo_id: UUID, pictures: Pictures) -> None:
        """Keep a photo, on the disk when this returns; one that is there already stays as it is."""
        target = self.of(city_id, photo_id)
        if target.exists():
            return
        making = self._making(target)
        _write(making / ORIGINAL, pictures.kept)
        _write_sizes(making / "1", pictures)
        _settle(making, target)

    def put_version(self, city_id: int, photo_id: UUID, version: int, pictures: Pictures) -> None:
        """Keep new pictures of a photo, beside those that are shown; raises FileNotFoundError."""
        photo = self.of(city_id, photo_id)
        if not photo.exists():
            raise FileNotFoundError(photo)
        making = self._making(photo)
        _write_sizes(making, pictures)
        # What a try that was broken off left under this number was never shown.
        shutil.rmtree(photo / str(version), ignore_errors=True)
        _settle(making, photo / str(version))

    def remove(self, city_id: int, photo_id: UUID) -> None:
        """Remove every file of a photo, the original too; where there is none, nothing happens.

        Its folder goes out of reach as a whole first, so that nothing finds a half of it.
        """
        target = self.of(city_id, photo_id)
        leaving = target.parent / f"{LEAVING}{uuid4().hex}"
        try:
            target.rename(leaving)
        except FileNotFoundError:
            return
        shutil.rmtree(leaving)
        _sync(target.parent)

    def photos(self) -> Iterator[tuple[int, UUID, Path]]:
        """Every photo whose files are here."""
        for path in self.folder.glob("[0-9]*/[0-9a-f][0-9a-f]/*-*"):
            if not path.name.startswith("."):
                yield int(path.parent.parent.name), UUID(path.name), path

    def unfinished(self) -> Iterator[Path]:
        """What a process that was killed had begun to write."""
        yield from self.folder.glob(f"[0-9]*/[0-9a-f][0-9a-f]/{MAKING}*")

    def leaving(self) -> Iterator[Path]:
        """What a process that was killed had begun to remove."""
        yield from self.folder.glob(f"[0-9]*/[0-9a-f][0-9a-f]/{LEAVING}*")

    def _making(self, beside: Path) -> Path:
        beside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        making = beside.parent / f"{MAKING}{uuid4().hex}"
        making.mkdir(mode=0o700)
        return making


def shelf_of(var: Path) -> Shelf:
    """The shelf in the folder of what Cortile keeps."""
    return Shelf(var / "photos")


def _write_sizes(folder: Path, pictures: Pictures) -> None:
    folder.mkdir(exist_ok=True, mode=0o700)
    for name in SIZES:
        _write(folder / f"{name}.webp", pictures.sizes[name])
    _sync(folder)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(making: Path, target: Path) -> None:
    """Give a folder its name, which it has wholly or not at all, also when the power goes."""
    _sync(making)
    try:
        making.rename(target)
    except OSError:
        shutil.rmtree(making, ignore_errors=True)
        if not target.exists():
            raise
    for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
