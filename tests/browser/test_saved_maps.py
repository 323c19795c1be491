"""Maps that were saved as files, opened in Chromium from the disk, with no network at all."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page, Route, expect

from geo.maps import Look, Shading, SpecLayer, areas_layer, map_of, places_layer
from tests.browser.conftest import DESKTOP, PATIENCE_MS

pytestmark = pytest.mark.browser
WICKED = "<script>alert(1)</script>"
TILES = "https://tile.openstreetmap.org/"
Opener = Callable[[Path], Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[tuple[Opener, list[str]]]:
    """Opens files in a browser without a network; what they ask for is noted, and no script may fail."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    asked: list[str] = []
    troubles: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    context.route(lambda address: not address.startswith(("file:", "data:")), refuse)

    def open_file(path: Path) -> Page:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.goto(path.as_uri())
        return page

    yield open_file, asked
    context.close()
    assert troubles == []


def saved(folder: Path, *layers: SpecLayer) -> Path:
    path = folder / "map.html"
    map_of(list(layers), title="A map").save(path)
    return path


def points(count: int, **columns: Any) -> geopandas.GeoDataFrame:
    lon = 7.6 + 0.1 * np.arange(count) / count
    return geopandas.GeoDataFrame(columns, geometry=geopandas.points_from_xy(lon, lon * 0 + 45.05), crs=4326)


def test_texts_appear_as_texts_everywhere(opened: Any, tmp_path: Path) -> None:
    open_file, _ = opened
    frame = points(
        1, title=[WICKED], kind=[WICKED], status=[WICKED], note=[WICKED], website=["javascript:alert(2)"]
    )
    areas = geopandas.GeoDataFrame(
        {"name": [WICKED], WICKED: [1.0]}, geometry=[shapely.box(7.5, 45, 7.55, 45.1)], crs=4326
    )
    page = open_file(
        saved(
            tmp_path,
            areas_layer(areas, Look(WICKED, WICKED), Shading(WICKED, unit=WICKED, source=WICKED)),
            places_layer(frame.rename(columns={"note": f"{WICKED}!"}), Look(f"{WICKED}?", WICKED)),
        )
    )
    page.get_by_role("button", name=WICKED).click()
    popup = page.locator(".cortile-popup")
    expect(popup.locator("strong")).to_have_text(WICKED)
    expect(popup.locator("dt")).to_have_text(f"{WICKED}!")
    expect(popup.locator("dd")).to_have_text(WICKED)
    expect(popup.locator("a")).to_have_count(0)
    expect(page.locator(".leaflet-control-layers-overlays label")).to_have_text([f" {WICKED}", f" {WICKED}?"])
    expect(page.locator(".leaflet-control-attribution")).to_contain_text(WICKED)
    expect(page.locator(".cortile-legend").nth(0)).to_contain_text(WICKED)
    assert page.locator(".leaflet-container script").count() == 0


def test_only_tiles_are_asked_for(opened: Any, tmp_path: Path) -> None:
    open_file, asked = opened
    page = open_file(saved(tmp_path, places_layer(points(3, title=list("abc")))))
    expect(page.locator(".cortile-pin")).to_have_count(3)
    page.wait_for_load_state("networkidle")
    assert asked, "the base map is asked for"
    assert {url for url in asked if not url.startswith(TILES)} == set()


def test_layers_can_be_chosen_and_their_legends_go_with_them(opened: Any, tmp_path: Path) -> None:
    open_file, _ = opened
    squares = [shapely.box(7.6 + n / 100, 45, 7.61 + n / 100, 45.1) for n in range(4)]
    areas = geopandas.GeoDataFrame(
        {"name": list("abcd"), "share": [1, 2, 3, np.nan]}, geometry=squares, crs=4326
    )
    shading = Shading("share", "Share of something", "%", 2011, "a census", decimals=0, classes=3)
    page = open_file(
        saved(
            tmp_path,
            areas_layer(areas.to_crs(32632), "Zones", shading),
            places_layer(points(2, title=["a", "b"], kind=["house", "site"]), "Houses and sites"),
        )
    )
    shares = page.locator(".cortile-legend", has_text="Share of something")
    expect(shares).to_contain_text("%, 2011")
    expect(shares).to_contain_text("Source: a census")
    expect(shares.locator("li")).to_have_text(["1 to 1", "1 to 2", "2 to 3", "no data"])
    expect(page.locator(".cortile-legend", has_text="Houses and sites").locator("li")).to_have_text(
        ["Neighbourhood houses", "Sites"]
    )
    page.get_by_label("Zones").uncheck()
    expect(shares).to_have_count(0)
    page.get_by_label("Houses and sites").uncheck()
    expect(page.locator(".cortile-pin")).to_have_count(0)
    page.get_by_label("Zones").check()
    expect(shares).to_have_count(1)


def test_an_area_tells_its_value(opened: Any, tmp_path: Path) -> None:
    open_file, _ = opened
    areas = geopandas.GeoDataFrame(
        {"name": ["Centro"], "share": [12.34]}, geometry=[shapely.box(7.6, 45, 7.7, 45.1)], crs=4326
    )
    page = open_file(saved(tmp_path, areas_layer(areas, "Zones", Shading("share", "Share", "%"))))
    page.mouse.click(DESKTOP["width"] / 2, DESKTOP["height"] / 2)
    expect(page.locator(".cortile-popup strong")).to_have_text("Centro")
    expect(page.locator(".cortile-popup dd")).to_have_text("12.3%")


def test_the_map_fits_what_it_holds(opened: Any, tmp_path: Path) -> None:
    open_file, _ = opened
    page = open_file(saved(tmp_path, places_layer(points(5, title=list("abcde")))))
    for pin in page.locator(".cortile-pin").all():
        expect(pin).to_be_in_viewport()
    boxes = [pin.bounding_box() for pin in page.locator(".cortile-pin").all()]
    across = max(box["x"] for box in boxes if box) - min(box["x"] for box in boxes if box)
    assert across > DESKTOP["width"] / 4, "and no further away than it must"


def test_a_keyboard_opens_a_place(opened: Any, tmp_path: Path) -> None:
    open_file, _ = opened
    page = open_file(saved(tmp_path, places_layer(points(1, title=["Orto"], kind=["project"]))))
    pin = page.get_by_role("button", name="Orto")
    pin.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cortile-popup strong")).to_have_text("Orto")


def test_many_places_are_discs_whose_numbers_add_up(opened: Any, tmp_path: Path) -> None:
    open_file, _ = opened
    crowd = points(3000, title=[str(number) for number in range(3000)])
    page = open_file(saved(tmp_path, places_layer(crowd)))
    page.locator(".cortile-disc").first.wait_for()
    numbers = [int(text) for text in page.locator(".cortile-disc text").all_text_contents()]
    assert sum(numbers) + page.locator(".cortile-pin").count() == 3000
    assert len(numbers) < 100


def test_places_on_one_point_can_be_opened_one_by_one(opened: Any, tmp_path: Path) -> None:
    open_file, _ = opened
    names = [f"Orto {number}" for number in range(201)]
    crowd = geopandas.GeoDataFrame(
        {"title": names}, geometry=geopandas.points_from_xy([7.6] * 201, [45.0] * 201), crs=4326
    )
    page = open_file(saved(tmp_path, places_layer(crowd)))
    page.locator(".cortile-disc").click()
    page.get_by_role("button", name="Orto 7", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cortile-popup strong")).to_have_text("Orto 7")


def test_nothing_is_said_to_be_nothing(opened: Any, tmp_path: Path) -> None:
    open_file, _ = opened
    nothing = geopandas.GeoDataFrame({"title": []}, geometry=[], crs=4326)
    page = open_file(saved(tmp_path, places_layer(nothing), areas_layer(nothing, shading=Shading("title"))))
    expect(page.get_by_text("There are no places here.")).to_be_visible()
    expect(page.get_by_text("There are no areas here.")).to_be_visible()


def test_the_page_hands_out_its_map(visit: Any, opened: Any, tmp_path: Path) -> None:
    """The file of the page, taken by its link under a filter, opened without the server."""
    open_file, asked = opened
    page = visit().open("/torino/?kind=house&lang=it")
    page.locator("[data-indicator]").select_option(label="Residenti")
    expect(page.locator("[data-legend-title]")).to_have_text("Residenti")
    with page.expect_download() as download:
        page.get_by_role("link", name="Porta via questa mappa in un file").click()
    assert download.value.suggested_filename == "torino.html"
    download.value.save_as(tmp_path / "torino.html")
    page.close()

    taken = open_file(tmp_path / "torino.html")
    expect(taken).to_have_title("Mappa di Torino")
    expect(taken.locator(".cortile-pin")).to_have_count(8)
    expect(taken.locator(".cortile-legend", has_text="Residenti").locator("li")).to_have_count(5 + 1)
    expect(taken.get_by_label("Case")).to_have_count(0)
    taken.get_by_role("button", name="Cascina Roccafranca").focus()
    taken.keyboard.press("Enter")
    expect(taken.locator(".cortile-popup strong")).to_contain_text("Cascina Roccafranca")
    expect(taken.locator(".cortile-said")).to_have_text("Casa del quartiere · Aperta")
    expect(taken.locator(".leaflet-popup-close-button")).to_have_attribute("aria-label", "Chiudi")
    assert {url for url in asked if not url.startswith(TILES)} == set()
