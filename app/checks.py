"""What `cortile check` looks at: each thing fine, or with the remedy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text

from app.connect import Addresses
from app.db import Database
from app.errors import CortileError
from app.migration import migrations_config
from app.settings import CHECKOUT, Settings

STATIC = CHECKOUT / "app" / "static" / "vendor"
TRANSLATIONS = CHECKOUT / "app" / "translations"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is now, and what to do where it is not fine."""

    name: str
    value: str
    remedy: str = ""


def setting_findings(settings: Settings) -> Iterator[Finding]:
    """What the settings came to; a password is not shown."""
    shown = {
        "database": _without_password(settings.database_url) or "the private one",
        "owner's database": _without_password(settings.owner_database_url) or "the private one",
        "kept in": str(settings.var),
        "listens on": f"{settings.host}:{settings.port}",
        "workers, threads": f"{settings.workers}, {settings.threads}",
        "downloads": f"{settings.downloads} for each worker",
        "base map": settings.tile_url or "none",
        "language": settings.default_language,
        "public address": settings.base_url or "not set",
    }
    for name, value in shown.items():
        yield Finding(name, value)


def file_findings() -> Iterator[Finding]:
    """The files that set-up makes and the pages need."""
    vendored = (STATIC / "leaflet" / "leaflet.css").is_file()
    yield Finding("browser packages", "there" if vendored else "missing", "" if vendored else "make setup")
    catalogs = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    stale = [path for path in catalogs if not _compiled(path)]
    yield Finding("translations", "stale" if stale else "there", "make setup" if stale else "")


def database_findings(addresses: Addresses) -> Iterator[Finding]:
    """The database as both roles see it: reachable, its versions, its tables, its cities."""
    try:
        yield from _as_server(addresses.serving)
        yield from _as_owner(addresses.owner)
    except CortileError as error:
        yield Finding(
            "database", str(error), "start the server, or correct DATABASE_URL and OWNER_DATABASE_URL"
        )


def _as_server(url: str) -> Iterator[Finding]:
    database = Database(url, size=1)
    try:
        with database.reading() as db:
            yield Finding("PostgreSQL", _one(db, "SHOW server_version"))
            present = {row[0] for row in db.execute(text("SELECT extname FROM pg_extension"))}
            if "postgis" not in present:
                yield Finding(
                    "PostGIS", "missing", "as a superuser of this database: CREATE EXTENSION postgis"
                )
                return
            yield Finding("PostGIS", _one(db, "SELECT postgis_lib_version()"))
            # Not a thing to mend: without it Cortile answers, by straight lines, and says so.
            routing = "SELECT pgr_version()" if "pgrouting" in present else "SELECT 'none: straight lines'"
            yield Finding("pgRouting", _one(db, routing))
            yield Finding("GEOS", _one(db, "SELECT postgis_geos_version()"))
            yield Finding("PROJ", _one(db, "SELECT split_part(postgis_proj_version(), ' ', 1)"))
    finally:
        database.close()


def _as_owner(url: str) -> Iterator[Finding]:
    database = Database(url, size=1)
    try:
        with database.reading() as db:
            newest = ScriptDirectory.from_config(migrations_config(url)).get_current_head()
            present = None
            if _one(db, "SELECT to_regclass('alembic_version')") != "None":
                present = _one(db, "SELECT max(version_num) FROM alembic_version")
            if present != newest:
                yield Finding("tables", f"at {present or 'nothing'}, not {newest}", "cortile migrate")
                return
            yield Finding("tables", f"at {present}, the newest")
            cities = _one(db, "SELECT coalesce(string_agg(slug, ', ' ORDER BY id), '') FROM cities")
            yield Finding("cities", cities or "none", "" if cities else "cortile load-demo")
    finally:
        database.close()


def _one(db: Connection, question: str) -> str:
    return str(db.scalar(text(question)))


def _without_password(url: str | None) -> str:
    return make_url(url).render_as_string(hide_password=True) if url else ""


def _compiled(catalog: Path) -> bool:
    made = catalog.with_suffix(".mo")
    return made.is_file() and made.stat().st_mtime >= catalog.stat().st_mtime
