"""What the rules of a city may be; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import BadParameter
from app.tables.cities import REVIEWS

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a city: whose contributions wait, whether visitors pin, and what it is called."""

    review: str
    visitors_pin: bool
    names: dict[str, str]


def review_of(words: str) -> str:
    """Whose contributions wait for a moderator."""
    if words not in REVIEWS:
        raise BadParameter(
            "review", "“%(word)s” is not one of %(allowed)s.", word=words[:40], allowed=", ".join(REVIEWS)
        )
    return words


def yes_or_no(words: str, name: str) -> bool:
    """A choice of two, as a form sends it."""
    if words not in ("yes", "no"):
        raise BadParameter(name, "“%(word)s” is not one of %(allowed)s.", word=words[:40], allowed="yes, no")
    return words == "yes"


def names_of(given: Mapping[str, str]) -> dict[str, str]:
    """What a city is called, by language; each in one line."""
    return {language: _name(written, f"name_{language}") for language, written in given.items()}


def changed(before: Rules, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What of the wanted is otherwise than before."""
    return {name: value for name, value in wanted.items() if getattr(before, name) != value}


def _name(written: str, field: str) -> str:
    name = " ".join(written.replace("\0", " ").split())
    if not name:
        raise BadParameter(field, "is needed: a city has a name in each of its languages.")
    if len(name) > LONGEST_NAME:
        raise BadParameter(
            field,
            "has %(count)s characters; at most %(most)s are taken.",
            count=len(name),
            most=LONGEST_NAME,
        )
    return name
