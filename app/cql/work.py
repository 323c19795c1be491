"""What the parts of the compiler share: typed pieces of SQL, the values they need, and what is refused."""

import math
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from app.cql.parse import Tree
from app.cql.properties import Properties, Type
from app.crs import Crs
from app.errors import BadParameter, Sentence
from app.params import Bbox

MAX_NODES = 1_000
Found = tuple[str, Bbox | None]

_CALLED = {
    Type.TEXT: Sentence("a text"),
    Type.NUMBER: Sentence("a number"),
    Type.BOOLEAN: Sentence("true or false"),
    Type.IDENTIFIER: Sentence("an identifier"),
    Type.INSTANT: Sentence("a moment"),
    Type.PERIOD: Sentence("a period"),
    Type.GEOMETRY: Sentence("a geometry"),
    Type.OBJECT: Sentence("an object"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A value in SQL. `literal` is what was written, where it was; `end` ends a moment that is a whole day.

    `shape` is the geometry of a literal, and of a measure the geometry that it is measured from.
    """

    sql: str
    type: Type
    literal: Any = None
    end: str | None = None
    shape: BaseGeometry | None = None
    span: tuple[str, str, str] | None = None
    shown: str = ""

    @property
    def name(self) -> str:
        """The value as an error names it."""
        return self.shown or told(self.literal)


@dataclass(slots=True)
class Work:
    """One filter under work: what it may speak of, and the values that its SQL asks for."""

    properties: Properties
    crs: Crs
    name: str
    prefix: str
    values: dict[str, Any] = field(default_factory=dict)
    nodes: int = 0

    def bind(self, value: Any, cast: str) -> str:
        """The parameter that stands for a value in the SQL."""
        name = f"{self.prefix}{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{cast}"

    def count(self) -> None:
        """One more node; raises BadParameter where there are too many."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise BadParameter(self.name, "has more than %(most)s parts.", most=MAX_NODES)

    def number(self, value: float) -> Typed:
        """A number that was written."""
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise BadParameter(self.name, "holds a number that is not finite.")
        return Typed(self.bind(number, "float8"), Type.NUMBER, number)


def called(kind: Type) -> Sentence:
    """A type in words, such as “a text”."""
    return _CALLED[kind]


def told(node: Tree) -> str:
    """A node as an error names it."""
    if isinstance(node, dict):
        if isinstance(node.get("bbox"), list):
            return "BBOX"
        return str(node.get("property") or node.get("op") or node.get("type") or next(iter(node), ""))[:40]
    return f"{node:g}" if isinstance(node, float) else str(node)[:40]


def expect(work: Work, op: str, args: list[Tree], least: int, most: int | None = None) -> None:
    """Refuse an operation with another number of arguments."""
    if not least <= len(args) <= (most or least):
        raise BadParameter(
            work.name,
            "“%(op)s” has %(given)s arguments instead of %(needed)s.",
            op=op,
            given=len(args),
            needed=least,
        )


def cannot_be_compared(work: Work, args: list[Tree], left: Typed, right: Typed) -> BadParameter:
    """The refusal of values whose types do not fit together."""
    return BadParameter(
        work.name,
        "“%(left)s” (%(one)s) and “%(right)s” (%(other)s) cannot be compared like that.",
        left=told(args[0]),
        one=called(left.type),
        right=told(args[1]),
        other=called(right.type),
    )
