"""What an e-mail address, a name, a role and a token may be; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from app.errors import BadParameter
from app.permissions import GIVEN, SCOPES, Role

LANGUAGES = ("it", "en")
LONGEST_NAME = 80
MOST_TOKENS = 20
TOKEN_DAYS = (7, 30, 90, 365)
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing, by which one name can look like another."""


@dataclass(frozen=True, slots=True)
class WantedToken:
    """A token that somebody wants: what it is for, what it may do, and for how many days."""

    name: str
    scopes: tuple[str, ...]
    days: int


def address_of(words: str, name: str = "email") -> str:
    """An e-mail address in small letters; raises BadParameter where it is none. Nobody is asked for it."""
    try:
        read = validate_email(words.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise BadParameter(name, "“%(word)s” is not an e-mail address.", word=words[:80]) from None
    return read.normalized.lower()


def role_of(words: str, name: str = "role") -> Role:
    """A role that can be given."""
    return Role(_one_of(words, name, GIVEN))


def language_of(words: str) -> str:
    """A language that we write in."""
    return _one_of(words, "language", LANGUAGES)


def main_language(languages: Sequence[str]) -> str:
    """The first of a city's languages that we write mails in."""
    return next((one for one in languages if one in LANGUAGES), LANGUAGES[0])


def name_of(words: str, name: str = "name") -> str | None:
    """A name to be shown, in one line; None where there is none."""
    given = " ".join(words.replace("\0", " ").split())
    if len(given) > LONGEST_NAME:
        raise BadParameter(
            name,
            "has %(count)s characters; at most %(most)s are taken.",
            count=len(given),
            most=LONGEST_NAME,
        )
    if TURNING & set(given):
        raise BadParameter(name, "holds a hidden character that turns the direction of writing; remove it.")
    return given or None


def token_of(name: str, scopes: Sequence[str], days: str) -> WantedToken:
    """What somebody wants of a token; raises BadParameter."""
    given = name_of(name)
    if given is None:
        raise BadParameter("name", "is needed: say what the token is for.")
    if not scopes:
        raise BadParameter("scopes", "is needed: say what the token may do.")
    chosen = tuple(dict.fromkeys(_one_of(scope, "scopes", tuple(SCOPES)) for scope in scopes))
    return WantedToken(given, chosen, int(_one_of(days, "days", [str(one) for one in TOKEN_DAYS])))


def _one_of(words: str, name: str, allowed: Sequence[str]) -> str:
    if words not in allowed:
        raise BadParameter(
            name, "“%(word)s” is not one of %(allowed)s.", word=words[:40], allowed=", ".join(allowed)
        )
    return words
