"""The people and the rules of a city in a browser, and the menu that leads there: by keyboard, on a phone,
without scripts."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.cluster import Cluster
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.writing import Town, open_page, town_on, violations
from tests.conftest import fresh_database
from tests.http.conftest import add_place

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def town(cluster: Cluster, database_template: str, tmp_path: Path) -> Iterator[Town]:
    with fresh_database(cluster, database_template) as database, town_on(database, tmp_path) as there:
        with there.app.extensions["cortile"].database.transaction() as db:
            add_place(db, title="Attesa", moderation="held")
        yield there


@pytest.fixture
def let_in(browser: Browser, town: Town) -> Iterator[Any]:
    """Makes browsers in which an administrator is signed in: `let_in(viewport=PHONE, ...)`."""
    person, contexts = town.person(role="administrator"), []

    def made(viewport: dict[str, int] = DESKTOP, **options: Any) -> BrowserContext:
        options = {"locale": "en-GB", "reduced_motion": "reduce"} | options
        contexts.append(browser.new_context(viewport=viewport, **options))
        contexts[-1].route(lambda address: "127.0.0.1" not in address, lambda route: route.abort())
        town.let_in(contexts[-1], person)
        return contexts[-1]

    yield made
    for context in contexts:
        context.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent || document.activeElement.name").strip())


def tab_to(page: Page, words: str) -> None:
    """Go on by the Tab key until what has the focus says this."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if focused(page).startswith(words):
            return
    raise AssertionError(f"the Tab key does not lead to {words!r}")


@SIZES
def test_a_role_is_given_and_taken_by_keyboard_alone(
    town: Town, let_in: Any, viewport: dict[str, int]
) -> None:
    page = open_page(let_in(viewport), town.served.at("/torino/"))
    page.locator("[data-menu] summary").focus()
    page.keyboard.press("Enter")
    tab_to(page, "People")
    page.keyboard.press("Enter")
    page.wait_for_url("**/torino/people")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("eva@city.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Casa di Eva")
    page.keyboard.press("Enter")
    page.get_by_text("a mail is on its way to eva@city.example").wait_for()
    given = town.asked("SELECT role, organisation FROM memberships WHERE city_id = 1272 ORDER BY role")
    assert [tuple(row) for row in given] == [("administrator", None), ("operator", "Casa di Eva")]

    page.get_by_role("button", name="Take away eva@city.example").focus()
    page.keyboard.press("Enter")
    page.get_by_text("The role is taken away; the account stays.").wait_for()
    page.get_by_role("button", name="Take away Ada: administrator").focus()
    page.keyboard.press("Enter")
    page.get_by_text("This is the last administrator of the city").wait_for()


@SIZES
def test_rules_are_settled_without_scripts(town: Town, let_in: Any, viewport: dict[str, int]) -> None:
    page = open_page(let_in(viewport, java_script_enabled=False), town.served.at("/torino/"))
    page.locator("[data-menu] summary").click()
    page.get_by_role("link", name="Rules").click()
    page.get_by_label("Everything Nothing that residents send").check()
    page.get_by_label("Visitors without an account, too").check()
    page.get_by_role("button", name="Save the rules").click()
    page.get_by_text("What waits for a moderator: Everything").wait_for()
    (settled,) = town.asked("SELECT review, visitors_pin FROM cities WHERE slug = 'torino'")
    assert tuple(settled) == ("all", True)


@pytest.mark.parametrize(("viewport", "language"), [(PHONE, "it"), (DESKTOP, "en")], ids=["phone", "desktop"])
def test_the_open_menu_is_accessible(
    town: Town, let_in: Any, viewport: dict[str, int], language: str
) -> None:
    page, found = open_page(let_in(viewport), town.served.at("/torino/people")), {}
    for path in ("", "people"):
        page.goto(town.served.at(f"/torino/{path}?lang={language}"), wait_until="networkidle")
        page.locator("[data-menu] summary").click()
        box = page.locator("[data-menu] ul").bounding_box()
        assert box
        assert 0 <= box["x"] <= viewport["width"] - box["width"]
        assert page.locator("[data-menu] a").last.is_visible()
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if wrong := violations(page) + ["scrolls sideways"] * wide:
            found[path] = wrong
    assert found == {}


def test_the_menu_closes_by_escape_and_by_a_click_elsewhere(town: Town, let_in: Any) -> None:
    page = open_page(let_in(PHONE), town.served.at("/torino/"))
    menu = page.locator("[data-menu]")
    assert "1" in menu.locator("summary").inner_text(), "how much waits"
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    assert not menu.evaluate("menu => menu.open")
    assert menu.locator("summary").evaluate("summary => summary === document.activeElement")
    menu.locator("summary").click()
    assert menu.evaluate("menu => menu.open")
    page.locator("#map").click(position={"x": 200, "y": 500})
    assert not menu.evaluate("menu => menu.open")
