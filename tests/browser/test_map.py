"""The map page as people use it: pins, zones, filters, search, places, languages, address."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, STACK, STACKED_AT

pytestmark = pytest.mark.browser

PIN, CLUSTER = ".single", ".cluster"
COUNT = "[data-count-words]"


def shown(page: Page) -> int:
    """How many places the pins on the map stand for."""
    counts = page.locator(CLUSTER).evaluate_all("found => found.map(one => parseInt(one.textContent))")
    return page.locator(PIN).count() + sum(counts)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_city_shows_its_houses_and_its_zones(visit: Any, viewport: dict[str, int]) -> None:
    page = visit(viewport).open("/torino/")
    expect(page.locator("[data-count=house]")).to_have_text("8")
    expect(page.locator("[data-map]")).to_have_attribute("data-areas", "94")
    expect(page.locator(COUNT)).to_have_text("26 places in this view")
    assert shown(page) == 26


def test_a_chip_filters_map_and_list_and_lives_in_the_address(visit: Any) -> None:
    page = visit().open("/torino/")
    page.get_by_role("checkbox", name=re.compile("Houses")).check()
    expect(page.locator(COUNT)).to_have_text("8 places in this view")
    expect(page.locator(".places li")).to_have_count(8)
    expect(page.locator("[data-map]")).to_have_attribute("data-pins", "8")
    assert shown(page) == 8
    assert "?kind=house#" in page.url
    page.reload(wait_until="networkidle")
    expect(page.get_by_role("checkbox", name=re.compile("Houses"))).to_be_checked()
    expect(page.locator(COUNT)).to_have_text("8 places in this view")
    page.get_by_role("link", name="Clear").click()
    expect(page.locator(COUNT)).to_have_text("26 places in this view")


def test_counts_of_the_chips_follow_the_status(visit: Any) -> None:
    page = visit().open("/torino/")
    page.get_by_role("checkbox", name="Ended").check()
    expect(page.locator("[data-count=project]")).to_have_text("1")
    expect(page.get_by_role("checkbox", name=re.compile("Houses"))).to_be_hidden()
    expect(page.locator(COUNT)).to_have_text("1 place in this view")
    expect(page.locator(PIN)).to_have_count(1)


def test_search_suggests_and_opens_a_place(visit: Any) -> None:
    page = visit().open("/torino/")
    page.get_by_role("combobox", name="Search places and zones").press_sequentially("roccafranca")
    page.get_by_role("option", name=re.compile("Cascina Roccafranca")).click()
    expect(page.get_by_role("heading", name="Cascina Roccafranca")).to_be_focused()
    expect(page.get_by_text("Position accurate to about 100 m.")).to_be_visible()
    expect(page.locator("path.uncertain")).to_have_count(1)
    assert re.search(r"/torino/places/[0-9a-f-]{36}#", page.url)


def test_search_by_words_filters_and_forgives_typing_errors(visit: Any) -> None:
    page = visit().open("/torino/")
    field = page.get_by_role("combobox", name="Search places and zones")
    field.fill("rocafranca")
    field.press("Enter")
    expect(page.get_by_text("Nothing matches exactly; showing similar names.")).to_be_visible()
    expect(page.get_by_role("region", name="List of places")).to_contain_text("Cascina Roccafranca")
    assert "?q=rocafranca#" in page.url


def test_search_for_a_zone_goes_there(visit: Any) -> None:
    page = visit().open("/torino/")
    before = page.url
    page.get_by_role("combobox", name="Search places and zones").press_sequentially("mirafiori nord")
    page.get_by_role("option", name=re.compile("Mirafiori Nord Statistical zones")).first.click()
    page.wait_for_function("before => location.href !== before", arg=before)
    zoom = int(page.evaluate("location.hash.slice(1).split('/')[0]"))
    assert zoom >= 14
    assert page.url.split("#")[0].endswith("/torino/")


def test_back_closes_a_place_and_leaves_the_map_where_it_was(visit: Any) -> None:
    page = visit().open("/torino/")
    page.get_by_role("link", name=re.compile("Casa nel Parco")).first.click()
    expect(page.get_by_role("heading", name="Casa nel Parco")).to_be_visible()
    page.go_back()
    expect(page.locator(COUNT)).to_be_visible()
    expect(page.locator("[data-place-page]")).to_have_count(0)
    assert page.url.split("#")[0].endswith("/torino/")
    page.go_forward()
    expect(page.get_by_role("heading", name="Casa nel Parco")).to_be_visible()


def test_a_place_has_a_page_of_its_own_with_the_same_map(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/torino/")
    page.get_by_role("link", name=re.compile("Barrito")).first.click()
    expect(page.get_by_role("heading", name="Barrito")).to_be_visible()
    again = visitor.open(page.url.removeprefix(visitor.served.url))
    expect(again.get_by_role("heading", name="Barrito")).to_be_visible()
    expect(again.locator(".pin-selected")).to_have_count(1)
    expect(again).to_have_title(re.compile("Barrito"))
    again.get_by_role("link", name="All places").click()
    expect(again.locator(".places li").first).to_be_visible()
    assert again.url.split("#")[0].endswith("/torino/")


def test_a_pin_opens_its_place(visit: Any) -> None:
    page = visit().open("/torino/?kind=house")
    page.get_by_role("link", name="Barrito, Neighbourhood house, Open").click()
    expect(page.get_by_role("heading", name="Barrito")).to_be_visible()


def test_language_changes_everything_and_keeps_the_view(visit: Any) -> None:
    page = visit().open("/torino/?kind=house#13/45.0700/7.6800")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="IT", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "it")
    expect(page.get_by_role("checkbox", name=re.compile("Case"))).to_be_checked()
    expect(page.locator(COUNT)).to_have_text(re.compile("luoghi in quest’area"))
    assert "#13/45.07" in page.url
    page.get_by_role("link", name=re.compile("Casa del quartiere, Aperta")).first.click()
    expect(page.get_by_text("Casa del quartiere", exact=True)).to_be_visible()


def test_an_indicator_colours_the_zones_and_the_legend_says_whose_figure_it_is(visit: Any) -> None:
    page = visit().open("/torino/")
    legend = page.get_by_role("complementary", name="Zones on the map")
    expect(legend).to_contain_text("Approximate zones; load the official file with one command.")
    legend.get_by_label("Colour the zones by").select_option(label="Aged over 74")
    expect(legend.locator("[data-legend-classes] li")).to_have_count(5)
    expect(legend).to_contain_text("2011")
    expect(legend).to_contain_text("CC BY 3.0 IT")
    expect(legend).to_contain_text("fewer than 200 residents")
    assert "indicator=over_74" in page.url
    page.reload(wait_until="networkidle")
    expect(legend.locator("[data-legend-classes] li")).to_have_count(5)
    legend.get_by_role("link", name="See it as a table").click()
    expect(page.get_by_role("heading", name="Aged over 74")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(94)


def test_pointing_at_a_zone_says_its_figure(visit: Any) -> None:
    page = visit().open("/torino/?indicator=over_74&kind=house#15/45.0735/7.6806")
    expect(page.locator("[data-legend-classes] li")).to_have_count(5)
    box = page.locator("[data-map]").bounding_box()
    page.mouse.move(box["width"] / 2, box["height"] / 2)
    expect(page.locator(".area-tip")).to_contain_text("Centro · Zone 01")
    expect(page.locator(".area-tip")).to_contain_text("Aged over 74: 9.5% (2011)")


def test_an_empty_view_invites_and_leads_home(visit: Any) -> None:
    page = visit().open("/torino/#16/45.2000/7.9000")
    expect(page.get_by_text("Nobody has put a place here yet")).to_be_visible()
    page.get_by_role("button", name="Show the whole city").click()
    expect(page.locator(COUNT)).to_have_text("26 places in this view")


def test_the_view_lives_in_the_address_without_steps_in_the_history(visit: Any) -> None:
    page = visit().open("/torino/#13/45.0700/7.6800")
    steps = page.evaluate("history.length")
    page.get_by_role("button", name="Zoom in", exact=True).click()
    page.wait_for_url(re.compile(r"#14/45\.07\d*/7\.68\d*"))
    assert page.evaluate("history.length") == steps
    page.evaluate("location.hash = '#12/45.05/7.65'")
    page.wait_for_url(re.compile(r"#12/45\.05\d*/7\.65\d*"))
    expect(page.locator(PIN + "," + CLUSTER).first).to_be_attached()


def test_where_am_i_is_asked_only_when_pressed_and_a_refusal_has_words(visit: Any) -> None:
    page = visit().open("/torino/")
    page.evaluate("""() => {
        window.asked = 0;
        navigator.geolocation.getCurrentPosition = (_, refuse) => {
            window.asked += 1; refuse({code: 1, PERMISSION_DENIED: 1});
        };
    }""")
    assert page.evaluate("asked") == 0
    page.get_by_role("button", name="Show me where I am").click()
    expect(page.locator("[data-note]")).to_contain_text("Your browser does not say where you are.")
    assert page.evaluate("asked") == 1


def test_where_am_i_shows_the_position_and_how_accurate_it_is(visit: Any) -> None:
    here = {"latitude": 45.07, "longitude": 7.68, "accuracy": 30}
    page = visit(geolocation=here, permissions=["geolocation"]).open("/torino/")
    page.get_by_role("button", name="Show me where I am").click()
    expect(page.locator("[data-note]")).to_contain_text("You are here, to about 30 m.")
    expect(page.locator("path.here")).to_have_count(1)


def test_a_base_map_that_fails_costs_one_request_and_one_quiet_note(visit: Any) -> None:
    visitor = visit()
    tiles: list[str] = []
    visitor.context.on("request", lambda r: tiles.append(r.url) if "tile.openstreetmap" in r.url else None)
    page = visitor.open("/torino/")
    expect(page.locator("[data-note]")).to_contain_text(
        "The base map cannot be reached; everything else works."
    )
    expect(page.locator("[data-map]")).to_have_class(re.compile("without-tiles"))
    page.get_by_role("button", name="Zoom in", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert len(tiles) == 1
    page.get_by_role("button", name="Close this message").click()
    expect(page.locator("[data-note]")).to_be_hidden()


def test_a_base_map_that_works_is_shown_with_its_attribution(visit: Any) -> None:
    visitor = visit()
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da6364f8cf50"
        "0f0003860180d9a2e1b30000000049454e44ae426082"
    )
    visitor.context.route(
        re.compile("tile.openstreetmap"), lambda route: route.fulfill(body=pixel, content_type="image/png")
    )
    page = visitor.open("/torino/")
    expect(page.locator(".leaflet-tile-loaded").first).to_be_attached()
    expect(page.get_by_role("link", name="OpenStreetMap")).to_be_visible()
    expect(page.locator("[data-note]")).to_be_hidden()


def test_a_crowd_is_counted_exactly_and_drawn_with_few_markers(crowded: Any, visit: Any) -> None:
    visitor = visit()
    visitor.served = crowded
    page = visitor.open("/torino/")
    expect(page.locator(COUNT)).to_have_text(re.compile(r"^[34],\d{3} places in this view$"))
    told = int((page.locator(COUNT).text_content() or "").split()[0].replace(",", ""))
    assert shown(page) == told
    assert page.locator(".leaflet-marker-icon").count() <= 300
    page.get_by_role("button", name="Zoom in", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert page.locator(".leaflet-marker-icon").count() <= 400
    page.get_by_role("link", name="Next").click()
    expect(page.locator("[data-list]")).to_contain_text("Page 2 of")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_places_on_one_point_are_opened_one_by_one(
    crowded: Any, visit: Any, viewport: dict[str, int]
) -> None:
    visitor = visit(viewport)
    visitor.served = crowded
    page = visitor.open(f"/torino/#19/{STACKED_AT[1]}/{STACKED_AT[0]}")
    page.locator(CLUSTER).focus()
    page.keyboard.press("Enter")
    expect(page.locator(COUNT)).to_have_text("3 places around this point")
    expect(page.locator(COUNT)).to_be_focused()
    for name in STACK:
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name)).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name=name)).to_be_focused()


def test_what_cannot_be_loaded_is_said_and_can_be_tried_again(visit: Any) -> None:
    visitor = visit()
    visitor.context.route(re.compile("/torino/pins|/torino/areas/"), lambda route: route.abort())
    page = visitor.open("/torino/")
    expect(page.locator("[data-note]")).to_contain_text("could not be loaded")
    visitor.context.unroute(re.compile("/torino/pins|/torino/areas/"))
    page.locator("[data-note-action]").click()
    page.get_by_role("button", name="Zoom in", exact=True).click()
    expect(page.locator(PIN + "," + CLUSTER).first).to_be_attached()
