"""Published lists of indicators, ready to go by: IDISE, IVSM and SVI; and what of them a city has."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.errors import BadParameter
from app.fragility.indices.rules import Part

FOLDER = Path(__file__).parent / "ready"


@dataclass(frozen=True, slots=True)
class Item:
    """An indicator of a published list; `known`: False where the list says that there is one, and we do not
    know which."""

    key: str
    names: dict[str, str]
    polarity: int
    counts: dict[str, str] = field(default_factory=dict)
    theme: str = ""
    code: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Ready:
    """A published list: its items, the method and the years of its publication, and where it is written.

    `checked` says by language how far the list was compared with the publication; `complete`: wholly.
    """

    slug: str
    names: dict[str, str]
    method: str
    reference: str
    years: tuple[int, ...]
    publisher: str
    title: str
    link: str
    complete: bool
    checked: dict[str, str]
    themes: dict[str, dict[str, str]]
    items: tuple[Item, ...]

    def named(self, keys: Collection[str]) -> list[Item]:
        """Those of its items that have these keys, in its order."""
        return [item for item in self.items if item.key in keys]


@cache
def lists() -> tuple[Ready, ...]:
    """Every published list that comes with the program."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.toml")))


def list_named(slug: str, name: str = "after") -> Ready:
    """The list of this name; raises BadParameter, naming those there are."""
    for each in lists():
        if each.slug == slug:
            return each
    allowed = ", ".join(each.slug for each in lists())
    raise BadParameter(name, "“%(word)s” is not one of %(allowed)s.", word=slug[:40], allowed=allowed)


def guessed(ready: Ready, series: Collection[str]) -> dict[str, str]:
    """Item to the series of the city that is called the same; a city may know better."""
    return {item.key: item.key for item in ready.items if item.known and item.key in series}


def parts_of(ready: Ready, mapped: Mapping[str, str]) -> tuple[Part, ...]:
    """The indicators of an index that goes by the list; `mapped`: item to series. All weigh alike.

    Raises BadParameter for an item that the list does not have.
    """
    known = {item.key: item for item in ready.items if item.known}
    for key in mapped:
        if key not in known:
            raise BadParameter(
                "items", "“%(word)s” is not one of %(allowed)s.", word=key[:40], allowed=", ".join(known)
            )
    weight = 1 / len(mapped) if mapped else 0.0
    return tuple(
        Part(series, known[key].polarity, weight, key, known[key].theme) for key, series in mapped.items()
    )


def without(ready: Ready, mapped: Collection[str]) -> tuple[str, ...]:
    """The items of the list for which there is no series."""
    return tuple(item.key for item in ready.items if item.key not in mapped)


def _read(path: Path) -> Ready:
    said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    items = tuple(Item(**item) for item in said.pop("items"))
    themes = said.pop("themes", {})
    return Ready(items=items, themes=themes, years=tuple(said.pop("years")), **said)
