"""A city that people write in: the real application over a database of its own, and browsers of people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import text

from app.imports.demo import load_demonstration_city
from app.settings import Settings
from app.web import create_app
from tests.browser.conftest import AXE, PATIENCE_MS, Served, owning
from tests.conftest import FreshDatabase
from tests.http.conftest import add_person, sign_in
from tests.serving import on_a_port

STRICT = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes is not told in detail, which takes a third of the time
}


@dataclass(frozen=True)
class Town:
    """The demonstration city, served, and its database."""

    app: Flask
    served: Served
    database: FreshDatabase

    def asked(self, sql: str) -> list[Any]:
        """The rows of a question to the database."""
        with owning(self.database) as db:
            return list(db.execute(text(sql)))

    def run(self, sql: str) -> None:
        """Change something behind the application's back; cities are read anew."""
        with owning(self.database) as db:
            db.execute(text(sql))
        self.app.extensions["cortile"].cities_at = float("-inf")

    def person(self, email: str = "ada@city.example", role: str | None = None) -> UUID:
        """Somebody with an account."""
        with owning(self.database) as db:
            return add_person(db, email, role=role)

    def let_in(self, context: BrowserContext, person: UUID) -> None:
        """Let a browser be signed in as this person."""
        client = self.app.test_client()
        with owning(self.database) as db:
            sign_in(client, db, person)
        cookie = client.get_cookie("session")
        assert cookie is not None
        context.add_cookies([{"name": "session", "value": cookie.value, "url": self.served.url}])


@contextmanager
def town_on(database: FreshDatabase, var: Path) -> Iterator[Town]:
    """The demonstration city, which reviews nothing and asks everybody to sign in, on a free port."""
    with owning(database) as db:
        load_demonstration_city(db)
        db.execute(text("UPDATE cities SET review = 'none', visitors_pin = false"))
    settings = replace(Settings(), database_url=database.app_url, var=var, threads=2)
    app = create_app(settings)
    with on_a_port(app) as url:
        yield Town(app, Served(url), database)
    app.extensions["cortile"].database.close()


def open_page(context: BrowserContext, address: str) -> Page:
    """A page of a browser, its scripts run."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address, wait_until="networkidle")
    return page


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong: the rule, and the first element that breaks it."""
    # Evaluated, not added as a script: the page's policy lets no script in but the server's.
    page.evaluate(AXE.read_text())
    found = page.evaluate("options => axe.run(document, options)", STRICT)
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]
