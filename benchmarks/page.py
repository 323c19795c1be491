"""The map page in headless Chromium: how soon it shows pins, how many, and whether panning is smooth."""

import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.results import Result, Target
from benchmarks.stage import Stage, city_database, served

CHROMIUM = "/usr/bin/chromium"
DESKTOP = {"width": 1280, "height": 800}
PIN = ".leaflet-marker-icon"
STEPS = 12

# Runs before the page: notes when the first pin is in the document, and every task above 50 ms.
WATCH = """
window.bench = { firstPin: null, longTasks: [], most: 0 };
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.bench.longTasks.push([task.startTime, task.duration]);
}).observe({ type: "longtask", buffered: true });
new MutationObserver(() => {
  const pins = document.querySelectorAll("PIN").length;
  if (pins && window.bench.firstPin === null) window.bench.firstPin = performance.now();
  window.bench.most = Math.max(window.bench.most, pins);
}).observe(document, { childList: true, subtree: true });
""".replace("PIN", PIN)


@dataclass(frozen=True)
class Visit:
    """One visit: milliseconds to the first pins, pins at most, the longest task while panning, MB of heap."""

    first_pins: float
    pins: int
    longest_task: float
    heap: float


def measure(stage: Stage, places: int, seed: int, visits: int) -> list[Result]:
    """The median of some visits to /torino/, each in a browser profile of its own, without a base map."""
    database = city_database(stage, places, seed)
    with served(stage, database) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        _visit(browser, url)
        seen = [_visit(browser, url) for _ in range(visits)]
        browser.close()
    first = statistics.median(visit.first_pins for visit in seen) / 1000
    pins, task = max(visit.pins for visit in seen), statistics.median(visit.longest_task for visit in seen)
    heap = statistics.median(visit.heap for visit in seen)
    return [
        Result("map page: seconds to the first pins", f"{first:.2f} s", "", first, _at_most(2.5)),
        Result("map page: pins in the document", str(pins), "", float(pins), _at_most(400)),
        Result("map page: longest task while panning", f"{task:.0f} ms", "", task, _at_most(50)),
        Result("map page: heap of scripts", f"{heap:.1f} MB"),
    ]


def _at_most(value: float) -> Target:
    return Target(value, at_least=False)


def _visit(browser: Browser, url: str) -> Visit:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{url}/torino/", wait_until="load")
    page.wait_for_selector(PIN)
    page.wait_for_load_state("networkidle")
    began = page.evaluate("performance.now()")
    _pan(page)
    seen = page.evaluate("window.bench")
    heap = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    context.close()
    tasks = [duration for start, duration in seen["longTasks"] if start >= began]
    return Visit(seen["firstPin"], seen["most"], max(tasks, default=0.0), heap)


def _pan(page: Page) -> None:
    """Drag the map to the left, up, right and down, and zoom in and out, waiting for the pins each time."""
    for dx, dy in ((-300, 0), (0, -250), (300, 0), (0, 250)):
        page.mouse.move(800, 420)
        page.mouse.down()
        for step in range(1, STEPS + 1):
            page.mouse.move(800 + dx * step / STEPS, 420 + dy * step / STEPS)
        page.mouse.up()
        page.wait_for_load_state("networkidle")
    for turn in (-240, 240):
        page.mouse.wheel(0, turn)
        page.wait_for_timeout(600)
        page.wait_for_load_state("networkidle")
