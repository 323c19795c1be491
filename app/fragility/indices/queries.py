"""The questions about indices, their versions and the scores of areas."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.fragility.indices.rules import hash_of, shown_as
from app.statements import row_of_bytes, rows


@dataclass(frozen=True, slots=True)
class Index:
    """An index: what it is called, and whose areas it scores."""

    slug: str
    layer: str
    names: dict[str, str]
    descriptions: dict[str, str]
    licence: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """An index as it was computed once: by which definition, of which data, by whom.

    `by`: the name that they show in public, if any, and never their address. `published_at`: when it was
    published last, if ever; `current`: whether it is what is shown of its year.
    """

    index: str
    version: int
    year: int
    definition: dict[str, Any]
    definition_hash: str
    data_hash: str
    method: dict[str, str]
    sources: list[dict[str, Any]]
    facts: dict[str, Any]
    computed_at: datetime
    computed_by: UUID | None
    by: str | None
    code: str
    published_at: datetime | None
    current: bool

    @property
    def hash(self) -> str:
        """The SHA-256 of both hashes, by which the version is cited."""
        return hash_of({"data": self.data_hash, "definition": self.definition_hash})


@dataclass(frozen=True, slots=True)
class Published:
    """What is shown of an index for one year: the version, and the indicator that carries its scores.

    `series`: what the index is made of.
    """

    index: str
    version: int
    year: int
    indicator: str
    layer: str
    names: dict[str, str]
    series: list[str]


@dataclass(frozen=True, slots=True)
class Score:
    """The score of an area: 1 is the rank of the most fragile.

    `rank_low` and `rank_high` hold 90 % of its ranks under other choices, `parts` says what each series adds.
    Without a score, `few_residents` or `missing` says why.
    """

    code: str
    name: str | None
    score: float | None
    rank: int | None
    rank_median: float | None
    rank_low: float | None
    rank_high: float | None
    parts: dict[str, float]
    few_residents: bool
    missing: list[str]


_SCORE = """s.area_code AS code, a.name, s.score, s.rank, s.rank_median, s.rank_low, s.rank_high, s.parts,
    s.few_residents, s.missing"""
_SCORES = """index_scores AS s
    JOIN indices AS i ON i.city_id = %(city)s AND i.slug = s.index
    LEFT JOIN areas AS a ON a.city_id = %(city)s AND a.layer = i.layer AND a.code = s.area_code"""
# The last publication of a year counts. UUIDv7 breaks a tie of the clock.
_CURRENT = """SELECT DISTINCT ON (p.index, v.year) p.index, p.version, v.year, v.definition
    FROM index_publications AS p
    JOIN index_versions AS v ON v.city_id = %(city)s AND v.index = p.index AND v.version = p.version
    WHERE p.city_id = %(city)s ORDER BY p.index, v.year, p.published_at DESC, p.id DESC"""


@dataclass(frozen=True, slots=True)
class _Shown:
    index: str
    version: int
    year: int
    layer: str
    names: dict[str, str]
    series: list[str]


def published(db: Connection, city_id: int, layer: str | None = None) -> list[Published]:
    """What is shown of the indices of a layer, or of all: a version for each year, the newest year first."""
    sql = f"""SELECT c.index, c.version, c.year::integer, i.layer, i.names,
            ARRAY(SELECT part ->> 'series' FROM jsonb_array_elements(c.definition -> 'indicators') AS part)
                AS series
        FROM ({_CURRENT}) AS c JOIN indices AS i ON i.city_id = %(city)s AND i.slug = c.index
        WHERE %(layer)s::text IS NULL OR i.layer = %(layer)s ORDER BY c.index, c.year DESC"""
    found = rows(db, _Shown, sql, {"city": city_id, "layer": layer})
    newest = {each.index: each.year for each in reversed(found)}
    return [
        Published(
            each.index,
            each.version,
            each.year,
            shown_as(each.index, each.year, newest[each.index]),
            each.layer,
            each.names,
            each.series,
        )
        for each in found
    ]


def score_of(db: Connection, city_id: int, index: str, version: int, code: str) -> Score | None:
    """The score of one area in a version of an index; None where the version does not know the area."""
    sql = f"""SELECT {_SCORE} FROM {_SCORES}
        WHERE s.city_id = %(city)s AND s.index = %(index)s AND s.version = %(version)s
            AND s.area_code = %(code)s"""
    found = rows(db, Score, sql, {"city": city_id, "index": index, "version": version, "code": code})
    return found[0] if found else None


def scores(db: Connection, city_id: int, index: str, version: int) -> list[Score]:
    """The score of every area in a version, the most fragile first, those without a score last."""
    sql = f"""SELECT {_SCORE} FROM {_SCORES}
        WHERE s.city_id = %(city)s AND s.index = %(index)s AND s.version = %(version)s
        ORDER BY s.rank NULLS LAST, s.area_code"""
    return rows(db, Score, sql, {"city": city_id, "index": index, "version": version})


def scores_shown(db: Connection, city_id: int, layer: str, indicator: str) -> dict[str, Score]:
    """The scores behind an indicator, by the code of the area; none where it is no published index."""
    shown = next((each for each in published(db, city_id, layer) if each.indicator == indicator), None)
    found = scores(db, city_id, shown.index, shown.version) if shown else []
    return {each.code: each for each in found if each.rank is not None}


def indices(db: Connection, city_id: int) -> list[Index]:
    """The city's indices."""
    sql = """SELECT slug, layer, names, descriptions, licence, made_at FROM indices
        WHERE city_id = %(city)s ORDER BY layer, made_at, slug"""
    return rows(db, Index, sql, {"city": city_id})


def versions(db: Connection, city_id: int, index: str | None = None) -> list[Version]:
    """The versions of an index, or of every index of the city, the newest first."""
    return _versions(db, {"city": city_id, "index": index})


def _versions(db: Connection, asked: Mapping[str, Any]) -> list[Version]:
    sql = f"""SELECT v.index, v.version, v.year::integer, v.definition, v.definition_hash, v.data_hash,
            v.method, v.sources, v.facts, v.computed_at, v.computed_by,
            who.name AS by, v.code,
            (SELECT max(p.published_at) FROM index_publications AS p
                WHERE p.city_id = %(city)s AND p.index = v.index AND p.version = v.version) AS published_at,
            EXISTS (SELECT FROM ({_CURRENT}) AS c
                WHERE c.index = v.index AND c.version = v.version) AS current
        FROM index_versions AS v LEFT JOIN people AS who ON who.id = v.computed_by
        WHERE v.city_id = %(city)s AND (%(index)s::text IS NULL OR v.index = %(index)s)
        ORDER BY v.index, v.version DESC"""
    return rows(db, Version, sql, asked)


def features(db: Connection, city_id: int, index: str, version: int) -> bytes:
    """The areas of a version with their scores, as a GeoJSON FeatureCollection; shapes to about a metre."""
    sql = f"""SELECT '{{"type":"FeatureCollection","features":[' || coalesce(string_agg(
            '{{"type":"Feature","id":' || to_json(s.area_code)
            || ',"geometry":' || coalesce(ST_AsGeoJSON(a.geom, 5), 'null') || ',"properties":'
            || row_to_json((SELECT p FROM (SELECT {_SCORE}) AS p)) || '}}',
            ',' ORDER BY s.area_code), '') || ']}}'
        FROM {_SCORES} WHERE s.city_id = %(city)s AND s.index = %(index)s AND s.version = %(version)s"""
    body: bytes = row_of_bytes(db, sql, {"city": city_id, "index": index, "version": version})[0]
    return body
