"""The map served, and what that needs: tables up to date, a city to show."""

import threading

import click

from app.cities import all_cities
from app.connect import Addresses, database_addresses
from app.db import Database
from app.housekeeping import keep_tidy
from app.imports.demo import load_demonstration_city
from app.migration import migrate
from app.serving import address_to_listen_on, end_on_sigterm, serve
from app.settings import Settings


@click.command()
def run() -> None:
    """Serve the map: starts the database, brings the tables up to date, loads the demonstration city."""
    settings = Settings.from_env()
    address_to_listen_on(settings)
    end_on_sigterm()
    with database_addresses(settings, click.echo) as addresses:
        click.echo("Bringing the tables up to date.")
        migrate(addresses.owner, addresses.serving)
        _load_demo(addresses, only_where_empty=True)
        ended = threading.Event().wait
        serve(settings, addresses, click.echo, lambda: keep_tidy(settings, addresses.serving, ended))


@click.command(name="migrate")
def migrate_command() -> None:
    """Bring the tables up to date; changes nothing where they are."""
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        migrate(addresses.owner, addresses.serving)
        click.echo("The tables are up to date.")


@click.command(name="load-demo")
def load_demo() -> None:
    """Load the demonstration city, Torino; what is there already and equal is left as it is."""
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        migrate(addresses.owner, addresses.serving)
        _load_demo(addresses, only_where_empty=False)


def _load_demo(addresses: Addresses, *, only_where_empty: bool) -> None:
    owner = Database(addresses.owner, size=1, timeout_ms=0)
    try:
        with owner.transaction() as db:
            if only_where_empty and all_cities(db):
                return
            click.echo("Loading the demonstration city.")
            load_demonstration_city(db)
    finally:
        owner.close()
