"""The database that a command works on: the server that the settings name, or the private one, for as long as
the command needs it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.cluster import OWNER_ROLE, SERVING_ROLE, open_cluster, running, start, stop
from app.settings import Settings


@dataclass(frozen=True)
class Addresses:
    """One database's address for the role that owns the tables, and for the one that serves."""

    owner: str
    serving: str


def nobody(_sentence: str) -> None:
    """Where nobody wants to be told."""


@contextmanager
def database_addresses(settings: Settings, say: Callable[[str], None] = nobody) -> Iterator[Addresses]:
    """The addresses for the length of the block; the private server is started where it does not run.

    At the end it is stopped if, and only if, it was started here: two commands at once share the one that the
    first has started. `say` is told each step in a sentence. Raises ClusterError.
    """
    if settings.database_url and settings.owner_database_url:
        yield Addresses(settings.owner_database_url, settings.database_url)
        return
    cluster = open_cluster(settings)
    if cluster.remark:
        say(cluster.remark)
    if running(cluster) is None:
        say(f"Starting the private database in {cluster.data}.")
    started = start(cluster)
    try:
        yield Addresses(cluster.url(OWNER_ROLE), cluster.url(SERVING_ROLE))
    finally:
        if started:
            say("Stopping the private database.")
            stop(cluster)
