"""The spatial graph on the map: connections, what is near, ways and gaps, by pointer and by keyboard."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, text

from app.cluster import Cluster
from app.imports.demo import load_demonstration_city
from app.places.lists import rebuild
from tests.browser.conftest import DESKTOP, PHONE, Served, add_crowd, owning, serving
from tests.browser.writing import violations
from tests.conftest import fresh_database
from tests.http.conftest import TORINO
from tests.relating import relate

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
CLOSE = "#13/45.0600/7.6700"
HOUSES = "SELECT id::text FROM places WHERE city_id = 1272 AND kind = 'house' ORDER BY title LIMIT 3"


LISTEN = """() => {
    const live = document.querySelector("[data-live]");
    window.said = [live.textContent];
    new MutationObserver(() => said.push(live.textContent)).observe(live, { childList: true });
}"""
"""Keeps whatever a screen reader is told from now on: one sentence follows another."""


@pytest.fixture(scope="module")
def related(cluster: Cluster, database_template: str) -> Iterator[Served]:
    """The demonstration city with two relations between houses, and its neighbours; tests only read it."""
    with fresh_database(cluster, database_template) as database:
        with owning(database) as db:
            load_demonstration_city(db)
            connect(db)
        with serving(database) as there:
            yield there


def connect(db: Connection) -> None:
    """No relations but two that meet in one house, and all neighbours."""
    db.execute(text("DELETE FROM relations WHERE city_id = 1272"))
    first, second, third = db.scalars(text(HOUSES))
    relate(db, first, second, "part_of", note="Rete delle case")
    relate(db, third, first, "supports")
    rebuild(db, TORINO)


@pytest.fixture
def tools(visit: Any, related: Served) -> Any:
    """Opens the map with its tools: `tools(viewport, path)`."""

    def opened(viewport: dict[str, int], path: str = "/torino/" + CLOSE) -> Page:
        visitor = visit(viewport, has_touch=viewport == PHONE)
        visitor.served = related
        page: Page = visitor.open(path)
        if page.locator("[data-graph]").is_hidden():
            page.get_by_role("button", name="Near and connected", exact=True).click()
        return page

    return opened


def state(page: Page) -> str:
    """What the address says is switched on."""
    return parse_qs(urlsplit(page.url).query).get("graph", [""])[0]


def drag(page: Page, by: int) -> None:
    """Drag the handle of the circle sideways: with a finger on a phone, with the mouse elsewhere."""
    handle = page.locator(".near-handle").bounding_box()
    assert handle
    x, y = handle["x"] + 22, handle["y"] + 22
    if page.viewport_size == DESKTOP:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + by, y, steps=4)
        page.mouse.up()
        return
    touch = page.context.new_cdp_session(page)
    for sort, share in (("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0), ("touchEnd", None)):
        points = [] if share is None else [{"x": x + by * share, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": sort, "touchPoints": points})


@SIZES
def test_connections_are_drawn_listed_and_kept_in_the_address(tools: Any, viewport: dict[str, int]) -> None:
    page = tools(viewport)
    expect(page.locator("path.relation, path.neighbour")).to_have_count(0)
    page.get_by_role("checkbox", name="Connections").check()
    expect(page.locator("path.relation")).to_have_count(2)
    expect(page.locator("path.neighbour")).to_have_count(1)
    expect(page.locator("[data-connections-words]")).to_have_text(re.compile(r"^2 relations, \d+ pairs"))
    page.get_by_text("Connections in this view").click()
    listed = page.locator("[data-connections-list] li")
    expect(listed.first).to_contain_text(re.compile("is part of|supports"))
    assert state(page) == "connections"
    assert violations(page) == []
    page.reload(wait_until="networkidle")
    expect(page.get_by_role("checkbox", name="Connections")).to_be_checked()
    expect(page.locator("path.relation")).to_have_count(2)
    for _ in range(3):
        page.get_by_role("button", name="Zoom out").click(
            force=True
        ) if viewport == DESKTOP else page.evaluate("document.querySelector('[data-zoom=out]').click()")
    expect(page.locator("[data-connections-words]")).to_have_text("Zoom in to see the connections.")
    expect(page.locator("path.relation, path.neighbour")).to_have_count(0)


@SIZES
def test_the_radius_moves_by_pointer_and_by_keyboard(tools: Any, viewport: dict[str, int]) -> None:
    page = tools(viewport)
    page.get_by_role("button", name="Near the middle of the map").click()
    words = page.locator("[data-near-words]")
    expect(words).to_have_text(re.compile("500 m"))
    slider = page.get_by_role("slider", name="Radius")
    expect(slider).to_have_attribute("aria-valuetext", "500 m")
    slider.focus()
    slider.press("ArrowRight")
    expect(words).to_have_text(re.compile("600 m"))
    page.evaluate(LISTEN)
    slider.press("End")
    expect(words).to_have_text(re.compile(r"^\d+ places within 5.0 km"))
    page.wait_for_function("words => said.includes(words)", arg=words.inner_text())
    far = int(words.inner_text().split()[0])
    expect(page.locator("[data-near-list] li")).to_have_count(far)
    lon, lat = state(page).split("_")[2:]
    asked = f"lon={lon}&lat={lat}&metres=5000&limit=1000&f=json"
    answer = page.context.request.get(f"{page.url.split('/torino')[0]}/torino/graph/near?{asked}").json()
    ids = page.locator("[data-near-list] [data-place]").evaluate_all(
        "all => all.map(one => one.dataset.place)"
    )
    assert ids == [each["id"] for each in answer["features"]]
    drag(page, -30)
    expect(slider).not_to_have_attribute("aria-valuetext", "5.0 km")
    now = re.match(r"near_(\d+)_", state(page))
    assert now
    assert 1000 < int(now[1]) < 5000
    kept = state(page)
    page.reload(wait_until="networkidle")
    assert state(page) == kept
    expect(words).to_have_text(re.compile("within"))
    assert violations(page) == []
    page.get_by_role("button", name="Take the circle away").click()
    expect(page.locator("path.near-circle")).to_have_count(0)
    assert state(page) == ""


@SIZES
def test_near_this_place_and_its_lines(tools: Any, viewport: dict[str, int]) -> None:
    page = tools(viewport, "/torino/?kind=house")
    page.get_by_role("link", name=re.compile("Barrito")).first.click()
    expect(page.get_by_role("heading", name="Barrito")).to_be_focused()
    expect(page.locator("path.neighbour")).to_have_count(1)
    page.locator("[data-graph-sort=relation] a").first.focus()
    expect(page.locator("path.strong-line")).to_have_count(1)
    page.get_by_role("link", name="What is near", exact=True).click()
    expect(page.locator("path.strong-line")).to_have_count(0)
    expect(page.get_by_role("heading", name="Near and connected")).to_be_focused()
    expect(page.locator("[data-near-words]")).to_have_text(re.compile("500 m"))
    assert state(page) == "near_500_place"
    page.get_by_role("link", name="All places").click()
    assert re.match(r"near_500_7\.\d+_45\.\d+$", state(page))
    expect(page.locator("[data-near-list] [data-place]")).not_to_have_count(0)


@SIZES
def test_the_way_to_another_place_is_drawn_and_told_step_by_step(
    tools: Any, viewport: dict[str, int]
) -> None:
    page = tools(viewport, "/torino/?kind=house")
    page.get_by_role("link", name=re.compile("Barrito")).first.click()
    expect(page.get_by_role("heading", name="Barrito")).to_be_focused()
    field = page.get_by_role("searchbox", name="Name of the other place")
    field.fill("roccafranca")
    field.press("Enter")
    page.locator("[data-way-found]").get_by_role("button", name="Cascina Roccafranca").press("Enter")
    expect(page.locator("[data-way-words]")).to_have_text(re.compile(r"^\d+ steps?.* km"))
    steps = page.locator("[data-way-list] > li")
    expect(steps.first).to_contain_text("Barrito")
    expect(steps.last).to_contain_text("Cascina Roccafranca")
    expect(page.locator("path.strong-line")).to_have_count(steps.count() - 1)
    assert violations(page) == []
    page.reload(wait_until="networkidle")
    expect(page.locator("[data-way-list] > li")).to_have_count(steps.count())


@SIZES
def test_gaps_are_ringed_and_listed(tools: Any, viewport: dict[str, int]) -> None:
    page = tools(viewport)
    page.get_by_role("checkbox", name="Sites far from every house").check()
    words = page.locator("[data-gaps-words]")
    expect(words).to_have_text(re.compile(r"no house within 1.0 km|has a house within"))
    slider = page.get_by_role("slider", name="How far a house may be")
    slider.focus()
    slider.press("Home")
    expect(words).to_have_text(re.compile(r"^\d+ sites have no house within 50 m"))
    found = int(words.inner_text().split()[0])
    expect(page.locator("path.graph-ring")).to_have_count(found)
    expect(page.locator("[data-gaps-list] li")).to_have_count(found)
    expect(page.locator("[data-gaps-list] li").first).to_contain_text("the nearest house is")
    assert state(page) == "gaps_50"
    assert violations(page) == []


def test_a_place_of_the_list_opens_below_and_escape_leads_back(tools: Any) -> None:
    page = tools(DESKTOP, "/torino/?graph=near_5000_7.68_45.07" + CLOSE)
    expect(page.get_by_role("heading", name="Near and connected")).to_be_visible()
    first = page.locator("[data-near-list] [data-place]").first
    name = first.locator(".place-title").inner_text()
    first.click()
    expect(page.locator("#place-title")).to_have_text(name)
    assert page.locator("[data-place-view] + [data-graph]").count() == 1, "the tools stand below the place"
    assert state(page) == "near_5000_7.68_45.07"
    page.keyboard.press("Escape")
    expect(page.locator("[data-graph] + [data-list-view]")).to_have_count(1)
    expect(page.locator("path.near-circle")).to_have_count(1)


def test_where_i_am_is_the_middle_of_the_circle(visit: Any, related: Served) -> None:
    here = {"latitude": 45.07, "longitude": 7.68, "accuracy": 30}
    visitor = visit(DESKTOP, geolocation=here, permissions=["geolocation"])
    visitor.served = related
    page = visitor.open("/torino/")
    page.get_by_role("button", name="Near and connected", exact=True).click()
    page.get_by_role("button", name="Near me").click()
    expect(page.locator("path.near-circle")).to_have_count(1)
    assert state(page) == "near_500_7.68_45.07"


def test_filters_act_on_connections_and_on_what_is_near(tools: Any) -> None:
    page = tools(DESKTOP, "/torino/?graph=connections,near_5000_7.68_45.07" + CLOSE)
    expect(page.locator("[data-near-words]")).to_have_text(re.compile(r"^1\d places"))
    page.get_by_role("checkbox", name=re.compile("Houses")).check()
    expect(page.locator("[data-near-words]")).to_have_text(re.compile(r"^\d places"))
    expect(page.locator("[data-near-list] .k-house")).to_have_count(
        page.locator("[data-near-list] li").count()
    )
    expect(page.locator("[data-connections-words]")).to_have_text(re.compile(r"^2 relations, \d pairs"))
    assert state(page) == "connections,near_5000_7.68_45.07"


def test_a_crowd_says_so_and_keeps_its_relations(
    visit: Any, cluster: Cluster, database_template: str
) -> None:
    with fresh_database(cluster, database_template) as database:
        with owning(database) as db:
            load_demonstration_city(db)
            add_crowd(db, 8_000)
            connect(db)
        with serving(database) as there:
            visitor = visit(DESKTOP)
            visitor.served = there
            page = visitor.open("/torino/?graph=connections" + CLOSE)
            expect(page.locator("[data-connections-words]")).to_contain_text("too many neighbours here")
            expect(page.locator("path.neighbour")).to_have_count(0)
            expect(page.locator("path.relation")).not_to_have_count(0)
            assert page.locator(".leaflet-marker-icon").count() <= 400


def test_without_scripts_the_pages_answer(visit: Any, related: Served) -> None:
    visitor = visit(DESKTOP, java_script_enabled=False)
    visitor.served = related
    page = visitor.open("/torino/?graph=connections")
    expect(page.locator("[data-graph]")).to_be_hidden()
    page.get_by_role("link", name=re.compile("Barrito")).first.click()
    page.get_by_role("link", name="What is near").click()
    expect(page.get_by_role("heading", name="What is near")).to_be_visible()
    page = visitor.open("/torino/graph/edges?lang=it")
    expect(page.get_by_text("fa parte di")).to_be_visible()
