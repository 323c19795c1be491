"""What can go wrong, each kind with a stable code; `docs/errors.md` lists them all.

A message is one sentence that names the thing and the rule, and repeats the bad value. Which HTTP status
or exit code an error becomes is decided in `problems.py` and `cli.py`, not here.
"""


class CortileError(Exception):
    """Anything that Cortile refuses or cannot do, told in one sentence."""

    code = "error"


class SettingsError(CortileError):
    """A setting of the environment is missing or wrong."""

    code = "bad-setting"


class ClusterError(CortileError):
    """The private PostgreSQL cannot be made, started or stopped."""

    code = "cluster"


class ProgramMissing(ClusterError):
    """A program or an extension that Cortile needs is not on this machine."""

    code = "program-missing"


class DatabaseError(CortileError):
    """The database is out of reach, or refuses."""

    code = "database"


class BadParameter(CortileError):
    """A parameter breaks its rule; `name` is the parameter as the caller wrote it."""

    code = "bad-parameter"

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(f"{name}: {rule}")
        self.name = name
        self.rule = rule


class NotFound(CortileError):
    """The thing asked for does not exist, or is not public."""

    code = "not-found"


class Forbidden(CortileError):
    """The caller's role does not include the permission that the address asks for."""

    code = "forbidden"


class ImportRefused(CortileError):
    """A file cannot be imported as a whole; nothing of it was stored."""

    code = "import-refused"
