"""From values to scores: the steps of `geo.fragility` in the order that a definition asks for. Pure."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from app.errors import BadParameter
from app.fragility.indices.inputs import Floats, Inputs
from app.fragility.indices.rules import LEAST_AREAS, METHODS, Definition, Part
from geo.errors import GeoError
from geo.fragility import (
    Choices,
    ampi_scale,
    explain,
    min_max,
    mpi_scale,
    percentile_ranks,
    svi,
    uncertainty,
    z_scores,
)

Flags = npt.NDArray[np.bool_]
ROUNDING = 1e-12
SAME = 9
"""Scores that differ beyond this decimal only share a rank: the order of a sum must not decide."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An area as it was scored, or why it was not; see the table `index_scores`."""

    area_code: str
    score: float | None
    rank: int | None
    rank_median: float | None
    rank_low: float | None
    rank_high: float | None
    parts: dict[str, float]
    few_residents: bool
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """The scores of every area, in the order of their codes, and what was found on the way."""

    scores: tuple[Scored, ...]
    facts: dict[str, Any]


def computed(definition: Definition, inputs: Inputs) -> Result:
    """Score every area; raises BadParameter where these values make no index."""
    few: Flags = inputs.residents < definition.few_below  # not known: not few
    missing: Flags = np.isnan(inputs.table)
    left_out = few if definition.few_residents == "left_out" else np.zeros_like(few)
    counted: Flags = ~(missing.any(axis=1) | left_out)
    _check(inputs, counted)
    parts = tuple(sorted(definition.parts, key=lambda part: part.series))
    pool = _pooled(inputs, counted)
    try:
        scores, shares = _scores(definition, parts, pool)
        ranks = uncertainty(
            inputs.table[counted],
            [part.polarity for part in parts],
            [part.weight for part in parts],
            _choices(definition, pool),
            runs=definition.runs,
            seed=definition.seed,
        )
    except GeoError as error:
        # What the mathematics says of it is English, and counts areas; nothing else is left after `_check`.
        raise BadParameter(
            "method",
            "cannot be computed of these figures: one of them lies too far from all others for this method;"
            " choose another one.",
        ) from error
    placed = rankdata(-np.round(scores, SAME), method="min").astype(int)
    found = _Found(scores, placed, np.column_stack([ranks.median, ranks.low, ranks.high]), shares)
    row_of = {int(row): number for number, row in enumerate(np.flatnonzero(counted))}
    told = []
    for row, code in enumerate(inputs.codes):
        lacks = [part.series for part, gone in zip(parts, missing[row], strict=True) if gone]
        told.append(_scored(code, found, row_of.get(row), definition.series, (bool(few[row]), lacks)))
    return Result(tuple(told), _facts(inputs, parts, pool, few))


@dataclass(frozen=True, slots=True)
class _Found:
    """Of the areas that count: scores and ranks, (areas,); spans, (areas, 3); shares, (areas, series)."""

    scores: Floats
    ranks: npt.NDArray[Any]
    spans: Floats
    shares: Floats


def _scored(
    code: str, found: _Found, number: int | None, series: tuple[str, ...], why: tuple[bool, list[str]]
) -> Scored:
    """An area whose `number` among those that count this is, None where it does not count."""
    if number is None:
        return Scored(code, None, None, None, None, None, {}, *why)
    median, low, high = (float(rank) for rank in found.spans[number])
    added = {name: float(share) for name, share in zip(series, found.shares[number], strict=True)}
    score, rank = float(found.scores[number]), int(found.ranks[number])
    return Scored(code, score, rank, median, low, high, added, *why)


def _check(inputs: Inputs, counted: Flags) -> None:
    """What no index can be made of, told by the names of the series."""
    said = zip(inputs.figures, inputs.table.T, strict=True)
    empty = [figure.series for figure, column in said if np.isnan(column).all()]
    if empty:
        raise BadParameter("indicators", "no area has a value of: %(series)s.", series=", ".join(empty))
    if counted.sum() < LEAST_AREAS:
        raise BadParameter(
            "indicators",
            "only %(count)s areas have every value and enough residents; %(least)s are needed.",
            count=int(counted.sum()),
            least=LEAST_AREAS,
        )
    taken = inputs.table[counted]
    # As `geo.fragility` sees it: 0.1 + 0.2 and 0.3 are one value.
    same = np.flatnonzero(np.ptp(taken, axis=0) <= ROUNDING * np.abs(taken).max(axis=0))
    if same.size:
        raise BadParameter(
            "indicators",
            "%(series)s has one value everywhere: it ranks no area.",
            series=", ".join(inputs.figures[column].series for column in same),
        )


@dataclass(frozen=True, slots=True)
class _Pool:
    """The areas that count, of the data year first, then of the other years; `year`: how many are first."""

    table: Floats
    residents: Floats
    year: int


def _pooled(inputs: Inputs, counted: Flags) -> _Pool:
    tables = [inputs.table[counted], *(other[counted] for other in inputs.others)]
    residents = np.tile(inputs.residents[counted], len(tables))
    return _Pool(np.vstack(tables), residents, int(counted.sum()))


def _scores(definition: Definition, parts: tuple[Part, ...], pool: _Pool) -> tuple[Floats, Floats]:
    """The score of each area that counts, (areas,), and what each series adds to it, (areas, series)."""
    normalisation, aggregation = METHODS[definition.method]
    polarity = [part.polarity for part in parts]
    if aggregation == "svi":
        themes = [part.theme or "all" for part in parts]
        found = svi(pool.table, themes, polarity, no_data=np.nan)
        return found.overall[: pool.year], found.percentiles[: pool.year]
    scaled = _scaled(normalisation, definition, polarity, pool)[: pool.year]
    explained = explain(scaled, aggregation, [part.weight for part in parts])
    return explained.score, explained.parts


def _scaled(normalisation: str, definition: Definition, polarity: list[int], pool: _Pool) -> Floats:
    if normalisation == "ampi":
        return ampi_scale(pool.table, polarity, _reference(definition, pool))
    if normalisation == "min_max":
        return min_max(pool.table, polarity, (0.0, 100.0))
    if normalisation == "min_max_from_1":
        return min_max(pool.table, polarity, (1.0, 100.0))
    alone = {"mpi": mpi_scale, "z": z_scores, "percentile": percentile_ranks}
    scaled: Floats = alone[normalisation](pool.table, polarity)
    return scaled


def _reference(definition: Definition, pool: _Pool) -> Floats | None:
    """What is worth 100 of each indicator; None: the mean of all areas and years."""
    if definition.reference == "areas":
        return None
    weights = np.where(np.isnan(pool.table), np.nan, pool.residents[:, None])
    if not np.nansum(weights, axis=0).all():
        raise BadParameter("reference", "the residents of this layer’s areas are not known.")
    means: Floats = np.nansum(pool.table * weights, axis=0) / np.nansum(
        np.where(np.isnan(pool.table), np.nan, weights), axis=0
    )
    return means


def _choices(definition: Definition, pool: _Pool) -> Choices:
    """What somebody else could have chosen; an AMPI keeps what 100 is, and the ends of its scale."""
    if definition.method != "ampi":
        return Choices()
    reference = _reference(definition, pool)
    if reference is None:
        reference = np.nanmean(pool.table, axis=0)
    ends = np.nanmin(pool.table, axis=0), np.nanmax(pool.table, axis=0)
    return Choices(reference=reference, goalposts=ends)


def _facts(inputs: Inputs, parts: tuple[Part, ...], pool: _Pool, few: Flags) -> dict[str, Any]:
    low, high = np.nanmin(pool.table, axis=0), np.nanmax(pool.table, axis=0)
    middle = np.nanmean(pool.table, axis=0)
    return {
        "areas": len(inputs.codes),
        "scored": pool.year,
        "few_residents": int(few.sum()),
        "missing": int(np.isnan(inputs.table).any(axis=1).sum()),
        "ranges": {
            part.series: {"lowest": float(low[n]), "mean": float(middle[n]), "highest": float(high[n])}
            for n, part in enumerate(parts)
        },
    }
