"""What one more house changes: the nearest house and the rank by gap of each area, before and after. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.fragility.ranking import Nearest, ranked_gaps
from app.fragility.siting import Figures, Numbers, figures, ground


@dataclass(frozen=True, slots=True)
class Change:
    """An area before and after: the metres to its nearest house, its rank by gap, and whether a house is
    within the metres asked for. `saved`: the metres that each resident saves; None where there was no house.
    """

    code: str
    name: str | None
    residents: float
    fragile_residents: float
    metres_before: float | None
    metres_after: float
    saved: float | None
    rank_before: int
    rank_after: int
    within_before: bool
    within_after: bool

    @property
    def gains(self) -> bool:
        """Whether the new house is nearer than any other."""
        return self.metres_before is None or self.metres_after < self.metres_before


def changes(numbers: Numbers, metres: float, share: float) -> list[Change]:
    """Every area that counts, those first whose fragile residents save the most metres in all.

    The only candidate of the numbers is where the house would be.
    """
    there = ground(numbers, share)
    after = np.minimum(there.existing, there.apart[:, 0])
    ranks = [
        _ranks(numbers, dict(zip(there.codes, column.tolist(), strict=True)))
        for column in (there.existing, after)
    ]
    found = []
    for number, code in enumerate(there.codes):
        was, now = float(there.existing[number]), float(after[number])
        known = bool(np.isfinite(was))
        found.append(
            Change(
                code,
                there.names[number],
                float(there.residents[number]),
                round(float(there.weights[number]), 1),
                round(was, 1) if known else None,
                round(now, 1),
                round(was - now, 1) if known else None,
                ranks[0][code],
                ranks[1][code],
                was <= metres,
                now <= metres,
            )
        )
    return sorted(found, key=lambda each: (not each.gains, -_saved(each), each.code))


def _saved(each: Change) -> float:
    """The metres that all fragile residents save; where there was no house, the nearest come first."""
    if each.saved is None:
        return -each.metres_after
    return each.saved * each.fragile_residents


def _ranks(numbers: Numbers, apart: Mapping[str, float]) -> dict[str, int]:
    areas = [each for each in numbers.areas if each.code in apart]
    near = {code: Nearest(metres if np.isfinite(metres) else None) for code, metres in apart.items()}
    return {each.code: each.rank for each in ranked_gaps(areas, near)}


def summed(numbers: Numbers, metres: float, share: float) -> tuple[Figures, Figures, Figures]:
    """How well all areas are served before and after, and everybody there is to serve."""
    there = ground(numbers, share)
    after = np.minimum(there.existing, there.apart[:, 0])
    everybody = figures(there, np.zeros(len(there.codes)), 0.0)
    return figures(there, there.existing, metres), figures(there, after, metres), everybody
