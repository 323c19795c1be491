"""An application without addresses, for commands that write mails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from flask_babel import Babel

from app.connect import database_addresses
from app.context import Services
from app.db import Database
from app.gate import Gate
from app.keys import secret_key
from app.settings import Settings


@contextmanager
def mailing(settings: Settings, say: Callable[[str], None]) -> Iterator[None]:
    """An application for the length of the block, over the database of the settings."""
    with database_addresses(settings, say) as addresses:
        database = Database(addresses.serving, size=2, timeout_ms=0)
        try:
            with _application(settings, database).app_context():
                yield
        finally:
            database.close()


def _application(settings: Settings, database: Database) -> Flask:
    app = Flask("app", static_folder=None)
    app.extensions["cortile"] = Services(settings, database, Gate(app.wsgi_app, 1, 1))
    app.config["SECRET_KEY"] = secret_key(settings)
    Babel(app)
    return app
