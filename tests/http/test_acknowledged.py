"""What was acknowledged is there after a `kill -9` of the database, once and whole.

The full minute with fifty people is `python -m benchmarks acknowledged`.
"""

import shutil
from collections.abc import Iterator

import pytest

from app.cluster import open_cluster, start, stop
from app.settings import Settings
from benchmarks.acknowledged import measure
from benchmarks.stage import Stage
from benchmarks.writers import Acknowledged, Ledger, found_wanting
from tests.conftest import temporary_folder

pytestmark = pytest.mark.slow


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A server that keeps what it commits: the tests' usual one would rather be fast."""
    folder = temporary_folder()
    cluster = open_cluster(Settings(var=folder, workers=2, threads=4))
    start(cluster)
    try:
        yield Stage(cluster, folder)
    finally:
        stop(cluster)
        shutil.rmtree(folder, ignore_errors=True)


def test_every_acknowledged_change_outlives_a_killed_database(stage: Stage) -> None:
    report = measure(stage, clients=20, seconds=10)

    print(report.told())
    assert report.wrong == []
    assert len(report.ledger.acknowledged) > 50
    assert report.ledger.sent_again > 0, "the database was away while people wrote"


def test_the_comparison_finds_what_is_lost_doubled_or_half() -> None:
    ledger = Ledger(asked=[("a", "one"), ("a", "two")], acknowledged=[Acknowledged("a", 2, "two")])
    assert found_wanting(ledger, {("a", 1): "one", ("a", 2): "two"}) == []
    assert len(found_wanting(ledger, {("a", 1): "one"})) == 1, "lost"
    assert len(found_wanting(ledger, {("a", 2): "two"})) == 1, "without the version before"
    assert len(found_wanting(ledger, {("a", 1): "two", ("a", 2): "two"})) == 1, "twice"
    assert len(found_wanting(ledger, {("a", 1): "?", ("a", 2): "two"})) == 1, "nobody sent it"
