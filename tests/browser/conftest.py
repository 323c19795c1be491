"""The real application over the demonstration city, and a headless Chromium that reaches nothing else."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route
from werkzeug.serving import make_server

from app.cluster import Cluster
from app.db import Database
from app.imports.demo import load_demonstration_city
from app.settings import Settings
from app.web import create_app
from tests.conftest import fresh_database

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 10_000


@dataclass(frozen=True)
class Served:
    """A running server: its address, and the serving and owning addresses of its database."""

    url: str
    owner_url: str

    def at(self, path: str) -> str:
        """The address of `path` on this server."""
        return self.url + path


@pytest.fixture(scope="session")
def served(cluster: Cluster, database_template: str) -> Iterator[Served]:
    """The demonstration city, served; tests only read it."""
    with fresh_database(cluster, database_template) as database:
        owner = Database(database.owner_url, size=1)
        with owner.transaction() as db:
            load_demonstration_city(db)
        owner.close()
        app = create_app(replace(Settings(), database_url=database.app_url))
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each file says nothing here
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Served(f"http://127.0.0.1:{server.server_port}", database.owner_url)
        server.shutdown()
        thread.join()
        app.extensions["cortile"].database.close()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium; without its sandbox, which needs rights that a container does not give."""
    return {"executable_path": str(CHROMIUM), "args": ["--no-sandbox"]}


@dataclass
class Visitor:
    """A browser of one visitor, and what went wrong in it."""

    context: BrowserContext
    served: Served
    troubles: list[str]

    def open(self, path: str) -> Page:
        """A page at `path`, its scripts run and its data loaded."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._note)
        page.goto(self.served.at(path), wait_until="networkidle")
        return page

    def _note(self, message: ConsoleMessage) -> None:
        # The tile that a test refuses is told by the browser itself, as an error of loading.
        if message.type == "error" and "net::ERR_FAILED" not in message.text:
            self.troubles.append(message.text)


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Any]:
    """Makes visitors: `visit(viewport=PHONE, java_script_enabled=False, ...)`; no script may fail in any."""
    visitors: list[Visitor] = []

    def make(viewport: dict[str, int] = DESKTOP, **options: Any) -> Visitor:
        options = {"locale": "en-GB", "reduced_motion": "reduce"} | options
        context = browser.new_context(viewport=viewport, **options)
        context.route(lambda address: urlsplit(address).hostname != "127.0.0.1", refuse)
        visitors.append(Visitor(context, served, []))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [trouble for visitor in visitors for trouble in visitor.troubles] == []


def refuse(route: Route) -> None:
    """Nothing beyond this machine is asked for."""
    route.abort()
