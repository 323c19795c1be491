"""The planner's page: what is chosen in one of map, table, legend and scatter shows in all of them."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.writing import violations

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
MAP, ROWS, MARKED = "[data-planner]", "[data-table] tbody tr", "[data-table] tr[aria-current]"
PAGE = "/torino/areas?indicator=unemployment"
SHADES = """element => {
    const shades = new Set();
    for (const canvas of element.querySelectorAll("canvas")) {
        const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] > 220) shades.add(data.slice(at, at + 3).join());
        }
    }
    return [...shades];
}"""
"""The colours of whatever the map has drawn well covered."""


def reddish(page: Page) -> int:
    """How many colours of the map are of the hot spots' red."""
    shades = [[int(part) for part in shade.split(",")] for shade in page.locator(MAP).evaluate(SHADES)]
    return sum(red > 140 and green < 60 for red, green, _ in shades)


def tab_to(page: Page, name: str) -> None:
    """Go on by the Tab key until something of this data-focus has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.focus") == name:
            return
    raise AssertionError(f"the Tab key does not lead to {name!r}")


def over_a_zone(page: Page) -> tuple[float, float]:
    """Move the pointer to a zone on the map, beside its pins."""
    box = page.locator(MAP).bounding_box()
    assert box
    for step in range(3, 40):
        at = (box["x"] + box["width"] / 2 + step * 3, box["y"] + box["height"] / 2 + step * 2)
        page.mouse.move(*at)
        if page.locator(".area-tip").is_visible():
            return at
    raise AssertionError("no zone lies on the way")


def legend_filters(page: Page) -> None:
    """One class is picked: the map, the table and the scatter show it alone."""
    top = page.locator("[data-legend]").nth(4)
    top.click()
    expect(page.locator(ROWS)).to_have_count(int(top.locator(".key-count").inner_text().split()[-1]))
    expect(top).to_have_attribute("aria-pressed", "true")
    expect(top).to_be_focused()
    assert "show=4" in page.url
    assert page.locator("circle[data-code]:not(.dimmed)").count() == page.locator(ROWS).count()
    page.get_by_role("link", name="Show all zones").click()
    expect(page.locator(ROWS)).to_have_count(94)


def columns_order(page: Page) -> None:
    """The table by a column, and back by the browser."""
    page.get_by_role("link", name="Residents", exact=True).click()
    expect(page.locator("[aria-sort=descending]")).to_have_text("Residents")
    assert "sort=-residents" in page.url
    page.go_back()
    expect(page.locator("[aria-sort=descending]")).to_have_text("Unemployment rate, %")


def areas_are_marked(page: Page) -> None:
    """A point of the scatter marks its zone on the map and in the table; the table marks another."""
    page.locator("circle[data-code='44']").click(force=True)
    expect(page.locator(MARKED)).to_have_attribute("data-code", "44")
    row, box = page.locator(MARKED).bounding_box(), page.locator("[data-table]").bounding_box()
    assert row
    assert box
    assert box["y"] <= row["y"] <= box["y"] + box["height"], "the table comes to it"
    expect(page.locator("path.area-marked")).to_have_count(1)
    expect(page.locator("[data-piece=chosen]")).to_contain_text("Madonna di Campagna · Zone 44")
    page.locator("#area-78 th").click()
    expect(page.locator("circle.marked")).to_have_attribute("data-code", "78")
    assert "area=78" in page.url
    page.locator("#area-78 th").click()
    expect(page.locator(MARKED)).to_have_count(0)
    expect(page.locator("path.area-marked")).to_have_count(0)


def form_chooses(page: Page) -> None:
    """Another figure, while whose answer is awaited the page says so; other classes, the pins of one kind."""
    awaited: list[Route] = []

    def hold(route: Route) -> None:
        awaited.append(route)

    page.route("**/areas?*", hold)
    page.get_by_label("Figure", exact=True).select_option("graduates")
    expect(page.locator("main")).to_have_attribute("aria-busy", "true")
    expect(page.get_by_text("One moment…")).to_be_visible()
    awaited[0].continue_()
    page.unroute("**/areas?*")
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")
    expect(page.get_by_text("One moment…")).to_be_hidden()
    offered = page.get_by_label("Second figure").locator("option")
    assert "graduates" not in offered.evaluate_all("all => all.map(({value}) => value)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Graduates")
    expect(page).to_have_title(re.compile("^Graduates"))
    page.get_by_text("Classes, colours, pins").click()
    page.get_by_label("How many").select_option("7")
    expect(page.locator("[data-legend]")).to_have_count(7)
    page.get_by_label("Houses").check()
    expect(page.locator("[data-pins-count]")).to_have_text("8 places in this view")
    asked = ("indicator=graduates", "x=over_74", "paint=classes", "method=quantile", "classes=7")
    assert "&".join(asked) in page.url


@SIZES
def test_what_is_chosen_in_one_shows_in_all(visit: Any, viewport: dict[str, int]) -> None:
    page = visit(viewport).open(PAGE)
    expect(page.locator(MAP)).to_have_attribute("data-areas", "94")
    expect(page.locator("[data-pins-count]")).to_have_text(re.compile(r"^\d+ places? in this view$"))
    expect(page.locator(ROWS)).to_have_count(94)
    legend_filters(page)
    columns_order(page)
    areas_are_marked(page)
    form_chooses(page)
    address = page.url
    page.goto("about:blank")
    page.goto(address, wait_until="networkidle")
    expect(page.locator("[data-pins-count]")).to_have_text("8 places in this view")
    expect(page.locator("[data-legend]")).to_have_count(7)


def test_the_map_points_to_the_table_and_a_click_on_it_marks(visit: Any) -> None:
    page = visit().open(PAGE)
    page.locator("#area-78").hover()
    expect(page.locator("path.area-under")).to_have_count(1)
    expect(page.locator("circle.under")).to_have_attribute("data-code", "78")
    page.mouse.move(1, 1)  # else the table scrolls another row under the pointer
    page.locator("#area-21").get_by_role("link").focus()
    expect(page.locator("circle.under")).to_have_attribute("data-code", "21")
    x, y = over_a_zone(page)
    expect(page.locator(".area-tip")).to_contain_text("(2011)")
    under = page.locator("circle.under").get_attribute("data-code")
    page.mouse.click(x, y)
    expect(page.locator(MARKED)).to_have_attribute("data-code", str(under))
    height = "element => element.clientHeight"
    drawn = page.locator(MAP).evaluate(height)
    page.set_viewport_size({"width": 688, "height": 972})
    page.emulate_media(media="print")
    assert page.locator(MAP).evaluate(height) == drawn, "what is drawn is not cut off on paper"


@SIZES
def test_hot_spots_by_keyboard_and_for_axe(visit: Any, viewport: dict[str, int]) -> None:
    page = visit(viewport).open(PAGE)
    assert reddish(page) == 0
    page.get_by_label("Colours show").focus()
    page.keyboard.press("h")
    expect(page.locator(MAP)).to_have_attribute("data-painted", "moran")
    expect(page.get_by_text("alike figures lie together more than by chance")).to_be_visible()
    tab_to(page, "key-high-high")
    page.keyboard.press("Space")
    expect(page.locator("[data-legend=high-high]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-legend=high-high]")).to_be_focused()
    assert reddish(page) > 0
    first = page.locator(ROWS).first
    expect(first).to_contain_text("high among high")
    assert first.get_by_role("link").count() == 1, "a row is one stop of the Tab key"
    local = "element => getComputedStyle(element).backgroundAttachment"
    assert "local" in page.locator("[data-table]").evaluate(local), (
        "a shadow says that there is more to scroll to"
    )
    page.get_by_role("link", name="Show all zones").click()
    expect(page.locator(ROWS)).to_have_count(94)
    page.locator("[data-focus^=first-]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(MARKED)).to_have_count(1)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_prints_and_needs_no_scripts(visit: Any) -> None:
    page = visit(java_script_enabled=False).open(PAGE + "&paint=gi")
    page.get_by_role("button", name=re.compile("^high with its neighbours")).click()
    assert "show=hot" in page.url
    expect(page.locator(ROWS)).to_have_count(page.locator("circle[data-code]:not(.dimmed)").count())
    page.get_by_label("Colours show").select_option("classes")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator(ROWS)).to_have_count(94)
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 3 <= pages <= 8, "every row is printed, none cut off by the box that scrolls"
    page.emulate_media(media="print")
    assert "Press a colour" not in page.locator("body").inner_text()
    top = "element => element.getBoundingClientRect().top"
    tops = [
        page.locator(each).evaluate(top) for each in ("[data-piece=words]", "[data-table]", "#take-title")
    ]
    assert tops == sorted(tops), (
        "the words come before the long table, and what only a screen can follow last"
    )


def test_the_map_of_the_city_leads_here_with_its_figure(visit: Any) -> None:
    page = visit().open("/torino/?indicator=renting")
    expect(page.locator("[data-legend-study]")).to_have_attribute("href", re.compile("indicator=renting"))
    page.locator("[data-legend-study]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("[Rr]ent"))
