"""A city full of places and areas: few markers, exact totals and short scripts, however the map is moved."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import shapely
from playwright.sync_api import Error, Page, Response
from sqlalchemy import Connection, text

from app.fragility.shapes import redraw
from app.imports.demo import load_demonstration_city
from benchmarks.page import MOVES, WATCH
from tests.browser.conftest import Served, add_crowd, owning, serving
from tests.conftest import fresh_database

pytestmark = pytest.mark.browser

PLACES, AREAS = 100_000, 3_800
CENTRE, STEP_DEGREES = shapely.box(7.57, 45.0, 7.78, 45.14), 0.0002
SPIN = """() => {
  const began = performance.now();
  let sum = 0;
  for (let number = 0; number < 3e6; number++) sum += number % 7;
  return performance.now() - began;
}"""
"""The same work each time: where it takes longer at times, others use the machine, and so do scripts."""


@pytest.fixture(scope="module")
def full(cluster: Any, database_template: str) -> Iterator[tuple[Served, Connection]]:
    """The demonstration city with 100,000 more places, served, and a connection to count them by."""
    with fresh_database(cluster, database_template) as database:
        with owning(database) as db:
            load_demonstration_city(db)
            add_crowd(db, PLACES)
            add_sections(db)
            db.execute(text("ANALYZE"))
        with owning(database) as db, serving(database) as served:
            yield served, db


def add_sections(db: Connection) -> None:
    """As many areas as a city has census sections, which share winding borders, and a figure for each."""
    rng = np.random.default_rng(3)
    seeds = shapely.MultiPoint(rng.uniform(CENTRE.bounds[:2], CENTRE.bounds[2:], (AREAS, 2)))
    cells = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=CENTRE)), CENTRE)
    cells = shapely.segmentize(cells, STEP_DEGREES)
    db.execute(
        text("""INSERT INTO area_layers (city_id, slug, names, position)
            VALUES (1272, 'sections', '{"en": "Census sections", "it": "Sezioni di censimento"}', 9)""")
    )
    db.execute(
        text("""INSERT INTO areas (city_id, layer, code, source, licence, recorded_at, geom)
            SELECT 1272, 'sections', number, 'a test', 'CC0-1.0', '2026-01-02',
                ST_Multi(ST_GeomFromWKB(shape, 4326))
            FROM unnest(cast(:shapes AS bytea[])) WITH ORDINALITY AS made (shape, number)"""),
        {"shapes": shapely.to_wkb(cells).tolist()},
    )
    db.execute(
        text("""INSERT INTO indicators
            (city_id, slug, series, layer, names, units, year, polarity, source, licence)
            VALUES (1272, 'drawn', 'drawn', 'sections',
                '{"en": "Drawn", "it": "Estratto"}', '{"en": "%", "it": "%"}',
                2021, 1, 'a test', 'CC0-1.0')""")
    )
    db.execute(
        text("""INSERT INTO indicator_values (city_id, indicator, area_code, value, recorded_at)
            SELECT 1272, 'drawn', number, value, '2026-01-02'
            FROM unnest(cast(:values AS float8[])) WITH ORDINALITY AS made (value, number)"""),
        {"values": rng.uniform(0, 100, AREAS).tolist()},
    )
    redraw(db, 1272, "sections")


def test_a_full_city_moves_smoothly_and_is_counted_exactly(
    visit: Any, full: tuple[Served, Connection]
) -> None:
    served, db = full
    page, answers, spins = _moved(visit(), served, "/torino/")
    seen = page.evaluate("window.bench")
    assert 0 < seen["most"] <= 400
    assert len(answers) > 10
    for address, total in answers:
        assert total == _there(db, address), address
    assert _longest(seen) <= 50 * max(spins) / min(spins)


def test_a_choropleth_of_all_sections_moves_smoothly(visit: Any, full: tuple[Served, Connection]) -> None:
    served, _ = full
    page, _, spins = _moved(visit(), served, "/torino/?layer=sections&indicator=drawn")
    assert page.locator("[data-map]").get_attribute("data-areas") == str(AREAS)
    assert _longest(page.evaluate("window.bench")) <= 50 * max(spins) / min(spins)


def _longest(seen: dict[str, Any]) -> float:
    """The milliseconds of the longest script since the map began to be moved."""
    return max((took for at, took in seen["scripts"] if at > seen["began"]), default=0.0)


def _moved(visitor: Any, served: Served, path: str) -> tuple[Page, list[tuple[str, int]], list[float]]:
    """A visit that moves the map: the page, the questions for pins with their totals,
    and the milliseconds of the same work after each move."""
    visitor.served = served
    visitor.context.add_init_script(WATCH)
    spins: list[float] = []
    answers: list[Response] = []
    visitor.context.on("response", lambda one: answers.append(one) if "/pins?" in one.url else None)
    page: Page = visitor.open(path)
    page.wait_for_selector("[data-map][data-areas]")
    page.evaluate("new Promise((done) => requestIdleCallback(done, { timeout: 2000 }))")
    page.evaluate("window.bench.began = performance.now()")
    for move in MOVES:
        move(page)
        page.wait_for_load_state("networkidle")
        page.evaluate("new Promise((done) => requestIdleCallback(done, { timeout: 2000 }))")
        spins.append(page.evaluate(SPIN))
    page.wait_for_load_state("networkidle")
    return page, [(one.url, told) for one in answers if (told := _told(one)) is not None], spins


def _told(answer: Response) -> int | None:
    """The total of an answer; None where the page gave the question up for a newer one."""
    try:
        return int(answer.json()["total"])
    except Error:
        return None


def _there(db: Connection, address: str) -> int:
    west, south, east, north = map(float, parse_qs(urlsplit(address).query)["bbox"][0].split(","))
    sql = """SELECT count(*) FROM places WHERE city_id = 1272 AND moderation = 'published'
        AND lon BETWEEN :west AND :east AND lat BETWEEN :south AND :north"""
    values = {"west": west, "south": south, "east": east, "north": north}
    return int(db.execute(text(sql), values).scalar_one())
