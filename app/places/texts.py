"""What is written of a place, in the reader's language where somebody wrote it in that language. Pure."""

from typing import Protocol


class Written(Protocol):
    """Anything that has texts in a language, and maybe their translations."""

    @property
    def title(self) -> str | None: ...
    @property
    def language(self) -> str: ...
    @property
    def translations(self) -> dict[str, dict[str, str]] | None: ...


def title_of(place: Written, language: str) -> tuple[str | None, str]:
    """The title and the language that it is in; None where nobody gave the place a name."""
    return _in(place, "title", place.title, language)


def _in(place: Written, field: str, original: str | None, language: str) -> tuple[str | None, str]:
    translated = (place.translations or {}).get(language, {}).get(field)
    if language != place.language and translated:
        return translated, language
    return original, place.language


class Described(Written, Protocol):
    """Anything that also has a summary."""

    @property
    def summary(self) -> str | None: ...


def summary_of(place: Described, language: str) -> tuple[str | None, str]:
    """The summary and the language that it is in."""
    return _in(place, "summary", place.summary, language)
