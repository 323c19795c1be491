"""The `cortile` command: wiring only. Errors are sentences; the exit codes are in `EXIT_CODES`."""

import shutil
import signal
import subprocess
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click

from app.checks import Finding, database_findings, file_findings, setting_findings
from app.cities import all_cities
from app.cluster import Cluster, open_cluster, running, start, stop
from app.cluster_home import version_of
from app.connect import Addresses, database_addresses
from app.db import Database, migrate
from app.digests.cli import COMMANDS as DIGESTS
from app.errors import (
    BadParameter,
    ClusterError,
    CortileError,
    DatabaseError,
    ImportRefused,
    NotFound,
    ProgramMissing,
    SettingsError,
    SnapshotExists,
)
from app.fragility.indices.cli import COMMANDS as INDICES
from app.housekeeping import keep_tidy, tidied
from app.imports.cli import imports
from app.imports.demo import load_demonstration_city, the_city
from app.imports.streets.cli import streets
from app.moderation.cli import COMMANDS as MODERATION
from app.moderation.cli import PHOTO_COMMANDS
from app.network.cli import COMMANDS as NETWORK
from app.people.cli import COMMANDS as PEOPLE
from app.photos.shelf import shelf_of
from app.photos.tidying import tidy as tidied_photos
from app.places import assigning
from app.places.counts import rebuild
from app.places.membership import begin_alone
from app.publish.data.keeping import keep
from app.reminders.cli import COMMANDS as REMINDERS
from app.serving import address_to_listen_on, end_on_sigterm, serve
from app.settings import Settings
from app.settling.cli import COMMANDS as SETTLING

UNEXPECTED, INTERRUPTED = 1, 130
# The first class that an error is an instance of decides.
EXIT_CODES: tuple[tuple[type[CortileError], int], ...] = (
    (SettingsError, 2),
    (BadParameter, 2),
    (NotFound, 2),
    (ProgramMissing, 3),
    (ClusterError, 4),
    (DatabaseError, 4),
    (ImportRefused, 5),
    (SnapshotExists, 5),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
@click.version_option(package_name="cortile")
def commands() -> None:
    """Cortile: a map of a city's commons.

    Exit codes: 0 done, 1 something unexpected, 2 wrong use or settings, 3 a program is missing on this
    machine, 4 the database refuses or is out of reach, 5 a file was refused.
    """


commands.add_command(imports)
for _command in (streets, *INDICES, *PEOPLE, *SETTLING, *MODERATION, *NETWORK, *REMINDERS, *DIGESTS):
    commands.add_command(_command)


@commands.command()
def run() -> None:
    """Serve the map: starts the database, brings the tables up to date, loads the demonstration city."""
    settings = Settings.from_env()
    address_to_listen_on(settings)
    end_on_sigterm()
    with database_addresses(settings, click.echo) as addresses:
        click.echo("Bringing the tables up to date.")
        migrate(addresses.owner, addresses.serving)
        _load_demo(addresses, only_where_empty=True)
        ended = threading.Event().wait
        serve(settings, addresses, click.echo, lambda: keep_tidy(settings, addresses.serving, ended))


@commands.command()
def up() -> None:
    """Start the private database and leave it running."""
    cluster = _private_cluster()
    started = start(cluster)
    click.echo(f"{'Started' if started else 'Running already'}: {_described(cluster)}")


@commands.command()
def down() -> None:
    """Stop the private database."""
    cluster = _private_cluster()
    click.echo("Stopped." if stop(cluster) else f"No private database runs in {cluster.data}.")


@commands.command()
def status() -> None:
    """Say whether the private database runs, and where."""
    cluster = _private_cluster()
    if running(cluster) is not None:
        click.echo(f"Running: {_described(cluster)}")
    elif version_of(cluster.data) is not None:
        click.echo(f"Not running; its data is in {cluster.data}. Start it: cortile up")
    else:
        click.echo(f"Not made yet; it will be made in {cluster.data}. Make and start it: cortile up")


@commands.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
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


@commands.command(name="migrate")
def migrate_command() -> None:
    """Bring the tables up to date; changes nothing where they are."""
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        migrate(addresses.owner, addresses.serving)
        click.echo("The tables are up to date.")


@commands.command(name="load-demo")
def load_demo() -> None:
    """Load the demonstration city, Torino; what is there already and equal is left as it is."""
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        migrate(addresses.owner, addresses.serving)
        _load_demo(addresses, only_where_empty=False)


@commands.command()
def tidy() -> None:
    """Remove what is over: attempts that no longer count, ended sessions, files that no photo refers to."""
    settings = Settings.from_env()
    with database_addresses(settings, click.echo) as addresses:
        done = tidied(settings, addresses.serving)
    for one in done:
        click.echo(f"{one.what:<12}{'failed' if one.removed is None else f'{one.removed:,} removed'}")
    if any(one.removed is None for one in done):
        raise click.ClickException("Some of it could not be tidied; the reason is above.")


@commands.group()
def photos() -> None:
    """Photos and their files."""


for _command in PHOTO_COMMANDS:
    photos.add_command(_command)


@photos.command(name="tidy")
def tidy_photos() -> None:
    """Remove files that no photo refers to, as a server that was killed may leave them, or a removal."""
    settings = Settings.from_env()
    with database_addresses(settings, click.echo) as addresses:
        database = Database(addresses.serving, size=1)
        try:
            with database.reading() as db:
                removed = tidied_photos(db, shelf_of(settings.var), datetime.now(UTC))
        finally:
            database.close()
    click.echo(
        f"Removed {removed} folders that no photo refers to." if removed else "There is nothing to tidy."
    )


@commands.command()
def recount() -> None:
    """Count the places of every city anew, and say where the counts that the map reads had been wrong."""
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        owner = Database(addresses.owner, size=1, timeout_ms=0)
        try:
            with owner.transaction() as db:
                for city in all_cities(db):
                    wrong = rebuild(db, city.id)
                    found = f"{wrong:,} counts were wrong" if wrong else "the counts were right"
                    click.echo(f"{city.slug}: {found}.")
        finally:
            owner.close()


@commands.command()
def reassign() -> None:
    """Find the area of every place anew, and say how many had been wrong; meanwhile writers wait."""
    with database_addresses(Settings.from_env(), click.echo) as addresses:
        owner = Database(addresses.owner, size=1, timeout_ms=0)
        try:
            with owner.reading() as db:
                cities = all_cities(db)
            for city in cities:
                with owner.transaction() as db:
                    begin_alone(db)
                    wrong = assigning.rebuild(db, city.id)
                found = f"{wrong:,} rows were wrong" if wrong else "every place was in its area"
                click.echo(f"{city.slug}: {found}.")
        finally:
            owner.close()


@commands.command()
@click.option("--city", help="The city's word, such as torino; needed where there are several.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day that names it; today.")
def snapshot(city: str | None, day: datetime | None) -> None:
    """Keep the public data as they are now: every format, sums, a record, a citation; never changed again."""
    settings = Settings.from_env()
    if day and day.date() > datetime.now(UTC).date():
        raise click.UsageError("--date lies in the future.")
    named = day.date() if day else None
    with database_addresses(settings, click.echo) as addresses:
        made = keep(addresses.serving, settings, lambda db: the_city(db, city), named, click.echo)
    size = sum(file.size for file in made.files) / 1e6
    click.echo(f"{made.folder}: {len(made.files)} files, {size:,.1f} MB.")
    click.echo(made.citation)


@commands.command()
def check() -> None:
    """Show settings, database and versions, each fine or with the remedy."""
    settings = Settings.from_env()
    findings = [*setting_findings(settings), *file_findings()]
    if settings.database_url is None and version_of(open_cluster(settings).data) is None:
        findings.append(Finding("database", "not made yet", "cortile run, or cortile up"))
    else:
        with database_addresses(settings) as addresses:
            findings += database_findings(addresses)
    for finding in findings:
        remedy = f"  ->  {finding.remedy}" if finding.remedy else ""
        click.echo(f"{'fix' if remedy else 'ok '}  {finding.name:<18}{finding.value}{remedy}")
    if any(finding.remedy for finding in findings):
        raise SystemExit(4)


def main() -> None:
    """The console script: runs the command that was typed, and turns whatever goes wrong into a sentence."""
    debug = "--debug" in sys.argv[1:]
    try:
        raise SystemExit(commands.main(prog_name="cortile", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except (click.Abort, KeyboardInterrupt):
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        if debug:
            traceback.print_exc()
        click.echo(f"cortile: {_sentence(error)}", err=True)
        raise SystemExit(_exit_code(error)) from None


def _sentence(error: Exception) -> str:
    if isinstance(error, CortileError):
        return str(error)
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return (
        f"Something unexpected happened ({type(error).__name__}: {error}); cortile --debug ... shows where."
    )


def _exit_code(error: Exception) -> int:
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), UNEXPECTED)


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


def _load_demo(addresses: Addresses, *, only_where_empty: bool) -> None:
    owner = Database(addresses.owner, size=1, timeout_ms=0)
    try:
        with owner.transaction() as db:
            if only_where_empty and all_cities(db):
                return
            click.echo("Loading the demonstration city.")
            load_demonstration_city(db)
    finally:
        owner.close()
