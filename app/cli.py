"""The `cortile` command: wiring only. Errors are sentences; the exit codes are in `EXIT_CODES`."""

import sys
import traceback
from importlib import import_module

import click

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

# Each command and where it is written. It is imported when it is typed: `cortile status` answers before the
# spatial libraries of `cortile index` are loaded.
COMMANDS = {
    "appoint": "app.people.cli:appoint",
    "check": "app.commands.checking:check",
    "city": "app.settling.cli:city_rules",
    "digest": "app.digests.cli:digest",
    "dismiss": "app.people.cli:dismiss",
    "down": "app.commands.cluster:down",
    "hide": "app.moderation.cli:hide",
    "import": "app.imports.cli:imports",
    "index": "app.fragility.indices.cli:index",
    "load-demo": "app.commands.serving:load_demo",
    "migrate": "app.commands.serving:migrate_command",
    "network": "app.network.cli:network",
    "people": "app.people.cli:people",
    "photos": "app.commands.tidying:photos",
    "psql": "app.commands.cluster:psql",
    "reassign": "app.commands.rebuilding:reassign",
    "recount": "app.commands.rebuilding:recount",
    "remind": "app.reminders.cli:remind",
    "run": "app.commands.serving:run",
    "snapshot": "app.commands.publishing:snapshot",
    "status": "app.commands.cluster:status",
    "streets": "app.imports.streets.cli:streets",
    "tidy": "app.commands.tidying:tidy",
    "up": "app.commands.cluster:up",
}
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


class Doors(click.Group):
    """The commands of `COMMANDS`, imported one by one as they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, its module imported now; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=Doors, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, expose_value=False, help="Show where an error came from.")
@click.version_option(package_name="cortile")
def commands() -> None:
    """Cortile: a map of a city's commons.

    Exit codes: 0 done, 1 something unexpected, 2 wrong use or settings, 3 a program is missing on this
    machine, 4 the database refuses or is out of reach, 5 a file was refused.
    """


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
