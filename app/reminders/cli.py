"""`cortile remind`: to be run once a day."""

from datetime import UTC, datetime, timedelta

import click
from flask import Flask
from flask_babel import Babel

from app.connect import database_addresses
from app.context import Services
from app.db import Database
from app.gate import Gate
from app.keys import secret_key
from app.reminders.letters import Tally
from app.reminders.letters import remind as write
from app.settings import Settings

A_YEAR = 365


@click.command()
@click.option(
    "--older-than-days",
    "days",
    type=click.IntRange(1, 36_500),
    default=A_YEAR,
    show_default=True,
    help="How long nobody has confirmed a place of which its owners are reminded.",
)
def remind(days: int) -> None:
    """Ask those who have places on the map, by one mail each, whether these are still true.

    A place is asked about once in 90 days, its owners or else whoever wrote what is said of it now.
    """
    settings = Settings.from_env()
    with database_addresses(settings, click.echo) as addresses:
        database = Database(addresses.serving, size=2, timeout_ms=0)
        try:
            done = _written(settings, database, timedelta(days=days))
        finally:
            database.close()
    click.echo(f"Mails sent: {done.mails}, about {done.places} places.")
    if done.failed:
        raise click.ClickException(f"Mails that could not be sent, and will be tried again: {done.failed}.")


def _written(settings: Settings, database: Database, older_than: timedelta) -> Tally:
    app = Flask("app", static_folder=None)
    app.extensions["cortile"] = Services(settings, database, Gate(app.wsgi_app, 1, 1))
    app.config["SECRET_KEY"] = secret_key(settings)
    Babel(app)
    with app.app_context():
        return write(datetime.now(UTC), older_than)


COMMANDS = (remind,)
