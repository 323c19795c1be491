"""Telling a person how far long work is: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Watcher(Protocol):
    """Who is told what long work is doing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """A stage begins, and with it the one before ends; `total`: rows to come, if known."""

    def advance(self, rows: int) -> None:
        """So many more rows are done."""


class Silent:
    """Nobody watches."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Tell nobody."""

    def advance(self, rows: int) -> None:
        """Tell nobody."""


class Lines:
    """One line when a stage ends: for logs and pipes."""

    def __init__(self) -> None:
        self._name = ""
        self._rows = 0
        self._start = 0.0

    def stage(self, name: str, total: int | None = None) -> None:
        """End the stage before with its line, and begin this one."""
        self.end()
        self._name, self._rows, self._start = name, 0, time.monotonic()

    def advance(self, rows: int) -> None:
        """Count rows for the rate in the line."""
        self._rows += rows

    def end(self) -> None:
        """Write the line of the stage that is running."""
        if not self._name:
            return
        seconds = time.monotonic() - self._start
        rate = f", {self._rows:,} rows, {self._rows / max(seconds, 1e-9):,.0f} rows/s" if self._rows else ""
        click.echo(f"{self._name}: {seconds:.1f} s{rate}", err=True)
        self._name = ""


class _Rate(ProgressColumn):
    """Rows a second."""

    def render(self, task: Task) -> Text:
        """The rate over the last seconds."""
        return Text(f"{task.speed:,.0f} rows/s" if task.speed else "", style="progress.data.speed")


class Bar:
    """A bar for each stage, with rate and time left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None

    def stage(self, name: str, total: int | None = None) -> None:
        """Fill the bar of the stage before, and begin another below it."""
        self.end()
        self._task = self._progress.add_task(name, total=total)

    def advance(self, rows: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._progress.advance(self._task, rows)

    def end(self) -> None:
        """Fill the bar of the stage that is running: totals of files are estimates."""
        if self._task is not None:
            done = self._progress.tasks[self._task].completed or 1
            self._progress.update(self._task, total=done, completed=done)
            self._progress.stop_task(self._task)
            self._task = None


@contextmanager
def watching() -> Iterator[Watcher]:
    """A watcher for standard error: a bar where that is a terminal, else lines."""
    if not sys.stderr.isatty():
        lines = Lines()
        yield lines
        lines.end()
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = Bar(progress)
        yield bar
        bar.end()
