"""`cortile city set`: the rules of a city, as its page settles them."""

from datetime import UTC, datetime
from typing import Any

import click
from uuid_utils import compat

from app.cities import city_called
from app.connect import database_addresses
from app.db import Database
from app.settings import Settings
from app.settling import service
from app.settling.rules import names_of
from app.tables.cities import REVIEWS


@click.group(name="city")
def city_rules() -> None:
    """The rules of a city."""


@city_rules.command(name="set")
@click.argument("city")
@click.option(
    "--review",
    type=click.Choice(REVIEWS),
    help="What waits for a moderator: nothing, the first of a person, or all that residents send.",
)
@click.option("--visitors-pin", type=bool, help="Whether somebody without an account may pin: yes or no.")
@click.option("--name", "names", nargs=2, multiple=True, metavar="LANGUAGE NAME", help="Such as: it Torino.")
def set_rules(city: str, names: tuple[tuple[str, str], ...], **asked: Any) -> None:
    """Change the rules of CITY; a server that runs heeds them after five seconds."""
    wanted = {name: value for name, value in asked.items() if value is not None}
    if not wanted and not names:
        raise click.UsageError("Say what to change: --review, --visitors-pin or --name.")
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        database = Database(addresses.serving, size=1)
        try:
            with database.transaction() as db:
                found = city_called(db, city)
                if unknown := [language for language, _ in names if language not in found.languages]:
                    raise click.UsageError(f"{city} is not read in {unknown[0]}.")
                if names:
                    wanted["names"] = found.names | names_of(dict(names))
                by = (None, datetime.now(UTC))
                change = service.settle(db, found.id, wanted, compat.uuid7(), by)
        finally:
            database.close()
    if change is None:
        click.echo(f"{city}: nothing was different.")
        return
    for name, value in change.after.items():
        click.echo(f"{city}: {name} is {_said(value)} now; it was {_said(change.before[name])}.")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        ", ".join(f"{key} {name}" for key, name in value.items()) if isinstance(value, dict) else str(value)
    )
