"""Relations in browsers: proposed on one place, confirmed by who looks after the other, seen on both."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import text

from tests.browser.conftest import DESKTOP, PHONE, owning
from tests.browser.writing import Town, open_page, town_on, violations
from tests.conftest import FreshDatabase

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("CORTILE_SHOTS")
VIEWS = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def town(database: FreshDatabase, tmp_path: Path) -> Iterator[Town]:
    """The demonstration city, served."""
    with town_on(database, tmp_path) as made:
        yield made


@pytest.fixture
def browse(browser: Browser, town: Town) -> Iterator[Any]:
    """Makes browsers: `browse(viewport, person)`."""
    opened: list[BrowserContext] = []

    def make(viewport: dict[str, int], person: UUID | None = None, **options: Any) -> BrowserContext:
        wished = {"locale": "en-GB", "reduced_motion": "reduce"} | options
        context = browser.new_context(viewport=viewport, **wished)
        if person:
            town.let_in(context, person)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def seen(page: Page, name: str, viewport: dict[str, int], judged: bool = True) -> None:
    """Nothing is wrong with a page, and nothing juts out; a picture of it where a folder is named."""
    if SHOTS:
        size = "phone" if viewport is PHONE else "desktop"
        page.screenshot(path=f"{SHOTS}/{name}-{size}.png", full_page=True)
    assert not judged or violations(page) == []
    if judged:
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def called(town: Town, name: str) -> str:
    """The id of a place of the demonstration city."""
    return str(town.asked(f"SELECT id FROM places WHERE external_id = '{name}'")[0].id)


def owned(town: Town, name: str, person: UUID) -> str:
    place = called(town, name)
    with owning(town.database) as db:
        sql = "INSERT INTO place_owners (city_id, place_id, person_id, since) VALUES (1272, :id, :by, now())"
        db.execute(text(sql), {"id": place, "by": person})
    return place


def pressed(page: Page, target: Locator, key: str) -> None:
    """A key, pressed where the focus can get to by keyboard."""
    target.focus()
    page.keyboard.press(key)


@pytest.mark.parametrize(("viewport", "scripted"), [(PHONE, True), (DESKTOP, False)], ids=["phone", "plain"])
def test_one_proposes_the_other_confirms_and_both_places_tell_it(
    town: Town, browse: Any, viewport: dict[str, int], scripted: bool
) -> None:
    ada, bea = town.person(), town.person("bea@city.example")
    project, house = owned(town, "falklab", ada), owned(town, "barrito", bea)
    page = browse(viewport, ada, java_script_enabled=scripted).new_page()
    page.goto(town.served.at(f"/torino/places/{project}/relations"), wait_until="load")
    way = page.get_by_role("radio", name=re.compile("^Hosted by …"))
    pressed(page, way, "Space")
    expect(way).to_be_checked()
    page.get_by_role("searchbox", name="Search for the other place").focus()
    page.keyboard.type("barri")
    if not scripted:
        page.keyboard.press("Enter")
    candidate = page.get_by_role("radio", name="Barrito")
    expect(page.locator(".candidate")).to_have_count(2)
    pressed(page, candidate, "Space")
    expect(candidate).to_be_checked()
    expect(way).to_be_checked()
    page.get_by_label("A word about it").fill("Il martedì, nel salone.")
    seen(page, f"relate-{scripted}", viewport, scripted)
    pressed(page, page.get_by_role("button", name="Propose it"), "Enter")
    page.wait_for_url(re.compile("/torino/relations/[0-9a-f-]{36}(#|$)"))
    expect(page.get_by_role("status")).to_contain_text("Proposed")
    seen(page, f"proposed-{scripted}", viewport, scripted)

    theirs = browse(viewport, bea, java_script_enabled=scripted).new_page()
    theirs.goto(town.served.at("/torino/mine"), wait_until="load")
    expect(theirs.get_by_role("heading", name="What waits for your word")).to_be_visible()
    seen(theirs, f"asked-{scripted}", viewport, scripted)
    pressed(theirs, theirs.get_by_role("link", name=re.compile("^Look and answer")), "Enter")
    expect(theirs.get_by_role("button", name="Yes, it is so")).to_be_visible()
    seen(theirs, f"answer-{scripted}", viewport, scripted)
    pressed(theirs, theirs.get_by_role("button", name="Yes, it is so"), "Enter")
    expect(theirs.get_by_role("status")).to_contain_text("Both sides say so")

    visitor = browse(viewport, java_script_enabled=scripted)
    for place, sentence in ((project, "Hosted by Barrito"), (house, "Hosts Falklab")):
        page = visitor.new_page()
        page.goto(town.served.at(f"/torino/places/{place}"), wait_until="networkidle" if scripted else "load")
        expect(page.locator("[data-graph-sort=relation]", has_text=sentence)).to_be_attached()
        expect(page.locator("[data-graph-sort=neighbour]")).to_have_count(6)
        if scripted:
            page.locator(".place-edges").first.scroll_into_view_if_needed()
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/place-{place[-4:]}-{viewport['width']}.png")


@VIEWS
def test_wrong_fields_are_named_and_an_end_is_told(town: Town, browse: Any, viewport: dict[str, int]) -> None:
    ada = town.person()
    place = owned(town, "cascina-roccafranca", ada)
    page = open_page(browse(viewport, ada), town.served.at(f"/torino/places/{place}/relations"))
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was sent yet")
    expect(page.locator("#kind-wrong")).to_be_visible()
    expect(page.locator("#other-wrong")).to_be_visible()
    seen(page, "wrong", viewport)

    relation = page.locator(".stated li", has_text="Barrito")
    relation.get_by_role("link", name=re.compile("^More about it")).click()
    page.get_by_label("It is no longer so.").fill("2024-08-31")
    seen(page, "confirmed", viewport)
    page.get_by_role("button", name="It has ended").click()
    expect(page.get_by_role("status")).to_contain_text("It was so, and is no longer.")
    page.goto(town.served.at(f"/torino/places/{called(town, 'barrito')}?lang=it"))
    expect(page.locator("[data-graph-sort=relation]")).to_contain_text(
        "Con il sostegno di Cascina Roccafranca fino al 31 agosto 2024"
    )
