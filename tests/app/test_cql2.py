"""The parser of CQL2 text beside that of another hand: the crate `cql2`, which does not parse with ours."""

from typing import Any

import cql2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cql.parse import parse

NUMBERS = st.integers(0, 99).map(str) | st.sampled_from(["1.5", "0.25", "1e3"])
TEXTS = st.sampled_from(["'a'", "'it''s'", "''", "'à%'"])
NAMES = st.sampled_from(["kind", '"the kind"', "a.b", "x_1"])
GEOMETRIES = st.sampled_from(
    ["POINT(1 -2)", "LINESTRING(0 0, 1 1.5)", "POLYGON((0 0, 1 0, 1 1, 0 0), (0 0, 1 0, 1 1, 0 0))",
     "MULTIPOINT((0 0), (1 1))", "BBOX(1, 2, 3, 4)", "GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0, 1 1))"]
)  # fmt: skip
MOMENTS = st.sampled_from(
    ["DATE('2020-01-01')", "TIMESTAMP('2020-01-01T00:00:00Z')", "INTERVAL('..', '2020-01-01')"]
)
SUMS = st.recursive(
    NUMBERS | NAMES,
    lambda inner: st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%"]), inner).map(
        lambda parts: f"({' '.join(parts)})"
    ),
    max_leaves=4,
)
COMPARED = st.tuples(SUMS | TEXTS | MOMENTS, st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), SUMS | TEXTS)
PREDICATES = (
    COMPARED.map(" ".join)
    | st.tuples(NAMES, st.sampled_from(["LIKE", "NOT LIKE"]), TEXTS).map(" ".join)
    | st.tuples(NAMES, st.sampled_from(["IS NULL", "IS NOT NULL"])).map(" ".join)
    | st.tuples(NAMES, NUMBERS, NUMBERS).map(lambda p: f"{p[0]} NOT BETWEEN {p[1]} AND {p[2]}")
    | st.tuples(NAMES, st.lists(TEXTS, min_size=1, max_size=3)).map(
        lambda p: f"{p[0]} IN ({', '.join(p[1])})"
    )
    | st.tuples(NAMES, GEOMETRIES).map(lambda p: f"S_INTERSECTS({p[0]}, {p[1]})")
    | st.tuples(NAMES, MOMENTS).map(lambda p: f"T_DURING({p[0]}, {p[1]})")
)
FILTERS = st.recursive(
    PREDICATES,
    lambda inner: (
        inner.map(lambda one: f"NOT ({one})")
        | st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})")
    ),
    max_leaves=4,
)


def flat(tree: Any) -> Any:
    """The tree with an AND inside an AND, or an OR inside an OR, made one."""
    if isinstance(tree, list):
        return [flat(each) for each in tree]
    if not isinstance(tree, dict) or "op" not in tree:
        return tree
    args = [flat(each) for each in tree["args"]]
    if tree["op"] in ("and", "or"):
        args = [
            inner
            for each in args
            for inner in (each["args"] if isinstance(each, dict) and each.get("op") == tree["op"] else [each])
        ]
    return {"op": tree["op"], "args": args}


@settings(deadline=None, max_examples=150, derandomize=True)
@given(FILTERS)
def test_our_parser_reads_what_another_one_reads(words: str) -> None:
    assert flat(parse(words)) == flat(cql2.parse_text(words).to_json()), words
