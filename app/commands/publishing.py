"""The public data of a day, kept."""

from datetime import UTC, datetime

import click

from app.connect import database_addresses
from app.imports.demo import the_city
from app.publish.data.keeping import keep
from app.settings import Settings


@click.command()
@click.option("--city", help="The city's word, such as torino; needed where there are several.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day that names it; today.")
def snapshot(city: str | None, day: datetime | None) -> None:
    """Keep the public data as they are now: every format, sums, a record, a citation; never changed again."""
    settings = Settings.from_env()
    if day and day.date() > datetime.now(UTC).date():
        raise click.UsageError("--date lies in the future.")
    named = day.date() if day else None
    with database_addresses(settings, click.echo) as addresses:
        made = keep(addresses.serving, settings, lambda db: the_city(db, city), named, click.echo)
    size = sum(file.size for file in made.files) / 1e6
    click.echo(f"{made.folder}: {len(made.files)} files, {size:,.1f} MB.")
    click.echo(made.citation)
