"""What the page of data asks: whose work it is, and under which terms."""

from dataclasses import dataclass

from sqlalchemy import Connection

from app.statements import rows
from app.tables.places import VISIBLE


@dataclass(frozen=True, slots=True)
class Origin:
    """Records of one source under one licence: how many, and in which data set."""

    dataset: str
    source: str
    licence: str
    records: int


@dataclass(frozen=True, slots=True)
class Terms:
    """A licence of the records of a data set."""

    dataset: str
    licence: str


def licences(db: Connection, city_id: int) -> dict[str, list[str]]:
    """The licences of each data set's records.

    Those of places are found by jumping from each pair of source and licence to the next in the index: as
    many steps as there are pairs, not places.
    """
    of_places = f"FROM places WHERE city_id = %(city)s AND {VISIBLE}"
    first = "ORDER BY source, licence LIMIT 1"
    sql = f"""WITH RECURSIVE pairs AS (
            (SELECT source, licence {of_places} {first})
            UNION ALL
            SELECT following.* FROM pairs CROSS JOIN LATERAL (SELECT source, licence {of_places}
                AND (source, licence) > (pairs.source, pairs.licence) {first}) AS following
        )
        SELECT DISTINCT 'places' AS dataset, licence FROM pairs
        UNION
        SELECT layer, licence FROM areas WHERE city_id = %(city)s
        ORDER BY dataset, licence"""
    found: dict[str, list[str]] = {}
    for terms in rows(db, Terms, sql, {"city": city_id}):
        found.setdefault(terms.dataset, []).append(terms.licence)
    return found


def origins(db: Connection, city_id: int) -> list[Origin]:
    """Every source and licence of the city's public records, the largest first in each data set."""
    sql = f"""SELECT 'places' AS dataset, source, licence, count(*) AS records FROM places
            WHERE city_id = %(city)s AND {VISIBLE} GROUP BY source, licence
        UNION ALL
        SELECT layer, source, licence, count(*) FROM areas WHERE city_id = %(city)s
            GROUP BY layer, source, licence
        ORDER BY dataset, records DESC, source, licence"""
    return rows(db, Origin, sql, {"city": city_id})
