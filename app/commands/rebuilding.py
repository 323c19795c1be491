"""What is kept beside the places so that the map need not count, made anew from them."""

import click

from app.cities import all_cities
from app.connect import database_addresses
from app.db import Database
from app.fragility.membership import settle_anew
from app.places.counts import rebuild
from app.places.membership import begin_alone
from app.settings import Settings


@click.command()
def recount() -> None:
    """Count the places of every city anew, and say where the counts that the map reads had been wrong."""
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        owner = Database(addresses.owner, size=1, timeout_ms=0)
        try:
            with owner.transaction() as db:
                for city in all_cities(db):
                    wrong = rebuild(db, city.id)
                    found = f"{wrong:,} counts were wrong" if wrong else "the counts were right"
                    click.echo(f"{city.slug}: {found}.")
        finally:
            owner.close()


@click.command()
def reassign() -> None:
    """Find the area of every place anew, and what else follows from areas; say how many had been wrong.

    Meanwhile writers wait.
    """
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        owner = Database(addresses.owner, size=1, timeout_ms=0)
        try:
            with owner.reading() as db:
                cities = all_cities(db)
            for city in cities:
                with owner.transaction() as db:
                    begin_alone(db)
                    wrong = settle_anew(db, city.id)
                found = f"{wrong:,} rows were wrong" if wrong else "every place was in its area"
                click.echo(f"{city.slug}: {found}.")
        finally:
            owner.close()
