"""Which places have no house within some minutes on foot: every house walks at once.

One node stands for all of them. From it lead the ways out of each house, so that one search tells of every
crossing how far its nearest house is; a search for each house would cost as many times more.
"""

from functools import lru_cache

import shapely
from sqlalchemy import Connection

from app.errors import BadParameter
from app.network.graph import Link, graph
from app.network.queries import Gaps
from app.network.rules import HOUR_M, Origin
from app.network.streets import Spot, nearest_edge, snapping
from app.network.walking import NODES, WITH_MINUTES
from app.params import Cursor
from app.places.queries import COLUMNS, feature_sql
from app.places.selection import Selection, conditions, parameters
from app.statements import row_of_bytes, rows
from app.tables.places import VISIBLE

MOST_HOUSES = 2_000
A_PIECE = 5_000
"""So many places are looked at for one page, which may so have fewer than were asked for, and a next one."""

_HOUSES = f"""WITH houses AS MATERIALIZED (SELECT geom FROM places
        WHERE city_id = %(city)s AND {VISIBLE} AND kind = 'house' LIMIT {MOST_HOUSES} + 1)
    SELECT edge, first_node AS source, last_node AS target, edge_metres AS metres, component, along, away,
        foot_lon AS lon, foot_lat AS lat
    FROM houses CROSS JOIN LATERAL ({nearest_edge("houses.geom")}) AS spot"""


def gaps(db: Connection, selection: Selection, lat: float, metres: float, limit: int) -> Gaps:
    """The places of the selection with no house within so many metres on foot, in the order of the map.

    Each says how far its nearest house is; nothing where that is more than an hour's walk, or where there
    is no street near. `lat`: a latitude of the city. Raises BadParameter where there are too many houses.
    """
    around = snapping(lat)
    houses = rows(db, Spot, _HOUSES, {"city": selection.city_id, **around})
    if len(houses) > MOST_HOUSES:
        raise BadParameter(
            "minutes", "more than %(most)s houses are on the map; ask for metres.", most=f"{MOST_HOUSES:,}"
        )
    spots = shapely.MultiPoint([(house.lon, house.lat) for house in houses] or [(0.0, lat)])
    values = (
        parameters(selection) | around | graph(selection.city_id, Origin(spots).box(HOUR_M), _doors(houses))
    )
    values |= {"metres": HOUR_M, "gap": metres, "limit": limit, **_by_edge(houses)}
    sql = _gaps(selection.shape())
    body, count, looked_at, found, morton, last = row_of_bytes(db, sql, values, once=selection.once)
    more = found > limit or looked_at > A_PIECE
    return Gaps(body, count, Cursor(morton, last) if more else None)


def _doors(houses: list[Spot]) -> list[Link]:
    """The ways from the one node to both ends of the street of each house."""
    ends = [
        (end, house.away + share * house.metres)
        for house in houses
        for end, share in ((house.source, house.along), (house.target, 1 - house.along))
    ]
    return [Link(-1, end, far) for end, far in ends]


def _by_edge(houses: list[Spot]) -> dict[str, list[float]]:
    """The houses once more, for the places that stand on the same street."""
    return {
        "h_edges": [float(house.edge) for house in houses],
        "h_along": [house.along for house in houses],
        "h_away": [house.away for house in houses],
    }


@lru_cache(maxsize=16)
def _gaps(selection: Selection) -> str:
    return f"""WITH {NODES},
        houses AS MATERIALIZED (SELECT edge::bigint AS edge, along, away
            FROM unnest(%(h_edges)s::float8[], %(h_along)s::float8[], %(h_away)s::float8[])
                AS h (edge, along, away)),
        piece AS MATERIALIZED (SELECT {COLUMNS} FROM places AS s WHERE {conditions(selection)}
            AND (morton, id) > (%(after)s, %(after_id)s) ORDER BY morton, id LIMIT {A_PIECE} + 1),
        looked_at AS (SELECT * FROM piece ORDER BY morton, id LIMIT {A_PIECE}),
        snapped AS MATERIALIZED (SELECT p.*, spot.* FROM looked_at AS p
            LEFT JOIN LATERAL ({nearest_edge("p.geom")}) AS spot ON true),
        measured AS (SELECT s.*, s.away + least(a.far + s.along * s.edge_metres,
                b.far + (1 - s.along) * s.edge_metres,
                (SELECT min(h.away + abs(h.along - s.along) * s.edge_metres) FROM houses AS h
                    WHERE h.edge = s.edge)) AS metres
            FROM snapped AS s LEFT JOIN nodes AS a ON a.node = s.first_node
            LEFT JOIN nodes AS b ON b.node = s.last_node),
        page AS MATERIALIZED (SELECT *, row_number() OVER (ORDER BY morton, id) AS number FROM measured
            WHERE coalesce(metres, 'infinity') > %(gap)s::float8 ORDER BY morton, id LIMIT %(limit)s + 1),
        kept AS (SELECT * FROM page WHERE number <= %(limit)s),
        last AS (SELECT morton, id FROM (
                (SELECT morton, id FROM kept WHERE (SELECT count(*) FROM page) > %(limit)s)
                UNION ALL (SELECT morton, id FROM looked_at WHERE (SELECT count(*) FROM page) <= %(limit)s)
            ) AS ends ORDER BY morton DESC, id DESC LIMIT 1)
        SELECT coalesce(string_agg({feature_sql(WITH_MINUTES)}, ',' ORDER BY number), ''), count(*),
            (SELECT count(*) FROM piece), (SELECT count(*) FROM page), (SELECT morton FROM last),
            (SELECT id FROM last)
        FROM kept"""
