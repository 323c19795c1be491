"""The streets that a city has: what was loaded, and how a spot finds the street that it stands at.

Positions along a street are told as shares of its length. Near a spot, degrees become a plane by shrinking
longitudes to the length of a degree of latitude there: within a street's length that is exact to a few parts
in ten thousand, and PostGIS measures planes many times faster than the ellipsoid.
"""

import math
from dataclasses import dataclass
from datetime import datetime

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from app.statements import rows

NEAR_M, SNAP_M = 60.0, 250.0
"""How far from a place its street usually is, and how far it may be, in metres."""
_ECCENTRICITY = 0.00669437999014  # of WGS 84, squared
_EQUATOR_M = 6_378_137.0


@dataclass(frozen=True, slots=True)
class Load:
    """Where a city's streets come from, and what was loaded; metres are sums of lengths."""

    file_name: str
    source: str
    licence: str
    extracted_at: datetime | None
    loaded_at: datetime
    ways: int
    edges: int
    nodes: int
    metres: float
    components: int
    largest_metres: float


def load_of(db: Connection, city_id: int) -> Load | None:
    """What is loaded of a city; None where nothing is."""
    sql = f"SELECT {', '.join(Load.__dataclass_fields__)} FROM street_loads WHERE city_id = %(city)s"
    return next(iter(rows(db, Load, sql, {"city": city_id})), None)


def walked(db: Connection, city_id: int) -> Load | None:
    """The streets by which walking distances can be told; None where none are, or no pgRouting."""
    sql = f"""SELECT {", ".join(Load.__dataclass_fields__)} FROM street_loads
        WHERE city_id = %(city)s AND EXISTS (SELECT FROM pg_extension WHERE extname = 'pgrouting')"""
    return next(iter(rows(db, Load, sql, {"city": city_id})), None)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a shape meets the streets.

    `edge` leads from node `source` to node `target` and is `metres` long; the spot lies at the share `along`
    of it, at `lon` and `lat`, `away` metres from the shape. Between two parts (`component`) no way leads.
    """

    edge: int
    source: int
    target: int
    metres: float
    component: int
    along: float
    away: float
    lon: float
    lat: float


def plane(lat: float) -> tuple[float, float]:
    """How long a degree of longitude is beside one of latitude, and the metres of the latter."""
    bulge = 1 - _ECCENTRICITY * math.sin(math.radians(lat)) ** 2
    meridian = _EQUATOR_M * (1 - _ECCENTRICITY) / bulge**1.5
    parallel = _EQUATOR_M * math.cos(math.radians(lat)) / bulge**0.5
    return parallel / meridian, math.radians(meridian)


def snapping(lat: float) -> dict[str, float]:
    """The parameters of `nearest_edge` around a latitude."""
    squeeze, degree = plane(lat)
    tiers = {"near": NEAR_M / degree, "snap": SNAP_M / degree}
    return {"squeeze": squeeze, **tiers, **{f"{name}_east": far / squeeze for name, far in tiers.items()}}


def nearest_edge(shape: str) -> str:
    """SQL for the Spot of a shape, an SQL expression in EPSG:4326; no row where no street is near.

    The largest connected part is asked first: a footpath in a closed courtyard may be nearer, and leads
    nowhere. Most places have a street of it close by, so that is looked for first; where there is one, the
    wider search would find the same.
    """
    close = _nearest(shape, "near", "e.component = 1")
    return f"""SELECT n.edge, n.source AS first_node, n.target AS last_node, n.metres AS edge_metres,
            n.component, n.along, ST_Distance(n.foot::geography, ({shape})::geography) AS away,
            ST_X(n.foot) AS foot_lon, ST_Y(n.foot) AS foot_lat
        FROM (({close}) UNION ALL ({_nearest(shape, "snap", "true")}) LIMIT 1) AS n"""


def _nearest(shape: str, tier: str, condition: str) -> str:
    return f"""SELECT e.id AS edge, e.source, e.target, e.metres, e.component,
            ST_LineLocatePoint(flat, at) AS along, ST_Scale(at, 1 / %(squeeze)s, 1) AS foot
        FROM street_edges AS e
        CROSS JOIN LATERAL (SELECT ST_Scale(e.geom, %(squeeze)s, 1) AS flat,
            ST_Scale({shape}, %(squeeze)s, 1) AS here) AS f
        CROSS JOIN LATERAL (SELECT ST_ClosestPoint(flat, here) AS at) AS c
        WHERE e.city_id = %(city)s AND e.geom && ST_Expand({shape}, %({tier}_east)s, %({tier})s)
            AND ST_DWithin(flat, here, %({tier})s) AND {condition}
        ORDER BY e.component <> 1, ST_Distance(at, here), e.id LIMIT 1"""


_SNAP = f"""WITH origin AS MATERIALIZED (SELECT ST_GeomFromWKB(%(shape)s, 4326) AS shape)
    SELECT edge, first_node AS source, last_node AS target, edge_metres AS metres, component, along, away,
        foot_lon AS lon, foot_lat AS lat
    FROM origin CROSS JOIN LATERAL ({nearest_edge("origin.shape")}) AS spot"""


def spot(db: Connection, city_id: int, shape: BaseGeometry) -> Spot | None:
    """Where a shape, EPSG:4326, meets the streets; None where none is within SNAP_M metres."""
    values = snapping(shape.centroid.y) | {"city": city_id, "shape": shapely.to_wkb(shape)}
    return next(iter(rows(db, Spot, _SNAP, values)), None)
