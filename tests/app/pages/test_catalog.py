"""The Italian catalog holds every sentence that pages, errors and browser modules say."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

APP = Path(__file__).parents[3] / "app"
ITALIAN = APP / "translations" / "it" / "LC_MESSAGES" / "messages.po"
COMMANDS = APP.parent / "babel.cfg"
with COMMANDS.open() as commands:
    METHODS, _ = parse_mapping_cfg(commands)
KEYWORDS = DEFAULT_KEYWORDS | parse_keywords(re.findall(r"-k (\S+)", COMMANDS.read_text()))
REFUSALS = {"BadParameter": 1} | dict.fromkeys(
    (
        "NotFound",
        "Forbidden",
        "Busy",
        "Conflict",
        "SignInNeeded",
        "BadToken",
        "FormExpired",
        "TooMany",
        "Outdated",
        "ConditionNeeded",
        "WrongMedia",
    ),
    0,
)
"""The errors that HTTP tells by their own sentence, and which argument it is."""


def said() -> set[str]:
    """Every sentence in the sources, in English; of a plural the singular."""
    found = extract_from_dir(APP, METHODS, keywords=KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


@cache
def translated() -> dict[str, tuple[str, ...]]:
    with ITALIAN.open("rb") as file:
        catalog = read_po(file)
    return {
        message.id[0] if isinstance(message.id, tuple) else message.id: (
            message.string if isinstance(message.string, tuple) else (message.string,)
        )
        for message in catalog
        if message.id and not message.fuzzy
    }


def raised() -> Iterator[tuple[ast.Call, ast.expr]]:
    """Every refusal that HTTP can tell, and its sentence; imports are refused on the command line."""
    for path in (path for path in APP.rglob("*.py") if "imports" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                yield node, node.args[REFUSALS[node.func.id]]


def refusals() -> set[str]:
    """The sentences of every refusal."""
    return {sentence.value for _, sentence in raised() if isinstance(sentence, ast.Constant)}


def names(text: str) -> set[str]:
    """The names of the values that a text is filled with."""
    return set(re.findall(r"%\(\w+\)s|\{\w+\}", text))


def test_everything_that_is_said_has_italian_words() -> None:
    assert len(said()) > 100
    known = translated()
    assert sorted(text for text in said() if not all(known.get(text, ("",)))) == []


def test_the_catalog_holds_nothing_that_nobody_says() -> None:
    assert sorted(set(translated()) - said()) == []


def test_a_translation_fills_in_the_same_values() -> None:
    differing = [
        (text, one) for text, all_ in translated().items() for one in all_ if names(one) != names(text)
    ]
    assert differing == []


def test_every_refusal_is_a_sentence_of_the_catalog_that_is_given_its_values() -> None:
    assert len(refusals()) > 15
    assert sorted(refusals() - set(translated())) == []
    for call, sentence in raised():
        assert isinstance(sentence, ast.Constant), ast.unparse(call)
        assert names(sentence.value) == {f"%({value.arg})s" for value in call.keywords} - {"%(seconds)s"}, (
            ast.unparse(call)
        )


def test_every_message_that_a_browser_module_says_is_sent_to_it() -> None:
    sent: set[str] = set()
    for words in (
        APP / "pages" / "browser.py",
        APP / "pages" / "graph_words.py",
        APP / "pinning" / "browser.py",
    ):
        sent |= set(re.findall(r'^        "(\w+)":', words.read_text(), re.MULTILINE))
    asked: set[str] = set()
    for module in (APP / "static" / "js").rglob("*.js"):
        source = module.read_text()
        asked |= set(re.findall(r'words\.say\(\s*"(\w+)"', source))
        asked |= {
            f"{key}_{form}"
            for key in re.findall(r'words\.count\("(\w+)"', source)
            for form in ("one", "other")
        }
        asked |= {
            f"{key}_{form}"
            for key in re.findall(r'words\.amount\("(\w+)"', source)
            for form in ("none", "one", "other", "many")
        }
    assert len(asked) > 15
    assert sorted(asked - sent) == []
