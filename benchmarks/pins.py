"""Pins and clusters of a view: how long one answer takes, by zoom. There is no target yet."""

import statistics
import time
import urllib.request

from benchmarks.layout import CENTRE
from benchmarks.results import Result
from benchmarks.stage import Stage, city_database, served

ZOOMS = (10, 12, 14, 16, 18)
VIEW_PX = (1280, 800)


def measure(stage: Stage, places: int, seed: int, repeats: int) -> list[Result]:
    """The median of `repeats` answers, one after the other, for a view of 1280 x 800 pixels on the centre."""
    database = city_database(stage, places, seed)
    results = []
    with served(stage, database) as url:
        for zoom in ZOOMS:
            for filters in ("", "&kind=project"):
                asked = f"{url}/torino/pins?bbox={view(zoom)}&zoom={zoom}{filters}"
                what = f"pins at zoom {zoom}{', projects only' if filters else ''}"
                results.append(Result(what, f"{_milliseconds(asked, repeats):,.1f} ms"))
    return results


def view(zoom: int) -> str:
    """The box of the view; its height is that of the latitude of the centre, 0.706 of its longitude's."""
    degrees = 360.0 / (256 * 2**zoom)
    dx, dy = VIEW_PX[0] / 2 * degrees, VIEW_PX[1] / 2 * degrees * 0.706
    return f"{CENTRE[0] - dx:.6f},{CENTRE[1] - dy:.6f},{CENTRE[0] + dx:.6f},{CENTRE[1] + dy:.6f}"


def _milliseconds(url: str, repeats: int) -> float:
    took = []
    for _ in range(repeats + 2):
        began = time.perf_counter()
        with urllib.request.urlopen(url, timeout=60) as answer:
            answer.read()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took[2:])
