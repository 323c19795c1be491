"""`cortile hide` and `cortile photos remove`: what somebody wrote, out of sight; a photo, gone for good."""

from datetime import UTC, datetime
from uuid import UUID

import click
from uuid_utils import compat

from app.cities import all_cities, city_called
from app.connect import database_addresses
from app.db import Database
from app.moderation import service
from app.moderation.rules import HIDE, REMOVE, Thing, verdict_of
from app.moderation.writing import Judge
from app.people.queries import person_of_email
from app.people.rules import address_of
from app.photos.queries import photo_or_trace
from app.photos.shelf import shelf_of
from app.settings import Settings
from app.tables.photos import GONE


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


@click.command(name="remove")
@click.argument("city")
@click.argument("photo", type=click.UUID)
@click.option("--reason", default="private", show_default=True, help="Told in the public log.")
@click.confirmation_option(prompt="Every size and the original go, and cannot be brought back. Remove it?")
def remove_photo(city: str, photo: UUID, reason: str) -> None:
    """Remove PHOTO of CITY for good; doing it again finishes what was broken off."""
    judge = Judge(None, datetime.now(UTC), compat.uuid7(), compat.uuid7)
    verdict, settings = verdict_of(REMOVE, reason, None), Settings.from_env()
    with database_addresses(settings, click.echo) as addresses:
        database = Database(addresses.serving, size=1)
        try:
            with database.transaction() as db:
                key = (city_called(db, city).id, photo)
                found = photo_or_trace(db, key)
                gone = found is not None and found.state in GONE
                if not gone:
                    service.decide(db, key[0], [Thing("photo", photo)], verdict, judge)
        finally:
            database.close()
    shelf_of(settings.var).remove(*key)
    click.echo(
        "It was removed before; its files are gone." if gone else "It is removed, and its files are gone."
    )
