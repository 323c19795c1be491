"""Pinning as people do it: in a minute on a phone, by keyboard alone, without scripts or a network."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.cluster import Cluster
from tests.browser.conftest import DESKTOP, PHONE, refuse
from tests.browser.writing import Town, open_page, town_on
from tests.conftest import fresh_database

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("CORTILE_SHOTS")
LETTER_MS, CLICK_S = 50, 0.5
"""The pace of a person: a key every 50 ms, half a second before each tap."""


@pytest.fixture
def town(cluster: Cluster, database_template: str, tmp_path: Path) -> Iterator[Town]:
    """The demonstration city to write in."""
    with fresh_database(cluster, database_template) as database, town_on(database, tmp_path) as made:
        yield made


@pytest.fixture
def browse(browser: Browser, town: Town) -> Iterator[Any]:
    """Makes browsers: `browse(viewport=PHONE, person=..., locale="it-IT")`; they reach nothing else."""
    opened: list[BrowserContext] = []

    def make(viewport: dict[str, int] = PHONE, person: Any = None, **options: Any) -> BrowserContext:
        options = {"locale": "en-GB", "reduced_motion": "reduce"} | options
        context = browser.new_context(viewport=viewport, **options)
        context.route(lambda address: urlsplit(address).hostname != "127.0.0.1", refuse)
        if person:
            town.let_in(context, person)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def shot(page: Page, name: str) -> None:
    """A picture for somebody to look at, where a folder for them is named."""
    if SHOTS:
        page.wait_for_timeout(300)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def tap(page: Page, name: str) -> None:
    time.sleep(CLICK_S)
    page.get_by_role("button", name=name, exact=True).click()


def go_on(page: Page) -> str:
    """Press “Next”; gives the step that comes."""
    before = page.evaluate("document.body.dataset.stepNow")
    tap(page, "Next")
    page.wait_for_function("before => document.body.dataset.stepNow !== before", arg=before)
    return str(page.evaluate("document.body.dataset.stepNow"))


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_from_the_map_to_sent_at_the_pace_of_a_person(
    town: Town, browse: Any, viewport: dict[str, int]
) -> None:
    size = "phone" if viewport is PHONE else "desktop"
    page = open_page(browse(viewport, town.person()), town.served.at("/torino/#17/45.0668/7.6605"))
    shot(page, f"map-{size}")
    begun = time.monotonic()
    time.sleep(CLICK_S)
    page.get_by_role("link", name="Pin something").click()
    expect(page.get_by_role("heading", name="Step 1 of 5")).to_be_visible()
    expect(page.locator("[data-position]")).to_contain_text("45.06680, 7.66050, accurate to about 5 m")
    shot(page, f"where-{size}")
    go_on(page)
    page.get_by_role("radio", name="Site in need of care").check()
    shot(page, f"kind-{size}")
    if go_on(page) == "alike":
        shot(page, f"alike-{size}")
        go_on(page)
    page.get_by_label("Name").press_sequentially("Campetto abbandonato", delay=LETTER_MS)
    page.get_by_label("A sentence or more").press_sequentially("Rovi, e un canestro.", delay=LETTER_MS)
    shot(page, f"words-{size}")
    while go_on(page) != "check":
        pass
    expect(page.locator(".preview")).to_contain_text("Campetto abbandonato")
    shot(page, f"check-{size}")
    tap(page, "Send it")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    took = time.monotonic() - begun
    shot(page, f"sent-{size}")

    print(f"from the map to sent: {took:.1f} s ({size})")
    assert took < 60
    (place,) = town.asked("SELECT * FROM places WHERE title = 'Campetto abbandonato'")
    assert (place.kind, place.moderation, round(place.lat, 4), round(place.lon, 4)) == (
        "site", "published", 45.0668, 7.6605,
    )  # fmt: skip
    assert place.accuracy_m == 5
    page.get_by_role("link", name="See the place").click()
    expect(page.get_by_role("heading", name="Campetto abbandonato")).to_be_visible()
    shot(page, f"place-{size}")
