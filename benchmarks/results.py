"""What a measurement found, as rows of one table: printed, and kept in docs/performance.md."""

import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from app.settings import CHECKOUT
from app.tuning import this_machine
from benchmarks.stage import Stage

DOCUMENT = CHECKOUT / "docs" / "performance.md"
HEADINGS = ("what", "Cortile", "floor", "ratio", "must reach", "reached")


@dataclass(frozen=True)
class Target:
    """What a ratio must be: at least, or at most."""

    ratio: float
    at_least: bool = True

    def reached(self, ratio: float) -> bool:
        """Whether `ratio` is good enough, to the two decimals that are printed."""
        return round(ratio, 2) >= self.ratio if self.at_least else round(ratio, 2) <= self.ratio

    def __str__(self) -> str:
        return f"{'at least' if self.at_least else 'at most'} {self.ratio:g}"


@dataclass(frozen=True)
class Result:
    """One row: what was measured, ours and the floor's figure with its unit, and their ratio.

    Where there is no floor, `ratio` is our figure itself, which the target is about.
    """

    what: str
    ours: str
    floor: str = ""
    ratio: float | None = None
    target: Target | None = None

    def cells(self) -> tuple[str, ...]:
        """The row as texts under `HEADINGS`."""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None and self.floor else ""
        reached = ""
        if self.target is not None and self.ratio is not None:
            reached = "yes" if self.target.reached(self.ratio) else "NO"
        return (self.what, self.ours, self.floor, ratio, str(self.target or ""), reached)


def alternated(
    ours: Callable[[], float], floor: Callable[[], float], rounds: int
) -> tuple[float, float, float]:
    """The medians of ours and of the floor, and of the rounds' ratios; they take turns.

    A ratio is of two measurements that follow each other, so that a machine that slows down for a while
    spoils one round, not the comparison.
    """
    pairs = []
    for _ in range(rounds):
        below = floor()
        pairs.append((ours(), below))
    medians = [statistics.median(column) for column in zip(*pairs, strict=True)]
    return medians[0], medians[1], statistics.median(our / below for our, below in pairs)


def headings(name: str) -> tuple[str, ...]:
    """The headings of a measurement: what stands beside ours is the floor, or the competitor."""
    return tuple("the other" if name == "competitors" and word == "floor" else word for word in HEADINGS)


def show(name: str, results: Sequence[Result], title: str) -> None:
    """Print the table."""
    table = Table(*headings(name), title=title, title_justify="left")
    for result in results:
        table.add_row(*result.cells())
    Console().print(table)


def write_markdown(name: str, results: Sequence[Result], heading: str) -> None:
    """Put the table between the markers of `name` in docs/performance.md."""
    lines = [heading, "", "| " + " | ".join(headings(name)) + " |", "|" + "---|" * len(HEADINGS)]
    lines += ["| " + " | ".join(result.cells()) + " |" for result in results]
    DOCUMENT.write_text(replaced(DOCUMENT.read_text("utf-8"), name, "\n".join(lines)), "utf-8")


def replaced(text: str, name: str, new: str) -> str:
    """`text` with what stands between the markers of `name` exchanged; raises ValueError without markers."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    between = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if not between.search(text):
        raise ValueError(f"{DOCUMENT} has no markers {begin} and {end}.")
    return between.sub(lambda _: f"{begin}\n{new}\n{end}", text)


def machine(stage: Stage) -> str:
    """Cores, memory, and the versions of PostgreSQL and PostGIS."""
    here = this_machine()
    found = stage.asked("SELECT current_setting('server_version'), extversion FROM pg_extension"
                        " WHERE extname = 'postgis'", "cortile")  # fmt: skip
    server, postgis = (str(version).split()[0] for version in found[0])
    memory = round(here.memory / 1024)
    return f"{here.cores} cores, {memory} GB of memory, PostgreSQL {server}, PostGIS {postgis}"
