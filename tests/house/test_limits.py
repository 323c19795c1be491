"""How long a function and a file may be, and how many arguments a function may take."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

CHECKOUT = Path(__file__).parents[2]
CODE = [
    path
    for folder in ("app", "geo", "benchmarks", "migrations")
    for path in CHECKOUT.glob(f"{folder}/**/*.py")
]
TESTS = list(CHECKOUT.glob("tests/**/*.py"))
PAGES = [
    path
    for suffix in ("js", "css", "html")
    for path in (CHECKOUT / "app").glob(f"**/*.{suffix}")
    if "vendor" not in path.parts
]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(paths: list[Path]) -> Iterator[tuple[str, Function]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, Function):
                yield f"{path.relative_to(CHECKOUT)}:{node.lineno} {node.name}", node


def length(function: Function) -> int:
    """The lines of a function without its docstring."""
    docstring = ast.get_docstring(function, clean=False)
    told = docstring.count("\n") + 1 if docstring else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - told


def test_no_file_is_above_400_lines() -> None:
    long = {str(path): count for path in CODE + PAGES if (count := path.read_text().count("\n")) > 400}
    assert long == {}


def test_no_function_is_above_50_lines() -> None:
    assert [name for name, function in functions(CODE + TESTS) if length(function) > 50] == []


def test_half_of_the_functions_have_at_most_8_lines() -> None:
    assert median(length(function) for _, function in functions(CODE)) <= 8


def test_no_function_takes_more_than_6_arguments() -> None:
    def taken(function: Function) -> int:
        arguments = function.args
        every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
        return len([argument for argument in every if argument.arg not in ("self", "cls")])

    assert [name for name, function in functions(CODE) if taken(function) > 6] == []


def test_nothing_of_ours_is_imported_inside_a_function() -> None:
    hidden = [
        name
        for name, function in functions(CODE)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("app", "geo")
    ]
    assert hidden == []


def public_functions(path: Path) -> Iterator[tuple[str, Function]]:
    """The functions of a module and the methods of its classes whose names do not begin with a bar."""
    tree = ast.parse(path.read_text())
    owners = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_")]
    for node in (node for owner in owners for node in owner.body):
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield f"{path.relative_to(CHECKOUT)}:{node.lineno} {node.name}", node


def test_every_module_and_public_function_says_what_it_is_for() -> None:
    ours = [path for path in CODE if "migrations" not in path.parts]
    silent = [str(path) for path in CODE if not ast.get_docstring(ast.parse(path.read_text()))]
    silent += [
        name
        for path in ours
        for name, node in public_functions(path)
        if length(node) > 4 and not ast.get_docstring(node)
    ]
    assert silent == []
