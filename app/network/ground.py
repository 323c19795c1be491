"""The part of the graph that a question has come to: places and edges, fetched as it goes on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from app.cql.form import Form
from app.cql.properties import Property
from app.errors import NotFound
from app.network.asked import Asked
from app.network.edges import Edge, Spot, edges_around
from app.places.queries import COLUMNS, SHOWN, feature_sql
from app.statements import row_of_bytes, rows
from app.tables.places import VISIBLE

Around = dict[UUID, list[Edge]]


@dataclass
class Ground:
    """What has been fetched: where places are, and for each place its edges by the place at their other end.

    A place is `fetched` once all of its edges are there.
    """

    db: Connection
    asked: Asked
    at: dict[UUID, Spot] = field(default_factory=dict)
    around: dict[UUID, Around] = field(default_factory=dict)
    fetched: set[UUID] = field(default_factory=set)
    _known: set[tuple[object, ...]] = field(default_factory=set)

    def fetch(self, place_ids: Collection[UUID]) -> None:
        """Fetch the edges of these places, by one statement."""
        wanted = [each for each in place_ids if each not in self.fetched]
        for edge in edges_around(self.db, self.asked, wanted) if wanted else ():
            if (edge.id, *edge.pair) in self._known:
                continue
            self._known.add((edge.id, *edge.pair))
            self.at[edge.tail], self.at[edge.head] = edge.tail_at, edge.head_at
            self.around.setdefault(edge.tail, {}).setdefault(edge.head, []).append(edge)
            self.around.setdefault(edge.head, {}).setdefault(edge.tail, []).append(edge)
        self.fetched.update(wanted)


@dataclass(frozen=True, slots=True)
class Standing:
    """A public place by name, and where it stands."""

    id: UUID
    kind: str
    status: str
    title: str | None
    language: str
    translations: dict[str, dict[str, str]] | None
    lon: float
    lat: float


def standing(db: Connection, city_id: int, place_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Public places by their ids; raises NotFound, naming the first that is none."""
    sql = f"""SELECT id, kind, status, title, language, translations, lon, lat FROM places
        WHERE city_id = %(city)s AND id = ANY(%(ids)s::uuid[]) AND {VISIBLE}"""
    found = {each.id: each for each in rows(db, Standing, sql, {"city": city_id, "ids": list(place_ids)})}
    for each in place_ids:
        if each not in found:
            raise NotFound("There is no place %(place)s here; it may have been removed.", place=each)
    return found


@dataclass(frozen=True, slots=True)
class Places:
    """Features, separated by commas, and the ids that they have."""

    features: bytes
    ids: list[UUID]


def features_of(db: Connection, city_id: int, numbered: dict[UUID, int], said: Property) -> Places:
    """The places as features in this order, each with its number as the property `said`.

    The SQL of `said` reads the column `number`. Places that are not public (any more) are left out.
    """
    form = Form(properties=(*SHOWN, said))
    sql = f"""WITH kept AS (SELECT p.*, a.number, a.rank
            FROM unnest(%(ids)s::uuid[], %(numbers)s::int[]) WITH ORDINALITY AS a (id, number, rank)
            JOIN (SELECT {COLUMNS} FROM places WHERE city_id = %(city)s AND {VISIBLE}) AS p ON p.id = a.id)
        SELECT coalesce(string_agg({feature_sql(form)}, ',' ORDER BY rank), ''),
            coalesce(array_agg(id ORDER BY rank), '{{}}') FROM kept"""
    values = {"city": city_id, "ids": list(numbered), "numbers": list(numbered.values())}
    body, ids = row_of_bytes(db, sql, values)
    return Places(body, ids)
