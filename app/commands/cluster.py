"""The private database: started, stopped, looked at, and asked by hand."""

import shutil
import signal
import subprocess
from pathlib import Path

import click

from app.cluster import Cluster, open_cluster, running, start, stop
from app.cluster_home import version_of
from app.connect import database_addresses
from app.errors import ProgramMissing, SettingsError
from app.settings import Settings


@click.command()
def up() -> None:
    """Start the private database and leave it running."""
    cluster = _private_cluster()
    started = start(cluster)
    click.echo(f"{'Started' if started else 'Running already'}: {_described(cluster)}")


@click.command()
def down() -> None:
    """Stop the private database."""
    cluster = _private_cluster()
    click.echo("Stopped." if stop(cluster) else f"No private database runs in {cluster.data}.")


@click.command()
def status() -> None:
    """Say whether the private database runs, and where."""
    cluster = _private_cluster()
    if running(cluster) is not None:
        click.echo(f"Running: {_described(cluster)}")
    elif version_of(cluster.data) is not None:
        click.echo(f"Not running; its data is in {cluster.data}. Start it: cortile up")
    else:
        click.echo(f"Not made yet; it will be made in {cluster.data}. Make and start it: cortile up")


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open psql on the database as the role that owns the tables; ARGUMENTS are psql's own."""
    settings = Settings.from_env()
    program = _psql(settings)
    with database_addresses(settings) as addresses:
        address = addresses.owner.replace("+psycopg", "", 1)
        # Ctrl-C ends a question in psql, not psql and what it stands on.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        done = subprocess.run([program, address, *arguments], check=False)
    raise SystemExit(done.returncode)


def _private_cluster() -> Cluster:
    settings = Settings.from_env()
    if settings.database_url:
        raise SettingsError("DATABASE_URL names a server, so there is no private database to start or stop.")
    cluster = open_cluster(settings)
    if cluster.remark:
        click.echo(cluster.remark)
    return cluster


def _described(cluster: Cluster) -> str:
    process = f"PostgreSQL {cluster.version} (process {running(cluster)})"
    return f"{process}, data {cluster.data}, socket {cluster.socket}"


def _psql(settings: Settings) -> Path:
    """The psql of the private server, or the one in PATH for a server elsewhere."""
    found = shutil.which("psql")
    if settings.database_url is None:
        found = shutil.which("psql", path=str(open_cluster(settings).programs)) or found
    if found is None:
        raise ProgramMissing("psql is not on this machine; install it: apt-get install postgresql-client.")
    return Path(found)
