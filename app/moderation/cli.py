"""`cortile hide`: everything that one person wrote in a city, out of sight at once, and back."""

from datetime import UTC, datetime
from uuid import UUID

import click
from uuid_utils import compat

from app.cities import all_cities
from app.connect import database_addresses
from app.db import Database
from app.moderation import service
from app.moderation.rules import HIDE, verdict_of
from app.moderation.writing import Judge
from app.people.queries import person_of_email
from app.people.rules import address_of
from app.settings import Settings


@click.command()
@click.argument("city")
@click.argument("email", required=False)
@click.option("--reason", default="spam", show_default=True, help="Told in the public log, without the name.")
@click.option("--undo", type=click.UUID, help="Show again what was hidden in one go; its number was printed.")
def hide(city: str, email: str | None, reason: str, undo: UUID | None) -> None:
    """Hide every place that EMAIL pinned in CITY and refuse their waiting changes, in one go."""
    if (email is None) == (undo is None):
        raise click.UsageError("Give an e-mail address, or --undo with a number.")
    judge = Judge(None, datetime.now(UTC), compat.uuid7(), compat.uuid7)
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        database = Database(addresses.serving, size=1)
        try:
            click.echo(_done(database, city, email or undo, reason, judge))
        finally:
            database.close()


def _done(database: Database, slug: str, what: str | UUID | None, reason: str, judge: Judge) -> str:
    with database.transaction() as db:
        city = next((each for each in all_cities(db) if each.slug == slug), None)
        if city is None:
            raise click.UsageError(f"There is no city “{slug}” here.")
        if isinstance(what, UUID):
            return f"{len(service.undo(db, city.id, what, judge))} decisions were taken back."
        person = person_of_email(db, address_of(str(what)))
        if person is None:
            raise click.UsageError(f"Nobody has the address {what}.")
        decided = service.hide_person(db, city.id, person, verdict_of(HIDE, reason, None), judge)
        back = f"cortile hide {slug} --undo {judge.batch} shows them again."
        return f"{len(decided)} things are hidden or refused; {back}"


COMMANDS = (hide,)
