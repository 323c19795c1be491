"""Removing files that no photo refers to: what a killed process left, former pictures, and removed photos."""

import shutil
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from app.photos import queries
from app.photos.shelf import Shelf

AFTER = timedelta(days=1)
"""What is younger may be about to be referred to."""
AT_ONCE = 1_000
REMOVED = 0
"""The version of a photo of which only a trace is left."""


def tidy(db: Connection, shelf: Shelf, now: datetime) -> int:
    """Remove every file older than a day that no photo refers to; gives how many folders. Repeatable.

    The files of a photo that was removed for good go at once: nothing refers to them again.
    """
    removed = sum(_removed(path, now) for path in list(shelf.unfinished()))
    for path in list(shelf.leaving()):
        shutil.rmtree(path, ignore_errors=True)
        removed += 1
    for city_id, found in groupby(sorted(shelf.photos()), key=lambda photo: photo[0]):
        photos = list(found)
        for first in range(0, len(photos), AT_ONCE):
            some = {photo_id: path for _, photo_id, path in photos[first : first + AT_ONCE]}
            versions = queries.kept(db, city_id, list(some))
            for photo_id, path in some.items():
                if versions.get(photo_id) == REMOVED:
                    shelf.remove(city_id, photo_id)
                    removed += 1
                else:
                    removed += _tidied(path, versions.get(photo_id), now)
    return removed


def _tidied(photo: Path, shown: int | None, now: datetime) -> int:
    if shown is None:
        return _removed(photo, now)
    return sum(_removed(path, now) for path in photo.glob("[0-9]*") if path.name != str(shown))


def _removed(folder: Path, now: datetime) -> int:
    """Remove a folder that has not been written to for a day; 1 where it was removed."""
    try:
        if now.timestamp() - folder.stat().st_mtime < AFTER.total_seconds():
            return 0
    except FileNotFoundError:  # somebody else tidies at the same time
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    return 1
