"""What can go wrong, each kind with a stable code; `docs/errors.md` lists them all.

A message is one sentence that names the thing and the rule, and repeats the bad value. Which HTTP status
or exit code an error becomes is decided in `problems.py` and `cli.py`, not here.

What a visitor can be told is written as `NotFound("There is no city “%(city)s” here.", city=slug)`: the
sentence apart from its values, so that `problems.py` can say it in the reader's language. pybabel finds such
sentences by the names of their classes, which are in babel.cfg.
"""

from collections.abc import Callable, Sequence


class Sentence(str):
    """A text of the catalog that is kept for later, such as the words for a permission."""


class CortileError(Exception):
    """Anything that Cortile refuses or cannot do, told in one sentence; as a string it is English."""

    code = "error"

    def __init__(self, sentence: str, /, **values: object) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(self.said())

    def said(self, translated: Callable[[str], str] = str) -> str:
        """The sentence with its values in it, as `translated` puts English sentences."""
        if not self.values:  # then a percent sign is only a sign
            return translated(self.sentence)
        words = {
            name: translated(value) if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }
        return translated(self.sentence) % words


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

    def __init__(self, name: str, rule: str, /, **values: object) -> None:
        self.name = name
        super().__init__(rule, **values)

    def said(self, translated: Callable[[str], str] = str) -> str:
        """The name as it was written, and the rule."""
        return f"{self.name}: {self.rule(translated)}"

    def rule(self, translated: Callable[[str], str] = str) -> str:
        """The rule alone, for a message that stands beside its field."""
        return super().said(translated)


def beside(field: str, error: CortileError) -> BadParameter:
    """What an error says, told beside a field of a form."""
    kind = BadParameter
    return kind(field, error.sentence, **error.values)


class Invalid(CortileError):
    """What was sent breaks rules; `problems` has each of them with the name of its field."""

    code = "invalid"

    def __init__(self, problems: Sequence[BadParameter]) -> None:
        self.problems = tuple(problems)
        super().__init__(problems[0].sentence, **problems[0].values)

    def said(self, translated: Callable[[str], str] = str) -> str:
        """Every problem, one after the other."""
        return " ".join(problem.said(translated) for problem in self.problems)


class Conflict(CortileError):
    """Somebody else was faster, or the identifier is taken: nothing was changed, and nothing is lost."""

    code = "conflict"


class Outdated(CortileError):
    """A condition of the request does not hold: what it would change is not what its author saw."""

    code = "precondition-failed"


class ConditionNeeded(CortileError):
    """A change does not say which version of the thing its author saw."""

    code = "precondition-required"


class WrongMedia(CortileError):
    """What was sent is of a media type that the address does not read."""

    code = "unsupported-media-type"


class NotFound(CortileError):
    """The thing asked for does not exist, or is not public."""

    code = "not-found"


class Busy(CortileError):
    """As much as may is under way already; it is worth asking again after `seconds`."""

    code = "busy"

    def __init__(self, sentence: str, /, *, seconds: int, **values: object) -> None:
        self.seconds = seconds
        super().__init__(sentence, **values)


class Forbidden(CortileError):
    """The caller's role does not include the permission that the address asks for."""

    code = "forbidden"


class SignInNeeded(CortileError):
    """Nobody in particular asks for what only somebody signed in may do."""

    code = "sign-in-needed"


class BadToken(CortileError):
    """The token of the request is unknown, has expired or was taken back."""

    code = "bad-token"


class FormExpired(CortileError):
    """What was sent does not carry the proof that it was written on a page of ours (CSRF)."""

    code = "form-expired"


class TooMany(CortileError):
    """Somebody did the same thing too often; they may again after `seconds`."""

    code = "too-many"

    def __init__(self, sentence: str, /, *, seconds: int, **values: object) -> None:
        self.seconds = seconds
        super().__init__(sentence, **values)


class SnapshotExists(CortileError):
    """There is a snapshot of this city and day already, and snapshots never change."""

    code = "snapshot-exists"


class ImportRefused(CortileError):
    """A file cannot be imported as a whole; nothing of it was stored."""

    code = "import-refused"
