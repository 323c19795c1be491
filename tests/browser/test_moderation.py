"""Moderating in a browser: report, decide by keyboard alone, take back; accessible on every new page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.cluster import Cluster
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.writing import Town, open_page, town_on
from tests.conftest import fresh_database
from tests.http.conftest import add_place

pytestmark = pytest.mark.browser


@pytest.fixture
def town(cluster: Cluster, database_template: str, tmp_path: Path) -> Iterator[Town]:
    with fresh_database(cluster, database_template) as database, town_on(database, tmp_path) as there:
        yield there


def add(town: Town, **columns: Any) -> str:
    """A place of the town."""
    engine = town.app.extensions["cortile"].database
    with engine.transaction() as db:
        return add_place(db, **columns)


def person(browser: Browser, town: Town, role: str | None = None, **options: Any) -> BrowserContext:
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
    context.route(lambda address: "127.0.0.1" not in address, lambda route: route.abort())
    if role:
        town.let_in(context, town.person(f"{role}{id(context)}@city.example", role))
    return context


def state(town: Town, place: str) -> str:
    return str(town.asked(f"SELECT moderation FROM places WHERE city_id = 1272 AND id = '{place}'")[0][0])


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")


def test_a_report_is_answered_by_keyboard_alone_and_taken_back(browser: Browser, town: Town) -> None:
    place = add(town, title="Orto segnalato")
    visitor = open_page(
        person(browser, town, viewport=PHONE), town.served.at(f"/torino/places/{place}/report")
    )
    visitor.get_by_label("It is advertising").check()
    visitor.get_by_role("button", name="Send the report").click()
    visitor.wait_for_url("**/asked/report/*")

    page = open_page(person(browser, town, "moderator"), town.served.at("/torino/moderation"))
    page.keyboard.press("j")
    assert "Orto segnalato" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/moderation/report/*")
    page.get_by_role("combobox", name="Reason").focus()
    page.keyboard.type("It is adv")
    hide = page.get_by_role("button", name="Hide the place")
    for _ in range(6):
        if hide.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/torino/moderation#queue")
    assert state(town, place) == "hidden"

    settled(page)
    page.keyboard.press("u")
    page.get_by_text("1 thing waits.").wait_for()
    assert state(town, place) == "published"


def test_the_queue_is_worked_through_by_its_keys(browser: Browser, town: Town) -> None:
    first, second, third = (
        add(town, title=f"Attesa {n}", moderation="held", recorded_at=f"2026-01-0{n}") for n in (1, 2, 3)
    )
    page = open_page(person(browser, town, "moderator"), town.served.at("/torino/moderation"))
    for key in ("j", "x", "j", "x", "a"):
        page.keyboard.press(key)
    page.get_by_text("1 thing waits.").wait_for()
    assert [state(town, each) for each in (first, second, third)] == ["published", "published", "held"]

    settled(page)
    page.keyboard.press("j")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type("It is adv")
    page.get_by_role("button", name="Refuse").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Nothing waits.").wait_for()
    assert state(town, third) == "hidden"


def test_everything_works_without_scripts(browser: Browser, town: Town) -> None:
    held = add(town, title="Attesa", moderation="held")
    context = person(browser, town, "moderator", java_script_enabled=False)
    page = open_page(context, town.served.at("/torino/moderation"))
    page.get_by_role("checkbox", name="Choose Attesa").check()
    page.get_by_role("button", name="Approve").click()
    assert state(town, held) == "published"
    page.get_by_role("button", name="Undo").click()
    assert state(town, held) == "held"
