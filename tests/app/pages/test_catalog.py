"""The Italian catalog holds every sentence that pages and browser modules say."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

APP = Path(__file__).parents[3] / "app"
ITALIAN = APP / "translations" / "it" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}


def said() -> set[str]:
    """Every sentence in the sources, in English; of a plural the singular."""
    found = extract_from_dir(APP, METHODS, keywords=KEYWORDS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


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


def test_everything_that_is_said_has_italian_words() -> None:
    assert len(said()) > 100
    known = translated()
    assert sorted(text for text in said() if not all(known.get(text, ("",)))) == []


def test_the_catalog_holds_nothing_that_nobody_says() -> None:
    assert sorted(set(translated()) - said()) == []


def test_a_translation_fills_in_the_same_values() -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)s|\{\w+\}", text))

    differing = [
        (text, one) for text, all_ in translated().items() for one in all_ if names(one) != names(text)
    ]
    assert differing == []


def test_every_message_that_a_browser_module_says_is_sent_to_it() -> None:
    sent = set(re.findall(r'^        "(\w+)":', (APP / "pages" / "browser.py").read_text(), re.MULTILINE))
    asked: set[str] = set()
    for module in (APP / "static" / "js").glob("*.js"):
        source = module.read_text()
        asked |= set(re.findall(r'words\.say\(\s*"(\w+)"', source))
        asked |= {
            f"{key}_{form}"
            for key in re.findall(r'words\.count\("(\w+)"', source)
            for form in ("one", "other")
        }
    assert len(asked) > 15
    assert sorted(asked - sent) == []
