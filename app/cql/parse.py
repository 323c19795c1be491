"""CQL2 text to the tree that CQL2 JSON writes. Pure.

A parser by descent: the time grows with the length of the text and not with the nesting of its brackets, the
nesting has a limit, and an error knows its place.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.errors import BadParameter

MAX_LENGTH = 20_000
MAX_DEPTH = 30  # each level takes fifteen of Python's thousand frames

Tree = Any
"""A node as JSON has it: {"op": …, "args": […]}, {"property": …}, a geometry, a number, a text, a list."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<text>'(?:[^']|'')*')
    |(?P<quoted>"[^"]+")
    |(?P<word>[^\W\d][\w.:]*)
    |(?P<sign><>|<=|>=|[=<>(),+\-*/%^\[\]])""",
    re.VERBOSE,
)
_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
_WKT = {
    "POINT": ("Point", 0),
    "LINESTRING": ("LineString", 1),
    "POLYGON": ("Polygon", 2),
    "MULTIPOINT": ("MultiPoint", 1),
    "MULTILINESTRING": ("MultiLineString", 2),
    "MULTIPOLYGON": ("MultiPolygon", 3),
}
_RESERVED = {"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "DIV", "TRUE", "FALSE"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text if self.kind == "sign" else ""


def parse(text: str, name: str = "filter") -> Tree:
    """The tree of a filter; raises BadParameter, which says where, for what is not CQL2."""
    if len(text) > MAX_LENGTH:
        raise BadParameter(
            name, "is %(length)s characters long; %(most)s are the most.", length=len(text), most=MAX_LENGTH
        )
    parser = _Parser(name, text)
    tree = parser.either()
    if parser.here.kind != "end":
        raise parser.surprise("AND, OR")
    return tree


def _tokens(name: str, text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _wrong(name, text, at, "CQL2")
        if found.lastgroup != "space":
            yield _Token(found.lastgroup or "", found[0], at)
        at = found.end()
    yield _Token("end", "", len(text))


def _wrong(name: str, text: str, at: int, expected: str) -> BadParameter:
    if at >= len(text):
        return BadParameter(
            name, "ends too early, after %(place)s characters; %(expected)s was expected.",
            place=len(text), expected=expected,
        )  # fmt: skip
    return BadParameter(
        name,
        "cannot be read from character %(place)s on, “%(word)s”; %(expected)s was expected.",
        place=at + 1,
        word=text[at : at + 20],
        expected=expected,
    )


class _Parser:
    """Stands at a token of a text; each method reads what it is named after."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.tokens = list(_tokens(name, text))
        self.number = 0
        self.depth = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.number]

    def surprise(self, expected: str) -> BadParameter:
        return _wrong(self.name, self.text, self.here.at, expected)

    def take(self, *words: str) -> str | None:
        """Go past the next token where it is one of these words."""
        word = self.here.word
        if word not in words:
            return None
        self.number += 1
        return word

    def need(self, word: str) -> None:
        if not self.take(word):
            raise self.surprise(word)

    def deeper(self, read: Callable[[], Tree]) -> Tree:
        """What `read` reads, one level deeper."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.too_deep()
        tree = read()
        self.depth -= 1
        return tree

    def too_deep(self) -> BadParameter:
        return BadParameter(
            self.name,
            "is nested more than %(most)s deep at character %(place)s.",
            most=MAX_DEPTH,
            place=self.here.at + 1,
        )

    def either(self) -> Tree:
        return self.chain("OR", self.every)

    def every(self) -> Tree:
        return self.chain("AND", self.negated)

    def chain(self, word: str, read: Callable[[], Tree]) -> Tree:
        args = [read()]
        while self.take(word):
            args.append(read())
        return args[0] if len(args) == 1 else {"op": word.lower(), "args": args}

    def negated(self) -> Tree:
        if self.take("NOT"):
            return {"op": "not", "args": [self.deeper(self.negated)]}
        return self.predicate()

    def predicate(self) -> Tree:
        left = self.sum()
        if op := self.take(*_COMPARISONS):
            return {"op": op, "args": [left, self.sum()]}
        if self.take("IS"):
            negated = self.take("NOT")
            self.need("NULL")
            return _maybe_not(negated, {"op": "isNull", "args": [left]})
        negated = self.take("NOT")
        if self.take("LIKE"):
            return _maybe_not(negated, {"op": "like", "args": [left, self.sum()]})
        if self.take("BETWEEN"):
            low = self.sum()
            self.need("AND")
            return _maybe_not(negated, {"op": "between", "args": [left, low, self.sum()]})
        if self.take("IN"):
            self.need("(")
            return _maybe_not(negated, {"op": "in", "args": [left, self.rest_of_list()]})
        if negated:
            raise self.surprise("LIKE, BETWEEN, IN")
        return left

    def sum(self) -> Tree:
        return self.arithmetic(self.product, "+", "-")

    def product(self) -> Tree:
        return self.arithmetic(self.power, "*", "/", "%", "DIV")

    def arithmetic(self, read: Callable[[], Tree], *signs: str) -> Tree:
        left, links = read(), 0
        while sign := self.take(*signs):
            links += 1
            if links > MAX_DEPTH:  # a sum nests to the left
                raise self.too_deep()
            left = {"op": sign.lower(), "args": [left, read()]}
        return left

    def power(self) -> Tree:
        base = self.signed()
        if self.take("^"):
            return {"op": "^", "args": [base, self.deeper(self.power)]}
        return base

    def signed(self) -> Tree:
        if self.take("-"):
            operand = self.deeper(self.signed)
            return -operand if isinstance(operand, float) else {"op": "*", "args": [-1.0, operand]}
        return self.operand()

    def operand(self) -> Tree:
        token = self.here
        if self.take("("):
            return self.in_brackets()
        if token.kind == "word" and token.word not in _RESERVED - {"TRUE", "FALSE"}:
            self.number += 1
            return self.named(token)
        if token.kind not in ("number", "text", "quoted"):
            raise self.surprise("a property, a value, (")
        self.number += 1
        if token.kind == "number":
            return float(token.text)
        inner = token.text[1:-1]
        return inner.replace("''", "'") if token.kind == "text" else {"property": inner}

    def in_brackets(self) -> Tree:
        first = self.deeper(self.either)
        if self.take(")"):
            return first
        self.need(",")
        return [first, *self.rest_of_list()]

    def rest_of_list(self) -> list[Tree]:
        args = [self.deeper(self.either)]
        while self.take(","):
            args.append(self.deeper(self.either))
        self.need(")")
        return args

    def named(self, token: _Token) -> Tree:
        if token.word in ("TRUE", "FALSE"):
            return token.word == "TRUE"
        if token.word in _WKT or token.word == "GEOMETRYCOLLECTION":
            self.take("Z")
            if self.here.word == "(":
                return self.geometry(token.word)
        if not self.take("("):
            return {"property": token.text}
        if token.word in ("DATE", "TIMESTAMP", "INTERVAL", "BBOX"):
            args = self.rest_of_list()
            return {token.text.lower(): args if token.word in ("INTERVAL", "BBOX") else args[0]}
        args = [] if self.take(")") else self.rest_of_list()
        return {"op": token.text.lower(), "args": args}

    def geometry(self, word: str) -> Tree:
        self.need("(")
        if word == "GEOMETRYCOLLECTION":
            members = self.separated(self.member)
            return {"type": "GeometryCollection", "geometries": members}
        kind, levels = _WKT[word]
        if word == "POINT":
            coordinates = self.position()
            self.need(")")
        else:
            coordinates = self.coordinates(levels, bare=word == "MULTIPOINT")
        return {"type": kind, "coordinates": coordinates}

    def member(self) -> Tree:
        word = self.here.word
        if not self.take(*_WKT):
            raise self.surprise("POINT, LINESTRING, POLYGON")
        self.take("Z")
        return self.geometry(word)

    def coordinates(self, levels: int, bare: bool = False) -> Tree:
        """What is left of brackets within brackets, `levels` deep; WKT may leave out a point's own."""
        if levels > 1:
            return self.separated(lambda: self.bracketed(levels - 1))
        return self.separated(self.bracketed_position if bare else self.position)

    def bracketed(self, levels: int) -> Tree:
        self.need("(")
        return self.coordinates(levels)

    def bracketed_position(self) -> Tree:
        if not self.take("("):
            return self.position()
        position = self.position()
        self.need(")")
        return position

    def separated(self, read: Callable[[], Tree]) -> list[Tree]:
        found = [read()]
        while self.take(","):
            found.append(read())
        self.need(")")
        return found

    def position(self) -> list[float]:
        numbers: list[float] = []
        while self.here.kind == "number" or self.here.word == "-":
            sign = -1.0 if self.take("-") else 1.0
            if self.here.kind != "number":
                raise self.surprise("a number")
            numbers.append(sign * float(self.here.text))
            self.number += 1
        if len(numbers) not in (2, 3):
            raise self.surprise("a number")
        return numbers


def _maybe_not(negated: str | None, tree: Tree) -> Tree:
    return {"op": "not", "args": [tree]} if negated else tree
