"""`cortile appoint`, `dismiss` and `people`: the first administrator has to come from somewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import click
from flask import Flask
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import url_for_security
from sqlalchemy import Connection
from uuid_utils import compat

from app import guard
from app.cities import City, city_called
from app.connect import database_addresses
from app.context import Services
from app.db import Database
from app.gate import Gate
from app.mail import site_url
from app.people import queries, service, signing_in
from app.people.accounts import People
from app.people.rules import address_of, main_language, role_of
from app.settings import Settings


@contextmanager
def _serving(settings: Settings) -> Iterator[Database]:
    with database_addresses(settings, click.echo) as addresses:
        database = Database(addresses.serving, size=1)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def _city(database: Database, slug: str) -> Iterator[tuple[Connection, City]]:
    """A transaction, and the city of this word; raises NotFound where there is none."""
    with database.transaction() as db:
        yield db, city_called(db, slug)


def _link_for_a_password(settings: Settings, database: Database, person: UUID) -> str:
    """A link by which a person sets a password: good for a day, and once."""
    app = Flask("app", static_folder=None)
    app.extensions["cortile"] = Services(settings, database, Gate(app.wsgi_app, 1, 1))
    guard.install(app, settings)
    signing_in.install(app, settings)
    with app.test_request_context():
        token = generate_reset_password_token(People().find_user(id=person))
        return site_url(settings) + str(url_for_security("reset_password", token=token))


@click.command()
@click.argument("city")
@click.argument("email")
@click.argument("role")
@click.option("--organisation", help="On whose behalf, such as the name of a neighbourhood house.")
def appoint(city: str, email: str, role: str, organisation: str | None) -> None:
    """Give EMAIL a ROLE in CITY: member, operator, moderator, officer or administrator.

    An address that nobody has gets an account, and a link to set its password is printed.
    """
    settings = Settings.from_env()
    appointment = service.Appointment(address_of(email), role_of(role), organisation=organisation)
    with _serving(settings) as database:
        with _city(database, city) as (db, found):
            spoken = replace(appointment, language=main_language(found.languages))
            person, new = service.appoint(db, found.id, spoken, compat.uuid7(), datetime.now(UTC))
        click.echo(f"{appointment.email} is {appointment.role} of {city}.")
        if new:
            click.echo("The account is new. Whoever opens this link within a day sets its password:")
            click.echo(_link_for_a_password(settings, database, person))


@click.command()
@click.argument("city")
@click.argument("email")
@click.argument("role")
def dismiss(city: str, email: str, role: str) -> None:
    """Take a ROLE in CITY from EMAIL; their account stays."""
    address, asked = address_of(email), role_of(role)
    with _serving(Settings.from_env()) as database, _city(database, city) as (db, found):
        if not service.dismiss(db, found.id, address, asked):
            raise click.UsageError(f"{address} is not {asked} of {city}.")
    click.echo(f"{address} is no longer {asked} of {city}.")


@click.command()
@click.argument("city")
def people(city: str) -> None:
    """List everybody who was given a role in CITY."""
    with _serving(Settings.from_env()) as database, _city(database, city) as (db, found):
        for one in queries.members(db, found.id):
            behalf = f" ({one.organisation})" if one.organisation else ""
            click.echo(f"{one.role:<14} {one.email}{behalf}, since {one.given_at:%Y-%m-%d}")
