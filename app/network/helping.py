"""How much somebody could help with a place: the score, and its parts. Pure.

The score of a house or a project is the sum of three parts:

- *relation*: 1 / h, where h relations at least lead from it to the place (`hops` at most); 0 without any.
- *nearness*: 1 / (1 + metres / 500): 1 on the spot, one half at 500 metres, a third at a kilometre.
- *company*: a tenth for each other project within 300 metres of it, five at most: there, people meet.

It orders a list to be read by people who know better. It is no measure of merit, and nothing is stored.
"""

from dataclasses import dataclass
from uuid import UUID

HALF_AT = 500.0
AROUND_IT = 300.0
MOST_COMPANY = 5
A_PROJECT = 0.1


@dataclass(frozen=True, slots=True)
class Step:
    """A relation on the way to the place: its kind, to whom it leads, `outward` where that is its head."""

    kind: str
    outward: bool
    to: UUID


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why somebody could help: the relations that lead to the place, how far it is, who else is there."""

    steps: tuple[Step, ...]
    metres: float
    company: int

    @property
    def hops(self) -> int | None:
        """How many relations lead to the place; None where none do."""
        return len(self.steps) or None

    @property
    def score(self) -> float:
        """The sum of the three parts, to a thousandth."""
        relation = 1 / len(self.steps) if self.steps else 0.0
        nearness = 1 / (1 + self.metres / HALF_AT)
        company = A_PROJECT * min(self.company, MOST_COMPANY)
        return round(relation + nearness + company, 3)
