"""`cortile network`: the neighbours of places, made anew."""

from datetime import UTC, datetime
from uuid import UUID

import click
from sqlalchemy import text
from uuid_utils import uuid7

from app.cities import City, all_cities, city_called
from app.connect import database_addresses
from app.db import Database
from app.network.building import Built, Run, build
from app.progress import watching
from app.settings import Settings


@click.group()
def network() -> None:
    """The spatial graph: which places are neighbours."""


@network.command(name="build")
@click.option("--city", "slug", help="The city's word, such as torino; without it, every city.")
def build_command(slug: str | None) -> None:
    """Make the neighbours of every place anew: after an import of very many places, or to be sure.

    The map goes on, and people go on writing. A run that was stopped changes nothing; run it again.
    """
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        owner = Database(addresses.owner, size=1, timeout_ms=0)
        try:
            with owner.reading() as db:
                cities = [city_called(db, slug)] if slug else all_cities(db)
            for city in cities:
                click.echo(_told(city, _built(owner, city)))
            with owner.transaction() as db:
                db.execute(text("ANALYZE neighbours"))
        finally:
            owner.close()


def _built(owner: Database, city: City) -> Built:
    with watching() as watch:
        return build(owner, Run(city.id, UUID(str(uuid7())), lambda: datetime.now(UTC), watch))


def _told(city: City, built: Built) -> str:
    meanwhile = f"; {built.heard:,} writes came in meanwhile" if built.heard else ""
    if not built.kept:
        meanwhile += "; an import came in too, so run this once more"
    return f"{city.slug}: the neighbours of {built.lists:,} places{meanwhile}."
