"""The real application over the demonstration city, and a headless Chromium that reaches nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect
from sqlalchemy import Connection, text

from app.cluster import Cluster
from app.db import Database
from app.imports.demo import load_demonstration_city
from app.places.counts import count
from app.settings import Settings
from app.tables.places import KINDS
from app.web import create_app
from geo import curve
from tests.conftest import FreshDatabase, fresh_database
from tests.http.conftest import add_place
from tests.serving import on_a_port

# The browser without its windows: the same engine, at half the work for each page.
CHROMIUM = Path("/usr/bin/chromium-headless-shell")
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
STACKED_AT, STACK = (7.5211, 45.1011), ("Primo piano", "Secondo piano", "Terzo piano")


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str

    def at(self, path: str) -> str:
        """The address of `path` on this server."""
        return self.url + path


@pytest.fixture(scope="session")
def served(cluster: Cluster, database_template: str) -> Iterator[Served]:
    """The demonstration city, served; tests only read it."""
    with fresh_database(cluster, database_template) as database:
        with owning(database) as db:
            load_demonstration_city(db)
        with serving(database) as there:
            yield there


@pytest.fixture
def crowded(cluster: Cluster, database_template: str) -> Iterator[Served]:
    """The demonstration city with 4,000 more places in and around its home view, served.

    To be asked for before `visit`: what is asked for first ends last, and a page must not outlive its server.
    """
    with fresh_database(cluster, database_template) as database:
        with owning(database) as db:
            load_demonstration_city(db)
            add_crowd(db, 4_000)
            for name in STACK:
                add_place(db, *STACKED_AT, title=name)
        with serving(database) as there:
            yield there


@contextmanager
def owning(database: FreshDatabase) -> Iterator[Connection]:
    """A transaction of the owning role."""
    owner = Database(database.owner_url, size=1)
    with owner.transaction() as db:
        yield db
    owner.close()


def add_crowd(db: Connection, places: int) -> None:
    """Places of every kind on a regular grid, the same in each run; some lie outside the home view."""
    side = int(places**0.5) + 1
    lon, lat = np.meshgrid(np.linspace(7.55, 7.80, side), np.linspace(44.99, 45.16, side))
    lon, lat = lon.ravel()[:places], lat.ravel()[:places]
    rows = {"lon": lon.tolist(), "lat": lat.tolist(), "morton": curve.encode(lon, lat).tolist()}
    rows["kind"] = [KINDS[number % len(KINDS)] for number in range(places)]
    rows["id"] = [str(UUID(int=number + 1)) for number in range(places)]
    db.execute(
        text("""INSERT INTO places (city_id, id, kind, status, language, source, licence, recorded_at,
                lon, lat, morton, geom)
            SELECT 1272, id, kind, 'active', 'it', 'a test', 'CC0-1.0', '2026-01-01', lon, lat, morton,
                ST_SetSRID(ST_MakePoint(lon, lat), 4326)
            FROM unnest(cast(:id AS uuid[]), cast(:kind AS text[]), cast(:lon AS float8[]),
                cast(:lat AS float8[]), cast(:morton AS bigint[])) AS crowd (id, kind, lon, lat, morton)"""),
        rows,
    )
    count(db, 1272, (1, "source = 'a test'"), {})


@contextmanager
def serving(database: FreshDatabase) -> Iterator[Served]:
    """The application over a database, on a free port, for the length of the block."""
    app = create_app(replace(Settings(), database_url=database.app_url))
    with on_a_port(app) as url:
        yield Served(url)
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
