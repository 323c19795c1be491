"""What is over, removed."""

from datetime import UTC, datetime

import click

from app.connect import database_addresses
from app.db import Database
from app.housekeeping import tidied
from app.moderation.cli import remove_photo
from app.photos.shelf import shelf_of
from app.photos.tidying import tidy as tidied_photos
from app.settings import Settings


@click.command()
def tidy() -> None:
    """Remove what is over: attempts that no longer count, ended sessions, files that no photo refers to."""
    settings = Settings.from_env()
    with database_addresses(settings, click.echo) as addresses:
        done = tidied(settings, addresses.serving)
    for one in done:
        click.echo(f"{one.what:<12}{'failed' if one.removed is None else f'{one.removed:,} removed'}")
    if any(one.removed is None for one in done):
        raise click.ClickException("Some of it could not be tidied; the reason is above.")


@click.group()
def photos() -> None:
    """Photos and their files."""


photos.add_command(remove_photo)


@photos.command(name="tidy")
def tidy_photos() -> None:
    """Remove files that no photo refers to, as a server that was killed may leave them, or a removal."""
    settings = Settings.from_env()
    with database_addresses(settings, click.echo) as addresses:
        database = Database(addresses.serving, size=1)
        try:
            with database.reading() as db:
                removed = tidied_photos(db, shelf_of(settings.var), datetime.now(UTC))
        finally:
            database.close()
    click.echo(
        f"Removed {removed} folders that no photo refers to." if removed else "There is nothing to tidy."
    )
