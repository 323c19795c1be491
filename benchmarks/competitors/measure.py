"""Items, single features and tiles beside tipg and pygeoapi, which answer from a view of the same table."""

import json
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import click

from app.places.selection import Selection
from benchmarks import http, items, tiles
from benchmarks.competitors import servers
from benchmarks.competitors.environments import version
from benchmarks.files import CITY_ID
from benchmarks.results import Result, Target, alternated
from benchmarks.stage import Stage, city_database, served

SMALL_KM = 0.2
MOST = 10_000
WARM = 16
WARM_SECONDS = 3
SLOW = 5
TIPG = "/collections/competitors.places"
PYGEOAPI = "/collections/places"


@dataclass(frozen=True)
class Rival:
    """A competitor that runs: its name, its address and the path of its collection."""

    name: str
    url: str
    collection: str

    def items(self, path: str) -> str:
        """What asks it for the page that `path` asks us for."""
        query = path.partition("?")[2]
        form = "&f=json" if self.name == "pygeoapi" else ""
        return f"{self.collection}/items?{query}{form}"

    def one(self, key: object) -> str:
        """What asks it for a feature."""
        return f"{self.collection}/items/{key}" + ("?f=json" if self.name == "pygeoapi" else "")


@dataclass(frozen=True)
class Asked:
    """The same questions for both sides, and what the ratio must reach."""

    what: str
    ours: Sequence[str]
    theirs: Sequence[str]
    target: Target | None


def measure(stage: Stage, places: int, seed: int, pace: items.Pace) -> list[Result]:
    """Every question; raises AssertionError where a side gives other features than we do."""
    database = city_database(stage, places, seed)
    with ExitStack() as stack:
        stack.enter_context(servers.view(stage, database))
        ours = stack.enter_context(served(stage, database))
        tipg = Rival("tipg", stack.enter_context(servers.tipg(stage, database)), TIPG)
        pygeoapi = Rival("pygeoapi", stack.enter_context(servers.pygeoapi(stage, database)), PYGEOAPI)
        drawn = items.drawn(stage, database, places, seed)
        for rival in (tipg, pygeoapi):
            check(ours, rival, drawn)
        return [
            *(_beside(ours, tipg, asked, pace) for asked in _questions(tipg, drawn, (10, 5))),
            *(_beside(ours, tipg, asked, pace) for asked in _tiles(drawn)),
            *(_beside(ours, pygeoapi, asked, pace) for asked in _questions(pygeoapi, drawn, (20, None))),
        ]


def check(ours: str, rival: Rival, drawn: Sequence[items.Drawn]) -> None:
    """Ask both for all features of small boxes, and for one feature: they must be the same."""
    for lon, lat, key in drawn[:8]:
        path = items.path(Selection(CITY_ID, bbox=items.box(lon, lat, SMALL_KM)), MOST)
        mine, other = _ids(_read(ours + path)), _ids(_read(rival.url + rival.items(path)))
        assert mine == other, f"{rival.name} finds {len(other)} features at {path}, and we {len(mine)}"
        assert mine, f"{path} holds nothing to compare"
        said = _read(rival.url + rival.one(key))
        assert str(said["id"]) == str(key), f"{rival.name} gives {said['id']} for {key}"


def _ids(collection: dict[str, Any]) -> set[str]:
    return {str(feature["id"]) for feature in collection["features"]}


def _read(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url, timeout=120) as answer:
        body: dict[str, Any] = json.load(answer)
    return body


def _questions(
    rival: Rival, drawn: Sequence[items.Drawn], targets: tuple[float, float | None]
) -> list[Asked]:
    asked = []
    for km in (1.0, 3.0):
        paths = [items.path(Selection(CITY_ID, bbox=items.box(lon, lat, km)), 100) for lon, lat, _ in drawn]
        theirs = [rival.items(path) for path in paths]
        asked.append(Asked(f"100 features of {km:g} km", paths, theirs, Target(targets[0])))
    keys = [key for _, _, key in drawn]
    target = Target(targets[1]) if targets[1] else None
    one = Asked(
        "one feature by its id",
        [f"{items.ITEMS}/{key}" for key in keys],
        [rival.one(key) for key in keys],
        target,
    )
    return [*asked, one]


def _tiles(drawn: Sequence[items.Drawn]) -> list[Asked]:
    """The same tiles with the same attributes; tipg stops at 10,000 features of a tile, we gather them."""
    asked = []
    for zoom in tiles.ZOOMS:
        cells = sorted({tiles.tile_at(lon, lat, zoom) for lon, lat, _ in drawn})
        ours = [f"/torino/tiles/places/{zoom}/{row}/{column}" for row, column in cells]
        lean = "properties=id,kind,status,title"
        theirs = [f"{TIPG}/tiles/WebMercatorQuad/{zoom}/{column}/{row}?{lean}" for row, column in cells]
        asked.append(Asked(f"tiles of zoom {zoom}", ours, theirs, Target(2.5)))
    return asked


def _beside(url: str, rival: Rival, asked: Asked, pace: items.Pace) -> Result:
    for path in asked.theirs[:WARM]:  # their workers read the table's description when they are first asked
        urllib.request.urlopen(rival.url + path, timeout=120).close()
    # And on each of its connections: cold, tipg gave half of what it gives after these seconds.
    http.rate(rival.url, asked.theirs, items.CLIENTS, WARM_SECONDS)
    seconds = pace.seconds * (SLOW if rival.name == "pygeoapi" else 1)

    def other() -> float:
        # Where no answer came in time, one is counted: the ratio is then at least what it says.
        return max(http.rate(rival.url, asked.theirs, items.CLIENTS, seconds), 1 / seconds)

    above, under, ratio = alternated(
        lambda: http.rate(url, asked.ours, items.CLIENTS, pace.seconds), other, pace.rounds
    )
    what = f"{asked.what} (beside {rival.name} {version(rival.name)})"
    click.echo(f"{what}: {above:,.0f}/s, {under:,.2f}/s, ratio {ratio:,.2f}")
    return Result(what, f"{above:,.0f}/s", f"{under:,.2f}/s", ratio, asked.target)
