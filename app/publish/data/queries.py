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


def licences(db: Connection, city_id: int) -> dict[str, list[str]]:
    """The licences of each data set's records."""
    found: dict[str, list[str]] = {}
    for origin in origins(db, city_id):
        there = found.setdefault(origin.dataset, [])
        if origin.licence not in there:
            there.append(origin.licence)
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
