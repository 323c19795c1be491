"""Pinning as people do it: in a minute on a phone, by keyboard alone, without scripts or a network."""

import io
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from app.cluster import Cluster
from app.pinning.rules import PACE
from tests.browser.conftest import CHROMIUM, DESKTOP, PHONE, refuse
from tests.browser.writing import Town, open_page, town_on, violations
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
    expect(page.get_by_role("heading", name="Step 1 of 6")).to_be_visible()
    expect(page.locator("[data-position]")).to_contain_text("45.06680, 7.66050, accurate to about 5 m")
    shot(page, f"where-{size}")
    go_on(page)
    page.get_by_role("radio", name="Site in need of care").check()
    shot(page, f"kind-{size}")
    if go_on(page) == "alike":
        shot(page, f"alike-{size}")
        go_on(page)
    page.get_by_label("Name", exact=True).press_sequentially("Campetto abbandonato", delay=LETTER_MS)
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


@pytest.mark.parametrize(
    ("viewport", "locale"), [(PHONE, "it-IT"), (DESKTOP, "en-GB")], ids=["phone", "desktop"]
)
def test_nothing_stands_in_anybodys_way(
    town: Town, browse: Any, viewport: dict[str, int], locale: str
) -> None:
    context = browse(viewport, town.person(), locale=locale)
    page = open_page(context, town.served.at("/torino/pin#17/45.0668/7.6605"))
    found = violations(page)
    while page.evaluate("document.body.dataset.stepNow") != "check":
        page.locator("[data-next]").click()
        page.wait_for_timeout(400)
        found += violations(page)
    assert found == [], "\n".join(found)
    assert page.locator("html").get_attribute("lang") == locale[:2]


def test_by_keyboard_alone(town: Town, browse: Any) -> None:
    page = open_page(browse(DESKTOP, town.person()), town.served.at("/torino/#17/45.0668/7.6605"))
    press = page.keyboard.press

    def tab_to(selector: str, most: int = 60) -> None:
        for _ in range(most):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            press("Tab")
        raise AssertionError(f"{selector} is not reached")

    tab_to("[data-pin-link]")
    press("Enter")
    page.wait_for_url(re.compile("/torino/pin#17/"))
    page.wait_for_load_state("networkidle")
    tab_to("#map")
    press("ArrowRight")
    page.wait_for_function("Number(document.querySelector('#lon').value) > 7.6606")
    press("Enter")
    expect(page.locator("[data-step=kind] legend")).to_be_focused()
    tab_to("[name=kind]")
    press("ArrowUp")
    tab_to("[data-next]")
    press("Enter")
    expect(
        page.locator("[data-step=words] legend, [data-step=alike] legend").locator("visible=true")
    ).to_be_focused()
    if page.evaluate("document.body.dataset.stepNow") == "alike":
        tab_to("[data-next]")
        press("Enter")
        expect(page.locator("[data-step=words] legend")).to_be_focused()
    tab_to("#title")
    page.keyboard.type("Dalla tastiera")
    press("Enter")
    expect(page.locator("[data-step=photo] legend")).to_be_focused()
    tab_to("[data-next]")
    press("Enter")
    expect(page.locator("[data-step=check] legend")).to_be_focused()
    tab_to("[data-send]")
    press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    (place,) = town.asked("SELECT kind, lon FROM places WHERE title = 'Dalla tastiera'")
    assert place.kind == "story"  # one above the last
    assert place.lon > 7.6605


@pytest.mark.parametrize("how", ["Enter", "twice", "Next"])
def test_going_on_while_the_map_still_moves_takes_where_it_stops(town: Town, browse: Any, how: str) -> None:
    context = browse(DESKTOP, town.person(), reduced_motion="no-preference")
    page = open_page(context, town.served.at("/torino/pin#17/45.0668/7.6605"))
    # Both in one go, as no frame of the move comes between them.
    page.evaluate(
        """how => {
            const map = document.querySelector("#map");
            const press = (key, keyCode) =>
                map.dispatchEvent(new KeyboardEvent("keydown", { key, code: key, keyCode, bubbles: true }));
            map.focus();
            press("ArrowRight", 39);
            if (how === "Next") document.querySelector("[data-next]").click();
            else for (let n = 0; n < (how === "twice" ? 2 : 1); n++) press("Enter", 13);
        }""",
        how,
    )
    expect(page.locator("[data-step=kind] legend")).to_be_focused()
    page.wait_for_timeout(300)
    assert page.evaluate("document.body.dataset.stepNow") == "kind"
    # 80 pixels of the 256 * 2 ** 17 that are 360 degrees of longitude
    moved = float(page.locator("#lon").input_value()) - 7.6605
    assert moved == pytest.approx(80 * 360 / (256 * 2**17), abs=2e-5)
    assert abs(float(page.locator("#lat").input_value()) - 45.0668) < 2e-5


def test_a_line_is_drawn_by_moving_the_map(town: Town, browse: Any) -> None:
    page = open_page(browse(PHONE, town.person()), town.served.at("/torino/pin#17/45.0668/7.6605"))
    page.get_by_role("radio", name="A line").check()
    page.get_by_role("button", name="Add a point here").click()
    for _ in range(4):
        page.get_by_role("button", name="Right", exact=True).click()
    page.get_by_role("button", name="Add a point here").click()
    expect(page.locator("[data-position]")).to_have_text("2 points of the line")
    middles = [page.locator(which).last.bounding_box() for which in (".crosshair", "path.pin-dot")]
    crosshair, dot = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in middles if box]
    assert abs(crosshair[0] - dot[0]) < 2
    assert abs(crosshair[1] - dot[1]) < 2
    shot(page, "line-phone")
    page.get_by_role("button", name="Add a point here").click()
    page.get_by_role("button", name="Take back").click()
    while page.evaluate("document.body.dataset.stepNow") != "check":
        page.locator("[data-next]").click()
        page.wait_for_timeout(300)
    page.locator("[data-send]").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    (place,) = town.asked(
        "SELECT ST_NPoints(geom) AS points, GeometryType(geom) AS type FROM places WHERE author IS NOT NULL"
    )
    assert (place.type, place.points) == ("LINESTRING", 2)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_without_scripts(town: Town, browse: Any, viewport: dict[str, int]) -> None:
    context = browse(viewport, town.person(), java_script_enabled=False)
    page = open_page(context, town.served.at("/torino/"))
    page.get_by_role("link", name="Pin something").click()
    shot(page, f"plain-form-{viewport['width']}")
    page.get_by_label("Find the spot").fill("roccafranca")
    page.get_by_role("button", name="Look it up").click()
    page.get_by_role("radio", name=re.compile("Cascina Roccafranca")).check()
    page.get_by_role("radio", name="Community project").check()
    page.get_by_label("Name", exact=True).fill("Orto senza script")
    shot(page, f"plain-found-{viewport['width']}")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    page.get_by_label("Photo", exact=True).set_input_files([jpeg()])
    shot(page, f"plain-check-{viewport['width']}")
    page.wait_for_timeout(PACE.total_seconds() * 1000 + 1000)  # nobody writes faster
    page.get_by_role("button", name="Yes, send it").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    (place,) = town.asked("SELECT id, accuracy_m FROM places WHERE title = 'Orto senza script'")
    assert place.accuracy_m == 50
    assert len(town.asked("SELECT id FROM place_photos")) == 1


def jpeg() -> Any:
    """A photo, as a file that is chosen."""
    made = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(made, "JPEG")
    return {"name": "orto.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def test_a_draft_with_its_photo_outlives_a_closed_browser_and_is_sent_once(
    town: Town, playwright: Playwright, tmp_path: Path
) -> None:
    person = town.person()

    def started() -> BrowserContext:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=str(CHROMIUM), args=["--no-sandbox"], viewport=PHONE,
            locale="en-GB", reduced_motion="reduce",
        )  # fmt: skip
        context.route(lambda address: urlsplit(address).hostname != "127.0.0.1", refuse)
        town.let_in(context, person)
        return context

    context = started()
    page = open_page(context, town.served.at("/torino/pin#17/45.0668/7.6605"))
    go_on(page)
    context.set_offline(True)
    while (step := go_on(page)) != "check":
        if step == "words":
            page.get_by_label("Name", exact=True).fill("Senza rete")
        if step == "photo":
            page.get_by_label("Photo", exact=True).set_input_files([jpeg()])
    tap(page, "Send it")
    expect(page.get_by_role("alert")).to_have_text(
        "You are offline. It is kept here and is sent as soon as the network is back."
    )
    shot(page, "offline-phone")
    context.close()
    assert town.asked("SELECT id FROM places WHERE title = 'Senza rete'") == []

    context = started()
    pages = [open_page(context, town.served.at("/torino/pin")) for _ in range(2)]
    deadline = time.monotonic() + 10
    while not town.asked("SELECT id FROM places WHERE title = 'Senza rete'") and time.monotonic() < deadline:
        pages[0].wait_for_timeout(100)
    pages[0].wait_for_timeout(1000)
    assert sum(page.get_by_role("link", name="Sent: Senza rete").count() for page in pages) == 1
    shot(pages[0], "sent-later-phone")
    open_page(context, town.served.at("/torino/pin")).wait_for_timeout(500)
    context.close()
    (place,) = town.asked("SELECT id, revision FROM places WHERE title = 'Senza rete'")
    assert place.revision == 1
    assert [row.place_id for row in town.asked("SELECT place_id FROM place_photos")] == [place.id]


def test_a_visitor_writes_first_signs_in_then_and_finds_it_sent(town: Town, browse: Any) -> None:
    context = browse(PHONE)
    context.route(
        "**/login*", lambda route: route.fulfill(body="<title>Sign in</title>", content_type="text/html")
    )
    page = open_page(context, town.served.at("/torino/pin#17/45.0668/7.6605"))
    while go_on(page) != "check":
        pass
    shot(page, "visitor-check-phone")
    tap(page, "Send it")
    page.wait_for_url(re.compile(r"/login\?next=%2Ftorino%2Fpin"))
    assert town.asked("SELECT id FROM places WHERE author IS NOT NULL") == []
    town.let_in(context, town.person())
    page.goto(town.served.at("/torino/pin"), wait_until="networkidle")
    expect(page.get_by_role("link", name="Sent: Other place")).to_be_visible()
    assert len(town.asked("SELECT id FROM places WHERE author IS NOT NULL")) == 1


def test_a_place_is_changed(town: Town, browse: Any) -> None:
    place = town.asked("SELECT id FROM places WHERE kind = 'house' LIMIT 1")[0].id
    town.run(f"UPDATE places SET translations = NULL WHERE id = '{place}'")
    page = open_page(browse(PHONE, town.person()), town.served.at(f"/torino/places/{place}"))
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Casa rinominata")
    page.get_by_role("button", name="Move it on the map").click()
    page.wait_for_timeout(300)
    shot(page, "edit-moving-phone")
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("heading", name="Casa rinominata")).to_be_visible()
    assert town.asked(f"SELECT revision FROM places WHERE id = '{place}'")[0].revision == 2
