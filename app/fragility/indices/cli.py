"""`cortile index`: indices of fragility, computed and published as their pages do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection
from uuid_utils import compat

from app.cities import City, all_cities, city_called
from app.connect import database_addresses
from app.db import Database
from app.errors import ImportRefused
from app.fragility.indices import files, queries, service
from app.fragility.indices.inputs import figures_of
from app.fragility.indices.queries import Version
from app.fragility.indices.reading import from_toml
from app.settings import Settings

CITY = click.option("--city", "slug", help="The city's word, such as torino; needed where there are several.")
VERSION = click.option("--version", "number", type=int, help="Which version; without it, the last one.")


@click.group(name="index")
def index() -> None:
    """Indices of fragility."""


@index.command(name="list")
@CITY
def list_indices(slug: str | None) -> None:
    """List the versions of every index, the newest first."""
    with _transaction(slug) as (db, city):
        found = queries.versions(db, city.id)
    for version in found:
        click.echo(_line(version))
    if not found:
        click.echo("No indices yet: cortile index compute FILE makes one.")


@index.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--year", type=int, help="The year of the data; without it, the newest that all series have.")
@click.option("--publish", "shown", is_flag=True, help="Show it on the map and in the data, too.")
@CITY
def compute(file: Path, year: int | None, shown: bool, slug: str | None) -> None:
    """Compute the index that FILE defines; the same definition and data are the version that there is."""
    by = (None, datetime.now(UTC))
    with _transaction(slug) as (db, city):
        draft = from_toml(_read(file), file.name, figures_of(db, city.id))
        version, new = service.compute(db, city.id, draft, year, by)
        if shown:
            service.publish(db, city.id, (version.index, version.version), compat.uuid7(), by)
            version = service.version_named(db, city.id, version.index, version.version)
    click.echo(_line(version))
    click.echo(
        f"{version.facts['scored']} of {version.facts['areas']} areas have a score."
        if new
        else "Nothing was different: this version was there already."
    )


@index.command()
@click.argument("name")
@VERSION
@CITY
def publish(name: str, number: int | None, slug: str | None) -> None:
    """Show a version of the index NAME on the map and in the data."""
    with _transaction(slug) as (db, city):
        version = _version(db, city, name, number)
        of = (version.index, version.version)
        shown = service.publish(db, city.id, of, compat.uuid7(), (None, datetime.now(UTC)))
    for each in shown:
        click.echo(f"{each.indicator}: {each.year}, version {each.version}")


@index.command()
@click.argument("name")
@VERSION
@CITY
@click.option(
    "--as",
    "form",
    type=click.Choice(["ranking", "csv", "toml", "bibtex"]),
    default="ranking",
    show_default=True,
    help="The ranking, the scores as CSV, the definition file, or how it is cited.",
)
def show(name: str, number: int | None, slug: str | None, form: str) -> None:
    """Show a version of the index NAME."""
    settings = Settings.from_env()
    base_url = settings.base_url or f"http://{settings.host}:{settings.port}"
    with _transaction(slug) as (db, city):
        version = _version(db, city, name, number)
        about = service.index_named(db, city.id, name)
        scores = queries.scores(db, city.id, name, version.version)
    if form == "csv":
        click.echo(files.as_csv(version, scores), nl=False)
    elif form == "toml":
        click.echo(files.as_toml(about, version), nl=False)
    elif form == "bibtex":
        click.echo(files.bibtex(city, about, version, base_url), nl=False)
    else:
        click.echo(_line(version))
        for each in scores:
            span = f"{each.rank:>4}  ({each.rank_low:.0f} to {each.rank_high:.0f})" if each.rank else "   –"
            points = f"{each.score:.2f}" if each.score is not None else "few residents or no data"
            click.echo(f"{span:<16}{each.code:<8}{points:>8}  {each.name or ''}")


@contextmanager
def _transaction(slug: str | None) -> Iterator[tuple[Connection, City]]:
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        database = Database(addresses.serving, size=1)
        try:
            with database.transaction() as db:
                there = all_cities(db)
                if slug is None and len(there) != 1:
                    names = ", ".join(city.slug for city in there) or "none"
                    raise click.UsageError(f"Say which city with --city; there are: {names}.")
                yield db, city_called(db, slug) if slug else there[0]
        finally:
            database.close()


def _version(db: Connection, city: City, name: str, number: int | None) -> Version:
    if number is not None:
        return service.version_named(db, city.id, name, number)
    service.index_named(db, city.id, name)
    return queries.versions(db, city.id, name)[0]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ImportRefused(f"{path.name} is not UTF-8 text.") from None


def _line(version: Version) -> str:
    shown = ", published" if version.current else ""
    method = version.definition["method"]
    return (
        f"{version.index}  version {version.version}, {version.year}, {method}{shown}  {version.hash[:12]}  "
        f"definition {version.definition_hash[:12]}, data {version.data_hash[:12]}"
    )
