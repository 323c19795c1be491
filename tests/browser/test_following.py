"""Following, in browsers: instead of pinning the same once more, by mail, and what one's own list tells."""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

from app.digests.letters import send
from tests.app.digests.test_digests import LEAVE, STOP, change, follow, mails
from tests.browser.conftest import DESKTOP, PHONE, owning
from tests.browser.writing import Town, open_page, town_on, violations
from tests.conftest import FreshDatabase
from tests.http.conftest import add_place

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("CORTILE_SHOTS")
VIEWS = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
LON, LAT = 7.6605, 45.0668


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
        context = browser.new_context(
            viewport=viewport, **{"locale": "en-GB", "reduced_motion": "reduce"} | options
        )
        if person:
            town.let_in(context, person)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def seen(page: Page, name: str, viewport: dict[str, int]) -> None:
    """Nothing is wrong with a page, and nothing juts out; a picture of it where a folder is named."""
    if SHOTS:
        size = "phone" if viewport is PHONE else "desktop"
        page.screenshot(path=f"{SHOTS}/{name}-{size}.png")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def placed(town: Town, **columns: Any) -> str:
    with owning(town.database) as db:
        return add_place(db, LON, LAT, **columns)


DRAFTS = """new Promise((resolve) => {
    const asked = indexedDB.open("cortile");
    asked.onsuccess = () => {
        const [store] = asked.result.objectStoreNames;
        if (!store) return resolve(0);
        const count = asked.result.transaction(store).objectStore(store).count();
        count.onsuccess = () => resolve(count.result);
    };
})"""


@VIEWS
def test_who_pins_what_is_there_follows_it_instead_and_leaves_no_draft(
    town: Town, browse: Any, viewport: dict[str, int]
) -> None:
    there = placed(town, kind="site", title="Campetto abbandonato")
    person = town.person()
    context = browse(viewport, person)
    before = town.asked("SELECT count(*) FROM places")[0][0]
    page = open_page(context, town.served.at(f"/torino/pin#18/{LAT + 0.0001}/{LON}"))
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("radio", name="Site in need of care").check()
    page.get_by_role("button", name="Next", exact=True).click()

    expect(page.get_by_role("group", name="Is it one of these?")).to_be_visible()
    expect(page.locator("[data-alike]")).to_contain_text("Campetto abbandonato")
    page.wait_for_function(f"{DRAFTS}.then((count) => count === 1)")
    seen(page, "alike", viewport)
    row = page.locator("[data-alike] li", has_text="Campetto abbandonato")
    row.get_by_role("button", name="This one: follow it").click()

    page.wait_for_url(re.compile(f"/torino/places/{there}$"))
    expect(page.get_by_role("button", name="Following")).to_be_visible()
    followed = town.asked("SELECT place_id, person_id FROM place_followers")
    assert [(str(row.place_id), row.person_id) for row in followed] == [(there, person)]
    assert town.asked("SELECT count(*) FROM places")[0][0] == before
    page.goto(town.served.at("/torino/pin"), wait_until="networkidle")
    assert page.evaluate(DRAFTS) == 0
    expect(page.locator("[data-drafts]")).to_be_hidden()


@VIEWS
def test_the_links_of_a_digest_work_by_keyboard_and_ones_own_list_tells_the_same(
    town: Town, browse: Any, viewport: dict[str, int], tmp_path: Path
) -> None:
    place, person = placed(town, title="Orto"), town.person()
    with owning(town.database) as db:
        db.execute(text("UPDATE people SET language = 'en'"))
        follow(db, place, person)
        change(db, place, None, note="Nuovi orari")
    with town.app.app_context():
        assert send(datetime.now(UTC) + timedelta(minutes=1)).mails == 1
    (mail,) = mails(tmp_path)
    said = re.sub(r"https?://127[^/\s]*", "https://city.example", mail.get_content())

    page = open_page(browse(viewport, person), town.served.at("/torino/mine"))
    expect(page.locator(f"#place-{place} .mine-new")).to_contain_text("Nuovi orari")
    seen(page, "mine", viewport)
    stranger = browse(viewport, java_script_enabled=viewport is DESKTOP)
    for pattern, name, button, done in (
        (LEAVE, "leave", "Follow it no longer", "You follow it no longer."),
        (STOP, "stop", "No more mails, please", "It is done"),
    ):
        page = stranger.new_page()
        page.goto(town.served.at(pattern.findall(said)[0]))
        if viewport is DESKTOP:
            seen(page, name, viewport)
        page.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(done)
    assert town.asked("SELECT count(*) FROM place_followers")[0][0] == 0


@VIEWS
def test_what_was_confirmed_within_a_year_is_one_chip_away(
    town: Town, browse: Any, viewport: dict[str, int]
) -> None:
    town.run("UPDATE places SET confirmed_at = NULL")
    placed(town, title="Orto fresco", confirmed_at="now", translations='{"en": {"title": "Fresh garden"}}')
    page = open_page(browse(viewport), town.served.at("/torino/"))
    page.get_by_role("checkbox", name="Confirmed within a year").check()
    expect(page.locator("[data-count-words]")).to_have_attribute("data-found", "1")
    assert "confirmed_since=20" in page.url
    seen(page, "fresh", viewport)
    page.get_by_role("link", name="Fresh garden").first.click()
    expect(page.get_by_text("Translated; the original is in Italian.")).to_be_visible()
    expect(page.get_by_text("Still true: confirmed on")).to_be_visible()
    page.get_by_text("Translated; the original is in Italian.").click()
    expect(page.locator(".original strong")).to_have_text("Orto fresco")
    seen(page, "translated", viewport)
    assert "confirmed_since=20" in page.url


@VIEWS
def test_a_translation_is_written_in_the_form(town: Town, browse: Any, viewport: dict[str, int]) -> None:
    place = placed(town, title="Orto")
    page = open_page(browse(viewport, town.person()), town.served.at(f"/torino/places/{place}/edit"))
    page.get_by_text("In other languages").click()
    page.get_by_label("Name (English)").fill("Garden")
    page.get_by_label("Name (English)").scroll_into_view_if_needed()
    seen(page, "edit", viewport)
    page.get_by_role("button", name="Save the change").first.click()
    expect(page.get_by_role("heading", name="Garden")).to_be_visible()
