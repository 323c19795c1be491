"""The graph to take away: as a file that networkx and Gephi read, or its edges as rows, however many.

Here edges have directions: a relation from its tail to its head, and neighbours from each place to those in
its list. So nothing is lost, and who wants them without direction can leave that out.
"""

import io
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import networkx
from sqlalchemy import Connection

from app.errors import BadParameter
from app.network.asked import Asked
from app.network.edges import MOST_PLACES, PUBLIC, directed_edges, stated_edges
from app.params import Bbox
from app.places.neighbours import state_of
from app.places.selection import Selection, parameters, whole
from app.statements import rows

MEDIA_TYPES = {
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class _Node:
    id: UUID
    kind: str
    status: str
    title: str | None
    lon: float
    lat: float
    source: str
    licence: str


def network(db: Connection, asked: Asked, bbox: Bbox | None) -> "networkx.MultiDiGraph[str]":
    """The public places of a city, or of a box, and the edges between them; raises BadParameter for too many.

    Nodes have kind, status, title, lon, lat, source and licence; edges sort, metres, and of relations kind,
    note and id. What is not known is left out.
    """
    nodes = _nodes(db, asked.city_id, bbox)
    if len(nodes) > MOST_PLACES:
        raise BadParameter(
            "bbox",
            "asks for more than %(most)s places, which is too much for one file. Ask for a smaller box, or"
            " take all edges away as network.csv and the places as data/places.csv.",
            most=f"{MOST_PLACES:,}",
        )
    made: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(over=asked.over)
    if asked.near:
        made.graph["neighbours"] = state_of(db, asked.city_id).state
    for node in nodes:
        made.add_node(
            str(node.id), **_said(node, "kind", "status", "title", "lon", "lat", "source", "licence")
        )
    for edge in directed_edges(db, asked, [node.id for node in nodes]):
        tail, head = str(edge.tail), str(edge.head)
        key = str(edge.id) if edge.id else f"{tail}/{head}"
        made.add_edge(tail, head, key=key, **_said(edge, "sort", "kind", "metres", "note"))
    return made


def _said(thing: Any, *names: str) -> dict[str, Any]:
    """What is known of a thing, without the signs that XML cannot hold."""
    known = {name: getattr(thing, name) for name in names}
    return {
        name: "".join(filter(_in_xml, value)) if isinstance(value, str) else value
        for name, value in known.items()
        if value is not None
    }


def _in_xml(sign: str) -> bool:
    return sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff")


def written(graph: "networkx.MultiDiGraph[str]", ending: str) -> bytes:
    """The graph as GraphML, GEXF 1.2 or node-link JSON."""
    if ending == "json":
        return json.dumps(networkx.node_link_data(graph, edges="edges"), ensure_ascii=False).encode()
    file = io.BytesIO()
    if ending == "graphml":
        networkx.write_graphml(graph, file, named_key_ids=True)
    else:
        titles = networkx.get_node_attributes(graph, "title")
        networkx.set_node_attributes(graph, titles, "label")  # what Gephi shows
        networkx.write_gexf(graph, file)
    return file.getvalue()


def edge_list(asked: Asked) -> tuple[str, dict[str, Any]]:
    """SQL for every edge of a city, to be streamed, and its values: as many as there are, in no order."""
    sorts = []
    if asked.stated:
        sorts.append(f"""SELECT 'relation' AS sort, tail, head, kind, NULL::float8 AS metres, id, valid, note
            FROM ({stated_edges("all")}) AS r""")
    if asked.near:
        sorts.append("""SELECT 'neighbour' AS sort, n.id AS tail, l.head, NULL AS kind, l.metres,
                NULL::uuid AS id, NULL::tstzrange AS valid, NULL AS note
            FROM (SELECT id, heads, metres FROM neighbours WHERE city_id = %(city)s) AS n
                CROSS JOIN LATERAL unnest(n.heads, n.metres) AS l (head, metres)""")
    metres = f"ST_Distance({_point('t')}, {_point('h')})"
    sql = f"""SELECT e.sort, e.tail, e.head, e.kind,
            coalesce(e.metres, round({metres}::numeric, 6)::float8) AS metres,
            e.id, lower(e.valid) AS valid_from, upper(e.valid) AS valid_to, e.note
        FROM ({" UNION ALL ".join(sorts)}) AS e
            JOIN {PUBLIC} AS t ON t.id = e.tail JOIN {PUBLIC} AS h ON h.id = e.head"""
    return sql, asked.values


def _point(place: str) -> str:
    return f"ST_SetSRID(ST_MakePoint({place}.lon, {place}.lat), 4326)::geography"


def _nodes(db: Connection, city_id: int, bbox: Bbox | None) -> list[_Node]:
    selection = Selection(city_id, bbox=bbox)
    sql = f"""SELECT id, kind, status, title, lon, lat, source, licence FROM places
        WHERE {whole(selection)} ORDER BY id LIMIT {MOST_PLACES + 1}"""
    return rows(db, _Node, sql, parameters(selection))
