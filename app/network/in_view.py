"""The edges of a view of the map: relations that hold now, and kept neighbours, with the places they join.

One statement. The places of the view come from ranges of Morton codes, as everywhere, and their edges from
the indexes of both tables. A view that holds more places than `MOST_PLACES` has more neighbours than anybody
can draw, so these are left out unasked, and its relations are found by going through those of the city, with
the places of the view at hand; where it holds more than `WIDEST`, by looking up where each of them leads.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from app.network.relations import STATED
from app.places.queries import feature_sql
from app.places.selection import Selection, anchored, conditions, parameters, pins
from app.statements import row_of_bytes
from app.tables.places import VISIBLE

RELATIONS, NEIGHBOURS = SORTS = ("relations", "neighbours")
MOST_EDGES = 2_000
MOST_PLACES = 5_000
"""Each place has neighbours of its own, so that many more places than edges cannot all be drawn."""
WIDEST = 50_000
_POINT = "ST_SetSRID(ST_MakePoint({0}.lon, {0}.lat), 4326)::geography"
METRES = f"""round(coalesce(e.metres,
    ST_Distance({_POINT.format("a")}, {_POINT.format("b")}))::numeric, 2) AS metres"""
_SAID = f"e.sort, e.tail, e.head, e.kind, {METRES}"
LINE = f"""'{{"type":"Feature","geometry":{{"type":"LineString","coordinates":[['
    || round(a.lon::numeric, 7) || ',' || round(a.lat::numeric, 7) || '],['
    || round(b.lon::numeric, 7) || ',' || round(b.lat::numeric, 7) || ']]}},"properties":'
    || CASE WHEN e.sort = 'relation'
        THEN row_to_json((SELECT s FROM (SELECT {_SAID}, e.id, e.note) AS s))::text
        ELSE row_to_json((SELECT s FROM (SELECT {_SAID}) AS s))::text END || '}}'"""
"""SQL for an edge `e` between the places `a` and `b` as a GeoJSON feature."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Features separated by commas, first the places, then the edges; how many of each sort; whether all."""

    features: bytes
    places: int
    relations: int
    neighbours: int
    truncated: bool


def edges_of(db: Connection, selection: Selection, sorts: tuple[str, ...], at: datetime, limit: int) -> Edges:
    """The edges of the places of a selection, which must have a box, each once; at most `limit`.

    Relations that hold at a time in the world and have one end among the places, or both; neighbours that
    both are among them. Where there are more, relations come first, in the order of their ids, and neighbours
    are given all or not at all: half a net would be read as a gap.
    """
    assert selection.bbox, "without a box these are the edges of a whole city"
    values = parameters(selection) | {
        "limit": limit,
        "most": MOST_PLACES,
        "widest": WIDEST,
        "states": list(STATED),
        "at": at,
    }
    values |= {sort: sort in sorts for sort in SORTS}
    return Edges(*row_of_bytes(db, _edges(selection.shape()), values, once=selection.once))


@lru_cache(maxsize=16)
def _edges(selection: Selection) -> str:
    visible = f"p.city_id = %(city)s AND p.{VISIBLE}"
    return f"""WITH view AS MATERIALIZED (
            SELECT * FROM ({pins(selection, "id, lon, lat")}) AS pins LIMIT %(most)s + 1),
        crowd AS MATERIALIZED (SELECT count(*) > %(most)s AS crowded FROM view),
        wide AS MATERIALIZED (SELECT id FROM ({pins(selection, "id")}) AS pins
            WHERE %(relations)s::boolean AND (SELECT crowded FROM crowd) LIMIT %(widest)s + 1),
        vast AS MATERIALIZED (SELECT count(*) > %(widest)s AS vast FROM wide),
        related AS MATERIALIZED ({_related(selection)}),
        near AS MATERIALIZED (
            SELECT least(v.id, k.head) AS tail, greatest(v.id, k.head) AS head, min(k.metres) AS metres
            FROM view AS v
                JOIN neighbours AS n ON n.city_id = %(city)s AND n.id = v.id
                CROSS JOIN LATERAL unnest(n.heads, n.metres) AS k (head, metres)
                JOIN view AS w ON w.id = k.head
            WHERE %(neighbours)s::boolean AND NOT (SELECT crowded FROM crowd)
            GROUP BY 1, 2),
        sums AS MATERIALIZED (SELECT (SELECT count(*) FROM related) AS relations,
            (SELECT count(*) FROM near) AS neighbours),
        cut AS MATERIALIZED (SELECT least(relations, %(limit)s) AS relations,
                relations + neighbours > %(limit)s
                    OR %(neighbours)s::boolean AND (SELECT crowded FROM crowd) AS truncated
            FROM sums),
        edges AS MATERIALIZED (
            (SELECT 'relation' AS sort, id, tail, head, kind, note, NULL::float8 AS metres FROM related
                ORDER BY id LIMIT %(limit)s)
            UNION ALL
            SELECT 'neighbour', NULL, tail, head, NULL, NULL, metres FROM near
                WHERE NOT (SELECT truncated FROM cut)),
        ends AS MATERIALIZED (SELECT * FROM places AS p WHERE {visible}
            AND p.id IN (SELECT tail FROM edges UNION SELECT head FROM edges)),
        lines AS MATERIALIZED (SELECT e.sort, e.id, e.tail, e.head, {LINE} AS line
            FROM edges AS e JOIN ends AS a ON a.id = e.tail JOIN ends AS b ON b.id = e.head),
        told AS (SELECT string_agg(said, ',') AS features FROM (
            SELECT {feature_sql()} AS said FROM ends UNION ALL
            (SELECT line FROM lines ORDER BY sort DESC, id, tail, head)) AS all_of_them)
        SELECT coalesce((SELECT features FROM told), ''), (SELECT count(*) FROM ends),
            count(*) FILTER (WHERE sort = 'relation'), count(*) FILTER (WHERE sort = 'neighbour'),
            (SELECT truncated FROM cut)
        FROM lines"""


def _related(selection: Selection) -> str:
    """SQL for the relations of the view: by its places where they are few, else by those of the city."""
    columns = "r.id, r.tail, r.head, r.kind, r.note"
    holding = "r.city_id = %(city)s AND r.state = ANY(%(states)s::text[]) AND r.valid @> %(at)s::timestamptz"
    public = " AND ".join(
        f"EXISTS (SELECT FROM places AS p WHERE p.city_id = %(city)s AND p.id = r.{end} AND p.{VISIBLE})"
        for end in ("tail", "head")
    )
    by_place = " UNION ".join(
        f"SELECT {columns} FROM view AS v JOIN relations AS r ON r.{end} = v.id AND {holding}"
        " WHERE %(relations)s::boolean AND NOT (SELECT crowded FROM crowd)"
        for end in ("tail", "head")
    )
    ends = " CROSS JOIN LATERAL ".join(
        f"(SELECT {conditions(selection)} AND {anchored(selection.bbox)} AS inside FROM places"
        f" WHERE city_id = %(city)s AND id = r.{end} AND {VISIBLE} OFFSET 0) AS {end}"
        for end in ("tail", "head")
    )
    shown = " CROSS JOIN LATERAL ".join(
        f"(SELECT FROM places WHERE city_id = %(city)s AND id = r.{end} AND {VISIBLE} OFFSET 0) AS {end}"
        for end in ("tail", "head")
    )
    return f"""SELECT {columns} FROM ({by_place}) AS r WHERE {public}
            UNION ALL
            (SELECT {columns} FROM relations AS r CROSS JOIN LATERAL {shown}
            WHERE %(relations)s::boolean AND (SELECT crowded AND NOT vast FROM crowd, vast) AND {holding}
                AND (r.tail IN (SELECT id FROM wide) OR r.head IN (SELECT id FROM wide))
            ORDER BY r.id LIMIT %(limit)s + 1)
            UNION ALL
            (SELECT {columns} FROM relations AS r CROSS JOIN LATERAL {ends}
            WHERE (SELECT vast FROM vast) AND {holding} AND (tail.inside OR head.inside)
            ORDER BY r.id LIMIT %(limit)s + 1)"""
