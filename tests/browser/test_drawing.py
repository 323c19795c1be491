"""Drawing an area on the planner's page: by tapping corners, and by the keyboard alone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.writing import violations

pytestmark = pytest.mark.browser
PAGE = "/torino/areas?indicator=unemployment"
FIELD, ANSWER = "[data-draw] [name=polygon]", "[data-draw-answer]"


def tap(page: Page, across: float, down: float) -> None:
    """Tap the map at a share of its width and height."""
    box = page.locator("[data-planner]").bounding_box()
    assert box
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def corners(page: Page) -> list[str]:
    return [corner for corner in page.locator(FIELD).input_value().split(";") if corner]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_area_is_drawn_by_taps_and_by_keys(visit: Any, viewport: dict[str, int]) -> None:
    page = visit(viewport).open(PAGE)
    expect(page.locator("[data-planner]")).to_have_attribute("data-areas", "94")
    page.get_by_text("Draw an area of your own").click()
    start = page.get_by_role("button", name="Draw on the map")
    start.click()
    expect(start).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-planner]")).to_be_focused()
    for across, down in ((0.4, 0.4), (0.6, 0.6), (0.6, 0.4), (0.4, 0.6)):
        tap(page, across, down)
    assert len(corners(page)) == 4
    assert "area=" not in page.url, "a tap that draws chooses no zone"
    expect(page.locator("path.drawn-area.crossed")).to_have_count(1)
    expect(page.locator("[data-live]")).to_contain_text("4 corners Its sides cross")
    page.get_by_role("button", name="Show its figures").click()
    expect(page.locator(ANSWER)).to_have_text("Its sides cross: draw the corners in turn.")

    # By the keyboard: two corners back, and two under the crosshair.
    page.locator("[data-planner]").focus()
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".leaflet-pan-anim")).to_have_count(0)
    page.keyboard.press("Enter")
    assert len(corners(page)) == 3
    page.keyboard.press("Escape")
    expect(start).to_be_focused()
    expect(page.locator(".crosshair")).to_be_hidden()
    page.get_by_role("button", name="Show its figures").click()
    expect(page.locator(ANSWER)).to_contain_text("km², on parts of")
    expect(page.locator(ANSWER)).to_contain_text(re.compile(r"Residents.*people", re.DOTALL))
    assert violations(page) == []
    page.get_by_role("link", name="Its own page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("An area that you draw")
    assert "polygon=7." in page.url
