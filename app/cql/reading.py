"""The parameters `filter`, `filter-lang` and `filter-crs`, as a condition; pure."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.cql.compile import compiled
from app.cql.parse import MAX_DEPTH, MAX_LENGTH, Tree, parse
from app.cql.properties import Condition, Properties
from app.crs import system
from app.errors import BadParameter

TEXT, JSON = "cql2-text", "cql2-json"
LANGUAGES = (TEXT, JSON)
PARAMETERS = ("filter", "filter-lang", "filter-crs")
MAX_BRACKETS = 2 * MAX_DEPTH + 8  # two for an operation, and those of a geometry
_SURROGATE = re.compile("[\\ud800-\\udfff]")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')


def condition(values: Mapping[str, str], properties: Properties, metric_srid: int) -> Condition | None:
    """The condition that the filter of a query states; None where there is none.

    Raises BadParameter for what is not CQL2, saying where, for a property that the collection does not have,
    naming those it has, and for values that cannot be compared.
    """
    crs = system(values, "filter-crs", metric_srid)
    language = values.get("filter-lang")
    if language not in (None, *LANGUAGES):
        raise BadParameter(
            "filter-lang",
            "“%(word)s” is not one of %(allowed)s.",
            word=language[:40],
            allowed=", ".join(LANGUAGES),
        )
    words = values.get("filter")
    if words is None:
        return None
    if "\0" in words:
        raise BadParameter("filter", "holds a zero byte, which no text can have.")
    as_json = language == JSON or (language is None and words.lstrip().startswith("{"))
    return compiled(from_json(words) if as_json else parse(words), properties, crs)


def from_json(words: str, name: str = "filter") -> Tree:
    """The tree of a filter in JSON; raises BadParameter, which says where, for what is not JSON."""
    if len(words) > MAX_LENGTH:
        raise BadParameter(
            name, "is %(length)s characters long; %(most)s are the most.", length=len(words), most=MAX_LENGTH
        )
    depth = 0
    for found in _BRACKETS.finditer(words):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > MAX_BRACKETS:
            raise BadParameter(
                name,
                "is nested more than %(most)s deep at character %(place)s.",
                most=MAX_DEPTH,
                place=found.start() + 1,
            )
    try:
        tree = json.loads(words, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadParameter(
            name,
            "is not JSON from character %(place)s on, “%(word)s”.",
            place=error.pos + 1,
            word=words[error.pos : error.pos + 20],
        ) from None
    except ValueError:  # NaN and Infinity, and whole numbers of thousands of digits
        raise BadParameter(name, "holds a number that is not finite.") from None
    if "\\u" in words:
        _refuse_escaped(tree, name)
    return tree


def _refuse_escaped(tree: Tree, name: str) -> None:
    """Refuse what JSON can write with an escape, and UTF-8 or PostgreSQL cannot hold."""
    for text in _texts(tree):
        if "\0" in text:
            raise BadParameter(name, "holds a zero byte, which no text can have.")
        if _SURROGATE.search(text):
            raise BadParameter(name, "holds half of a surrogate pair, which no text can have.")


def _texts(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for each in tree:
            yield from _texts(each)
    elif isinstance(tree, dict):
        for key, each in tree.items():
            yield key
            yield from _texts(each)


def _no_constant(word: str) -> Any:
    raise ValueError(word)
