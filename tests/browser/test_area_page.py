"""The page of an area and the comparison of two: read, followed, and printed as a report."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.writing import violations

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
ZONES = "/torino/areas/statistical-zones"


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def printed(page: Page) -> tuple[int, str]:
    """How many pages of A4 a page fills, and the words that are on them."""
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    page.emulate_media(media="print")
    words = page.locator("body").inner_text()
    page.emulate_media(media="screen")
    return pages_of(pdf), words


@SIZES
def test_from_a_zone_to_its_neighbour_and_both_side_by_side(visit: Any, viewport: dict[str, int]) -> None:
    page = visit(viewport).open(f"{ZONES}/44")
    expect(page.get_by_role("heading", level=1)).to_have_text("Madonna di Campagna (44)")
    expect(page.locator(".small-map path").first).to_be_attached()
    expect(page.locator(".sum")).to_contain_text("1 is the most fragile zone")
    assert violations(page) == []
    credit = page.locator(".small-map .leaflet-control-attribution")
    expect(credit).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(credit.get_by_role("link").first).not_to_have_css("color", "rgb(0, 120, 168)")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    row = page.get_by_role("region", name=re.compile("hardship.*Here:")).locator("tbody tr").first
    name = row.get_by_role("rowheader").inner_text()
    row.get_by_role("link", name=re.compile("^Compare")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Madonna di Campagna.*and"))
    assert name.split(" (")[0] in page.get_by_role("heading", level=1).inner_text()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_zone_and_a_comparison_print_as_reports(visit: Any) -> None:
    page = visit(java_script_enabled=False).open(f"{ZONES}/44")
    page.get_by_label("Compare with").select_option("78")
    number, words = printed(page)
    assert 2 <= number <= 5
    assert "Printed on" in words
    assert page.url in words
    assert "Licence" in words
    for gone in ("Skip to the content", "Compare with", "GeoJSON", "That ranking"):
        assert gone not in words
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("(78)")
    number, words = printed(page)
    assert 2 <= number <= 4
    assert "Difference" in words
    assert "a=44&b=78" in words


def test_tables_of_all_zones_print_whole(visit: Any) -> None:
    page = visit(java_script_enabled=False).open("/torino/fragility/gaps?layer=statistical-zones&limit=94")
    number, words = printed(page)
    assert 3 <= number <= 7
    assert "Show" not in words.split()
    assert "The address of this answer" in words
