"""Bringing streets in: read, cut at crossings, put in the place of what was there."""

from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from app.cities import City
from app.errors import ImportRefused
from app.imports.streets import queries
from app.imports.streets.reading import Extract, read
from app.network.streets import Load
from app.progress import Watcher
from geo.streets import Network, network

SOURCE, LICENCE = "OpenStreetMap contributors", "ODbL 1.0"
MARGIN = 0.02
"""Degrees around the city's extent, some 2 km: a way may lead around through the neighbour's."""


def import_streets(db: Connection, path: Path, city: City, at: datetime, watch: Watcher) -> Load:
    """Put the walkable streets of an extract in the place of the city's; raises ImportRefused."""
    extract = read(path, watch)
    watch.stage("Cutting streets at their crossings")
    made = network(extract.ways, _box(city))
    if not len(made.metres):
        raise ImportRefused(
            f"{path.name} has streets, but none in {city.slug} and its surroundings; nothing was changed."
        )
    load = _described(extract, made, at)
    watch.stage("Writing", load.edges)
    queries.replace(db, city.id, load, made, watch.advance)
    watch.stage("Committing")
    return load


def _box(city: City) -> tuple[float, float, float, float]:
    west, south, east, north = city.extent
    return west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN


def _described(extract: Extract, made: Network, at: datetime) -> Load:
    lengths = np.bincount(made.component, weights=made.metres)
    return Load(
        file_name=extract.name,
        source=SOURCE,
        licence=LICENCE,
        extracted_at=extract.at,
        loaded_at=at,
        ways=made.ways,
        edges=len(made.metres),
        nodes=made.nodes,
        metres=float(made.metres.sum()),
        components=int(made.component.max()),
        largest_metres=float(lengths[1]),
    )
