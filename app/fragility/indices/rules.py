"""What an index may be made of, what of it is hashed, and where its scores are shown. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.errors import BadParameter, Invalid
from app.fragility.rules import FEW_RESIDENTS

METHODS: dict[str, tuple[str, str]] = {
    "ampi": ("ampi", "penalised"),
    "mpi": ("mpi", "penalised"),
    "mean": ("min_max", "arithmetic"),
    "geometric": ("min_max_from_1", "geometric"),
    "z": ("z", "arithmetic"),
    "ranks": ("percentile", "arithmetic"),
    "svi": ("percentile", "svi"),
}
"""Of each method: how indicators are brought onto one scale, and how they are put together."""
ACROSS_YEARS = ("ampi", "mean", "geometric")
"""The methods whose scale has ends, which may go over several years; the others look at one year."""
REFERENCES = ("areas", "residents")
GOALPOSTS = ("years", "year")
FEW = ("left_out", "marked")
MISSING = ("left_out",)
RUNS, MOST_RUNS, SEED = 500, 5_000, 1
EXACT = 1e-9
LEAST_AREAS, LEAST_SERIES, MOST_SERIES = 3, 2, 40
SHARE = 0.001
"""By how much weights that somebody writes with three decimals may miss 1."""


@dataclass(frozen=True, slots=True)
class Part:
    """An indicator in an index: `polarity` 1 where more of it is more fragile, -1 where less is.

    `item`: what it stands for in the published list that the index goes by, `theme` the part of that list.
    """

    series: str
    polarity: int
    weight: float
    item: str = ""
    theme: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """Every choice by which an index is computed.

    `reference`: what 100 is in an AMPI, the mean of the areas or of the residents. `goalposts`: over the
    areas of all years of the series, or of the data year alone. `few_residents`: areas with fewer than
    `few_below` are left out, or only marked. `missing`: areas without a value are left out. `runs` and
    `seed`: of the analysis of uncertainty. `after`: the published list that it goes by; `without`: the items
    of the list that somebody has agreed to do without.
    """

    parts: tuple[Part, ...]
    method: str = "ampi"
    reference: str = "areas"
    goalposts: str = "years"
    few_residents: str = "left_out"
    few_below: int = FEW_RESIDENTS
    missing: str = "left_out"
    runs: int = RUNS
    seed: int = SEED
    after: str = ""
    without: tuple[str, ...] = ()

    def canonical(self) -> dict[str, Any]:
        """The definition as it is kept and hashed: the order in which indicators were named makes no
        difference."""
        normalisation, aggregation = METHODS[self.method]
        said = asdict(self) | {"normalisation": normalisation, "aggregation": aggregation}
        said["indicators"] = [asdict(part) for part in sorted(self.parts, key=lambda part: part.series)]
        said["without"] = sorted(self.without)
        del said["parts"]
        return said

    @property
    def series(self) -> tuple[str, ...]:
        """The series of its indicators, in canonical order."""
        return tuple(sorted(part.series for part in self.parts))


def canonical_json(value: Any) -> str:
    """A value as canonical JSON: keys in order, no white space, numbers by the fewest digits that give the
    same double again."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(value: Any) -> str:
    """The SHA-256 of the canonical JSON of a value, in hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def checked(definition: Definition) -> Definition:
    """The definition, with weights that add up to 1 exactly and nothing said that its method does not heed.

    Raises Invalid, which names every field.
    """
    problems = [*_choices(definition), *_series(definition.parts), *_weights(definition)]
    if problems:
        raise Invalid(problems)
    if definition.method not in ACROSS_YEARS and definition.goalposts != "year":
        definition = replace(definition, goalposts="year")
    if definition.method != "ampi" and definition.reference != "areas":
        definition = replace(definition, reference="areas")
    total = sum(part.weight for part in definition.parts)
    if abs(total - 1) <= EXACT:  # what was checked once stays as it is, to the last digit
        return definition
    parts = tuple(replace(part, weight=part.weight / total) for part in definition.parts)
    return replace(definition, parts=parts)


def _choices(definition: Definition) -> list[BadParameter]:
    allowed = {
        "method": tuple(METHODS),
        "reference": REFERENCES,
        "goalposts": GOALPOSTS,
        "few_residents": FEW,
        "missing": MISSING,
    }
    problems = [
        BadParameter(
            name,
            "“%(word)s” is not one of %(allowed)s.",
            word=str(getattr(definition, name))[:40],
            allowed=", ".join(words),
        )
        for name, words in allowed.items()
        if getattr(definition, name) not in words
    ]
    for name, low, high in (("runs", 20, MOST_RUNS), ("seed", 0, 2**31 - 1), ("few_below", 0, 10_000)):
        value = getattr(definition, name)
        if not low <= value <= high:
            problems.append(
                BadParameter(
                    name, "%(value)s is not between %(low)s and %(high)s.", value=value, low=low, high=high
                )
            )
    return problems


def _series(parts: Sequence[Part]) -> list[BadParameter]:
    if not LEAST_SERIES <= len(parts) <= MOST_SERIES:
        return [
            BadParameter(
                "indicators",
                "choose from %(least)s to %(most)s indicators, not %(count)s.",
                least=LEAST_SERIES,
                most=MOST_SERIES,
                count=len(parts),
            )
        ]
    problems = []
    seen: set[str] = set()
    for part in parts:
        if part.series in seen:
            problems.append(BadParameter("indicators", "“%(series)s” is named twice.", series=part.series))
        if part.polarity not in (1, -1):
            problems.append(
                BadParameter(
                    f"polarity_{part.series}", "say whether more of it means more fragile (1) or less (-1)."
                )
            )
        seen.add(part.series)
    return problems


def _weights(definition: Definition) -> list[BadParameter]:
    parts = definition.parts
    problems = [
        BadParameter(f"weight_{part.series}", "must not be negative.") for part in parts if part.weight < 0
    ]
    total = sum(part.weight for part in parts)
    if not problems and parts and abs(total - 1) > SHARE:
        problems.append(
            BadParameter(
                "weights",
                "must add up to 1, not to %(total)s; leave all of them empty to weigh every indicator alike.",
                total=f"{total:.4g}",
            )
        )
    if definition.method == "svi" and any(abs(part.weight - parts[0].weight) > EXACT for part in parts):
        problems.append(
            BadParameter("weights", "are not heeded by an SVI, which adds up ranks: leave all of them empty.")
        )
    return problems


def shown_as(index: str, year: int, newest: int) -> str:
    """The indicator that carries the scores of a year: the newest year has the plain name."""
    return index if year == newest else f"{index}_{year}"
