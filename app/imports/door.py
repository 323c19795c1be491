"""What the commands that load files share: which city, and the transaction that they work in."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from app.connect import database_addresses
from app.db import Database
from app.migration import migrate
from app.settings import Settings

CITY = click.option("--city", help="The city's word, such as torino; needed where there are several.")


@contextmanager
def owners_transaction(*, keep: bool = True) -> Iterator[Connection]:
    """A transaction of the role that owns the tables; taken back at the end unless it is to `keep`."""
    with database_addresses(Settings.from_env()) as addresses:
        migrate(addresses.owner, addresses.serving)
        owner = Database(addresses.owner, size=1, timeout_ms=0)
        try:
            with owner.transaction() as db:
                yield db
                if not keep:
                    db.rollback()
        finally:
            owner.close()
