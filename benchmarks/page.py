"""The map page in headless Chromium: how soon pins show, how many, whether it moves smoothly, and totals."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Error, Page, Response, sync_playwright

from benchmarks.files import CITY_ID
from benchmarks.results import Result, Target
from benchmarks.stage import Stage, city_database, served

CHROMIUM = "/usr/bin/chromium-headless-shell"
DESKTOP = {"width": 1280, "height": 800}
PIN = ".leaflet-marker-icon"
STEPS = 12

# Runs before the page: notes when the first pin is in the document, how many there are at most, and every
# script of a frame that took long. A task counts as ours where a script of the page ran in it.
WATCH = """
window.bench = { firstPin: null, scripts: [], most: 0 };
new PerformanceObserver((list) => {
  for (const frame of list.getEntries())
    for (const script of frame.scripts) window.bench.scripts.push([script.startTime, script.duration]);
}).observe({ type: "long-animation-frame", buffered: true });
new MutationObserver(() => {
  const pins = document.querySelectorAll("PIN").length;
  if (pins && window.bench.firstPin === null) window.bench.firstPin = performance.now();
  window.bench.most = Math.max(window.bench.most, pins);
}).observe(document, { childList: true, subtree: true });
""".replace("PIN", PIN)


@dataclass(frozen=True)
class Visit:
    """One visit: milliseconds to the first pins and of the longest script while moving, pins at most, MB of
    heap, and of how many views the total was wrong."""

    first_pins: float
    pins: int
    longest_script: float
    heap: float
    wrong: int


def measure(stage: Stage, places: int, seed: int, visits: int) -> list[Result]:
    """The median of some visits to /torino/, each in a browser profile of its own, without a base map."""
    database = city_database(stage, places, seed)
    with served(stage, database) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        _visit(browser, url, (stage, database))
        seen = [_visit(browser, url, (stage, database)) for _ in range(visits)]
        browser.close()
    first = statistics.median(visit.first_pins for visit in seen) / 1000
    script = statistics.median(visit.longest_script for visit in seen)
    pins, wrong = max(visit.pins for visit in seen), sum(visit.wrong for visit in seen)
    heap = statistics.median(visit.heap for visit in seen)
    return [
        Result("map page: seconds to the first pins", f"{first:.2f} s", "", first, _at_most(2.5)),
        Result("map page: pins in the document", str(pins), "", float(pins), _at_most(400)),
        Result(
            f"map page: longest script in {len(MOVES)} moves", f"{script:.0f} ms", "", script, _at_most(50)
        ),
        Result("map page: views with a wrong total", str(wrong), "", float(wrong), _at_most(0)),
        Result("map page: heap of scripts", f"{heap:.1f} MB"),
    ]


def _at_most(value: float) -> Target:
    return Target(value, at_least=False)


def _visit(browser: Browser, url: str, there: tuple[Stage, str]) -> Visit:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(WATCH)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer) if "/pins?" in answer.url else None)
    page.goto(f"{url}/torino/", wait_until="load")
    page.wait_for_selector(PIN)
    page.wait_for_load_state("networkidle")
    began = page.evaluate("performance.now()")
    for move in MOVES:
        move(page)
        page.wait_for_timeout(600)
        page.wait_for_load_state("networkidle")
    seen = page.evaluate("window.bench")
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    told = [(answer.url, _told(answer)) for answer in answers]
    wrong = sum(total not in (None, _there(*there, address)) for address, total in told)
    context.close()
    scripts = [duration for start, duration in seen["scripts"] if start >= began]
    return Visit(seen["firstPin"], seen["most"], max(scripts, default=0.0), heap, wrong)


def _told(answer: Response) -> int | None:
    """The total of an answer; None where the page gave the question up for a newer one."""
    try:
        return int(answer.json()["total"])
    except Error:
        return None


def _there(stage: Stage, database: str, url: str) -> int:
    west, south, east, north = parse_qs(urlsplit(url).query)["bbox"][0].split(",")
    sql = f"""SELECT count(*) FROM places WHERE city_id = {CITY_ID} AND moderation = 'published'
        AND lon BETWEEN {west} AND {east} AND lat BETWEEN {south} AND {north}"""
    return int(str(stage.asked(sql, database)[0][0]))


def _drag(dx: int, dy: int) -> Callable[[Page], None]:
    def drag(page: Page) -> None:
        page.mouse.move(800, 420)
        page.mouse.down()
        for step in range(1, STEPS + 1):
            page.mouse.move(800 + dx * step / STEPS, 420 + dy * step / STEPS)
        page.mouse.up()

    return drag


def _turn(wheel: int) -> Callable[[Page], None]:
    return lambda page: page.mouse.wheel(0, wheel)


LEFT, UP, RIGHT, DOWN = (_drag(dx, dy) for dx, dy in ((-300, 0), (0, -250), (300, 0), (0, 250)))
IN, OUT = _turn(-240), _turn(240)
MOVES = (
    LEFT,
    UP,
    IN,
    RIGHT,
    DOWN,
    IN,
    LEFT,
    UP,
    IN,
    RIGHT,
    OUT,
    DOWN,
    OUT,
    LEFT,
    OUT,
    OUT,
    RIGHT,
    IN,
    UP,
    DOWN,
)
"""Twenty: over the city at four scales."""
