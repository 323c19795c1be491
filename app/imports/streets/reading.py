"""Reading an extract of OpenStreetMap: its walkable ways first, then the positions of their nodes only.

So the memory that it takes goes by the ways that are walked, not by the nodes of the file.
"""

from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from app.errors import ImportRefused
from app.imports.streets.rules import shut, walkable
from app.progress import Watcher
from geo.streets import Ints, Ways

ENDINGS = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".xml")
TOLD = 10_000
"""After so many objects, whoever watches is told."""
MOMENTS = ("osmosis_replication_timestamp", "timestamp")
"""Where the head of a file may say how old its data are."""


@dataclass(frozen=True)
class Extract:
    """The walkable ways of a file, and when its data were taken, where it tells that."""

    name: str
    ways: Ways
    at: datetime | None


def read(path: Path, watch: Watcher) -> Extract:
    """The walkable ways of an OSM PBF or XML file; raises ImportRefused where it cannot be read whole."""
    if not path.name.lower().endswith(ENDINGS):
        raise ImportRefused(
            f"{path.name} does not look like an extract of OpenStreetMap; its name ends in .osm.pbf or .osm."
        )
    with path.open("rb"):  # a file that is missing is told as such
        pass
    with _told(path):
        at = _moment(path)
        refs, way, newest = _ways(path, watch)
        if not len(refs):
            raise ImportRefused(f"{path.name} has no street that may be walked: there is nothing to import.")
        ids, nodes = np.unique(refs, return_inverse=True)
        lonlat, closed = _nodes(path, ids, watch)
    if not np.isfinite(lonlat).any():
        raise ImportRefused(f"{path.name} has ways, but not the nodes that say where they run.")
    ways = Ways(nodes.astype(np.int64), way, lonlat, closed)
    return Extract(path.name, ways, at or newest)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError) as error:
        reason = str(error).strip().rstrip(".")
        raise ImportRefused(
            f"{path.name} cannot be read to its end: it is cut off, or no file of OpenStreetMap ({reason})."
        ) from None


def _moment(path: Path) -> datetime | None:
    header = osmium.io.Reader(str(path), osmium.osm.NOTHING).header()
    for name in MOMENTS:
        if said := header.get(name, ""):
            try:
                return datetime.fromisoformat(said).astimezone(UTC)
            except ValueError:
                continue
    return None


def _ways(path: Path, watch: Watcher) -> tuple[Ints, Ints, datetime | None]:
    """The nodes of all walkable ways, which way each belongs to, and the newest change of any of them."""
    watch.stage("Reading streets")
    refs, way, newest, count = array("q"), array("q"), 0.0, 0
    processor: Any = osmium.FileProcessor(str(path), osmium.osm.WAY)
    for count, each in enumerate(processor.with_filter(osmium.filter.KeyFilter("highway")), start=1):
        if not count % TOLD:
            watch.advance(TOLD)
        if walkable(each.tags):
            named = [node.ref for node in each.nodes]
            refs.extend(named)
            way.extend([count] * len(named))
            newest = max(newest, each.timestamp.timestamp())
    watch.advance(count % TOLD)
    at = datetime.fromtimestamp(newest, UTC) if newest > 0 else None
    return np.asarray(refs, dtype=np.int64), np.asarray(way, dtype=np.int64), at


def _nodes(path: Path, ids: Ints, watch: Watcher) -> tuple[Any, Any]:
    """The positions of these nodes, NaN where the file has none, and which of them nobody may pass."""
    watch.stage("Reading crossings", len(ids))
    lonlat, closed = np.full((len(ids), 2), np.nan), np.zeros(len(ids), dtype=bool)
    processor: Any = osmium.FileProcessor(str(path), osmium.osm.NODE)
    number = {each: position for position, each in enumerate(ids.tolist())}
    count = 0
    for count, node in enumerate(processor.with_filter(osmium.filter.IdFilter(number)), start=1):
        if not count % TOLD:
            watch.advance(TOLD)
        position = number[node.id]
        if node.location.valid():
            lonlat[position] = node.location.lon, node.location.lat
        closed[position] = len(node.tags) > 0 and shut(node.tags)
    watch.advance(count % TOLD)
    return lonlat, closed
