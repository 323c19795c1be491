"""A small town of streets, written as OpenStreetMap writes them, and what is walkable of it by hand.

Five columns and five rows of crossings, 100 m apart. Between the third and the fourth row flows a river: a
footbridge crosses it in the first column, a motorway in the third. Across it lead, too, a private drive and a
path with a private gate in its middle. From the south-east corner a dead end leads 250 m to the east, and a
path in a courtyard touches no street.
"""

from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import osmium
from osmium.osm import mutable
from pyproj import Geod, Transformer

EARTH = Geod(ellps="WGS84")
LON, LAT = 7.68, 45.07
PLANE = f"+proj=aeqd +lon_0={LON} +lat_0={LAT} +ellps=WGS84"
TO_PLANE = Transformer.from_crs(4326, PLANE, always_xy=True)
FROM_PLANE = Transformer.from_crs(PLANE, 4326, always_xy=True)
RESIDENTIAL = {"highway": "residential"}


def at(east: float, north: float) -> tuple[float, float]:
    """Degrees of a point so many metres from the south-west crossing, to the 1e-7 that OSM keeps."""
    lon, lat = FROM_PLANE.transform(east, north)
    return round(lon, 7), round(lat, 7)


def crossing(column: int, row: int) -> int:
    return 1 + column + 5 * row


NODES = {crossing(x, y): at(100 * x, 100 * y) for x in range(5) for y in range(5)}
NODES |= {30: at(400, 250), 31: at(650, 0), 32: at(120, 140), 33: at(170, 160), 34: at(0, 250)}
TAGS = {30: {"barrier": "gate", "access": "private"}}
WALKED: list[tuple[list[int], dict[str, str]]] = [
    *(([crossing(x, y) for x in range(5)], RESIDENTIAL) for y in range(5)),
    *(([crossing(x, y) for y in range(3)], {"highway": "footway"}) for x in range(5)),
    *(([crossing(x, y) for y in (3, 4)], {"highway": "steps"}) for x in range(5)),
    ([crossing(0, 2), 34, crossing(0, 3)], {"highway": "path", "bridge": "yes"}),
    ([crossing(4, 0), 31], {"highway": "service", "access": "private", "foot": "yes"}),
    ([32, 33], {"highway": "path"}),
]
NOT_WALKED: list[tuple[list[int], dict[str, str]]] = [
    ([crossing(2, 2), crossing(2, 3)], {"highway": "motorway", "foot": "yes"}),
    ([crossing(3, 2), crossing(3, 3)], {"highway": "service", "access": "private"}),
    ([crossing(0, 0), crossing(4, 4)], {"waterway": "river"}),
    ([crossing(1, 2), crossing(1, 3)], {"highway": "proposed"}),
]
GATED = ([crossing(4, 2), 30, crossing(4, 3)], {"highway": "path"})
"""Both pieces end at the gate, and so are not there."""


def write(path: Path, nodes: Any = None, ways: Any = None) -> Path:
    """The town as a file, PBF or XML as its name says."""
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    for number, location in (nodes or NODES).items():
        tags = TAGS.get(number, {})
        writer.add_node(mutable.Node(id=number, location=location, version=1, tags=tags))
    for number, (refs, tags) in enumerate(ways or [*WALKED, *NOT_WALKED, GATED], start=1):
        way = mutable.Way(id=number, nodes=refs, version=1, tags=tags, timestamp="2026-03-01T10:00:00Z")
        writer.add_way(way)
    writer.close()
    return path


def metres(first: int, second: int) -> float:
    return float(EARTH.inv(*NODES[first], *NODES[second])[2])


def truth() -> "nx.Graph[int]":
    """The walkable town, piece by piece: nodes of OpenStreetMap, edges with their `metres`."""
    made: nx.Graph[int] = nx.Graph()
    for refs, _ in WALKED:
        for first, second in pairwise(refs):
            made.add_edge(first, second, metres=metres(first, second))
    return made


def stand(graph: "nx.Graph[Any]", name: str, lon: float, lat: float, snap: float = 250.0) -> float | None:
    """Put somebody onto the nearest street, as a node called `name`; the metres to it, None for too many.

    The piece of street is cut in two there.
    """
    found = feet(graph, lon, lat, snap)
    if not found:
        return None
    _, away, (a, b, share, foot) = found[0]
    long = graph.edges[a, b]["metres"]
    graph.remove_edge(a, b)
    graph.add_node(name, at=FROM_PLANE.transform(*foot))
    graph.add_edge(a, name, metres=share * long)
    graph.add_edge(name, b, metres=(1 - share) * long)
    return away


def tied(graph: "nx.Graph[Any]", lon: float, lat: float) -> bool:
    """Whether two streets are equally near, to a centimetre: which of them is taken is rounding."""
    found = feet(graph, lon, lat, 250.0)
    return any(
        (cut_off, away < found[0][1] + 0.01) == (found[0][0], True)
        and np.linalg.norm(foot - found[0][2][3]) > 0.1
        for cut_off, away, (*_, foot) in found
    )


def feet(graph: "nx.Graph[Any]", lon: float, lat: float, snap: float) -> list[tuple[bool, float, Any]]:
    """Where one comes onto each street within `snap` metres, the largest part of town and the nearest first.

    All of it in a plane around the town, by formulas of its own.
    """
    here = np.array(TO_PLANE.transform(lon, lat))
    largest = max(nx.connected_components(graph), key=len)
    found: list[tuple[bool, float, Any]] = []
    for a, b in graph.edges:
        ends = [np.array(TO_PLANE.transform(*_where(graph, node))) for node in (a, b)]
        along = ends[1] - ends[0]
        share = float(np.clip(np.dot(here - ends[0], along) / max(np.dot(along, along), 1e-12), 0, 1))
        foot = ends[0] + share * along
        away = float(np.linalg.norm(here - foot))
        if away <= snap:
            found.append((a not in largest, away, (a, b, share, foot)))
    return sorted(found, key=lambda each: each[:2])


def _where(graph: "nx.Graph[Any]", node: Any) -> tuple[float, float]:
    return graph.nodes[node].get("at") or NODES[node]
