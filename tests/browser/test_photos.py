"""Photos in a browser: added on a phone, blurred by pointer and by keyboard alone, accessible."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from app.cluster import Cluster
from tests.app.photos.pictures import quarters, talkative, written
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.writing import Town, open_page, town_on, violations
from tests.conftest import fresh_database
from tests.http.conftest import add_place

pytestmark = pytest.mark.browser


@pytest.fixture
def town(cluster: Cluster, database_template: str, tmp_path: Path) -> Iterator[Town]:
    with fresh_database(cluster, database_template) as database, town_on(database, tmp_path) as there:
        yield there


@pytest.fixture
def place(town: Town) -> str:
    with town.app.extensions["cortile"].database.transaction() as db:
        return add_place(db, title="Cortile con platani")


def person(browser: Browser, town: Town, role: str | None = "moderator", **options: Any) -> BrowserContext:
    context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
    context.route(lambda address: "127.0.0.1" not in address, lambda route: route.abort())
    town.let_in(context, town.person(f"{role or 'resident'}{id(context)}@city.example", role))
    return context


def send(page: Page, town: Town, place: str, data: bytes, alt: str = "") -> None:
    page.goto(town.served.at(f"/torino/places/{place}/photos"))
    page.get_by_label("Photo", exact=True).set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": data}
    )
    page.get_by_label("What is to be seen (optional)").fill(alt)
    page.get_by_role("button", name="Send the photo").click()


def regions(town: Town) -> list[list[float]]:
    return list(town.asked("SELECT regions FROM place_photos")[0][0] or [])


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_photo_is_added_on_a_phone_and_stands_on_the_places_page(
    browser: Browser, town: Town, place: str, scripts: bool
) -> None:
    context = person(browser, town, None, viewport=PHONE, java_script_enabled=scripts)
    page = context.new_page()
    send(page, town, place, talkative("JPEG", 6), "Four plane trees")
    page.get_by_text("Your photo is on the map.").wait_for()

    page.goto(town.served.at(f"/torino/places/{place}"))
    shown = page.get_by_role("img", name="Four plane trees")
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert page.get_by_text("Photo: Ada, CC-BY-4.0").count() == 1


def test_what_is_wrong_stands_beside_the_field(browser: Browser, town: Town, place: str) -> None:
    page = person(browser, town, None, viewport=PHONE).new_page()
    send(page, town, place, b"<svg onload=alert(1)>", "Kept")
    told = page.get_by_role("alert")
    assert "The photo is not a photo that can be read here" in told.inner_text()
    assert page.get_by_label("Photo", exact=True).get_attribute("aria-invalid") == "true"
    assert page.get_by_label("What is to be seen (optional)").input_value() == "Kept"


def test_a_photo_keeps_its_room_while_it_loads(browser: Browser, town: Town, place: str) -> None:
    context = person(browser, town, None, viewport=PHONE)
    send(context.new_page(), town, place, written(quarters(1200, 800)))
    page = context.new_page()
    page.add_init_script(
        """window.moved = 0; new PerformanceObserver((list) => {
            for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.moved += shift.value;
        }).observe({type: "layout-shift", buffered: true});"""
    )
    page.goto(town.served.at(f"/torino/places/{place}"), wait_until="networkidle")
    page.locator(".photos img").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.photos img').complete")
    ratio = page.locator(".photos img").evaluate("image => image.clientWidth / image.clientHeight")
    assert ratio == pytest.approx(4 / 3, abs=0.02)
    assert page.evaluate("window.moved") < 0.02


def opened_to_blur(context: BrowserContext, town: Town, place: str) -> Page:
    send(context.new_page(), town, place, written(quarters(1200, 800)))
    (photo,) = town.asked("SELECT id FROM place_photos")[0]
    return open_page(context, town.served.at(f"/torino/photos/{photo}/blur"))


def test_a_region_is_drawn_with_the_pointer(browser: Browser, town: Town, place: str) -> None:
    page = opened_to_blur(person(browser, town), town, place)
    stage = page.locator("[data-blur-stage]")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4, steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Save and show it like this").click()
    page.get_by_text("this is what everybody sees now").wait_for()
    assert [[round(edge, 1) for edge in region] for region in regions(town)] == [[0.1, 0.1, 0.2, 0.3]]


def test_a_region_is_drawn_moved_and_removed_by_keyboard_alone(
    browser: Browser, town: Town, place: str
) -> None:
    page = opened_to_blur(person(browser, town), town, place)
    page.get_by_role("button", name="Add a rectangle").focus()
    page.keyboard.press("Enter")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    name = "Rectangle 1: 38 percent from the left, 41 percent from the top, 21 percent wide, 19 percent high"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
    page.get_by_role("button", name="Add a rectangle").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Save and show it like this").focus()
    page.keyboard.press("Enter")
    page.get_by_text("this is what everybody sees now").wait_for()
    assert regions(town) == [[0.38, 0.41, 0.21, 0.19]]


def test_regions_are_told_in_numbers_without_scripts(browser: Browser, town: Town, place: str) -> None:
    page = opened_to_blur(person(browser, town, java_script_enabled=False), town, place)
    row = page.get_by_role("group", name="Region 1")
    for name, value in (("From the left", "5"), ("From the top", "5"), ("Width", "50"), ("Height", "12,5")):
        row.get_by_label(name).fill(value)
    page.get_by_role("button", name="Save and show it like this").click()
    assert regions(town) == [[0.05, 0.05, 0.5, 0.125]]


@pytest.mark.parametrize(("viewport", "language"), [(PHONE, "it"), (DESKTOP, "en")], ids=["phone", "desktop"])
def test_every_page_is_accessible(
    browser: Browser, town: Town, place: str, viewport: dict[str, int], language: str
) -> None:
    context = person(browser, town, viewport=viewport)
    for alt in ("Four plane trees", ""):
        send(context.new_page(), town, place, written(quarters(1200, 800)), alt)
    (photo,) = town.asked("SELECT id FROM place_photos LIMIT 1")[0]
    page, found = context.new_page(), {}
    for path in (f"places/{place}/photos", f"photos/{photo}/blur"):
        page.goto(town.served.at(f"/torino/{path}?lang={language}"), wait_until="networkidle")
        if "blur" in path:
            page.locator("[data-blur-add]").click()
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if wrong := violations(page) + ["scrolls sideways"] * wide:
            found[path] = wrong
    assert found == {}
