"""What an index is computed from: the series of a layer, their values, and the hash of them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from app.errors import BadParameter
from app.fragility.indices.rules import Definition, hash_of
from app.fragility.rules import RESIDENTS
from app.statements import rows

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator of a series: of which year, by which slug, who made it."""

    layer: str
    series: str
    year: int
    slug: str
    names: dict[str, str]
    units: dict[str, str]
    polarity: int
    source: str
    licence: str


@dataclass(frozen=True, slots=True)
class _Value:
    indicator: str
    code: str
    value: float


@dataclass(frozen=True, slots=True)
class Inputs:
    """The values of one data year, and of all years that the goalposts go over.

    `codes`: of the areas, in order; `figures`: one for each series, in canonical order; `table`: (areas,
    series), NaN where there is no value; `residents`: (areas,); `others`: the tables of the other years;
    `hash`: of all of it.
    """

    year: int
    codes: tuple[str, ...]
    figures: tuple[Figure, ...]
    table: Floats
    residents: Floats
    others: tuple[Floats, ...]
    hash: str


def figures(db: Connection, city_id: int, layer: str) -> list[Figure]:
    """Every indicator of the layer that is no index, with its series; the newest years first."""
    return [figure for figure in figures_of(db, city_id) if figure.layer == layer]


def figures_of(db: Connection, city_id: int) -> list[Figure]:
    """Every indicator of the city that is no index, of every layer."""
    sql = """SELECT layer, series, year::integer, slug, names, units, polarity::integer, source, licence
        FROM indicators AS i WHERE i.city_id = %(city)s
            AND NOT EXISTS (SELECT FROM indices AS x
                WHERE x.city_id = %(city)s AND x.slug = i.series)
        ORDER BY position, series, year DESC"""
    return rows(db, Figure, sql, {"city": city_id})


def newest_year(there: list[Figure], wanted: tuple[str, ...]) -> int | None:
    """The newest year that all of these series have; None where there is no such year."""
    common = years_of_all(there, wanted)
    return common[0] if common else None


def years_of_all(there: list[Figure], wanted: tuple[str, ...]) -> list[int]:
    """The years that all of these series have, the newest first."""
    years = defaultdict(set)
    for figure in there:
        years[figure.series].add(figure.year)
    common = set.intersection(*(years[series] for series in wanted)) if wanted else set()
    return sorted(common, reverse=True)


def inputs(
    db: Connection, city_id: int, layer: str, definition: Definition, year: int | None = None
) -> Inputs:
    """The values that the definition asks for, of this year or the newest that all its series have.

    Raises BadParameter, naming the series that miss and the years there are.
    """
    there = figures(db, city_id, layer)
    wanted = definition.series
    chosen = _year(there, wanted, year)
    used = years_of_all(there, wanted) if definition.goalposts == "years" else [chosen]
    values = _values(db, city_id, layer)
    codes = tuple(_codes(db, city_id, layer))
    by_key = {(figure.series, figure.year): figure for figure in there}
    people = by_key.get((RESIDENTS, chosen)) or next((f for f in there if f.series == RESIDENTS), None)
    said: dict[str, Any] = {
        "layer": layer,
        "year": chosen,
        "areas": codes,
        "residents": values[people.slug] if people else {},
        "values": {
            str(other): {series: values[by_key[series, other].slug] for series in wanted} for other in used
        },
    }
    tables = {other: _table(codes, said["values"][str(other)], wanted) for other in used}
    return Inputs(
        chosen,
        codes,
        tuple(by_key[series, chosen] for series in wanted),
        tables[chosen],
        np.array([said["residents"].get(code, np.nan) for code in codes], dtype=np.float64),
        tuple(table for other, table in tables.items() if other != chosen),
        hash_of(said),
    )


def _year(there: list[Figure], wanted: tuple[str, ...], year: int | None) -> int:
    """The year to be computed; raises BadParameter where a series has no data of it."""
    known = {figure.series for figure in there}
    strangers = [series for series in wanted if series not in known]
    if strangers:
        raise BadParameter(
            "indicators",
            "this layer has no series %(series)s; it has: %(there)s.",
            series=", ".join(strangers),
            there=", ".join(dict.fromkeys(figure.series for figure in there)) or "–",
        )
    common = years_of_all(there, wanted)
    chosen = common[0] if year is None and common else year
    missing = [series for series in wanted if not any((f.series, f.year) == (series, chosen) for f in there)]
    if chosen is None or missing:
        raise BadParameter(
            "year",
            "there is no data of %(year)s for: %(series)s. All of the series have: %(years)s.",
            year=chosen or "–",
            series=", ".join(missing or wanted),
            years=", ".join(map(str, common)) or "–",
        )
    return chosen


def _table(codes: tuple[str, ...], values: dict[str, dict[str, float]], wanted: tuple[str, ...]) -> Floats:
    return np.array(
        [[values[series].get(code, np.nan) for series in wanted] for code in codes], dtype=np.float64
    ).reshape(len(codes), len(wanted))


@dataclass(frozen=True, slots=True)
class _Code:
    code: str


def _codes(db: Connection, city_id: int, layer: str) -> list[str]:
    sql = 'SELECT code FROM areas WHERE city_id = %(city)s AND layer = %(layer)s ORDER BY code COLLATE "C"'
    return [row.code for row in rows(db, _Code, sql, {"city": city_id, "layer": layer})]


def _values(db: Connection, city_id: int, layer: str) -> dict[str, dict[str, float]]:
    """Indicator to the value of each area that there is."""
    sql = """SELECT v.indicator, v.area_code AS code, v.value
        FROM indicator_values AS v
        JOIN indicators AS i ON i.city_id = %(city)s AND i.slug = v.indicator AND i.layer = %(layer)s
        JOIN areas AS a ON a.city_id = %(city)s AND a.layer = %(layer)s AND a.code = v.area_code
        WHERE v.city_id = %(city)s"""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for each in rows(db, _Value, sql, {"city": city_id, "layer": layer}):
        found[each.indicator][each.code] = each.value
    return found
