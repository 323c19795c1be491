"""Zipped Shapefiles: looked over before anything is unpacked, and then read in place."""

import zipfile
from pathlib import Path, PurePosixPath

from app.errors import ImportRefused

MAX_UNPACKED = 4 << 30
"""Bytes that all members together may unpack to."""

MAX_RATIO = 100
"""How many times its packed size an archive may unpack to, once that is more than `RATIO_FROM` bytes."""

RATIO_FROM = 100 << 20
MAX_MEMBERS = 1000


def shapefiles_in(path: Path) -> dict[str, str]:
    """The Shapefiles of an archive: layer name to the address that GDAL reads. Raises ImportRefused."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise ImportRefused(f"{path.name} is not a zip archive that can be read: {error}.") from None
    _refuse_bomb(path, members)
    found = {
        PurePosixPath(member.filename).stem: f"/vsizip/{{{path.absolute()}}}/{member.filename}"
        for member in members
        if member.filename.lower().endswith(".shp") and not member.filename.startswith("__MACOSX/")
    }
    if not found:
        there = ", ".join(member.filename for member in members[:10]) or "nothing"
        raise ImportRefused(f"{path.name} holds no Shapefile (.shp); it holds {there}.")
    return found


def _refuse_bomb(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise ImportRefused(f"{path.name} holds {len(members)} files; at most {MAX_MEMBERS} are read.")
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in member.filename[:3]:
            raise ImportRefused(f"{path.name} holds {member.filename!r}, a path that leaves the archive.")
        if member.flag_bits & 1:
            raise ImportRefused(f"{path.name} holds {member.filename!r}, which is encrypted.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        raise ImportRefused(
            f"{path.name} would unpack to {unpacked:,} bytes; archives of at most {MAX_UNPACKED:,} are read."
        )
    packed = max(path.stat().st_size, 1)
    if unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed:
        raise ImportRefused(
            f"{path.name} would unpack to {unpacked:,} bytes, {unpacked // packed:,} times its size; "
            f"more than {MAX_RATIO} times is refused above {RATIO_FROM:,} bytes."
        )
