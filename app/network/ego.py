"""A place and those at most so many edges away from it: its ego network."""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import Connection

from app.cql.properties import Property, Type
from app.network.asked import Asked
from app.network.edges import Edge, edges_among
from app.network.ground import Ground, Places, features_of, standing
from geo.proximity import metres_between

MOST_PLACES = 1_000
HOPS = Property("hops", Type.NUMBER, "number", {"en": "Steps away", "it": "Passi di distanza"})


@dataclass(frozen=True, slots=True)
class Ego:
    """Places with their `hops` from the one in the middle, the edges among them; whether there are more."""

    places: Places
    edges: list[Edge]
    truncated: bool


def ego(db: Connection, asked: Asked, place: UUID, hops: int) -> Ego:
    """The places at most so many edges away from a public place; raises NotFound.

    They are at most 1,000: of the ring that does not fit, those nearest to the middle, as the crow flies.
    """
    middle = standing(db, asked.city_id, (place,))[place]
    ground = Ground(db, asked, {place: (middle.lon, middle.lat)})
    away, truncated = rings(ground, place, hops)
    places = features_of(db, asked.city_id, away, HOPS)
    shown = set(places.ids)
    edges = [each for each in edges_among(db, asked, places.ids) if each.tail in shown and each.head in shown]
    return Ego(places, edges, truncated)


def rings(ground: Ground, place: UUID, hops: int) -> tuple[dict[UUID, int], bool]:
    """How many edges each place is away, in the order of that and of nearness; whether some were left out."""
    away, ring = {place: 0}, [place]
    for hop in range(1, hops + 1):
        ground.fetch(ring)
        met = {there for here in ring for there in ground.around.get(here, {}) if there not in away}
        ring = _nearest_first(ground, place, met)
        room = MOST_PLACES - len(away)
        away |= dict.fromkeys(ring[:room], hop)
        if len(ring) > room:
            return away, True
    return away, False


def _nearest_first(ground: Ground, place: UUID, met: set[UUID]) -> list[UUID]:
    ids = sorted(met)
    spots = np.array([ground.at[each] for each in ids], dtype=float).reshape(-1, 2)
    metres = metres_between(spots, np.broadcast_to(np.array(ground.at[place]), spots.shape))
    return [ids[index] for index in np.argsort(metres, kind="stable")]
