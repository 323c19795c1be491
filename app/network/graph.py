"""The streets around some spots as the text of SQL that pgRouting reads.

pgRouting takes its edges as the text of a query, so what is asked is written into that text: whole numbers
only, as PostgreSQL itself writes a bigint, and nothing that a caller has typed. The city is one of them. A
spot in the middle of a street becomes a node of its own, numbered below zero, with an edge to either end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.numeric import Int8

from app.network.streets import Spot
from app.params import Bbox

GRAPH = """('SELECT id, source, target, metres AS cost FROM street_edges WHERE city_id = '
    || %(city)s::bigint || ' AND geom && ST_MakeEnvelope('
    || array_to_string(ARRAY[%(g_west)s::bigint, %(g_south)s::bigint, %(g_east)s::bigint,
        %(g_north)s::bigint], '/1e6,') || '/1e6, 4326)'
    || ' UNION ALL SELECT -10 - number, a, b, millimetres / 1000.0 FROM unnest('''
    || %(g_from)s::bigint[]::text || '''::bigint[], ''' || %(g_to)s::bigint[]::text || '''::bigint[], '''
    || %(g_long)s::bigint[]::text || '''::bigint[]) WITH ORDINALITY AS spots (a, b, millimetres, number)')"""
"""SQL for the text of the query; undirected, every edge has its `cost` in metres."""


@dataclass(frozen=True, slots=True)
class Link:
    """An edge that is not stored: from a spot (-1, -2, ...) to a node, or to another spot, in metres."""

    begin: int
    end: int
    metres: float


def links(spots: Sequence[Spot], *, away: bool) -> list[Link]:
    """The edges from each spot to both ends of its street; with the way to the street where `away`."""
    made = []
    for number, spot in enumerate(spots, start=1):
        first = spot.away if away else 0.0
        made.append(Link(-number, spot.source, first + spot.along * spot.metres))
        made.append(Link(-number, spot.target, first + (1 - spot.along) * spot.metres))
    return made


def graph(city_id: int, box: Bbox, joined: Sequence[Link]) -> dict[str, Any]:
    """The parameters of GRAPH: the streets that touch the box, and these edges besides."""
    sides = {"west": box.west, "south": box.south, "east": box.east, "north": box.north}
    return {
        "city": city_id,
        **{f"g_{name}": Int8(round(degrees * 1e6)) for name, degrees in sides.items()},
        "g_from": _array([each.begin for each in joined]),
        "g_to": _array([each.end for each in joined]),
        "g_long": _array([round(each.metres * 1000) for each in joined]),
    }


def _array(values: Sequence[int]) -> str:
    return f"{{{','.join(str(int(value)) for value in values)}}}"
