"""A filter's tree to one SQL condition.

No text of the caller ever stands in the SQL: every value is a parameter, every property is looked up in the
collection's list, every operation in a table of ours.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from app.cql import spatial, temporal
from app.cql.parse import MAX_DEPTH, Tree
from app.cql.properties import Condition, Properties, Type, named
from app.cql.work import Found, Typed, Work, called, cannot_be_compared, expect, told
from app.crs import CRS84, Crs
from app.errors import BadParameter

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "<>": "<>"}
ARITHMETIC = {
    "+": "({0} + {1})",
    "-": "({0} - {1})",
    "*": "({0} * {1})",
    "/": "({0} / nullif({1}, 0))",
    "div": "trunc({0} / nullif({1}, 0))",
    "%": "mod(({0})::numeric, nullif({1}, 0)::numeric)::float8",
    "^": "power({0}, {1})",
}
FOLDING = {"casei": "lower({0})", "accenti": "unaccent({0})"}


def compiled(
    tree: Tree, properties: Properties, crs: Crs = CRS84, name: str = "filter", prefix: str = "f"
) -> Condition:
    """The condition that a tree states of a collection; its geometries are in `crs`.

    Raises BadParameter for a property that is not in the list, an operation that there is not, and values
    whose types do not fit.
    """
    compiler = _Compiler(Work(properties, crs, name, prefix))
    sql, box = compiler.boolean(tree)
    return Condition(sql, tuple(compiler.work.values.items()), box)


class _Compiler:
    """Compiles the nodes of one tree, whose values it collects in `work`."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.depth = 0

    def deeper(self, node: Tree, read: Callable[[Tree], Any]) -> Any:
        """What `read` makes of the node, one level deeper."""
        self.work.count()
        self.depth += 1
        if self.depth > 2 * MAX_DEPTH:
            raise BadParameter(self.work.name, "is nested more than %(most)s deep.", most=2 * MAX_DEPTH)
        found = read(node)
        self.depth -= 1
        return found

    def boolean(self, node: Tree) -> Found:
        """SQL that is true, false or NULL, and the box outside of which it cannot be true."""
        found: Found = self.deeper(node, self._boolean)
        return found

    def value(self, node: Tree) -> Typed:
        """SQL for a value, with its type."""
        found: Typed = self.deeper(node, self._value)
        return found

    def _boolean(self, node: Tree) -> Found:
        op, args = self.operation(node)
        if op in ("and", "or"):
            expect(self.work, op, args, 1, len(args))
            parts = [self.boolean(arg) for arg in args]
            sql = "(" + f" {op.upper()} ".join(part for part, _ in parts) + ")"
            return sql, next((box for _, box in parts if box and op == "and"), None)
        if op == "not":
            expect(self.work, op, args, 1)
            return f"NOT {self.boolean(args[0])[0]}", None
        if op in spatial.RELATIONS:
            expect(self.work, op, args, 2)
            return spatial.related(self.work, op, *map(self.value, args))
        if op in temporal.RELATIONS:
            expect(self.work, op, args, 2)
            return temporal.related(self.work, op, *map(self.value, args)), None
        if op in _PREDICATES:
            return _PREDICATES[op](self, op, args)
        return self.of_type(node, Type.BOOLEAN).sql, None

    def operation(self, node: Tree) -> tuple[str, list[Tree]]:
        """The name and the arguments of an operation; no name for any other node."""
        if not isinstance(node, dict) or "op" not in node:
            return "", []
        op, args = node["op"], node.get("args")
        if not isinstance(op, str) or not isinstance(args, list):
            raise BadParameter(self.work.name, "has an operation without a name or a list of arguments.")
        return ("isNull" if op.lower() == "isnull" else op.lower()), args

    def of_type(self, node: Tree, kind: Type) -> Typed:
        value = self.value(node)
        if value.type != kind:
            raise BadParameter(
                self.work.name,
                "“%(word)s” is %(type)s where %(expected)s is needed.",
                word=told(node),
                type=called(value.type),
                expected=called(kind),
            )
        return value

    def comparison(self, op: str, args: list[Tree]) -> Found:
        expect(self.work, op, args, 2)
        left, right = self.alike(args)
        if left.type in (Type.GEOMETRY, Type.PERIOD, Type.OBJECT):
            raise cannot_be_compared(self.work, args, left, right)
        if left.type in (Type.BOOLEAN, Type.IDENTIFIER) and op not in ("=", "<>"):
            raise cannot_be_compared(self.work, args, left, right)
        if left.type == Type.INSTANT:
            return temporal.compared(op, left, right, MIRRORED), None
        return f"{left.sql} {op} {right.sql}", spatial.within(op, left, right)

    def alike(self, args: list[Tree]) -> list[Typed]:
        """The values of one type; a text beside an identifier or a moment is read as one."""
        values = [self.value(arg) for arg in args]
        kinds = {value.type for value in values} - {Type.TEXT}
        if len(kinds) == 1 and kinds <= {Type.IDENTIFIER, Type.INSTANT}:
            values = [self.read_as(next(iter(kinds)), value) for value in values]
        for arg, value in zip(args, values, strict=True):
            if value.type != values[0].type:
                raise cannot_be_compared(self.work, [args[0], arg], values[0], value)
        return values

    def read_as(self, kind: Type, value: Typed) -> Typed:
        if not isinstance(value.literal, str):
            return value
        if kind == Type.INSTANT:
            return temporal.literal(self.work, value.literal)
        try:
            key = UUID(value.literal)
        except ValueError:
            raise BadParameter(
                self.work.name, "“%(word)s” is not an identifier (a UUID).", word=value.literal[:40]
            ) from None
        return Typed(self.work.bind(key, "uuid"), kind)

    def between(self, op: str, args: list[Tree]) -> Found:
        expect(self.work, op, args, 3)
        value, low, high = args
        first, second = self.comparison(">=", [value, low]), self.comparison("<=", [value, high])
        return f"({first[0]} AND {second[0]})", None

    def among(self, op: str, args: list[Tree]) -> Found:
        expect(self.work, op, args, 2)
        if not isinstance(args[1], list) or not args[1]:
            raise BadParameter(self.work.name, "needs a list of values after IN.")
        parts = [self.comparison("=", [args[0], each])[0] for each in args[1]]
        return f"({' OR '.join(parts)})", None

    def like(self, op: str, args: list[Tree]) -> Found:
        expect(self.work, op, args, 2)
        text, pattern = self.of_type(args[0], Type.TEXT), self.of_type(args[1], Type.TEXT)
        if pattern.literal is None:
            raise BadParameter(self.work.name, "needs a written pattern after LIKE, not a property.")
        shown = str(pattern.literal)
        if (len(shown) - len(shown.rstrip("\\"))) % 2:
            raise BadParameter(
                self.work.name, "has a pattern that ends with its escape sign: “%(word)s”.", word=shown[-40:]
            )
        return f"{text.sql} LIKE {pattern.sql}", None

    def missing(self, op: str, args: list[Tree]) -> Found:
        expect(self.work, op, args, 1)
        return f"{self.value(args[0]).sql} IS NULL", None

    def _value(self, node: Tree) -> Typed:
        if isinstance(node, bool):
            return Typed("true" if node else "false", Type.BOOLEAN, node)
        if isinstance(node, (int, float)):
            return self.work.number(node)
        if isinstance(node, str):
            return Typed(self.work.bind(node, "text"), Type.TEXT, node)
        if isinstance(node, dict):
            return self.structure(node)
        raise BadParameter(self.work.name, "“%(word)s” is no value here.", word=told(node))

    def structure(self, node: dict[str, Any]) -> Typed:
        if "property" in node:
            return self.property(node["property"])
        if "op" in node:
            return self.computed(node)
        if "interval" in node:
            return temporal.interval(self.work, node["interval"], self.value)
        for word in ("date", "timestamp"):
            if word in node:
                return temporal.literal(self.work, node[word])
        if "bbox" in node or "type" in node:
            return spatial.literal(self.work, node)
        raise BadParameter(self.work.name, "“%(word)s” is no value here.", word=told(node))

    def property(self, name: Any) -> Typed:
        found = named(self.work.properties, name) if isinstance(name, str) else None
        if found is None:
            raise BadParameter(
                self.work.name,
                "“%(word)s” is not a property here; the properties are: %(known)s.",
                word=str(name)[:40],
                known=", ".join(each.name for each in self.work.properties),
            )
        return Typed(found.sql, found.type, shown=found.name)

    def computed(self, node: Tree) -> Typed:
        op, args = self.operation(node)
        if op in ARITHMETIC:
            expect(self.work, op, args, 2)
            numbers = [self.of_type(arg, Type.NUMBER).sql for arg in args]
            return Typed(ARITHMETIC[op].format(*numbers), Type.NUMBER)
        if op in FOLDING:
            expect(self.work, op, args, 1)
            text = self.of_type(args[0], Type.TEXT)
            return Typed(_folded(op, text.sql), Type.TEXT, text.literal)
        if op in spatial.FUNCTIONS:
            expect(self.work, op, args, spatial.FUNCTIONS[op].arguments)
            return spatial.measured(op, [self.of_type(arg, Type.GEOMETRY) for arg in args])
        if op in (*COMPARISONS, *_PREDICATES, *spatial.RELATIONS, *temporal.RELATIONS, "and", "or", "not"):
            return Typed(f"({self.boolean(node)[0]})", Type.BOOLEAN)
        raise BadParameter(
            self.work.name, "there is no function “%(word)s” here; see /functions.", word=op[:40]
        )


def _folded(op: str, sql: str) -> str:
    """Both foldings at once are the function that titles are indexed by, in whichever order they stand."""
    inner = {"accenti": "lower(", "casei": "unaccent("}[op]
    if sql.startswith(inner) and sql.endswith(")"):
        return f"folded({sql[len(inner) : -1]})"
    return FOLDING[op].format(sql)


_PREDICATES: dict[str, Callable[[_Compiler, str, list[Tree]], Found]] = {
    **dict.fromkeys(COMPARISONS, _Compiler.comparison),
    "between": _Compiler.between,
    "in": _Compiler.among,
    "like": _Compiler.like,
    "isNull": _Compiler.missing,
}
