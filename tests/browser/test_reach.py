"""Everybody can use it: by keyboard alone, without scripts, with a screen reader, on a phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.writing import violations

pytestmark = pytest.mark.browser

COUNT = "[data-count-words]"


@pytest.mark.parametrize(("viewport", "language"), [(PHONE, "it"), (DESKTOP, "en")], ids=["phone", "desktop"])
def test_axe_finds_nothing_on_a_place_and_in_suggestions(
    visit: Any, viewport: dict[str, int], language: str
) -> None:
    page = visit(viewport, locale=language).open("/torino/")
    page.locator("#q").press_sequentially("mirafiori")
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("option").first.click()
    expect(page.locator("#place-title")).to_be_focused()
    assert violations(page) == []


def focused(page: Page) -> str:
    """The text or the name of what has the focus."""
    name: str = page.evaluate("""() => {
        const at = document.activeElement;
        return at.getAttribute("aria-label") || at.labels?.[0]?.textContent.trim() || at.textContent.trim();
    }""")
    return name


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until something of this name has the focus."""
    for _ in range(60):
        page.keyboard.press(key)
        if re.search(name, focused(page)):
            return
    raise AssertionError(f"no Tab leads to {name}; the focus is on {focused(page)}")


def test_the_whole_journey_by_keyboard(visit: Any) -> None:
    page = visit().open("/torino/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the list"
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("roccafranca")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cascina Roccafranca")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_be_focused()
    tab_to(page, "^Houses")
    page.keyboard.press("Space")
    expect(page.locator(COUNT)).to_have_text("1 place in this view")
    tab_to(page, "Cascina Roccafranca")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cascina Roccafranca")).to_be_focused()
    page.keyboard.press("Escape")
    assert "Cascina Roccafranca" in focused(page)


def test_pins_are_reached_by_the_second_skip_link_and_opened_by_enter(visit: Any) -> None:
    page = visit().open("/torino/?kind=house")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the map"
    page.keyboard.press("Enter")
    tab_to(page, "Barrito, Neighbourhood house, Open")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Barrito")).to_be_focused()
    page.keyboard.press("Escape")
    assert focused(page) == "Barrito, Neighbourhood house, Open"


def test_a_cluster_opens_by_keyboard_and_the_focus_stays_on_the_map(visit: Any) -> None:
    page = visit().open("/torino/#11/45.0700/7.6800")
    cluster = page.locator(".cluster").first
    assert re.match(r"\d+ places: .+\. Zoom in$", cluster.get_attribute("aria-label") or "")
    cluster.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#13/"))
    page.wait_for_load_state("networkidle")
    expect(page.locator(".leaflet-marker-icon > :focus, [data-map]:focus")).to_have_count(1)


def test_pins_keep_the_focus_when_the_view_refreshes(visit: Any) -> None:
    page = visit().open("/torino/?kind=house")
    pin = page.get_by_role("link", name="Barrito, Neighbourhood house, Open")
    pin.focus()
    with page.expect_response(re.compile("/pins")):
        page.evaluate("document.querySelector('[data-zoom=in]').click()")
    page.wait_for_load_state("networkidle")
    expect(pin).to_be_focused()


def test_counts_are_announced(visit: Any) -> None:
    page = visit().open("/torino/")
    expect(page.get_by_role("status")).to_have_text("26 places in this view")
    page.get_by_role("checkbox", name=re.compile("Sites")).check()
    expect(page.get_by_role("status")).to_have_text("12 places in this view")


def test_the_list_works_without_scripts(visit: Any) -> None:
    page = visit(java_script_enabled=False).open("/torino/")
    expect(page.locator(".places li")).to_have_count(26)
    page.get_by_role("checkbox", name=re.compile("Houses")).check()
    page.get_by_role("button", name="Apply the filters").click()
    expect(page.locator(".places li")).to_have_count(8)
    page.get_by_role("link", name=re.compile("Casa nel Parco")).click()
    expect(page.get_by_role("heading", name="Casa nel Parco")).to_be_visible()
    expect(page.get_by_text("Position accurate to about 150 m.")).to_be_visible()
    page.get_by_role("link", name="All places").click()
    expect(page.locator(".places li")).to_have_count(8)
    page.get_by_role("link", name="Statistical zones as a table").click()
    expect(page.locator("tbody tr")).to_have_count(94)


def test_the_table_sorts_without_scripts(visit: Any) -> None:
    page = visit(java_script_enabled=False).open("/torino/areas/statistical-zones?indicator=residents")
    expect(page.locator("tbody th").first).to_have_text("01")
    page.get_by_role("columnheader", name=re.compile("Residents, people")).get_by_role("link").click()
    expect(page.locator("tbody tr").first).to_contain_text("26,781")
    page.get_by_role("columnheader", name=re.compile("Residents, people")).get_by_role("link").click()
    expect(page.locator("tbody tr").first).to_contain_text("few residents")


def test_the_sheet_of_a_phone_has_three_heights(visit: Any) -> None:
    page = visit(PHONE, has_touch=True).open("/torino/")
    panel, handle = page.locator("#panel"), page.locator("[data-handle]")
    tall = [panel.bounding_box()["height"]]
    for height in ("half", "full"):
        handle.click()
        expect(panel).to_have_attribute("data-height", height)
        page.wait_for_function("() => document.querySelector('#panel').getAnimations().length === 0")
        tall.append(panel.bounding_box()["height"])
    assert tall == sorted(tall)
    assert tall[0] < 120 < 350 < tall[1] < 500 < tall[2]
    handle.press("Enter")
    expect(panel).to_have_attribute("data-height", "peek")


def test_the_sheet_of_a_phone_can_be_dragged(visit: Any) -> None:
    page = visit(PHONE).open("/torino/")
    box = page.locator("[data-handle]").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, 430, steps=6)
    page.mouse.move(box["x"] + 100, 430)
    page.mouse.up()
    expect(page.locator("#panel")).not_to_have_attribute("data-height", "peek")


def test_a_place_raises_the_sheet_of_a_phone_and_stays_clear_of_it(visit: Any) -> None:
    page = visit(PHONE).open("/torino/?kind=house")
    page.locator(".single").first.click()
    expect(page.locator("#panel")).to_have_attribute("data-height", "half")
    expect(page.locator("#place-title")).to_be_visible()
    page.wait_for_function("""() => document.querySelector(".pin-selected").getBoundingClientRect().bottom
        <= document.querySelector("#panel").getBoundingClientRect().top""")
