"""`cortile digest`: to be run once a day."""

from datetime import UTC, datetime

import click

from app.digests.letters import send
from app.mailing import mailing
from app.settings import Settings


@click.command()
def digest() -> None:
    """Tell those who follow places what has changed at them, by one mail each, at most one a day.

    Stopped or killed, it can be run again: who was written to today is not written to again.
    """
    with mailing(Settings.from_env(), click.echo):
        done = send(datetime.now(UTC))
    click.echo(f"Mails sent: {done.mails}, about {done.places} places.")
    if done.failed:
        raise click.ClickException(f"Mails that could not be sent, and will be tried again: {done.failed}.")
