"""`cortile remind`: to be run once a day."""

from datetime import UTC, datetime, timedelta

import click

from app.mailing import mailing
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
    with mailing(Settings.from_env(), click.echo):
        done = write(datetime.now(UTC), timedelta(days=days))
    click.echo(f"Mails sent: {done.mails}, about {done.places} places.")
    if done.failed:
        raise click.ClickException(f"Mails that could not be sent, and will be tried again: {done.failed}.")
