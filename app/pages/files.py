"""The files that pages load, at addresses that change with what the files hold.

The version is a folder in the address, not a parameter: a module's imports and a style sheet's fonts are
relative, so they carry it on, and a browser that keeps files for a year can never mix two versions.
"""

from dataclasses import dataclass
from pathlib import Path

import xxhash
from flask import Flask
from whitenoise import WhiteNoise

from app.settings import CHECKOUT

STATIC = CHECKOUT / "app" / "static"
A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Files:
    """The folder of static files, its version, and the browser modules in it."""

    version: str
    names: tuple[str, ...]

    def address(self, path: str) -> str:
        """The address of a static file."""
        return f"/static/{self.version}/{path}"

    def modules(self) -> list[str]:
        """The addresses of the browser modules, so that a page can ask for all of them at once."""
        return [self.address(name) for name in self.names if name.endswith(".js")]


def serve_files(app: Flask) -> Files:
    """Serve the static files under their version, and say where they are."""
    files = Files(_version(STATIC), _modules())
    served = WhiteNoise(app.wsgi_app, root=str(STATIC), prefix=f"/static/{files.version}/", max_age=A_YEAR)
    app.wsgi_app = served  # type: ignore[method-assign]
    return files


def _modules() -> tuple[str, ...]:
    """The browser modules of the map page, by their names under the static files."""
    folders = (STATIC / "js", STATIC / "js" / "graph")
    return tuple(str(path.relative_to(STATIC)) for folder in folders for path in sorted(folder.glob("*.js")))


def _version(folder: Path) -> str:
    """A hash of every file's name and content."""
    digest = xxhash.xxh3_64()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
