"""Walk-sheds: the ground that somebody reaches on foot within some minutes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from app.network.streets import Spot, plane
from app.network.walking import NODES, Start, question
from app.statements import rows
from geo.streets import ground, part

WIDTH_M, FILL_M2 = 50.0, 20_000.0
"""What lies within 50 m of a reached street is reached; so is the inside of a block of up to two hectares."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A street of which at least one end is reached, or on which the walk begins.

    `low` and `high`, shares of its length: it is reached from its first point to the one, and from the other
    to its last point.
    """

    edge: int
    line: bytes
    low: float
    high: float


_PIECES = f"""WITH {NODES}
    SELECT e.id AS edge, ST_AsBinary(e.geom) AS line,
        coalesce((%(metres)s::float8 - a.far) / nullif(e.metres, 0), 0) AS low,
        1 - coalesce((%(metres)s::float8 - b.far) / nullif(e.metres, 0), 0) AS high
    FROM street_edges AS e LEFT JOIN nodes AS a ON a.node = e.source LEFT JOIN nodes AS b ON b.node = e.target
    WHERE e.city_id = %(city)s AND (a.node IS NOT NULL OR b.node IS NOT NULL OR e.id = %(edge)s::bigint)
        AND e.geom && ST_MakeEnvelope(%(g_west)s::bigint / 1e6, %(g_south)s::bigint / 1e6,
            %(g_east)s::bigint / 1e6, %(g_north)s::bigint / 1e6, 4326)"""


def shed(db: Connection, city_id: int, srid: int, begin: Start, metres: float) -> BaseGeometry:
    """The ground that somebody reaches within so many metres, EPSG:4326; empty where it is none.

    It is what lies within WIDTH_M of the streets that are reached, the last ones as far as they are. A hull
    of the reached crossings, concave or not, would take in the far bank of a river, and a street that is
    reached half way would count whole or not at all. Where the method is the straight line, it is a circle.
    `srid`: a projected system in metres.
    """
    if begin.spot is None:
        return ground(np.array([begin.origin.shape], dtype=object), metres, 0.0, srid, corners=16)
    left = metres - begin.spot.away
    if left <= 0:
        return shapely.Polygon()
    pieces = rows(db, _Piece, _PIECES, question(city_id, begin, metres))
    lines = [line for piece in pieces for line in _walked(piece, begin.spot, left)]
    return ground(np.array(lines, dtype=object), WIDTH_M, FILL_M2, srid)


def _walked(piece: _Piece, spot: Spot, left: float) -> list[BaseGeometry]:
    """What of a street is reached; `left`: the metres that remain where the walk meets a street."""
    line: Any = shapely.from_wkb(piece.line)
    spans = [(0.0, piece.low), (piece.high, 1.0)]
    if piece.edge == spot.edge:
        share = left / max(spot.metres, 1e-9)
        spans.append((spot.along - share, spot.along + share))
    if any(first <= 0 and last >= 1 for first, last in spans) or piece.low >= piece.high:
        return [line]
    east = plane(spot.lat)[0]
    return [part(line, max(0, first), min(1, last), east) for first, last in spans if last > max(0, first)]
