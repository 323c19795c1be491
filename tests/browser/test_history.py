"""The history of a place in a browser: versions, the map of a move, and bringing one back by keyboard."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import shapely
from playwright.sync_api import Browser, BrowserContext
from uuid_utils import compat

from app.cities import all_cities
from app.cluster import Cluster
from app.db import Database
from app.places import service
from app.places.changes import Change
from app.places.content import Content
from app.places.rules import Author
from app.places.service import Hand
from tests.browser.conftest import DESKTOP, PHONE, refuse
from tests.browser.writing import Town, open_page, town_on
from tests.conftest import fresh_database

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("HISTORY_SHOTS")


@pytest.fixture
def town(cluster: Cluster, database_template: str, tmp_path: Path) -> Iterator[Town]:
    with fresh_database(cluster, database_template) as database, town_on(database, tmp_path) as made:
        yield made


@pytest.fixture
def garden(town: Town) -> UUID:
    """A place of three versions: named, described, moved by somebody else."""
    key = compat.uuid7()
    ada, bruno = town.person(), town.person("bruno@city.example")
    first = Content("project", "active", "it", shapely.Point(7.684, 45.071), title="Orto di via Roma")
    second = replace(first, summary="Un orto condiviso, aperto il sabato.", note="L’ho visto oggi")
    third = replace(second, title="ORTO!!!", geometry=shapely.Point(7.69, 45.074), note=None)
    database: Database = town.app.extensions["cortile"].database
    with database.transaction() as db:
        city = next(city for city in all_cities(db) if city.slug == "torino")
        at = datetime(2026, 5, 1, 12, tzinfo=UTC)
        service.pin_place(db, city, key, first, Hand(Author(ada, trusted=True), at))
        for seen, (content, by) in enumerate(((second, ada), (third, bruno)), 1):
            hand = Hand(Author(by, trusted=True), at + timedelta(days=seen))
            service.change_place(db, city, Change(compat.uuid7(), key, seen), content, hand)
    return key


def browsing(browser: Browser, viewport: Any, **options: Any) -> BrowserContext:
    context = browser.new_context(
        viewport=viewport, reduced_motion="reduce", **{"locale": "en-GB", **options}
    )
    context.route(lambda address: "127.0.0.1" not in address, refuse)
    return context


def test_a_move_is_drawn_before_and_after(browser: Browser, town: Town, garden: UUID) -> None:
    context = browsing(browser, DESKTOP)
    page = open_page(context, town.served.at(f"/torino/places/{garden}/history/3"))
    assert page.locator(".leaflet-overlay-pane path").count() == 2
    drawn = page.locator(".leaflet-overlay-pane path").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().x)"
    )
    assert abs(drawn[0] - drawn[1]) > 40
    context.close()


def test_without_scripts_the_words_say_it(browser: Browser, town: Town, garden: UUID) -> None:
    context = browsing(browser, PHONE, java_script_enabled=False)
    page = open_page(context, town.served.at(f"/torino/places/{garden}/history/3"))
    assert "Moved by 578 m: from 45.07100, 7.68400 to 45.07400, 7.69000." in page.inner_text("main")
    assert not page.locator("[data-small-map]").is_visible()
    context.close()


def test_a_moderator_brings_a_version_back_by_keyboard(browser: Browser, town: Town, garden: UUID) -> None:
    context = browsing(browser, DESKTOP)
    town.let_in(context, town.person("mo@city.example", role="moderator"))
    page = open_page(context, town.served.at(f"/torino/places/{garden}/history"))
    page.get_by_role("link", name="Revision 2").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Bring this version back")
    button.wait_for()
    for _ in range(40):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Revision 4").wait_for()
    assert page.locator("ins").first.inner_text().endswith("Orto di via Roma")
    assert town.asked("SELECT title, revision FROM places WHERE title LIKE 'Orto di via%'") == [
        ("Orto di via Roma", 4)
    ]
    context.close()
